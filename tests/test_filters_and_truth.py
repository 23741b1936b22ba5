"""Filters over the calls of simulated providers: the cache answers as an evaluator written apart does on the truth."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.writer import Reading, Writer
from calls.exports import call_json
from calls.filters import parse
from calls.model import Call, Window
from providers.base import Provider
from providers.registry import make_provider, parse_settings
from providers.simulator import Simulator, SimulatorClock
from tests.calls.filters.samples import NOW_MS, SOURCES, Meaning, filters, written

DAY_MS = 86_400_000


async def _read(folder: Path, simulator: Simulator) -> list[Call]:
    """Reads the providers, under the names of the sample filters, into a cache; the calls as derived from their records."""
    tables = tomllib.loads(simulator.config_text("http://127.0.0.1:1"))["providers"]
    calls: list[Call] = []
    with closing(Database(folder / "calltop.db")) as database:
        writer = Writer(database)
        for name, source in SOURCES.items():
            table = {**tables[source.kind], "timezone": source.timezone, "country_code": source.country_code}
            http = httpx.ASGITransport(app=simulator.app)
            provider: Provider = make_provider(name, parse_settings(table), http=http, now=lambda: NOW_MS / 1000)
            window = Window(NOW_MS - 6 * DAY_MS, NOW_MS + 1)
            records = [record async for page in provider.fetch(window, {}) for record in page.records]
            writer.store(provider, writer.register([source])[name], Reading(tuple(records), (), NOW_MS))
            calls += provider.derive(records, provider.facts(records)).calls
    truth = {(line["kind"], line["id"]): line for line in simulator.truth()}
    assert len(calls) > 150
    for call in calls:
        line = truth[call.kind, call.id]
        assert call_json(call) == {**line, "provider": call.provider}
    return calls


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, list[Call]]]:
    folder = tmp_path_factory.mktemp("cache")
    simulator = Simulator(seed=11, days=3, calls_per_day=150, clock=SimulatorClock(NOW_MS, speed=0))
    calls = asyncio.run(_read(folder, simulator))
    with closing(Reader(folder / "calltop.db")) as reader:
        yield reader, calls


def _of_these_calls(calls: list[Call]) -> st.SearchStrategy[tuple[str, Meaning]]:
    """Filters about texts that these calls hold, beside the sample filters about any."""

    def one(pair: tuple[Call, str]) -> tuple[str, Meaning]:
        call, name = pair
        value = getattr(call, name)
        return f"{name}:{written(value)}", lambda other: bool(getattr(other, name).casefold() == value.casefold())

    pairs = [(call, name) for call in calls for name in ("queue", "employee", "route", "project") if getattr(call, name)]
    return st.sampled_from(pairs).map(one)


@settings(deadline=None, max_examples=500, suppress_health_check=[*HealthCheck])
@given(st.data())
def test_five_hundred_filters(cached: tuple[Reader, list[Call]], data: st.DataObject) -> None:
    reader, calls = cached
    text, meaning = data.draw(st.one_of(filters, _of_these_calls(calls)))
    expected = {(call.provider, call.id) for call in calls if meaning(call)}
    found = [(call.provider, call.id) for call in reader.calls(parse(text), NOW_MS)]
    assert len(found) == len(set(found))
    assert set(found) == expected, text


def test_a_call_read_from_the_cache_is_the_call_that_was_stored(cached: tuple[Reader, list[Call]]) -> None:
    reader, calls = cached
    known = {(call.provider, call.id): call for call in calls}
    for call in reader.calls(parse(""), NOW_MS):
        assert call == known[call.provider, call.id]
