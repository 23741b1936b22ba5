"""The table of fields: for each, what it means, which values it takes, and how a value becomes a criterion.

A criterion carries its SQL and its test in Python. Providers add their own reading, the parameters of an API, by the name
of the field and the criterion of a clause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calls.filters.amounts import read_amount, read_positions
from calls.filters.conditions import Criterion
from calls.filters.criteria import Duration, Flag, IdLike, Local, Member, OnCircle, SourceLike, TextLike
from calls.filters.errors import ValueMistake, nearest, quoted
from calls.filters.moments import DAY_WORDS, Ago, Moment, read_moment
from calls.filters.numbers import WITHHELD_PATTERN, NumberLike, Word
from calls.filters.patterns import Pattern
from calls.filters.started import Started
from calls.model import Direction, Status
from calls.text import is_withheld

HOURS = tuple(str(hour) for hour in range(24))
WEEKDAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FLAGS = ("recording", "transcription", "monitor")


@dataclass(frozen=True, slots=True)
class RawValue:
    """A value as typed: its plain text, and the same as a pattern with wildcards. `column` counts from 1."""

    text: str
    pattern: Pattern
    column: int
    in_quotes: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the language. `values` are those worth completing, all there are when `closed`."""

    name: str
    hint: str
    read: Callable[[RawValue], Criterion]
    values: tuple[str, ...] = ()
    closed: bool = False


def _one_of(raw: RawValue, values: tuple[str, ...]) -> str:
    typed = raw.text.lower()
    if typed in values:
        return typed
    listed = f"{', '.join(values[:-1])} or {values[-1]}"
    raise ValueMistake(f"{quoted(raw.text)} is not a value here: write {listed}", nearest(typed, values))


def _without_order(raw: RawValue) -> Pattern:
    if raw.text[:1] in {"<", ">"} and not raw.in_quotes:
        raise ValueMistake(f"{raw.text[0]} compares durations and hours only; put the value in quotes to look for it as text")
    return raw.pattern


def _member(name: str, hint: str, values: tuple[str, ...]) -> Field:
    return Field(name, hint, lambda raw: Member(name, _one_of(raw, values)), values, closed=True)


def _text(name: str, hint: str) -> Field:
    return Field(name, hint, lambda raw: TextLike(name, _without_order(raw)))


def _identifier(name: str, hint: str, column: str) -> Field:
    return Field(name, hint, lambda raw: IdLike(column, name, _without_order(raw)))


def _number(name: str, hint: str, parties: tuple[str, ...]) -> Field:
    def read(raw: RawValue) -> Criterion:
        pattern = _without_order(raw)
        hidden = not pattern.wild and is_withheld(pattern.literal)
        return NumberLike(parties, WITHHELD_PATTERN if hidden else pattern, by_name=len(parties) == 1)

    return Field(name, hint, read, (WITHHELD_PATTERN.literal,))


def _duration(name: str, hint: str, column: str) -> Field:
    return Field(name, hint, lambda raw: Duration(column, read_amount(raw.text)))


def _edge(raw: RawValue) -> Moment:
    if raw.text[:1] in {"<", ">"} or ".." in raw.text:
        raise ValueMistake("a time takes no comparison and no range: use since: and to:, or on: with a range of days")
    return read_moment(raw.text)


def _from(raw: RawValue) -> Criterion:
    moment = _edge(raw)
    return Started(moment.text, first=moment)


def _to(raw: RawValue) -> Criterion:
    moment = _edge(raw)
    return Started(moment.text, last=moment)


def _on(raw: RawValue) -> Criterion:
    first, dots, last = raw.text.partition("..")
    start, end = _whole(first), _whole(last if dots else first)
    return Started(f"{start.text}..{end.text}" if dots else start.text, first=start, last=end)


def _whole(text: str) -> Moment:
    if text[:1] in {"<", ">"}:
        raise ValueMistake("a day takes no comparison: use since: or to:")
    moment = read_moment(text)
    if not isinstance(moment, Ago):
        return moment
    if moment.day is None:
        raise ValueMistake(f"a day is asked for, and {quoted(text)} is an instant", f"since:{moment.text}")
    return moment.day


_ALL = (
    Field("from", "started at or after this time", _from, DAY_WORDS),
    Field("to", "started before this time ended: a date counts to its midnight, a minute to its last second", _to, DAY_WORDS),
    Field("since", "started at or after this time", _from, DAY_WORDS),
    Field("on", "started on this day, hour or minute, in this week or month, or in a range such as mon..today", _on, DAY_WORDS),
    Field(
        "hour",
        "started in these local hours: 8..17, 8,9 or >=17",
        lambda raw: OnCircle(read_positions(raw.text, HOURS)),
        HOURS,
        closed=True,
    ),
    Field(
        "weekday",
        "started on these local weekdays: mon..fri or sat,sun",
        lambda raw: OnCircle(read_positions(raw.text, WEEKDAY_NAMES), weekday=True),
        WEEKDAY_NAMES,
        closed=True,
    ),
    _member("direction", "in, out or internal, seen from the organisation", tuple(item.value for item in Direction)),
    _member("status", "how the call ended for its caller", tuple(item.value for item in Status)),
    _number("number", "number of caller or callee, in any spelling; * and ? are wildcards; withheld", ("caller", "callee")),
    _number("caller", "number or name of who called", ("caller",)),
    _number("callee", "number or name of who was called", ("callee",)),
    _text("employee", "the person who talked longest"),
    _text("queue", "the queue, ring group or service number"),
    _text("project", "the project the provider filed it under"),
    _text("route", "the inbound route or dialled number"),
    _text("trunk", "the line to the outside"),
    _duration("duration", "talk time: >30s, <=2m, 10s..2m", "talk_ms"),
    _duration("ring", "time it rang: >30s, <=2m, 10s..2m", "ring_ms"),
    _duration("wait", "time the caller waited for a person: >30s, <=2m, 10s..2m", "wait_ms"),
    _identifier("id", "the provider's identifier of the call", "call_id"),
    _identifier("linked", "the provider's identifier shared by linked calls", "linked"),
    _identifier("external", "the identifier another system gave the call", "external"),
    Field("has", "has a recording, a transcription or a monitor", lambda raw: Flag(_one_of(raw, FLAGS)), FLAGS, closed=True),
    Field(
        "local",
        "stayed inside the organisation: yes or no",
        lambda raw: Local(_one_of(raw, ("yes", "no"))),
        ("yes", "no"),
        True,
    ),
    Field(
        "customer",
        "the organisation whose telephony it is, by its configured name",
        lambda raw: SourceLike(_without_order(raw)),
    ),
    Field("provider", "the configured name of the provider", lambda raw: SourceLike(_without_order(raw))),
)

FIELDS: Mapping[str, Field] = {field.name: field for field in _ALL}
WORD = Field("", "part of a number or a name", lambda raw: Word(_words(raw)))


def _words(raw: RawValue) -> Pattern:
    if not raw.pattern.pieces:
        raise ValueMistake("empty quotes look for nothing")
    return raw.pattern
