"""A framed text that is read on by the keys of a list."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from tui.actions import Place
from tui.bindings import bindings
from tui.lines.frame import FRAME_CELLS, body_line, bottom_edge, top_edge
from tui.lines.line import Line, Role, Span
from tui.lines.view import View
from tui.lines.words import grouped
from tui.widgets.drawn import Drawn
from tui.widgets.list_pane import WHEEL_ROWS


class ScrollPane(Drawn, can_focus=True):
    """The base of such panes."""

    BINDINGS = bindings(Place.PANE)
    ALLOW_SELECT = False

    def __init__(self, view: View, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own term
        super().__init__(id=id)
        self.view = view
        self._first = 0
        self._count = 0

    def title(self) -> Sequence[Span]:
        """What stands in the upper edge."""
        raise NotImplementedError

    def text(self, width: int) -> Sequence[Line]:
        """The whole text for this width."""
        raise NotImplementedError

    def to_top(self) -> None:
        """Shows the text from its beginning."""
        self._first = 0

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 2)

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The frame, and the lines in sight."""
        symbols, focused = self.view.symbols, self.has_focus
        lines = self.text(max(0, width - FRAME_CELLS))
        self._count, room = len(lines), max(0, height - 2)
        self._first = max(0, min(self._first, self._count - room))
        shown = [*lines[self._first : self._first + room], *[Line()] * room][:room]
        below = self._count - self._first - room
        note = (Span(f"{symbols.older} {grouped(below)}", Role.DIM),) if below > 0 else ()
        return [
            top_edge(self.title(), width, focused, symbols),
            *(body_line(line, width, focused, symbols) for line in shown),
            bottom_edge(note, width, focused, symbols),
        ]

    def watch_has_focus(self, has_focus: bool) -> None:
        """Shows where the person is."""
        super().watch_has_focus(has_focus)
        self.redraw()

    def _scroll(self, lines: int) -> None:
        self._first = max(0, self._first + lines)
        self.redraw()

    def action_row_down(self) -> None:
        """Reads on."""
        self._scroll(1)

    def action_row_up(self) -> None:
        """Reads back."""
        self._scroll(-1)

    def action_page_down(self) -> None:
        """Reads one page on."""
        self._scroll(self._page)

    def action_page_up(self) -> None:
        """Reads one page back."""
        self._scroll(-self._page)

    def action_first_row(self) -> None:
        """Back to the beginning."""
        self._scroll(-self._count)

    def action_last_row(self) -> None:
        """To the end."""
        self._scroll(self._count)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Reads on."""
        event.stop()
        self._scroll(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Reads back."""
        event.stop()
        self._scroll(-WHEEL_ROWS)
