"""Today by hour: bars of the calls before the band in which such an hour usually lies."""

from __future__ import annotations

from collections.abc import Sequence

from calls.metrics.figures import Unit
from calls.metrics.typical import TypicalHour
from tui.lines.line import Ground, Line, Role, Span, gap, left, right
from tui.lines.stats.values import band_words
from tui.lines.symbols import Symbols
from tui.lines.view import View
from tui.lines.words import clock_words, counted, grouped, moment

AXIS_CELLS = 6
WIDEST_HOUR = 6
_NAMED_EVERY = 3


def hour_cells(hours: int, width: int) -> int:
    """Cells across of one hour, 0 where the chart has no room."""
    return max(0, min(WIDEST_HOUR, (width - AXIS_CELLS) // hours)) if hours else 0


def today_lines(hours: Sequence[TypicalHour], chosen: int | None, width: int, height: int, view: View) -> tuple[Line, ...]:
    """The chart in `height` rows, the last of them the axis. An hour that is past and not known is a gap, not zero."""
    cells = hour_cells(len(hours), width)
    if not cells or height < 2:
        return (Line((Span(left("too narrow for a chart", width), Role.DIM),)),)
    rows = height - 1
    top = max(1.0, *(max(hour.offered or 0, hour.typical.high if hour.typical else 0) for hour in hours))
    lines: list[Line] = []
    for row in range(rows - 1, -1, -1):
        spans = [Span(_scale_words(row, rows, top), Role.DIM)]
        for index, hour in enumerate(hours):
            spans += _hour_spans(hour, cells, row / rows * top, (row + 1) / rows * top, index == chosen, view)
        lines.append(Line(tuple(spans)))
    return (*lines, _axis(hours, cells, chosen, view))


def _scale_words(row: int, rows: int, top: float) -> str:
    words = grouped(round(top)) if row == rows - 1 else "0" if row == 0 else ""
    return right(words, AXIS_CELLS - 1) + " "


def _hour_spans(hour: TypicalHour, cells: int, low: float, high: float, chosen: bool, view: View) -> list[Span]:
    """One row of one hour, from `low` to `high` calls: the bar leaves the last cell free, where the band shows behind it."""
    behind = _band_cell(hour, low, high, view.symbols)
    bar = max(1, cells - 1)
    return [_bar_span(hour, bar, low, high, behind, chosen, view), Span(behind.text * (cells - bar), behind.role)]


def _bar_span(hour: TypicalHour, cells: int, low: float, high: float, behind: Span, chosen: bool, view: View) -> Span:
    symbols = view.symbols
    if hour.offered is None:
        past = hour.window.end_ms <= view.now_ms
        gap_cell = Span(symbols.uncovered * cells, Role.FAINT)
        return gap_cell if past and not low else Span(behind.text * cells, behind.role)
    if hour.offered <= low:
        if not low:
            return Span(symbols.no_calls * cells, Role.FAINT)
        return Span(behind.text * cells, behind.role)
    steps = len(symbols.levels)
    step = min(steps, max(1, round((hour.offered - low) / (high - low) * steps)))
    return Span(symbols.levels[step - 1] * cells, Role.ACCENT if chosen else Role.BAR)


def _band_cell(hour: TypicalHour, low: float, high: float, symbols: Symbols) -> Span:
    if hour.typical is None or hour.typical.high <= 0:
        return gap(1)
    if low <= hour.typical.median < high:
        return Span(symbols.middle, Role.DIM)
    if hour.typical.low < high and low < hour.typical.high:
        return Span(symbols.band, Role.DIM)
    return gap(1)


def _axis(hours: Sequence[TypicalHour], cells: int, chosen: int | None, view: View) -> Line:
    spans = [gap(AXIS_CELLS)]
    for index, hour in enumerate(hours):
        local = moment(hour.window.start_ms, view.zone).hour
        named = cells > 2 or local % _NAMED_EVERY == 0 or index == chosen
        words = left(f"{local:02}" if named and (cells > 1 or local % _NAMED_EVERY == 0) else "", max(cells, 1), "")
        spans.append(Span(words, *((Role.STRONG, Ground.CURSOR) if index == chosen else (Role.DIM, None))))
    return Line(tuple(spans))


def hour_sentence(hour: TypicalHour, view: View) -> str:
    """One sentence about an hour of today for the status line."""
    name = f"{clock_words(hour.window.start_ms, view.zone)} to {clock_words(hour.window.end_ms, view.zone)}"
    if hour.offered is None:
        now = "not complete yet" if hour.window.end_ms > view.now_ms - 1 else "not cached, or not complete yet"
        now = "still to come" if hour.window.start_ms > view.now_ms else now
    else:
        now = f"{counted(hour.offered, 'call')}, {grouped(hour.answered or 0)} answered"
    typical = "too few weeks to compare with"
    if hour.typical is not None:
        typical = f"typically {band_words(hour.typical, Unit.CALLS)} over {counted(hour.weeks, 'week')}"
    place = ""
    if hour.typical is not None and hour.offered is not None:
        place = ", above" if hour.offered > hour.typical.high else ", below" if hour.offered < hour.typical.low else ", within"
    return f" {view.symbols.dot} ".join((name, now, typical + place))
