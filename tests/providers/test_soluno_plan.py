"""Soluno and Dstny: a filter as `from` and `to`, what is left to be checked here, and what the feed cannot know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from calls.filters import FilterContext, parse
from calls.filters.fields import FIELDS
from calls.model import Window
from providers.plan import How, Plan
from providers.soluno import SolunoProvider
from providers.soluno.vocabulary import IMPOSSIBLE
from tests.providers.soluno_help import SAMPLE, SAMPLE_DAY, Vendor, changed, provider, utc_ms

pytestmark = pytest.mark.anyio

NOW_MS = utc_ms("2026-10-25T16:20:30.500Z")  # 17:20:30 in Stockholm, on the day that had 25 hours


def plan(text: str, client: SolunoProvider | None = None, now_ms: int = NOW_MS, **settings: Any) -> Plan:
    client = client or provider(**settings)
    return client.plan(parse(text), FilterContext(now_ms, {client.source.name: client.source}))


def how(text: str) -> tuple[str, str]:
    """How a filter of one clause is answered, and what is sent for it."""
    [clause] = plan(text).clauses
    return clause.how.value, clause.sent


def queries(made: Plan) -> list[Mapping[str, str]]:
    return [request.query for request in made.requests]


@pytest.mark.parametrize(
    ("text", "answered", "sent", "query"),
    [
        ("on:yesterday", "sent", "from=2026-10-24 to=2026-10-24", ("2026-10-24", "2026-10-24")),
        ("on:2026-10-19..2026-10-24", "sent", "from=2026-10-19 to=2026-10-24", ("2026-10-19", "2026-10-24")),
        ("on:2026-W42", "sent", "from=2026-10-12 to=2026-10-18", ("2026-10-12", "2026-10-18")),
        ("on:today", "sent", "from=2026-10-25 00:00 to=2026-10-25 17:21", ("2026-10-25 00:00", "2026-10-25 17:21")),
        ("since:today", "sent", "from=2026-10-25 00:00", ("2026-10-25 00:00", "2026-10-25 17:21")),
        ("from:14:30", "sent", "from=2026-10-25 14:30", ("2026-10-25 14:30", "2026-10-25 17:21")),
        ("since:14:30:20", "narrowed", "from=2026-10-25 14:30", ("2026-10-25 14:30", "2026-10-25 17:21")),
        ("since:-2h", "narrowed", "from=2026-10-25 15:20", ("2026-10-25 15:20", "2026-10-25 17:21")),
        ("since:2026-10-25T02:00", "sent", "from=2026-10-25 02:00", ("2026-10-25 02:00", "2026-10-25 17:21")),
        ("since:2026-10-25T02:20", "narrowed", "from=2026-10-25 02:00", ("2026-10-25 02:00", "2026-10-25 17:21")),
        ("since:2026-10-25T01:30:00Z", "narrowed", "from=2026-10-25 02:00", ("2026-10-25 02:00", "2026-10-25 17:21")),
        ("to:yesterday", "narrowed", "to=2026-10-25 00:00", ("2026-07-25 18:20", "2026-10-25 00:00")),
        ("to:14:20", "narrowed", "to=2026-10-25 14:21", ("2026-07-25 18:20", "2026-10-25 14:21")),
        (
            "on:friday,today",
            "narrowed",
            "from=2026-10-23 00:00 to=2026-10-25 17:21",
            ("2026-10-23 00:00", "2026-10-25 17:21"),
        ),
        ("on:yesterday or on:friday", "narrowed", "from=2026-10-23 to=2026-10-24", ("2026-10-23", "2026-10-24")),
        ("-since:today", "local", "", ("2026-07-25 18:20", "2026-10-25 17:21")),
        ("since:today or caller:102", "local", "", ("2026-07-25 18:20", "2026-10-25 17:21")),
    ],
)
def test_time_is_sent_as_the_range(text: str, answered: str, sent: str, query: tuple[str, str]) -> None:
    made = plan(text)
    [clause] = made.clauses
    assert (clause.clause, clause.how.value, clause.sent) == (parse(text).text, answered, sent)
    assert bool(clause.why) is (answered != "sent")
    assert queries(made) == [{"from": query[0], "to": query[1]}]


def test_several_times_make_one_range() -> None:
    made = plan("since:2026-10-20 to:2026-10-22 since:friday on:2026-10")
    assert [clause.how.value for clause in made.clauses] == ["local"] * 4
    assert made.requests == ()
    made = plan("since:2026-10-20 to:2026-10-22 on:2026-10")
    assert [clause.how.value for clause in made.clauses] == ["sent"] * 3
    assert [clause.sent for clause in made.clauses] == ["from=2026-10-20", "to=2026-10-22", "from=2026-10-20 to=2026-10-22"]
    assert queries(made) == [{"from": "2026-10-20", "to": "2026-10-22"}]


@pytest.mark.parametrize("text", ["on:2020-01-01", "since:2099-01-01", "since:today to:yesterday"])
def test_a_time_that_the_vendor_does_not_keep_asks_nothing(text: str) -> None:
    made = plan(text)
    assert made.requests == ()
    assert made.window.empty
    assert {(clause.how, clause.sent) for clause in made.clauses} == {(How.LOCAL, "")}
    assert all("nothing is asked" in clause.why for clause in made.clauses)


def test_of_a_longer_past_the_last_three_months_are_asked_for() -> None:
    everything = [{"from": "2026-07-25 18:20", "to": "2026-10-25 17:21"}]
    made = plan("since:2020-01-01")
    assert queries(made) == everything
    assert made.clauses[0].why == "older calls are not kept by the vendor"
    assert queries(plan("")) == everything
    assert plan("").clauses == ()
    assert NOW_MS - made.window.start_ms == 92 * 86_400_000


@pytest.mark.parametrize(
    "text",
    [
        "direction:in",
        "direction:out,internal",
        "status:answered",
        "-status:missed,answered",
        "number:+4672*",
        "caller:withheld",
        "callee:102",
        'employee:"Bo Madsen"',
        "queue:622,71?",
        "duration:>30s",
        "ring:10s..2m",
        "wait:<=5s",
        "id:*622*",
        "hour:8..17",
        "weekday:sat,sun",
        "local:yes",
        "Madsen",
        "072-22",
        "(caller:102 queue:622) or -status:missed",
    ],
)
def test_what_the_seven_fields_tell_is_looked_at_here(text: str) -> None:
    made = plan(f"{text} on:yesterday" if " or " not in text else f"({text}) on:yesterday")
    clause, time = made.clauses
    assert (clause.how, clause.sent, time.how) == (How.LOCAL, "", How.SENT)
    assert clause.why
    assert queries(made) == [{"from": "2026-10-24", "to": "2026-10-24"}]


@pytest.mark.parametrize(
    "text",
    [
        "status:busy",
        "status:missed,failed",
        "-status:congestion",
        "project:North",
        "route:*",
        "trunk:a",
        '-trunk:""',
        "linked:77.1",
        "external:7",
        "has:recording",
        "has:transcription,monitor",
        "caller:102 or has:recording",
        "-(queue:622 project:x)",
    ],
)
def test_what_the_feed_cannot_know_is_said_and_not_asked(text: str) -> None:
    made = plan(f"({text}) on:yesterday")
    assert [clause.clause for clause in made.impossible] == [made.clauses[0].clause]
    assert made.clauses[0].why in IMPOSSIBLE.values()
    assert made.requests == ()
    assert made.window.empty
    assert made.afterwards == ""


def test_every_field_has_a_reading() -> None:
    values = {"from": "today", "to": "today", "since": "today", "on": "today", "hour": "8", "weekday": "mon", "duration": ">1"}
    values |= {"direction": "in", "status": "missed", "ring": ">1", "wait": ">1", "has": "monitor", "local": "no"}
    for name in FIELDS:
        [clause] = plan(f"{name}:{values.get(name, 'office')}").clauses
        assert clause.how is How.SENT or clause.why
        assert not clause.why.endswith(".")


def test_a_filter_that_names_providers_decides_whether_this_one_is_asked() -> None:
    assert len(plan("provider:office").requests) == len(plan("customer:OFF*").requests) == 1
    assert plan("provider:elsewhere").requests == plan("-provider:office").requests == ()
    mixed = "(provider:elsewhere has:recording) or (provider:office status:missed)"
    assert (how(mixed), len(plan(mixed).requests)) == (("local", plan(mixed).clauses[0].sent), 1)


def test_the_request_is_shown_as_it_goes_on_the_wire() -> None:
    [request] = plan("since:14:30").requests
    assert request.text == "GET /cdr/historik?from=2026-10-25%2014%3A30&to=2026-10-25%2017%3A21"
    [request] = plan("on:yesterday", auth="query", query_name="key", token="t0ken").requests
    assert request.text == "GET /cdr/historik?from=2026-10-24&to=2026-10-24"
    [request] = plan("on:yesterday", base_url="https://gate.example/cdr/historik").requests
    assert request.text == "GET ?from=2026-10-24&to=2026-10-24"
    assert json.loads(json.dumps(plan("on:yesterday").json()))["kind"] == "soluno"


def test_the_range_is_written_in_the_zone_in_which_the_vendor_reads_it() -> None:
    made = plan("on:yesterday", timezone="Europe/Helsinki")
    assert queries(made) == [{"from": "2026-10-23 23:00", "to": "2026-10-24 23:00"}]
    assert made.clauses[0].how is How.NARROWED


async def asked(client: SolunoProvider, made: Plan) -> list[str]:
    return sorted([record.payload["callerNo"] async for page in client.ask(made) for record in page.records])


async def test_asking_sends_what_the_plan_says_and_keeps_the_rows_of_its_range() -> None:
    vendor = Vendor([*SAMPLE, changed(SAMPLE[0], start="2017-01-04T17:01:00.000+01:00")])
    client = provider(vendor)
    now_ms = SAMPLE_DAY.end_ms
    made = plan("on:2017-01-04T16 status:missed", client, now_ms)
    assert await asked(client, made) == ["+4672111111", "+4672222222", "+4672333333"]
    assert vendor.lines == ["/cdr/historik?from=2017-01-04%2016%3A00&to=2017-01-04%2017%3A00"]
    assert vendor.lines == [request.json()["url"] for request in made.requests]


async def test_asking_what_cannot_be_known_sends_nothing() -> None:
    vendor = Vendor(SAMPLE)
    client = provider(vendor)
    for text in ("has:recording", "provider:elsewhere", "on:2020-01-01"):
        assert await asked(client, plan(text, client)) == []
    assert vendor.asked == []


async def test_where_windows_must_be_short_a_plan_has_more_requests() -> None:
    vendor = Vendor()
    client = provider(vendor)
    assert [page async for page in client.fetch(Window(0, 1), {"longest_window_minutes": "2880"})]
    made = plan("on:2026-10-19..2026-10-24", client)
    assert [(query["from"], query["to"]) for query in queries(made)] == [
        ("2026-10-19", "2026-10-19"),
        ("2026-10-20", "2026-10-21"),
        ("2026-10-22", "2026-10-22"),
        ("2026-10-23", "2026-10-24"),
    ]
    vendor.asked.clear()
    assert await asked(client, made) == []
    assert vendor.lines == [request.json()["url"] for request in made.requests]


async def test_an_answer_that_may_be_cut_off_is_asked_again_in_halves() -> None:
    vendor = Vendor()
    vendor.answer = lambda request: SAMPLE if len(vendor.asked) == 1 else SAMPLE[:1]
    client = provider(vendor, suspect_row_counts=[3])
    made = plan("on:2017-01-04..2017-01-05", client, SAMPLE_DAY.end_ms + 86_400_000)
    assert await asked(client, made) == ["+4672111111"]
    assert len(made.requests) == 1
    assert "two halves" in made.afterwards
    assert vendor.lines[1:] == [f"/cdr/historik?from=2017-01-0{day}&to=2017-01-0{day}" for day in (4, 5)]
