"""One poll: what it asks for, what it stores, and what it says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from calls.model import Window
from providers.errors import Unavailable
from tests.calls.cache.help import DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS, record
from tests.providers.collecting import FakeProvider, ManualClock, calls_every_hour, polling_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock()


async def test_an_outcome_is_the_object_that_collect_prints(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.rows = [record("a", started_ms=NOON_MS - HOUR_MS), record("b", started_ms=NOON_MS - MINUTE_MS)]
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        first = await polling.poll()
        assert first.json() == {
            "provider": "north", "kind": "fake", "requests": 2, "received": 2, "inserted": 2, "updated": 0, "unchanged": 0,
            "rejected": 0, "complete_to": "2026-11-22T10:45:00.000Z", "error": None,
        }  # fmt: skip
        provider.rows[0] = record("a", started_ms=NOON_MS - HOUR_MS, status="answered")
        second = (await polling.poll()).json()
        assert [second[name] for name in ("requests", "received", "inserted", "updated", "unchanged")] == [2, 2, 0, 1, 1]


async def test_the_next_poll_is_told_what_the_last_whole_one_left(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        await polling.poll()
        provider.half_read = Unavailable("503")
        assert (await polling.poll()).error == "503; calltop tries again by itself"
        provider.half_read = None
        await polling.poll()
    assert provider.states == [{}, {"asked": "1"}, {"asked": "1"}]


async def test_a_call_that_was_long_under_way_appears(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock, lookback_seconds=3600)
    provider.rows = [record("past", started_ms=NOON_MS - 2 * DAY_MS, ended_ms=NOON_MS - 2 * DAY_MS + 9 * HOUR_MS)]
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        await polling.poll()
        await polling.read_history(Window(NOON_MS - 3 * DAY_MS, NOON_MS - HOUR_MS))
        provider.rows.append(record("long", started_ms=NOON_MS - 9 * HOUR_MS))
        await polling.poll()
        assert provider.asked[-1][1].start_ms == NOON_MS - 15 * MINUTE_MS - 9 * HOUR_MS - 10 * MINUTE_MS
        assert (await polling.poll()).stored.unchanged == 1


async def test_history_extends_what_is_covered_but_says_nothing_about_now(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.rows = calls_every_hour(3)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        past = Window(NOON_MS - 2 * DAY_MS, NOON_MS - DAY_MS)
        outcome = await polling.read_history(past)
        assert outcome.stored.inserted == 24
        assert polling.log.covered() == (past,)
        assert outcome.complete_to_ms is None
        assert polling.log.last_try_ms() is None


async def test_polling_again_at_the_same_time_changes_nothing(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.next_state = dict  # type: ignore[method-assign]
    provider.rows = calls_every_hour(1)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        await polling.poll()
        before = list(polling.log._database.connection.iterdump())
        await polling.poll()
        assert list(polling.log._database.connection.iterdump()) == before


async def test_a_mistake_nobody_foresaw_is_told_without_its_words(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.error = ValueError("token=secret")
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        outcome = await polling.poll()
    assert outcome.error == "reading the answer failed (ValueError); see the log, and report it"
