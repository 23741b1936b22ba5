"""What a person should know about a provider's answers as a whole: each state of affairs is one notice, first and last seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from calls.cache.records import storable

MOST_NOTICES = 200


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence about a provider, with the instants at which its answers first and last gave cause for it."""

    provider: str
    text: str
    first_seen_ms: int
    last_seen_ms: int


def note(connection: sqlite3.Connection, source_id: int, texts: Iterable[str], seen_ms: int) -> None:
    """Keeps notices, each text once. A provider that raises more than `MOST_NOTICES` is heard no further."""
    known = int(connection.execute("SELECT count(*) FROM notice WHERE source_id = ?", (source_id,)).fetchone()[0])
    for text in dict.fromkeys(map(storable, texts)):
        done = connection.execute(
            "UPDATE notice SET last_seen_ms = max(last_seen_ms, ?) WHERE source_id = ? AND text = ?", (seen_ms, source_id, text)
        )
        if done.rowcount == 0 and known < MOST_NOTICES:
            known += 1
            connection.execute("INSERT INTO notice VALUES (?, ?, ?, ?)", (source_id, text, seen_ms, seen_ms))


def read(connection: sqlite3.Connection) -> tuple[Notice, ...]:
    """Every notice, the newest first."""
    rows = connection.execute(
        "SELECT s.name, n.text, n.first_seen_ms, n.last_seen_ms FROM notice AS n JOIN source AS s ON s.id = n.source_id"
        " ORDER BY n.first_seen_ms DESC, s.id, n.text"
    )
    return tuple(Notice(*row) for row in rows)
