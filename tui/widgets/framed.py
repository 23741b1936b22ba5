"""The base of framed parts without a cursor: a title in the edge, lines within."""

from __future__ import annotations

from collections.abc import Sequence

from tui.lines.frame import FRAME_CELLS, body_line, bottom_edge, top_edge
from tui.lines.line import Line, Span
from tui.lines.view import View
from tui.widgets.drawn import Drawn


class Framed(Drawn):
    """Subclasses say the title and the lines."""

    ALLOW_SELECT = False

    def __init__(self, view: View, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own term
        super().__init__(id=id)
        self.view = view

    def title(self) -> Sequence[Span]:
        """What stands in the upper edge."""
        raise NotImplementedError

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """What stands within the frame."""
        raise NotImplementedError

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """Frame and lines."""
        symbols, inner = self.view.symbols, max(0, height - 2)
        lines = list(self.lines(max(0, width - FRAME_CELLS), inner))[:inner]
        lines += [Line()] * (inner - len(lines))
        within = (body_line(line, width, False, symbols) for line in lines)
        return [top_edge(self.title(), width, False, symbols), *within, bottom_edge((), width, False, symbols)]
