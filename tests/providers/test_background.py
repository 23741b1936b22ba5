"""The collector in its thread, and what it answers to the one who draws the screen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from calls.cache import lock
from calls.times import parse_rfc3339
from providers.background import BackgroundCollector
from providers.clock import WallClock
from providers.collector import Task
from providers.filling import FillState
from tests.calls.cache.help import NOON_MS, SOUTH, a_cache
from tests.calls.cache.stopped import stopped_writer
from tests.providers.collecting import FakeProvider

# Not the zone of any provider here: the sentences speak in the screen's time.
SCREEN_ZONE = ZoneInfo("Europe/Bucharest")

LONG_SECONDS = 20


class StandingClock:
    """A clock on which nothing is ever due again; says when somebody waits for it."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self.time_ms = now_ms
        self.waited = threading.Event()

    def now_ms(self) -> int:
        return self.time_ms

    async def wait(self, until_ms: int, wake: asyncio.Event) -> None:
        self.waited.set()
        await wake.wait()


@contextmanager
def background(path: Path, clock: StandingClock, make: Callable[[], Sequence[Task]]) -> Iterator[BackgroundCollector]:
    collector = BackgroundCollector(path, make, clock, SCREEN_ZONE)
    collector.start()
    try:
        yield collector
    finally:
        collector.stop(LONG_SECONDS)


def at_rest(clock: StandingClock) -> None:
    """Waits until the collector waits."""
    assert clock.waited.wait(LONG_SECONDS)
    clock.waited.clear()


def test_it_polls_in_another_thread_and_stops(tmp_path: Path) -> None:
    clock = StandingClock()
    provider = FakeProvider(clock)
    threads: list[str] = []

    def make() -> list[Task]:
        threads.append(threading.current_thread().name)
        return [Task(provider, history_days=0)]

    with background(tmp_path / "calltop.db", clock, make):
        at_rest(clock)
        assert provider.live == [NOON_MS]
    assert threads == ["calltop-collector"]
    assert provider.closed


def test_asking_for_a_poll_says_who_and_when(tmp_path: Path) -> None:
    clock = StandingClock(parse_rfc3339("2026-11-22T11:00:20Z"))
    slow, quick = FakeProvider(clock, cadence_seconds=300), FakeProvider(clock, SOUTH)
    with background(tmp_path / "calltop.db", clock, lambda: [Task(slow, history_days=0), Task(quick, history_days=0)]) as it:
        while not (slow.live and quick.live):
            at_rest(clock)
        clock.time_ms += 60_000
        assert it.poll_now() == "polling south; north not before 13:06"
        while len(quick.live) < 2:
            at_rest(clock)
        assert len(slow.live) == 1


def test_trouble_at_the_start_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    path.write_text("no cache " * 1000)
    collector = BackgroundCollector(path, list, StandingClock())
    assert collector.poll_now() == "polling has not begun yet"
    collector.start()
    collector.stop(LONG_SECONDS)
    assert collector.trouble.startswith(f"polling has stopped: {path} cannot be used as a cache")
    assert collector.poll_now() == collector.trouble


def test_a_wait_for_a_stopped_process_is_told_until_it_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.01)
    clock, path, told = StandingClock(), tmp_path / "calltop.db", threading.Event()
    with a_cache(path):
        pass

    class Told(BackgroundCollector):
        def _wait(self, words: str) -> None:
            super()._wait(words)
            told.set()

    provider = FakeProvider(clock)
    collector = Told(path, lambda: [Task(provider, history_days=0)], clock)
    with stopped_writer(path) as holder:
        collector.start()
        assert told.wait(LONG_SECONDS)
        assert collector.trouble.startswith(f"nothing is polled here: waiting for process {holder.pid} (")
        assert collector.waits
    at_rest(clock)
    assert (collector.trouble, collector.waits) == ("", False)
    assert provider.live == [NOON_MS]
    collector.stop(LONG_SECONDS)


def test_nothing_is_begun_while_it_is_at_rest(tmp_path: Path) -> None:
    clock = StandingClock()
    provider = FakeProvider(clock)
    with background(tmp_path / "calltop.db", clock, lambda: [Task(provider, history_days=0)]) as it:
        at_rest(clock)
        clock.time_ms += 3_600_000
        with it.at_rest():
            assert it.poll_now() == "asked for a poll"
            assert len(provider.live) == 1
        while len(provider.live) < 2:
            at_rest(clock)


