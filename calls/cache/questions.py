"""Questions in SQL from people who build on the cache: the documented views, and nothing that changes or opens anything."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from calls.cache.database import open_for_reading
from calls.cache.views import VIEWS
from calls.exports import Value

MAX_VALUE_BYTES = 10_000_000
# Steps of SQLite's machine between two looks at the clock: a few milliseconds.
_STEPS = 20_000
_READABLE = frozenset(VIEWS)
_SCHEMA = frozenset({"sqlite_schema", "sqlite_master"})
_TABLE_FUNCTIONS = frozenset({"json_each", "json_tree", "pragma_table_info"})
_PRAGMAS = frozenset({"table_info", "table_xinfo"})
_FORBIDDEN_FUNCTIONS = frozenset({"load_extension"})
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})


class BadQuestion(Exception):
    """The SQL cannot be answered; the message is one line that says why."""


class TookTooLong(Exception):
    """The answer was given up because its time was over."""


class Questions:
    """A connection on which anybody may ask anything about the views.

    `seconds` bounds one answer, 0 leaves it unbounded; `stopped` is asked now and then, and ends the answer when it is true.
    Raises `calls.cache.database.NoCache`, `BadCache` and `calls.cache.schema.CacheTooNew` when it is made.
    """

    def __init__(self, path: Path, seconds: float = 0, stopped: Callable[[], bool] = lambda: False) -> None:
        self._seconds = seconds
        self._stopped = stopped
        self._deadline = math.inf
        self._refused = ""
        self._behind_views: set[str] = set()
        self._connection = open_for_reading(path)
        self._connection.execute("PRAGMA query_only = ON")
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        tables = self._connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        self._tables = frozenset(name for (name,) in tables)
        # Table functions are declared when they are first used, which looks like a change.
        self._connection.execute("SELECT 1 FROM json_each('[]'), json_tree('[]'), pragma_table_info('calls')")
        self._connection.set_authorizer(self._judge)
        self._connection.set_progress_handler(self._is_over, _STEPS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def ask(self, sql: str) -> tuple[tuple[str, ...], Iterator[tuple[Value, ...]]]:
        """The names of the columns, each once, and the rows, read as they are taken.

        Raises `BadQuestion` and `TookTooLong`, also while rows are taken.
        """
        self._deadline = time.monotonic() + self._seconds if self._seconds else math.inf
        self._refused = ""
        self._behind_views.clear()
        try:
            cursor = self._connection.execute(sql)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise self._explained(error) from None
        if cursor.description is None:
            raise BadQuestion("this asks for nothing; begin with SELECT")
        return _once(str(column[0]) for column in cursor.description), self._rows(cursor)

    def _rows(self, cursor: sqlite3.Cursor) -> Iterator[tuple[Value, ...]]:
        try:
            for row in cursor:
                yield tuple(_value(value) for value in row)
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def _is_over(self) -> bool:
        return self._stopped() or time.monotonic() > self._deadline

    def _judge(self, action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
        """Whether a part of a question is allowed; `source` is the view on whose behalf it is done."""
        if self._allowed(action, first or "", second or "", source or ""):
            return sqlite3.SQLITE_OK
        self._refused = self._refused or _refusal(action, first or "")
        return sqlite3.SQLITE_DENY

    def _allowed(self, action: int, first: str, second: str, source: str) -> bool:
        match action:
            case sqlite3.SQLITE_SELECT | sqlite3.SQLITE_RECURSIVE:
                return True
            case sqlite3.SQLITE_READ:
                return self._readable(first, second, source)
            case sqlite3.SQLITE_FUNCTION:
                return second not in _FORBIDDEN_FUNCTIONS
            case sqlite3.SQLITE_PRAGMA:
                return first in _PRAGMAS
        return False

    def _readable(self, table: str, column: str, source: str) -> bool:
        if source in _READABLE:
            self._behind_views.add(table)
            return True
        # A view is put into the question it stands in, which then counts rows of its tables without reading a column; what the
        # question itself names (WITH) is counted in the same way.
        counted = not column and (table in self._behind_views or table not in self._tables)
        return counted or table in _READABLE | _SCHEMA | _TABLE_FUNCTIONS

    def _explained(self, error: sqlite3.Error | sqlite3.Warning) -> Exception | KeyboardInterrupt:
        """What the person is told; a damaged file is nobody's question, and stays what it is."""
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
            return error
        if "interrupt" in str(error):
            return KeyboardInterrupt() if self._stopped() else TookTooLong(f"no answer within {self._seconds:g} s")
        return BadQuestion(self._refused or str(error))


def _refusal(action: int, name: str) -> str:
    if action == sqlite3.SQLITE_READ:
        return f"{name} is not one of the views; there are {', '.join(VIEWS)}"
    if action == sqlite3.SQLITE_FUNCTION:
        return "this function cannot be used here"
    if action == sqlite3.SQLITE_PRAGMA:
        return f"PRAGMA {name} cannot be used here; there are {' and '.join(sorted(_PRAGMAS))}"
    return "only questions can be asked here, begin with SELECT: nothing is changed, attached or made"


def _once(names: Iterator[str]) -> tuple[str, ...]:
    """The names, with a number behind those that came before."""
    found: list[str] = []
    for name in names:
        number, unique = 2, name
        while unique in found:
            unique, number = f"{name}_{number}", number + 1
        found.append(unique)
    return tuple(found)


def _value(value: object) -> Value:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        # JSON has no word for it.
        return None
    assert value is None or isinstance(value, str | int | float)
    return value
