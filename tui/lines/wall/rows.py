"""Blocks of rows, and how they are put beside and under each other."""

from __future__ import annotations

from collections.abc import Sequence

from tui.lines.line import Line, Role, Span, crop_spans, gap

Row = tuple[Span, ...]
Rows = tuple[Row, ...]
Said = tuple[str, Role]
"""Words, and what they are."""


def width_of(row: Sequence[Span]) -> int:
    """Cells a row covers."""
    return sum(span.width for span in row)


def fitted(row: Sequence[Span], width: int, *, right: bool = False) -> Row:
    """A row in exactly `width` cells, cut or filled up at its end, or where it stands `right` at its start."""
    cut = crop_spans(row, width, "")
    spare = gap(width - width_of(cut))
    return (spare, *cut) if right else (*cut, spare)


def block(rows: Sequence[Sequence[Span]], width: int, height: int, *, right: bool = False) -> Rows:
    """Rows in exactly `width` cells and `height` rows; missing ones are empty, those too many are left out."""
    whole = [fitted(row, width, right=right) for row in rows[:height]]
    return (*whole, *([(gap(width),)] * (height - len(whole))))


def beside(blocks: Sequence[Rows], cells: int = 0) -> Rows:
    """Blocks of one height side by side, `cells` apart."""
    rows: list[Row] = []
    for parts in zip(*blocks, strict=True):
        row: list[Span] = []
        for number, part in enumerate(parts):
            row += [gap(cells if number else 0), *part]
        rows.append(tuple(row))
    return tuple(rows)


def on_one_base(parts: Sequence[Rows], cells: int) -> Rows:
    """Blocks of several heights side by side, `cells` apart, standing on one base line."""
    height = max((len(rows) for rows in parts), default=0)
    stood = []
    for rows in parts:
        width = max((width_of(row) for row in rows), default=0)
        stood.append((*block((), width, height - len(rows)), *block(rows, width, len(rows))))
    return beside(stood, cells)


def indented(rows: Sequence[Sequence[Span]], cells: int) -> tuple[Line, ...]:
    """Rows as lines of the screen, `cells` from its left edge."""
    return tuple(Line((gap(cells), *row)) for row in rows)
