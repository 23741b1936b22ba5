"""The columns of the table of calls: what each is called, how wide it is, and how a call reads in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calls.model import Call, Status
from tui.lines.calls import DIRECTION_WORDS, OUTCOME_ROLES, party
from tui.lines.line import Role, Span, left, right
from tui.lines.view import View
from tui.lines.words import MONTHS, WEEKDAYS, duration_words, grouped, moment, number_words, who_words

Draw = Callable[[Call, int, View], tuple[Span, ...]]
NARROWEST, WIDEST = 1, 60
# From these widths on a time has its seconds and its weekday, a person the number beside the name, an outcome its word.
_SECONDS_FROM, _WEEKDAY_FROM, _NUMBER_FROM, _WORD_FROM = 15, 19, 30, 6
_NUMBER_WIDTH = 17
# Older times need their year, for which the time of day gives way.
_YEAR_DAYS = 300


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `width` is what it usually has, `least` what it can do with and `tight` what it can shrink to, in cells;
    `growth` its share of what is left over. The greater its `rank`, the sooner it is left out where there is little room.

    `order` is a name of `calls.cache.listing.ORDERS`, "" where calls cannot be sorted by it; `fields` are the columns of an
    export that say the same. `draw` gives spans of exactly so many cells. `about` says what it holds.
    """

    name: str
    title: str
    about: str
    width: int
    least: int
    rank: int
    draw: Draw
    order: str = ""
    growth: int = 0
    narrowest: int | None = None
    numeric: bool = False
    shown: bool = True
    fields: tuple[str, ...] = ()

    @property
    def tight(self) -> int:
        """The fewest cells it can do with when no other column can be left out."""
        return self.least if self.narrowest is None else self.narrowest


def when_words(instant_ms: int, width: int, view: View) -> tuple[str, str]:
    """A day and a time of day in `width` cells, against the right edge. Today has no day, so that it stands out."""
    then, now = moment(instant_ms, view.zone), moment(view.now_ms, view.zone)
    days = (now.date() - then.date()).days
    if abs(days) > _YEAR_DAYS:
        return right(f"{then.day} {MONTHS[then.month - 1]} {then.year}", width, view.symbols.mark), ""
    clock = f"{then:%H:%M:%S}" if width >= _SECONDS_FROM else f"{then:%H:%M}"
    day = f"{then.day} {MONTHS[then.month - 1]} " if days else ""
    if day and width >= _WEEKDAY_FROM:
        day = f"{WEEKDAYS[then.weekday()]} {day}"
    return right(day, width - len(clock), view.symbols.mark), clock[: max(0, width)]


def _time(call: Call, width: int, view: View) -> tuple[Span, ...]:
    day, clock = when_words(call.started_ms, width, view)
    return Span(day, Role.DIM), Span(clock)


def _outcome(call: Call, width: int, view: View) -> tuple[Span, ...]:
    role, symbol = OUTCOME_ROLES[call.status], view.symbols.outcome(call.status)
    if width < _WORD_FROM:
        return (Span(left(symbol, width), role),)
    word_role = Role.DIM if call.status is Status.ANSWERED else role
    return Span(f"{symbol} ", role), Span(left(call.status.value, width - 2, view.symbols.mark), word_role)


def _person(name: str, number: str, width: int, view: View) -> tuple[Span, ...]:
    mark = view.symbols.mark
    if name and number and width >= _NUMBER_FROM:
        rest = width - _NUMBER_WIDTH - 1
        return Span(left(name, rest, mark) + " "), Span(left(number_words(number), _NUMBER_WIDTH, mark), Role.DIM)
    return (Span(party(who_words(name, number), number, width, mark)),)


def _caller(call: Call, width: int, view: View) -> tuple[Span, ...]:
    return _person(call.caller_name, call.caller, width, view)


def _callee(call: Call, width: int, view: View) -> tuple[Span, ...]:
    if not call.callee and not call.callee_name:
        return (Span(left("unknown", width, view.symbols.mark), Role.DIM),)
    return _person(call.callee_name, call.callee, width, view)


