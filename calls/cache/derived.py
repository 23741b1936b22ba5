"""Storing what records amount to: calls with their legs, and employee buckets."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date
from hashlib import blake2b
from zoneinfo import ZoneInfo

from calls.cache.records import chunks, marks, storable
from calls.filters import search_text
from calls.model import COUNTERS, Call, EmployeeBucket, Leg, Source
from calls.text import normalise_number
from calls.times import local_date, local_hour

KEY_HASH_BITS = 20
# A key has 64 bits, so a start before the year 1692 or after 2248 lies at the edge of these years.
_LAST_PLACE_MS = (1 << 43) - 2

# fmt: off
CALL_COLUMNS = (
    "source_id", "call_id", "started_ms", "ringing_ms", "answered_ms", "ended_ms", "direction", "status",
    "caller", "caller_key", "caller_name", "callee", "callee_key", "callee_name", "queue", "employee", "project", "route",
    "trunk", "linked", "external", "talk_ms", "ring_ms", "wait_ms", "has_recording", "has_transcription", "has_monitor",
    "approximate", "doubt", "leg_count", "local_day", "local_hour", "search",
)
LEG_COLUMNS = (
    "started_ms", "ringing_ms", "answered_ms", "ended_ms", "caller", "callee", "employee", "status", "talk_ms", "role",
)
BUCKET_COLUMNS = (
    "source_id", "started_ms", "employee_id", "extension_id", "ended_ms", "employee_name", "extension_number",
    *COUNTERS, "inbound_answered_derived", "merged_hours", "local_day", "local_hour",
)
# fmt: on
_BUCKET_KEY = ("source_id", "started_ms", "employee_id", "extension_id")


def _place_ms(started_ms: int) -> int:
    return min(max(started_ms, -_LAST_PLACE_MS), _LAST_PLACE_MS)


def first_key(started_ms: int) -> int:
    """The least key that a call which starts at this instant can have."""
    return _place_ms(started_ms) << KEY_HASH_BITS


def _local(started_ms: int, zone: ZoneInfo) -> tuple[int, int]:
    day: date = local_date(_place_ms(started_ms), zone)
    return day.toordinal(), local_hour(_place_ms(started_ms), zone)


def _call_row(source_id: int, source: Source, call: Call) -> tuple[object, ...]:
    day, hour = _local(call.started_ms, ZoneInfo(source.timezone))
    values = (
        source_id, call.id, call.started_ms, call.ringing_ms, call.answered_ms, call.ended_ms,
        call.direction.value, call.status.value,
        call.caller, normalise_number(call.caller, source.country_code), call.caller_name,
        call.callee, normalise_number(call.callee, source.country_code), call.callee_name,
        call.queue, call.employee, call.project, call.route, call.trunk, call.linked, call.external,
        call.talk_ms, call.ring_ms, call.wait_ms,
        int(call.has_recording), int(call.has_transcription), int(call.has_monitor), int(call.approximate), call.doubt,
        call.leg_count, day, hour, search_text(call, source.country_code),
    )  # fmt: skip
    return tuple(storable(value) if isinstance(value, str) else value for value in values)


def _leg_row(leg: Leg) -> tuple[object, ...]:
    return (
        leg.started_ms, leg.ringing_ms, leg.answered_ms, leg.ended_ms, storable(leg.caller), storable(leg.callee),
        storable(leg.employee), leg.status.value, leg.talk_ms, leg.role,
    )  # fmt: skip


def _free_key(connection: sqlite3.Connection, source: Source, call: Call) -> int:
    """A key that begins with the call's start; a clash moves it up by one."""
    digest = blake2b(f"{source.name}\0{call.id}".encode("utf-8", "replace"), digest_size=8).digest()
    key = (_place_ms(call.started_ms) << KEY_HASH_BITS) | (int.from_bytes(digest, "big") & ((1 << KEY_HASH_BITS) - 1))
    while connection.execute("SELECT 1 FROM call WHERE key = ?", (key,)).fetchone() is not None:
        key += 1
    return key


