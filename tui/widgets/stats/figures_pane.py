"""The figures: every metric with its value, its parts, its grade and how today stands to what is typical."""

from __future__ import annotations

from collections.abc import Sequence

from calls.metrics import METRICS, Figure, Metric
from calls.metrics.typical import Against
from tui.lines.line import Line, Role, Span
from tui.lines.stats.figures import FigureColumns, figure_columns, figure_header, figure_spans
from tui.lines.stats.values import complete_words, figure_sentence
from tui.lines.view import View
from tui.stats.question import Period
from tui.stats.snapshot import StatsSnapshot
from tui.widgets.list_pane import ListPane


class FiguresPane(ListPane):
    """All metrics, in the registry's order."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="figures")
        self._metrics: tuple[Metric, ...] = tuple(METRICS.values())
        self._snapshot: StatsSnapshot | None = None
        self._columns = FigureColumns(0, 0, 0, 0)
        self.cursor.update([metric.name for metric in self._metrics])

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        return "figures"

    @property
    def metric(self) -> Metric:
        """The chosen metric."""
        return self._metrics[self.cursor.index]

    def show_snapshot(self, snapshot: StatsSnapshot, view: View) -> None:
        """Takes new data."""
        self._snapshot = snapshot
        self.show(view)

    def title(self) -> Sequence[Span]:
        """The time that is counted, and up to when it is complete."""
        spans = [Span("figures", Role.STRONG)]
        if self._snapshot is not None:
            spans.append(Span(f"  {self._snapshot.question.time_words}"))
            if words := complete_words(self._snapshot.figures.values(), self.view):
                spans.append(Span(f"  {words}", Role.DIM))
            if left_out := self._snapshot.left_out:
                spans.append(Span(f"  without {', '.join(left_out)}", Role.LATE))
        return spans

    def has_header(self, width: int) -> bool:
        """The columns are always named."""
        return True

    def prepare(self, shown: range, width: int) -> None:
        """Chooses the columns."""
        self._columns = figure_columns(width)

    def header(self, width: int) -> Line:
        """The names of the columns."""
        return figure_header(self._columns)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """One metric."""
        metric, before = self._metrics[index], self._metrics[index - 1] if index else None
        return figure_spans(metric, before, self._figure(metric), self._against(metric), self._columns, self.view)

    def empty_words(self) -> str:
        """There is always a row."""
        return ""

    def _figure(self, metric: Metric) -> Figure | None:
        return None if self._snapshot is None else self._snapshot.figures.get(metric.name)

    def _against(self, metric: Metric) -> Against | None:
        """What is typical of today, where today is what is shown."""
        snapshot = self._snapshot
        if snapshot is None or snapshot.typical is None:
            return None
        if snapshot.question.names_time or snapshot.question.period is not Period.TODAY:
            return None
        return snapshot.typical.together.figures.get(metric.name)

    def detail(self) -> str:
        """One sentence about the chosen figure."""
        figure = self._figure(self.metric)
        if figure is None:
            return ""
        typical = None if self._snapshot is None else self._snapshot.typical
        compared = None if typical is None else typical.together.compared
        until_ms = None if compared is None else compared.end_ms
        return figure_sentence(self.metric, figure, self._against(self.metric), until_ms, self.view)
