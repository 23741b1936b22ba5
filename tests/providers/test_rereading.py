"""Past days are read again at night, once, by whoever polls; a day that fails is read again later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from calls.model import Window
from calls.times import parse_rfc3339
from providers.collector import Task
from providers.errors import Rejected, Unavailable
from tests.calls.cache.help import DAY_MS, HOUR_MS, MINUTE_MS, record
from tests.providers.collecting import FakeProvider, ManualClock, driven

pytestmark = pytest.mark.anyio

# A Saturday evening in Stockholm.
EVENING_MS = parse_rfc3339("2026-11-21T21:00:00Z")


def days(provider: FakeProvider, since: int) -> list[str]:
    """The local days of Stockholm that were asked for whole, in the order of asking."""
    return [
        f"{datetime.fromtimestamp(window.start_ms / 1000 + 3600, UTC):%a %d}"
        for _, window in provider.history[since:]
        if window.end_ms - window.start_ms == DAY_MS
    ]


def quick(provider: FakeProvider, days: int = 10) -> Task:
    return Task(provider, poll_minutes=60, history_days=days, history_spacing_seconds=0)


async def test_each_night_two_days_are_read_again_and_on_mondays_the_one_a_week_before(tmp_path: Path) -> None:
    clock = ManualClock(EVENING_MS)
    provider = FakeProvider(clock)
    async with driven(tmp_path / "calltop.db", clock, quick(provider)) as it:
        await it.move(HOUR_MS, MINUTE_MS)
        loaded = len(provider.history)
        await it.move(5 * HOUR_MS, 5 * MINUTE_MS)
        assert days(provider, loaded) == []
        await it.move(2 * HOUR_MS, 5 * MINUTE_MS)
        assert days(provider, loaded) == ["Sat 21", "Fri 20"]
        await it.move(DAY_MS, 15 * MINUTE_MS)
        assert days(provider, loaded) == ["Sat 21", "Fri 20", "Sun 22", "Sat 21", "Mon 16"]
        await it.move(12 * HOUR_MS, 15 * MINUTE_MS)
        assert len(days(provider, loaded)) == 5


@pytest.mark.acceptance(3)
async def test_a_row_that_was_published_a_day_late_appears(tmp_path: Path) -> None:
    clock = ManualClock(EVENING_MS)
    provider = FakeProvider(clock)
    async with driven(tmp_path / "calltop.db", clock, quick(provider)) as it:
        await it.move(8 * HOUR_MS, 15 * MINUTE_MS)
        provider.rows.append(record("late", started_ms=EVENING_MS - 10 * HOUR_MS))
        await it.move(20 * HOUR_MS, 15 * MINUTE_MS)
        assert it.count("call") == 0
        await it.move(3 * HOUR_MS, 15 * MINUTE_MS)
        assert it.count("call") == 1


async def test_a_night_that_fails_is_made_up_for_and_a_restart_does_not_repeat_it(tmp_path: Path) -> None:
    clock = ManualClock(EVENING_MS)
    provider = FakeProvider(clock)
    async with driven(tmp_path / "calltop.db", clock, quick(provider)) as it:
        await it.move(6 * HOUR_MS, 5 * MINUTE_MS)
        loaded = len(provider.history)
        provider.refusal, provider.floor_ms = Unavailable("503"), EVENING_MS - 12 * HOUR_MS
        await it.move(3 * HOUR_MS, 5 * MINUTE_MS)
        assert set(days(provider, loaded)) == {"Sat 21"}
        provider.refusal = None
        healed = len(provider.history)
        await it.move(HOUR_MS, 5 * MINUTE_MS)
        assert days(provider, healed) == ["Sat 21", "Fri 20"]
    again = FakeProvider(clock)
    async with driven(tmp_path / "calltop.db", clock, quick(again)) as it:
        await it.move(2 * HOUR_MS, 5 * MINUTE_MS)
        assert days(again, 0) == []


async def test_one_day_that_always_fails_does_not_keep_older_days_away(tmp_path: Path) -> None:
    clock = ManualClock(EVENING_MS)

    class Stubborn(FakeProvider):
        def bad(self, window: Window) -> bool:
            return window.start_ms <= EVENING_MS - 2 * DAY_MS < window.end_ms

        async def fetch(self, window, state):  # type: ignore[no-untyped-def]
            self.error = Unavailable("500") if self.bad(window) else None
            async for page in super().fetch(window, state):
                yield page

    provider = Stubborn(clock)
    async with driven(tmp_path / "calltop.db", clock, quick(provider, days=6)) as it:
        await it.move(2 * HOUR_MS, 5 * MINUTE_MS)
        asked = days(provider, 0)
        assert {"Mon 16", "Tue 17", "Wed 18", "Fri 20"} <= set(asked)
        assert asked.count("Thu 19") > 1
        assert asked.count("Mon 16") == 1


async def test_the_floor_of_the_history_is_remembered_by_the_cache(tmp_path: Path) -> None:
    clock = ManualClock(EVENING_MS)
    provider = FakeProvider(clock)
    provider.refusal, provider.floor_ms = Rejected("422"), EVENING_MS - 3 * DAY_MS
    async with driven(tmp_path / "calltop.db", clock, quick(provider, days=30)) as it:
        await it.move(HOUR_MS, 5 * MINUTE_MS)
    again = FakeProvider(clock)
    async with driven(tmp_path / "calltop.db", clock, quick(again, days=30)) as it:
        await it.move(HOUR_MS, 5 * MINUTE_MS)
        assert days(again, 0) == []