def _text(value: Callable[[Call], str], role: Role = Role.DIM) -> Draw:
    def draw(call: Call, width: int, view: View) -> tuple[Span, ...]:
        return (Span(left(value(call), width, view.symbols.mark), role),)

    return draw


def _number(value: Callable[[Call], str], role: Role = Role.DIM) -> Draw:
    def draw(call: Call, width: int, view: View) -> tuple[Span, ...]:
        return (Span(right(value(call), width, view.symbols.mark), role),)

    return draw


def _duration(value: Callable[[Call], int | None]) -> Callable[[Call], str]:
    def words(call: Call) -> str:
        found = value(call)
        return "" if found is None else duration_words(found)

    return words


def _has_words(call: Call) -> str:
    parts = (("rec", call.has_recording), ("text", call.has_transcription), ("mon", call.has_monitor))
    return " ".join(word for word, there in parts if there)


_wait, _ring = _duration(lambda call: call.wait_ms), _duration(lambda call: call.ring_ms)
_talk = _duration(lambda call: call.talk_ms if call.status is Status.ANSWERED else None)

COLUMNS: tuple[Column, ...] = (
    Column("time", "time", "when the call began", 12, 12, 0, _time, "started", fields=("started_at",)),
    Column("outcome", "outcome", "how it ended", 12, 10, 4, _outcome, "status", narrowest=1, fields=("status",)),
    Column(
        "direction", "dir", "in, out or internal", 3, 3, 7, _text(lambda call: DIRECTION_WORDS[call.direction]),
        "direction", fields=("direction",),
    ),
    Column(
        "provider", "via", "the provider", 9, 6, 5, _text(lambda call: call.provider), "provider", fields=("provider",),
    ),
    Column(
        "caller", "from", "who rang", 18, 15, 1, _caller, "caller", growth=4, narrowest=11,
        fields=("caller", "caller_name"),
    ),
    Column(
        "callee", "to", "who was rung", 18, 13, 2, _callee, "callee", growth=4, narrowest=9,
        fields=("callee", "callee_name"),
    ),
    Column(
        "queue", "queue", "the queue", 12, 6, 8, _text(lambda call: call.queue), "queue", growth=1, fields=("queue",),
    ),
    Column(
        "employee", "employee", "who talked longest", 14, 8, 9, _text(lambda call: call.employee), "employee", growth=1,
        fields=("employee",),
    ),
    Column(
        "legs", "legs", "how many legs it had", 4, 4, 11, _number(lambda call: grouped(call.leg_count)), "legs",
        numeric=True, shown=False, fields=("legs",),
    ),
    Column(
        "ring", "ring", "how long it rang", 6, 5, 10, _number(_ring), "ring", numeric=True, shown=False,
        fields=("ring_seconds",),
    ),
    Column(
        "wait", "wait", "how long the caller waited", 6, 5, 6, _number(_wait), "wait", numeric=True,
        fields=("wait_seconds",),
    ),
    Column(
        "talk", "talk", "how long they talked", 7, 7, 3, _number(_talk, Role.TEXT), "talk", numeric=True,
        fields=("talk_seconds",),
    ),
    Column("project", "project", "the project", 12, 6, 12, _text(lambda call: call.project), shown=False, fields=("project",)),
    Column("route", "route", "the route in", 12, 6, 13, _text(lambda call: call.route), shown=False, fields=("route",)),
    Column("trunk", "trunk", "the trunk", 12, 6, 14, _text(lambda call: call.trunk), shown=False, fields=("trunk",)),
    Column(
        "has", "has", "a recording, a transcription, a monitor", 12, 8, 15, _text(_has_words), shown=False,
        fields=("has_recording", "has_transcription", "has_monitor"),
    ),
    Column(
        "doubt", "doubt", "what is doubtful about it", 24, 8, 16, _text(lambda call: call.doubt, Role.LATE), shown=False,
        growth=1, fields=("approximate", "doubt"),
    ),
    Column("id", "id", "the provider's own id", 20, 8, 17, _text(lambda call: call.id), shown=False, fields=("id",)),
)  # fmt: skip
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
