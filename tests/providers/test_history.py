"""Loading the past: newest first, resumable, to the end of what the provider keeps."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from calls.model import Window
from providers.errors import Rejected, TooLarge, Unavailable
from providers.history import History, HistoryStep, load
from tests.calls.cache.help import DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS
from tests.providers.collecting import FakeProvider, ManualClock, calls_every_hour, polling_of, settle

pytestmark = pytest.mark.anyio
MIDNIGHT_MS = NOON_MS - 12 * HOUR_MS
UNTIL_MS = NOON_MS - 15 * MINUTE_MS


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock()


async def all_of(history: History, clock: ManualClock) -> list[HistoryStep]:
    return [step async for step in load(history, clock, 0, asyncio.Event())]


async def test_everything_since_a_moment_is_loaded_newest_first(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock, backfill_days=2)
    provider.rows = calls_every_hour(9)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        history = History(polling, NOON_MS - 4 * DAY_MS, UNTIL_MS)
        steps = await all_of(history, clock)
        assert [step.left for step in steps] == [2, 1, 0]
        starts = [step.window.start_ms for step in steps]
        assert starts == [MIDNIGHT_MS - DAY_MS, MIDNIGHT_MS - 3 * DAY_MS, MIDNIGHT_MS - 4 * DAY_MS]
        assert polling.log.covered() == (Window(MIDNIGHT_MS - 4 * DAY_MS, UNTIL_MS),)
        assert await history.step() is None
        assert polling.log.complete_to_ms() is None


async def test_an_end_within_the_newest_minutes_is_reached_too(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        assert len(await all_of(History(polling, NOON_MS - DAY_MS, NOON_MS), clock)) == 2


async def test_after_a_stop_only_the_rest_is_loaded(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        stop = asyncio.Event()
        async for step in load(History(polling, NOON_MS - 4 * DAY_MS, UNTIL_MS), clock, 0, stop):
            if step.left == 2:
                stop.set()
        assert len(provider.asked) == 3
        await all_of(History(polling, NOON_MS - 4 * DAY_MS, UNTIL_MS), clock)
        assert [window.start_ms for _, window in provider.asked] == [MIDNIGHT_MS - day * DAY_MS for day in range(5)]


async def test_it_waits_between_two_stretches_and_a_stop_ends_the_wait(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        stop = asyncio.Event()

        async def everything() -> None:
            async for _ in load(History(polling, NOON_MS - 9 * DAY_MS, UNTIL_MS), clock, 30, stop):
                pass

        loading = asyncio.create_task(everything())
        for asked in (1, 2, 3):
            await settle()
            assert len(provider.asked) == asked
            clock.jump(29_000)
            await settle()
            assert len(provider.asked) == asked
            clock.jump(1000)
        await settle()
        stop.set()
        await loading
        assert len(provider.asked) == 4


async def test_without_a_live_poll_there_is_no_end_to_count_back_from(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        history = History(polling, NOON_MS - 9 * DAY_MS)
        assert history.missing() == ()
        await polling.poll()
        assert len(history.missing()) == 9


@pytest.mark.parametrize("days", [1, 3, 7])
async def test_the_floor_is_found_to_the_day_and_not_asked_below_again(tmp_path: Path, clock: ManualClock, days: int) -> None:
    provider = FakeProvider(clock, backfill_days=days)
    provider.floor_ms, provider.refusal = MIDNIGHT_MS - 8 * DAY_MS, Rejected("422")
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        history = History(polling, NOON_MS - 60 * DAY_MS, UNTIL_MS)
        steps = await all_of(history, clock)
        assert history.floor_reached
        assert steps[-1].outcome.error is not None
        assert polling.log.covered() == (Window(provider.floor_ms, UNTIL_MS),)
        asked = len(provider.asked)
        assert await history.step() is None
        assert len(provider.asked) == asked


async def test_a_first_request_that_is_refused_is_no_floor(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.error = Rejected("404")
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        history = History(polling, NOON_MS - 9 * DAY_MS, UNTIL_MS)
        [step] = await all_of(history, clock)
        assert not step.goes_on
        assert not history.floor_reached
        assert len(history.missing()) == 10


@pytest.mark.parametrize("error", [Unavailable("503"), TooLarge("too large")])
async def test_a_failure_ends_the_load_and_keeps_what_came(tmp_path: Path, clock: ManualClock, error: Exception) -> None:
    provider = FakeProvider(clock)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        history = History(polling, NOON_MS - 5 * DAY_MS, UNTIL_MS)
        await history.step()
        provider.error = error
        steps = await all_of(history, clock)
        assert [step.goes_on for step in steps] == [False]
        provider.error = None
        assert len(await all_of(history, clock)) == 5
        assert polling.log.covered() == (Window(MIDNIGHT_MS - 5 * DAY_MS, UNTIL_MS),)
