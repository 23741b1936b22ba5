"""The pictures of the wall monitor: three sizes, each in four states."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from calls.alerts import Comparison, Known, Look, QuietHours, Reading, Rule
from calls.cache import alerts
from calls.cache.database import Database
from screenshots import data
from screenshots.export import exported, write
from tui.cache_feed import CacheFeed
from tui.lines.wall.view import Targets
from tui.wall.app import WallApp
from tui.wall.plan import WallPlan

LONGEST_WAIT_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.02
SIZES = ((80, 24), (160, 45), (240, 67))
_CALM = WallPlan(
    data.ZONE, b"pictures" * 4, drift_minutes=0, dwell_seconds=86_400, targets=Targets(0.8, call_back_minutes=None)
)
_RULE = Rule("answer-rate", "answer_rate", Comparison.BELOW, 0.9)


@dataclass(frozen=True, slots=True)
class State:
    """A state of the wall: the moment it is looked at, how it is set up, and whether an alarm fires."""

    name: str
    now_ms: int
    plan: WallPlan = _CALM
    alarm: bool = False
    keys: tuple[str, ...] = ()


STATES = (
    # A little earlier than the other pictures, when the provider that is late in them was not late yet.
    State("normal", data.NOW_MS - 2 * data.MINUTE_MS),
    State("late", data.NOW_MS + 95 * data.MINUTE_MS),
    State("alarm", data.NOW_MS, replace(_CALM, targets=Targets(0.9, call_back_minutes=60)), alarm=True),
    State("night", data.NOW_MS - 2 * data.MINUTE_MS, replace(_CALM, night=(QuietHours.parse("00:00-24:00"),))),
)
PAGES = (
    State("call-backs", data.NOW_MS - 2 * data.MINUTE_MS, keys=("right",)),
    State("hours", data.NOW_MS - 2 * data.MINUTE_MS, keys=("right", "right")),
)


def draw(cache: Path, folder: Path) -> None:
    """Writes every picture, of the calls in a cache."""
    for size in SIZES:
        for state in STATES:
            _draw(cache, folder, state, size)
    for state in PAGES:
        _draw(cache, folder, state, SIZES[1])


def _draw(cache: Path, folder: Path, state: State, size: tuple[int, int]) -> None:
    with _alarm(cache, state):
        write(folder, f"wall-{state.name}-{size[0]}", asyncio.run(_picture(cache, state, size)))


async def _picture(cache: Path, state: State, size: tuple[int, int]) -> str:
    app = WallApp(CacheFeed(cache), None, state.plan, clock=data.StillClock(state.now_ms), theme="calltop-dark")
    async with app.run_test(size=size) as pilot:
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            while app.wall.snapshot is None:
                await pilot.pause(_LOOK_AGAIN_SECONDS)
        await pilot.press(*state.keys)
        await pilot.pause()
        app.dim(state.plan.is_night(state.now_ms))
        await pilot.pause()
        return exported(app)


@contextmanager
def _alarm(cache: Path, state: State) -> Iterator[None]:
    """An alert that fires while the picture is taken."""
    if state.alarm:
        with closing(Database(cache)) as database, database.transaction() as connection:
            look = Look(_RULE, Reading(Known.VALUE, 0.81, "270/334"))
            alerts.advance_all(connection, [look], state.now_ms - 6 * data.MINUTE_MS)
    yield
    if state.alarm:
        with closing(Database(cache)) as database, database.transaction() as connection:
            alerts.forget_all(connection)
