"""The clauses of a filter in the words of the statistics request.

The answer holds totals: what the request cannot leave out cannot be taken out afterwards, unless it is an employee or an
hour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from calls.filters import FilterContext, Reach, fold
from calls.filters.conditions import FALSE, TRUE
from calls.filters.criteria import Duration, TextLike
from calls.filters.nodes import AllOf, AnyOf, Clause, Node, Not
from calls.model import Source, Window
from calls.times import format_rfc3339, local_date, local_day_window
from providers.plan import How, Translation, is_one_time

EMPLOYEES_NOT_NUMBERS = "Telecom X knows employees, not numbers"
_NO_CALLS = "Telecom X gives totals, not calls"
_NO_INTERNAL = "Telecom X can leave internal calls out, but not count them alone"
_NO_LONGEST = "Telecom X can leave out calls below whole seconds, but not longer ones"
_NO_OR = 'totals for alternatives cannot be told apart, so Telecom X cannot be asked with "or" here'
_NOT_EXACT = "days are asked whole, and the hours of the answer are chosen here"
IMPOSSIBLE: Mapping[str, str] = {
    "number": EMPLOYEES_NOT_NUMBERS,
    "caller": EMPLOYEES_NOT_NUMBERS,
    "callee": EMPLOYEES_NOT_NUMBERS,
    "status": "Telecom X counts answered and unanswered calls side by side, and cannot be asked for one kind",
    "queue": "the statistics have no queues",
    "project": "the statistics have no projects",
    "route": "the statistics have no routes",
    "trunk": "the statistics have no lines to the outside",
    "ring": "the statistics have no ringing times",
    "wait": "the statistics have no waiting times",
    "id": _NO_CALLS,
    "linked": _NO_CALLS,
    "external": _NO_CALLS,
    "has": "the statistics do not tell of recordings, transcriptions or monitoring",
}
TIMES = frozenset({"from", "to", "since", "on"})
_IDENTIFIER = re.compile(r"[0-9a-fA-F]{24}")
_WAYS = {frozenset({"in"}): "IN", frozenset({"out"}): "OUT", frozenset({"in", "out"}): "BOTH"}


@dataclass(slots=True)
class Directory:
    """The employees that answers have named: ids with their names and extension numbers, folded."""

    names: dict[str, set[str]] = field(default_factory=dict)

    def learn(self, employee: Mapping[str, object]) -> None:
        """Keeps what one entry of an answer says of its employee."""
        identifier = employee.get("employeeId")
        if not isinstance(identifier, str) or not re.fullmatch(r"[0-9A-Za-z]{1,64}", identifier):
            return
        known = self.names.setdefault(identifier, set())
        for member in ("employeeName", "extensionNumber"):
            value = employee.get(member)
            if isinstance(value, str) and value:
                known.add(fold(value))

    def ids(self, value: TextLike) -> tuple[str, ...]:
        """The ids of a name, an extension number or an id; none when it is unknown or has wildcards."""
        if value.pattern.wild:
            return ()
        literal = value.pattern.literal
        if literal in self.names or _IDENTIFIER.fullmatch(literal):
            return (literal,)
        return tuple(identifier for identifier, names in self.names.items() if fold(literal) in names)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The clauses of one filter, read for one provider; `window` is the stretch that the whole filter asks for.

    `allowed` are the employees of the settings, all when empty.
    """

    source: Source
    now_ms: int
    window: Window
    zone: ZoneInfo
    directory: Directory
    allowed: tuple[str, ...] = ()

    def translate(self, node: Node) -> Translation:
        """What becomes of a clause, or of several that are joined by "or"."""
        if node.sql(FilterContext(self.now_ms, {self.source.name: self.source})) in (TRUE, FALSE):
            return Translation(How.LOCAL, (), "the names of providers decide it")
        if isinstance(node, Clause):
            return self._clause(node)
        if isinstance(node, Not) and isinstance(node.part, Clause):
            return self._without(node.part)
        return self._joined(node)

    def _clause(self, clause: Clause) -> Translation:
        texts = frozenset(value.text for value in clause.values)
        match clause.field:
            case name if name in TIMES:
                return self._timed(clause)
            case "direction":
                return _directed(texts)
            case "local":
                return _local(texts)
            case "employee":
                return self._employees(clause)
            case "duration":
                return _lasting(clause)
            case "hour" | "weekday":
                return Translation(How.NARROWED, ({"groupingInterval": "HOUR"},), "hours are asked for and chosen here")
            case "":
                return Translation(How.LOCAL, (), "words are looked for in the names and extensions of the employees")
        return Translation(How.IMPOSSIBLE, (), IMPOSSIBLE.get(clause.field, _NO_CALLS))

    def _without(self, clause: Clause) -> Translation:
        texts = frozenset(value.text for value in clause.values)
        if clause.field == "direction":
            return _directed(frozenset({"in", "out", "internal"}) - texts)
        if clause.field == "local":
            return _local(frozenset({"yes", "no"}) - texts)
        if clause.field == "duration":
            return Translation(How.IMPOSSIBLE, (), _NO_LONGEST)
        if clause.field in TIMES or clause.field == "employee":
            what = "employees" if clause.field == "employee" else "hours"
            return Translation(How.LOCAL, (), f"the API has no word for exclusion, so {what} are left out of the answer here")
        return self._clause(clause)

    def _joined(self, node: Node) -> Translation:
        for clause in node.clauses():
            if clause.field in IMPOSSIBLE:
                return Translation(How.IMPOSSIBLE, (), IMPOSSIBLE[clause.field])
            if clause.field in ("direction", "local", "duration"):
                return Translation(How.IMPOSSIBLE, (), _NO_OR)
        if isinstance(node, (AllOf, AnyOf)) and node.reach(self.now_ms, self.source) != Reach():
            return self._timed(node)
        return Translation(How.LOCAL, (), "alternatives are chosen from the answer here")

    def _timed(self, node: Node) -> Translation:
        reach = node.reach(self.now_ms, self.source)
        if reach == Reach() or self.window.empty:
            return Translation(How.LOCAL, (), "no such time lies within the history that is asked for")
        edges = {}
        if reach.start_ms is not None:
            edges["from"] = format_rfc3339(self.window.start_ms)
        if reach.end_ms is not None:
            edges["to"] = format_rfc3339(self.window.end_ms - 1)
        exact = is_one_time(node) and all(
            edge is None or self._midnight(edge) or edge > self.now_ms for edge in (reach.start_ms, reach.end_ms)
        )
        return Translation(How.SENT if exact else How.NARROWED, (edges,), "" if exact else _NOT_EXACT)

    def _midnight(self, edge_ms: int) -> bool:
        return local_day_window(local_date(edge_ms, self.zone), self.zone).start_ms == edge_ms

    def _employees(self, clause: Clause) -> Translation:
        found: list[str] = []
        for value in clause.values:
            ids = self.directory.ids(value) if isinstance(value, TextLike) else ()
            if not ids:
                return Translation(How.LOCAL, (), "no id is known for this name yet, so employees are chosen here")
            found += [identifier for identifier in ids if identifier not in found]
        kept = [identifier for identifier in found if not self.allowed or identifier in self.allowed]
        if not kept:
            return Translation(How.LOCAL, (), "the settings name other employees")
        return Translation(How.SENT, ({"employee" if len(kept) == 1 else "employees": ",".join(kept)},))


