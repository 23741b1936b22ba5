"""Two large pictures of the screen of calls: what no assertion about words can hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic

import pytest
from textual.pilot import Pilot

from screenshots import data
from tests.tui.driving import DEADLINE_SECONDS, NARROW, WIDE
from tests.tui.fake_feed import FakePoller, FixedClock
from tests.tui.filled import filled_cache
from tui.app import CalltopApp
from tui.cache_feed import CacheFeed
from tui.screens.calls import CallsScreen

Compare = Callable[..., bool]


def interface(folder: Path, *, ascii_only: bool = False) -> CalltopApp:
    feed = CacheFeed(filled_cache(folder))
    return CalltopApp(feed, FakePoller(), clock=FixedClock(data.NOW_MS), zone=data.ZONE, ascii_only=ascii_only)


def after(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Goes to the calls, and presses keys when they are there."""

    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await _settled(pilot)
        await pilot.press(*keys)
        await _settled(pilot)

    return prepare


async def _settled(pilot: Pilot[None]) -> None:
    deadline = monotonic() + DEADLINE_SECONDS
    app = pilot.app
    assert isinstance(app, CalltopApp)
    while not (isinstance(app.current_screen, CallsScreen) and app.current_screen.settled and app.focused):
        assert monotonic() < deadline
        await pilot.pause(0.01)
    await pilot.pause()


@pytest.mark.parametrize(("size", "ascii_only"), [(WIDE, False), (NARROW, True)], ids=["wide", "narrow in ascii"])
def test_a_call_laid_open(snap_compare: Compare, tmp_path: Path, size: tuple[int, int], ascii_only: bool) -> None:
    app = interface(tmp_path, ascii_only=ascii_only)
    assert snap_compare(app, terminal_size=size, run_before=after("j", "j", "j", "enter"))
