"""While1: asking with a filter finds, in an empty cache, exactly what a whole reading would have found."""

from __future__ import annotations

import asyncio
import itertools
import json
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from calls.filters import FilterContext, parse
from calls.filters.fields import FIELDS
from calls.model import Call, Record, Window
from providers.errors import BadAnswer
from providers.plan import How, Plan
from providers.registry import make_provider, parse_settings
from providers.simulator import Simulator, SimulatorClock, credentials
from providers.simulator.while1.filters import FILTERS
from providers.simulator.while1.rows import PROJECT, PROJECT_ID, USER_IDS
from providers.while1 import While1Provider
from tests.calls.filters.samples import CONTEXT, NOW_MS
from tests.providers.asking_help import filters_around, satisfying

DAY_MS = 86_400_000
LOOP = asyncio.Runner()  # one, because a pace belongs to a loop


@pytest.fixture(scope="module", autouse=True)
def _one_loop() -> Iterator[None]:
    yield
    LOOP.close()


@dataclass
class World:
    """A small simulated exchange, seen through one client, and the bodies that it was sent."""

    client: While1Provider
    bodies: list[dict[str, Any]]
    whole: tuple[Call, ...] = ()

    def calls(self, records: list[Record]) -> tuple[Call, ...]:
        # A leg that was asked for twice is one record, as in the cache.
        return self.client.derive(list({record.key: record for record in records}.values()), frozenset()).calls

    def context(self) -> FilterContext:
        return FilterContext(NOW_MS, {self.client.source.name: self.client.source})

    def plan(self, text: str) -> Plan:
        return self.client.plan(parse(text), self.context())

    async def asked(self, plan: Plan) -> tuple[Call, ...]:
        self.bodies.clear()
        return self.calls([record async for page in self.client.ask(plan) for record in page.records])

    async def fetched(self) -> tuple[Call, ...]:
        window = Window(NOW_MS - 92 * DAY_MS, NOW_MS + 1)
        return self.calls([record async for page in self.client.fetch(window, {}) for record in page.records])


@cache
def world(transport: str = "json") -> World:
    """The exchange whose name and zone are those of the sample filters' first provider, on the 25-hour day."""
    simulator = Simulator(seed=5, days=4, calls_per_day=120, clock=SimulatorClock(NOW_MS, speed=0))
    inner = httpx.ASGITransport(app=simulator.app)
    bodies: list[dict[str, Any]] = []

    async def pass_on(request: httpx.Request) -> httpx.Response:
        form = request.headers["content-type"].startswith("application/x-www-form-urlencoded")
        bodies.append(dict(urllib.parse.parse_qsl(request.content.decode())) if form else json.loads(request.content))
        response = await inner.handle_async_request(request)
        return httpx.Response(response.status_code, content=await response.aread())

    table: dict[str, Any] = {"kind": "while1", "base_url": "http://127.0.0.1:1/while1", "transport": transport}
    table |= {"token": credentials.WHILE1_TOKEN, "api_key": credentials.WHILE1_API_KEY, "requests_per_minute": 6000}
    table |= {"user_ids": {name: str(number) for name, number in USER_IDS.items()}, "project_ids": {PROJECT: PROJECT_ID}}
    made = make_provider("north", parse_settings(table), http=httpx.MockTransport(pass_on))
    assert isinstance(made, While1Provider)
    found = World(made, bodies)
    found.whole = LOOP.run(found.fetched())
    assert len(found.whole) > 40
    return found


def _texts() -> st.SearchStrategy[str]:
    """The sample filters, and filters about what this exchange really has."""
    some = world().whole
    numbers = sorted({number for call in some for number in (call.caller, call.callee) if number})
    ids = sorted(call.id for call in some)
    people = sorted({call.employee for call in some if call.employee})
    words = {name: sorted({getattr(call, name) for call in some} - {""}) for name in ("queue", "route", "external", "project")}
    real = st.one_of(
        st.sampled_from(numbers).map(lambda number: f"number:{number}"),
        st.sampled_from(numbers).map(lambda number: f"caller:{number},{numbers[0]}"),
        st.sampled_from(numbers).map(lambda number: f"callee:*{number[-6:]}"),
        st.sampled_from(numbers).map(lambda number: f"-caller:{number[:6]}*"),
        st.sampled_from(numbers).map(lambda number: f"number:{number[:7]}*"),
        st.sampled_from(ids).map(lambda key: f"id:{key}"),
        st.sampled_from(ids).map(lambda key: f"linked:{key}"),
        st.sampled_from(people).map(lambda name: f'employee:"{name}"'),
        *(
            st.sampled_from(values).map(lambda value, name=name: f'{name}:"{value}"')  # type: ignore[misc]
            for name, values in words.items()
            if values
        ),
        st.sampled_from([f"status:{status}" for status in FIELDS["status"].values]),
        st.sampled_from(["direction:in", "direction:out", "direction:internal", "-direction:in", "local:yes", "local:no"]),
        st.sampled_from(["has:recording", "has:monitor", "-has:recording", "has:transcription", "status:missed,busy"]),
        st.sampled_from(["duration:>30s", "wait:<=10s", "ring:5s..1m", "hour:8..11", "hour:22..3", "weekday:sat,sun"]),
        st.integers(0, 4 * DAY_MS).map(lambda back: f"since:-{back // 60_000}m"),
        st.integers(1, 4).map(lambda days: f"on:-{days}d"),
        st.integers(0, 23).map(lambda hour: f"to:2026-10-25T{hour:02}:17"),
    )
    return filters_around(real)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.deferred(_texts))
