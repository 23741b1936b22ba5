"""The wall's one screen: asks for snapshots, turns the pages, and draws."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.timer import Timer

from calls.cache.wall_snapshot import WallQuestion, WallSnapshot
from calls.times import MINUTE_MS
from tui.feed import Feed
from tui.lines.line import Line
from tui.messages import SnapshotFailed, SnapshotReady
from tui.news import News
from tui.reader import SnapshotReader
from tui.wall.drawing import WallDrawing
from tui.wall.eyes import Eyes
from tui.wall.masks import masked
from tui.wall.pager import Pager
from tui.wall.plan import REVEAL_SECONDS, WallPlan
from tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from tui.wall.app import WallApp

# A path says nothing to whoever passes by, and leaves no room for the rest.
_PATH = re.compile(r"^\S*/\S+")
CACHE_GONE = "the cache has been taken away"


def read_wall(feed: Feed, question: WallQuestion, now_ms: int) -> WallSnapshot:
    """The wall as the cache knows it. Raises what the feed raises."""
    return feed.read(lambda reader: reader.wall(question, now_ms))


class WallPicture(Drawn):
    """The whole screen."""

    def __init__(self, drawing: WallDrawing) -> None:
        super().__init__(id="wall")
        self._drawing = drawing

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The lines of the page in force."""
        return self._drawing.lines(width, height)


class WallScreen(Screen[None], inherit_bindings=False):
    """No key of it changes a call: they hold and turn pages, and show numbers for a moment where that is allowed."""

    AUTO_FOCUS = ""
    BINDINGS = [  # noqa: RUF012 - the library's own way to declare them
        Binding("space", "hold", "hold"),
        Binding("right", "turn(1)", "next page"),
        Binding("left", "turn(-1)", "page before"),
        Binding("r", "reveal", "reveal"),
    ]

    app: WallApp

    def __init__(self, plan: WallPlan, drawing: WallDrawing, feed: Feed, tick_seconds: float) -> None:
        super().__init__(id="wall-screen")
        self._plan = plan
        self._drawing = drawing
        self._feed = feed
        self._tick_seconds = tick_seconds
        self.pager = Pager(plan.pages, plan.dwell_seconds)
        self.eyes = Eyes()
        self._news = News(plan.sinks)
        self._picture = WallPicture(drawing)
        self._reader: SnapshotReader[WallQuestion] = SnapshotReader(
            feed, drawing.clock, self.post_message, tick_seconds, read_wall, closes_feed=True
        )
        self._drawn: tuple[object, ...] = ()
        self._minute = -1
        self._reveal_timer: Timer | None = None

    @property
    def snapshot(self) -> WallSnapshot | None:
        """The last answer of the cache."""
        return self._drawing.snapshot

    def compose(self) -> ComposeResult:
        """One picture."""
        yield self._picture

    def on_mount(self) -> None:
        """Begins to read, and to follow the clock."""
        self._reader.start()
        self._ask()
        self._tick()
        self.set_interval(self._tick_seconds, self._tick)

    def on_unmount(self) -> None:
        """Reads no more."""
        self._reader.stop()

    def _ask(self) -> None:
        reveal = self._reveal_timer is not None
        self._reader.request(WallQuestion(self._plan.zone, self._plan.tag_key, self._plan.shown_filters(), reveal))

    def _tick(self) -> None:
        """Follows the clock; draws only when the minute, the page or the place of the picture is another."""
        now_ms = self._drawing.clock.now_ms()
        self.pager.pass_time(self._tick_seconds)
        self.eyes.pass_time(self._tick_seconds)
        minute = now_ms // MINUTE_MS
        if minute != self._minute:
            # Ages, hours and days move on even while the cache stands still.
            self._minute = minute
            self._ask()
            self._drawing.trouble = self.app.polling_trouble()
        self.app.dim(self._plan.is_night(now_ms))
        self._draw()

    def _draw(self) -> None:
        now_ms = self._drawing.clock.now_ms()
        drawing = self._drawing
        drawing.page, drawing.pages, drawing.held = self.pager.index, len(self.pager.pages), self.pager.held
        drawing.blind_since_ms, drawing.reason = self.eyes.blind_since_ms, self.eyes.reason
        drawing.seen_again = self.eyes.seen_again_words(now_ms, self._plan.zone)
        state = (
            now_ms // MINUTE_MS,
            self._plan.drift(now_ms),
            drawing.page,
            drawing.held,
            drawing.reason,
            drawing.hint,
            drawing.trouble,
            id(drawing.snapshot),
        )
        if state != self._drawn:
            self._drawn = state
            self._picture.redraw()

    @on(SnapshotReady)
    def _ready(self, message: SnapshotReady) -> None:
        snapshot: WallSnapshot = message.snapshot
        if snapshot.revealed and self._reveal_timer is None:
            # It was asked for while numbers were shown, and comes after they are hidden again.
            snapshot = masked(snapshot)
        self.eyes.saw(self._drawing.clock.now_ms())
        self._drawing.snapshot = snapshot
        if sequence := self._news.sequence(snapshot.alerts, os.environ):
            self.app.send(sequence)
        self._draw()

    @on(SnapshotFailed)
    def _failed(self, message: SnapshotFailed) -> None:
        nothing_yet = message.words == "NothingCached"
        if nothing_yet and self.snapshot is None:
            self._drawing.snapshot = WallSnapshot(self._drawing.clock.now_ms())
        elif not nothing_yet or (self.snapshot is not None and self.snapshot.providers):
            self.eyes.failed(CACHE_GONE if nothing_yet else _PATH.sub("the cache", message.words))
        self._draw()

    # What keys do.

    def action_hold(self) -> None:
        """Holds the page, or lets the pages turn again."""
        self.pager.hold()
        self._draw()

    def action_turn(self, pages: int) -> None:
        """Goes a page on or back."""
        self.pager.step(pages)
        self._draw()

    def action_reveal(self) -> None:
        """Shows numbers whole for ten seconds, where the configuration allows it."""
        if not self._plan.reveals:
            return
        if self._reveal_timer is not None:
            self._reveal_timer.stop()
        self._reveal_timer = self.set_timer(REVEAL_SECONDS, self.hide)
        self._ask()

    def hide(self) -> None:
        """Masks numbers again, at once and without waiting for the cache."""
        self._reveal_timer = None
        if self._drawing.snapshot is not None:
            self._drawing.snapshot = masked(self._drawing.snapshot)
        self._ask()
        self._draw()

    def hint(self, words: str) -> None:
        """Says something for a moment at the foot; "" takes it away."""
        self._drawing.hint = words
        self._draw()
