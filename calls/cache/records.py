"""Storing records as they were sent: keyed, with the versions they had before."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from hashlib import blake2b
from operator import attrgetter
from typing import Any
from zlib import crc32

from calls.cache import payloads
from calls.cache.payloads import Bodies, payload_of
from calls.cache.places import FreeKeys
from calls.cache.statements import chunks, marks
from calls.keys import HASH_BITS, first_key, last_key
from calls.model import Record, Window

STARTED = f"coalesce(started_ms, id >> {HASH_BITS})"
GROUP = "coalesce(group_key, key)"
LAST_SEEN = "coalesce(last_seen_ms, changed_ms, first_seen_ms)"
_MASK = (1 << HASH_BITS) - 1
_in_time = attrgetter("started_ms", "key")

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Fresh:
    """Records just stored, as they will be read. Theirs are the payloads in this block and later ones."""

    records: Sequence[Record] = ()
    first_block: int = 1 << 62


NOTHING_FRESH = Fresh()


@dataclass(frozen=True, slots=True)
class RecordChanges:
    """What storing records did. `touched` are the groups whose calls have to be derived again."""

    inserted: int
    updated: int
    unchanged: int
    touched: frozenset[str]
    fresh: Fresh


def storable(text: str) -> str:
    """The text without lone surrogates, which cannot be stored as UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def storable_record(record: Record) -> Record:
    """The record with a key, a group and a link that come back from the cache as they went in."""
    if record.key.isascii() and record.group.isascii() and record.link.isascii():
        return record
    return record._replace(key=storable(record.key), group=storable(record.group), link=storable(record.link))


def body_of(record: Record) -> bytes:
    """The payload as it is stored: the same for every order of its fields."""
    return _encode(record.payload).encode("utf-8", "replace")


