"""The wall and a collector over a month: `python -m tests.heavy.wall_month CACHE --hours H` prints what came of it.

One process, one event loop, one clock that jumps from minute to minute. The providers make their calls when they are asked, so
that nothing but the program itself can grow.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import io
import json
import os
import resource
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from calls.cache.database import Database
from calls.model import Record, Source, Window
from calls.times import parse_rfc3339, zone_named
from providers.base import Page
from providers.collector import Collector, Task
from providers.errors import Unreachable
from tests.calls.cache.help import MINUTE_MS
from tests.providers.collecting import FakeProvider, ManualClock, settle
from tui.cache_feed import CacheFeed
from tui.cli import main as calltop
from tui.wall.app import WallApp
from tui.wall.plan import WallPlan

ZONE = zone_named("Europe/Stockholm")
# Midnight comes soon, and then the hour in which the clocks go back.
START_MS = parse_rfc3339("2026-10-24T21:40:00Z")
NORTH = Source("north", "soluno", "Europe/Stockholm", "46")
SOUTH = Source("south", "while1", "Europe/Bucharest", "40")
HOUR_MINUTES = 60
CHECK_MINUTES = 30
RETENTION_DAYS = 3
# Every so many minutes a call, of which every so many is missed.
EVERY_MINUTES, MISSED_EVERY = 4, 5
CALLERS = 40
# In this part of the time the second provider is down.
OUTAGE = (0.4, 0.6)


@dataclass
class Report:
    """What happened: polls by provider, moments at which the wall was compared with `calltop stats` and what differed, resident
    kilobytes after the warm-up and at the end, whether the outage was on the wall and gone from it afterwards."""

    minutes: int = 0
    polls: dict[str, int] = field(default_factory=dict)
    compared: int = 0
    differing: list[str] = field(default_factory=list)
    warm_kilobytes: int = 0
    end_kilobytes: int = 0
    seen_down: bool = False
    seen_well_again: bool = False
    crashed: bool = False
    seconds: float = 0.0


class Endless(FakeProvider):
    """A provider that makes the calls of whatever window it is asked for, and remembers nothing."""

    def __init__(self, clock: ManualClock, source: Source) -> None:
        super().__init__(clock, source)
        self.link_ms = 0
        self.polls = 0
        self.down = False

    async def fetch(self, window: Window, state: Mapping[str, str]) -> AsyncIterator[Page]:
        self.requests += 1
        self.polls += window.end_ms > self._clock.now_ms() - MINUTE_MS
        if self.down:
            raise Unreachable("no connection to pbx.example")
        now_ms = self._clock.now_ms()
        step_ms = EVERY_MINUTES * MINUTE_MS
        first_ms = -(-window.start_ms // step_ms) * step_ms
        yield Page(tuple(self._made(at_ms) for at_ms in range(first_ms, min(window.end_ms, now_ms), step_ms)))

    def _made(self, started_ms: int) -> Record:
        number = started_ms // (EVERY_MINUTES * MINUTE_MS)
        missed = number % MISSED_EVERY == 0
        payload = {
            "direction": "in",
            "status": "missed" if missed else "answered",
            "caller": f"07012345{number % CALLERS:02}",
            "talk_ms": 0 if missed else 60_000,
            "wait_ms": number % 30 * 1000,
        }
        return Record(f"{self.source.name}{number}", f"{self.source.name}{number}", started_ms, payload)

    def next_state(self) -> Mapping[str, str]:
        return {}


def resident_kilobytes() -> int:
    """What the process holds in memory now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() // 1024


async def live_through(cache: Path, hours: float) -> Report:
    """Runs collector and wall for so many simulated hours."""
    report = Report(minutes=round(hours * HOUR_MINUTES))
    clock = ManualClock(START_MS)
    providers = [Endless(clock, source) for source in (NORTH, SOUTH)]
    database = Database(cache)
    tasks = [Task(provider, history_days=0, retention_days=RETENTION_DAYS) for provider in providers]
    collector = Collector(database, tasks, clock, chance=lambda: 0.5)
    plan = WallPlan(ZONE, b"k" * 32, dwell_seconds=5)
    app = WallApp(CacheFeed(cache), None, plan, clock=clock, theme="calltop-dark", tick_seconds=0.01)
    async with app.run_test(size=(160, 45)):
        running = asyncio.create_task(collector.run())
        for minute in range(report.minutes):
            part = minute / report.minutes
            providers[1].down = OUTAGE[0] <= part < OUTAGE[1]
            clock.jump(MINUTE_MS)
            await settle()
            if minute % CHECK_MINUTES == CHECK_MINUTES - 1:
                await _caught_up(app, clock)
                _compare(app, cache, clock, report)
                _look(app, part, report)
            if minute == report.minutes // 2:
                report.warm_kilobytes = resident_kilobytes()
        report.end_kilobytes = resident_kilobytes()
        report.crashed = running.done() or not app.is_running
        collector.stop()
        await running
    database.close()
    report.polls = {provider.source.name: provider.polls for provider in providers}
    return report


async def _caught_up(app: WallApp, clock: ManualClock) -> None:
    """Waits until the wall shows what the cache knows now."""
    async with asyncio.timeout(20):
        while app.wall.snapshot is None or app.wall.snapshot.taken_ms != clock.now_ms():
            await asyncio.to_thread(int)


def _compare(app: WallApp, cache: Path, clock: ManualClock, report: Report) -> None:
    snapshot = app.wall.snapshot
    assert snapshot is not None
    os.environ["CALLTOP_CLOCK_OFFSET_SECONDS"] = f"{clock.now_ms() / 1000 - time.time():.3f}"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        calltop(["stats", "on:today", "--format", "json", "--metric", "all", "--cache", str(cache)])
    stats = json.loads(printed.getvalue())
    report.compared += 1
    for name, figure in snapshot.figures.items():
        if figure.json() != stats[name]:
            report.differing.append(f"{clock.now_ms()} {name}: {figure.json()} != {stats[name]}")


def _look(app: WallApp, part: float, report: Report) -> None:
    snapshot = app.wall.snapshot
    assert snapshot is not None
    south = next(one for one in snapshot.providers if one.source is SOUTH or one.source.name == SOUTH.name)
    down = south.state.failing_since_ms is not None
    report.seen_down = report.seen_down or (down and OUTAGE[0] <= part < OUTAGE[1])
    if part > OUTAGE[1]:
        report.seen_well_again = not down


def main() -> int:
    """Prints the report as one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cache", type=Path)
    parser.add_argument("--hours", type=float, default=24.0)
    options = parser.parse_args()
    began = time.monotonic()
    report = asyncio.run(live_through(options.cache, options.hours))
    report.seconds = round(time.monotonic() - began, 1)
    print(json.dumps(asdict(report)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
