"""Sums kept beside the calls, in the transaction that changes them: by hour, by queue, employee or waiting time and day, by
contact.

What a change touched is counted again from the calls, so that the sums cannot drift from them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from calls.cache.records import chunks, marks
from calls.keys import first_key, place_ms
from calls.model import Window
from calls.times import HOUR_MS, hour_start_ms, local_date, local_day_window

# Every zone's hours begin on a quarter of an hour.
_QUARTER_MS = 900_000
# Earlier and later than any call.
_NEVER, _EVER = -(1 << 62), 1 << 62
WAIT_TICKS = "wait_ms / 1000 * 2 + (wait_ms % 1000 > 0)"
_SUMS = (
    "count(*), sum(talk_ms), sum(approximate), coalesce(sum(ring_ms), 0), count(ring_ms), coalesce(sum(wait_ms), 0),"
    " count(wait_ms)"
)


class Touched:
    """The hours, the days and the contacts of calls that came, went or changed."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._quarters: set[int] = set()
        self.number_keys: set[str] = set()
        self.parties: set[int] = set()

    def add(self, started_ms: int, *number_keys: str) -> None:
        """A call, with the comparable numbers of its parties."""
        self._quarters.add(place_ms(started_ms) // _QUARTER_MS * _QUARTER_MS)
        self.number_keys.update(number_keys)

    def hours(self) -> set[int]:
        """The local hours, each named by the instant at which it begins."""
        return {hour_start_ms(start_ms, self._zone) for start_ms in self._quarters}

    def days(self) -> set[Window]:
        """The local days."""
        return {local_day_window(local_date(start_ms, self._zone), self._zone) for start_ms in self._quarters}

    def add_stored(self, started_ms: int, *parties: int) -> None:
        """A call as it is stored, with the ids of its parties."""
        self.add(started_ms)
        self.parties.update(parties)


def recount(connection: sqlite3.Connection, source_id: int, touched: Touched) -> None:
    """Counts the touched hours and days of a source and the touched contacts again."""
    _count(connection, source_id, touched)
    keys = touched.number_keys | _keys_of(connection, touched.parties)
    count_contacts(connection, keys - {""})


def _keys_of(connection: sqlite3.Connection, parties: Iterable[int]) -> set[str]:
    return {key for party in parties for (key,) in connection.execute("SELECT number_key FROM party WHERE id = ?", (party,))}


def _count(connection: sqlite3.Connection, source_id: int, touched: Touched) -> None:
    hours = [(source_id, hour, first_key(hour), first_key(hour + HOUR_MS)) for hour in sorted(touched.hours())]
    days = [(source_id, day.start_ms, first_key(day.start_ms), first_key(day.end_ms)) for day in sorted(touched.days())]
    for table, spans, word, values, counted in (
        ("hour_tally", hours, "", f"min(local_day), min(local_hour), {_SUMS}", ""),
        ("queue_tally", days, ", queue_word", f"min(local_day), {_SUMS}", ""),
        ("employee_tally", days, ", employee_word", f"min(local_day), {_SUMS}", ""),
        ("wait_tally", days, f", {WAIT_TICKS}", "min(local_day), count(*)", " AND wait_ms IS NOT NULL"),
    ):
        connection.executemany(f"DELETE FROM {table} WHERE source_id = ? AND started_ms = ?", [span[:2] for span in spans])
        connection.executemany(
            f"INSERT INTO {table} SELECT source_id, ?2, direction, status{word}, {values} FROM call NOT INDEXED"
            f" WHERE key >= ?3 AND key < ?4 AND source_id = ?1{counted} GROUP BY direction, status{word}",
            spans,
        )


def count_contacts(connection: sqlite3.Connection, number_keys: Iterable[str]) -> None:
    """Finds anew when these numbers were last missed and last spoken to. A number that was never missed is no contact."""
    for some in chunks(sorted(number_keys)):
        connection.execute(f"DELETE FROM contact WHERE number_key IN ({marks(some)})", tuple(some))
        connection.execute(
            f"INSERT INTO contact SELECT number_key, missed, nullif(max(heard, reached), {_NEVER}) FROM ("
            " SELECT p.number_key,"
            "  max((SELECT c.started_ms FROM call AS c INDEXED BY call_missed WHERE c.caller_party = p.id"
            "   AND c.direction = 'in' AND c.status <> 'answered' ORDER BY c.key DESC LIMIT 1)) AS missed,"
            "  max(coalesce((SELECT c.started_ms FROM call AS c INDEXED BY call_answered_from WHERE c.caller_party = p.id"
            f"   AND c.direction = 'in' AND c.status = 'answered' ORDER BY c.key DESC LIMIT 1), {_NEVER})) AS heard,"
            "  max(coalesce((SELECT c.started_ms FROM call AS c INDEXED BY call_answered_to WHERE c.callee_party = p.id"
            f"   AND c.direction = 'out' AND c.status = 'answered' ORDER BY c.key DESC LIMIT 1), {_NEVER})) AS reached"
            f" FROM party AS p WHERE p.number_key IN ({marks(some)}) GROUP BY p.number_key) WHERE missed IS NOT NULL",
            tuple(some),
        )


def count_source(connection: sqlite3.Connection, source_id: int, zone: ZoneInfo) -> None:
    """Counts every hour and day of a source, which is cut in another zone now."""
    _forget(connection, source_id, _EVER)
    touched = Touched(zone)
    for (start_ms,) in connection.execute(
        "SELECT DISTINCT started_ms / ?2 * ?2 FROM call WHERE source_id = ?1", (source_id, _QUARTER_MS)
    ):
        touched.add(start_ms)
    _count(connection, source_id, touched)


def drop_before(connection: sqlite3.Connection, source_id: int, before_ms: int, zone: ZoneInfo) -> None:
    """Counts again what is left of a source whose calls before an instant were deleted."""
    _forget(connection, source_id, before_ms)
    touched = Touched(zone)
    touched.add(before_ms)
    _count(connection, source_id, touched)


def _forget(connection: sqlite3.Connection, source_id: int, before_ms: int) -> None:
    for table in ("hour_tally", "queue_tally", "employee_tally", "wait_tally"):
        connection.execute(f"DELETE FROM {table} WHERE source_id = ? AND started_ms < ?", (source_id, before_ms))