def store_calls(
    connection: sqlite3.Connection, source_id: int, source: Source, groups: Iterable[str], calls: Iterable[Call]
) -> None:
    """Makes the calls of these groups be exactly `calls`; writes only what differs. A call's id is one of the groups."""
    wanted = {storable(call.id): call for call in calls}
    known: dict[str, tuple[int, tuple[object, ...]]] = {}
    columns = ", ".join(CALL_COLUMNS)
    for some in chunks(sorted({*groups, *wanted})):
        rows = connection.execute(
            f"SELECT key, {columns} FROM call WHERE source_id = ? AND call_id IN ({marks(some)})", (source_id, *some)
        )
        known.update({row[2]: (row[0], row[1:]) for row in rows})
    for call_id, (key, _) in known.items():
        if call_id not in wanted:
            connection.execute("DELETE FROM call WHERE key = ?", (key,))
    for call_id, call in wanted.items():
        row = _call_row(source_id, source, call)
        legs = [_leg_row(leg) for leg in call.legs]
        before = known.get(call_id)
        if before is not None and before[1] == row and _legs(connection, before[0]) == legs:
            continue
        key = before[0] if before is not None else 0
        if before is not None and before[0] >> KEY_HASH_BITS != _place_ms(call.started_ms):
            connection.execute("DELETE FROM call WHERE key = ?", (before[0],))
            key = 0
        elif before is not None:
            connection.execute("DELETE FROM leg WHERE call_key = ?", (key,))
        key = key or _free_key(connection, source, call)
        updates = ", ".join(f"{name} = excluded.{name}" for name in CALL_COLUMNS)
        connection.execute(
            f"INSERT INTO call (key, {columns}) VALUES (?{', ?' * len(CALL_COLUMNS)})"
            f" ON CONFLICT (key) DO UPDATE SET {updates}",
            (key, *row),
        )
        connection.executemany(
            f"INSERT INTO leg (call_key, position, {', '.join(LEG_COLUMNS)}) VALUES (?, ?{', ?' * len(LEG_COLUMNS)})",
            [(key, position, *leg) for position, leg in enumerate(legs)],
        )


def _legs(connection: sqlite3.Connection, call_key: int) -> list[tuple[object, ...]]:
    return connection.execute(
        f"SELECT {', '.join(LEG_COLUMNS)} FROM leg WHERE call_key = ? ORDER BY position", (call_key,)
    ).fetchall()


def store_buckets(connection: sqlite3.Connection, source_id: int, source: Source, buckets: Iterable[EmployeeBucket]) -> None:
    """Replaces the buckets with these totals; a bucket that is not among them stays as it is."""
    columns = ", ".join(BUCKET_COLUMNS)
    changing = [name for name in BUCKET_COLUMNS if name not in _BUCKET_KEY]
    updates = ", ".join(f"{name} = excluded.{name}" for name in changing)
    differs = " OR ".join(f"{name} IS NOT excluded.{name}" for name in changing)
    zone = ZoneInfo(source.timezone)
    for bucket in buckets:
        day, hour = _local(bucket.started_ms, zone)
        counters = [getattr(bucket, name) for name in COUNTERS]
        row = (
            source_id, bucket.started_ms, storable(bucket.employee_id), storable(bucket.extension_id), bucket.ended_ms,
            storable(bucket.employee_name), storable(bucket.extension_number), *counters,
            int(bucket.inbound_answered_derived), bucket.merged_hours, day, hour,
        )  # fmt: skip
        connection.execute(
            f"INSERT INTO employee_bucket ({columns}) VALUES ({marks(BUCKET_COLUMNS)})"
            f" ON CONFLICT ({', '.join(_BUCKET_KEY)}) DO UPDATE SET {updates} WHERE {differs}",
            row,
        )
