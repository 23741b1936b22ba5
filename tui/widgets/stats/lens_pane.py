"""The lens: one figure laid open. Its rows lead to the calls behind it, and to the figures beside it."""

from __future__ import annotations

from collections.abc import Sequence

from calls.metrics import METRICS
from tui.lines.frame import FRAME_CELLS
from tui.lines.line import Line, Role, Span
from tui.lines.stats.lens import Leads, LensRow, lens_rows
from tui.lines.stats.values import parts_words, value_words
from tui.lines.view import View
from tui.stats.snapshot import StatsSnapshot
from tui.widgets.list_pane import ListPane


class LensPane(ListPane):
    """A figure laid open."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="lens")
        self._snapshot: StatsSnapshot | None = None
        self._rows: list[LensRow] = []

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        return "lens"

    @property
    def row_chosen(self) -> LensRow:
        """The chosen line."""
        return self._rows[self.cursor.index] if self._rows else LensRow()

    def show_snapshot(self, snapshot: StatsSnapshot, view: View) -> None:
        """Takes new data; another figure begins at its top."""
        before = self._snapshot
        if before is None or before.question.explained != snapshot.question.explained:
            self.cursor.to_newest()
        self._snapshot = snapshot
        self.show(view)

    def title(self) -> Sequence[Span]:
        """The figure."""
        snapshot = self._snapshot
        if snapshot is None or not snapshot.question.explained:
            return ()
        spans = [Span(METRICS[snapshot.question.explained].title, Role.STRONG)]
        if (lens := snapshot.lens) is not None:
            figure = lens.figure
            spans.append(Span(f"  {value_words(figure, self.view.symbols)}", Role.STRONG))
            spans.append(Span(f"  {parts_words(figure, self.view)}  {snapshot.question.time_words}", Role.DIM))
        return spans

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The lines suit the width, so they are made anew for it."""
        lens = None if self._snapshot is None else self._snapshot.lens
        self._rows = [] if lens is None else lens_rows(lens, max(0, width - FRAME_CELLS), self.view)
        self.cursor.update([str(number) for number in range(len(self._rows))])
        return super().draw(width, height)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """One line."""
        return self._rows[index].spans

    def empty_words(self) -> str:
        """Why there is nothing."""
        return "no provider can answer this filter" if self._snapshot is None else "looking ..."

    def detail(self) -> str:
        """Where the chosen line leads."""
        row = self.row_chosen
        match row.leads:
            case Leads.CALLS:
                return f"enter lists these calls: {row.target or 'all'}"
            case Leads.METRIC:
                return f"enter explains {METRICS[row.target].title}"
        return "+ and - change the seconds within which an answer is in time, ( and ) those of a short abandon; esc closes"
