"""Which sums kept by hour answer a filter and a grouping as the calls themselves would."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from calls.filters import Filter, FilterContext
from calls.times import hour_start_ms

# What a sum by hour can be narrowed and grouped by, besides a queue or an employee.
_TIME_AND_KIND = frozenset(
    {"from", "to", "since", "on", "hour", "weekday", "direction", "status", "local", "provider", "customer"}
)
_TIME_GROUPINGS = frozenset({None, "provider", "hour", "day", "week", "month", "weekday"})
FIGURE_GROUPINGS = _TIME_GROUPINGS | {"queue"}

# Each under the names of the call table, so that a filter reads all alike.
_AS_CALLS = """(
    SELECT source_id, started_ms << 20 AS key, started_ms, local_day, local_hour, direction, status, {word}, calls, talk_ms,
        approximate FROM {table}
) AS c JOIN source AS s ON s.id = c.source_id"""
FIGURES_FROM = _AS_CALLS.format(table="hour_figure", word="queue_word")
HOURS_FROM = _AS_CALLS.format(table="hour_tally", word="queue_word")
EMPLOYEE_HOURS_FROM = _AS_CALLS.format(table="employee_tally", word="employee_word")


def figures_hold(wanted: Filter, grouping: str | None = None) -> bool:
    """Whether hourly figures answer a filter and a grouping."""
    return _fields(wanted) <= _TIME_AND_KIND | {"queue"} and grouping in FIGURE_GROUPINGS


def sums_for(wanted: Filter, context: FilterContext, grouping: str) -> str | None:
    """The sums by hour that give the same as the calls, to stand after FROM; None where only the calls can tell."""
    if not _whole_hours(wanted, context):
        return None
    if figures_hold(wanted, grouping):
        return HOURS_FROM
    employees = _fields(wanted) <= _TIME_AND_KIND | {"employee"} and grouping in _TIME_GROUPINGS | {"employee"}
    return EMPLOYEE_HOURS_FROM if employees else None


def _fields(wanted: Filter) -> set[str]:
    return {clause.field for part in wanted.clauses for clause in part.clauses()}


def _whole_hours(wanted: Filter, context: FilterContext) -> bool:
    """Whether every time in a filter begins and ends with a local hour of every provider."""
    for part in wanted.clauses:
        for clause in part.clauses():
            for source in context.sources.values():
                reaches = clause.reaches(context.now_ms, source)
                edges = [edge for reach in reaches for edge in (reach.start_ms, reach.end_ms) if edge is not None]
                zone = ZoneInfo(source.timezone)
                if any(hour_start_ms(edge, zone) != edge for edge in edges):
                    return False
    return True
