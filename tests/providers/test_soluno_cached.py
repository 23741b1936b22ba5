"""Soluno and Dstny in the cache: rows without an id that come twice, change, or come with another number."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.writer import Writer
from calls.filters import parse
from calls.model import Status, Window
from providers.base import Provider
from providers.polling import ProviderPolling
from tests.providers.exchange_help import Line, everything, simulated, told, truth
from tests.providers.soluno_help import SAMPLE, SAMPLE_DAY, Vendor, changed, provider
from tests.providers.test_soluno_conformance import on_the_wire

pytestmark = pytest.mark.anyio


class MovingClock:
    """A clock that a test moves; nothing waits by it."""

    def __init__(self, now_ms: int) -> None:
        self.at_ms = now_ms

    def now_ms(self) -> int:
        return self.at_ms

    async def wait(self, until_ms: int, wake: asyncio.Event) -> None:
        raise AssertionError("nothing here waits")


class Cache:
    """A real cache into which one provider is read, a second later each time."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / "calltop.db")
        self._writer = Writer(self._database)
        self._reader = Reader(folder / "calltop.db")

    async def read(self, client: Provider, window: Window, clock: MovingClock) -> dict[str, Line]:
        """Reads the whole window; the calls that the cache then holds, by id."""
        source_id = self._writer.register([client.source])[client.source.name]
        clock.at_ms += 1000
        outcome = await ProviderPolling(client, self._writer, source_id, clock).read_history(window)
        assert outcome.error is None
        return told(self._reader.calls(parse(""), clock.at_ms))

    def close(self) -> None:
        self._reader.close()
        self._database.close()


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    made = Cache(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("fault", "times"), [("duplicate", 2), ("shuffled", 1)])
@pytest.mark.parametrize("kind", ["soluno", "dstny"])
async def test_after_strange_rows_a_whole_reading_leaves_the_truth(kind: str, fault: str, times: int, cache: Cache) -> None:
    simulator = simulated(calls_per_day=300)
    client, _ = on_the_wire(kind, simulator)
    clock = MovingClock(simulator.clock.now_ms())
    simulator.set_faults(f"{kind}.historik:{fault}")
    window = everything(simulator)
    assert len(await cache.read(client, window, clock)) == times * len(truth(simulator, kind))
    simulator.set_faults("")
    assert await cache.read(client, window, clock) == truth(simulator, kind)


class Day:
    """The vendor's sample day, read again and again as the answer changes."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._vendor = Vendor()
        self._client = provider(self._vendor)
        self._clock = MovingClock(SAMPLE_DAY.end_ms + 3_600_000)

    async def __call__(self, *rows: dict[str, Any]) -> list[Line]:
        self._vendor.answer = list(rows)
        lines = await self._cache.read(self._client, SAMPLE_DAY, self._clock)
        return sorted(lines.values(), key=lambda line: str(line["id"]))


async def test_two_equal_rows_are_two_calls_however_often_they_are_read(cache: Cache) -> None:
    day = Day(cache)
    once = await day(SAMPLE[0], SAMPLE[0])
    assert len(once) == 2
    assert await day(SAMPLE[0], SAMPLE[0]) == once
    assert len(await day(SAMPLE[0])) == 1
    assert await day(SAMPLE[0], SAMPLE[0]) == once


async def test_a_row_that_was_answered_meanwhile_is_the_same_call(cache: Cache) -> None:
    day = Day(cache)
    [before] = await day(SAMPLE[1])
    [after] = await day(changed(SAMPLE[1], calleeAnswered="2017-01-04T16:16:20.000+01:00"))
    assert (before["id"], before["status"]) == (after["id"], Status.MISSED.value)
    assert (after["status"], after["talk_seconds"]) == (Status.ANSWERED.value, 14)


@pytest.mark.parametrize(("field", "number"), [("calleeNo", "+4672999999"), ("receivingNo", "623"), ("receivingNo", None)])
async def test_a_row_that_comes_with_another_number_replaces_the_one_before(
    field: str, number: str | None, cache: Cache
) -> None:
    day = Day(cache)
    assert len(await day(*SAMPLE)) == 3
    replaced = changed(SAMPLE[1], **{field: number})
    lines = await day(SAMPLE[0], replaced, SAMPLE[2])
    key = {"calleeNo": "callee", "receivingNo": "queue"}[field]
    assert [line[key] for line in lines if line["caller"] == "+4672222222"] == [number]
    assert len(lines) == 3
    assert len(await day(*SAMPLE)) == 3
