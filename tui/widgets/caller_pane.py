"""All calls with one number: every try in vain, and what came before and after."""

from __future__ import annotations

from collections.abc import Sequence

from calls.cache.snapshots import CallBack
from calls.model import Call
from tui.lines.calls import call_detail, other_number
from tui.lines.line import Line, Role, Span, crop
from tui.lines.missed import caller_call_spans, caller_facts
from tui.lines.view import View
from tui.lines.words import counted, number_words
from tui.widgets.list_pane import ListPane
from tui.widgets.provider_pane import call_key


class CallerPane(ListPane):
    """The calls of the caller chosen beside it."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="caller")
        self._row: CallBack | None = None
        self._calls: tuple[Call, ...] | None = None

    @property
    def label(self) -> str:
        """The caller's number."""
        return self._row.caller if self._row else "caller"

    def show_caller(self, row: CallBack | None, calls: tuple[Call, ...] | None, view: View) -> None:
        """Takes another caller; `calls` is None while they are being read."""
        if row is None or self._row is None or row.number_key != self._row.number_key:
            self.cursor.to_newest()
        self._row, self._calls = row, calls
        self.cursor.update([call_key(call) for call in calls or ()])
        self.show(view)

    def title(self) -> Sequence[Span]:
        """Whose calls they are, and how many."""
        if self._row is None:
            return (Span("caller", Role.DIM),)
        spans = [Span(number_words(self._row.caller) or "withheld", Role.STRONG)]
        if self._row.caller_name:
            spans.append(Span(f" {self._row.caller_name}"))
        if self._calls is not None:
            spans.append(Span(f" {self.view.symbols.dot} {counted(len(self._calls), 'call')}", Role.DIM))
        return spans

    def head(self, width: int, height: int) -> Sequence[Line]:
        """What is known of the caller."""
        if self._row is None or height < 7:
            return ()
        facts = caller_facts(self._row, self.view)
        roles = (Role.TEXT, Role.DIM, Role.LATE)
        mark = self.view.symbols.mark
        lines = [Line((Span(crop(words, width, mark), role),)) for words, role in zip(facts, roles, strict=False)]
        return (*lines, Line()) if height >= 12 else lines

    def row(self, index: int, width: int) -> Sequence[Span]:
        """One call."""
        assert self._calls is not None
        return caller_call_spans(self._calls[index], width, self.view)

    def empty_words(self) -> str:
        """Why there are no rows."""
        if self._row is None:
            return "no caller is chosen"
        return "" if self._calls is None else "the calls are no longer kept"

    def detail(self) -> str:
        """One sentence about the chosen call."""
        return call_detail(self._calls[self.cursor.index], self.view) if self._calls and self.cursor.keys else ""

    def number(self) -> str:
        """The number of the chosen call's other party."""
        return other_number(self._calls[self.cursor.index]) if self._calls and self.cursor.keys else ""
