"""Driving the interface in tests: run it over the fake feed, wait for what must happen, read what it shows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Generic, TypeVar

from textual import events
from textual.geometry import Region
from textual.pilot import Pilot

from tests.tui.fake_feed import ZONE, FakeFeed, FakePoller, FixedClock
from tui.app import CalltopApp
from tui.cache_feed import CacheFeed
from tui.feed import Feed, Poller, Settings
from tui.screens.cache_screen import CacheScreen
from tui.screens.live import LiveScreen
from tui.setting_up import Setup
from tui.widgets.bottom import Bottom
from tui.widgets.filter_bar import FilterBar
from tui.widgets.header import Header
from tui.widgets.list_pane import ListPane
from tui.widgets.tab_bar import TabBar

WIDE = (160, 45)
MIDDLE = (120, 35)
NARROW = (80, 24)
SMALL = (60, 16)
DEADLINE_SECONDS = 10.0
ANSWER_SECONDS = 2.0
TICK_SECONDS = 0.03


AnyFeed = TypeVar("AnyFeed", bound=Feed)


@dataclass
class Driven(Generic[AnyFeed]):
    """A running interface and everything around it."""

    app: CalltopApp
    pilot: Pilot[None]
    feed: AnyFeed
    poller: FakePoller
    clock: FixedClock

    @property
    def live(self) -> LiveScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, LiveScreen))

    @property
    def on_live(self) -> bool:
        """Whether nothing lies over the live screen."""
        return isinstance(self.app.screen, LiveScreen)

    @property
    def header(self) -> str:
        return self.live.query_one(Header).plain_text

    @property
    def bar(self) -> FilterBar:
        return self.live.query_one(FilterBar)

    @property
    def status(self) -> str:
        return self.live.query_one(Bottom).status_text

    @property
    def footer(self) -> str:
        return self.live.query_one(Bottom).plain_text.splitlines()[-1]

    @property
    def tabs(self) -> str:
        return self.live.query_one(TabBar).plain_text

    @property
    def current(self) -> ListPane:
        return self.live.grid.current

    def pane(self, label: str) -> ListPane:
        return next(pane for pane in self.live.grid.panes if pane.label.startswith(label))

    def text(self, label: str) -> str:
        return self.pane(label).plain_text

    def shown(self) -> list[str]:
        """The names of the panes in sight."""
        return [pane.label for pane in self.live.grid.panes if pane.display]

    def screen_text(self) -> str:
        """Everything in sight, as the terminal would have it."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips(Region(0, 0, width, height).size)
        return "\n".join(strip.text for strip in strips)

    async def press(self, *keys: str) -> None:
        """Sends keys, and lets everything they set in motion come to rest.

        The library's own way waits for an idle processor, which a quick clock never leaves it.
        """
        for key in keys:
            self.app.post_message(events.Key(key, None))
            await self.rest()

    async def type(self, text: str) -> None:
        """Sends characters as a terminal would."""
        for character in text:
            self.app.post_message(events.Key(character if character.isalnum() else "character", character))
        await self.rest()

    async def rest(self) -> None:
        """Lets what has been posted be dealt with, and what it asks of a cache be answered unless that takes long."""
        deadline = monotonic() + ANSWER_SECONDS
        for _ in range(4):
            await self.pilot.pause(0)
        while self._asks_the_cache() and monotonic() < deadline:
            await self.pilot.pause(TICK_SECONDS / 4)
            for _ in range(4):
                await self.pilot.pause(0)

    def _asks_the_cache(self) -> bool:
        """Whether the screen waits for an answer; one of calls in memory comes when the test lets it."""
        screen = self.app.screen if self.app.is_running else None
        return isinstance(screen, CacheScreen) and isinstance(self.feed, CacheFeed) and screen.asking

    async def until(self, condition: Callable[[], object]) -> None:
        """Waits until something is so, and fails when it is not within the deadline."""
        deadline = monotonic() + DEADLINE_SECONDS
        while not condition():
            if monotonic() > deadline:
                raise AssertionError(f"did not happen within {DEADLINE_SECONDS} s; on the screen:\n{self.screen_text()}")
            await self.pilot.pause(TICK_SECONDS / 4)


async def settle(it: Driven[FakeFeed]) -> None:
    """Waits until the clock has been looked at and an answer asked for now has come."""
    it.feed.touch()
    reads = it.feed.reads
    await it.until(lambda: it.feed.reads > reads)
    await it.pilot.pause(TICK_SECONDS * 2)


@asynccontextmanager
async def driven(
    size: tuple[int, int] = WIDE,
    mood: str = "mixed",
    *,
    hostile: bool = False,
    polls: bool = True,
    ascii_only: bool = False,
    ready: bool = True,
    state_folder: Path | None = None,
    saved_filters: Mapping[str, str] | None = None,
    keys: Mapping[str, tuple[str, ...]] | None = None,
    settings: Settings | None = None,
    polling: Callable[[], Poller] | None = None,
    setup: Callable[[], Setup] | None = None,
    welcomes: bool = False,
    prepare: Callable[[FakeFeed], None] = lambda _feed: None,
) -> AsyncIterator[Driven[FakeFeed]]:
    """The interface over the fake feed, with its first snapshot on the screen unless `ready` is False."""
    clock = FixedClock()
    feed = FakeFeed(clock, mood, hostile)
    prepare(feed)
    poller = FakePoller()
    app = CalltopApp(
        feed,
        poller if polls else None,
        clock=clock,
        zone=ZONE,
        ascii_only=ascii_only,
        state_folder=state_folder,
        saved_filters=saved_filters or {},
        keys=keys or {},
        settings=settings,
        polling=polling,
        setup=setup,
        welcomes=welcomes,
        tick_seconds=TICK_SECONDS,
    )
    async with app.run_test(size=size) as pilot:
        session = Driven(app, pilot, feed, poller, clock)
        if ready:
            await session.until(lambda: session.live.ready and app.focused is session.live.grid.current)
        yield session
