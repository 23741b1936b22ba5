"""Soluno and Dstny: asking with a filter finds, in an empty cache, exactly what a whole reading would have found."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from calls.filters import FilterContext, parse
from calls.model import Call, Record, Window
from providers.plan import How, Plan
from providers.registry import make_provider, parse_settings
from providers.simulator import Simulator, SimulatorClock, credentials
from providers.soluno import SolunoProvider
from providers.soluno.rows import read_page
from tests.calls.filters.samples import CONTEXT, NOW_MS
from tests.providers.asking_help import filters_around, satisfying
from tests.providers.soluno_help import EVER

DAY_MS = 86_400_000
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass
class World:
    """A small simulated exchange, seen through one client, with the rows that its last answers held."""

    client: SolunoProvider
    rows: list[object]
    whole: tuple[Call, ...] = ()

    def calls(self, records: list[Record]) -> tuple[Call, ...]:
        return self.client.derive(records, self.client.facts(records)).calls

    def context(self) -> FilterContext:
        return FilterContext(NOW_MS, {self.client.source.name: self.client.source})

    async def asked(self, plan: Plan) -> tuple[Call, ...]:
        self.rows.clear()
        return self.calls([record async for page in self.client.ask(plan) for record in page.records])

    async def fetched(self) -> tuple[Call, ...]:
        window = Window(NOW_MS - 92 * DAY_MS, NOW_MS + 1)
        return self.calls([record async for page in self.client.fetch(window, {}) for record in page.records])


@cache
def world(seed: int = 5) -> World:
    """The exchange whose name and zone are those of the sample filters' first provider, on the 25-hour day."""
    simulator = Simulator(seed=seed, days=7, calls_per_day=120, clock=SimulatorClock(NOW_MS, speed=0))
    inner = httpx.ASGITransport(app=simulator.app)
    rows: list[object] = []

    async def pass_on(request: httpx.Request) -> httpx.Response:
        response = await inner.handle_async_request(request)
        content = await response.aread()
        rows.extend(json.loads(content))
        return httpx.Response(response.status_code, content=content)

    source = CONTEXT.sources["north"]
    table: dict[str, Any] = {"kind": "soluno", "base_url": "http://127.0.0.1:1/dstny", "timezone": source.timezone}
    # Own numbers are learned from the calls of other times too, so what a narrow question teaches must not matter.
    table |= {"token": credentials.DSTNY_TOKEN, "learn_own_numbers": False, "directory": {"102": "Bo Madsen"}}
    made = make_provider(source.name, parse_settings(table), http=httpx.MockTransport(pass_on))
    assert isinstance(made, SolunoProvider)
    found = World(made, rows)
    found.whole = asyncio.run(found.fetched())
    assert len(found.whole) > 60
    return found


def _texts() -> st.SearchStrategy[str]:
    """The sample filters, and filters about numbers, groups and times that this exchange really has."""
    some = world().whole
    numbers = sorted({number for call in some for number in (call.caller, call.callee) if number})
    queues = sorted({call.queue for call in some if call.queue})
    ids = sorted(call.id for call in some)
    real = st.one_of(
        st.sampled_from(numbers).map(lambda number: f"number:{number}"),
        st.sampled_from(numbers).map(lambda number: f"-caller:{number[:6]}*"),
        st.sampled_from(numbers).map(lambda number: f'"{number[-4:]}"'),
        st.sampled_from(queues).map(lambda queue: f"queue:{queue},711"),
        st.sampled_from(ids).map(lambda key: f'id:"{key}"'),
        st.sampled_from(["status:answered", "status:missed", "direction:in", "-direction:in", "local:yes", "caller:withheld"]),
        st.sampled_from(["duration:>30s", "wait:<=10s", "ring:5s..1m", "employee:bo*", "madsen"]),
        st.integers(0, 7 * DAY_MS).map(lambda back: f"since:-{back // 60_000}m"),
        st.integers(1, 6).map(lambda days: f"on:-{days}d"),
        st.integers(0, 23).map(lambda hour: f"to:2026-10-25T{hour:02}:17"),
    )
    return filters_around(real)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.deferred(_texts))
@example("on:yesterday status:missed")
@example("since:2026-10-25T02:30")
@example("to:2026-10-25T02:30 -queue:622")
def test_asking_an_empty_cache_finds_what_a_whole_reading_finds(text: str) -> None:
    here = world()
    wanted, context = parse(text), here.context()
    plan = here.client.plan(wanted, context)
    assert [clause.clause for clause in plan.clauses] == [node.text for node in wanted.clauses]
    sent_before = here.client.requests
    found = asyncio.run(here.asked(plan))
    assert here.client.requests - sent_before == len(plan.requests)
    expected = satisfying(wanted, here.whole, context)
    if plan.impossible:
        assert plan.requests == ()
        return
    assert satisfying(wanted, found, context) == expected
    # What the API itself returned holds all that a clause lets through, and nothing else where the clause was sent.
    returned = here.client.derive(_records(here.rows), frozenset()).calls
    for node, clause in zip(wanted.clauses, plan.clauses, strict=True):
        if clause.how is How.SENT:
            assert satisfying(node, returned, context).keys() == {call.id for call in returned}
        if clause.how in (How.SENT, How.NARROWED):
            assert expected.keys() <= {call.id for call in returned}


def _records(rows: list[object]) -> list[Record]:
    return list(read_page(rows, EVER, STOCKHOLM, "46").records)
