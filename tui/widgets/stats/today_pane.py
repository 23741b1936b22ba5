"""Today by hour beside what is typical of the weekday."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from calls.metrics.typical import Typical, TypicalHour
from tui.lines.line import Line, Role, Span
from tui.lines.stats.today import AXIS_CELLS, hour_cells, hour_sentence, today_lines
from tui.lines.view import View
from tui.lines.words import counted
from tui.stats.snapshot import StatsSnapshot
from tui.widgets.stats.chart_pane import ChartPane

_FRAME_LEFT = 2


class TodayPane(ChartPane):
    """A bar per hour of today, the typical range behind it."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="today")
        self._typical: Typical | None = None
        self._index: int | None = None

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        return "today"

    @property
    def hours(self) -> Sequence[TypicalHour]:
        """The hours shown."""
        return () if self._typical is None else self._typical.together.hours

    @property
    def index(self) -> int:
        """The chosen hour: until the person moves, the one that runs now."""
        if self._index is not None:
            return min(self._index, max(0, len(self.hours) - 1))
        running = (index for index, hour in enumerate(self.hours) if self.view.now_ms in hour.window)
        return next(running, 0)

    def show_snapshot(self, snapshot: StatsSnapshot, view: View) -> None:
        """Takes new data."""
        self._typical, self.view = snapshot.typical, view
        self.redraw()

    def title(self) -> Sequence[Span]:
        """What is compared, or why nothing is."""
        spans = [Span("today by hour", Role.STRONG)]
        if self._typical is not None:
            day = self._typical.together
            words = f"before {counted(day.weeks, 'week')} of this weekday" if not day.reason else day.reason
            spans.append(Span(f"  {words}", Role.DIM))
            if day.left_out and not day.reason:
                spans.append(Span(f"  without {', '.join(day.left_out)}", Role.LATE))
        return spans

    def note(self) -> Sequence[Span]:
        """What the signs mean."""
        symbols = self.view.symbols
        if not any(hour.typical for hour in self.hours):
            return ()
        return (
            Span(symbols.levels[-1] * 2, Role.BAR),
            Span(" calls  ", Role.DIM),
            Span(symbols.band * 2, Role.DIM),
            Span(" half of the weeks  ", Role.DIM),
            Span(symbols.middle * 2, Role.DIM),
            Span(" median", Role.DIM),
        )

    def chart(self, width: int, height: int) -> Sequence[Line]:
        """The bars."""
        if self._typical is None:
            return (Line((Span("counting ...", Role.DIM),)),)
        if not self.hours:
            return (Line((Span(self._typical.together.reason, Role.DIM),)),)
        return today_lines(self.hours, self.index if self.has_focus else None, width, height, self.view)

    def move(self, across: int, down: int) -> None:
        """Chooses another hour."""
        self._index = max(0, min(len(self.hours) - 1, self.index + across))

    def detail(self) -> str:
        """One sentence about the chosen hour."""
        return hour_sentence(self.hours[self.index], self.view) if self.hours else ""

    def on_click(self, event: events.Click) -> None:
        """Chooses the hour under the pointer."""
        cells = hour_cells(len(self.hours), self.size.width - 2 * _FRAME_LEFT)
        index = (event.x - _FRAME_LEFT - AXIS_CELLS) // cells if cells else -1
        if 0 <= index < len(self.hours):
            self._index = index
            self._moved(0, 0)
