"""The filter language in the words of the API, which are two: `from` and `to`.

What the seven fields of a row let one derive is applied to the answer; what they leave out cannot be known.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from calls.filters import FilterContext, Reach
from calls.filters.conditions import FALSE, TRUE
from calls.filters.nodes import AllOf, AnyOf, Clause, Node, Not
from calls.model import Source, Window
from providers.plan import How, Translation, is_one_time
from providers.soluno.query import query_of, widest

_MINUTES = "the API takes whole minutes and includes the last, so the edges are checked here"
_ONE_STRETCH = "the API takes one stretch of time, so the rest is checked here"
_LEFT_OUT = "the API cannot leave out a stretch of time, so this is applied to the answer"
_OLDER = "older calls are not kept by the vendor"
_NO_TIME_LEFT = "nothing is asked, because no such time lies within what the vendor keeps"
_ONLY_TIME = "the API takes a stretch of time and nothing else, so this is applied to the answer"

LOCAL: dict[str, str] = {
    "": "words are looked for in the numbers of the answer and in the names of the directory",
    "hour": _ONE_STRETCH,
    "weekday": _ONE_STRETCH,
    "direction": "told from the numbers of the answer; calls out are probably not in it",
    "status": "a row says whether a person answered, which is looked at here",
    "number": "compared here with the numbers of the caller and of the person or group called",
    "caller": "compared here with the caller's number, and with its name in the directory",
    "callee": "compared here with the number of the person or group called, and with its name in the directory",
    "employee": "names come from the directory of the settings, by the number of the person who answered",
    "queue": "compared here with the number of the group that received the call",
    "duration": "reckoned here from the answer's times, up to the end or the transfer",
    "ring": "reckoned here from the answer's times, approximately",
    "wait": "reckoned here from the answer's times",
    "id": "a row has no identifier; calltop's own, made of its numbers and start, is compared here",
    "local": "told from the numbers of the answer",
}
IMPOSSIBLE: dict[str, str] = {
    "status": "the call history says whether a call was answered, but not why it was missed",
    "project": "the call history has no projects",
    "route": "the call history does not tell the route or the dialled number",
    "trunk": "the call history does not tell the line to the outside",
    "linked": "the call history has no identifier that links calls",
    "external": "the call history has no identifier of another system",
    "has": "the call history does not tell of recordings, transcriptions or monitoring",
}
_TIMES = frozenset({"from", "to", "since", "on"})
_UNKNOWN_STATUS = frozenset({"busy", "failed", "congestion"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The clauses of one filter, read for one provider.

    `window` is the stretch that the whole filter asks for, `oldest_ms` where the vendor's history begins, `zone` the zone
    in which the vendor reads dates.
    """

    source: Source
    now_ms: int
    window: Window
    oldest_ms: int
    zone: ZoneInfo

    def translate(self, node: Node) -> Translation:
        """What becomes of a clause, or of several that are joined by "or"."""
        why = self._unknown(node)
        if why:
            return Translation(How.IMPOSSIBLE, (), why)
        reach = node.reach(self.now_ms, self.source)
        if reach == Reach():
            return Translation(How.LOCAL, (), _left_to_us(node))
        if self.window.empty:
            return Translation(How.LOCAL, (), _NO_TIME_LEFT)
        return self._timed(node, reach)

    def _timed(self, node: Node, reach: Reach) -> Translation:
        """A clause that the range of the request narrows, with those edges of the range that it asks for."""
        query = query_of(self.window, self.zone)
        edges = {"from": reach.start_ms, "to": reach.end_ms}
        sent = ({name: query[name] for name, edge_ms in edges.items() if edge_ms is not None},)
        if not is_one_time(node):
            return Translation(How.NARROWED, sent, _ONE_STRETCH)
        answered = widest(query, self.zone)
        begins = reach.start_ms is None or reach.start_ms <= answered.start_ms
        ends = reach.end_ms is None or answered.end_ms <= reach.end_ms
        if not (begins and ends):
            return Translation(How.NARROWED, sent, _MINUTES)
        cut = reach.start_ms is not None and reach.start_ms < self.oldest_ms
        return Translation(How.SENT, sent, _OLDER if cut else "")

    def _unknown(self, node: Node) -> str:
        """Why the feed cannot tell whether a call matches, "" when it can."""
        if node.sql(FilterContext(self.now_ms, {self.source.name: self.source})) in (TRUE, FALSE):
            return ""  # what names providers decides it, whatever else stands there
        if isinstance(node, Clause):
            known = node.field == "status" and not any(value.text in _UNKNOWN_STATUS for value in node.values)
            return "" if known else IMPOSSIBLE.get(node.field, "")
        return next(filter(None, map(self._unknown, _parts(node))), "")


def _left_to_us(node: Node) -> str:
    """Why a clause that does not narrow the time is applied to the answer."""
    if isinstance(node, Clause):
        return LOCAL.get(node.field, _ONLY_TIME)
    if isinstance(node, Not) and isinstance(node.part, Clause):
        return LOCAL.get(node.part.field, _LEFT_OUT if node.part.field in _TIMES else _ONLY_TIME)
    return _ONLY_TIME


def _parts(node: Not | AllOf | AnyOf) -> tuple[Node, ...]:
    return (node.part,) if isinstance(node, Not) else node.parts