@example("on:yesterday status:missed")
@example("direction:in has:recording")
@example("to:2026-10-25T03:30 status:answered")
@example("since:2026-10-25T03:30 direction:out")
def test_asking_an_empty_cache_finds_what_a_whole_reading_finds(text: str) -> None:
    here = world()
    wanted, context = parse(text), here.context()
    plan = here.client.plan(wanted, context)
    assert [clause.clause for clause in plan.clauses] == [node.text for node in wanted.clauses]
    found = LOOP.run(here.asked(plan))
    if plan.impossible:
        assert plan.requests == ()
        return
    # Calls are equal whole, so every leg that belongs to them was found.
    assert satisfying(wanted, found, context) == satisfying(wanted, here.whole, context)
    if all(clause.how is How.SENT for clause in plan.clauses) and plan.clauses:
        assert satisfying(wanted, found, context).keys() == {call.id for call in found}


@pytest.mark.parametrize("transport", ["json", "form"])
def test_what_is_planned_is_what_is_sent_but_for_the_signature(transport: str) -> None:
    here = world(transport)
    plan = here.plan("direction:in status:busy,failed on:yesterday")
    LOOP.run(here.asked(plan))
    assert len(plan.requests) == 2
    first = [body for body in here.bodies if "call_status" in json.dumps(body) and str(body["page"]) == "1"]
    for request, body in zip(plan.requests, first, strict=True):
        expected = request.form if transport == "form" else request.json_body
        assert expected is not None
        assert {name: value for name, value in body.items() if name != "api_hash"} == {
            name: value for name, value in expected.items() if name != "api_hash"
        }
        assert expected["api_hash"] == "***"
        assert len(body["api_hash"]) == 32
    assert credentials.WHILE1_API_KEY not in json.dumps(plan.json())


# For each of the document's eighteen filters, a filter of the language that is asked with it; from_id is the poll's own.
ASKED_WITH = {
    "date_between": "on:yesterday",
    "project_id": f'project:"{PROJECT}"',
    "user_id": f'employee:"{next(iter(USER_IDS))}"',
    "inbound_route_id": "route:main",
    "direction": "direction:in",
    "call_status": "status:busy",
    "telephone_like": "number:0721234567",
    "telephone": "number:102",
    "source": "caller:0721234567",
    "destination": "callee:0721234567",
    "hour_between": "hour:8..11",
    "uniqueid": "id:1700000000.1",
    "linkedid": "linked:1700000000.1",
    "external_id": "external:abc",
    "has_transcription": "has:transcription",
    "has_monitor_file": "has:monitor",
    "has_recording_file": "has:recording",
}


def test_every_filter_of_the_document_is_asked_with() -> None:
    assert {*ASKED_WITH, "from_id"} == {*FILTERS}


@pytest.mark.parametrize("name", [name for name in ASKED_WITH if name != "inbound_route_id"])
def test_a_filter_of_the_document_is_sent_and_taken(name: str) -> None:
    here = world()
    plan = here.plan(ASKED_WITH[name])
    (clause,) = plan.clauses
    assert clause.how in (How.SENT, How.NARROWED)
    assert f"{name}=" in clause.sent
    sent = [request.json()["body"]["filters"] for request in plan.requests]
    assert any(name in each for each in sent)
    LOOP.run(here.asked(plan))  # the simulator refuses what its document does not name


def test_a_route_is_asked_for_by_the_id_of_the_settings() -> None:
    settings = {"kind": "while1", "base_url": "https://pbx.example", "token": "t", "route_ids": {"Main": "12"}}
    provider = make_provider("north", parse_settings(settings))
    plan = provider.plan(parse("route:main"), FilterContext(NOW_MS, {"north": CONTEXT.sources["north"]}))
    assert plan.requests[0].json()["body"]["filters"]["inbound_route_id"] == ["12"]


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_has_an_answer_and_a_reason(name: str) -> None:
    values = FIELDS[name].values or ("10s",)
    for value in values:
        (clause,) = world().plan(f"{name}:{value}").clauses
        assert clause.how is How.SENT or clause.why
        assert bool(clause.sent) is (clause.how in (How.SENT, How.NARROWED))


def test_a_clause_that_may_hold_for_another_leg_is_not_sent_beside_the_first() -> None:
    first, second, third = world().plan("has:recording direction:in caller:0721234567").clauses
    assert (first.how, second.how, third.how) == (How.LOCAL, How.NARROWED, How.NARROWED)
    assert first.why == "the API would look for it in the same leg as the other clauses"


def test_a_pbx_that_answers_every_question_with_new_calls_is_left_in_the_end() -> None:
    asked = itertools.count(1)

    def other_calls(request: httpx.Request) -> httpx.Response:
        number = next(asked)
        assert number < 1_000, "the questions do not end"
        ids = [f"{1_763_800_000 + number}.{index}" for index in range(3)]
        fields = {"time": "2026-10-25 10:00:00", "source": "0721234567", "direction": "IN", "call_status": "NO ANSWER"}
        rows = [{"id": str(number * 10 + index), "uniqueid": key, "linkedid": key, **fields} for index, key in enumerate(ids)]
        return httpx.Response(200, json={"has_error": False, "pagination": [], "results": rows})

    table = {"kind": "while1", "base_url": "https://pbx.example", "token": "t", "requests_per_minute": 6000}
    client = make_provider("north", parse_settings(table), http=httpx.MockTransport(other_calls))
    plan = client.plan(parse("caller:0721234567 since:-1d"), world().context())

    async def ask() -> None:
        async for _ in client.ask(plan):
            pass

    with pytest.raises(BadAnswer, match="ever more legs"):
        asyncio.run(ask())
