"""The map of the week: which hours of which weekday bring the calls."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from calls.metrics.week import DAYS_OF_WEEK, HOURS_OF_DAY, Week, WeekMeasure
from tui.lines.line import Line, Role, Span
from tui.lines.stats.week import LABEL_CELLS, hour_cells, hour_sentence, legend_spans, week_lines
from tui.lines.view import View
from tui.stats.snapshot import StatsSnapshot
from tui.widgets.stats.chart_pane import ChartPane

_FRAME_LEFT = 2


class WeekPane(ChartPane):
    """A row per weekday, a shade per hour, in each provider's own zone."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="week")
        self.measure = WeekMeasure.OFFERED
        self.place = (0, 9)
        self._week: Week | None = None
        self._time = ""

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        return "week"

    def show_snapshot(self, snapshot: StatsSnapshot, view: View) -> None:
        """Takes new data."""
        self._week, self._time, self.view = snapshot.week, snapshot.question.week_words, view
        self.redraw()

    def next_measure(self) -> WeekMeasure:
        """Shows something else of the same hours."""
        measures = list(WeekMeasure)
        self.measure = measures[(measures.index(self.measure) + 1) % len(measures)]
        self.redraw()
        return self.measure

    def title(self) -> Sequence[Span]:
        """What is shown, over which time."""
        words = "answer rate" if self.measure is WeekMeasure.ANSWER_RATE else f"{self.measure} an hour"
        return (Span("week by hour", Role.STRONG), Span(f"  {words}"), Span(f"  {self._time}", Role.DIM))

    def note(self) -> Sequence[Span]:
        """What the shades mean."""
        return () if self._week is None else legend_spans(self._week, self.measure, self.view.symbols)

    def chart(self, width: int, height: int) -> Sequence[Line]:
        """The map."""
        if self._week is None:
            return (Line((Span("counting ...", Role.DIM),)),)
        lines = week_lines(self._week, self.measure, self.place if self.has_focus else None, width, self.view.symbols)
        return lines if height >= len(lines) else lines[1:]

    def move(self, across: int, down: int) -> None:
        """Chooses another hour."""
        day, hour = self.place
        self.place = (max(0, min(DAYS_OF_WEEK - 1, day + down)), max(0, min(HOURS_OF_DAY - 1, hour + across)))

    def detail(self) -> str:
        """One sentence about the chosen hour."""
        return "" if self._week is None else hour_sentence(self._week, self.place, self.view.symbols)

    def on_click(self, event: events.Click) -> None:
        """Chooses the hour under the pointer."""
        cells = hour_cells(self.size.width - 2 * _FRAME_LEFT)
        day, hour = event.y - 2, (event.x - _FRAME_LEFT - LABEL_CELLS) // cells if cells else -1
        if 0 <= day < DAYS_OF_WEEK and 0 <= hour < HOURS_OF_DAY:
            self.place = (day, hour)
            self._moved(0, 0)
