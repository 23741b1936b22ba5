"""Which of the sums that are kept by hour and by day answer a filter and a grouping as the calls themselves would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from calls.cache.totals import OUTCOME_SUMS
from calls.filters import Filter, FilterContext, Reach
from calls.filters.nodes import Clause
from calls.filters.started import TIME_FIELDS
from calls.keys import HASH_BITS, place_ms
from calls.metrics.tally import COUNTS
from calls.times import hour_start_ms, local_date, local_day_window

# What every sum can be narrowed and grouped by, besides a queue or an employee.
_TIME_AND_KIND = TIME_FIELDS | {"hour", "weekday", "direction", "status", "local", "provider", "customer"}
_TIME_GROUPINGS = frozenset({"provider", "hour", "day", "week", "month", "weekday"})
FIGURE_GROUPINGS = _TIME_GROUPINGS | {None, "queue"}

# Each under the names of the call table, so that a filter reads all alike.
_AS_CALLS = """(SELECT source_id, started_ms << {bits} AS key, started_ms, local_day, {hour} AS local_hour, direction, {columns}
    FROM {table}) AS c"""
_BY_OUTCOME = "status, {word}, calls, talk_ms, approximate, {rest}"
_KNOWN, _UNKNOWN = "ring_ms, rung, wait_ms, waited", "0 AS ring_ms, 0 AS rung, 0 AS wait_ms, 0 AS waited"
_NO_QUEUE = "0 AS queue_word"
_ADDED_UP = {name: f"sum({name})" for name in COUNTS}


class Sums(NamedTuple):
    """Calls, or what stands for them: what to select from, and what gives each count of a `Tally`. `hours_in_order` says that
    those of one direction lie in the order of their hours."""

    table: str
    counts: Mapping[str, str]
    hours_in_order: bool = False

    @property
    def offered(self) -> str:
        """What gives the number of calls."""
        return self.counts["offered"]


def _as_calls(table: str, columns: str, hour: str) -> str:
    return _AS_CALLS.format(bits=HASH_BITS, table=table, columns=columns, hour=hour)


def _by_outcome(table: str, word: str, hour: str, rest: str = _KNOWN) -> Sums:
    return Sums(_as_calls(table, _BY_OUTCOME.format(word=word, rest=rest), hour), OUTCOME_SUMS)


def _of_all_outcomes(table: str, word: str = _NO_QUEUE, hour: str = "0") -> Sums:
    columns = ", ".join((word, *COUNTS))
    return Sums(_as_calls(table, columns, hour), _ADDED_UP)


FIGURES = _by_outcome("hour_figure", "queue_word", "local_hour", _UNKNOWN)
_OF_QUEUES, _OF_EMPLOYEES = _TIME_AND_KIND | {"queue"}, _TIME_AND_KIND | {"employee"}
# With the fields that they know; the fewest sums stand first.
_DAYS_OF_OUTCOMES = (
    (_OF_QUEUES, _by_outcome("queue_tally", "queue_word", "0")),
    (_OF_EMPLOYEES, _by_outcome("employee_tally", "employee_word", "0")),
)
_DAYS = (
    (_TIME_AND_KIND, _of_all_outcomes("day_total")),
    (_OF_QUEUES, _of_all_outcomes("queue_total", "queue_word")),
    (_OF_EMPLOYEES, _of_all_outcomes("employee_total", "employee_word")),
)
_HOURS_OF_OUTCOMES = _by_outcome("hour_tally", _NO_QUEUE, "local_hour")
_HOURS = _of_all_outcomes("hour_total", hour="local_hour")._replace(hours_in_order=True)
WAIT_DAYS_FROM = _as_calls("wait_tally", "status, wait_ticks, calls", "0")


def figures_hold(wanted: Filter, grouping: str | None = None) -> bool:
    """Whether hourly figures answer a filter and a grouping."""
    return _fields(wanted) <= _TIME_AND_KIND | {"queue"} and grouping in FIGURE_GROUPINGS


def sums_for(wanted: Filter, context: FilterContext, grouping: str) -> Sums | None:
    """The sums that give the same as the calls; None where only the calls can tell."""
    asked = _fields(wanted) | ({grouping} - _TIME_GROUPINGS)
    of_outcomes = "status" in asked
    if "hour" not in asked and grouping != "hour" and _begins_with(_day_start_ms, wanted, context):
        for known, sums in _DAYS_OF_OUTCOMES if of_outcomes else _DAYS:
            if asked <= known:
                return sums
    if asked <= _TIME_AND_KIND and _begins_with(hour_start_ms, wanted, context):
        return _HOURS_OF_OUTCOMES if of_outcomes else _HOURS
    return None


def waits_by_day_hold(wanted: Filter, context: FilterContext, grouping: str) -> bool:
    """Whether waiting times kept by day give the same as the calls."""
    asked = _fields(wanted) | {grouping}
    return asked <= (_TIME_AND_KIND | _TIME_GROUPINGS) - {"hour"} and _begins_with(_day_start_ms, wanted, context)


def stretch_of(wanted: Filter, context: FilterContext) -> Reach | None:
    """The one stretch of time that is all a filter asks for, of every provider alike; None where it asks for anything else."""
    parts = [
        part for part in wanted.clauses if isinstance(part, Clause) and part.field in TIME_FIELDS and len(part.values) == 1
    ]
    reaches = {wanted.reach(context, name) for name in context.sources}
    return reaches.pop() if len(parts) == len(wanted.clauses) and len(reaches) == 1 else None


def _fields(wanted: Filter) -> set[str]:
    return {clause.field for part in wanted.clauses for clause in part.clauses()}


def _begins_with(start_of: Callable[[int, ZoneInfo], int], wanted: Filter, context: FilterContext) -> bool:
    """Whether every time in a filter begins and ends with a local hour, or day, of every provider."""
    for source in context.sources.values():
        zone = ZoneInfo(source.timezone)
        for clause in (clause for part in wanted.clauses for clause in part.clauses()):
            for reach in clause.reaches(context.now_ms, source):
                # An edge in a year that no key can hold begins nothing.
                edges = [edge for edge in (reach.start_ms, reach.end_ms) if edge is not None]
                if any(start_of(place_ms(edge), zone) != edge for edge in edges):
                    return False
    return True


def _day_start_ms(instant_ms: int, zone: ZoneInfo) -> int:
    return local_day_window(local_date(instant_ms, zone), zone).start_ms
