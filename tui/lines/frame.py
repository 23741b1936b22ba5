"""The frame of a pane: its title stands in the upper edge, its notes in the lower one."""

from __future__ import annotations

from collections.abc import Iterable

from tui.lines.line import Ground, Line, Role, Span, crop_spans, gap
from tui.lines.symbols import Symbols

# The frame and one empty cell on either side.
FRAME_CELLS = 4


def top_edge(title: Iterable[Span], width: int, focused: bool, symbols: Symbols) -> Line:
    """The upper edge with the title in it."""
    return _edge(title, (), width, 0, focused, symbols)


def bottom_edge(note: Iterable[Span], width: int, focused: bool, symbols: Symbols) -> Line:
    """The lower edge with a note at its right end."""
    return _edge((), note, width, 2, focused, symbols)


def body_line(line: Line, width: int, focused: bool, symbols: Symbols, cursor: bool = False) -> Line:
    """One row between the edges, cut or filled to the width; the chosen row carries a mark besides its ground."""
    side = Span(_frame(focused, symbols)[5], _frame_role(focused), Ground.PLAIN)
    room = width - FRAME_CELLS
    spans = crop_spans(line.spans, room, symbols.mark)
    spare = room - sum(span.width for span in spans)
    before = Span(symbols.cursor, Role.ACCENT) if cursor else gap(1)
    return Line((side, before, *spans, gap(spare + 1), side), Ground.CURSOR if cursor else Ground.PLAIN)


def _edge(title: Iterable[Span], note: Iterable[Span], width: int, corner: int, focused: bool, symbols: Symbols) -> Line:
    frame, role = _frame(focused, symbols), _frame_role(focused)
    rule = frame[4]
    start = crop_spans(title, max(0, width - 6), symbols.mark)
    start = (gap(1), *start, gap(1)) if start else ()
    used = sum(span.width for span in start)
    end = crop_spans(note, max(0, width - 6 - used), symbols.mark)
    end = (gap(1), *end, gap(1)) if end else ()
    used += sum(span.width for span in end)
    first = Span(frame[corner] + (rule if start else ""), role)
    last = Span((rule if end else "") + frame[corner + 1], role)
    spare = max(0, width - used - first.width - last.width)
    return Line((first, *start, Span(rule * spare, role), *end, last))


def _frame(focused: bool, symbols: Symbols) -> str:
    return symbols.focus_frame if focused else symbols.frame


def _frame_role(focused: bool) -> Role:
    return Role.ACCENT if focused else Role.FAINT
