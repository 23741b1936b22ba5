"""What people did about missed calls: "dealt with", by whom, when, with a note. Every window on the cache sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

from calls.cache.records import storable
from calls.text import clean

LONGEST_NOTE = 500
LONGEST_WHO = 80
_MISSED_FROM = (
    "SELECT c.source_id, c.call_id FROM party AS p CROSS JOIN call AS c INDEXED BY call_missed ON c.caller_party = p.id"
    " WHERE p.number_key = ? AND p.number_key <> '' AND c.direction = 'in' AND c.status <> 'answered' AND c.started_ms <= ?"
)


def mark(connection: sqlite3.Connection, number_key: str, through_ms: int, marked_ms: int, who: str, note: str) -> int:
    """Marks the missed calls of a caller up to an instant as dealt with; how many there were. A later note replaces one
    that was given before."""
    missed = connection.execute(_MISSED_FROM, (number_key, through_ms)).fetchall()
    said = (marked_ms, storable(clean(who, LONGEST_WHO)), storable(clean(note, LONGEST_NOTE)))
    connection.executemany("INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?, ?)", [(*call, *said) for call in missed])
    return len(missed)


def unmark(connection: sqlite3.Connection, number_key: str, through_ms: int) -> int:
    """Takes the marks of a caller's missed calls back; how many there were."""
    missed = connection.execute(_MISSED_FROM, (number_key, through_ms)).fetchall()
    return sum(connection.execute("DELETE FROM mark WHERE source_id = ? AND call_id = ?", call).rowcount for call in missed)


def forget(connection: sqlite3.Connection, source_id: int, call_ids: Iterable[str], told: Callable[[str], bool]) -> None:
    """Removes what was noted about these calls, and notes whose text is `told` to hold what must go."""
    marks = connection.execute("SELECT call_id, note FROM mark WHERE source_id = ?", (source_id,)).fetchall()
    gone = {call_id for call_id, note in marks if told(note)}.union(call_ids)
    connection.executemany("DELETE FROM mark WHERE source_id = ? AND call_id = ?", [(source_id, one) for one in sorted(gone)])
