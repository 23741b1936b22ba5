"""The lists of missed calls: who waits to be called back, what settled the others, and hidden numbers."""

from __future__ import annotations

from collections.abc import Sequence

from calls.cache.snapshots import CallBack
from tui.lines.line import Line, Role, Span
from tui.lines.missed import (
    columns_for,
    hidden_spans,
    settled_header,
    settled_spans,
    settled_words,
    waiting_header,
    waiting_spans,
)
from tui.lines.people import call_back_detail
from tui.lines.view import View
from tui.lines.words import age_words, counted, day_words, grouped
from tui.missed_question import MissedList, MissedSnapshot
from tui.widgets.list_pane import ListPane

HEADER_FROM_WIDTH = 60


class MissedPane(ListPane):
    """One of the lists at a time."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="missed-list")
        self.snapshot: MissedSnapshot | None = None
        self.narrowed = False
        self._columns = columns_for((), 0, view)

    @property
    def label(self) -> str:
        """What is listed."""
        return self.snapshot.shown.value if self.snapshot else MissedList.WAITING.value

    @property
    def chosen(self) -> CallBack | None:
        """The caller chosen, None where there is none."""
        callers = self.snapshot.callers if self.snapshot else ()
        return callers[self.cursor.index] if self.cursor.index < len(callers) else None

    def show_snapshot(self, snapshot: MissedSnapshot, narrowed: bool, view: View) -> None:
        """Takes new data; another list than before begins at its top."""
        if self.snapshot is None or self.snapshot.shown is not snapshot.shown:
            self.cursor.to_newest()
        self.snapshot, self.narrowed = snapshot, narrowed
        if snapshot.shown is MissedList.WITHHELD:
            self.cursor.update([f"{call.provider}\n{call.id}" for call in snapshot.hidden_calls])
        elif snapshot.shown is MissedList.SETTLED:
            # A caller may be settled twice: by a call, and later by a mark.
            self.cursor.update([f"{one.missed.number_key}\n{one.missed.first_missed_ms}" for one in snapshot.settled])
        else:
            self.cursor.update([row.number_key for row in snapshot.waiting])
        self.show(view)

    def title(self) -> Sequence[Span]:
        """What is listed, how many there are, and since when."""
        if self.snapshot is None:
            return (Span("missed", Role.STRONG),)
        shown, count = self.snapshot.shown, len(self.cursor.keys)
        name = {
            MissedList.WAITING: "call back now",
            MissedList.SETTLED: "settled",
            MissedList.WITHHELD: "hidden numbers",
        }[shown]
        role = Role.LATE if shown is MissedList.WAITING and count else Role.GOOD if shown is MissedList.WAITING else Role.DIM
        return (Span(name, Role.STRONG), Span(f" {grouped(count)}", role), Span(self._since_words(), Role.DIM))

    def _since_words(self) -> str:
        assert self.snapshot is not None
        dot = self.view.symbols.dot
        if self.snapshot.ranged:
            return f" {dot} the days of the filter"
        if self.snapshot.since_ms is None:
            return f" {dot} all cached days"
        return f" {dot} missed since {day_words(self.snapshot.since_ms, self.view.zone)}"

    def head(self, width: int, height: int) -> Sequence[Line]:
        """What the list means, where that is not plain."""
        snapshot = self.snapshot
        if snapshot is None or snapshot.shown is MissedList.SETTLED or height < 8:
            return ()
        if snapshot.shown is MissedList.WAITING:
            return (Line((Span(self._oldest_words(snapshot), Role.DIM),)),)
        words = "nobody can call these back; they are counted as missed all the same"
        return (Line((Span(words, Role.DIM),)),) if snapshot.withheld.calls else ()

    def _oldest_words(self, snapshot: MissedSnapshot) -> str:
        if not snapshot.waiting:
            return ""
        age = age_words(self.view.now_ms - snapshot.waiting[0].first_missed_ms)
        tries = sum(row.tries for row in snapshot.waiting)
        parts = [f"the oldest waits {age}", counted(tries, "missed call")]
        if snapshot.withheld.calls:
            parts.append(f"{grouped(snapshot.withheld.calls)} more from hidden numbers")
        return f" {self.view.symbols.dot} ".join(parts)

    def has_header(self, width: int) -> bool:
        """Where there is room."""
        listed = self.snapshot is not None and self.snapshot.shown is not MissedList.WITHHELD
        return listed and width >= HEADER_FROM_WIDTH and bool(self.cursor.keys)

    def prepare(self, shown: range, width: int) -> None:
        """Chooses the columns."""
        callers = self.snapshot.callers if self.snapshot else ()
        self._columns = columns_for(callers[shown.start : shown.stop], width, self.view)

    def header(self, width: int) -> Line:
        """The names of the columns."""
        settled = self.snapshot is not None and self.snapshot.shown is MissedList.SETTLED
        return settled_header(self._columns) if settled else waiting_header(self._columns)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """A caller, or a call from a hidden number."""
        assert self.snapshot is not None
        if self.snapshot.shown is MissedList.SETTLED:
            return settled_spans(self.snapshot.settled[index], self._columns, width, self.view)
        if self.snapshot.shown is MissedList.WITHHELD:
            return hidden_spans(self.snapshot.hidden_calls[index], width, self.view)
        return waiting_spans(self.snapshot.waiting[index], self._columns, self.view)

    def empty_words(self) -> str:
        """Why there are no rows."""
        if self.snapshot is None:
            return ""
        if not self.snapshot.standing.providers:
            return "nothing is cached yet"
        under = " under this filter" if self.narrowed else ""
        return {
            MissedList.WAITING: f"nobody waits to be called back{under}",
            MissedList.SETTLED: f"no missed call has been settled{under}",
            MissedList.WITHHELD: f"no missed call came from a hidden number{under}",
        }[self.snapshot.shown]

    def detail(self) -> str:
        """One sentence about the chosen caller."""
        row = self.chosen
        if row is None or self.snapshot is None:
            return ""
        dot = self.view.symbols.dot
        words = call_back_detail(row, self.view)
        if self.snapshot.shown is MissedList.SETTLED:
            return f"{words} {dot} {settled_words(self.snapshot.settled[self.cursor.index], self.view)}"
        return f"{words} {dot} {row.check_first}" if row.check_first else words

    def number(self) -> str:
        """The chosen caller's number."""
        row = self.chosen
        return row.caller if row else ""
