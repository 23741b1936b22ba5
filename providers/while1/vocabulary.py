"""The filter language in the words of `POST /api/cdr`, whose eighteen filters look at single legs.

A filter holds for a call where it holds for one leg, and two filters of one request have to hold for the same leg. So a
request carries filters that surely meet in one leg, over a range of time that every leg of the calls lies in; the other
legs are fetched afterwards, and every clause is checked again on whole calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from calls.filters import Filter, Reach, fold
from calls.filters.criteria import IdLike, Member, OnCircle, TextLike
from calls.filters.nodes import Clause, Node, Not
from calls.filters.numbers import NumberLike
from calls.filters.patterns import Wild
from calls.model import Source
from calls.text import digits, normalise_number
from providers.plan import How, Translation, is_one_time
from providers.while1.rows import COMPARED_DIGITS

SHORTEST_RUN = 4
MOST_ALTERNATIVES = 8
_LEG = "the API looks at single legs, so calls are checked again when all their legs are here"
_TIMES = frozenset({"from", "to", "since", "on"})
_STATUSES: Mapping[str, tuple[str, ...]] = {
    "answered": ("ANSWERED",),
    "missed": ("NO ANSWER", "ANSWERED"),
    "busy": ("BUSY",),
    "failed": ("FAILED",),
    "congestion": ("CONGESTION", "FAILED"),
}
_FLAGS = {"recording": "has_recording_file", "transcription": "has_transcription", "monitor": "has_monitor_file"}
# Filters that look at the first leg of a call, where its direction and its caller are told.
_FIRST_LEG = frozenset({"direction", "source"})
# The likelier a filter finds few rows, the earlier it comes.
_RANK = (
    "linkedid", "uniqueid", "external_id", "telephone", "telephone_like", "source", "destination", "has_transcription",
    "has_monitor_file", "user_id", "project_id", "inbound_route_id", "has_recording_file", "call_status", "direction",
    "hour_between",
)  # fmt: skip
LOCAL: Mapping[str, str] = {
    "": "words are looked for in numbers and names, and the API has no such search",
    "weekday": "the API has hours but no weekdays",
    "direction": "the API calls internal calls IN or OUT; what is internal is told from the numbers",
    "local": "what is internal is told from the numbers",
    "number": "the API finds a number by four digits in a row at least",
    "caller": "the API finds a number by four digits in a row at least, and no names",
    "callee": "the API finds a number by four digits in a row at least, and no names",
    "employee": "the API wants the user's id, which user_ids in the settings can give",
    "project": "the API wants the project's id, which project_ids in the settings can give",
    "route": "the API wants the route's id, which route_ids in the settings can give",
    "queue": "the API does not filter by queue",
    "duration": "the API does not filter by talk time",
    "ring": "the API does not filter by ring time",
    "wait": "the API does not filter by waiting time",
    "id": "the API finds whole ids only",
    "linked": "the API finds whole ids only",
    "external": "the API finds whole ids only",
    "hour": "the API takes one stretch of hours",
}
IMPOSSIBLE: Mapping[str, str] = {"trunk": "While1's records do not tell the line to the outside"}


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids behind names, as the API wants them."""

    users: Mapping[str, str] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> Mapping[str, str]:
        """The ids for a field of the language, by name."""
        return {"employee": self.users, "project": self.projects, "route": self.routes}[name]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The clauses of one filter, read for one provider. `time_is_exact`: its stretch begins and ends with a second that came
    once; `dates` is that stretch as the API's own text."""

    source: Source
    now_ms: int
    ids: Ids
    chosen: frozenset[str]
    dates: str
    time_is_exact: bool

    def translate(self, node: Node) -> Translation:
        """What becomes of a clause, or of several that are joined by "or"."""
        if why := _unknown(node):
            return Translation(How.IMPOSSIBLE, (), why)
        if node.reach(self.now_ms, self.source) != Reach():
            exact = is_one_time(node) and self.time_is_exact and not self.chosen
            return Translation(How.SENT if exact else How.NARROWED, ({"date_between": self.dates},), "" if exact else _LEG)
        found = leg_filters(node, self.source, self.ids)
        names = {name for filters in found for name in filters}
        if found and names <= self.chosen:
            return Translation(How.NARROWED, found, _LEG)
        if found:
            return Translation(How.LOCAL, (), "the API would look for it in the same leg as the other clauses")
        inner = node.part if isinstance(node, Not) else node
        name = inner.field if isinstance(inner, Clause) else ""
        return Translation(How.LOCAL, (), LOCAL.get(name, _LEG))


