"""The filter language in the words of the API: `filter` and `search` of the sessions, and of the call logs.

What is asked for is never narrower than the clause. A row whose field is empty meets no comparison, not even `ne`, so nothing
is asked about a field that a matching call may lack; and the API compares text with its case, so letters are left to `search`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from calls.filters import FilterContext, Reach
from calls.filters.conditions import FALSE, TRUE
from calls.filters.criteria import IdLike, Local, Member, TextLike
from calls.filters.nodes import AnyOf, Clause, Node, Not
from calls.filters.numbers import NumberLike, Word
from calls.filters.patterns import Pattern
from calls.filters.started import Started
from calls.model import Direction, Source, Status, Window
from providers.plan import MOST_COMBINATIONS, How, Translation, is_one_time
from providers.portsip.calls import BUSY_CODES, DIRECTIONS
from providers.portsip.odata import LONGEST_LITERAL, Text, before, compare, compare_number, since, text_test
from providers.portsip.odata import whole_seconds as cut
from providers.portsip.spellings import SHORTEST_PART, conditions, core, holding, is_separated

FILTER, SEARCH, TIME = "filter", "search", "started_at"
LEGS_FILTER, LEGS_SEARCH = "calllogs filter", "calllogs search"
JOINED = {FILTER: " and ", TIME: " and "}
Branch = Mapping[str, str]

_SECONDS = "the API is asked in whole seconds, so the edges are checked here"
_ONE_STRETCH = "the API is asked for one stretch of time, so the rest is checked here"
_NO_TIME_LEFT = "nothing is asked, because no such time lies within the history that is read"
_WIDER = "the API is asked for no less than this, and the answer is checked here"
_CASE = "the API compares letters with their case, so this is applied to the answer"
_PARTS = "a part of it cannot be asked for, so this is applied to the answer"
_EMPTY = "the API leaves out rows whose field is empty, so this is applied to the answer"

LOCAL: dict[str, str] = {
    "": "such a short part may stand anywhere, so it is looked for in the answer",
    "hour": "the API knows no local hours, so this is applied to the answer",
    "weekday": "the API knows no weekdays, so this is applied to the answer",
    "direction": _EMPTY,
    "status": "whether a person answered is told from the call logs of the answer",
    "duration": "the talk time is that of the persons' call logs, so it is looked at here",
    "ring": "computed from the times of the answer",
    "wait": "computed from the times of the answer",
}
IMPOSSIBLE: dict[str, str] = {
    "project": "PortSIP has no projects",
    "has": "call records do not tell of recordings, transcriptions or monitoring",
    "external": "the text given when a call was started is not kept unless keep_user_data is set",
}
_CODES: Mapping[str, tuple[str, ...]] = {
    Status.BUSY: tuple(compare_number("status_code", "eq", code) for code in sorted(BUSY_CODES)),
    Status.CONGESTION: (compare_number("status_code", "eq", 503), compare("reroute_reason", "eq", "CAPACITY_BLOCKED")),
    Status.FAILED: (f"{compare_number('status_code', 'ge', 400)} and {compare_number('status_code', 'lt', 700)}",),
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The clauses of one filter, read for one provider. `window` is the stretch that the whole filter asks for."""

    source: Source
    now_ms: int
    window: Window
    keeps_user_data: bool

    def translate(self, node: Node) -> Translation:
        """What becomes of a clause, or of several that are joined by "or"."""
        why = self._unknown(node)
        if why:
            return Translation(How.IMPOSSIBLE, (), why)
        reach = node.reach(self.now_ms, self.source)
        if self.window.empty:
            return Translation(How.LOCAL, (), _NO_TIME_LEFT)
        if is_one_time(node):
            exact = all(edge is None or edge == cut(edge) for edge in (reach.start_ms, reach.end_ms))
            return Translation(How.SENT if exact else How.NARROWED, ({TIME: _edges(reach)},), "" if exact else _SECONDS)
        branches = self._branches(node)
        if branches:
            return Translation(How.SENT, branches) if _is_one_id(node) else Translation(How.NARROWED, branches, _WIDER)
        if reach != Reach():
            return Translation(How.NARROWED, ({TIME: _edges(reach)},), _ONE_STRETCH)
        return Translation(How.LOCAL, (), _left_to_us(node))

    def _unknown(self, node: Node) -> str:
        """Why the records cannot tell whether a call matches, "" when they can."""
        if node.sql(FilterContext(self.now_ms, {self.source.name: self.source})) in (TRUE, FALSE):
            return ""  # what names providers decides it, whatever else stands there
        if isinstance(node, Clause):
            return "" if node.field == "external" and self.keeps_user_data else IMPOSSIBLE.get(node.field, "")
        parts = (node.part,) if isinstance(node, Not) else node.parts
        return next(filter(None, map(self._unknown, parts)), "")

    def _branches(self, node: Node, *, excluded: bool = False) -> tuple[Branch, ...]:
        """Sets of parameters of which one at least finds each call that meets the node; none where that cannot be said."""
        if isinstance(node, Not):
            return self._branches(node.part, excluded=not excluded)
        if isinstance(node, Clause):
            return self._excluded(node) if excluded else self._clause(node)
        parts = [self._branches(part, excluded=excluded) for part in node.parts]
        return _either(parts) if isinstance(node, AnyOf) is not excluded else _all(parts)

    def _clause(self, clause: Clause) -> tuple[Branch, ...]:
        named = {direction for value in clause.values for direction in _directions(clause.field, value)}
        return _of_directions(named) if named else _either([self._value(clause.field, each) for each in clause.values])

    def _excluded(self, clause: Clause) -> tuple[Branch, ...]:
        left_out = {direction for value in clause.values for direction in _directions(clause.field, value)}
        if left_out:
            return _of_directions(set(Direction) - left_out)
        if not is_one_time(clause):
            return ()
        reach = clause.reach(self.now_ms, self.source)
        earlier = [] if reach.start_ms is None else [before(reach.start_ms)]
        later = [] if reach.end_ms is None else [since(reach.end_ms)]
        return tuple({FILTER: condition} for condition in (*earlier, *later))

    def _value(self, field: str, value: object) -> tuple[Branch, ...]:
        match value:
            case Started():
                reach = value.reach(self.now_ms, self.source)
                return () if reach == Reach() else ({FILTER: _edges(reach)},)
            case Member():
                return tuple({FILTER: condition} for condition in _CODES.get(value.text, ()))
            case IdLike():
                return _like("user_data" if field == "external" else "id", value.pattern)
            case NumberLike() if not value.withheld:
                return self._numbers(value)
            case TextLike():
                return _text(field, value.pattern)
            case Word():
                return self._word(value.pattern)
            case _:
                return ()

    def _numbers(self, value: NumberLike) -> tuple[Branch, ...]:
        if not value.pattern.caseless:
            return _found(value.pattern, legs=False)
        some: list[tuple[Branch, ...]] = []
        for party in value.parties:
            field: Text = "caller" if party == "caller" else "callee"
            found = conditions(field, value.pattern, self.source.country_code)
            some.append(tuple({FILTER: condition} for condition in found or ()))
        return _either(some)

    def _word(self, pattern: Pattern) -> tuple[Branch, ...]:
        """A word: with letters by `search`, of digits by every field in which it may stand."""
        if not pattern.caseless:
            return _found(pattern, legs=True)
        part = core(pattern, self.source.country_code)
        if not part:
            return ()
        parts = dict.fromkeys([part, *([pattern.longest_literal] if is_separated(pattern.literal) else [])])
        names: tuple[Text, ...] = ("caller_display_name", "callee_display_name", "service_number")
        legs: tuple[Text, ...] = ("callee", "callee_display_name", "service_number")
        sessions = [*holding("caller", part), *holding("callee", part)]
        sessions += [text_test("contains", field, each) for field in names for each in parts]
        in_legs = [text_test("contains", field, each) for field in legs for each in parts]
        return (*({FILTER: each} for each in sessions), *({LEGS_FILTER: each} for each in in_legs))


