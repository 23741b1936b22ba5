"""A list of calls read by position: the keys of all that match, in an order, and the calls of any stretch of them."""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain

from calls.cache.rows import calls_with_keys
from calls.filters import Filter, SqlCondition
from calls.model import Call, Source


def _word(column: str) -> str:
    return f"(SELECT folded FROM word WHERE id = c.{column})"


def _party(column: str) -> str:
    return f"(SELECT number_key FROM party WHERE id = c.{column})"


# What each order sorts by; calls that are alike in it stand in the order of time.
ORDERS: Mapping[str, str] = {
    "started": "c.key",
    "provider": "s.name",
    "direction": "c.direction",
    "status": "c.status",
    "caller": _party("caller_party"),
    "callee": _party("callee_party"),
    "queue": _word("queue_word"),
    "employee": _word("employee_word"),
    "talk": "c.talk_ms",
    "ring": "c.ring_ms",
    "wait": "c.wait_ms",
    "legs": "c.leg_count",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """The calls under a filter as they stood at one `version` of the cache, by position.

    `keys` names each call within this cache; a call whose start is corrected gets another. `order` is one of `ORDERS`. `whole`
    is False for the beginning of a list that goes on.
    """

    wanted: Filter
    order: str = "started"
    descending: bool = True
    version: int = 0
    keys: array[int] = field(default_factory=lambda: array("q"), repr=False)
    whole: bool = True

    def __len__(self) -> int:
        return len(self.keys)

    def position_of(self, key: int) -> int | None:
        """Where a call stands, None when it is not in the list."""
        if self.order == "started":
            position = self._place(key)
            return position if position < len(self.keys) and self.keys[position] == key else None
        try:
            return self.keys.index(key)
        except ValueError:
            return None

    def nearest(self, key: int) -> int:
        """The position of a call, or of what stands where it stood; 0 in an empty list."""
        position = self.position_of(key)
        if position is None:
            position = self._place(key) if self.order == "started" else 0
        return max(0, min(position, len(self.keys) - 1))

    def newest(self, count: int) -> tuple[int, ...]:
        """The keys of its newest calls, the newest first, at most `count`."""
        if self.order != "started":
            return tuple(nlargest(count, self.keys))
        return tuple(self.keys[:count]) if self.descending else tuple(reversed(self.keys[-count:]))

    def _place(self, key: int) -> int:
        return bisect_left(self.keys, -key, key=lambda other: -other) if self.descending else bisect_left(self.keys, key)


def read_keys(
    connection: sqlite3.Connection,
    condition: SqlCondition,
    order: str,
    *,
    descending: bool,
    limit: int | None = None,
    few: Sequence[int] | None = None,
) -> array[int]:
    """The keys of all calls under a condition, in an order; the first `limit` of them when it is given. `few` are those keys,
    the newest first, where `calls.cache.rows.few_keys` has found them. Raises KeyError for an unknown order."""
    if order == "started" and few is not None:
        return array("q", few if descending else reversed(few))
    way = "DESC" if descending else "ASC"
    # What is unknown stands last in both directions.
    by = f"c.key {way}" if order == "started" else f"{ORDERS[order]} IS NULL, {ORDERS[order]} {way}, c.key DESC"
    if few is not None:
        condition = SqlCondition(f"c.key IN ({', '.join(map(str, few)) or 'NULL'})")
    # The cross join keeps SQLite from taking a provider first and sorting all its calls.
    table = "call AS c" + (" NOT INDEXED" if few is None else "")
    table += " CROSS JOIN source AS s ON s.id = c.source_id" if order == "provider" else ""
    rows = connection.execute(
        f"SELECT c.key FROM {table} WHERE {condition.sql} ORDER BY {by} LIMIT ?",
        (*condition.params, -1 if limit is None else limit),
    )
    return array("q", chain.from_iterable(rows))


def key_of(connection: sqlite3.Connection, provider: str, call_id: str) -> int | None:
    """The key of a call, None for one that is not kept."""
    row = connection.execute(
        "SELECT key FROM call WHERE call_id = ? AND source_id = (SELECT id FROM source WHERE name = ?)", (call_id, provider)
    ).fetchone()
    return None if row is None else int(row[0])


def at(
    connection: sqlite3.Connection, listing: Listing, position: int, count: int, sources: Mapping[str, Source]
) -> Iterator[Call | None]:
    """The calls of `count` positions from `position` on, with their legs; None for one that is no longer kept."""
    keys = listing.keys[max(0, position) : max(0, position + count)]
    found = calls_with_keys(connection, keys, sources)
    return (found.get(key) for key in keys)
