"""Which sums kept by hour answer a filter and a grouping as the calls themselves would."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from calls.filters import Filter, FilterContext
from calls.keys import HASH_BITS, place_ms
from calls.times import hour_start_ms, local_date, local_day_window

# What a sum by hour can be narrowed and grouped by, besides a queue or an employee.
_TIME_AND_KIND = frozenset(
    {"from", "to", "since", "on", "hour", "weekday", "direction", "status", "local", "provider", "customer"}
)
_TIME_GROUPINGS = frozenset({"provider", "hour", "day", "week", "month", "weekday"})
FIGURE_GROUPINGS = _TIME_GROUPINGS | {None, "queue"}

# Each under the names of the call table, so that a filter reads all alike.
_AS_CALLS = """(
    SELECT source_id, started_ms << {bits} AS key, started_ms, local_day, {hour} AS local_hour, direction, status, {word},
        calls, talk_ms, approximate, {rest} FROM {table}
) AS c JOIN source AS s ON s.id = c.source_id"""
_KNOWN, _UNKNOWN = "ring_ms, rung, wait_ms, waited", "0 AS ring_ms, 0 AS rung, 0 AS wait_ms, 0 AS waited"


def _as_calls(table: str, word: str, hour: str, rest: str = _KNOWN) -> str:
    return _AS_CALLS.format(bits=HASH_BITS, table=table, word=word, hour=hour, rest=rest)


FIGURES_FROM = _as_calls("hour_figure", "queue_word", "local_hour", _UNKNOWN)
HOURS_FROM = _as_calls("hour_tally", "0 AS queue_word", "local_hour")
QUEUE_DAYS_FROM = _as_calls("queue_tally", "queue_word", "0")
EMPLOYEE_DAYS_FROM = _as_calls("employee_tally", "employee_word", "0")
WAIT_DAYS_FROM = f"""(
    SELECT source_id, started_ms << {HASH_BITS} AS key, started_ms, local_day, 0 AS local_hour, direction, status, wait_ticks,
        calls FROM wait_tally
) AS c JOIN source AS s ON s.id = c.source_id"""


def figures_hold(wanted: Filter, grouping: str | None = None) -> bool:
    """Whether hourly figures answer a filter and a grouping."""
    return _fields(wanted) <= _TIME_AND_KIND | {"queue"} and grouping in FIGURE_GROUPINGS


def sums_for(wanted: Filter, context: FilterContext, grouping: str) -> str | None:
    """The sums that give the same as the calls, to stand after FROM; None where only the calls can tell."""
    asked = _fields(wanted) | ({grouping} - _TIME_GROUPINGS)
    if "hour" not in asked and grouping != "hour" and _begins_with(_day_start_ms, wanted, context):
        for table, word in ((QUEUE_DAYS_FROM, "queue"), (EMPLOYEE_DAYS_FROM, "employee")):
            if asked <= _TIME_AND_KIND | {word}:
                return table
    if asked <= _TIME_AND_KIND and _begins_with(hour_start_ms, wanted, context):
        return HOURS_FROM
    return None


def waits_by_day_hold(wanted: Filter, context: FilterContext, grouping: str) -> bool:
    """Whether waiting times kept by day give the same as the calls."""
    asked = _fields(wanted) | {grouping}
    return asked <= (_TIME_AND_KIND | _TIME_GROUPINGS) - {"hour"} and _begins_with(_day_start_ms, wanted, context)


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