def chosen_filters(wanted: Filter, source: Source, ids: Ids) -> frozenset[str]:
    """The filters to ask with: the likeliest to find few legs, and what surely holds for the same leg as it."""
    readings = [leg_filters(node, source, ids) for node in wanted.clauses if node.reach(0, source) == Reach()]
    families = {frozenset(name for filters in reading for name in filters): _rank(reading) for reading in readings if reading}
    if not families:
        return frozenset()
    best = min(families, key=lambda names: families[names])
    if best <= _FIRST_LEG:
        return frozenset(name for names in families if names <= _FIRST_LEG for name in names)
    return best


def _rank(reading: Sequence[Mapping[str, str]]) -> int:
    """The place in `_RANK` of a clause's filters; most legs are answered, so looking for those leaves out little."""
    if {"call_status": "ANSWERED"} in reading:
        return len(_RANK)
    return min(_RANK.index(name) for filters in reading for name in filters)


def leg_filters(node: Node, source: Source, ids: Ids) -> tuple[Mapping[str, str], ...]:
    """The sets of filters, each a request of its own, of which one finds a leg of every call the clause accepts; none where
    the API has no word for it."""
    if isinstance(node, Not):
        inner = node.part
        if isinstance(inner, Clause) and inner.field == "has" and len(inner.values) == 1:
            return ({_FLAGS[inner.values[0].text]: "0"},)
        return ()
    if not isinstance(node, Clause) or len(node.values) > MOST_ALTERNATIVES:
        return ()
    found: list[Mapping[str, str]] = []
    for value in node.values:
        filters = _of_value(node.field, value, source, ids)
        if not filters:
            return ()
        found += [each for each in filters if each not in found]
    return tuple(found)


def _of_value(name: str, value: object, source: Source, ids: Ids) -> tuple[Mapping[str, str], ...]:
    if isinstance(value, Member):
        if name == "status":
            return tuple({"call_status": status} for status in _STATUSES[value.text])
        return () if value.text == "internal" else ({"direction": value.text.upper()},)
    if isinstance(value, NumberLike):
        return _of_number(value, source)
    if isinstance(value, IdLike) and not value.pattern.wild and value.pattern.literal:
        text = value.pattern.literal
        if name == "external":
            return ({"external_id": text},)
        return () if text.startswith("row ") else ({"linkedid": text}, {"uniqueid": text})
    if isinstance(value, TextLike) and name in ("employee", "project", "route") and not value.pattern.wild:
        known = {fold(label): number for label, number in ids.of(name).items()}
        number = known.get(fold(value.pattern.literal))
        parameter = {"employee": "user_id", "project": "project_id", "route": "inbound_route_id"}[name]
        return () if number is None else ({parameter: number},)
    if isinstance(value, OnCircle) and not value.weekday:
        return _of_hours(value.positions.numbers)
    return ({_FLAGS[value_text]: "1"},) if name == "has" and (value_text := getattr(value, "text", "")) in _FLAGS else ()


def _of_hours(hours: Sequence[int]) -> tuple[Mapping[str, str], ...]:
    first, last = hours[0], hours[-1]
    if list(hours) != list(range(first, last + 1)):
        return ()
    return ({"hour_between": f"{first:02}:00:00,{last:02}:59:59"},)


def _of_number(value: NumberLike, source: Source) -> tuple[Mapping[str, str], ...]:
    if value.withheld or not value.pattern.caseless:
        return ()
    parameter = {"caller": "source", "callee": "destination"}[value.parties[0]] if len(value.parties) == 1 else ""
    if not value.pattern.wild:
        literal = value.pattern.literal
        if re.fullmatch(r"\d{2,5}", literal):
            # A short number is written in one way only.
            return ({parameter or "telephone": literal},)
        run = digits(normalise_number(literal, source.country_code))[-COMPARED_DIGITS:]
    else:
        runs = [
            _national(piece, source.country_code) if index == 0 else _longest_run(piece)
            for index, piece in enumerate(value.pattern.pieces)
            if not isinstance(piece, Wild)
        ]
        run = max(runs, key=len, default="")
    return ({parameter or "telephone_like": run},) if len(run) >= SHORTEST_RUN else ()


def _national(text: str, country_code: str) -> str:
    """The digits that stand in a number's beginning however it is written: without country code and leading zeros."""
    bare = re.sub(r"[ \-()./]", "", text)
    for prefix in (f"+{country_code}", f"00{country_code}", "+", "00", "0"):
        if bare.startswith(prefix):
            return _longest_run(bare[len(prefix) :])
    return _longest_run(bare.removeprefix(country_code) if country_code else bare)


def _longest_run(text: str) -> str:
    return max(re.findall(r"\d+", text), key=len, default="")


def _unknown(node: Node) -> str:
    """Why the feed cannot tell whether a call matches, "" when it can."""
    return next((IMPOSSIBLE[clause.field] for clause in node.clauses() if clause.field in IMPOSSIBLE), "")
