"""Calls over time: answered ones rise from a line, missed ones hang from it, and what is provisional is hatched."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from calls.cache.wall_snapshot import Slice
from tui.lines.line import Role, Span, gap
from tui.lines.wall.pens import Pen
from tui.lines.wall.rows import Row, Rows, fitted

WIDEST_BAR = 12


def bars(slices: Sequence[Slice], labels: Callable[[Slice], str], width: int, height: int, pen: Pen) -> Rows:
    """The slices as bars in exactly `width` cells and `height` rows, with a line of labels between up and down."""
    cells = bar_cells(len(slices), width)
    if not slices or not cells or height < 3:
        return tuple((gap(width),) for _ in range(height))
    peak = max(1, *(each.answered for each in slices))
    deepest = max((each.missed for each in slices), default=0)
    down_rows = _down_rows(peak, deepest, height - 1)
    up_rows = height - 1 - down_rows
    # One measure for both, so that a missed call is as long as an answered one.
    calls_per_row = max(peak / up_rows, deepest / down_rows if down_rows else 0)
    rising = [_rising_row(slices, row, calls_per_row, cells, pen) for row in range(up_rows - 1, -1, -1)]
    hanging = [_hanging_row(slices, row, calls_per_row, cells, pen) for row in range(down_rows)]
    axis = _axis(slices, labels, cells, pen)
    return tuple(fitted(row, width) for row in (*rising, axis, *hanging))


def bar_cells(count: int, width: int) -> int:
    """Cells for one bar and the gap after it; 0 when there is no room."""
    return min(WIDEST_BAR, width // count) if count else 0


def _down_rows(peak: int, deepest: int, height: int) -> int:
    """Rows below the line: as many as the missed calls need by the measure of the answered ones, at least one."""
    return min(max(1, round(height * deepest / (peak + deepest))), max(1, height // 2))


def _bar(cells: int) -> tuple[int, int]:
    return (cells - 1, 1) if cells > 1 else (1, 0)


def _rising_row(slices: Sequence[Slice], row: int, calls_per_row: float, cells: int, pen: Pen) -> Row:
    wide, apart = _bar(cells)
    spans: list[Span] = []
    for each in slices:
        steps = len(pen.rising)
        level = round(each.answered / calls_per_row * steps) - row * steps
        if each.answered and row == 0:
            level = max(1, level)
        if level <= 0:
            unknown = row == 0 and not each.known
            spans += [Span(pen.unknown * wide, Role.FAINT), gap(apart)] if unknown else [gap(cells)]
            continue
        # Hatching has no halves: a cell that is not full to the half stays empty.
        mark = pen.rising[min(level, steps) - 1]
        if each.provisional:
            mark = pen.hatch if level >= steps // 2 or row == 0 else " "
        spans += [Span(mark * wide, Role.BAR), gap(apart)]
    return tuple(spans)


def _hanging_row(slices: Sequence[Slice], row: int, calls_per_row: float, cells: int, pen: Pen) -> Row:
    wide, apart = _bar(cells)
    spans: list[Span] = []
    for each in slices:
        steps = len(pen.hanging)
        level = round(each.missed / calls_per_row * steps) - row * steps
        if each.missed and row == 0:
            level = max(1, level)
        if level <= 0:
            spans.append(gap(cells))
            continue
        mark = pen.crossed if each.provisional else pen.hanging[min(level, steps) - 1]
        spans += [Span(mark * wide, Role.BAD), gap(apart)]
    return tuple(spans)


def _axis(slices: Sequence[Slice], labels: Callable[[Slice], str], cells: int, pen: Pen) -> Row:
    """The line between up and down, with a label wherever one is given and has room."""
    spans: list[Span] = []
    at = 0
    for number, each in enumerate(slices):
        text = labels(each)
        start = number * cells
        if not text or start < at or start + len(text) > len(slices) * cells:
            continue
        spans += [Span(pen.line * (start - at), Role.FAINT), Span(text, Role.DIM)]
        at = start + len(text)
    spans.append(Span(pen.line * (len(slices) * cells - at), Role.FAINT))
    return tuple(spans)
