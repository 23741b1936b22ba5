"""The day by hour as a row of bars, or several rows where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from tui.lines.line import Line, Role, Span, gap
from tui.lines.symbols import Symbols


def spark_lines(
    by_hour: Sequence[tuple[int, int]],
    current_hour: int,
    uncovered: frozenset[int],
    width: int,
    height: int,
    symbols: Symbols,
) -> tuple[Line, ...]:
    """Bars of the calls offered per hour, `height` rows, at most `width` cells, the hour that runs now in the accent.

    Hours yet to come stay blank; an hour without calls is a dim base line; an hour that the cache does not cover is a gap
    of its own kind, because it is not zero. `uncovered` holds the indices of such hours.
    """
    if not by_hour or width < len(by_hour) or height < 1:
        return ()
    cells = hour_cells(len(by_hour), width, height)
    peak = max((offered for offered, _ in by_hour[: current_hour + 1]), default=0)
    steps = len(symbols.levels)
    rows: list[Line] = []
    for row in range(height - 1, -1, -1):
        spans: list[Span] = []
        for hour, (offered, _answered) in enumerate(by_hour):
            spans.append(_cell(hour, offered, current_hour, hour in uncovered, peak, row, height * steps, symbols, cells))
        rows.append(Line(_merge(spans)))
    return tuple(rows)


def hour_cells(hours: int, width: int, height: int) -> int:
    """Cells across that one hour takes; tall bars may be broad."""
    return min(6 if height > 2 else 2, width // hours)


def _cell(
    hour: int,
    offered: int,
    current_hour: int,
    uncovered: bool,
    peak: int,
    row: int,
    top: int,
    symbols: Symbols,
    cells: int,
) -> Span:
    steps = len(symbols.levels)
    if hour > current_hour:
        return gap(cells)
    if offered == 0:
        if row:
            return gap(cells)
        return Span((symbols.uncovered if uncovered else symbols.no_calls) * cells, Role.FAINT)
    # The lowest visible bar is one step above the base line of an hour without calls.
    level = max(2, round(offered / peak * top)) - row * steps
    if level <= 0:
        return gap(cells)
    bar = symbols.levels[min(level, steps) - 1] * cells
    return Span(bar, Role.ACCENT if hour == current_hour else Role.BAR)


def _merge(spans: Sequence[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].role is span.role:
            merged[-1] = Span(merged[-1].text + span.text, span.role)
        else:
            merged.append(span)
    return tuple(merged)


def axis_line(hours: int, width: int, height: int) -> Line:
    """The hours of the day below the bars, every sixth one named; empty on the two days a year without 24 hours."""
    if hours != 24 or width < hours:
        return Line()
    cells = hour_cells(hours, width, height)
    text = ""
    for hour in range(0, hours, 6):
        text = text.ljust(hour * cells) + f"{hour:02}"
    return Line((Span(text[:width], Role.DIM),))
