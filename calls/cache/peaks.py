"""How many calls were under way at once, of all providers and directions: kept by hour, so that few of them are walked through.

A call is under way from its start until before its end; one without a length never is. Only a call that starts can make them
more than before, so what is looked at are starts.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import NamedTuple

from calls.cache import coverage
from calls.filters.conditions import TRUE, Reach, SqlCondition
from calls.keys import EARLIEST_MS, LATEST_MS, first_key, last_key
from calls.model import Window
from calls.times import DAY_MS, HOUR_MS

# Longer calls are found by an index of their own, others by looking back so far.
LONG_MS = 2 * HOUR_MS
_LASTING = "c.ended_ms > c.started_ms AND c.ended_ms > ?1"
_OVERLAPPING = (
    "SELECT c.started_ms, c.ended_ms FROM call AS c WHERE c.key >= ?3 AND c.key <= ?4 AND {0}"
    f" AND c.started_ms >= ?1 - {LONG_MS} AND c.started_ms < ?2 AND {_LASTING}"
    " UNION ALL SELECT c.started_ms, c.ended_ms FROM call AS c INDEXED BY call_long"
    f" WHERE c.ended_ms - c.started_ms > {LONG_MS} AND c.started_ms < ?1 - {LONG_MS} AND {_LASTING} AND {{0}}"
)
# Under a condition the calls of so long a part are held in memory at once.
PART_MS = 14 * DAY_MS
_PARTS = (
    "SELECT min(started_ms), max(started_ms), max(peak) FROM hour_peak WHERE started_ms >= ?1 AND started_ms < ?2"
    " GROUP BY (started_ms - ?1) / ?3 ORDER BY 3 DESC, 1"
)


class Peak(NamedTuple):
    """So many calls at once, first at an instant."""

    calls: int
    at_ms: int


class UnderWay:
    """The calls under way, as one after another starts."""

    def __init__(self) -> None:
        self._ends: list[int] = []

    def with_one_more(self, started_ms: int, ended_ms: int) -> int:
        """How many there are when this call starts, which no call before it did later."""
        ends = self._ends
        while ends and ends[0] <= started_ms:
            heappop(ends)
        heappush(ends, ended_ms)
        return len(ends)


def refresh(connection: sqlite3.Connection, spans: Iterable[tuple[int, int | None]]) -> None:
    """Finds the peaks of all hours anew that calls with these starts and ends touch, after they came or went."""
    # Many calls touch the same hours.
    touched = {
        (_hour(started_ms), _hour(ended_ms - 1) + HOUR_MS)
        for started_ms, ended_ms in spans
        if ended_ms is not None and ended_ms > started_ms
    }
    for window in coverage.merge(Window(*hours) for hours in touched):
        starts = _Starts(connection, window)
        peaks = [(hour, starts.peak(Window(hour, hour + HOUR_MS))) for hour in starts.hours(window)]
        span = (window.start_ms, window.end_ms)
        connection.execute("DELETE FROM hour_peak WHERE started_ms >= ? AND started_ms < ?", span)
        connection.executemany("INSERT INTO hour_peak VALUES (?, ?, ?)", [(hour, *peak) for hour, peak in peaks if peak])


def peak(connection: sqlite3.Connection, reach: Reach) -> Peak | None:
    """The peak of the calls that start within a reach; None where none does.

    Its first hours are walked through while calls are under way that started before it, and so is a last hour that it cuts.
    """
    start_ms = EARLIEST_MS if reach.start_ms is None else reach.start_ms
    end_ms = LATEST_MS if reach.end_ms is None else reach.end_ms
    left_ms = max((ended_ms for _, ended_ms in _overlapping(connection, Window(start_ms, start_ms))), default=start_ms)
    first_ms = min(end_ms, _hour(left_ms - 1) + HOUR_MS)
    last_ms = max(first_ms, _hour(end_ms))
    rows = connection.execute(
        "SELECT peak, peak_ms FROM hour_peak WHERE started_ms >= ? AND started_ms < ? ORDER BY peak DESC, peak_ms LIMIT 1",
        (first_ms, last_ms),
    )
    found = [Peak(*row) for row in rows]
    since = SqlCondition("c.started_ms >= ?", (start_ms,))
    for window in (Window(start_ms, first_ms), Window(last_ms, end_ms)):
        walked = None if window.empty else _Starts(connection, window, since).peak(window)
        found += [walked] if walked else []
    return _highest(found)


def peak_among(connection: sqlite3.Connection, reach: Reach, among: SqlCondition) -> Peak | None:
    """The peak of the calls under a condition, which all start within a reach; None where there is none."""
    start_ms = EARLIEST_MS if reach.start_ms is None else _hour(reach.start_ms)
    end_ms = LATEST_MS if reach.end_ms is None else reach.end_ms
    found: Peak | None = None
    for first_ms, last_ms, most in connection.execute(_PARTS, (start_ms, end_ms, PART_MS)).fetchall():
        # The calls under a condition are never more than all calls.
        if found is not None and found.calls > most:
            break
        window = Window(first_ms, last_ms + HOUR_MS)
        walked = _Starts(connection, window, among).peak(window)
        found = _highest(one for one in (found, walked) if one is not None)
    return found


def _highest(peaks: Iterable[Peak]) -> Peak | None:
    """The highest of some peaks, and of several the first."""
    return max(peaks, key=lambda one: (one.calls, -one.at_ms), default=None)


class _Starts:
    """The calls under a condition that are under way when a window begins or start in it."""

    def __init__(self, connection: sqlite3.Connection, window: Window, among: SqlCondition = TRUE) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for started_ms, ended_ms in _overlapping(connection, window, among):
            self._starts.append(started_ms)
            self._ends.append(ended_ms)
        # They lie nearly in order.
        self._starts.sort()
        self._ends.sort()

    def hours(self, window: Window) -> list[int]:
        """The hours of a window in which a call starts."""
        first, last = self._places(window)
        return sorted({_hour(start_ms) for start_ms in self._starts[first:last]})

    def peak(self, window: Window) -> Peak | None:
        """The peak of the calls that start in a window; None where none does."""
        first, last = self._places(window)
        found: Peak | None = None
        most = 0
        place = first
        while place < last:
            start_ms = self._starts[place]
            # Those that have started by then, but for those that have ended.
            calls = place + 1 - bisect_right(self._ends, start_ms)
            if calls > most:
                most, found = calls, Peak(calls, start_ms)
            # Each start makes them one more at most, so that no place before this can have more than the most.
            place += most + 1 - calls
        return found

    def _places(self, window: Window) -> tuple[int, int]:
        return bisect_left(self._starts, window.start_ms), bisect_left(self._starts, window.end_ms)


def _overlapping(connection: sqlite3.Connection, window: Window, among: SqlCondition = TRUE) -> sqlite3.Cursor:
    """Start and end of the calls under a condition that are under way when a window begins or start in it."""
    keys = first_key(window.start_ms - LONG_MS), last_key(window.end_ms)
    params = (window.start_ms, window.end_ms, *keys, *among.params, *among.params)
    return connection.execute(_OVERLAPPING.format(f"({among.sql})"), params)


def _hour(instant_ms: int) -> int:
    return instant_ms - instant_ms % HOUR_MS
