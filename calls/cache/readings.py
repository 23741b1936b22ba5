"""The readings of the past: what was known completely at which instant."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from calls.cache import coverage
from calls.model import Window


@dataclass(frozen=True, slots=True)
class PastReading:
    """A reading that reached its end: when, of whom, the range that was known completely from then on, up to when all calls are
    believed present (None for history), and how many records were new or had changed."""

    read_ms: int
    provider: str
    covered: Window
    complete_to_ms: int | None
    inserted: int
    updated: int


def note(
    connection: sqlite3.Connection,
    source_id: int,
    read_ms: int,
    covered: Window,
    complete_to_ms: int | None,
    changed: tuple[int, int],
) -> None:
    """Notes a reading; `changed` are its new records and those that had changed. One that knew no more than another of the
    same instant is counted with that."""
    known = connection.execute(
        "SELECT start_ms, end_ms FROM reading WHERE source_id = ? AND read_ms = ? AND start_ms <= ? AND end_ms >= ?"
        " AND (? IS NULL OR complete_to_ms IS NOT NULL) LIMIT 1",
        (source_id, read_ms, covered.start_ms, covered.end_ms, complete_to_ms),
    ).fetchone()
    covered = covered if known is None else Window(*known)
    connection.execute(
        "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET end_ms = max(end_ms, excluded.end_ms),"
        " complete_to_ms = coalesce(excluded.complete_to_ms, complete_to_ms), inserted = inserted + excluded.inserted,"
        " updated = updated + excluded.updated",
        (source_id, read_ms, covered.start_ms, covered.end_ms, complete_to_ms, *changed),
    )


def newest(connection: sqlite3.Connection, limit: int, before_ms: int | None = None) -> tuple[PastReading, ...]:
    """Readings of all providers, the newest first, before an instant when one is given."""
    rows = connection.execute(
        "SELECT r.read_ms, s.name, r.start_ms, r.end_ms, r.complete_to_ms, r.inserted, r.updated FROM reading AS r"
        " JOIN source AS s ON s.id = r.source_id WHERE ?1 IS NULL OR r.read_ms < ?1"
        " ORDER BY r.read_ms DESC, s.id, r.start_ms DESC LIMIT ?2",
        (before_ms, limit),
    )
    return tuple(PastReading(row[0], row[1], Window(row[2], row[3]), *row[4:]) for row in rows)


@dataclass(frozen=True, slots=True)
class KnownThen:
    """What was covered at an instant, up to when it was complete, and when the provider had last been read."""

    covered: tuple[Window, ...]
    complete_to_ms: int | None
    read_ms: int | None
    polled_ms: int | None


def known_at(connection: sqlite3.Connection, source_id: int, moment_ms: int) -> KnownThen:
    """What the readings up to an instant amount to."""
    rows = connection.execute(
        "SELECT start_ms, end_ms, complete_to_ms, read_ms FROM reading WHERE source_id = ? AND read_ms <= ?",
        (source_id, moment_ms),
    ).fetchall()
    return KnownThen(
        coverage.merge(Window(start_ms, end_ms) for start_ms, end_ms, _, _ in rows),
        max((edge for _, _, edge, _ in rows if edge is not None), default=None),
        max((read_ms for *_, read_ms in rows), default=None),
        max((read_ms for _, _, edge, read_ms in rows if edge is not None), default=None),
    )


def fold_before(connection: sqlite3.Connection, source_id: int, before_ms: int) -> None:
    """Makes the readings from before an instant few: what they covered stays, the steps between them go."""
    known = known_at(connection, source_id, before_ms - 1)
    if known.read_ms is None:
        return
    connection.execute("DELETE FROM reading WHERE source_id = ? AND read_ms < ?", (source_id, before_ms))
    for covered in known.covered:
        note(connection, source_id, known.read_ms, covered, known.complete_to_ms, (0, 0))
