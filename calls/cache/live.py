"""The snapshot behind the first screen."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from calls.cache import buckets, coverage, tallies
from calls.cache.known import KnownSource
from calls.cache.missed import CALL_BACK_SINCE, oldest_unreturned
from calls.cache.rows import FEW_CALLS, Row, call_of, page
from calls.cache.silence import silence
from calls.cache.snapshots import EmployeeRow, LiveSnapshot, PaneSnapshot
from calls.cache.standing import alarms, alert_states, cached_days, poll_state
from calls.calendar import Calendar
from calls.filters import Filter, FilterContext, made
from calls.keys import first_key
from calls.metrics import Tally
from calls.model import Call
from calls.times import QUARTER_MS, day_hours, local_date

NEWEST_CALLS = 60
CALL_BACKS = 60
TODAY = made.today()


class _Question(NamedTuple):
    """What every part of the snapshot asks with."""

    connection: sqlite3.Connection
    wanted: Filter
    context: FilterContext

    @property
    def of_today(self) -> Filter:
        return self.wanted.narrowed(TODAY)


def snapshot(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    version: int,
    calendar: Calendar,
) -> LiveSnapshot:
    """The first screen under a filter. Figures speak of today, cut in each provider's zone."""
    question = _Question(connection, wanted, context)
    today = tallies.totals(connection, question.of_today, context, sources)
    quarters = tallies.quarters(connection, question.of_today, context)
    matching = tallies.calls_by_source(connection, wanted, context)
    total = matching if wanted.everything else tallies.calls_by_source(connection, Filter(), context)
    newest = {name: _newest(question, known, matching[name]) for name, known in sources.items() if matching[name]}
    call_backs, waiting = oldest_unreturned(connection, wanted.narrowed(CALL_BACK_SINCE), context, CALL_BACKS)
    states = {name: poll_state(connection, known, context.now_ms) for name, known in sources.items()}
    panes = tuple(
        PaneSnapshot(
            source=known.source,
            state=states[name],
            today=today.get(name, Tally(kinds=frozenset({known.source.kind}))),
            by_hour=_by_hour(question, known, quarters[name]),
            current_hour=_current_hour(question, known),
            newest=_calls(question, newest.get(name, [])),
            employees=_employees(question, known) if known.gives_buckets else (),
            matching=matching[name],
            total=total[name],
            covered=known.covered,
            missing=coverage.missing(wanted, context, name, known.calls_covered, known.complete_to_ms),
            impossible=buckets.impossible(wanted) if known.gives_buckets else "",
            silence=silence(connection, known, states[name], context.now_ms, calendar),
        )
        for name, known in sources.items()
    )
    return LiveSnapshot(
        taken_ms=context.now_ms,
        version=version,
        panes=panes,
        today=Tally.total(today.values()),
        merged=_calls(question, sorted(itertools.chain(*newest.values()), reverse=True)[:NEWEST_CALLS]),
        call_backs=call_backs,
        call_back_count=waiting,
        matching=sum(matching.values()),
        total=sum(total.values()),
        cached_days=cached_days(sources, context.now_ms),
        alarms=alarms(connection, context.now_ms),
        alerts=alert_states(connection),
    )


def _newest(question: _Question, known: KnownSource, matching: int) -> list[Row]:
    """The newest of a source's `matching` rows, with their keys, so that those of several can be put in one order."""
    condition = question.wanted.sql(question.context)
    reach = question.wanted.reach(question.context, known.source.name)
    from_key = None if reach.start_ms is None else first_key(reach.start_ms)
    few = matching < FEW_CALLS and not question.wanted.everything
    return page(question.connection, condition, NEWEST_CALLS, source_id=known.id, from_key=from_key, few=few)


def _calls(question: _Question, rows: Iterable[Row]) -> tuple[Call, ...]:
    return tuple(call_of(row, question.context.sources) for row in rows)


def _by_hour(question: _Question, known: KnownSource, quarters: Mapping[int, tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    zone = ZoneInfo(known.source.timezone)
    pairs: list[tuple[int, int]] = []
    for hour in day_hours(local_date(question.context.now_ms, zone), zone):
        counts = [quarters.get(start_ms, (0, 0)) for start_ms in range(hour.start_ms, hour.end_ms, QUARTER_MS)]
        pairs.append((sum(offered for offered, _ in counts), sum(answered for _, answered in counts)))
    return tuple(pairs)


def _current_hour(question: _Question, known: KnownSource) -> int:
    zone = ZoneInfo(known.source.timezone)
    now_ms = question.context.now_ms
    return next(index for index, hour in enumerate(day_hours(local_date(now_ms, zone), zone)) if now_ms in hour)


def _employees(question: _Question, known: KnownSource) -> tuple[EmployeeRow, ...]:
    found = buckets.employees(question.connection, question.of_today, question.context, known)
    return tuple(EmployeeRow(*row) for row in found)
