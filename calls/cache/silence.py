"""Whether a provider's line is silent: the time without a call against what is usual at that hour of the week."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from calls.cache.known import KnownSource
from calls.cache.snapshots import PollState
from calls.calendar import Calendar
from calls.keys import first_key
from calls.metrics.past_weeks import ENOUGH_WEEKS, HOLIDAY, WEEKS, quantile
from calls.metrics.silence import ALARM_BELOW, LineState, Silence, chance_of_none, chance_text
from calls.model import Window
from calls.times import HOUR_MS, MINUTE_MS, hour_start_ms, hours_once, local_date, local_hour

POLL_MS = 5 * MINUTE_MS
# Beyond so many expected calls the chance of none is no number a person can tell from another.
_SURELY = 40.0
_COUNTED = (
    "SELECT span.number, sum(t.calls) FROM span CROSS JOIN hour_tally AS t ON t.started_ms >= span.start_ms"
    " AND t.started_ms < span.end_ms AND t.source_id = ?1 AND t.direction = 'in' GROUP BY 1"
    " UNION ALL SELECT span.number, sum(t.calls) FROM span CROSS JOIN hour_figure AS t ON t.source_id = ?1"
    " AND t.started_ms >= span.start_ms AND t.started_ms < span.end_ms AND t.direction = 'in' GROUP BY 1"
)
_TOTALLED = (
    " UNION ALL SELECT span.number, sum(coalesce(t.inbound_calls, 0)) FROM span CROSS JOIN employee_bucket AS t"
    " ON t.source_id = ?1 AND t.started_ms >= span.start_ms AND t.started_ms < span.end_ms GROUP BY 1"
)


def silence(connection: sqlite3.Connection, known: KnownSource, state: PollState, now_ms: int, calendar: Calendar) -> Silence:
    """How a provider's line stands. Costs a few small look-ups in the sums by hour."""
    name = known.source.name
    until_ms = known.complete_to_ms
    if until_ms is None:
        return Silence(name, _polls(state, now_ms) or LineState.UNKNOWN, reason=_poll_words(state, now_ms) or "never read yet")
    until_ms = min(until_ms, now_ms)
    start_ms = next((window.start_ms for window in known.covered if window.start_ms < until_ms <= window.end_ms), until_ms)
    since_ms = min(until_ms, max(start_ms, _last_call_ms(connection, known) or start_ms))
    usual = _expected(connection, known, Window(since_ms, until_ms), calendar)
    probability = chance_of_none(usual.calls) if usual.weeks >= ENOUGH_WEEKS else None
    line, reason = LineState.HEARD, ""
    if state_of_polls := _polls(state, now_ms):
        line, reason = state_of_polls, _poll_words(state, now_ms)
    elif probability is None:
        line, reason = LineState.UNKNOWN, f"not enough weeks to tell what is usual: {usual.weeks} of at least {ENOUGH_WEEKS}"
        if calendar.is_holiday(name, local_date(until_ms, ZoneInfo(known.source.timezone))):
            reason = HOLIDAY
    elif probability < ALARM_BELOW:
        line = LineState.SILENT
        reason = (
            f"no call for {_age(until_ms - since_ms)} where {usual.calls:.3g} are usual (chance {chance_text(probability)}):"
            " ring a number of your own to see whether the line is up"
        )
    return Silence(name, line, since_ms, until_ms, usual.calls, probability, usual.weeks, reason)


class _Usual(NamedTuple):
    calls: float
    weeks: int


def _expected(connection: sqlite3.Connection, known: KnownSource, silent: Window, calendar: Calendar) -> _Usual:
    """How many calls usually come in a window: the typical calls of each of its hours, a part of an hour counting in part."""
    zone = ZoneInfo(known.source.timezone)
    hours = list(_hours(silent, zone))
    expected, told, fewest = 0.0, 0, WEEKS
    for start in range(0, len(hours), 24):
        some = [hour for hour in hours[start : start + 24] if not calendar.is_holiday(known.source.name, hour.day)]
        for hour, counts in zip(some, _samples(connection, known, some, zone, calendar), strict=True):
            told = max(told, len(counts))
            # An hour of which too little is known adds nothing, so that no alarm rests on it.
            if len(counts) >= ENOUGH_WEEKS:
                fewest = min(fewest, len(counts))
                expected += hour.part * quantile(counts, 0.5)
        if expected > _SURELY:
            break
    return _Usual(expected, told if told < ENOUGH_WEEKS and hours else fewest)


