"""Sums kept beside the calls, in the transaction that changes them: by hour, by day and queue, employee or waiting time, all by
outcome; and when each contact was last missed and last spoken to.

What came is added and what went is taken away; the totals of all outcomes (`calls.cache.totals`) follow. Rebuilding the cache
counts all of them again from the calls.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from calls.cache import totals
from calls.cache.localtimes import LocalTime, LocalTimes
from calls.cache.statements import chunks, marks
from calls.keys import EARLIEST_MS, LATEST_MS, first_key, last_key, place_sql
from calls.times import HOUR_MS, QUARTER_MS

WAIT_TICKS = "wait_ms / 1000 * 2 + (wait_ms % 1000 > 0)"
SUMMED = ("started_ms", "direction", "status", "queue_word", "employee_word", "talk_ms", "approximate", "ring_ms", "wait_ms")
"""The columns of a call that the sums depend on."""

_SUMS = (
    "count(*), sum(talk_ms), sum(approximate), coalesce(sum(ring_ms), 0), count(ring_ms), coalesce(sum(wait_ms), 0),"
    " count(wait_ms)"
)
_ADDED = ("calls", "talk_ms", "approximate", "ring_ms", "rung", "wait_ms", "waited")
# A key may have moved beyond its hour, so that the start itself decides.
_PLACE = place_sql("started_ms")
_KEY = ("started_ms", "source_id", "direction", "status")
# Each table with the columns that name one of its sums besides those, those that tell more of it, and those that are summed.
_TABLES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "hour_tally": ((), ("local_day", "local_hour"), _ADDED),
    "queue_tally": (("queue_word",), ("local_day",), _ADDED),
    "employee_tally": (("employee_word",), ("local_day",), _ADDED),
    "wait_tally": (("wait_ticks",), ("local_day",), ("calls",)),
}
_Key = tuple[Any, ...]
_Row = tuple[Any, ...]


def _statements(table: str) -> tuple[str, str]:
    """What adds to a sum, and what removes one that has no calls any more."""
    named, told, added = _TABLES[table]
    key = (*_KEY, *named)
    columns = (*key, *told, *added)
    adding = ", ".join(f"{name} = {name} + excluded.{name}" for name in added)
    is_key = " AND ".join(f"{name} = ?" for name in key)
    add = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(columns)}) ON CONFLICT ({', '.join(key)}) DO UPDATE SET "
    return add + adding, f"DELETE FROM {table} WHERE {is_key} AND calls = 0"


_STATEMENTS = {table: _statements(table) for table in _TABLES}


class Changes:
    """Calls of one source that came, went or changed; each is given as its columns `SUMMED`, with its local time."""

    def __init__(self) -> None:
        # What each sum changes by, call by call.
        self._sums: dict[str, dict[_Key, list[tuple[int, ...]]]] = {table: defaultdict(list) for table in _TABLES}
        self._tables = tuple(self._sums.values())
        # When numbers were missed and spoken to in calls that came, the latest of each.
        self.missed: dict[str, int] = {}
        self.spoken: dict[str, int] = {}
        # Numbers, and parties, of calls that went or changed.
        self.number_keys: set[str] = set()
        self.parties: set[int] = set()

    def came(self, row: _Row, local: LocalTime, number_keys: tuple[str, str]) -> None:
        """A call, with the comparable numbers of caller and callee."""
        self._count(row, local, 1)
        started_ms, direction, status, *_ = row
        if direction == "in":
            latest, key = (self.spoken if status == "answered" else self.missed), number_keys[0]
        elif direction == "out" and status == "answered":
            latest, key = self.spoken, number_keys[1]
        else:
            return
        if started_ms > latest.get(key, EARLIEST_MS):
            latest[key] = started_ms

    def went(self, row: _Row, local: LocalTime, parties: Iterable[int]) -> None:
        """A call that is no longer there, or not as it was, with the ids of its parties."""
        self._count(row, local, -1)
        self.parties.update(parties)

    def replaced(self, number_keys: tuple[str, str]) -> None:
        """The comparable numbers of a call that was there before, in another shape."""
        self.number_keys.update(number_keys)

    def _count(self, row: _Row, local: LocalTime, calls: int) -> None:
        """Adds a call to the sums in which it counts, or takes it away."""
        _, direction, status, queue, employee, talk_ms, approximate, ring_ms, wait_ms = row
        day, hour, day_start_ms, hour_start_ms = local
        rung, waited = calls * (ring_ms is not None), calls * (wait_ms is not None)
        ring, wait = rung * (ring_ms or 0), waited * (wait_ms or 0)
        values = (calls, calls * talk_ms, calls * approximate, ring, rung, wait, waited)
        hours, queues, employees, waits = self._tables
        hours[hour_start_ms, direction, status, day, hour].append(values)
        queues[day_start_ms, direction, status, queue, day].append(values)
        employees[day_start_ms, direction, status, employee, day].append(values)
        if waited:
            waits[day_start_ms, direction, status, wait_ms // 1000 * 2 + (wait_ms % 1000 > 0), day].append((calls,))

    def sums(self, table: str) -> dict[_Key, tuple[int, ...]]:
        """What a table's sums change by, where they do, each under its key and what else is told of it."""
        sums = {
            key: calls[0] if len(calls) == 1 else tuple(map(sum, zip(*calls, strict=True)))
            for key, calls in self._sums[table].items()
        }
        return {key: values for key, values in sums.items() if any(values)}


