"""A small provider of records whose calls are easy to foretell, and ways to look into a cache file."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calls.cache.database import Database
from calls.cache.payloads import Bodies, payload_of
from calls.cache.writer import Reading, Stored, Writer
from calls.model import COUNTERS, Call, Derived, Direction, EmployeeBucket, Leg, Record, Reject, Source, Status
from calls.times import parse_rfc3339

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LINK_MS = 10_000
NORTH = Source("north", "fake", "Europe/Stockholm", "46")
SOUTH = Source("south", "fake", "Europe/Bucharest", "40")
DESK = Source("desk", "telecomx", "Europe/Copenhagen", "45")
NOON_MS = parse_rfc3339("2026-11-22T11:00:00Z")
DERIVED_TABLES = ("call", "leg", "employee_bucket")
_CALL_FIELDS = set(Call._fields) - {"provider", "kind", "id", "started_ms", "legs"}


@dataclass(slots=True)
class FakeDeriver:
    """Joins groups through shared links into one call, which bears the id of the first of its groups.

    A payload holds the call's own fields as they are, `teaches` for a fact, or an employee's counters with `employee_id`.
    A call with a record whose link is a known fact is internal.
    """

    source: Source = NORTH
    link_ms: int = LINK_MS

    def facts(self, records: Sequence[Record]) -> frozenset[str]:
        return frozenset(record.payload["teaches"] for record in records if record.payload.get("teaches"))

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived:
        calls = tuple(self._call(some, facts) for some in self._joined(records) if "employee_id" not in some[0].payload)
        buckets = tuple(self._bucket(record) for record in records if "employee_id" in record.payload)
        return Derived(calls, buckets)

    def _joined(self, records: Sequence[Record]) -> list[list[Record]]:
        """The records of each call: groups that share a link at nearly the same time become one."""
        call_of = {record.group: record.group for record in records}
        linked = [record for record in records if self.link_ms and record.link]
        for _ in linked:
            for one, other in itertools.combinations(linked, 2):
                if one.link == other.link and abs(one.started_ms - other.started_ms) <= self.link_ms:
                    first = min(call_of[one.group], call_of[other.group])
                    call_of[one.group] = call_of[other.group] = first
        joined: dict[str, list[Record]] = {}
        for record in records:
            joined.setdefault(call_of[record.group], []).append(record)
        return list(joined.values())

    def _call(self, records: Sequence[Record], facts: frozenset[str]) -> Call:
        values = {name: value for record in records for name, value in record.payload.items() if name in _CALL_FIELDS}
        internal = any(record.link in facts for record in records)
        direction = Direction.INTERNAL if internal else Direction(values.pop("direction", "in"))
        values.pop("direction", None)
        status = Status(values.pop("status", "missed"))
        legs = tuple(
            Leg(record.started_ms, None, None, None, record.payload.get("caller", ""), record.key, "", status, 0)
            for record in records
        )
        return Call(
            self.source.name,
            self.source.kind,
            min(record.group for record in records),
            min(record.started_ms for record in records),
            direction,
            status,
            legs=legs,
            **values,
        )

    def _bucket(self, record: Record) -> EmployeeBucket:
        payload = record.payload
        counters = {name: payload[name] for name in COUNTERS if name in payload}
        employee = (payload["employee_id"], payload.get("employee_name", ""))
        extension = (payload.get("extension_id", ""), payload.get("extension_number", ""))
        return EmployeeBucket(
            self.source.name, *employee, *extension, record.started_ms, record.started_ms + HOUR_MS, **counters
        )


def record(key: str, group: str = "", started_ms: int = NOON_MS, link: str = "", **payload: Any) -> Record:
    """A record that is its own call unless it names a group."""
    return Record(key, group or key, started_ms, payload, link)


def stored_payloads(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    """The payloads of `record` or `record_revision`, in the order of their ids."""
    rows = connection.execute(
        f"SELECT p.source_id, t.block_id, t.slot FROM {table} AS t JOIN payload_block AS p ON p.id = t.block_id ORDER BY t.id"
    ).fetchall()
    bodies = {source_id: Bodies(connection, source_id) for source_id, _, _ in rows}
    return [payload_of(bodies[source_id][block_id, slot]) for source_id, block_id, slot in rows]


class Cache:
    """A cache that is written and looked at in a test."""

    def __init__(self, path: Path, *sources: Source) -> None:
        self.path = path
        self.database = Database(path)
        self.writer = Writer(self.database)
        self.ids = self.writer.register(sources or (NORTH,))

    def read(
        self, *records: Record, read_ms: int = NOON_MS, deriver: FakeDeriver | None = None, rejects: tuple[Reject, ...] = ()
    ) -> Stored:
        """Stores one reading of these records."""
        deriver = deriver or FakeDeriver()
        return self.writer.store(deriver, self.ids[deriver.source.name], Reading(records, rejects, read_ms))

    def rows(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        """The answer to a question."""
        return self.database.connection.execute(sql, params).fetchall()

    def payloads(self, table: str) -> list[dict[str, Any]]:
        """The payloads of records, or of their older versions, in the order of their ids."""
        return stored_payloads(self.database.connection, table)

    def calls(self) -> Mapping[str, tuple[Any, ...]]:
        """Start, direction, status and number of legs of each call, by id."""
        rows = self.rows("SELECT call_id, started_ms, direction, status, leg_count FROM call ORDER BY call_id")
        return {row[0]: row[1:] for row in rows}

    def dump(self, *tables: str) -> bytes:
        """The content of these tables, or of all, row by row, byte for byte."""
        names = tables or tuple(row[0] for row in self.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1"))
        return "\n".join(
            f"{name} {row!r}" for name in names for row in self.rows(f"SELECT * FROM {name} ORDER BY 1, 2")
        ).encode()


@contextmanager
def a_cache(path: Path, *sources: Source) -> Iterator[Cache]:
    """A cache that knows these sources (without any: one), closed at the end."""
    cache = Cache(path, *sources)
    with closing(cache.database):
        yield cache


def plan_of(connection: sqlite3.Connection, sql: str, params: Sequence[object]) -> list[str]:
    """What SQLite does to answer a question, step by step."""
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", params)]
