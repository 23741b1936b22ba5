"""Which of the sums that are kept by hour and by day answer a filter and a grouping as the calls themselves would."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from calls.cache.totals import OUTCOME_SUMS
from calls.filters import Filter, FilterContext, Reach, SqlCondition
from calls.filters.conditions import all_of, from_sources
from calls.filters.nodes import Clause
from calls.filters.started import TIME_FIELDS
from calls.keys import HASH_BITS, first_key, last_key, place_ms
from calls.metrics.tally import COUNTS
from calls.metrics.week import HOURS_OF_DAY
from calls.model import Window
from calls.times import HOUR_MS, day_hours, hour_start_ms, local_date, local_day_window

# What every sum can be narrowed and grouped by, besides a queue or an employee.
_TIME_AND_KIND = TIME_FIELDS | {"hour", "weekday", "direction", "status", "local", "provider", "customer"}
_TIME_GROUPINGS = frozenset({"provider", "hour", "day", "week", "month", "weekday"})
FIGURE_GROUPINGS = _TIME_GROUPINGS | {None, "queue"}

# Each under the names of the call table, so that a filter reads all alike.
_AS_CALLS = """(SELECT {source}, started_ms << {bits} AS key, started_ms, local_day, {hour} AS local_hour, direction, {columns}
    FROM {table}) AS c"""
_BY_OUTCOME = "status, {word}, calls, talk_ms, approximate, {rest}"
_KNOWN, _UNKNOWN = "ring_ms, rung, wait_ms, waited", "0 AS ring_ms, 0 AS rung, 0 AS wait_ms, 0 AS waited"
_NO_QUEUE = "0 AS queue_word"
_ADDED_UP = {name: f"sum({name})" for name in COUNTS}


class Sums(NamedTuple):
    """Calls, or what stands for them: what to select from, and what gives each count of a `Tally`. Sums that have `together`,
    the same of all providers, lie in the order of their hours, those of one direction; `together` is one sum for each hour and
    direction, to be read as it is."""

    table: str
    counts: Mapping[str, str]
    together: Sums | None = None

    @property
    def offered(self) -> str:
        """What gives the number of calls."""
        return self.counts["offered"]


def _as_calls(table: str, columns: str, hour: str, source: str = "source_id") -> str:
    return _AS_CALLS.format(bits=HASH_BITS, table=table, columns=columns, hour=hour, source=source)


def _by_outcome(table: str, word: str, hour: str, rest: str = _KNOWN) -> Sums:
    return Sums(_as_calls(table, _BY_OUTCOME.format(word=word, rest=rest), hour), OUTCOME_SUMS)


def _of_all_outcomes(table: str, word: str = _NO_QUEUE, hour: str = "0", source: str = "source_id") -> Sums:
    return Sums(_as_calls(table, ", ".join((word, *COUNTS)), hour, source), _ADDED_UP)


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
_HOURS_TOGETHER = _of_all_outcomes("hour_together", hour="local_hour", source="source_ids AS source_id")
_HOURS = _of_all_outcomes("hour_total", hour="local_hour")._replace(
    together=_HOURS_TOGETHER._replace(counts={name: f"c.{name}" for name in COUNTS})
)
_WAIT_DAYS = Sums(_as_calls("wait_tally", "status, wait_ticks, calls", "0"), {"offered": "sum(c.calls)"})
# More than a person types; every one is a question of its own.
MOST_CUT = 16


def figures_hold(wanted: Filter, grouping: str | None = None) -> bool:
    """Whether hourly figures answer a filter and a grouping."""
    return _fields(wanted) <= _TIME_AND_KIND | {"queue"} and grouping in FIGURE_GROUPINGS


class Answer(NamedTuple):
    """How sums answer a question: those outside of the hours or days in which a time of the filter lies, and for each of these
    the condition that finds its calls."""

    sums: Sums
    outside: SqlCondition
    inside: tuple[SqlCondition, ...]


def answer_from_sums(wanted: Filter, context: FilterContext, grouping: str) -> Answer | None:
    """The sums that give the same as the calls, with the calls of a few hours or days; None where only the calls can tell."""
    asked = _fields(wanted) | ({grouping} - _TIME_GROUPINGS)
    of_outcomes = "status" in asked
    by_hour = "hour" in asked or grouping == "hour"
    cut_days = None if by_hour else _cut(_day_of, wanted, context)
    if cut_days is not None and (not cut_days or not asked <= _TIME_AND_KIND):
        for known, sums in _DAYS_OF_OUTCOMES if of_outcomes else _DAYS:
            if asked <= known:
                return _answer(sums, cut_days, context)
    cut_hours = _cut(_hour_of, wanted, context) if asked <= _TIME_AND_KIND else None
    return None if cut_hours is None else _answer(_HOURS_OF_OUTCOMES if of_outcomes else _HOURS, cut_hours, context)


def waits_from_sums(wanted: Filter, context: FilterContext, grouping: str) -> Answer | None:
    """The waiting times kept by day that give the same as the calls, with the calls of a few days."""
    asked = _fields(wanted) | {grouping}
    if not asked <= (_TIME_AND_KIND | _TIME_GROUPINGS) - {"hour"}:
        return None
    cut = _cut(_day_of, wanted, context)
    return None if cut is None else _answer(_WAIT_DAYS, cut, context)


def stretch_of(wanted: Filter, context: FilterContext) -> Reach | None:
    """The one stretch of time that is all a filter asks for, of every provider alike; None where it asks for anything else."""
    parts = [
        part for part in wanted.clauses if isinstance(part, Clause) and part.field in TIME_FIELDS and len(part.values) == 1
    ]
    reaches = {wanted.reach(context, name) for name in context.sources}
    return reaches.pop() if len(parts) == len(wanted.clauses) and len(reaches) == 1 else None


def _fields(wanted: Filter) -> set[str]:
    return {clause.field for part in wanted.clauses for clause in part.clauses()}


# Local hours or days, each with the providers whose sums cannot be taken there.
_Cut = Mapping[Window, Sequence[str]]


def _answer(sums: Sums, cut: _Cut, context: FilterContext) -> Answer:
    parts = [all_of((from_sources(names, context), _within(window))) for window, names in cut.items()]
    # By the key too, which finds the calls.
    inside = tuple(all_of((part, _keys_of(window))) for part, window in zip(parts, cut, strict=True))
    return Answer(sums, all_of(part.negated for part in parts), inside)


def _within(window: Window) -> SqlCondition:
    return SqlCondition("c.started_ms >= ? AND c.started_ms < ?", (window.start_ms, window.end_ms))


def _keys_of(window: Window) -> SqlCondition:
    return SqlCondition("c.key >= ? AND c.key <= ?", (first_key(window.start_ms), last_key(window.end_ms)))


def _cut(unit_of: Callable[[int, ZoneInfo], Window | None], wanted: Filter, context: FilterContext) -> _Cut | None:
    """The local hours, or days, that a time in a filter cuts. None where they are many, or where a time lies in none."""
    cut: dict[Window, list[str]] = {}
    for name, source in context.sources.items():
        zone = ZoneInfo(source.timezone)
        clauses = [clause for part in wanted.clauses for clause in part.clauses()]
        reaches = [reach for clause in clauses for reach in clause.reaches(context.now_ms, source)]
        for edge in {edge for reach in reaches for edge in (reach.start_ms, reach.end_ms) if edge is not None}:
            # An edge in a year that no key can hold begins nothing.
            unit = unit_of(edge, zone) if place_ms(edge) == edge else None
            if unit is None:
                return None
            if unit.start_ms != edge and name not in cut.setdefault(unit, []):
                cut[unit].append(name)
    return cut if len(cut) <= MOST_CUT else None


def _day_of(instant_ms: int, zone: ZoneInfo) -> Window | None:
    """The local day of an instant."""
    return local_day_window(local_date(instant_ms, zone), zone)


def _hour_of(instant_ms: int, zone: ZoneInfo) -> Window | None:
    """The local hour of an instant; None within an hour on the day of a clock change, when hours may share an instant."""
    start_ms = hour_start_ms(instant_ms, zone)
    hours = day_hours(local_date(instant_ms, zone), zone)
    regular = len(hours) == HOURS_OF_DAY and all(hour.end_ms - hour.start_ms == HOUR_MS for hour in hours)
    return Window(start_ms, start_ms + HOUR_MS) if regular or start_ms == instant_ms else None
