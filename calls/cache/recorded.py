"""What a call was derived from: its records as they were sent, with the versions they had before, as a person may see them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calls.cache.payloads import Bodies, payload_of
from calls.cache.records import GROUP, LAST_SEEN, STARTED, neighbours
from calls.cache.statements import chunks, marks
from calls.raw import Change, RawField, changes_between, raw_fields

# The farthest apart in time that a provider's stray records start which belong to a call of another group.
JOINED_MS = 120_000
MOST_RECORDS = 100


@dataclass(frozen=True, slots=True)
class Revision:
    """A version that was replaced at `replaced_ms`, and what became of its fields then."""

    seen_ms: int
    replaced_ms: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record of a call. `joined` when it came under another id than the call's; `superseded` when another row took its place,
    so that it no longer counts; `unseen_since_ms` when the provider left it out of an answer it belongs to. The oldest revision
    comes first."""

    key: str
    started_ms: int
    first_seen_ms: int
    changed_ms: int
    last_seen_ms: int
    fields: tuple[RawField, ...]
    revisions: tuple[Revision, ...] = ()
    joined: bool = False
    superseded: bool = False
    unseen_since_ms: int | None = None


def records_of(connection: sqlite3.Connection, source_id: int, call_id: str) -> tuple[StoredRecord, ...]:
    """The records of a call, in order of time; at most `MOST_RECORDS`."""
    groups = neighbours(connection, source_id, [call_id], JOINED_MS)
    others: set[str] = set(groups) - {call_id}
    for some in chunks(sorted(others)):
        known = connection.execute(
            f"SELECT call_id FROM call WHERE source_id = ? AND call_id IN ({marks(some)})", (source_id, *some)
        )
        others -= {name for (name,) in known}
    bodies = Bodies(connection, source_id)
    found: list[StoredRecord] = []
    columns = (
        f"key, {GROUP}, id, {STARTED}, block_id, slot, first_seen_ms, coalesce(changed_ms, first_seen_ms), {LAST_SEEN},"
        " superseded, unseen_since_ms"
    )
    for group in (call_id, *sorted(others)):
        # The first of the two finds records whose key is their group.
        rows = connection.execute(
            f"SELECT {columns} FROM record WHERE source_id = ?1 AND key = ?2 AND group_key IS NULL"
            f" UNION ALL SELECT {columns} FROM record WHERE source_id = ?1 AND group_key = ?2 LIMIT ?3",
            (source_id, group, MOST_RECORDS),
        ).fetchall()
        found += [_record(connection, bodies, row, call_id) for row in rows]
    return tuple(sorted(found, key=lambda record: (record.started_ms, record.key))[:MOST_RECORDS])


def _record(connection: sqlite3.Connection, bodies: Bodies, row: tuple[Any, ...], call_id: str) -> StoredRecord:
    key, group, row_id, started_ms, block_id, slot, first_ms, changed_ms, last_ms, superseded, unseen_ms = row
    payload = payload_of(bodies[block_id, slot])
    return StoredRecord(
        key, started_ms, first_ms, changed_ms, last_ms, raw_fields(payload), _revisions(connection, bodies, row_id, payload),
        group != call_id, bool(superseded), unseen_ms,
    )  # fmt: skip


def _revisions(connection: sqlite3.Connection, bodies: Bodies, row_id: int, newest: Mapping[str, Any]) -> tuple[Revision, ...]:
    rows = connection.execute(
        "SELECT block_id, slot, seen_ms, replaced_ms FROM record_revision WHERE record_id = ? ORDER BY replaced_ms, id",
        (row_id,),
    ).fetchall()
    versions = [payload_of(bodies[row[0], row[1]]) for row in rows]
    after = [*versions[1:], newest]
    return tuple(
        Revision(row[2], row[3], changes_between(before, next_one))
        for row, before, next_one in zip(rows, versions, after, strict=False)
    )
