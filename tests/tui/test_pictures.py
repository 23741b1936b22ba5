"""A few large pictures of the screen: what no assertion about words can hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.driving import DEADLINE_SECONDS, MIDDLE, NARROW, SMALL, WIDE
from tests.tui.fake_feed import ZONE, FakeFeed, FakePoller, FixedClock
from tui.app import CalltopApp
from tui.screens.live import LiveScreen

Compare = Callable[..., bool]
Prepare = Callable[[Pilot[None]], Awaitable[None]]


def interface(mood: str = "mixed", **options: Any) -> CalltopApp:
    clock = FixedClock()
    polls = options.pop("polls", True)
    return CalltopApp(FakeFeed(clock, mood), FakePoller() if polls else None, clock=clock, zone=ZONE, **options)


def after(*keys: str, narrowed: bool = False) -> Prepare:
    """Waits for the first snapshot, presses keys, and waits for the answer to a filter where one is typed."""

    async def prepare(pilot: Pilot[None]) -> None:
        live = pilot.app.screen
        assert isinstance(live, LiveScreen)
        await _until(pilot, lambda: live.ready and pilot.app.focused is live.grid.current)
        await pilot.press(*keys)
        if narrowed:
            await _until(pilot, lambda: "✓" not in live.grid.panes[0].plain_text)
        await pilot.pause()

    return prepare


async def _until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    deadline = monotonic() + DEADLINE_SECONDS
    while not condition():
        assert monotonic() < deadline
        await pilot.pause(0.01)


def test_wide(snap_compare: Compare) -> None:
    assert snap_compare(interface(), terminal_size=WIDE, run_before=after())


def test_two_columns_in_light(snap_compare: Compare) -> None:
    assert snap_compare(interface("calm", theme="calltop-light"), terminal_size=MIDDLE, run_before=after())


def test_tabs(snap_compare: Compare) -> None:
    assert snap_compare(interface(), terminal_size=NARROW, run_before=after("j"))


def test_small_in_ascii(snap_compare: Compare) -> None:
    assert snap_compare(interface(ascii_only=True), terminal_size=SMALL, run_before=after("right", "right"))


def test_offline(snap_compare: Compare) -> None:
    assert snap_compare(interface("offline", polls=False), terminal_size=WIDE, run_before=after())


def test_a_mistake_in_the_filter(snap_compare: Compare) -> None:
    assert snap_compare(interface(), terminal_size=MIDDLE, run_before=after("slash", *"status:mised"))


def test_filtered(snap_compare: Compare) -> None:
    keys = ("slash", *"status:missed", "enter")
    assert snap_compare(interface(), terminal_size=WIDE, run_before=after(*keys, narrowed=True))


def test_zoom(snap_compare: Compare) -> None:
    assert snap_compare(interface(), terminal_size=MIDDLE, run_before=after("tab", "tab", "enter"))


def test_help(snap_compare: Compare) -> None:
    assert snap_compare(interface(), terminal_size=WIDE, run_before=after("question_mark"))


def test_palette(snap_compare: Compare) -> None:
    assert snap_compare(interface(), terminal_size=NARROW, run_before=after("colon", *"pane"))


def test_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(interface(), terminal_size=NARROW, run_before=after())
