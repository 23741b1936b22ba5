"""PortSIP: asking with a filter finds, in an empty cache, exactly what a whole reading would have found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from calls.filters import FilterContext, parse
from calls.filters.numbers import NumberLike
from calls.filters.patterns import Pattern, Wild
from calls.model import Call, Record, Window
from providers.plan import How, Plan
from providers.portsip import PortsipProvider
from providers.portsip.spellings import conditions
from providers.registry import make_provider, parse_settings
from providers.simulator import Simulator, SimulatorClock, credentials
from providers.simulator.odata import Fields, parse_filter
from tests.calls.filters.samples import CONTEXT, NOW_MS, a_call
from tests.providers.asking_help import filters_around, satisfying

DAY_MS = 86_400_000
LOOP = asyncio.Runner()  # one, because a pace belongs to a loop


@pytest.fixture(scope="module", autouse=True)
def _one_loop() -> Iterator[None]:
    yield
    LOOP.close()


@dataclass
class World:
    """A small simulated exchange, seen through one client that knows its service numbers."""

    client: PortsipProvider
    whole: tuple[Call, ...] = ()

    def calls(self, records: list[Record]) -> tuple[Call, ...]:
        return self.client.derive(records, self.client.facts(records)).calls

    def context(self) -> FilterContext:
        return FilterContext(NOW_MS, {self.client.source.name: self.client.source})

    async def asked(self, plan: Plan) -> tuple[Call, ...]:
        return self.calls([record async for page in self.client.ask(plan) for record in page.records])

    async def fetched(self) -> tuple[Call, ...]:
        window = Window(NOW_MS - 92 * DAY_MS, NOW_MS + 1)
        return self.calls([record async for page in self.client.fetch(window, {}) for record in page.records])


@cache
def world(seed: int = 5) -> World:
    """The exchange whose name and zone are those of the sample filters' first provider, on the 25-hour day."""
    simulator = Simulator(seed=seed, days=5, calls_per_day=120, clock=SimulatorClock(NOW_MS, speed=0))
    source = CONTEXT.sources["north"]
    table: dict[str, Any] = {"kind": "portsip", "base_url": "http://127.0.0.1:1/portsip", "timezone": source.timezone}
    table |= {"username": credentials.PORTSIP.username, "password": credentials.PORTSIP.password}
    table |= {"domain": credentials.PORTSIP_DOMAIN, "country_code": "46", "requests_per_minute": 10_000}
    http = httpx.ASGITransport(app=simulator.app)
    made = make_provider(source.name, parse_settings(table), http=http, now=lambda: NOW_MS / 1000)
    assert isinstance(made, PortsipProvider)
    whole = LOOP.run(World(made).fetched())
    # What other calls teach about a number must not depend on what was asked.
    table["service_numbers"] = sorted({leg.callee for call in whole for leg in call.legs if leg.role != "person"} | {"8000"})
    made = make_provider(source.name, parse_settings(table), http=http, now=lambda: NOW_MS / 1000)
    assert isinstance(made, PortsipProvider)
    found = World(made)
    found.whole = LOOP.run(found.fetched())
    assert len(found.whole) > 60
    return found


