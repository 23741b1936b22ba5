"""Five simulated providers polled into one cache while time moves on: what is cached is what happened."""

from __future__ import annotations

import asyncio
import tomllib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.writer import Writer
from calls.filters import parse
from calls.metrics import Tally
from calls.model import Direction
from providers.base import Provider
from providers.history import History
from providers.polling import PollOutcome, ProviderPolling
from providers.registry import KINDS, make_provider, parse_settings
from providers.simulator import Simulator
from tests.calls.cache.help import DAY_MS, HOUR_MS, MINUTE_MS
from tests.providers.exchange_help import simulated, told

pytestmark = pytest.mark.anyio
WITH_CALLS = tuple(kind for kind in KINDS if kind != "telecomx")


class SimulatedTime:
    """The simulator's clock, which stands still until a test moves it."""

    def __init__(self, simulator: Simulator) -> None:
        self.now_ms = simulator.clock.now_ms

    async def wait(self, until_ms: int, wake: asyncio.Event) -> None:
        raise AssertionError("nothing here waits")


def provider_of(kind: str, simulator: Simulator) -> Provider:
    """The provider that the simulator's own configuration describes, as fast as it can be."""
    table = tomllib.loads(simulator.config_text("http://127.0.0.1:8080"))["providers"][kind]
    unpaced = {"requests_per_minute": 6000} if kind in ("portsip", "while1") else {}
    return make_provider(
        kind,
        parse_settings({**table, **unpaced}),
        http=httpx.ASGITransport(app=simulator.app),
        now=lambda: simulator.clock.now_ms() / 1000,
    )


class World:
    """The five providers, and a cache that they are read into."""

    def __init__(self, simulator: Simulator, path: Path) -> None:
        self.simulator = simulator
        self._path = path
        self.database = Database(path)
        writer = Writer(self.database)
        clock = SimulatedTime(simulator)
        providers = [provider_of(kind, simulator) for kind in KINDS]
        ids = writer.register([provider.source for provider in providers])
        self.pollings = [ProviderPolling(provider, writer, ids[provider.source.name], clock) for provider in providers]

    async def poll(self) -> dict[str, PollOutcome]:
        """One round, as the collector makes it."""
        outcomes = await asyncio.gather(*(polling.poll() for polling in self.pollings))
        return {outcome.provider: outcome for outcome in outcomes}

    async def fill(self, days: int) -> None:
        """Reads the past until nothing of it is missing."""
        for polling in self.pollings:
            history = History(polling, self.simulator.clock.now_ms() - days * DAY_MS)
            while (step := await history.step()) is not None:
                assert step.outcome.error is None
            assert history.missing() == ()

    def check(self) -> None:
        """Holds the whole cache against the truth."""
        reader = Reader(self._path)
        try:
            now_ms = self.simulator.clock.now_ms()
            truth = self.simulator.truth()
            calls = list(reader.calls(parse(""), now_ms))
            for kind in WITH_CALLS:
                lines = {line["id"]: line for line in truth if line["kind"] == kind}
                assert told(call for call in calls if call.kind == kind) == lines
                assert lines
            for direction in (Direction.IN, Direction.OUT):
                wanted = parse(f"provider:telecomx direction:{direction}")
                assert counted(reader.totals(wanted, now_ms)["telecomx"]) == true_sum(truth, direction)
        finally:
            reader.close()

    def rows(self) -> list[tuple[Any, ...]]:
        """Every row that says what happened; when it was last seen does not count."""
        return [
            row
            for question in (
                "SELECT source_id, key, group_key, digest, coalesce(changed_ms, first_seen_ms) FROM record ORDER BY 1, 2",
                "SELECT key, seen_ms, replaced_ms FROM record_revision JOIN record AS r ON r.id = record_id ORDER BY 1, 2",
                "SELECT * FROM calls ORDER BY provider, id",
                "SELECT * FROM legs ORDER BY 1, 2, 3",
                "SELECT * FROM employee_bucket ORDER BY 1, 2, 3, 4",
            )
            for row in self.database.connection.execute(question)
        ]


def counted(tally: Tally) -> tuple[int, int, int]:
    return tally.offered, tally.answered, tally.talk_seconds


def true_sum(truth: list[dict[str, Any]], direction: Direction) -> tuple[int, int, int]:
    shares = [line for line in truth if line["kind"] == "telecomx" and (line["direction"] == "out") == (direction == "out")]
    statuses = Counter(line["status"] for line in shares)
    return len(shares), statuses["answered"], sum(line["talk_seconds"] for line in shares)


@asynccontextmanager
async def world(path: Path, now: str, days: int = 2, calls_per_day: int = 300) -> AsyncIterator[World]:
    made = World(simulated(now, days=days, calls_per_day=calls_per_day), path / "calltop.db")
    try:
        yield made
    finally:
        for polling in made.pollings:
            await polling.provider.close()
        made.database.close()


@pytest.mark.parametrize("now", ["2026-11-24T09:30:00Z", "2026-10-25T00:40:00Z", "2026-03-30T08:00:00Z"])
async def test_the_cache_follows_the_truth(tmp_path: Path, now: str) -> None:
    async with world(tmp_path, now) as it:
        first = await it.poll()
        assert {outcome.error for outcome in first.values()} == {None}
        await it.fill(days=4)
        it.check()
        changed: Counter[str] = Counter()
        for step_ms in (5 * MINUTE_MS, 7 * MINUTE_MS, 70 * MINUTE_MS, 3 * HOUR_MS):
            it.simulator.clock.advance(step_ms)
            outcomes = await it.poll()
            assert {outcome.error for outcome in outcomes.values()} == {None}
            changed.update({name: outcome.stored.inserted for name, outcome in outcomes.items()})
            it.check()
            before = it.rows()
            again = await it.poll()
            assert {(outcome.stored.inserted, outcome.stored.updated) for outcome in again.values()} == {(0, 0)}
            assert it.rows() == before
        assert changed.total() > 10


async def test_a_night_without_polls_is_caught_up(tmp_path: Path) -> None:
    async with world(tmp_path, "2026-11-24T15:00:00Z") as it:
        await it.poll()
        await it.fill(days=4)
        it.simulator.clock.advance(3 * DAY_MS)
        await it.poll()
        await it.fill(days=4)
        it.check()


@pytest.mark.parametrize("fault", ["503", "429", "html", "truncated", "reset", "empty"])
async def test_after_a_fault_one_round_brings_everything(tmp_path: Path, fault: str) -> None:
    async with world(tmp_path, "2026-11-24T09:30:00Z", days=0) as it:
        await it.poll()
        before = it.rows()
        it.simulator.clock.advance(30 * MINUTE_MS)
        it.simulator.set_faults(f"all:{fault}")
        failed = await it.poll()
        assert all(outcome.error and "\n" not in outcome.error for outcome in failed.values())
        watermarks = {name: outcome.complete_to_ms for name, outcome in failed.items()}
        assert it.rows() == before
        it.simulator.set_faults("")
        recovered = await it.poll()
        assert {outcome.error for outcome in recovered.values()} == {None}
        assert sum(outcome.stored.inserted for outcome in recovered.values()) > 10
        assert all(outcome.complete_to_ms == (watermarks[name] or 0) + 30 * MINUTE_MS for name, outcome in recovered.items())
        it.check()