def apply(connection: sqlite3.Connection, source_id: int, changes: Changes) -> None:
    """Brings the sums of a source and the contacts up to what its calls are now."""
    for table, (add, remove) in _STATEMENTS.items():
        sums = changes.sums(table)
        keys = [(key[0], source_id, *key[1:]) for key in sums]
        connection.executemany(add, [(*key, *values) for key, values in zip(keys, sums.values(), strict=True)])
        named, told, _ = _TABLES[table]
        fewer = [key for key, values in zip(keys, sums.values(), strict=True) if values[0] < 0]
        connection.executemany(remove, [key[: len(_KEY) + len(named)] for key in fewer])
        totals.forget(connection, table, [dict(zip((*_KEY, *named, *told), key, strict=True)) for key in fewer])
        totals.refresh(connection, table, source_id, (key[0] for key in keys))
    again = (changes.number_keys | _keys_of(connection, changes.parties)) - {""}
    _add_to_contacts(connection, changes, again)


def _add_to_contacts(connection: sqlite3.Connection, changes: Changes, again: set[str]) -> None:
    """Counts these contacts again, and those that are new; for the others the latest of what came is enough."""
    missed = [key for key in changes.missed if key and key not in again]
    known: set[str] = set()
    for some in chunks(missed):
        rows = connection.execute(f"SELECT number_key FROM contact WHERE number_key IN ({marks(some)})", tuple(some))
        known.update(key for (key,) in rows)
    count_contacts(connection, again.union(missed) - known)
    connection.executemany(
        "UPDATE contact SET missed_ms = ?1 WHERE number_key = ?2 AND missed_ms < ?1",
        [(changes.missed[key], key) for key in known],
    )
    connection.executemany(
        "UPDATE contact SET answered_ms = ?1 WHERE number_key = ?2 AND (answered_ms IS NULL OR answered_ms < ?1)",
        [(started_ms, key) for key, started_ms in changes.spoken.items() if key],
    )


def _keys_of(connection: sqlite3.Connection, parties: Iterable[int]) -> set[str]:
    return {key for party in parties for (key,) in connection.execute("SELECT number_key FROM party WHERE id = ?", (party,))}


