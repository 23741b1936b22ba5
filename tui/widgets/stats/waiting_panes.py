"""The patience of callers, and how many people their calls need."""

from __future__ import annotations

from collections.abc import Sequence

from calls.metrics.patience import Patience, StaffingPlan
from tui.lines.line import Line, Role, Span
from tui.lines.stats.values import GRADE_WORDS
from tui.lines.stats.waiting import (
    patience_header,
    patience_spans,
    staffing_header,
    staffing_sentence,
    staffing_spans,
)
from tui.lines.view import View
from tui.lines.words import counted, grouped
from tui.stats.snapshot import StatsSnapshot
from tui.widgets.list_pane import ListPane


class PatiencePane(ListPane):
    """Which share of the callers would have hung up after how long, had nobody answered."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="patience")
        self._patience: Patience | None = None
        self._time = ""

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        return "patience"

    def show_snapshot(self, snapshot: StatsSnapshot, view: View) -> None:
        """Takes new data."""
        self._patience, self._time = snapshot.patience, snapshot.question.time_words
        self.cursor.update([str(point.seconds) for point in self._patience.points] if self._patience else [])
        self.show(view)

    def title(self) -> Sequence[Span]:
        """How many calls it is made of."""
        spans = [Span("patience", Role.STRONG), Span(f"  {self._time}")]
        if (found := self._patience) is not None:
            calls = f"  {grouped(found.abandoned_calls)} hung up, {grouped(found.answered_calls)} answered"
            spans.append(Span(f"{calls}  {GRADE_WORDS[found.abandoned.grade]}", Role.DIM))
        return spans

    def has_header(self, width: int) -> bool:
        """The columns are always named."""
        return True

    def header(self, width: int) -> Line:
        """The names of the columns."""
        return patience_header()

    def row(self, index: int, width: int) -> Sequence[Span]:
        """One length of waiting."""
        assert self._patience is not None
        return patience_spans(self._patience.points[index], width, self.view.symbols)

    def empty_words(self) -> str:
        """Why there are no rows."""
        return "counting ..."

    def detail(self) -> str:
        """When half of the callers would have gone, and how far that can be trusted."""
        if self._patience is None:
            return ""
        half = self._patience.half_gone_seconds
        words = "more than half stayed as long as is known" if half is None else f"half would have hung up by {half} s"
        reason = self._patience.abandoned.grade_reason
        return f"Kaplan-Meier: {words}" + (f" {self.view.symbols.dot} {reason}" if reason else "")


class StaffingPane(ListPane):
    """How many people the calls of each hour of the day need."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="staffing")
        self._plan: StaffingPlan | None = None
        self._most = 0

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        return "staffing"

    def show_snapshot(self, snapshot: StatsSnapshot, view: View) -> None:
        """Takes new data."""
        self._plan = snapshot.staffing
        hours = () if self._plan is None else self._plan.hours
        self._most = max((hour.needed.agents for hour in hours if hour.needed), default=0)
        self.cursor.update([str(hour.hour) for hour in hours])
        self.show(view)

    def title(self) -> Sequence[Span]:
        """What is wanted of the people."""
        spans = [Span("staffing", Role.STRONG)]
        if (plan := self._plan) is not None:
            spans.append(Span(f"  people to answer {plan.target * 100:.0f} % within {plan.threshold_seconds} s", Role.DIM))
            if plan.agents is not None:
                spans.append(Span(f"  {counted(plan.agents, 'person', 'people')} configured", Role.DIM))
        return spans

    def has_header(self, width: int) -> bool:
        """The columns are always named."""
        return self._plan is not None

    def header(self, width: int) -> Line:
        """The names of the columns."""
        assert self._plan is not None
        return staffing_header(self._plan, width)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """One hour of the day."""
        assert self._plan is not None
        return staffing_spans(self._plan.hours[index], self._plan, self._most, width, self.view.symbols)

    def empty_words(self) -> str:
        """Why there are no rows."""
        return "counting ..." if self._plan is None else self._plan.reason

    def detail(self) -> str:
        """One sentence about the chosen hour."""
        if self._plan is None or not self._plan.hours:
            return ""
        return staffing_sentence(self._plan.hours[self.cursor.index], self._plan, self.view.symbols)
