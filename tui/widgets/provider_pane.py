"""A provider's pane: its state, its day in figures and bars, and its newest calls or its employees."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from calls.cache.snapshots import PaneSnapshot
from calls.model import Call, Window
from calls.times import day_hours, local_date
from tui.lines import health, states
from tui.lines.calls import call_detail, call_header, call_spans, columns_for, other_number
from tui.lines.coverage import missing_days
from tui.lines.figures import figure_line
from tui.lines.line import Line, Role, Span, wrap
from tui.lines.people import employee_detail, employee_header, employee_spans
from tui.lines.spark import axis_line, spark_lines
from tui.lines.view import View
from tui.widgets.list_pane import FEWEST_ROWS, ListPane

HEADER_FROM_WIDTH = 84
ONE_LINE_HEAD_FROM_WIDTH = 66


def call_key(call: Call) -> str:
    """What tells a call from every other one on the screen."""
    return f"{call.provider}\n{call.id}"


class ProviderPane(ListPane):
    """The pane of one provider."""

    def __init__(self, pane: PaneSnapshot, view: View) -> None:
        super().__init__(view)
        self.pane = pane
        self._columns = columns_for((), 0, view)
        self._uncovered: frozenset[int] | None = None
        self._take(pane)

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        return self.pane.source.name

    def show_pane(self, pane: PaneSnapshot, view: View) -> None:
        """Takes new data."""
        self._take(pane)
        self.show(view)

    def _take(self, pane: PaneSnapshot) -> None:
        self.pane = pane
        self._uncovered = None
        if pane.employees:
            self.cursor.update([f"{row.extension}\n{row.employee}" for row in pane.employees])
        else:
            self.cursor.update([call_key(call) for call in pane.newest])

    def stamp(self) -> object:
        """The minute, and the words of the state, which may change within one."""
        return super().stamp(), Line(tuple(self.title())).plain

    @property
    def interval_seconds(self) -> int:
        """Seconds between two polls."""
        return self.view.interval_seconds(self.pane.source.name)

    @property
    def health(self) -> states.Health:
        """How the provider is doing at the moment drawn."""
        return states.health(self.pane.state, self.view.now_ms, self.interval_seconds)

    def tab_symbol(self) -> Span | None:
        """The symbol of the provider's state."""
        kind = self.health
        if kind is states.Health.FRESH and self.pane.silence is not None and self.pane.silence.alarm:
            return Span(self.view.symbols.late, Role.BAD)
        return Span(health.symbol(kind, self.view.symbols), health.ROLES[kind])

    def title(self) -> Sequence[Span]:
        """Name and state; a provider that is down says why."""
        view = self.view
        state = health.state_spans(self.pane.state, view.now_ms, self.interval_seconds, view.zone, view.symbols)
        spans = [Span(f"{self.pane.source.name} ", Role.STRONG), *state]
        if self._error_in_title(self.size.width):
            spans.append(Span(f": {self.pane.state.error}", Role.BAD))
        return spans

    def _error_in_title(self, width: int) -> bool:
        if self.health is not states.Health.DOWN or not self.pane.state.error:
            return False
        view = self.view
        words = states.state_words(self.pane.state, view.now_ms, self.interval_seconds, view.zone)
        return len(self.pane.source.name) + len(words) + len(self.pane.state.error) + 5 <= width - 6

    def head(self, width: int, height: int) -> Sequence[Line]:
        """What is wrong, where something is; the day in figures and bars."""
        lines: list[Line] = []
        if self.health is states.Health.DOWN and self.pane.state.error and not self._error_in_title(width + 4):
            mark = self.view.symbols.mark
            lines.extend(Line((Span(row, Role.BAD),)) for row in wrap(self.pane.state.error, width, 2, mark))
        if silent := states.silent_words(self.pane.silence, self.view):
            lines.append(Line((Span(f"{self.view.symbols.late} {silent}", Role.BAD),)))
        if self.pane.impossible:
            mark = self.view.symbols.mark
            lines.extend(Line((Span(row, Role.LATE),)) for row in wrap(self.pane.impossible, width, 3, mark))
            return lines
        if self.pane.missing and self.pane.newest:
            lines.append(Line((Span(self._missing_words(), Role.LATE),)))
        figures = figure_line(self.pane.today, width, self.view)
        bars = self._bars(width, height - len(lines))
        if len(bars) == 1 and width >= ONE_LINE_HEAD_FROM_WIDTH:
            lines.append(_beside(figures, bars[0], width))
        else:
            lines.extend((figures, *bars))
        return lines

    def _bars(self, width: int, height: int) -> tuple[Line, ...]:
        pane = self.pane
        if self._uncovered is None:
            self._uncovered = _uncovered_hours(pane, self.view.now_ms)
        room = height - FEWEST_ROWS - 1
        if room < 1:
            return ()
        empty = not any(offered for offered, _ in pane.by_hour)
        rows = 1 if empty else 5 if self.zoomed and room >= 12 else 2 if room >= 7 else 1
        if rows == 1 and width >= ONE_LINE_HEAD_FROM_WIDTH:
            width = len(pane.by_hour)
        bars = spark_lines(pane.by_hour, pane.current_hour, self._uncovered, width, rows, self.view.symbols)
        return (*bars, axis_line(len(pane.by_hour), width, rows)) if rows > 2 else bars

    def has_header(self, width: int) -> bool:
        """Wide lists, and those of employees, have columns that need names."""
        return bool(self.pane.employees) or (width >= HEADER_FROM_WIDTH and not self.pane.impossible)

    def prepare(self, shown: range, width: int) -> None:
        """Chooses the columns."""
        self._columns = columns_for(self.pane.newest[shown.start : shown.stop], width, self.view)

    def header(self, width: int) -> Line:
        """The names of the columns."""
        return employee_header(width) if self.pane.employees else call_header(self._columns)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """A call, or an employee where the provider knows no calls."""
        if self.pane.employees:
            return employee_spans(self.pane.employees[index], width, self.view)
        return call_spans(self.pane.newest[index], self._columns, self.view)

    def empty_words(self) -> str:
        """Why there are no rows."""
        if self.pane.impossible:
            return ""
        if self.health is states.Health.WAITING:
            return "nothing yet"
        if self.pane.missing:
            return self._missing_words()
        return "no calls match the filter" if self.pane.total else "no calls in the cache"

    def _missing_words(self) -> str:
        return f"not complete: {missing_days(self.pane)} not cached"

    def detail(self) -> str:
        """One sentence about the chosen row."""
        if not self.cursor.keys:
            return ""
        if self.pane.employees:
            return employee_detail(self.pane.employees[self.cursor.index], self.view)
        return call_detail(self.pane.newest[self.cursor.index], self.view)

    def number(self) -> str:
        """The outside number of the chosen call."""
        if not self.cursor.keys or self.pane.employees:
            return ""
        return other_number(self.pane.newest[self.cursor.index])

    def chosen_call(self) -> Call | None:
        """The chosen call, None where the provider knows no calls."""
        return self.pane.newest[self.cursor.index] if self.cursor.keys and not self.pane.employees else None


def _uncovered_hours(pane: PaneSnapshot, now_ms: int) -> frozenset[int]:
    zone = ZoneInfo(pane.source.timezone)
    hours = day_hours(local_date(now_ms, zone), zone)
    past = {
        index
        for index, hour in enumerate(hours[: pane.current_hour])
        if not any(_touches(window, hour) for window in pane.covered)
    }
    # The newest minutes are never covered yet, so the hour that runs now is judged by the one before.
    before = pane.current_hour - 1
    return frozenset(past | ({pane.current_hour} if before in past or not pane.covered else set()))


def _touches(one: Window, other: Window) -> bool:
    return one.start_ms < other.end_ms and one.end_ms > other.start_ms


def _beside(start: Line, end: Line, width: int) -> Line:
    return Line((*start.spans, Span(" " * max(1, width - start.width - end.width)), *end.spans))
