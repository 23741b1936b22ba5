"""The distinct values of the calls' columns, for completing a filter while it is typed."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from calls.filters import fold

MOST_VALUES = 50
# Values are counted among so many of the newest calls, so that a key is answered at once however many there are.
NEWEST_CALLS = 50_000

_COLUMNS: Mapping[str, str] = {
    "direction": "c.direction",
    "status": "c.status",
    "caller": "(SELECT number FROM party WHERE id = c.caller_party)",
    "callee": "(SELECT number FROM party WHERE id = c.callee_party)",
    "employee": "(SELECT text FROM word WHERE id = c.employee_word)",
    "queue": "(SELECT text FROM word WHERE id = c.queue_word)",
    "project": "(SELECT text FROM word WHERE id = c.project_word)",
    "route": "(SELECT text FROM word WHERE id = c.route_word)",
    "trunk": "(SELECT text FROM word WHERE id = c.trunk_word)",
    "provider": "(SELECT name FROM source WHERE id = c.source_id)",
    "customer": "(SELECT name FROM source WHERE id = c.source_id)",
}
_EITHER_PARTY = "number"


def most_frequent(connection: sqlite3.Connection, field: str, typed: str) -> tuple[tuple[str, int], ...]:
    """Values of a filter's field that hold `typed` (whatever the case) and how many of the newest calls have each."""
    if field == _EITHER_PARTY:
        counts: dict[str, int] = {}
        for side in ("caller", "callee"):
            for value, calls in _counted(connection, _COLUMNS[side], typed):
                counts[value] = counts.get(value, 0) + calls
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES])
    return _counted(connection, _COLUMNS[field], typed) if field in _COLUMNS else ()


def _counted(connection: sqlite3.Connection, column: str, typed: str) -> tuple[tuple[str, int], ...]:
    holds = "AND instr(fold(value), ?) > 0" if typed else "AND ? = ''"
    rows = connection.execute(
        # The middle question counts whole numbers, so that texts are looked at once each.
        f"SELECT value, sum(calls) FROM (SELECT {column} AS value, calls FROM ("
        f"  SELECT {_id(column)}, count(*) AS calls FROM (SELECT * FROM call ORDER BY key DESC LIMIT ?) AS c GROUP BY 1"
        f" ) AS c) WHERE value <> '' {holds} GROUP BY value ORDER BY 2 DESC, 1 LIMIT ?",
        (NEWEST_CALLS, fold(typed), MOST_VALUES),
    )
    return tuple((str(value), int(calls)) for value, calls in rows)


def _id(column: str) -> str:
    """The column of the call table that an expression of `_COLUMNS` reads."""
    return column.partition("c.")[2].rstrip(")")
