"""The texts of calls, each stored once: `word` (queue, employee, project, a leg's number) and `party` (number and name)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from calls.cache.records import storable
from calls.cache.statements import chunks, marks
from calls.filters import fold

Party = tuple[str, str, str]
"""A number as sent, its comparable form, and the name beside it."""

MOST_REMEMBERED = 200_000


class Texts:
    """The ids of texts, remembered from one reading to the next for as long as nobody else writes the cache.

    A text that is not known becomes known. The empty text, and the party without number and name, have the id 0.
    """

    def __init__(self) -> None:
        self._words: dict[str, int] = {"": 0}
        self._parties: dict[Party, int] = {}
        self._version = -1

    def forget(self) -> None:
        """Forgets all ids: what was added was not kept, or what was known may be gone."""
        self._words, self._parties, self._version = {"": 0}, {}, -1

    def begin(self, connection: sqlite3.Connection) -> None:
        """Goes by what the cache holds now: another process may have taken texts out."""
        version = int(connection.execute("PRAGMA data_version").fetchone()[0])
        if version != self._version or len(self._words) + len(self._parties) > MOST_REMEMBERED:
            self.forget()
            self._version = version

    def words(self, connection: sqlite3.Connection, texts: Iterable[str]) -> Mapping[str, int]:
        """The ids of words; what is returned holds these texts at least."""
        missing = sorted(set(texts) - self._words.keys())
        if missing:
            stored = [storable(text) for text in missing]
            found = _word_ids(connection, stored)
            self._words.update((text, found[one]) for text, one in zip(missing, stored, strict=True))
        return self._words

    def parties(self, connection: sqlite3.Connection, parties: Iterable[Party]) -> Mapping[Party, int]:
        """The ids of parties; what is returned holds these at least."""
        missing = sorted(set(parties) - self._parties.keys())
        if missing:
            stored = [(storable(number), storable(key), storable(name)) for number, key, name in missing]
            found = _party_ids(connection, stored)
            self._parties.update((party, found[one]) for party, one in zip(missing, stored, strict=True))
        return self._parties


def _word_ids(connection: sqlite3.Connection, texts: list[str]) -> dict[str, int]:
    known = _known_words(connection, texts)
    unknown = sorted(set(texts) - known.keys())
    if unknown:
        connection.executemany("INSERT INTO word (text, folded) VALUES (?, ?)", [(text, fold(text)) for text in unknown])
        known |= _known_words(connection, unknown)
    return known


def _known_words(connection: sqlite3.Connection, texts: list[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for some in chunks(texts):
        known.update(connection.execute(f"SELECT text, id FROM word WHERE text IN ({marks(some)})", tuple(some)))
    return known


def _party_ids(connection: sqlite3.Connection, parties: list[Party]) -> dict[Party, int]:
    known = _known_parties(connection, parties)
    unknown = sorted(set(parties) - known.keys())
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


def forget_unused(connection: sqlite3.Connection) -> frozenset[str]:
    """Removes texts that no call has any longer, so that erased and purged parties are not kept in them; returns them."""
    words = ("queue", "employee", "project", "route", "trunk", "doubt")
    used = [f"SELECT {column}_word FROM call" for column in words]
    used += [f"SELECT {column}_word FROM leg" for column in ("caller", "callee", "employee")]
    used += ["SELECT employee_word FROM employee_bucket", "SELECT extension_word FROM employee_bucket"]
    used += ["SELECT queue_word FROM hour_figure"]
    words_gone = connection.execute(
        f"DELETE FROM word WHERE id <> 0 AND id NOT IN ({' UNION '.join(used)}) RETURNING text"
    ).fetchall()
    parties_gone = connection.execute(
        "DELETE FROM party WHERE id <> 0 AND id NOT IN (SELECT caller_party FROM call UNION SELECT callee_party FROM call)"
        " RETURNING number, number_key, name"
    ).fetchall()
    connection.execute("DELETE FROM contact WHERE number_key NOT IN (SELECT number_key FROM party)")
    return frozenset(text for row in (*words_gone, *parties_gone) for text in row)
