"""Storing records as they were sent: compressed, keyed, with the versions they had before."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from calls.model import Record, Reject

CHUNK = 400  # well below SQLite's limit of bound parameters


@dataclass(frozen=True, slots=True)
class RecordChanges:
    """What storing records did. `touched` are the groups whose calls have to be derived again."""

    inserted: int
    updated: int
    unchanged: int
    touched: frozenset[str]


def chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    """The items in runs that fit into one statement."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def marks(items: Sequence[str]) -> str:
    """As many placeholders as items."""
    return ",".join("?" * len(items))


def _body(record: Record) -> bytes:
    return json.dumps(record.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def _digest(record: Record, body: bytes) -> bytes:
    place = f"{record.group}\0{record.link}\0{record.started_ms}\0".encode("utf-8", "replace")
    return blake2b(place + body, digest_size=12).digest()


def store(connection: sqlite3.Connection, source_id: int, records: Iterable[Record], polled_ms: int) -> RecordChanges:
    """Inserts new records and replaces changed ones, keeping the version before. The last row of a key wins.

    An answer older than what is stored (`polled_ms` before the stored change) changes nothing, so that answers replayed in
    any order give the same cache.
    """
    by_key = {record.key: record for record in records}
    known: dict[str, tuple[int, bytes, int, str]] = {}
    for keys in chunks(list(by_key)):
        rows = connection.execute(
            f"SELECT key, id, digest, changed_ms, group_key FROM record WHERE source_id = ? AND key IN ({marks(keys)})",
            (source_id, *keys),
        )
        known.update({row[0]: (row[1], row[2], row[3], row[4]) for row in rows})
    inserted, updated, touched = 0, 0, set[str]()
    for key, record in by_key.items():
        body = _body(record)
        digest = _digest(record, body)
        before = known.get(key)
        if before is not None and (before[1] == digest or before[2] > polled_ms):
            continue
        touched.add(record.group)
        packed = zlib.compress(body, 6)
        if before is None:
            inserted += 1
            connection.execute(
                "INSERT INTO record (source_id, key, group_key, link, started_ms, body, digest, first_seen_ms, changed_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (source_id, key, record.group, record.link, record.started_ms, packed, digest, polled_ms, polled_ms),
            )
            continue
        updated += 1
        touched.add(before[3])
        connection.execute(
            "INSERT INTO record_revision (record_id, body, seen_ms, replaced_ms)"
            " SELECT id, body, changed_ms, ? FROM record WHERE id = ?",
            (polled_ms, before[0]),
        )
        connection.execute(
            "UPDATE record SET group_key = ?, link = ?, started_ms = ?, body = ?, digest = ?, changed_ms = ? WHERE id = ?",
            (record.group, record.link, record.started_ms, packed, digest, polled_ms, before[0]),
        )
    return RecordChanges(inserted, updated, len(by_key) - inserted - updated, frozenset(touched))


def load(connection: sqlite3.Connection, source_id: int, groups: Iterable[str]) -> list[Record]:
    """Every record of these groups, in order of time and key."""
    records: list[Record] = []
    for some in chunks(sorted(groups)):
        rows = connection.execute(
            f"SELECT key, group_key, started_ms, body, link FROM record WHERE source_id = ? AND group_key IN ({marks(some)})",
            (source_id, *some),
        )
        records += [Record(key, group, started_ms, unpack(body), link) for key, group, started_ms, body, link in rows]
    return sorted(records, key=lambda record: (record.started_ms, record.key))


def unpack(body: bytes) -> dict[str, object]:
    """A stored body as the row the provider sent."""
    payload = json.loads(zlib.decompress(body))
    assert isinstance(payload, dict)
    return payload


def groups_linked_to(connection: sqlite3.Connection, source_id: int, links: Iterable[str]) -> set[str]:
    """The groups with a record whose link is one of these."""
    found: set[str] = set()
    for some in chunks(sorted(set(links))):
        rows = connection.execute(
            f"SELECT DISTINCT group_key FROM record WHERE source_id = ? AND link <> '' AND link IN ({marks(some)})",
            (source_id, *some),
        )
        found.update(row[0] for row in rows)
    return found


def neighbours(connection: sqlite3.Connection, source_id: int, groups: Iterable[str], link_ms: int) -> set[str]:
    """The groups, and all that hang on them through a shared link within `link_ms`, however long the chain."""
    closed: set[str] = set()
    frontier = set(groups)
    while frontier:
        closed |= frontier
        found: set[str] = set()
        for some in chunks(sorted(frontier)):
            rows = connection.execute(
                "SELECT DISTINCT other.group_key FROM record AS mine JOIN record AS other"
                " ON other.source_id = mine.source_id AND other.link = mine.link AND other.link <> ''"
                " AND other.started_ms BETWEEN mine.started_ms - ? AND mine.started_ms + ?"
                f" WHERE mine.source_id = ? AND mine.link <> '' AND mine.group_key IN ({marks(some)})",
                (link_ms, link_ms, source_id, *some),
            )
            found.update(row[0] for row in rows)
        frontier = found - closed
    return closed


def quarantine(connection: sqlite3.Connection, source_id: int, rejects: Iterable[Reject], seen_ms: int) -> None:
    """Keeps rows that could not be read, each once."""
    connection.executemany(
        "INSERT INTO quarantine (source_id, digest, payload, reason, first_seen_ms) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [
            (
                source_id,
                blake2b(reject.payload.encode("utf-8", "replace"), digest_size=12).digest(),
                reject.payload.encode("utf-8", "replace").decode(),
                reject.reason,
                seen_ms,
            )
            for reject in rejects
        ],
    )
