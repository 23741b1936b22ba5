"""Missed calls on a line each: who waits to be called back, what settled the others, and all calls of one caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calls.cache.snapshots import CallBack, Mark, Settled
from calls.model import Call, Direction, Status
from tui.lines.calls import DIRECTION_WORDS, OUTCOME_ROLES, place_words
from tui.lines.line import Line, Role, Span, crop, left, right
from tui.lines.view import View
from tui.lines.words import (
    OTHER_DAY_WIDTH,
    TODAY_WIDTH,
    age_words,
    counted,
    duration_words,
    number_words,
    time_words,
    who_words,
)

CHECK_WORDS = "check first"

_NUMBER_WIDTH = 17
_SHORTEST_NAME = 8
_AGE_WIDTH = 11
_TRIES_WIDTH = 8
_PROVIDERS_WIDTH = 18
_LENGTH_WIDTH = 8


@dataclass(frozen=True, slots=True)
class MissedColumns:
    """Cells of each column; 0 leaves the column out."""

    time: int
    age: int
    number: int
    name: int
    last: int
    tries: int
    providers: int
    check: int


def columns_for(rows: Sequence[CallBack], width: int, view: View) -> MissedColumns:
    """The columns that `width` cells have room for: the narrower, the fewer."""
    widest = max((len(time_words(row.first_missed_ms, view.now_ms, view.zone)) for row in rows), default=0)
    time = TODAY_WIDTH if widest <= TODAY_WIDTH else OTHER_DAY_WIDTH
    age = _AGE_WIDTH if width >= 50 else 0
    providers = _PROVIDERS_WIDTH if width >= 84 else 12 if width >= 66 else 0
    last = time if width >= 96 else 0
    check = len(CHECK_WORDS) if width >= 90 else 1
    fixed = sum(cells + 1 for cells in (time, age, last, _TRIES_WIDTH, providers, check) if cells)
    people = max(8, width - fixed - (1 if age else 0))
    named = people >= _NUMBER_WIDTH + 1 + _SHORTEST_NAME
    number = _NUMBER_WIDTH if named else people
    return MissedColumns(time, age, number, people - number - 1 if named else 0, last, _TRIES_WIDTH, providers, check)


def waiting_header(columns: MissedColumns) -> Line:
    """The names of the columns."""
    cells = [left("missed", columns.time)]
    cells += [right("age", columns.age) + " "] if columns.age else []
    cells += [left("number", columns.number)]
    cells += [left("name", columns.name)] if columns.name else []
    cells += [right("tries", columns.tries)]
    cells += [left("last", columns.last)] if columns.last else []
    cells += [left("via", columns.providers)] if columns.providers else []
    return Line((Span(" ".join(cells), Role.DIM),))


def waiting_spans(row: CallBack, columns: MissedColumns, view: View) -> tuple[Span, ...]:
    """Somebody to call back: since when, how long ago, who, how often, at which providers."""
    mark = view.symbols.mark
    spans = [Span(left(time_words(row.first_missed_ms, view.now_ms, view.zone), columns.time, mark) + " ", Role.DIM)]
    if columns.age:
        spans.append(Span(right(age_words(view.now_ms - row.first_missed_ms), columns.age, mark) + "  "))
    spans += _who_spans(row, columns, mark)
    tries = counted(row.tries, "try", "tries")
    spans.append(Span(right(tries, columns.tries), Role.LATE if row.tries > 1 else Role.DIM))
    if columns.last:
        last = time_words(row.last_missed_ms, view.now_ms, view.zone) if row.tries > 1 else ""
        spans.append(Span(" " + left(last, columns.last, mark), Role.DIM))
    if columns.providers:
        spans.append(Span(" " + left(", ".join(row.providers), columns.providers, mark), Role.DIM))
    if row.check_first:
        spans.append(Span(" " + (CHECK_WORDS if columns.check > 1 else view.symbols.late), Role.LATE))
    return tuple(spans)


def _who_spans(row: CallBack, columns: MissedColumns, mark: str) -> list[Span]:
    if not columns.name:
        return [Span(left(who_words(row.caller_name, row.caller), columns.number, mark) + " ", Role.STRONG)]
    number = left(number_words(row.caller) or "withheld", columns.number, mark)
    return [Span(number + " ", Role.STRONG), Span(left(row.caller_name, columns.name, mark) + " ")]


def settled_spans(one: Settled, columns: MissedColumns, width: int, view: View) -> tuple[Span, ...]:
    """Missed calls that need no call back: since when, who, and what settled them."""
    mark, row = view.symbols.mark, one.missed
    spans = [Span(left(time_words(row.first_missed_ms, view.now_ms, view.zone), columns.time, mark) + " ", Role.DIM)]
    room = width - columns.time - 1
    who = _NUMBER_WIDTH if room >= 46 else room * 2 // 5
    name = min(22, room - who - 42) if room >= 76 else 0
    if name > 0:
        spans.append(Span(left(number_words(row.caller), who, mark) + " "))
        spans.append(Span(left(row.caller_name, name, mark) + " ", Role.DIM))
    else:
        spans.append(Span(left(who_words(row.caller_name, row.caller), who, mark) + " "))
    spans.append(Span(f"{view.symbols.answered} ", Role.GOOD))
    rest = room - who - 3 - (name + 1 if name > 0 else 0)
    spans.append(Span(crop(settled_words(one, view), rest, mark), Role.DIM))
    return tuple(spans)


def settled_words(one: Settled, view: View) -> str:
    """What settled a caller's missed calls: "called back 10:12 by Eva, soluno", "dealt with 10:30 by anna: will order"."""
    if one.by is not None:
        how = "called back" if one.by.direction is Direction.OUT else "got through"
        person = f" by {one.by.employee}" if one.by.employee else ""
        return f"{how} {time_words(one.by.started_ms, view.now_ms, view.zone)}{person}, {one.by.provider}"
    mark = one.mark or Mark(0, "", "")
    words = f"dealt with {time_words(mark.marked_ms, view.now_ms, view.zone)} by {mark.who}"
    return f"{words}: {mark.note}" if mark.note else words


