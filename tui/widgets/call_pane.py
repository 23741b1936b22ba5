"""One call with everything that is known about it."""

from __future__ import annotations

from collections.abc import Sequence

from calls.cache.recorded import StoredRecord
from calls.times import MINUTE_MS
from tui.lines.call_facts import call_facts
from tui.lines.line import Line, Role, Span
from tui.lines.view import View
from tui.pages import Looked, RecordsReady
from tui.widgets.scroll_pane import ScrollPane


class CallPane(ScrollPane):
    """Shows the call that was looked at last."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="call-pane")
        self.looked: Looked | None = None
        self._records: tuple[StoredRecord, ...] | None = None
        self._drawn_for: object = None
        self._text: Sequence[Line] = ()

    def show_call(self, looked: Looked | None) -> bool:
        """Shows a call, the same one as it is now or another; whether its records have to be read."""
        if looked == self.looked:
            return False
        if looked is None or self.looked is None or looked.key != self.looked.key:
            self.to_top()
            self._records = None
        self.looked = looked
        self._drawn_for = None
        self.redraw()
        return looked is not None

    def show_records(self, message: RecordsReady) -> None:
        """Takes the records of the call, unless another one is looked at by now."""
        if message.looked == self.looked:
            self._records = message.records
            self._drawn_for = None
            self.redraw()

    @property
    def reading(self) -> bool:
        """Whether the call's records are still to be read."""
        return self.looked is None or self._records is None

    def tick(self, view: View) -> None:
        """Draws with another moment."""
        self.view = view
        self.redraw()

    def title(self) -> Sequence[Span]:
        """What this is."""
        return (Span("call", Role.STRONG), Span(" esc closes", Role.DIM))

    def text(self, width: int) -> Sequence[Line]:
        """Everything about the call."""
        if self.looked is None:
            return (Line((Span("no call is chosen", Role.DIM),)),)
        drawn_for = (width, self.view.now_ms // MINUTE_MS)
        if drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            self._text = call_facts(self.looked.call, self._records, width, self.view)
        return self._text
