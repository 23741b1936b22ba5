"""A person sees how far the back-fill is, holds it back, ends it, and reaches further; live polls go on as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.collector import Task
from providers.errors import Unavailable
from providers.filling import FillState
from tests.calls.cache.help import DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS
from tests.providers.collecting import SECOND_MS, FakeProvider, ManualClock, calls_every_hour, driven, settle
from tests.providers.test_collector import POLL_MS

pytestmark = pytest.mark.anyio
MIDNIGHT_MS = NOON_MS - 12 * HOUR_MS


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calltop.db"


def task(provider: FakeProvider, days: int, retention_days: int = 0) -> Task:
    return Task(provider, history_days=days, history_spacing_seconds=60, retention_days=retention_days)


async def test_progress_counts_stretches_and_new_records(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.rows = calls_every_hour(6)
    async with driven(path, clock, task(provider, 4)) as it:
        [before] = it.collector.backfills()
        assert (before.provider, before.state, before.done, before.left) == ("north", FillState.WAITING, 0, 4)
        assert before.next_ms == NOON_MS + MINUTE_MS
        await it.move(MINUTE_MS)
        [after] = it.collector.backfills()
        assert (after.done, after.left, after.added, after.error) == (1, 3, 24, "")
        await it.move(10 * MINUTE_MS)
        [end] = it.collector.backfills()
        assert (end.state, end.done, end.left, end.added, end.next_ms) == (FillState.DONE, 4, 0, 4 * 24, None)


async def test_what_is_being_read_is_told(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    async with driven(path, clock, task(provider, 4)) as it:
        provider.hangs = True
        await it.move(MINUTE_MS)
        [now] = it.collector.backfills()
        assert now.state is FillState.LOADING
        assert now.reading is not None
        assert (now.reading.start_ms, now.reading.end_ms) == (MIDNIGHT_MS - DAY_MS, MIDNIGHT_MS)


async def test_pausing_holds_back_the_past_and_not_the_polls(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    async with driven(path, clock, task(provider, 9)) as it:
        await it.move(2 * MINUTE_MS)
        read = list(provider.history)
        it.collector.pause_backfill("north", paused=True)
        await it.move(20 * MINUTE_MS)
        assert provider.history == read
        assert len(provider.live) > 3
        assert it.collector.backfills()[0].state is FillState.PAUSED
        it.collector.pause_backfill("north", paused=False)
        await it.move(MINUTE_MS)
        # It goes on with the day after those that were read, and reads none again.
        [(_, window), *_] = provider.history[len(read) :]
        assert window.end_ms == min(known.start_ms for _, known in read)


async def test_an_ended_back_fill_asks_no_more_until_it_is_asked_for(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    async with driven(path, clock, task(provider, 9)) as it:
        await it.move(MINUTE_MS)
        it.collector.end_backfill("north")
        read = len(provider.history)
        await it.move(30 * MINUTE_MS)
        assert len(provider.history) == read
        assert it.collector.backfills()[0].state is FillState.ENDED
        assert it.collector.backfill("north", 12) == 12
        await it.move(30 * MINUTE_MS)
        assert min(window.start_ms for _, window in provider.history) == MIDNIGHT_MS - 12 * DAY_MS
        assert it.collector.backfills()[0].state is FillState.DONE


async def test_more_than_is_kept_is_not_loaded(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    async with driven(path, clock, task(provider, 1, retention_days=3)) as it:
        assert it.collector.backfill("north", 30) == 3
        await it.move(30 * MINUTE_MS)
        assert min(window.start_ms for _, window in provider.history) >= NOON_MS - 4 * DAY_MS


async def test_a_due_poll_goes_before_the_past(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    async with driven(path, clock, task(provider, 40)):
        await settle()
        # Both are due at once.
        clock.jump(POLL_MS)
        asked = len(provider.asked)
        await settle()
        at_ms, window = provider.asked[asked]
        assert window.end_ms > at_ms


async def test_a_failure_is_told_in_words_and_rests(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    async with driven(path, clock, task(provider, 4)) as it:
        provider.refusal, provider.floor_ms = Unavailable("503"), MIDNIGHT_MS
        await it.move(MINUTE_MS)
        [now] = it.collector.backfills()
        assert now.state is FillState.FAILED
        assert "503" in now.error
        assert now.next_ms is not None
        assert now.next_ms >= clock.now_ms() + 14 * MINUTE_MS
        provider.refusal = None
        await it.move(16 * MINUTE_MS, step_ms=15 * SECOND_MS)
        assert it.collector.backfills()[0].error == ""


async def test_an_unknown_provider_is_refused(path: Path, clock: ManualClock) -> None:
    async with driven(path, clock, task(FakeProvider(clock), 4)) as it:
        with pytest.raises(KeyError):
            it.collector.pause_backfill("nobody", paused=True)
