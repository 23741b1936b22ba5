"""The texts of calls, each stored once: `word` (queue, employee, project, a leg's number) and `party` (number and name)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from calls.cache.records import chunks, marks
from calls.filters import fold

Party = tuple[str, str, str]
"""A number as sent, its comparable form, and the name beside it."""


def word_ids(connection: sqlite3.Connection, texts: Iterable[str]) -> Mapping[str, int]:
    """The id of each text, which becomes known where it was not. The empty text has the id 0."""
    wanted = sorted(set(texts))
    known = _known_words(connection, wanted)
    unknown = [text for text in wanted if text not in known]
    if unknown:
        connection.executemany("INSERT INTO word (text, folded) VALUES (?, ?)", [(text, fold(text)) for text in unknown])
        known |= _known_words(connection, unknown)
    return known


def _known_words(connection: sqlite3.Connection, texts: list[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for some in chunks(texts):
        known.update(connection.execute(f"SELECT text, id FROM word WHERE text IN ({marks(some)})", tuple(some)))
    return known


def party_ids(connection: sqlite3.Connection, parties: Iterable[Party]) -> Mapping[Party, int]:
    """The id of each party, which becomes known where it was not. A party without number and name has the id 0."""
    wanted = sorted(set(parties))
    known = _known_parties(connection, wanted)
    unknown = [party for party in wanted if party not in known]
    if unknown:
        connection.executemany(
            "INSERT INTO party (number, number_key, name, search) VALUES (?, ?, ?, ?)",
            [(*party, fold("\n".join(party))) for party in unknown],
        )
        known |= _known_parties(connection, unknown)
    return known


def _known_parties(connection: sqlite3.Connection, parties: list[Party]) -> dict[Party, int]:
    known: dict[Party, int] = {}
    for some in chunks(sorted({number for number, _, _ in parties})):
        rows = connection.execute(
            f"SELECT number, number_key, name, id FROM party WHERE number IN ({marks(some)})", tuple(some)
        )
        known.update({row[:3]: row[3] for row in rows})
    return known


def forget_unused(connection: sqlite3.Connection) -> None:
    """Removes texts that no call has any longer, so that erased and purged parties are not kept in them."""
    words = ("queue", "employee", "project", "route", "trunk", "doubt")
    used = [f"SELECT {column}_word FROM call" for column in words]
    used += [f"SELECT {column}_word FROM leg" for column in ("caller", "callee", "employee")]
    used += ["SELECT employee_word FROM employee_bucket", "SELECT extension_word FROM employee_bucket"]
    used += ["SELECT queue_word FROM hour_figure"]
    connection.execute(f"DELETE FROM word WHERE id <> 0 AND id NOT IN ({' UNION '.join(used)})")
    connection.execute(
        "DELETE FROM party WHERE id <> 0 AND id NOT IN (SELECT caller_party FROM call UNION SELECT callee_party FROM call)"
    )
    connection.execute("DELETE FROM contact WHERE number_key NOT IN (SELECT number_key FROM party)")