def test_who_has_not_begun_is_at_rest_at_once(tmp_path: Path) -> None:
    collector = BackgroundCollector(tmp_path / "calltop.db", list, StandingClock())
    with collector.at_rest():
        assert not (tmp_path / "calltop.db").exists()


def test_stopping_before_it_has_begun_ends_it(tmp_path: Path) -> None:
    clock = StandingClock()
    provider = FakeProvider(clock)
    provider.hangs = True
    begun = threading.Event()

    def make() -> list[Task]:
        begun.wait(LONG_SECONDS)
        return [Task(provider)]

    collector = BackgroundCollector(tmp_path / "calltop.db", make, clock)
    collector.start()
    collector.stop(0)
    begun.set()
    collector.stop(LONG_SECONDS)
    assert not collector._thread.is_alive()
    assert provider.closed


def test_a_pause_before_it_has_begun_holds(tmp_path: Path) -> None:
    clock = StandingClock()
    provider = FakeProvider(clock)
    paused = threading.Event()

    def make() -> list[Task]:
        paused.wait(LONG_SECONDS)
        return [Task(provider, history_days=0)]

    with background(tmp_path / "calltop.db", clock, make) as it:
        it.pause(True)
        paused.set()
        at_rest(clock)
        assert provider.asked == []
        it.pause(False)
        at_rest(clock)
        while not provider.asked:
            at_rest(clock)
        assert provider.live == [NOON_MS]


def test_a_shifted_clock_runs_with_the_machine() -> None:
    shifted, plain = WallClock(offset_seconds=-1000.5), WallClock()
    before_ms = plain.now_ms()
    found_ms = shifted.now_ms() + 1_000_500
    assert before_ms - 1 <= found_ms <= plain.now_ms() + 1


def test_a_wait_for_the_past_or_for_who_is_awake_ends_at_once() -> None:
    async def both() -> None:
        clock, wake = WallClock(), asyncio.Event()
        await clock.wait(clock.now_ms() - 1, wake)
        wake.set()
        await clock.wait(clock.now_ms() + 3_600_000, wake)

    asyncio.run(both())


def test_a_back_fill_is_seen_and_steered_from_outside(tmp_path: Path) -> None:
    clock = StandingClock()
    provider = FakeProvider(clock)
    with background(tmp_path / "calltop.db", clock, lambda: [Task(provider, history_days=3)]) as collector:
        at_rest(clock)
        assert [(one.provider, one.state, one.left) for one in collector.backfills()] == [("north", FillState.WAITING, 3)]
        collector.pause_backfill("north", paused=True)
        assert collector.backfills()[0].state is FillState.PAUSED
        collector.backfill("north", 5)
        assert (collector.backfills()[0].state, collector.backfills()[0].left) == (FillState.WAITING, 5)
        collector.end_backfill("north")
        assert collector.backfills()[0].state is FillState.ENDED
    assert collector.backfills() == ()


def test_a_changed_configuration_is_polled_and_one_that_cannot_be_leaves_what_runs(tmp_path: Path) -> None:
    clock = StandingClock()
    first, second = FakeProvider(clock), FakeProvider(clock, SOUTH)
    wanted: list[FakeProvider] = [first]
    made = threading.Event()

    def make() -> list[Task]:
        made.set()
        if not wanted:
            raise ValueError("nothing can be made of it")
        return [Task(provider, history_days=0) for provider in wanted]

    with background(tmp_path / "calltop.db", clock, make) as it:
        at_rest(clock)
        wanted[:] = [second]
        it.renew()
        while not second.live:
            at_rest(clock)
        assert first.closed
        made.clear()
        wanted.clear()
        it.renew()
        assert made.wait(LONG_SECONDS)
        assert (second.closed, it.trouble) == (False, "")
    assert second.closed


def test_a_configuration_that_was_mended_is_polled_after_all(tmp_path: Path) -> None:
    clock = StandingClock()
    provider = FakeProvider(clock)
    mended = threading.Event()

    def make() -> list[Task]:
        if not mended.is_set():
            raise ValueError("no such setting")
        return [Task(provider, history_days=0)]

    with background(tmp_path / "calltop.db", clock, make) as it:
        it._thread.join(LONG_SECONDS)
        assert "no such setting" in it.trouble
        mended.set()
        it.renew()
        at_rest(clock)
        assert (len(provider.live), it.trouble) == (1, "")
