"""Going back: undoing, in a copy of the cache, what was learned after an instant."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from calls.cache import readings, records
from calls.cache.payloads import Bodies, payload_of
from calls.cache.records import GROUP, STARTED
from calls.keys import HASH_BITS
from calls.model import Record

# What is kept of when something was learned, besides records.
_LOGS = (
    ("reading", "read_ms"),
    ("notice", "first_seen_ms"),
    ("quarantine", "first_seen_ms"),
    ("request", "at_ms"),
    ("mark", "marked_ms"),
)


def groups_of_later(connection: sqlite3.Connection, source_id: int, moment_ms: int) -> frozenset[str]:
    """The groups of records that came, changed or were replaced by others after an instant."""
    rows = connection.execute(
        f"SELECT DISTINCT {GROUP} FROM record WHERE source_id = ?1"
        " AND (first_seen_ms > ?2 OR changed_ms > ?2 OR superseded > ?2)",
        (source_id, moment_ms),
    )
    return frozenset(group for (group,) in rows)


def versions(connection: sqlite3.Connection, source_id: int, moment_ms: int, *, later: bool) -> Iterator[Record]:
    """Every version of every record that was first seen by an instant, or `later`."""
    when = f"{'>' if later else '<='} ?2"
    bodies = Bodies(connection, source_id)
    rows = connection.execute(
        f"SELECT key, {GROUP}, {STARTED}, link, block_id, slot FROM record"
        f" WHERE source_id = ?1 AND coalesce(changed_ms, first_seen_ms) {when}"
        " UNION ALL SELECT r.key, coalesce(v.group_key, r.group_key, r.key),"
        f" coalesce(v.started_ms, r.started_ms, r.id >> {HASH_BITS}), coalesce(v.link, r.link), v.block_id, v.slot"
        f" FROM record_revision AS v JOIN record AS r ON r.id = v.record_id WHERE r.source_id = ?1 AND v.seen_ms {when}"
        " ORDER BY block_id, slot",
        (source_id, moment_ms),
    )
    for key, group, started_ms, link, block_id, slot in rows:
        yield Record(key, group, started_ms, payload_of(bodies[block_id, slot]), link)


def undo(connection: sqlite3.Connection, source_id: int, moment_ms: int) -> frozenset[str]:
    """Takes away records that came after an instant, and puts back the versions of then; the groups that these belonged to."""
    connection.execute("DELETE FROM record WHERE source_id = ? AND first_seen_ms > ?", (source_id, moment_ms))
    connection.execute("UPDATE record SET superseded = 0 WHERE source_id = ? AND superseded > ?", (source_id, moment_ms))
    changed = connection.execute(
        f"SELECT id, key, {GROUP}, {STARTED}, link FROM record WHERE source_id = ? AND changed_ms > ?", (source_id, moment_ms)
    ).fetchall()
    groups: set[str] = set()
    for row_id, key, group, started_ms, link in changed:
        version = connection.execute(
            "SELECT coalesce(group_key, ?3), coalesce(started_ms, ?4), coalesce(link, ?5), block_id, slot FROM record_revision"
            " WHERE record_id = ?1 AND seen_ms <= ?2 AND replaced_ms > ?2 ORDER BY replaced_ms, id LIMIT 1",
            (row_id, moment_ms, group, started_ms, link),
        ).fetchone()
        # A version that was erased leaves the record as it is told now.
        if version is not None:
            was = Record(key, version[0], version[1], {}, version[2])
            records.put_back(connection, source_id, row_id, was, (version[3], version[4]))
            groups.add(version[0])
    return frozenset(groups)


def forget_later(connection: sqlite3.Connection, source_id: int, moment_ms: int) -> None:
    """Makes coverage, polling, notices, unreadable rows and marks what they were at an instant."""
    known = readings.known_at(connection, source_id, moment_ms)
    connection.execute("DELETE FROM coverage WHERE source_id = ?", (source_id,))
    connection.executemany(
        "INSERT INTO coverage VALUES (?, ?, ?, ?)",
        [(source_id, window.start_ms, window.end_ms, known.read_ms) for window in known.covered],
    )
    connection.execute(
        "UPDATE poll_state SET complete_to_ms = ?2, last_good_poll_ms = ?3, last_try_ms = ?3, next_due_ms = NULL,"
        " failing_since_ms = NULL, error = '', polling = 0 WHERE source_id = ?1",
        (source_id, known.complete_to_ms, known.polled_ms),
    )
    for table, column in _LOGS:
        connection.execute(f"DELETE FROM {table} WHERE source_id = ? AND {column} > ?", (source_id, moment_ms))
    connection.execute("DELETE FROM lease WHERE source_id = ?", (source_id,))


def forget_source(connection: sqlite3.Connection, source_id: int) -> None:
    """Leaves nothing of a source but its calls: rather nothing than what was learned later."""
    for table in ("record", "employee_bucket", "hour_figure", "coverage", "reading"):
        connection.execute(f"DELETE FROM {table} WHERE source_id = ?", (source_id,))
    connection.execute("UPDATE poll_state SET complete_to_ms = NULL WHERE source_id = ?", (source_id,))
