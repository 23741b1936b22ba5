"""A framed list: title, a few head lines, rows with a cursor. What it lists is its subclasses' matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import events
from textual.message import Message

from calls.model import Call
from calls.times import MINUTE_MS
from tui.actions import Place
from tui.bindings import bindings
from tui.lines.frame import FRAME_CELLS, body_line, bottom_edge, top_edge
from tui.lines.line import Line, Role, Span
from tui.lines.view import View
from tui.lines.words import grouped
from tui.widgets.cursor import ListCursor
from tui.widgets.drawn import Drawn

WHEEL_ROWS = 3
FEWEST_ROWS = 3


class ListPane(Drawn, can_focus=True):
    """The base of the panes."""

    BINDINGS = bindings(Place.PANE)
    ALLOW_SELECT = False

    class Chosen(Message):
        """The chosen row changed, or the person came to another pane."""

    def __init__(self, view: View, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own term
        super().__init__(id=id)
        self.view = view
        self.cursor: ListCursor[Any] = ListCursor()
        self.zoomed = False
        # Set while what is chosen here is shown elsewhere, so that it stays marked without the focus.
        self.marks_choice = False
        self._stamp: object = None
        self._page = 1
        self._rows_at = 0

    # What subclasses say.

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        raise NotImplementedError

    @property
    def short_label(self) -> str:
        """The name where there is little room."""
        return self.label

    def tab_symbol(self) -> Span | None:
        """A symbol for the pane's tab."""
        return None

    def title(self) -> Sequence[Span]:
        """What stands in the upper edge."""
        raise NotImplementedError

    def head(self, width: int, height: int) -> Sequence[Line]:
        """The lines above the rows, of at most `height`; none where the list speaks for itself."""
        return ()

    def has_header(self, width: int) -> bool:
        """Whether the columns are named at this width."""
        return False

    def prepare(self, shown: range, width: int) -> None:
        """Called before the rows of one drawing: the columns suit the rows in sight."""

    def header(self, width: int) -> Line:
        """The names of the columns."""
        raise NotImplementedError

    def row(self, index: int, width: int) -> Sequence[Span]:
        """One row."""
        raise NotImplementedError

    def empty_words(self) -> str:
        """What to say when there are no rows."""
        raise NotImplementedError

    def detail(self) -> str:
        """One sentence about the chosen row, "" without one."""
        return ""

    def number(self) -> str:
        """The telephone number of the chosen row, "" without one."""
        return ""

    def chosen_call(self) -> Call | None:
        """The chosen row, where it is a call."""
        return None

    # What they get.

    def show(self, view: View) -> None:
        """Draws with another moment."""
        self.view = view
        self._stamp = self.stamp()
        self.redraw()

    def tick(self, view: View) -> None:
        """Draws with another moment if that can change anything."""
        self.view = view
        if self.stamp() != self._stamp:
            self.show(view)

    def stamp(self) -> object:
        """What time alone changes: when this is equal, so is what is drawn."""
        return self.view.now_ms // MINUTE_MS

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """Frame, head and rows."""
        symbols, focused = self.view.symbols, self.has_focus
        room = max(0, width - FRAME_CELLS)
        inner = max(0, height - 2)
        head = list(self.head(room, inner))[:inner]
        headed = self.has_header(room) and inner - len(head) > FEWEST_ROWS
        self._page = max(1, inner - len(head) - headed)
        shown = self.cursor.show(self._page)
        self.prepare(shown, room)
        if headed:
            head.append(self.header(room))
        self._rows_at = 1 + len(head)
        lines = [top_edge(self.title(), width, focused, symbols)]
        lines.extend(body_line(line, width, focused, symbols) for line in head)
        for index in shown:
            chosen = (focused or self.marks_choice) and index == self.cursor.index
            lines.append(body_line(Line(tuple(self.row(index, room))), width, focused, symbols, cursor=chosen))
        if not self.cursor.keys and len(lines) <= inner:
            lines.append(body_line(Line((Span(self.empty_words(), Role.DIM),)), width, focused, symbols))
        lines.extend(body_line(Line(), width, focused, symbols) for _ in range(height - 1 - len(lines)))
        lines.append(bottom_edge(self._position(shown, focused), width, focused, symbols))
        return lines

    def _position(self, shown: range, focused: bool) -> Sequence[Span]:
        below = len(self.cursor.keys) - shown.stop
        parts = [f"{self.view.symbols.newer} {grouped(shown.start)}"] if shown.start else []
        if below > 0 and focused:
            parts.append(f"{self.view.symbols.older} {grouped(below)}")
        return (Span("  ".join(parts), Role.DIM),) if parts else ()

    def _chosen(self) -> None:
        self.redraw()
        # Straight to the screen, so that what it says of the row is in the same frame.
        self.screen.post_message(self.Chosen())

    def action_row_down(self) -> None:
        """Chooses the next row."""
        self.cursor.move(1)
        self._chosen()

    def action_row_up(self) -> None:
        """Chooses the row before."""
        self.cursor.move(-1)
        self._chosen()

    def action_page_down(self) -> None:
        """Chooses a row one page on."""
        self.cursor.move(self._page)
        self._chosen()

    def action_page_up(self) -> None:
        """Chooses a row one page back."""
        self.cursor.move(-self._page)
        self._chosen()

    def action_first_row(self) -> None:
        """Follows the newest row again."""
        self.cursor.to_newest()
        self._chosen()

    def action_last_row(self) -> None:
        """Chooses the last row."""
        self.cursor.choose(len(self.cursor.keys) - 1)
        self._chosen()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Shows or hides the cursor."""
        super().watch_has_focus(has_focus)
        self.redraw()
        if has_focus:
            self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        """Chooses the row under the pointer."""
        index = self.cursor.offset + event.y - self._rows_at
        if event.y >= self._rows_at and index < len(self.cursor.keys):
            self.cursor.choose(index)
            self._chosen()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Moves the choice on."""
        event.stop()
        self.cursor.move(WHEEL_ROWS)
        self._chosen()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Moves the choice back."""
        event.stop()
        self.cursor.move(-WHEEL_ROWS)
        self._chosen()
