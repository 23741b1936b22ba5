"""A call on one line: time left, then how it ended, then who rang whom, and the talk time against the right edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from calls.model import Call, Direction, Status
from tui.lines.line import Line, Role, Span, left, right
from tui.lines.view import View
from tui.lines.words import OTHER_DAY_WIDTH, TODAY_WIDTH, duration_words, number_words, time_words, who_words

OUTCOME_ROLES = {
    Status.ANSWERED: Role.GOOD,
    Status.MISSED: Role.BAD,
    Status.BUSY: Role.LATE,
    Status.FAILED: Role.BAD,
    Status.CONGESTION: Role.LATE,
}
DIRECTION_WORDS = {Direction.IN: "in", Direction.OUT: "out", Direction.INTERNAL: "int"}

_WORD_WIDTH = 11
_DIRECTION_WIDTH = 3
_TALK_WIDTH = 7
_WAIT_WIDTH = 6


class CallColumns(NamedTuple):
    """Cells of each column of a list of calls; 0 leaves the column out."""

    time: int
    provider: int
    word: int
    direction: int
    caller: int
    callee: int
    place: int
    wait: int
    talk: int = _TALK_WIDTH


def columns_for(calls: Sequence[Call], width: int, view: View, provider: int = 0) -> CallColumns:
    """The columns that `width` cells have room for: the narrower, the fewer. `provider` is the width of the longest
    provider's name in a merged list, 0 in others."""
    today = all(len(time_words(call.started_ms, view.now_ms, view.zone)) <= TODAY_WIDTH for call in calls)
    time = TODAY_WIDTH if today else OTHER_DAY_WIDTH
    provider = min(provider, 12 if width >= 46 else 6)
    word = _WORD_WIDTH if width - provider >= 62 else 0
    direction = _DIRECTION_WIDTH if width - provider >= 68 else 0
    wait = _WAIT_WIDTH if width - provider >= 84 else 0
    place = 16 if width - provider >= 92 else 0
    fixed = sum(cells + 1 for cells in (time, provider, direction, wait, place) if cells)
    people = max(8, width - fixed - 2 - word - _TALK_WIDTH - 1)
    caller = min(28, (people - 3 + 1) * 11 // 20)
    callee = people - 3 - caller
    if place and callee > 28:
        callee, place = 28, place + callee - 28
    return CallColumns(time, provider, word, direction, caller, callee, place, wait)


def party(words: str, number: str, width: int, mark: str) -> str:
    """Somebody in exactly `width` cells; `words` as `who_words` gives them."""
    # A number loses its spaces before it loses digits.
    if cell_len(words) > width >= cell_len(number) and words == number_words(number):
        words = number
    return left(words, width, mark)


def call_spans(call: Call, columns: CallColumns, view: View) -> tuple[Span, ...]:
    """The line of one call, as wide as its columns together."""
    mark = view.symbols.mark
    role = OUTCOME_ROLES[call.status]
    spans = [Span(left(time_words(call.started_ms, view.now_ms, view.zone), columns.time, mark) + " ", Role.DIM)]
    if columns.provider:
        spans.append(Span(left(call.provider, columns.provider, mark) + " ", Role.DIM))
    outcome = view.symbols.outcome(call.status)
    spans.append(Span(f"{outcome} ", role))
    if columns.word:
        word_role = Role.DIM if call.status is Status.ANSWERED else role
        spans.append(Span(left(call.status.value, columns.word), word_role))
    if columns.direction:
        spans.append(Span(left(DIRECTION_WORDS[call.direction], columns.direction) + " ", Role.DIM))
    spans.append(Span(party(who_words(call.caller_name, call.caller), call.caller, columns.caller, mark)))
    spans.append(Span(f" {view.symbols.arrow} ", Role.FAINT))
    callee = call.callee_name or number_words(call.callee) or "unknown"
    spans.append(Span(party(callee, call.callee, columns.callee, mark)))
    if columns.place:
        spans.append(Span(" " + left(place_words(call), columns.place, mark), Role.DIM))
    if columns.wait:
        wait = "" if call.wait_ms is None else duration_words(call.wait_ms)
        spans.append(Span(" " + right(wait, columns.wait, mark), Role.DIM))
    talk = duration_words(call.talk_ms) if call.status is Status.ANSWERED else ""
    spans.append(Span(" " + right(talk, columns.talk, mark)))
    return tuple(spans)


def call_header(columns: CallColumns) -> Line:
    """The names of the columns, for lists wide enough to have more than the obvious ones."""
    spans = left("time", columns.time) + " "
    spans += left("via", columns.provider) + " " if columns.provider else ""
    spans += left("  outcome", columns.word + 2) if columns.word else "  "
    spans += left("dir", columns.direction) + " " if columns.direction else ""
    spans += left("from", columns.caller) + "   " + left("to", columns.callee)
    spans += " " + left("queue, employee", columns.place) if columns.place else ""
    spans += " " + right("wait", columns.wait) if columns.wait else ""
    return Line((Span(spans + " " + right("talk", columns.talk), Role.DIM),))


def place_words(call: Call) -> str:
    """The queue and the employee of a call, as far as known."""
    return ", ".join(part for part in (call.queue, call.employee) if part)


def call_detail(call: Call, view: View) -> str:
    """One sentence with everything the list has no room for."""
    caller = " ".join(part for part in (number_words(call.caller), call.caller_name) if part) or "withheld"
    callee = " ".join(part for part in (number_words(call.callee), call.callee_name) if part) or "unknown"
    parts = [f"{call.direction.value} {call.status.value}: {caller} {view.symbols.arrow} {callee}"]
    if call.queue:
        parts.append(f"queue {call.queue}")
    if call.employee:
        parts.append(f"by {call.employee}")
    if call.wait_ms is not None:
        parts.append(f"waited {duration_words(call.wait_ms)}")
    if call.status is Status.ANSWERED:
        parts.append(f"talked {duration_words(call.talk_ms)}")
    if call.leg_count > 1:
        parts.append(f"{call.leg_count} legs")
    if call.approximate:
        parts.append(call.doubt or "approximate")
    parts.append(call.provider)
    return f" {view.symbols.dot} ".join(parts)


def other_number(call: Call) -> str:
    """The number of the party outside: who rang in, or who was rung."""
    return call.callee if call.direction is Direction.OUT else call.caller
