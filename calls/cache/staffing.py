"""How long callers wait, and how many people the calls of each hour of the day need, from the cache."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from calls.cache import buckets, tallies
from calls.cache.figures import worked
from calls.cache.known import KnownSource, asked_window, call_at
from calls.cache.samples import Question
from calls.cache.sums import figures_hold
from calls.calendar import Calendar
from calls.filters import Filter, FilterContext, parse
from calls.filters.started import TIME_FIELDS
from calls.metrics import METRICS, Tally, Thresholds, worst
from calls.metrics.erlang import agents_needed, load, staffing
from calls.metrics.patience import Patience, StaffedHour, StaffingPlan, patience_of
from calls.model import Window
from calls.times import day_hours, local_date, local_hour

_WHEN_FIELDS = TIME_FIELDS | {"hour", "weekday"}
_WORKING_DAYS = parse("on:-27d..today weekday:mon..fri")
MIXED_TIMES = "the filter mixes times with other fields in an alternative or an exclusion, so its hours cannot be counted"
NOT_COVERED = "no whole hour of that time is cached"
_HOUR_SECONDS = 3600


def callers_patience(question: Question, thresholds: Thresholds) -> Patience | None:
    """How long the callers under a filter wait; None when no provider can answer it."""
    abandoned = METRICS["abandoned"]
    for _, metric, made_of in worked(question, [abandoned]):
        return patience_of(made_of.sample, made_of.figure(metric, thresholds))
    return None


@dataclass(frozen=True, slots=True)
class Staff:
    """What a person asks about: how many take calls (None: not known), which part of the calls they shall answer within the
    threshold, and how long each call keeps them besides talking."""

    agents: int | None = None
    target: float = 0.8
    threshold_seconds: int = 20
    wrap_up_seconds: int = 0


def on_working_days(wanted: Filter) -> Filter:
    """The calls that people are needed for: those of the working days of four weeks, unless the filter says when."""
    return wanted if any(map(wanted.names, _WHEN_FIELDS)) else wanted.narrowed(_WORKING_DAYS)


def staffing_plan(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    calendar: Calendar,
    staff: Staff,
) -> StaffingPlan:
    """What the calls of each local hour of the day need, on average of the hours under the filter that are complete and
    covered, holidays left out; each provider's hours in its own zone."""
    when = _when(wanted)
    if when is None:
        return StaffingPlan((), staff.agents, staff.target, staff.threshold_seconds, worst(()), MIXED_TIMES)
    counts = tallies.by_local_hour(connection, wanted, context)
    days: dict[int, _HourOfDay] = defaultdict(_HourOfDay)
    total = Tally()
    for name, known in sources.items():
        if known.gives_buckets and buckets.impossible(wanted):
            continue
        known_hours = Counter(_known_hours(known, wanted, when, context, calendar))
        total += Tally(kinds=frozenset({known.source.kind})) if known_hours else Tally()
        for hour in range(24):
            numbers = [number for number in known_hours if number % 24 == hour]
            here = tallies.summed((counts[name][number] for number in numbers if number in counts[name]), Tally())
            days[hour].add(here, sum(known_hours[number] for number in numbers))
            total += Tally(doubtful=here.doubtful, kinds=frozenset({known.source.kind}))
    hours = tuple(_staffed(hour, of_day, staff) for hour, of_day in sorted(days.items()) if of_day.hours)
    judgement = worst(METRICS[name].judgement(total) for name in ("offered", "acd"))
    return StaffingPlan(hours, staff.agents, staff.target, staff.threshold_seconds, judgement, "" if hours else NOT_COVERED)


@dataclass(slots=True)
class _HourOfDay:
    """The calls of an hour of the day, added up over providers."""

    hours: int = 0
    calls: float = 0.0
    answered: int = 0
    talk_ms: int = 0

    def add(self, some: Tally, hours: int) -> None:
        """One provider's calls in so many hours."""
        if not hours:
            return
        self.hours = max(self.hours, hours)
        self.calls += some.offered / hours
        self.answered += some.answered
        self.talk_ms += some.talk_ms


def _staffed(hour: int, of_day: _HourOfDay, staff: Staff) -> StaffedHour:
    talk_seconds = of_day.talk_ms / 1000 / of_day.answered if of_day.answered else 0.0
    handling = talk_seconds + staff.wrap_up_seconds if of_day.answered else 0.0
    erlangs = load(of_day.calls, _HOUR_SECONDS, handling)
    given = None
    if staff.agents is not None:
        given = staffing(of_day.calls, _HOUR_SECONDS, handling, staff.agents, staff.threshold_seconds)
    needed = agents_needed(of_day.calls, _HOUR_SECONDS, handling, staff.threshold_seconds, staff.target)
    return StaffedHour(hour, of_day.hours, of_day.calls, handling, erlangs, given, needed)


def _when(wanted: Filter) -> Filter | None:
    """The parts of a filter that speak of times alone; None when others do as well."""
    when = wanted.only(_WHEN_FIELDS)
    rest = [part for part in wanted.clauses if part not in when.clauses]
    return None if any(clause.field in _WHEN_FIELDS for part in rest for clause in part.clauses()) else when


def _known_hours(known: KnownSource, wanted: Filter, when: Filter, context: FilterContext, calendar: Calendar) -> Iterator[int]:
    """The local hours (`local_day * 24 + local_hour`) under a filter that are whole, complete and covered; one that came twice
    comes twice."""
    zone = ZoneInfo(known.source.timezone)
    asked = asked_window(wanted, context, known)
    end_ms = min(asked.end_ms, known.complete_to_ms or asked.start_ms)
    holds = when.predicate(context)
    covered = known.covered if figures_hold(wanted, "hour") else known.calls_covered
    for part in covered:
        window = Window(max(part.start_ms, asked.start_ms), min(part.end_ms, end_ms))
        day = local_date(window.start_ms, zone)
        while not window.empty and day <= local_date(window.end_ms - 1, zone):
            for hour in () if calendar.is_holiday(known.source.name, day) else day_hours(day, zone):
                whole = window.start_ms <= hour.start_ms and hour.end_ms <= window.end_ms
                if whole and holds(call_at(known.source, hour.start_ms)) and holds(call_at(known.source, hour.end_ms - 1)):
                    yield day.toordinal() * 24 + local_hour(hour.start_ms, zone)
            day = day.fromordinal(day.toordinal() + 1)
