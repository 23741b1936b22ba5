"""Driving the wall in tests: over a filled cache, with a clock that moves when told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

from textual import events
from textual.pilot import Pilot

from screenshots import data
from tests.tui.driving import DEADLINE_SECONDS
from tests.tui.fake_feed import FixedClock
from tui.cache_feed import CacheFeed
from tui.wall.app import WallApp
from tui.wall.plan import WallPlan
from tui.wall.screen import WallPicture

TICK_SECONDS = 0.02
PLAN = WallPlan(data.ZONE, b"k" * 32, drift_minutes=0, dwell_seconds=10_000)


@dataclass
class DrivenWall:
    """A running wall and what is around it."""

    app: WallApp
    pilot: Pilot[None]
    clock: FixedClock

    @property
    def text(self) -> str:
        return self.app.wall.query_one(WallPicture).plain_text

    @property
    def head(self) -> str:
        return self.text.splitlines()[0]

    @property
    def foot(self) -> str:
        return self.text.splitlines()[-1]

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))
            for _ in range(4):
                await self.pilot.pause(0)

    async def until(self, condition: Callable[[], object]) -> None:
        deadline = monotonic() + DEADLINE_SECONDS
        while not condition():
            assert monotonic() < deadline, self.text
            await self.pilot.pause(TICK_SECONDS)


@asynccontextmanager
async def driven_wall(
    cache: Path, size: tuple[int, int] = (80, 24), plan: WallPlan = PLAN, *, ready: bool = True, **options: Any
) -> AsyncIterator[DrivenWall]:
    """The wall over a cache file, with its first snapshot on it unless `ready` is False. `changes` are to the plan."""
    clock = FixedClock(data.NOW_MS)
    app = WallApp(
        CacheFeed(cache),
        options.pop("polling", None),
        replace(plan, **options.pop("changes", {})),
        clock=clock,
        theme=options.pop("theme", "calltop-dark"),
        tick_seconds=TICK_SECONDS,
        **options,
    )
    async with app.run_test(size=size) as pilot:
        wall = DrivenWall(app, pilot, clock)
        if ready:
            await wall.until(lambda: app.wall.snapshot is not None and app.wall.snapshot.providers)
            await wall.pilot.pause(TICK_SECONDS)
        yield wall