def digest_of(body: bytes) -> int:
    """A hash by which a body that came again is known."""
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored of a record, apart from its body."""

    id: int
    group: str
    link: str
    started_ms: int
    place: payloads.Place
    digest: int
    first_seen_ms: int
    changed_ms: int
    last_seen_ms: int
    left_out: bool

    def says(self, record: Record, digest: int) -> bool:
        """Whether a record is stored as it came."""
        told = (self.digest, self.started_ms, self.group, self.link)
        return told == (digest, record.started_ms, record.group, record.link)

    def seen(self, seen_ms: int) -> tuple[int, int | None, int | None]:
        """When it was first seen, changed and last seen, once it was seen at an instant too, as it is stored."""
        first_ms, last_ms = min(self.first_seen_ms, seen_ms), max(self.last_seen_ms, seen_ms)
        changed_ms = None if self.changed_ms == first_ms else self.changed_ms
        return first_ms, changed_ms, None if last_ms == self.changed_ms else last_ms


def _known(connection: sqlite3.Connection, source_id: int, keys: Sequence[str]) -> dict[str, _Known]:
    known: dict[str, _Known] = {}
    for some in chunks(keys):
        rows = connection.execute(
            f"SELECT key, id, {GROUP}, link, {STARTED}, block_id, slot, digest, first_seen_ms,"
            f" coalesce(changed_ms, first_seen_ms), {LAST_SEEN}, superseded OR unseen_since_ms IS NOT NULL"
            f" FROM record WHERE source_id = ? AND key IN ({marks(some)})",
            (source_id, *some),
        )
        known.update({row[0]: _Known(row[1], row[2], row[3], row[4], (row[5], row[6]), *row[7:]) for row in rows})
    return known


_COLUMNS = "id, source_id, key, group_key, link, started_ms, block_id, slot, digest, first_seen_ms"
_INSERT = f"INSERT INTO record ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_CHANGE = (
    "UPDATE record SET id = ?2, group_key = ?3, link = ?4, started_ms = ?5, block_id = ?6, slot = ?7, digest = ?8,"
    " changed_ms = ?9, last_seen_ms = NULL WHERE id = ?1"
)
_REVISION = (
    "INSERT INTO record_revision (record_id, block_id, slot, seen_ms, replaced_ms, group_key, link, started_ms)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_SEEN = "UPDATE record SET first_seen_ms = ?, changed_ms = ?, last_seen_ms = ? WHERE id = ?"
_BACK = "UPDATE record SET superseded = 0, unseen_since_ms = NULL WHERE id = ?"


def store(
    connection: sqlite3.Connection, source_id: int, records: Iterable[Record], polled_ms: int, link_ms: int
) -> RecordChanges:
    """Inserts new records and replaces changed ones, keeping the version before. The last row of a key wins.

    An answer (of `polled_ms`) older than the one that last showed a record does not change it, so that answers replayed in
    any order give the same records. A record that leaves its place in a chain of links touches those it was linked to.
    """
    by_key = {record.key: record for record in map(storable_record, records)}
    known = _known(connection, source_id, list(by_key))
    packed_as = payloads.packing_for(connection, source_id, by_key.values())
    new: list[tuple[Record, int]] = []
    changed: list[tuple[Record, int, _Known]] = []
    bodies: tuple[list[bytes], list[bytes]] = ([], [])
    seen, back, touched = list[tuple[object, ...]](), list[tuple[int]](), set[str]()
    for key, record in by_key.items():
        body = body_of(record)
        digest, before = digest_of(body), known.get(key)
        if before is None:
            new.append((record, digest))
            bodies[0].append(body)
            continue
        if before.left_out and before.last_seen_ms <= polled_ms:
            back.append((before.id,))
            touched.add(record.group)
        if before.says(record, digest) or before.last_seen_ms > polled_ms:
            if not before.first_seen_ms <= polled_ms <= before.last_seen_ms:
                seen.append((*before.seen(polled_ms), before.id))
            continue
        changed.append((record, digest, before))
        bodies[1].append(body)
        touched |= {record.group, before.group}
        if link_ms and (before.link, before.started_ms) != (record.link, record.started_ms):
            touched |= _groups_around(connection, source_id, before, link_ms)
    connection.executemany(_SEEN, seen)
    connection.executemany(_BACK, back)
    touched.update(record.group for record, _ in new)
    places = payloads.write(connection, source_id, packed_as, bodies[0] + bodies[1])
    keys = _free_keys(connection, source_id, [record for record, _ in new])
    connection.executemany(
        _INSERT,
        [
            (row_id, source_id, record.key, *_told(record, row_id), *place, digest, polled_ms)
            for (record, digest), row_id, place in zip(new, keys, places, strict=False)
        ],
    )
    _change(connection, source_id, changed, places[len(new) :], polled_ms)
    stored = [record for record, _ in new] + [record for record, _, _ in changed]
    read = [_as_read(one, body) for one, body in zip(stored, bodies[0] + bodies[1], strict=True)]
    fresh = Fresh(read, places[0][0]) if places else NOTHING_FRESH
    return RecordChanges(len(new), len(changed), len(by_key) - len(stored), frozenset(touched), fresh)


def _as_read(record: Record, body: bytes) -> Record:
    """The record as it will be read: a text that cannot be stored is another one then."""
    return record if b"?" not in body else record._replace(payload=payload_of(body))


def _told(record: Record, row_id: int) -> tuple[str | None, str, int | None]:
    """Group, link and start of a record as they are stored."""
    started_ms = record.started_ms
    return (
        None if record.group == record.key else record.group,
        record.link,
        None if row_id >> HASH_BITS == started_ms else started_ms,
    )


def _free_keys(connection: sqlite3.Connection, source_id: int, records: Sequence[Record]) -> list[int]:
    """The ids of new records."""
    wanted = [first_key(one.started_ms) | (crc32(one.key.encode(), source_id) & _MASK) for one in records]
    free = FreeKeys(connection, "record", "id", wanted).free
    return [free(key) for key in wanted]


def _change(
    connection: sqlite3.Connection,
    source_id: int,
    changed: Sequence[tuple[Record, int, _Known]],
    places: Sequence[payloads.Place],
    polled_ms: int,
) -> None:
    """Replaces records; their payloads lie at these places now."""
    connection.executemany(
        _REVISION,
        [(was.id, *was.place, was.changed_ms, polled_ms, was.group, was.link, was.started_ms) for _, _, was in changed],
    )
    for (record, digest, before), place in zip(changed, places, strict=True):
        moved = record.started_ms != before.started_ms
        row_id = _free_keys(connection, source_id, [record])[0] if moved else before.id
        changed_ms = None if polled_ms == before.first_seen_ms else polled_ms
        connection.execute(_CHANGE, (before.id, row_id, *_told(record, row_id), *place, digest, changed_ms))


def put_back(connection: sqlite3.Connection, source_id: int, row_id: int, record: Record, place: payloads.Place) -> None:
    """Makes a stored record what it was before, its payload lying at a place."""
    (before_ms,) = connection.execute(f"SELECT {STARTED} FROM record WHERE id = ?", (row_id,)).fetchone()
    new_id = row_id if before_ms == record.started_ms else _free_keys(connection, source_id, [record])[0]
    connection.execute(
        "UPDATE record SET id = ?2, group_key = ?3, link = ?4, started_ms = ?5, block_id = ?6, slot = ?7 WHERE id = ?1",
        (row_id, new_id, *_told(record, new_id), *place),
    )


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
        f"SELECT id, key, {GROUP}, link, {STARTED} AS at_ms FROM record NOT INDEXED WHERE id BETWEEN ? AND ? AND source_id = ?"
        f" AND at_ms >= ? AND at_ms < ? AND superseded = 0 AND {LAST_SEEN} < ?",
        (first_key(asked.start_ms), last_key(asked.end_ms), source_id, asked.start_ms, asked.end_ms, read_ms),
    ).fetchall()
    replaced, unseen, touched = list[int](), list[tuple[int, str]](), set[str]()
    for known_id, key, group, link, started_ms in stored:
        if key in keys:
            continue
        if supersedes and (link, started_ms) in places:
            replaced.append(known_id)
            touched.add(group)
        elif group not in groups:
            unseen.append((known_id, group))
    connection.executemany("UPDATE record SET superseded = ? WHERE id = ?", [(read_ms, known_id) for known_id in replaced])
    started_in = _of_groups(connection, source_id, {group for _, group in unseen}, f"{GROUP}, {STARTED}")
    earlier = {group for group, started_ms in started_in if started_ms < asked.start_ms}
    connection.executemany(
        "UPDATE record SET unseen_since_ms = ? WHERE id = ? AND unseen_since_ms IS NULL",
        [(read_ms, known_id) for known_id, group in unseen if group not in earlier],
    )
    return frozenset(touched)


def _of_groups(
    connection: sqlite3.Connection,
    source_id: int,
    groups: Iterable[str],
    columns: str,
    more: str = "",
    before_block: int = NOTHING_FRESH.first_block,
) -> Iterator[tuple[Any, ...]]:
    """Columns of every record of these groups whose payload lies before a block."""
    for some in chunks(sorted(groups)):
        of_source = f"SELECT {columns} FROM record WHERE source_id = ? AND block_id < ? {more}"
        yield from connection.execute(
            f"{of_source} AND group_key IS NULL AND key IN ({marks(some)})"
            f" UNION ALL {of_source} AND group_key IN ({marks(some)})",
            (source_id, before_block, *some, source_id, before_block, *some),
        )


def _groups_around(connection: sqlite3.Connection, source_id: int, place: _Known, link_ms: int) -> set[str]:
    first_ms, last_ms = place.started_ms - link_ms, place.started_ms + link_ms
    rows = connection.execute(
        f"SELECT DISTINCT {GROUP} FROM record WHERE source_id = ? AND link = ? AND link <> '' AND id BETWEEN ? AND ?"
        f" AND {STARTED} BETWEEN ? AND ?",
        (source_id, place.link, first_key(first_ms), last_key(last_ms), first_ms, last_ms),
    )
    return {row[0] for row in rows}


def load(connection: sqlite3.Connection, source_id: int, groups: Set[str], fresh: Fresh = NOTHING_FRESH) -> list[Record]:
    """Every record of these groups, in order of time and key; what is fresh is known without reading it."""
    found = [record for record in fresh.records if record.group in groups]
    bodies = Bodies(connection, source_id)
    columns = f"key, {GROUP}, {STARTED}, link, block_id, slot"
    others = _of_groups(connection, source_id, groups, columns, "AND superseded = 0", before_block=fresh.first_block)
    for key, group, started_ms, link, *place in others:
        found.append(Record(key, group, started_ms, payload_of(bodies[place[0], place[1]]), link))
    return sorted(found, key=_in_time)


def groups_in_time(connection: sqlite3.Connection, source_id: int) -> list[str]:
    """Every group of a source, the oldest first."""
    rows = connection.execute(f"SELECT {GROUP}, min(id) FROM record WHERE source_id = ? GROUP BY 1 ORDER BY 2", (source_id,))
    return [group for group, _ in rows]


def groups_linked_to(connection: sqlite3.Connection, source_id: int, links: Iterable[str]) -> frozenset[str]:
    """The groups with a record whose link is one of these."""
    found: set[str] = set()
    for some in chunks(sorted(set(links))):
        rows = connection.execute(
            f"SELECT DISTINCT {GROUP} FROM record WHERE source_id = ? AND link <> '' AND link IN ({marks(some)})",
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
        linked = set(_of_groups(connection, source_id, frontier, f"{STARTED}, link", "AND link <> ''"))
        found: set[str] = set()
        for started_ms, link in linked:
            first_ms, last_ms = started_ms - link_ms, started_ms + link_ms
            rows = connection.execute(
                f"SELECT {GROUP} FROM record WHERE source_id = ? AND link = ? AND link <> '' AND id BETWEEN ? AND ?"
                f" AND {STARTED} BETWEEN ? AND ?",
                (source_id, link, first_key(first_ms), last_key(last_ms), first_ms, last_ms),
            )
            found.update(row[0] for row in rows)
        frontier = found - closed
    return frozenset(closed)
