"""What every screen of one running interface shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from tui.filtering import FilterControl
from tui.lines.symbols import UNICODE, Symbols
from tui.lines.view import View
from tui.news import News
from tui.remembered import Remembered

if TYPE_CHECKING:
    from tui.desk import ReportDesk
    from tui.feed import Clock, Feed, Marker, Poller


@dataclass(slots=True)
class Session:
    """The outside world of the screens. `poller`, `marker` and `open_desk` are None where this process only reads; the desk is
    opened when the Reports screen is first shown, because it imports the network.

    `zone` is the zone of every time on the screen (None: the machine's), `intervals` the seconds between polls by provider,
    `note` a word beside the name ("demo"), `saved_filters` the person's own by name, `agents` how many people take calls.
    `tick_seconds` is how often the clock is looked at, `check_seconds` how often the cache is asked whether it changed,
    `typing_seconds` the pause in typing after which the lists follow. `filter` is the one filter of all screens, `remembered`
    what outlasts the run, `news` what of the alerts is told aloud, `state_folder` where that and logs lie. `sought` is a
    call, by its provider and id, that the screen of calls shall open when it is shown next.
    """

    feed: Feed
    poller: Poller | None
    clock: Clock
    open_desk: Callable[[], ReportDesk] | None = None
    marker: Marker | None = None
    note: str = ""
    zone: tzinfo | None = None
    symbols: Symbols = UNICODE
    intervals: Mapping[str, int] = field(default_factory=dict)
    saved_filters: Mapping[str, str] = field(default_factory=dict)
    agents: int | None = None
    tick_seconds: float = 1.0
    check_seconds: float = 1.0
    typing_seconds: float = 0.1
    status_seconds: float = 12.0
    filter: FilterControl = field(default_factory=FilterControl)
    remembered: Remembered = field(default_factory=Remembered)
    news: News = field(default_factory=News)
    state_folder: Path | None = None
    sought: tuple[str, str] | None = None

    def view(self) -> View:
        """How to draw, now."""
        return View(self.clock.now_ms(), self.zone, self.symbols, self.intervals)