def settled_header(columns: MissedColumns) -> Line:
    """The names of the columns."""
    return Line((Span(f"{left('missed', columns.time)} {left('caller', _NUMBER_WIDTH)} what settled it", Role.DIM),))


def hidden_spans(call: Call, width: int, view: View) -> tuple[Span, ...]:
    """A missed call from a hidden number: when, at which provider, for whom, how long it waited."""
    mark = view.symbols.mark
    wait = "" if call.wait_ms is None else f"waited {duration_words(call.wait_ms)}"
    called = call.callee_name or number_words(call.callee)
    parts = [part for part in (call.provider, f"to {called}" if called else "", place_words(call), wait) if part]
    time = left(time_words(call.started_ms, view.now_ms, view.zone), OTHER_DAY_WIDTH, mark)
    outcome = Span(f" {view.symbols.outcome(call.status)} ", OUTCOME_ROLES[call.status])
    words = crop(f" {view.symbols.dot} ".join(parts), width - OTHER_DAY_WIDTH - 3, mark)
    return (Span(time, Role.DIM), outcome, Span(words))


def caller_call_spans(call: Call, width: int, view: View) -> tuple[Span, ...]:
    """One call of a caller: when, how it ended, in or out, where, and how long it waited or talked."""
    mark = view.symbols.mark
    answered, inbound = call.status is Status.ANSWERED, call.direction is Direction.IN
    provider = 9 if width >= 46 else 0
    what = ("talked" if answered else "waited") if width >= 58 else ""
    length_ms = call.talk_ms if answered else call.wait_ms
    length = "" if length_ms is None else duration_words(length_ms)
    place = place_words(call) or call.callee_name or number_words(call.callee if inbound else call.caller)
    fixed = OTHER_DAY_WIDTH + 1 + 2 + 4 + (provider + 1 if provider else 0) + _LENGTH_WIDTH + (len(what) + 1 if what else 0)
    spans = [
        Span(left(time_words(call.started_ms, view.now_ms, view.zone), OTHER_DAY_WIDTH, mark) + " ", Role.DIM),
        Span(f"{view.symbols.outcome(call.status)} ", OUTCOME_ROLES[call.status]),
        Span(left(DIRECTION_WORDS[call.direction], 4), Role.DIM),
        Span(left(place, width - fixed, mark)),
    ]
    if provider:
        spans.append(Span(" " + left(call.provider, provider, mark), Role.DIM))
    if what:
        spans.append(Span(f" {what if length else ' ' * len(what)}", Role.DIM))
    spans.append(Span(right(length, _LENGTH_WIDTH, mark)))
    return tuple(spans)


def caller_facts(row: CallBack, view: View) -> tuple[str, ...]:
    """What is known of a caller, in short sentences."""
    first, last = (time_words(instant, view.now_ms, view.zone) for instant in (row.first_missed_ms, row.last_missed_ms))
    tries = counted(row.tries, "try", "tries")
    waits = f"{tries} in vain {view.symbols.dot} {age_words(view.now_ms - row.first_missed_ms)} ago"
    when = f"first {first}, last {last}" if row.tries > 1 else f"missed {first}"
    return (waits, f"{when} {view.symbols.dot} {', '.join(row.providers)}", *([row.check_first] if row.check_first else ()))
