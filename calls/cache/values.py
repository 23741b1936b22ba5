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
    "caller": "c.caller",
    "callee": "c.callee",
    "employee": "c.employee",
    "queue": "c.queue",
    "project": "c.project",
    "route": "c.route",
    "trunk": "c.trunk",
    "provider": "s.name",
    "customer": "s.name",
}
_EITHER_PARTY = "number"


def most_frequent(connection: sqlite3.Connection, field: str, typed: str) -> tuple[tuple[str, int], ...]:
    """Values of a filter's field that hold `typed` (whatever the case) and how many of the newest calls have each."""
    if field == _EITHER_PARTY:
        counts: dict[str, int] = {}
        for column in ("c.caller", "c.callee"):
            for value, calls in _counted(connection, column, typed):
                counts[value] = counts.get(value, 0) + calls
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES])
    return _counted(connection, _COLUMNS[field], typed) if field in _COLUMNS else ()


def _counted(connection: sqlite3.Connection, column: str, typed: str) -> tuple[tuple[str, int], ...]:
    holds = f"AND instr(fold({column}), ?) > 0" if typed else "AND ? = ''"
    rows = connection.execute(
        f"SELECT {column}, count(*) FROM (SELECT * FROM call ORDER BY key DESC LIMIT ?) AS c"
        f" JOIN source AS s ON s.id = c.source_id WHERE {column} <> '' {holds}"
        f" GROUP BY {column} ORDER BY 2 DESC, 1 LIMIT ?",
        (NEWEST_CALLS, fold(typed), MOST_VALUES),
    )
    return tuple((str(value), int(calls)) for value, calls in rows)
