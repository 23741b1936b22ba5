"""The merged pane: the newest calls of all providers in one list, and the day of all of them in figures."""

from __future__ import annotations

from collections.abc import Sequence

from calls.cache.snapshots import LiveSnapshot
from calls.metrics import Tally
from calls.model import Call
from tui.lines.calls import call_detail, call_header, call_spans, columns_for, other_number
from tui.lines.figures import figure_line
from tui.lines.line import Line, Role, Span
from tui.lines.view import View
from tui.widgets.list_pane import ListPane
from tui.widgets.provider_pane import HEADER_FROM_WIDTH, call_key


class MergedPane(ListPane):
    """The newest calls of all providers."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="merged")
        self._calls: tuple[Call, ...] = ()
        self._today: Tally | None = None
        self._columns = columns_for((), 0, view)
        self._longest_name = 0
        self._incomplete: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        return "all"

    def show_snapshot(self, snapshot: LiveSnapshot, view: View) -> None:
        """Takes new data."""
        self._calls = snapshot.merged
        self._today = snapshot.today
        self._incomplete = tuple(pane.source.name for pane in snapshot.panes if pane.missing or pane.impossible)
        self._longest_name = max((len(pane.source.name) for pane in snapshot.panes if not pane.employees), default=0)
        self.cursor.update([call_key(call) for call in self._calls])
        self.show(view)

    def title(self) -> Sequence[Span]:
        """What the list holds."""
        if self._incomplete:
            return (Span("all", Role.STRONG), Span(f" newest calls, not complete for {', '.join(self._incomplete)}", Role.LATE))
        return (Span("all", Role.STRONG), Span(" newest calls of all providers", Role.DIM))

    def head(self, width: int, height: int) -> Sequence[Line]:
        """Today's figures over all providers."""
        return (figure_line(self._today, width, self.view),) if self._today else ()

    def has_header(self, width: int) -> bool:
        """Wide lists have columns that need names."""
        return width >= HEADER_FROM_WIDTH

    def prepare(self, shown: range, width: int) -> None:
        """Chooses the columns."""
        self._columns = columns_for(self._calls[shown.start : shown.stop], width, self.view, self._longest_name)

    def header(self, width: int) -> Line:
        """The names of the columns."""
        return call_header(self._columns)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """A call with its provider."""
        return call_spans(self._calls[index], self._columns, self.view)

    def empty_words(self) -> str:
        """Why there are no rows."""
        return "no calls match the filter" if self._today else ""

    def detail(self) -> str:
        """One sentence about the chosen call."""
        return call_detail(self._calls[self.cursor.index], self.view) if self.cursor.keys else ""

    def number(self) -> str:
        """The outside number of the chosen call."""
        return other_number(self._calls[self.cursor.index]) if self.cursor.keys else ""

    def chosen_call(self) -> Call | None:
        """The chosen call."""
        return self._calls[self.cursor.index] if self.cursor.keys else None
