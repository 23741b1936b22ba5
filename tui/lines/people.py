"""Lists of people: employees with their day, and callers to ring back."""

from __future__ import annotations

from collections.abc import Sequence

from calls.cache.snapshots import CallBack, EmployeeRow
from tui.lines.line import Line, Role, Span, left, right
from tui.lines.view import View
from tui.lines.words import (
    OTHER_DAY_WIDTH,
    TODAY_WIDTH,
    age_words,
    counted,
    duration_words,
    grouped,
    number_words,
    time_words,
    who_words,
)

_COUNT_WIDTH = 6
_ANSWERED_WIDTH = 9
_TALK_WIDTH = 9
_TRIES_WIDTH = 8
_AGE_WIDTH = 12
_PROVIDERS_WIDTH = 16


def employee_header(width: int) -> Line:
    """The names of the columns of the employee table."""
    return Line((Span(_employee_cells("employee", "in", "answered", "out", "talk", width, "~"), Role.DIM),))


def employee_spans(row: EmployeeRow, width: int, view: View) -> tuple[Span, ...]:
    """An employee's day: calls in, answered, out, and talk time."""
    name = " ".join(part for part in (row.extension, row.employee) if part)
    cells = _employee_cells(
        name,
        grouped(row.inbound_calls),
        grouped(row.inbound_answered),
        grouped(row.outbound_calls),
        duration_words(row.talk_seconds * 1000),
        width,
        view.symbols.mark,
    )
    return (Span(cells),)


def _employee_cells(name: str, inbound: str, answered: str, outbound: str, talk: str, width: int, mark: str) -> str:
    counts = right(inbound, _COUNT_WIDTH) + right(answered, _ANSWERED_WIDTH) + right(outbound, _COUNT_WIDTH)
    rest = counts + right(talk, _TALK_WIDTH)
    return left(name, width - len(rest), mark) + rest


def call_back_spans(row: CallBack, times: int, width: int, view: View) -> tuple[Span, ...]:
    """Somebody to ring back: since when, who, how often. `times` is the width of the time column."""
    mark = view.symbols.mark
    tries = counted(row.tries, "try", "tries")
    room = width - times - 1 - _TRIES_WIDTH
    spans = [Span(left(time_words(row.first_missed_ms, view.now_ms, view.zone), times, mark) + " ", Role.DIM)]
    number = number_words(row.caller) or "withheld"
    wide = room >= 54
    people = room - _AGE_WIDTH - _PROVIDERS_WIDTH - 2 if wide else room
    if people >= 30:
        beside = row.caller_name or ("" if wide else f"via {', '.join(row.providers)}")
        spans.append(Span(left(number, 17, mark) + " "))
        spans.append(Span(left(beside, people - 18, mark), Role.DIM))
    else:
        spans.append(Span(left(who_words("", row.caller), people, mark)))
    if wide:
        spans.append(Span(" " + left(", ".join(row.providers), _PROVIDERS_WIDTH, mark), Role.DIM))
        spans.append(Span(" " + right(age_words(view.now_ms - row.first_missed_ms), _AGE_WIDTH), Role.DIM))
    spans.append(Span(right(tries, _TRIES_WIDTH), Role.LATE if row.tries > 1 else Role.DIM))
    return tuple(spans)


def time_width(rows: Sequence[CallBack], view: View) -> int:
    """Cells the times of these rows need."""
    widest = max((len(time_words(row.first_missed_ms, view.now_ms, view.zone)) for row in rows), default=0)
    return TODAY_WIDTH if widest <= TODAY_WIDTH else OTHER_DAY_WIDTH


def call_back_detail(row: CallBack, view: View) -> str:
    """One sentence about a caller to ring back."""
    caller = " ".join(part for part in (number_words(row.caller), row.caller_name) if part) or "withheld"
    dot = view.symbols.dot
    return (
        f"{caller} {dot} first missed {time_words(row.first_missed_ms, view.now_ms, view.zone)}, last "
        f"{time_words(row.last_missed_ms, view.now_ms, view.zone)} {dot} "
        f"{counted(row.tries, 'try', 'tries')} {dot} {', '.join(row.providers)}"
    )


def employee_detail(row: EmployeeRow, view: View) -> str:
    """One sentence about an employee's day."""
    dot = view.symbols.dot
    return (
        f"{' '.join(part for part in (row.extension, row.employee) if part)} {dot} "
        f"{counted(row.inbound_calls, 'call')} in, {grouped(row.inbound_answered)} answered {dot} "
        f"{grouped(row.outbound_calls)} out {dot} talked {duration_words(row.talk_seconds * 1000)} today"
    )