def _count(connection: sqlite3.Connection, source_id: int, zone: ZoneInfo, instants_ms: Iterable[int]) -> None:
    """Counts the hours and days in which these instants lie, of which there are no sums."""
    times = LocalTimes(zone)
    found = [times[instant_ms] for instant_ms in instants_ms]
    spans = {
        "hour": {(one.hour_start_ms, one.hour_start_ms + HOUR_MS) for one in found},
        "day": {(one.day_start_ms, times.next_day_ms(one)) for one in found},
    }
    for table, unit, word, values, counted in (
        ("hour_tally", "hour", "", f"min(local_day), min(local_hour), {_SUMS}", ""),
        ("queue_tally", "day", ", queue_word", f"min(local_day), {_SUMS}", ""),
        ("employee_tally", "day", ", employee_word", f"min(local_day), {_SUMS}", ""),
        ("wait_tally", "day", f", {WAIT_TICKS}", "min(local_day), count(*)", " AND wait_ms IS NOT NULL"),
    ):
        connection.executemany(
            f"INSERT INTO {table} SELECT source_id, ?2, direction, status{word}, {values} FROM call NOT INDEXED"
            f" WHERE key BETWEEN ?4 AND ?5 AND {_PLACE} >= ?2 AND {_PLACE} < ?3 AND source_id = ?1{counted}"
            f" GROUP BY direction, status{word}",
            [(source_id, *span, first_key(span[0]), last_key(span[1])) for span in sorted(spans[unit])],
        )
        totals.refresh(connection, table, source_id, (start_ms for start_ms, _ in spans[unit]))


def count_contacts(connection: sqlite3.Connection, number_keys: Iterable[str]) -> None:
    """Finds anew when these numbers were last missed and last spoken to. A number that was never missed is no contact."""
    for some in chunks(sorted(number_keys)):
        connection.execute(f"DELETE FROM contact WHERE number_key IN ({marks(some)})", tuple(some))
        connection.execute(
            f"INSERT INTO contact SELECT number_key, missed, nullif(max(heard, reached), {EARLIEST_MS}) FROM ("
            " SELECT p.number_key,"
            "  max((SELECT c.started_ms FROM call AS c INDEXED BY call_missed WHERE c.caller_party = p.id"
            "   AND c.direction = 'in' AND c.status <> 'answered' ORDER BY c.key DESC LIMIT 1)) AS missed,"
            "  max(coalesce((SELECT c.started_ms FROM call AS c INDEXED BY call_by_caller WHERE c.caller_party = p.id"
            f"   AND c.direction = 'in' AND c.status = 'answered' ORDER BY c.key DESC LIMIT 1), {EARLIEST_MS})) AS heard,"
            "  max(coalesce((SELECT c.started_ms FROM call AS c INDEXED BY call_by_callee WHERE c.callee_party = p.id"
            f"   AND c.direction = 'out' AND c.status = 'answered' ORDER BY c.key DESC LIMIT 1), {EARLIEST_MS})) AS reached"
            f" FROM party AS p WHERE p.number_key IN ({marks(some)}) GROUP BY p.number_key) WHERE missed IS NOT NULL",
            tuple(some),
        )


def count_all_contacts(connection: sqlite3.Connection) -> None:
    """Finds anew for every number when it was last missed and last spoken to."""
    keys = connection.execute("SELECT DISTINCT number_key FROM party WHERE number_key <> ''").fetchall()
    count_contacts(connection, [key for (key,) in keys])


def count_source(connection: sqlite3.Connection, source_id: int, zone: ZoneInfo) -> None:
    """Counts every hour and day of a source again."""
    _forget(connection, source_id, LATEST_MS)
    starts = connection.execute("SELECT DISTINCT started_ms / ?2 * ?2 FROM call WHERE source_id = ?1", (source_id, QUARTER_MS))
    _count(connection, source_id, zone, [start_ms for (start_ms,) in starts.fetchall()])


def drop_before(connection: sqlite3.Connection, source_id: int, before_ms: int, zone: ZoneInfo) -> None:
    """Counts again what is left of a source whose calls before an instant were deleted."""
    edge = LocalTimes(zone)[before_ms]
    # The day and the hour of the edge are counted again too, whatever is left of them.
    for table in _TABLES:
        last_ms = edge.hour_start_ms if table == "hour_tally" else edge.day_start_ms
        _forget_in(connection, table, source_id, max(before_ms, last_ms + 1))
    _count(connection, source_id, zone, [before_ms])


def _forget(connection: sqlite3.Connection, source_id: int, before_ms: int) -> None:
    for table in _TABLES:
        _forget_in(connection, table, source_id, before_ms)


def _forget_in(connection: sqlite3.Connection, table: str, source_id: int, before_ms: int) -> None:
    connection.execute(f"DELETE FROM {table} WHERE source_id = ? AND started_ms < ?", (source_id, before_ms))
    totals.forget_before(connection, table, source_id, before_ms)
