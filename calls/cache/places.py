"""Keys that no other row of a table has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from calls.cache.statements import chunks, marks


class FreeKeys:
    """Gives new rows of a table their keys; a clash moves a key up by one."""

    def __init__(self, connection: sqlite3.Connection, table: str, column: str, wanted: Iterable[int]) -> None:
        self._connection = connection
        self._taken_one = f"SELECT 1 FROM {table} WHERE {column} = ?"
        self._taken: set[int] = set()
        for some in chunks(sorted(set(wanted))):
            rows = connection.execute(f"SELECT {column} FROM {table} WHERE {column} IN ({marks(some)})", tuple(some))
            self._taken.update(key for (key,) in rows)

    def take(self, keys: Iterable[int]) -> None:
        """Leaves these keys to the rows that have them."""
        self._taken.update(keys)

    def free(self, key: int) -> int:
        """This key, which was wanted, or the next one that no row has."""
        while key in self._taken:
            key += 1
            if key not in self._taken and self._connection.execute(self._taken_one, (key,)).fetchone() is not None:
                self._taken.add(key)
        self._taken.add(key)
        return key
