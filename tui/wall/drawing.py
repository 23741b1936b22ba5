"""From the wall's state to the lines of the whole screen: head, alarm, page, foot, and where the picture stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from calls.cache.wall_snapshot import SavedPage, WallSnapshot
from tui.feed import Clock
from tui.lines.line import Line, Role, Span, crop, gap
from tui.lines.symbols import Symbols
from tui.lines.view import View
from tui.lines.wall import call_backs, pages, today
from tui.lines.wall.frame import alarm_rows, foot_line, head_line
from tui.lines.wall.rows import Rows, indented
from tui.lines.wall.view import WallView
from tui.wall.plan import CALL_BACKS, HOURS, PROVIDERS, SAVED, TODAY, WallPlan

_MARGIN, _NARROW_MARGIN = 2, 1
_NARROW_BELOW_COLUMNS = 100
_TITLES = {TODAY: today.TITLE, CALL_BACKS: call_backs.TITLE, HOURS: pages.HOURS_TITLE, PROVIDERS: pages.PROVIDERS_TITLE}
_PAGES = {
    TODAY: today.today_page,
    CALL_BACKS: call_backs.call_backs_page,
    HOURS: pages.hours_page,
    PROVIDERS: pages.providers_page,
}


class WallDrawing:
    """What is to be drawn; the screen sets its parts and asks for the lines."""

    def __init__(self, plan: WallPlan, clock: Clock, symbols: Symbols, intervals: Mapping[str, int], note: str = "") -> None:
        self.plan = plan
        self.clock = clock
        self._symbols = symbols
        self._intervals = intervals
        self._note = note
        self.snapshot: WallSnapshot | None = None
        self.page, self.pages = 0, 1
        self.held = False
        self.blind_since_ms: int | None = None
        self.reason = ""
        self.seen_again = ""
        self.hint = ""
        self.trouble = ""

    def view(self) -> WallView:
        """How to draw, now."""
        zone: tzinfo = self.plan.zone
        base = View(self.clock.now_ms(), zone, self._symbols, self._intervals)
        return WallView(base, self.plan.targets, self.blind_since_ms, self.reason, self.seen_again, self.trouble)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The lines of the whole screen, one cell away from where they stood a while ago."""
        view = self.view()
        right, down = self.plan.drift(view.now_ms)
        drifts = bool(self.plan.drift_minutes)
        room_width, room_height = width - drifts, height - drifts
        name = self.plan.pages[self.page]
        shown = self.snapshot or WallSnapshot(view.now_ms)
        margin = _NARROW_MARGIN if width < _NARROW_BELOW_COLUMNS else _MARGIN
        # Between the head and the page is a blank row, in whose place an alarm stands when there is one.
        alarm = alarm_rows(shown, view, room_width, room_height)
        page = self._page(name, shown, view, room_width - 2 * margin, max(1, room_height - 2 - len(alarm)))
        lines = [
            self._head(name, shown, view, room_width),
            *alarm,
            *indented(page, margin),
            self._foot(shown, view, room_width),
        ]
        moved = [Line((gap(right), *line.spans), line.ground) for line in lines]
        return [*([Line()] * down), *moved]

    def _head(self, name: str, shown: WallSnapshot, view: WallView, width: int) -> Line:
        title = _TITLES.get(name) or name.removeprefix(SAVED)
        if shown.revealed:
            title += " (numbers shown)"
        elif self._note:
            title += f" ({self._note})"
        return head_line(title, self.page, self.pages, self.held, view, width)

    def _foot(self, shown: WallSnapshot, view: WallView, width: int) -> Line:
        if self.hint:
            return Line((gap(1), Span(crop(self.hint, width - 2), Role.STRONG)))
        if self.snapshot is None and not self.reason:
            return Line((gap(1), Span("reading the cache", Role.DIM)))
        return foot_line(shown, view, width)

    def _page(self, name: str, shown: WallSnapshot, view: WallView, width: int, height: int) -> Rows:
        if name in _PAGES:
            return _PAGES[name](shown, view, width, height)
        wanted = name.removeprefix(SAVED)
        saved = next((one for one in shown.saved if one.name == wanted), SavedPage(wanted))
        return pages.saved_page(saved, shown, view, width, height)
