"""Records that go, or lose what may not be kept: with their payloads and every version they had."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from calls.cache import payloads
from calls.cache.payloads import GONE, Bodies, Place, payload_of
from calls.cache.records import GROUP, STARTED, body_of, digest_of
from calls.cache.statements import chunks, marks
from calls.keys import last_key
from calls.model import Record

READ_TOGETHER = 2_000


@dataclass(frozen=True, slots=True)
class Redacted:
    """The stored rows that were changed, and the groups they belonged and belong to."""

    rows: tuple[int, ...]
    groups: frozenset[str]


def remove(connection: sqlite3.Connection, source_id: int, rows: Iterable[int]) -> None:
    """Deletes stored records of a source by their ids, with their revisions."""
    bodies: dict[Place, bytes] = {}
    for some in chunks(sorted(rows)):
        found = connection.execute(
            f"SELECT block_id, slot FROM record WHERE id IN ({marks(some)})"
            f" UNION ALL SELECT block_id, slot FROM record_revision WHERE record_id IN ({marks(some)})",
            (*some, *some),
        )
        bodies.update(dict.fromkeys(found.fetchall(), GONE))
        connection.execute(f"DELETE FROM record WHERE id IN ({marks(some)})", tuple(some))
    payloads.put(connection, source_id, bodies)


def remove_before(connection: sqlite3.Connection, source_id: int, before_ms: int) -> None:
    """Deletes the records of a source that started before an instant, and those of calls that did."""
    gone = "SELECT call_id FROM call WHERE source_id = ?1 AND started_ms < ?2"
    rows = connection.execute(
        f"SELECT id FROM record NOT INDEXED WHERE source_id = ?1 AND id <= ?3 AND {STARTED} < ?2"
        f" UNION SELECT id FROM record WHERE source_id = ?1 AND group_key IN ({gone})"
        f" UNION SELECT id FROM record WHERE source_id = ?1 AND group_key IS NULL AND key IN ({gone})",
        (source_id, before_ms, last_key(before_ms)),
    ).fetchall()
    remove(connection, source_id, [row_id for (row_id,) in rows])


@dataclass(slots=True)
class _Redaction:
    """One pass over the records of a source."""

    connection: sqlite3.Connection
    source_id: int
    change: Callable[[Record], Record]
    may_change: Callable[[bytes], bool]
    blocks: dict[int, bool] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    bodies: dict[Place, bytes] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)

    def records(self, read: Bodies, after_id: int) -> int | None:
        """Changes the next records; the id of the last of them, None when there are no more."""
        rows = self.connection.execute(
            f"SELECT id, key, {GROUP}, {STARTED}, link, block_id, slot FROM record NOT INDEXED WHERE id > ? AND source_id = ?"
            " ORDER BY id LIMIT ?",
            (after_id, self.source_id, READ_TOGETHER),
        ).fetchall()
        for row_id, key, group, started_ms, link, *place in rows:
            named = f"{key}\n{group}\n{link}".encode()
            if row_id in self.gone or not (self._in_block(read, place[0]) or self.may_change(named)):
                continue
            body = read[place[0], place[1]]
            self._record(row_id, Record(key, group, started_ms, payload_of(body), link), (place[0], place[1]))
        return rows[-1][0] if rows else None

    def _in_block(self, read: Bodies, block_id: int) -> bool:
        """Whether a body of a block may have to be changed."""
        if block_id not in self.blocks:
            self.blocks[block_id] = self.may_change(b"\n".join(read.block(block_id)))
        return self.blocks[block_id]

    def _record(self, row_id: int, before: Record, place: Place) -> None:
        after = self.change(before)
        if after == before:
            return
        self._give_way(row_id, after.key)
        body = self.bodies[place] = body_of(after)
        self.connection.execute(
            "UPDATE record SET key = ?, group_key = nullif(?, ?), link = ?, digest = ? WHERE id = ?",
            (after.key, after.group, after.key, after.link, digest_of(body), row_id),
        )
        self.rows.append(row_id)
        self.groups |= {before.group, after.group}

    def _give_way(self, row_id: int, key: str) -> None:
        """Where the redacted row came again meanwhile, it is there already."""
        found = self.connection.execute(
            "SELECT id FROM record WHERE source_id = ? AND key = ? AND id <> ?", (self.source_id, key, row_id)
        ).fetchall()
        for (other,) in found:
            self.gone.add(other)
            self.bodies |= dict.fromkeys(_places(self.connection, other), GONE)
            self.connection.execute("DELETE FROM record WHERE id = ?", (other,))

    def revisions(self, read: Bodies) -> None:
        """Takes out every older version that would be changed."""
        rows = self.connection.execute(
            "SELECT v.id, r.key, coalesce(r.group_key, r.key), r.link, v.block_id, v.slot FROM record_revision AS v"
            " JOIN record AS r ON r.id = v.record_id WHERE r.source_id = ? ORDER BY v.block_id",
            (self.source_id,),
        ).fetchall()
        for known, key, group, link, *place in rows:
            version = Record(key, group, 0, payload_of(read[place[0], place[1]]), link)
            if self.change(version) != version:
                self.bodies[place[0], place[1]] = GONE
                self.connection.execute("DELETE FROM record_revision WHERE id = ?", (known,))


def _places(connection: sqlite3.Connection, row_id: int) -> list[Place]:
    return connection.execute(
        "SELECT block_id, slot FROM record WHERE id = ?1"
        " UNION ALL SELECT block_id, slot FROM record_revision WHERE record_id = ?1",
        (row_id,),
    ).fetchall()


def redact(
    connection: sqlite3.Connection,
    source_id: int,
    change: Callable[[Record], Record],
    may_change: Callable[[bytes], bool] = lambda text: True,
) -> Redacted:
    """Puts every stored record through `change`, without a trace of what was there: no revision, no older body.

    `may_change` tells quickly of stored text whether `change` could find anything in it.
    """
    once = _Redaction(connection, source_id, change, may_change)
    read = Bodies(connection, source_id)
    # Versions are compared beside what their record is called now, which the records' own pass changes.
    once.revisions(read)
    last: int | None = -(1 << 62)
    while last is not None:
        last = once.records(read, last)
    payloads.put(connection, source_id, once.bodies)
    return Redacted(tuple(once.rows), frozenset(once.groups))
