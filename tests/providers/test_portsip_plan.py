"""PortSIP: a filter as `filter` and `search` of the lists, what is checked here, and what the records cannot tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from calls.filters import FilterContext, parse
from calls.filters.fields import FIELDS
from calls.times import parse_rfc3339
from providers.plan import MOST_COMBINATIONS, How, Plan
from providers.portsip import PortsipProvider
from providers.portsip.vocabulary import IMPOSSIBLE
from tests.providers.portsip_help import Pbx, at, leg, provider, session

pytestmark = pytest.mark.anyio

NOW_MS = parse_rfc3339("2024-08-20T14:00:00.500Z")
TODAY = "started_at ge '2024-08-20T00:00:00Z' and started_at lt '2024-08-20T14:00:01Z'"
LEGS_TODAY = "started_at ge '2024-08-19T23:59:00Z' and started_at lt '2024-08-21T14:00:01Z'"


def plan(text: str, client: PortsipProvider | None = None, **settings: Any) -> Plan:
    client = client or provider(Pbx([], []), **{"country_code": "46", **settings})
    return client.plan(parse(text), FilterContext(NOW_MS, {client.source.name: client.source}))


def conditions(text: str) -> tuple[str, list[str]]:
    """How one clause is answered today, and the conditions that the sessions are asked for besides the time."""
    made = plan(f"({text}) since:today")
    asked = [request.query["filter"] for request in made.requests if request.path == "/cdrs" and "search" not in request.query]
    parts = [part for filter_ in asked for part in filter_.removeprefix(TODAY).split(f" or {TODAY}")]
    return made.clauses[0].how.value, [part.removeprefix(" and ") for part in parts if part]


SEPARATED = ["contains({0},' ')", "contains({0},'-')", "contains({0},')')", "contains({0},'.')", "contains({0},'/')"]


def number(field: str, *tests: str) -> list[str]:
    return [each.format(field) for each in (*tests, *SEPARATED)]


@pytest.mark.parametrize(
    ("text", "how", "expected"),
    [
        ("direction:in", "narrowed", ["direction ne 'OUTBOUND_CALL' and direction ne 'EXTENSION_CALL'"]),
        ("-direction:in", "narrowed", ["direction ne 'INBOUND_CALL' and direction ne 'INBOUND_OUTBOUND_CALL'"]),
        ("direction:out,internal", "narrowed", ["direction ne 'INBOUND_CALL' and direction ne 'INBOUND_OUTBOUND_CALL'"]),
        ("local:no", "narrowed", ["direction ne 'EXTENSION_CALL'"]),
        ("-local:yes", "narrowed", ["direction ne 'EXTENSION_CALL'"]),
        ("status:busy", "narrowed", ["status_code eq 486", "status_code eq 600"]),
        ("status:congestion", "narrowed", ["status_code eq 503", "reroute_reason eq 'CAPACITY_BLOCKED'"]),
        ("status:failed", "narrowed", ["status_code ge 400 and status_code lt 700"]),
        ("status:missed", "local", []),
        ("status:busy,answered", "local", []),
        ("-status:busy", "local", []),
        ("number:102", "narrowed", ["caller eq '102'", "callee eq '102'"]),
        ("caller:102,103", "narrowed", ["caller eq '102'", "caller eq '103'"]),
        ('callee:"*21#"', "local", []),
        (r'callee:"\*21#"', "narrowed", ["callee eq '*21#'"]),
        ("caller:+46701740605", "narrowed", number("caller", "endswith({0},'701740605')")),
        ('caller:"0046 70-174 06 05"', "narrowed", number("caller", "endswith({0},'701740605')")),
        ("caller:0701740605", "narrowed", number("caller", "endswith({0},'701740605')")),
        ("caller:+4520000010", "narrowed", number("caller", "endswith({0},'520000010')")),
        ("caller:10*", "narrowed", number("caller", "startswith({0},'10')")),
        (
            "caller:+4672*",
            "narrowed",
            number("caller", "startswith({0},'+4672')", "startswith({0},'004672')", "startswith({0},'072')"),
        ),
        ("caller:*1234", "narrowed", number("caller", "endswith({0},'1234')")),
        ("caller:*46701740605", "narrowed", number("caller", "endswith({0},'701740605')")),
        ("caller:*1234*", "narrowed", number("caller", "contains({0},'1234')")),
        ("caller:*46*", "local", []),
        ("caller:withheld", "local", []),
        ("-number:102", "local", []),
        ("id:878156644691742720", "sent", ["id eq '878156644691742720'"]),
        ("linked:a,b", "sent", ["id eq 'a'", "id eq 'b'"]),
        ("id:87*", "narrowed", ["startswith(id,'87')"]),
        ('id:"O\'Brien"', "sent", ["id eq 'O''Brien'"]),
        ("id:\"x' or id ne 'y\"", "sent", ["id eq 'x'' or id ne ''y'"]),
        ("route:0312*", "narrowed", ["startswith(did_cid,'0312')"]),
        ("trunk:122", "narrowed", ["trunk eq '122'"]),
        ("trunk:north", "local", []),
        ("queue:8000", "narrowed", ["service_number eq '8000'", "callee eq '8000'"]),
        ("caller:102 or callee:103", "narrowed", ["caller eq '102'", "callee eq '103'"]),
        ("caller:102 or (callee:103 id:7)", "narrowed", ["caller eq '102'", "callee eq '103' and id eq '7'"]),
        ("caller:102 or hour:8", "local", []),
        ("-on:2024-08-20T12", "narrowed", ["started_at lt '2024-08-20T12:00:00Z'", "started_at ge '2024-08-20T13:00:00Z'"]),
        ("hour:8..17", "local", []),
        ("weekday:mon", "local", []),
        ("duration:>30s", "local", []),
        ("wait:<5s", "local", []),
        ("ring:5s..1m", "local", []),
        ("62", "local", []),
    ],
)
def test_clauses_become_conditions(text: str, how: str, expected: list[str]) -> None:
    assert conditions(text) == (how, expected)


@pytest.mark.parametrize("text", ["project:x", "has:recording", "has:transcription,monitor", "external:7", "-project:x"])
def test_what_the_records_cannot_tell_is_said_and_not_asked(text: str) -> None:
    made = plan(text)
    assert [clause.how for clause in made.clauses] == [How.IMPOSSIBLE]
    assert made.clauses[0].why in IMPOSSIBLE.values()
    assert (made.requests, made.window.empty, made.afterwards) == ((), True, "")


def test_the_text_of_a_call_started_by_rest_is_asked_for_when_it_is_kept() -> None:
    [clause] = plan("external:crm-7", keep_user_data=True).clauses
    assert (clause.how, clause.sent) == (How.NARROWED, "filter=user_data eq 'crm-7'")


def test_every_field_has_a_reading() -> None:
    values = {"from": "today", "to": "today", "since": "today", "on": "today", "hour": "8", "weekday": "mon", "duration": ">1"}
    values |= {"direction": "in", "status": "missed", "ring": ">1", "wait": ">1", "has": "monitor", "local": "no"}
    for name in FIELDS:
        [clause] = plan(f"{name}:{values.get(name, 'pbx')}").clauses
        assert clause.how is How.SENT or clause.why
        assert not clause.why.endswith(".")


@pytest.mark.parametrize(
    ("text", "how", "window"),
    [
        ("since:today", "sent", TODAY),
        ("on:2024-08-19", "sent", "started_at ge '2024-08-19T00:00:00Z' and started_at lt '2024-08-20T00:00:00Z'"),
        ("since:-2h", "narrowed", "started_at ge '2024-08-20T12:00:00Z' and started_at lt '2024-08-20T14:00:01Z'"),
        ("", "", "started_at ge '2019-08-22T14:00:00Z' and started_at lt '2024-08-20T14:00:01Z'"),
    ],
)
def test_time_is_the_window_of_the_request(text: str, how: str, window: str) -> None:
    made = plan(text)
    assert [dict(request.query) for request in made.requests] == [
        {"filter": window, "orderby": "started_at asc", "top": "100"},
    ]
    assert [clause.how.value for clause in made.clauses] == ([how] if how else [])
    assert all(clause.sent.startswith("filter=started_at ge '2024-08-") for clause in made.clauses)


@pytest.mark.parametrize("text", ["on:2001-01-01", "since:today to:yesterday", "provider:elsewhere"])
def test_where_nothing_can_be_found_nothing_is_asked(text: str) -> None:
    assert plan(text).requests == ()


def test_words_are_searched_for_in_both_lists() -> None:
    made = plan('"Bo Madsen" since:today caller:102')
    assert [(request.path, dict(request.query)) for request in made.requests] == [
        ("/cdrs", query(f"{TODAY} and caller eq '102'", "Bo Madsen")),
        ("/calllogs", query(LEGS_TODAY, "Bo Madsen")),
    ]
    assert "call logs found" in made.afterwards


def query(filter_: str, search: str) -> Mapping[str, str]:
    return {"filter": filter_, "search": search, "orderby": "started_at asc", "top": "100"}


def test_what_is_found_through_call_logs_is_no_longer_exact() -> None:
    made = plan("queue:8000 id:7 since:today")
    assert [clause.how.value for clause in made.clauses] == ["narrowed", "narrowed", "sent"]


def test_too_many_alternatives_are_left_to_us() -> None:
    listed = ",".join(str(number) for number in range(100, 101 + MOST_COMBINATIONS))
    assert plan(f"caller:{listed}").clauses[0].how is How.LOCAL
    nested = "id:1 or (number:+46701740605 number:+46701740606 number:+46701740607)"
    assert len(plan(nested).requests[0].query["filter"]) < 8000


def test_a_plan_is_shown_as_it_goes_on_the_wire() -> None:
    [request] = plan("caller:101 since:today").requests
    edges = "started_at%20ge%20%272024-08-20T00%3A00%3A00Z%27%20and%20started_at%20lt%20%272024-08-20T14%3A00%3A01Z%27"
    tail = "%20and%20caller%20eq%20%27101%27&orderby=started_at%20asc&top=100"
    assert request.text == f"GET /cdrs?filter={edges}{tail}"
    assert json.loads(json.dumps(plan("caller:101").json()))["kind"] == "portsip"


async def asked(client: PortsipProvider, made: Plan) -> tuple[list[str], list[str]]:
    """The keys of the records and the notices that asking gives."""
    pages = [page async for page in client.ask(made)]
    return [record.key for page in pages for record in page.records], [notice for page in pages for notice in page.notices]


def whole_calls() -> Pbx:
    sessions = [session(number, number, caller=f"10{number % 3}") for number in range(230)]
    return Pbx(sessions, [leg(f"l{number}-{part}", number, "101", number + part) for number in range(230) for part in (0, 9)])


async def test_asking_pages_to_the_end_and_fetches_the_legs_of_what_it_found() -> None:
    pbx = whole_calls()
    client = provider(pbx)
    made = plan("caller:100 since:2024-08-20T12", client)
    keys, notices = await asked(client, made)
    wanted = {number for number in range(230) if number % 3 == 0}
    assert sorted(keys) == sorted([*(f"cdr:{n}" for n in wanted), *(f"log:l{n}-{part}" for n in wanted for part in (0, 9))])
    assert notices == []
    sent = [request for request in pbx.asked if request.url.path == "/api/cdrs"]
    assert sent[0].url.raw_path.decode().removeprefix("/api") == made.requests[0].json()["url"]
    assert len(sent) == 1
    assert all("session_id eq" in filters["filter"] for filters in pbx.queries[1:])


async def test_without_a_condition_the_legs_are_read_by_time() -> None:
    pbx = whole_calls()
    client = provider(pbx)
    keys, _ = await asked(client, plan("on:2024-08-20T12", client))
    assert len(keys) == len(set(keys)) == 690
    assert not any("session_id" in filters["filter"] for filters in pbx.queries)


async def test_a_refused_filter_is_asked_again_by_time_alone() -> None:
    pbx = whole_calls()

    def refusing(request: httpx.Request) -> httpx.Response:
        if b"caller" in request.url.query:
            pbx.asked.append(request)
            return httpx.Response(400, json={"errors": [{"code": "VALIDATE_FAILED"}]})
        return pbx(request)

    client = provider(refusing)
    keys, notices = await asked(client, plan("caller:100 since:2024-08-20T12", client))
    assert {f"cdr:{number}" for number in range(230)} <= set(keys)
    assert notices == ["the filter of a question was refused, so its time alone is asked for and the rest checked here"]


@pytest.mark.parametrize("text", ["direction:in", "-direction:out", "local:no", "-local:yes", "direction:in,internal"])
async def test_a_direction_that_the_document_does_not_name_is_not_missed(text: str) -> None:
    pbx = Pbx([session(1, direction="SIDEWAYS", did_cid="+46100"), session(2, 5, direction="OUTBOUND_CALL")], [])
    client = provider(pbx)
    keys, _ = await asked(client, plan(f"{text} since:2024-08-20T12", client))
    assert "cdr:1" in keys


@pytest.mark.parametrize("stored", ["0701740605", "+46701740605", "0046701740605", "070-174 06 05", "+46 701740605"])
@pytest.mark.parametrize(
    "typed", ["caller:0701740605", 'caller:"+46 70 174 06 05"', "number:004670*", "number:*40605", "701740605"]
)
async def test_a_number_is_found_in_any_spelling(stored: str, typed: str) -> None:
    pbx = Pbx([session(1, caller=stored), session(2, 5, caller="+46701740699")], [])
    client = provider(pbx, country_code="46")
    wanted, context = parse(f"{typed} since:2024-08-20T12"), FilterContext(NOW_MS, {client.source.name: client.source})
    made = client.plan(wanted, context)
    records = [record async for page in client.ask(made) for record in page.records]
    [call] = [call for call in client.derive(records, frozenset()).calls if wanted.predicate(context)(call) and call.id == "1"]
    assert call.caller == stored


async def test_sessions_found_by_their_legs_come_with_all_their_legs() -> None:
    pbx = Pbx([session(1, 0, callee="8000")], [leg("l1", 1, "102", 1), leg("l2", 1, "103", 2, callee_display_name="Bo Madsen")])
    client = provider(pbx)
    keys, _ = await asked(client, plan('employee:"bo madsen" since:2024-08-20T12', client))
    assert sorted(keys) == ["cdr:1", "log:l1", "log:l2"]


async def test_a_version_without_call_logs_gives_sessions() -> None:
    client = provider(Pbx([session(1, 0, caller="100")], None))
    for text in ("caller:100", "queue:101"):
        keys, notices = await asked(client, plan(f"{text} since:2024-08-20T12", client))
        assert keys == ["cdr:1"]
        assert notices == ["this version has no call logs, so calls are known as sessions only"]


async def test_asking_what_cannot_be_known_sends_nothing() -> None:
    pbx = Pbx([session(1)], [])
    client = provider(pbx)
    for text in ("has:recording", "provider:elsewhere", "on:2001-01-01"):
        assert await asked(client, plan(text, client)) == ([], [])
    assert pbx.asked == []
    assert at(0) == "2024-08-20T12:00:00.000Z"