class _Hour(NamedTuple):
    """A local hour, and how much of it is looked at."""

    number: int
    day: date
    part: float


def _hours(window: Window, zone: ZoneInfo) -> Iterator[_Hour]:
    start_ms = hour_start_ms(window.start_ms, zone)
    while start_ms < window.end_ms:
        end_ms = start_ms + HOUR_MS
        part = (min(end_ms, window.end_ms) - max(start_ms, window.start_ms)) / HOUR_MS
        yield _Hour(local_hour(start_ms, zone), local_date(start_ms, zone), part)
        start_ms = end_ms


def _samples(
    connection: sqlite3.Connection, known: KnownSource, hours: list[_Hour], zone: ZoneInfo, calendar: Calendar
) -> list[list[int]]:
    """The calls of the same hours of the week before, as far as they are known; by hour."""
    spans: list[tuple[int, Window]] = []
    for index, hour in enumerate(hours):
        for step in range(1, WEEKS + 1):
            day = hour.day - timedelta(weeks=step)
            window = hours_once(day, zone).get(hour.number)
            if window is not None and _covers(known, window) and not calendar.is_holiday(known.source.name, day):
                spans.append((index, window))
    counts = _counts(connection, known, [window for _, window in spans])
    found: list[list[int]] = [[] for _ in hours]
    for (index, _), calls in zip(spans, counts, strict=True):
        found[index].append(calls)
    return found


def _covers(known: KnownSource, window: Window) -> bool:
    if known.complete_to_ms is None or window.end_ms > known.complete_to_ms:
        return False
    return any(part.start_ms <= window.start_ms and window.end_ms <= part.end_ms for part in known.covered)


def _counts(connection: sqlite3.Connection, known: KnownSource, windows: list[Window]) -> list[int]:
    """Inbound calls in each of these hours."""
    if not windows:
        return []
    values = ", ".join(f"({number}, {window.start_ms}, {window.end_ms})" for number, window in enumerate(windows))
    rows = connection.execute(
        f"WITH span (number, start_ms, end_ms) AS (VALUES {values}) {_COUNTED}{_TOTALLED if known.gives_buckets else ''}",
        (known.id,),
    )
    counts: dict[int, int] = defaultdict(int)
    for number, calls in rows:
        counts[number] += calls
    return [counts[number] for number in range(len(windows))]


def _last_call_ms(connection: sqlite3.Connection, known: KnownSource) -> int | None:
    """When the last inbound call is known to have come: its start, or the end of the hour of a total."""
    if known.gives_buckets:
        row = connection.execute(
            "SELECT ended_ms FROM employee_bucket WHERE source_id = ? AND inbound_calls > 0 ORDER BY started_ms DESC LIMIT 1",
            (known.id,),
        ).fetchone()
        return row[0] if row else None
    hour = connection.execute(
        "SELECT started_ms FROM hour_tally WHERE source_id = ? AND direction = 'in' ORDER BY started_ms DESC LIMIT 1",
        (known.id,),
    ).fetchone()
    if hour is None:
        return None
    row = connection.execute(
        "SELECT max(started_ms) FROM call NOT INDEXED WHERE key >= ? AND source_id = ? AND direction = 'in'",
        (first_key(hour[0]), known.id),
    ).fetchone()
    return row[0] if row else None


def _polls(state: PollState, now_ms: int) -> LineState | None:
    """What the polls say; None when they go well."""
    planned_ms = max(POLL_MS, (state.next_due_ms or 0) - (state.last_try_ms or 0)) if state.next_due_ms else POLL_MS
    if state.failing_since_ms is not None:
        return LineState.DOWN if now_ms - state.failing_since_ms >= 2 * POLL_MS else LineState.POLL_FAILED
    if state.last_good_poll_ms is not None and now_ms - state.last_good_poll_ms > 2 * planned_ms:
        return LineState.LATE
    return None


def _poll_words(state: PollState, now_ms: int) -> str:
    match _polls(state, now_ms):
        case LineState.DOWN:
            return f"the provider has not answered for {_age(now_ms - (state.failing_since_ms or now_ms))}: {state.error}"
        case LineState.POLL_FAILED:
            return f"the last poll failed: {state.error}"
        case LineState.LATE:
            return f"nobody has polled for {_age(now_ms - (state.last_good_poll_ms or now_ms))}; run: calltop collect"
    return ""


def _age(milliseconds: int) -> str:
    """A stretch of time in its largest fitting unit: "48 min", "5 h", "3 d"."""
    minutes = milliseconds // MINUTE_MS
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
