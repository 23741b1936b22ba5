"""Storing records as they were sent: compressed, keyed, with the versions they had before."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TypeVar

from calls.cache.payloads import packing, packing_for
from calls.model import Record, Reject, Window

Item = TypeVar("Item")
CHUNK = 400  # well below SQLite's limit of bound parameters


@dataclass(frozen=True, slots=True)
class RecordChanges:
    """What storing records did. `touched` are the groups whose calls have to be derived again."""

    inserted: int
    updated: int
    unchanged: int
    touched: frozenset[str]


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in runs that fit into one statement."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def marks(items: Sequence[object]) -> str:
    """As many placeholders as items."""
    return ",".join("?" * len(items))


def storable(text: str) -> str:
    """The text without lone surrogates, which cannot be stored as UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def storable_record(record: Record) -> Record:
    """The record with a key, a group and a link that come back from the cache as they went in."""
    return replace(record, key=storable(record.key), group=storable(record.group), link=storable(record.link))


def _body(record: Record) -> bytes:
    return json.dumps(record.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def _digest(record: Record, body: bytes) -> bytes:
    return blake2b(f"{record.group}\0{record.link}\0{record.started_ms}\0".encode() + body, digest_size=12).digest()


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored of a record, apart from its body."""

    id: int
    digest: bytes
    last_seen_ms: int
    group: str
    link: str
    started_ms: int
    superseded: bool
    unseen: bool


def _known(connection: sqlite3.Connection, source_id: int, keys: Sequence[str]) -> dict[str, _Known]:
    known: dict[str, _Known] = {}
    for some in chunks(keys):
        rows = connection.execute(
            "SELECT key, id, digest, last_seen_ms, group_key, link, started_ms, superseded, unseen_since_ms IS NOT NULL"
            f" FROM record WHERE source_id = ? AND key IN ({marks(some)})",
            (source_id, *some),
        )
        known.update({row[0]: _Known(*row[1:]) for row in rows})
    return known


_INSERT = (
    "INSERT INTO record (source_id, key, group_key, link, started_ms, body, digest, first_seen_ms, changed_ms, last_seen_ms)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?8)"
)


def store(
    connection: sqlite3.Connection, source_id: int, records: Iterable[Record], polled_ms: int, link_ms: int
) -> RecordChanges:
    """Inserts new records and replaces changed ones, keeping the version before. The last row of a key wins.

    An answer (of `polled_ms`) older than the one that last showed a record does not change it, so that answers replayed in
    any order give the same records. A record that leaves its place in a chain of links touches those it was linked to.
    """
    by_key = {record.key: record for record in map(storable_record, records)}
    known = _known(connection, source_id, list(by_key))
    packed_as = packing_for(connection, source_id, by_key.values())
    new: list[tuple[object, ...]] = []
    updated, touched = 0, set[str]()
    for key, record in by_key.items():
        body = _body(record)
        digest = _digest(record, body)
        before = known.get(key)
        if before is not None and (before.superseded or before.unseen) and before.last_seen_ms <= polled_ms:
            connection.execute("UPDATE record SET superseded = 0, unseen_since_ms = NULL WHERE id = ?", (before.id,))
            touched.add(record.group)
        if before is not None and (before.digest == digest or before.last_seen_ms > polled_ms):
            connection.execute(
                "UPDATE record SET first_seen_ms = min(first_seen_ms, ?1), last_seen_ms = max(last_seen_ms, ?1)"
                " WHERE id = ?2 AND NOT ?1 BETWEEN first_seen_ms AND last_seen_ms",
                (polled_ms, before.id),
            )
            continue
        touched.add(record.group)
        packed = packed_as.pack(body)
        if before is None:
            new.append((source_id, key, record.group, record.link, record.started_ms, packed, digest, polled_ms))
            continue
        updated += 1
        touched.add(before.group)
        if link_ms and (before.link, before.started_ms) != (record.link, record.started_ms):
            touched |= _groups_around(connection, source_id, before, link_ms)
        connection.execute(
            "INSERT INTO record_revision (record_id, body, seen_ms, replaced_ms)"
            " SELECT id, body, changed_ms, ? FROM record WHERE id = ?",
            (polled_ms, before.id),
        )
        connection.execute(
            "UPDATE record SET group_key = ?2, link = ?3, started_ms = ?4, body = ?5, digest = ?6, changed_ms = ?7,"
            " last_seen_ms = ?7 WHERE id = ?1",
            (before.id, record.group, record.link, record.started_ms, packed, digest, polled_ms),
        )
    connection.executemany(_INSERT, new)
    inserted = len(new)
    return RecordChanges(inserted, updated, len(by_key) - inserted - updated, frozenset(touched))


def reconcile(
    connection: sqlite3.Connection,
    source_id: int,
    delivered: Iterable[Record],
    asked: Window,
    read_ms: int,
    *,
    supersedes: bool,
) -> frozenset[str]:
    """Compares a complete reading of `asked` with what is stored of it; returns the groups whose calls it changed.

    A stored row that was not delivered is kept and marked as unseen, unless its call was delivered in part or began before.
    With `supersedes`, rows have no identifier, and one that was not delivered while another of the same link and start was
    is the same call with another number: it no longer counts.
    """
    rows = [storable_record(record) for record in delivered]
    keys, groups = {row.key for row in rows}, {row.group for row in rows}
    places = {(row.link, row.started_ms) for row in rows}
    stored = connection.execute(
        "SELECT id, key, group_key, link, started_ms FROM record WHERE source_id = ? AND started_ms >= ? AND started_ms < ?"
        " AND superseded = 0 AND last_seen_ms < ?",
        (source_id, asked.start_ms, asked.end_ms, read_ms),
    ).fetchall()
    replaced, unseen, touched = list[tuple[int]](), list[tuple[int, int]](), set[str]()
    for known_id, key, group, link, started_ms in stored:
        if key in keys:
            continue
        if supersedes and (link, started_ms) in places:
            replaced.append((known_id,))
            touched.add(group)
        elif group not in groups:
            unseen.append((read_ms, known_id))
    connection.executemany("UPDATE record SET superseded = 1 WHERE id = ?", replaced)
    connection.executemany(
        "UPDATE record SET unseen_since_ms = ? WHERE id = ? AND unseen_since_ms IS NULL AND NOT EXISTS (SELECT 1 FROM record"
        " AS sibling WHERE sibling.source_id = record.source_id AND sibling.group_key = record.group_key"
        f" AND sibling.started_ms < {asked.start_ms:d})",
        unseen,
    )
    return frozenset(touched)


@dataclass(frozen=True, slots=True)
class Redacted:
    """The stored rows that were changed, and the groups they belonged and belong to."""

    rows: tuple[int, ...]
    groups: frozenset[str]


def redact(connection: sqlite3.Connection, source_id: int, change: Callable[[Record], Record]) -> Redacted:
    """Puts every stored record through `change`, without a trace of what was there: no revision, no older body."""
    changed: list[int] = []
    groups: set[str] = set()
    packed_as = packing(connection, source_id)
    rows = connection.execute(
        "SELECT id, key, group_key, started_ms, body, link FROM record WHERE source_id = ?", (source_id,)
    ).fetchall()
    for row_id, key, group, started_ms, packed, link in rows:
        before = Record(key, group, started_ms, packed_as.unpack(packed), link)
        after = change(before)
        revisions = connection.execute("SELECT id, body FROM record_revision WHERE record_id = ?", (row_id,)).fetchall()
        older = [(known, replace(before, payload=packed_as.unpack(body))) for known, body in revisions]
        told = [(known,) for known, version in older if change(version) != version]
        connection.executemany("DELETE FROM record_revision WHERE id = ?", told)
        if after == before:
            continue
        body = _body(after)
        # Where the redacted row came again meanwhile, it is there already.
        connection.execute("DELETE FROM record WHERE source_id = ? AND key = ? AND id <> ?", (source_id, after.key, row_id))
        connection.execute(
            "UPDATE record SET key = ?, group_key = ?, link = ?, body = ?, digest = ? WHERE id = ?",
            (after.key, after.group, after.link, packed_as.pack(body), _digest(after, body), row_id),
        )
        changed.append(row_id)
        groups |= {group, after.group}
    return Redacted(tuple(changed), frozenset(groups))


def remove(connection: sqlite3.Connection, source_id: int, rows: Iterable[int]) -> None:
    """Deletes stored records, with their revisions."""
    connection.executemany("DELETE FROM record WHERE source_id = ? AND id = ?", [(source_id, row) for row in rows])


def _groups_around(connection: sqlite3.Connection, source_id: int, place: _Known, link_ms: int) -> set[str]:
    rows = connection.execute(
        "SELECT DISTINCT group_key FROM record WHERE source_id = ? AND link = ? AND link <> '' AND started_ms BETWEEN ? AND ?",
        (source_id, place.link, place.started_ms - link_ms, place.started_ms + link_ms),
    )
    return {row[0] for row in rows}


def load(connection: sqlite3.Connection, source_id: int, groups: Iterable[str]) -> list[Record]:
    """Every record of these groups, in order of time and key."""
    records: list[Record] = []
    unpack = packing(connection, source_id).unpack
    for some in chunks(sorted(groups)):
        rows = connection.execute(
            "SELECT key, group_key, started_ms, body, link FROM record"
            f" WHERE source_id = ? AND superseded = 0 AND group_key IN ({marks(some)})",
            (source_id, *some),
        )
        records += [Record(key, group, started_ms, unpack(body), link) for key, group, started_ms, body, link in rows]
    return sorted(records, key=lambda record: (record.started_ms, record.key))


def groups_linked_to(connection: sqlite3.Connection, source_id: int, links: Iterable[str]) -> frozenset[str]:
    """The groups with a record whose link is one of these."""
    found: set[str] = set()
    for some in chunks(sorted(set(links))):
        rows = connection.execute(
            f"SELECT DISTINCT group_key FROM record WHERE source_id = ? AND link <> '' AND link IN ({marks(some)})",
            (source_id, *some),
        )
        found.update(row[0] for row in rows)
    return frozenset(found)


def neighbours(connection: sqlite3.Connection, source_id: int, groups: Iterable[str], link_ms: int) -> frozenset[str]:
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
    return frozenset(closed)


def quarantine(connection: sqlite3.Connection, source_id: int, rejects: Iterable[Reject], seen_ms: int) -> None:
    """Keeps rows that could not be read, each once."""
    connection.executemany(
        "INSERT INTO quarantine (source_id, digest, payload, reason, first_seen_ms) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [
            (
                source_id,
                blake2b(reject.payload.encode("utf-8", "replace"), digest_size=12).digest(),
                storable(reject.payload),
                storable(reject.reason),
                seen_ms,
            )
            for reject in rejects
        ],
    )