def _either(parts: Sequence[tuple[Branch, ...]]) -> tuple[Branch, ...]:
    """The branches of all parts, each once; none where one part cannot be asked for."""
    if not all(parts):
        return ()
    return tuple({tuple(sorted(branch.items())): branch for part in parts for branch in part}.values())


def _edges(reach: Reach) -> str:
    start = [] if reach.start_ms is None else [since(reach.start_ms)]
    end = [] if reach.end_ms is None else [before(reach.end_ms)]
    return " and ".join([*start, *end])


def _all(parts: Sequence[tuple[Branch, ...]]) -> tuple[Branch, ...]:
    """The branches of all parts that can be asked for, one of each put together where they fit into one request."""
    found: tuple[Branch, ...] = ()
    for part in filter(None, parts):
        if len(found) * len(part) > MOST_COMBINATIONS:
            continue
        merged = [_merged(one, other) for one, other in product(found or ({},), part)]
        kept = tuple(each for each in merged if each is not None)
        # What does not fit beside the others is left to the check of the answer.
        found = kept if len(kept) == len(merged) else found
    return found


def _merged(one: Branch, other: Branch) -> Branch | None:
    both = {**one, **other}
    for name in one.keys() & other.keys():
        if one[name] != other[name]:
            if name not in JOINED:
                return None
            both[name] = f"{one[name]}{JOINED[name]}{other[name]}"
    return both