def _texts() -> st.SearchStrategy[str]:
    """The sample filters, and filters about numbers, groups and people that this exchange really has."""
    some = world().whole
    numbers = sorted({number for call in some for number in (call.caller, call.callee) if number})
    queues = sorted({call.queue for call in some if call.queue})
    names = sorted({name for call in some for name in (call.employee, call.caller_name, call.callee_name) if name})
    ids = sorted(call.id for call in some)
    number, name = st.sampled_from(numbers), st.sampled_from(names)
    real = st.one_of(
        number.map(lambda number: f"number:{number}"),
        number.map(lambda number: f'caller:"+46 {number[-9:-7]}-{number[-7:]}"'),
        number.map(lambda number: f"callee:0046{number[-9:]},102"),
        number.map(lambda number: f"-caller:{number[:6]}*"),
        number.map(lambda number: f"number:*{number[2:7]}*"),
        number.map(lambda number: f"number:*{number[-6:]},{number[:4]}*"),
        number.map(lambda number: f'"{number[-4:]}"'),
        st.sampled_from(queues).map(lambda queue: f"queue:{queue},711"),
        st.sampled_from(queues).map(lambda queue: f"-queue:{queue[:2]}*"),
        st.sampled_from(ids).map(lambda key: f'id:"{key}"'),
        st.sampled_from(ids).map(lambda key: f"linked:*{key[-3:]}"),
        name.map(lambda name: f'employee:"{name.upper()}"'),
        name.map(lambda name: f'"{name[1:]}"'),
        name.map(lambda name: f'callee:"{name[:4]}*" or caller:"{name}"'),
        st.sampled_from(["status:answered", "status:missed", "status:busy,failed", "status:congestion", "-status:missed"]),
        st.sampled_from(["direction:in", "-direction:in,out", "local:yes", "local:no", "caller:withheld", "direction:in,out"]),
        st.sampled_from(["duration:>30s", "wait:<=10s", "ring:5s..1m", "trunk:trunk*", "route:*4600", "route:0*"]),
        st.integers(0, 4 * DAY_MS).map(lambda back: f"since:-{back // 60_000}m"),
        st.integers(1, 4).map(lambda days: f"on:-{days}d"),
        st.integers(0, 23).map(lambda hour: f"to:2026-10-25T{hour:02}:17"),
    )
    return filters_around(real)


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.deferred(_texts))
@example("on:yesterday status:missed direction:in")
@example("since:2026-10-25T02:30")
@example("to:2026-10-25T02:30 -queue:8000")
@example("queue:8000 number:+46*")
@example("queue:8000 queue:8001")
def test_asking_an_empty_cache_finds_what_a_whole_reading_finds(text: str) -> None:
    here = world()
    wanted, context = parse(text), here.context()
    plan = here.client.plan(wanted, context)
    assert [clause.clause for clause in plan.clauses] == [node.text for node in wanted.clauses]
    found = LOOP.run(here.asked(plan))
    if plan.impossible or not plan.requests:
        assert plan.requests == () == found
        assert plan.impossible or not satisfying(wanted, here.whole, context)
        return
    expected = satisfying(wanted, here.whole, context)
    assert satisfying(wanted, found, context) == expected
    whole = {call.id: call for call in here.whole}
    assert all(call == whole[call.id] for call in found)
    for node, clause in zip(wanted.clauses, plan.clauses, strict=True):
        if clause.how is How.SENT:
            assert satisfying(node, found, context).keys() == {call.id for call in found}


NATIONAL = st.from_regex(r"[1-9][0-9]{4,9}", fullmatch=True)
SEPARATOR = st.sampled_from(["", "", "", " ", "-", ") "])


@st.composite
def numbers_and_patterns(draw: st.DrawFn) -> tuple[str, Pattern, str]:
    """A stored number, and a pattern that is likely to mean it, in another spelling."""
    national = draw(NATIONAL)
    start = st.sampled_from(["0", "+46", "0046", "+45", "0045", ""])
    parted = draw(st.integers(0, len(national)))
    stored = draw(start) + national[:parted] + draw(SEPARATOR) + national[parted:]
    typed = draw(start) + national
    low, high = sorted([draw(st.integers(0, len(typed))), draw(st.integers(0, len(typed)))])
    piece = typed[low:high] or typed
    wild = [Wild.RUN] if draw(st.booleans()) else []
    pattern = Pattern.of([*wild, piece, *([Wild.RUN] if draw(st.booleans()) else [])])
    return stored, pattern, draw(st.sampled_from(["46", ""]))


@settings(max_examples=500)
@given(numbers_and_patterns())
def test_no_spelling_of_a_number_is_missed(case: tuple[str, Pattern, str]) -> None:
    stored, pattern, country_code = case
    found = conditions("caller", pattern, country_code)
    source = CONTEXT.sources["north"]
    source = type(source)(source.name, source.kind, source.timezone, country_code)
    context = FilterContext(NOW_MS, {source.name: source})
    meant = NumberLike(("caller",), pattern).predicate(context)(a_call(caller=stored))
    if meant and found is not None:
        fields = Fields(frozenset({"caller"}), frozenset(), frozenset())
        assert any(parse_filter(condition, fields).test({"caller": stored}) for condition in found)
