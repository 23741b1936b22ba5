"""The coverage calendar: one symbol a day, weeks side by side, so that a gap is seen where it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from calls.cache.holdings import DayState, Holding, days_held
from calls.times import local_date, zone_named
from tui.lines.line import Line, Role, Span, gap, left
from tui.lines.symbols import Symbols
from tui.lines.view import View
from tui.lines.words import MONTHS, WEEKDAYS

LABEL_WIDTH = 4
CELLS_PER_WEEK = 2
ROWS = 9
_ROLES = {
    DayState.WHOLE: Role.GOOD,
    DayState.PARTLY: Role.LATE,
    DayState.GAP: Role.BAD,
    DayState.NOT_YET: Role.DIM,
    DayState.BEYOND: Role.FAINT,
}
_LEGEND = {
    DayState.WHOLE: "whole",
    DayState.PARTLY: "partly",
    DayState.GAP: "missing",
    DayState.NOT_YET: "not yet",
    DayState.BEYOND: "not held",
}


def day_symbol(state: DayState, symbols: Symbols) -> str:
    """The symbol of a day."""
    return {
        DayState.WHOLE: symbols.day_whole,
        DayState.PARTLY: symbols.day_partly,
        DayState.GAP: symbols.day_gap,
        DayState.NOT_YET: symbols.day_not_yet,
        DayState.BEYOND: symbols.day_beyond,
    }[state]


def legend(symbols: Symbols, width: int) -> Line:
    """What the symbols mean, as many as fit."""
    spans: list[Span] = []
    used = 0
    for state, words in _LEGEND.items():
        cells = len(words) + 4
        if used + cells > width:
            break
        spans += [Span(f"{day_symbol(state, symbols)} ", _ROLES[state]), Span(f"{words}  ", Role.DIM)]
        used += cells
    return Line(tuple(spans))


def calendar_lines(holding: Holding, width: int, height: int, view: View) -> list[Line]:
    """Weeks as columns, weekdays as rows, the newest week at the right; in few rows the newest days in one line."""
    zone = zone_named(holding.source.timezone)
    today = local_date(view.now_ms, zone)
    if height < ROWS:
        return _strip(holding, today, width, view)
    weeks = max(1, (width - LABEL_WIDTH) // CELLS_PER_WEEK)
    first = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    states = days_held(holding, first, today)
    lines = [_month_line(first, weeks)]
    for weekday in range(7):
        spans = [Span(left(WEEKDAYS[weekday], LABEL_WIDTH), Role.DIM)]
        spans += [_day_span(states, week * 7 + weekday, view.symbols) for week in range(weeks)]
        lines.append(Line(tuple(spans)))
    return [*lines, legend(view.symbols, width)]


def _day_span(states: Sequence[DayState], index: int, symbols: Symbols) -> Span:
    if index >= len(states):
        return gap(CELLS_PER_WEEK)
    return Span(left(day_symbol(states[index], symbols), CELLS_PER_WEEK), _ROLES[states[index]])


def _month_line(first: date, weeks: int) -> Line:
    """The name of a month above the week in which its first day lies."""
    words = [" "] * (weeks * CELLS_PER_WEEK)
    free_from = 0
    for week in range(weeks):
        monday = first + timedelta(weeks=week)
        sunday = monday + timedelta(days=6)
        at = week * CELLS_PER_WEEK
        if (sunday.day <= 7 or week == 0) and at >= free_from and at + 3 <= len(words):
            words[at : at + 3] = MONTHS[sunday.month - 1]
            free_from = at + 4
    return Line((gap(LABEL_WIDTH), Span("".join(words), Role.DIM)))


def _strip(holding: Holding, today: date, width: int, view: View) -> list[Line]:
    count = max(1, width)
    states = days_held(holding, today - timedelta(days=count - 1), today)
    days = Line(tuple(Span(day_symbol(state, view.symbols), _ROLES[state]) for state in states))
    return [days, legend(view.symbols, width)]
