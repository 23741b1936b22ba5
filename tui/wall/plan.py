"""How a wall is set up: its pages and their time, what is expected, when it is dimmed, and what it may show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from calls.alerts import QuietHours, Sink, quiet
from calls.filters import Filter
from tui.lines.wall.view import Targets

TODAY, CALL_BACKS, HOURS, PROVIDERS = "today", "call-backs", "hours", "providers"
PAGES = (TODAY, CALL_BACKS, HOURS, PROVIDERS)
SAVED = "filter:"
REVEAL_SECONDS = 10.0
# Where the picture stands, step after step: never more than a cell away.
_DRIFT = ((0, 0), (1, 0), (1, 1), (0, 1))


@dataclass(frozen=True, slots=True)
class WallPlan:
    """`pages` are names of `PAGES`, or `filter:NAME` for one of `saved`. `zone` is that of the wall's clock and day, `tag_key`
    what callers' words are made with. `sinks` says by an alert's name where it is told."""

    zone: ZoneInfo
    tag_key: bytes
    pages: tuple[str, ...] = PAGES
    dwell_seconds: float = 90.0
    targets: Targets = field(default_factory=Targets)
    night: tuple[QuietHours, ...] = ()
    drift_minutes: int = 10
    reveals: bool = False
    saved: Mapping[str, Filter] = field(default_factory=dict)
    sinks: Mapping[str, frozenset[Sink]] = field(default_factory=dict)

    def is_night(self, now_ms: int) -> bool:
        """Whether the wall is dimmed at a moment."""
        return quiet(self.night, now_ms, self.zone)

    def drift(self, now_ms: int) -> tuple[int, int]:
        """How many cells to the right and down the picture stands, so that no line burns itself in."""
        if not self.drift_minutes:
            return 0, 0
        return _DRIFT[now_ms // (self.drift_minutes * 60_000) % len(_DRIFT)]

    def shown_filters(self) -> tuple[tuple[str, Filter], ...]:
        """The saved filters that have a page."""
        names = [page.removeprefix(SAVED) for page in self.pages if page.startswith(SAVED)]
        return tuple((name, self.saved[name]) for name in dict.fromkeys(names))
