"""Rows that could not be read: kept as text, with the reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from hashlib import blake2b

from calls.cache.records import storable
from calls.model import Reject


def keep(connection: sqlite3.Connection, source_id: int, rejects: Iterable[Reject], seen_ms: int) -> None:
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