def _directions(field: str, value: object) -> set[Direction]:
    """The directions that a value names."""
    if isinstance(value, Local):
        return {Direction.INTERNAL} if value.text == "yes" else {Direction.IN, Direction.OUT}
    return {Direction(value.text)} if isinstance(value, Member) and field == "direction" else set()


def _of_directions(wanted: set[Direction]) -> tuple[Branch, ...]:
    """What is known to be another direction is left out, so that a value the document does not name is let through."""
    others = [compare("direction", "ne", name) for name, direction in DIRECTIONS.items() if direction not in wanted]
    return ({FILTER: " and ".join(others)},) if wanted and others else ()


def _like(field: Text, pattern: Pattern) -> tuple[Branch, ...]:
    """A text compared with its case."""
    if not pattern.wild:
        return ({FILTER: compare(field, "eq", pattern.literal)},) if _fits(pattern.literal) else ()
    first, last, longest = pattern.pieces[0], pattern.pieces[-1], pattern.longest_literal
    if isinstance(first, str) and _fits(first):
        return ({FILTER: text_test("startswith", field, first)},)
    if isinstance(last, str) and _fits(last):
        return ({FILTER: text_test("endswith", field, last)},)
    return ({FILTER: text_test("contains", field, longest)},) if _fits(longest) else ()


def _text(field: str, pattern: Pattern) -> tuple[Branch, ...]:
    if field == "employee":
        return _found(pattern, legs=True)
    if not pattern.caseless:
        return ()
    if field == "queue":
        some = _like("service_number", pattern), _like("callee", pattern)
        legs = tuple({LEGS_FILTER: branch[FILTER]} for part in some for branch in part)
        return (*some[0], *some[1], *legs)
    return _like("did_cid" if field == "route" else "trunk", pattern)


def _found(pattern: Pattern, *, legs: bool) -> tuple[Branch, ...]:
    """Words with letters, which `search` looks for without case; in the names of the call logs' persons too."""
    text = pattern.longest_literal.strip()
    if (
        not any(character.isalpha() for character in text)
        or not _fits(text)
        or len(text) < (SHORTEST_PART if pattern.wild else 1)
    ):
        return ()
    return ({SEARCH: text}, {LEGS_SEARCH: text}) if legs else ({SEARCH: text},)


def _fits(text: str) -> bool:
    return bool(text) and len(text) <= LONGEST_LITERAL and text.isprintable()


def _is_one_id(node: Node) -> bool:
    return isinstance(node, Clause) and node.field in ("id", "linked") and not any(
        isinstance(value, IdLike) and value.pattern.wild for value in node.values
    )  # fmt: skip


def _left_to_us(node: Node) -> str:
    """Why a clause is applied to the answer."""
    clause = node.part if isinstance(node, Not) else node
    if not isinstance(clause, Clause):
        return _PARTS
    if isinstance(node, Not):
        return _EMPTY if clause.field not in ("hour", "weekday") else LOCAL[clause.field]
    return LOCAL.get(clause.field, _CASE)
