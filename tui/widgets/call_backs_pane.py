"""The call-back list: who rang, reached nobody and has not been reached since; the oldest first."""

from __future__ import annotations

from collections.abc import Sequence

from calls.cache.snapshots import CallBack, LiveSnapshot
from tui.lines.line import Role, Span
from tui.lines.people import call_back_detail, call_back_spans, time_width
from tui.lines.view import View
from tui.lines.words import grouped
from tui.widgets.list_pane import ListPane


class CallBacksPane(ListPane):
    """Who must be called back, across all providers."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="call-backs")
        self._rows: tuple[CallBack, ...] = ()
        self._count = 0
        self._times = 0
        self._known = False
        self._narrowed = False

    @property
    def label(self) -> str:
        """The name on the pane's tab, with how many there are."""
        return f"call back {grouped(self._count)}" if self._known else "call back"

    @property
    def short_label(self) -> str:
        """The name where there is little room."""
        return self.label.removeprefix("call ")

    def show_snapshot(self, snapshot: LiveSnapshot, view: View) -> None:
        """Takes new data."""
        self._rows = snapshot.call_backs
        self._count = snapshot.call_back_count
        self._known = True
        self._narrowed = snapshot.matching != snapshot.total
        # A caller of withheld number has no number to be told apart by; the first missed call does.
        self.cursor.update([f"{row.caller}\n{row.first_missed_ms}" for row in self._rows])
        self.show(view)

    def title(self) -> Sequence[Span]:
        """How many there are."""
        spans = [Span("call back now", Role.STRONG)]
        if self._known:
            spans.append(Span(f" {grouped(self._count)}", Role.LATE if self._count else Role.GOOD))
        return spans

    def prepare(self, shown: range, width: int) -> None:
        """Chooses the width of the time column."""
        self._times = time_width(self._rows[shown.start : shown.stop], self.view)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """Somebody to ring back."""
        return call_back_spans(self._rows[index], self._times, width, self.view)

    def empty_words(self) -> str:
        """Why there are no rows."""
        if not self._known:
            return ""
        return "nobody under this filter" if self._narrowed else "nobody waits to be called back"

    def detail(self) -> str:
        """One sentence about the chosen caller."""
        return call_back_detail(self._rows[self.cursor.index], self.view) if self.cursor.keys else ""

    def number(self) -> str:
        """The chosen caller's number."""
        return self._rows[self.cursor.index].caller if self.cursor.keys else ""
