"""Which source bears which name in the cache."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from calls.model import Source


def register(connection: sqlite3.Connection, sources: Iterable[Source]) -> dict[str, int]:
    """Makes these sources known, and returns the id of each that is known by name.

    One of another kind than the one that has its name is another provider, which can read nothing of what that one left.
    """
    for source in sources:
        if _is_of_another_kind(connection, source):
            _set_aside(connection, source.name)
            connection.execute(
                "UPDATE source SET name = ? WHERE name = ? AND kind = ?",
                (source.name, _aside(source.name, source.kind), source.kind),
            )
        connection.execute(
            "INSERT INTO source (name, kind, timezone, country_code) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (source.name, source.kind, source.timezone, source.country_code),
        )
        connection.execute(
            "INSERT INTO poll_state (source_id) SELECT id FROM source WHERE name = ? ON CONFLICT DO NOTHING",
            (source.name,),
        )
    return dict(connection.execute("SELECT name, id FROM source").fetchall())


def _is_of_another_kind(connection: sqlite3.Connection, source: Source) -> bool:
    found = connection.execute("SELECT 1 FROM source WHERE name = ? AND kind <> ?", (source.name, source.kind))
    return found.fetchone() is not None


def _set_aside(connection: sqlite3.Connection, name: str) -> None:
    """Gives the source of this name, where there is one, a name that tells its kind."""
    row = connection.execute("SELECT id, kind FROM source WHERE name = ?", (name,)).fetchone()
    if row is not None:
        aside = _aside(name, row[1])
        _set_aside(connection, aside)
        connection.execute("UPDATE source SET name = ? WHERE id = ?", (aside, row[0]))


def _aside(name: str, kind: str) -> str:
    return f"{name} ({kind})"