def _directed(wanted: frozenset[str]) -> Translation:
    if wanted == {"in", "out", "internal"}:
        return Translation(How.LOCAL, (), "every call has one of these directions")
    way = _WAYS.get(wanted)
    if way is None:
        return Translation(How.IMPOSSIBLE, (), _NO_INTERNAL)
    # The vendor's IN and OUT hold internal calls too, once for each of the two employees.
    return Translation(How.SENT, ({"direction": way, "ignoreLocal": "true"},))


def _local(wanted: frozenset[str]) -> Translation:
    if wanted == {"no"}:
        return Translation(How.SENT, ({"ignoreLocal": "true"},))
    if wanted == {"yes", "no"}:
        return Translation(How.LOCAL, (), "every call is one or the other")
    return Translation(How.IMPOSSIBLE, (), _NO_INTERNAL)


def _lasting(clause: Clause) -> Translation:
    """`>=30s` leaves out what is shorter than 30, `>30s` what is shorter than 31: the vendor counts whole seconds."""
    lows: list[int] = []
    for value in clause.values:
        low_ms = value.amount.low_ms if isinstance(value, Duration) and value.amount.high_ms is None else None
        if low_ms is None or low_ms % 1000 > 1:
            return Translation(How.IMPOSSIBLE, (), _NO_LONGEST)
        lows.append(-(-low_ms // 1000))
    return Translation(How.SENT, ({"ignoreBelow": str(min(lows))},))
