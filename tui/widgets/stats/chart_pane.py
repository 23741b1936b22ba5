"""A framed chart with a chosen place in it, which the arrow keys move."""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message

from tui.actions import Place
from tui.bindings import bindings
from tui.lines.frame import FRAME_CELLS, body_line, bottom_edge, top_edge
from tui.lines.line import Line, Span
from tui.lines.view import View
from tui.widgets.drawn import Drawn

PAGE_ROWS = 6


class ChartPane(Drawn, can_focus=True):
    """The base of the charts. Subclasses say what is drawn, and where the choice goes."""

    BINDINGS = bindings(Place.PANE, Place.CHART)
    ALLOW_SELECT = False

    class Chosen(Message):
        """Another place is chosen, or the person came to the chart."""

    def __init__(self, view: View, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own term
        super().__init__(id=id)
        self.view = view

    # What subclasses say.

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        raise NotImplementedError

    def title(self) -> Sequence[Span]:
        """What stands in the upper edge."""
        raise NotImplementedError

    def note(self) -> Sequence[Span]:
        """What stands in the lower edge."""
        return ()

    def chart(self, width: int, height: int) -> Sequence[Line]:
        """The lines within the frame."""
        raise NotImplementedError

    def move(self, across: int, down: int) -> None:
        """Moves the choice by so many places; far numbers mean the ends."""

    def detail(self) -> str:
        """One sentence about the chosen place."""
        return ""

    # What they get.

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """Frame and chart."""
        symbols, focused = self.view.symbols, self.has_focus
        inner = max(0, height - 2)
        lines = list(self.chart(max(0, width - FRAME_CELLS), inner))[:inner]
        lines.extend([Line()] * (inner - len(lines)))
        return (
            top_edge(self.title(), width, focused, symbols),
            *(body_line(line, width, focused, symbols) for line in lines),
            bottom_edge(self.note(), width, focused, symbols),
        )

    def _moved(self, across: int, down: int) -> None:
        self.move(across, down)
        self.redraw()
        self.post_message(self.Chosen())

    def action_cell_right(self) -> None:
        """One place to the right."""
        self._moved(1, 0)

    def action_cell_left(self) -> None:
        """One place to the left."""
        self._moved(-1, 0)

    def action_row_down(self) -> None:
        """One row down."""
        self._moved(0, 1)

    def action_row_up(self) -> None:
        """One row up."""
        self._moved(0, -1)

    def action_page_down(self) -> None:
        """Several places to the right."""
        self._moved(PAGE_ROWS, 0)

    def action_page_up(self) -> None:
        """Several places to the left."""
        self._moved(-PAGE_ROWS, 0)

    def action_first_row(self) -> None:
        """To the beginning."""
        self._moved(-1000, -1000)

    def action_last_row(self) -> None:
        """To the end."""
        self._moved(1000, 1000)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Shows or hides the choice."""
        super().watch_has_focus(has_focus)
        self.redraw()
        if has_focus:
            self.post_message(self.Chosen())
