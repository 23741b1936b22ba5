"""Rows of the call table, and calls made of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from calls.cache.columns import CALL_COLUMNS, LEG_COLUMNS
from calls.cache.statements import chunks, marks
from calls.filters import SqlCondition
from calls.filters.conditions import TRUE
from calls.model import Call, Direction, Leg, Source, Status

Row = tuple[Any, ...]

FEW_CALLS = 1_000

_WORD_SUFFIX, _PARTY_SUFFIX = "_word", "_party"
_STORED_ONLY = ("source_id", "leg_count", "local_day", "local_hour")


def _texts(name: str, table: str) -> Iterator[tuple[str, str]]:
    """The fields that a column gives, each with its SQL: a text is looked up only for rows that are read."""
    if name.endswith(_WORD_SUFFIX):
        yield name.removesuffix(_WORD_SUFFIX), f"(SELECT text FROM word WHERE id = {table}.{name})"
    elif name.endswith(_PARTY_SUFFIX):
        side = name.removesuffix(_PARTY_SUFFIX)
        yield side, f"(SELECT number FROM party WHERE id = {table}.{name})"
        yield f"{side}_name", f"(SELECT name FROM party WHERE id = {table}.{name})"
    elif name not in _STORED_ONLY:
        yield name, f"{table}.{name}"


_CALL = dict(pair for name in CALL_COLUMNS for pair in _texts(name, "c")) | {"id": "c.call_id"}
_LEG = dict(pair for name in LEG_COLUMNS for pair in _texts(name, "l"))
# In the order of a call's fields, so that a row becomes one as it stands.
_READ = tuple(name for name in Call._fields if name in _CALL)
_COLUMNS = ", ".join(["c.key", *(_CALL[name] for name in _READ)])
_FLAGS = tuple(_READ.index(name) for name in ("has_recording", "has_transcription", "has_monitor", "approximate"))
_DIRECTION, _STATUS = _READ.index("direction"), _READ.index("status")
_DIRECTIONS, _STATUSES = {one.value: one for one in Direction}, {one.value: one for one in Status}
_OF_SOURCE = "INDEXED BY call_by_source"


def page(
    connection: sqlite3.Connection,
    condition: SqlCondition,
    limit: int,
    *,
    before_key: int | None = None,
    source_id: int | None = None,
    from_key: int | None = None,
    few: bool = False,
) -> list[Row]:
    """The newest rows under a condition, of one source or all, within keys when they are given. `few` says that the condition
    is known to hold for few rows, which are then found by it and not by walking back in time."""
    older, older_params = ("", ()) if before_key is None else (" AND c.key < ?", (before_key,))
    newer, newer_params = ("", ()) if from_key is None else (" AND c.key >= ?", (from_key,))
    index, of_source, source_params = (
        ("NOT INDEXED", "", ()) if source_id is None else (_OF_SOURCE, " AND c.source_id = ?", (source_id,))
    )
    if few:
        return connection.execute(
            f"SELECT {_COLUMNS}, s.name FROM call AS c JOIN source AS s ON s.id = c.source_id"
            f" WHERE ({condition.sql}){older}{newer}{of_source} ORDER BY +c.key DESC LIMIT ?",
            (*condition.params, *older_params, *newer_params, *source_params, limit),
        ).fetchall()
    return connection.execute(
        # The cross join keeps SQLite from taking a provider first and sorting all its calls: it walks back from the newest.
        f"SELECT {_COLUMNS}, s.name FROM call AS c {index} CROSS JOIN source AS s ON s.id = c.source_id"
        f" WHERE ({condition.sql}){older}{newer}{of_source} ORDER BY c.key DESC LIMIT ?",
        (*condition.params, *older_params, *newer_params, *source_params, limit),
    ).fetchall()


def few_keys(connection: sqlite3.Connection, condition: SqlCondition) -> list[int] | None:
    """The keys of all calls under a condition, the newest first, when they are so few that they are found by it sooner than by
    walking back in time; else None."""
    if condition == TRUE:
        return None
    found = connection.execute(
        f"SELECT c.key FROM call AS c WHERE {condition.sql} LIMIT ?",
        (*condition.params, FEW_CALLS),
    ).fetchall()
    return sorted((key for (key,) in found), reverse=True) if len(found) < FEW_CALLS else None


def calls_with_keys(connection: sqlite3.Connection, keys: Sequence[int], sources: Mapping[str, Source]) -> dict[int, Call]:
    """The calls that have these keys, with their legs, by key."""
    found: dict[int, Call] = {}
    for some in chunks(keys):
        rows = connection.execute(
            f"SELECT {_COLUMNS}, s.name FROM call AS c CROSS JOIN source AS s ON s.id = c.source_id"
            f" WHERE c.key IN ({marks(some)})",
            tuple(some),
        ).fetchall()
        found |= zip((row[0] for row in rows), with_legs(connection, rows, sources), strict=True)
    return found


def with_legs(connection: sqlite3.Connection, rows: Sequence[Row], sources: Mapping[str, Source]) -> Iterator[Call]:
    """The calls of these rows, each with its legs."""
    keys = [row[0] for row in rows]
    found = connection.execute(
        f"SELECT call_key, {', '.join(_LEG.values())} FROM leg AS l WHERE call_key IN ({', '.join('?' * len(keys))})"
        " ORDER BY call_key, position",
        keys,
    ).fetchall()
    legs = {key: tuple(_leg(row) for row in some) for key, some in groupby(found, key=lambda row: row[0])}
    for row in rows:
        yield call_of(row, sources, legs.get(row[0], ()))


def _leg(row: Row) -> Leg:
    value = dict(zip(_LEG, row[1:], strict=True))
    value["status"] = Status(value["status"])
    return Leg(**value)


def call_of(row: Row, sources: Mapping[str, Source], legs: tuple[Leg, ...] = ()) -> Call:
    """The call of a row."""
    values, source = list(row[1:-1]), sources[row[-1]]
    for place in _FLAGS:
        values[place] = bool(values[place])
    values[_DIRECTION], values[_STATUS] = _DIRECTIONS[values[_DIRECTION]], _STATUSES[values[_STATUS]]
    return Call._make((source.name, source.kind, *values, legs))
