"""The same calls in calltop's cache, in a plain SQLite table and in DuckDB, each asked the same questions.

A question gives a number that does not depend on the engine, so that a fast wrong answer is noticed.
"""

from __future__ import annotations

import csv
import importlib
import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from benchmarks.load import DAY_MS, NOW_MS, LoadDeriver
from calls.cache.listing import Listing
from calls.cache.reader import Reader
from calls.filters import parse
from calls.metrics import HEADLINE_COUNTS, METRICS
from calls.model import Record, Source

Question = Callable[[], int]
PAGE = 50
DAYS_ASKED = 90
TODAY_MS = NOW_MS - NOW_MS % DAY_MS
SINCE_MS = TODAY_MS - DAYS_ASKED * DAY_MS


class Engine(Protocol):
    """One way to hold the calls."""

    name: str

    def questions(self, number: str) -> Mapping[str, Question]:
        """By the name of the row; `number` is one that many calls have."""

    def close(self) -> None:
        """Gives the file back."""


class Calltop:
    """The cache."""

    name = "calltop"

    def __init__(self, path: Path) -> None:
        self.reader = Reader(path)

    def close(self) -> None:
        self.reader.close()

    def questions(self, number: str) -> Mapping[str, Question]:
        page, groups = self._page, self._groups
        missed, long_queue = "direction:in status:missed", 'queue:"queue 3" duration:>60s'
        return {
            "newest page": page(""),
            "page: direction:in status:missed": page(missed),
            "page: a rare part of a number": page(f"number:*{number[-5:]}"),
            "page: one number": page(f"number:{number}"),
            "page: a bare word": page(f'"{number[4:]}"'),
            "page: an employee": page('employee:"Person 117"'),
            "page: nothing matches": page('number:*999999999 "nobody at all"'),
            "count: direction:in status:missed": lambda: self._total(missed),
            "count: a queue, longer than a minute": lambda: self._total(f"direction:in {long_queue}"),
            "by hour, 90 days": groups("hour"),
            "by weekday, 90 days": groups("weekday"),
            "the week by hour, 90 days": self._week,
            "by queue, 90 days": groups("queue"),
            "by employee, 90 days": groups("employee"),
            "the most calls at once, 90 days": lambda: self._value("peak_concurrent", f"since:{_day()}"),
            "today": lambda: self._value("offered", "on:today direction:in"),
            "to be called back, 90 days": lambda: len(self.reader.unreturned(parse(f"since:{_day()}"), NOW_MS)),
            "service level, 90 days": lambda: self._figures(["service_level"]),
            "every figure, 90 days": lambda: self._figures(METRICS),
            "the list of all calls by position": lambda: len(self.reader.listing(parse(""), NOW_MS)),
            "page in the middle of that list": self._middle(),
            "live screen": lambda: self.reader.live(parse(missed), NOW_MS).matching,
        }

    def _page(self, text: str) -> Question:
        wanted = parse(text)
        return lambda: sum(1 for _ in self.reader.calls(wanted, NOW_MS, PAGE))

    def _figures(self, names: Iterable[str]) -> int:
        """How many figures have a value."""
        wanted, metrics = parse(f"since:{_day()} direction:in"), [METRICS[name] for name in names]
        return sum(figure.value is not None for figure in self.reader.figures(wanted, NOW_MS, metrics)[""].values())

    def _value(self, name: str, text: str) -> int:
        figure = self.reader.figures(parse(text), NOW_MS, [METRICS[name]])[""][name]
        return int(figure.value or 0)

    def _week(self) -> int:
        wanted = parse(f"on:{_day()}..{_day(DAYS_ASKED - 1)} direction:in")
        return sum(hour.offered for hour in self.reader.week(wanted, NOW_MS).hours.values())

    def _middle(self) -> Question:
        listed: list[Listing] = []

        def page() -> int:
            if not listed:
                listed.append(self.reader.listing(parse(""), NOW_MS))
            return len(self.reader.calls_at(listed[0], len(listed[0]) // 2, PAGE))

        return page

    def _total(self, text: str) -> int:
        return sum(tally.offered for tally in self.reader.totals(parse(text), NOW_MS).values())

    def _groups(self, grouping: str) -> Question:
        wanted = parse(f"since:{_day()} direction:in")
        return lambda: sum(tally.offered for tally in self.reader.groups(wanted, NOW_MS, grouping, HEADLINE_COUNTS).values())


def _day(after: int = 0) -> str:
    return datetime.fromtimestamp((SINCE_MS + after * DAY_MS) / 1000, UTC).date().isoformat()


_COLUMNS = "id, provider, started_ms, ended_ms, direction, status, caller, callee, queue, employee, talk_ms, payload"
_PAGES: Mapping[str, tuple[str, Callable[[str], tuple[str, ...]]]] = {
    "newest page": ("1", lambda number: ()),
    "page: direction:in status:missed": ("direction = 'in' AND status = 'missed'", lambda number: ()),
    "page: a rare part of a number": ("(caller LIKE ? OR callee LIKE ?)", lambda number: (f"%{number[-5:]}",) * 2),
    "page: one number": ("(caller = ? OR callee = ?)", lambda number: (number,) * 2),
    "page: a bare word": ("(caller LIKE ? OR callee LIKE ? OR queue LIKE ? OR employee LIKE ?)",
                          lambda number: (f"%{number[4:]}%",) * 4),
    "page: an employee": ("employee = 'Person 117'", lambda number: ()),
    "page: nothing matches": ("(caller LIKE ? OR callee LIKE ?)", lambda number: ("%999999999%",) * 2),
}  # fmt: skip
_GROUPS = {
    "by hour, 90 days": "started_ms - started_ms % 3600000",
    "by weekday, 90 days": "(started_ms - started_ms % 86400000) % 604800000",
    "by queue, 90 days": "queue",
    "by employee, 90 days": "employee",
}
_WEEK = (
    "SELECT started_ms % 604800000 - started_ms % 3600000, count(*) FROM calls WHERE direction = 'in' AND started_ms >= ? AND"
    " started_ms < ? GROUP BY 1"
)
_AT_ONCE = (
    "SELECT max(calls) FROM (SELECT sum(step) OVER (ORDER BY at_ms, step ROWS UNBOUNDED PRECEDING) AS calls FROM (SELECT"
    " started_ms AS at_ms, 1 AS step FROM calls WHERE ended_ms > started_ms AND started_ms >= ?1 UNION ALL SELECT ended_ms, -1"
    " FROM calls WHERE ended_ms > started_ms AND started_ms >= ?1) AS steps) AS counted"
)
_UNRETURNED = (
    "SELECT count(*) FROM (SELECT caller, max(started_ms) AS at FROM calls WHERE direction = 'in' AND status = 'missed'"
    " AND started_ms >= ? GROUP BY caller) AS m LEFT JOIN (SELECT party, max(started_ms) AS at FROM (SELECT caller AS party,"
    " started_ms FROM calls WHERE direction = 'in' AND status = 'answered' UNION ALL SELECT callee, started_ms FROM calls"
    " WHERE direction = 'out' AND status = 'answered') AS spoken GROUP BY party) AS a ON a.party = m.caller"
    " WHERE a.at IS NULL OR m.at >= a.at"
)


class Plain:
    """One table of text with an index on the start, in SQLite or in DuckDB."""

    def __init__(self, name: str, connection: Any) -> None:
        self.name = name
        self.connection = connection

    @classmethod
    def sqlite(cls, path: Path) -> Plain:
        return cls("plain SQLite", sqlite3.connect(path))

    @classmethod
    def duckdb(cls, path: Path) -> Plain | None:
        """None when DuckDB is not installed."""
        try:
            module = importlib.import_module("duckdb")
        except ModuleNotFoundError:
            return None
        return cls("DuckDB", module.connect(str(path)))

    def close(self) -> None:
        self.connection.close()

    def load(self, rows: Iterable[tuple[Source, Record]]) -> None:
        """Stores the first record of each call."""
        self.connection.execute(
            "CREATE TABLE calls (id TEXT, provider TEXT, started_ms BIGINT, ended_ms BIGINT, direction TEXT, status TEXT,"
            " caller TEXT, callee TEXT, queue TEXT, employee TEXT, talk_ms BIGINT, payload TEXT)"
        )
        values = (_row(source, record) for source, record in rows if not record.payload.get("leg"))
        if self.name == "DuckDB":
            self._copy(values)
        else:
            self.connection.executemany(f"INSERT INTO calls VALUES ({', '.join('?' * 12)})", values)
            self.connection.execute("CREATE INDEX calls_by_start ON calls (started_ms)")
            self.connection.commit()

    def _copy(self, values: Iterable[tuple[Any, ...]]) -> None:
        # DuckDB reads a file quickly and single rows slowly.
        with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(values)
            file.flush()
            self.connection.execute(f"INSERT INTO calls SELECT * FROM read_csv('{file.name}', header=false, all_varchar=true)")

    def questions(self, number: str) -> Mapping[str, Question]:
        ask = self._number
        found: dict[str, Question] = {}
        for name, (condition, params) in _PAGES.items():
            sql = f"SELECT {_COLUMNS} FROM calls WHERE {condition} ORDER BY started_ms DESC LIMIT {PAGE}"
            found[name] = partial(self._rows, sql, params(number))
        inbound = "SELECT count(*) FROM calls WHERE direction = 'in'"
        found["count: direction:in status:missed"] = lambda: ask(f"{inbound} AND status = 'missed'")
        found["count: a queue, longer than a minute"] = lambda: ask(f"{inbound} AND queue = 'queue 3' AND talk_ms > 60000")
        for name, group in _GROUPS.items():
            sql = f"SELECT {group}, count(*) FROM calls WHERE direction = 'in' AND started_ms >= {SINCE_MS} GROUP BY 1"
            found[name] = partial(self._sum, sql)
        found["the week by hour, 90 days"] = partial(self._sum, _WEEK, (SINCE_MS, TODAY_MS))
        found["the most calls at once, 90 days"] = lambda: ask(_AT_ONCE, (SINCE_MS,))
        found["today"] = lambda: ask(f"{inbound} AND started_ms >= ?", (TODAY_MS,))
        found["to be called back, 90 days"] = lambda: ask(_UNRETURNED, (SINCE_MS,))
        return found

    def _rows(self, sql: str, params: tuple[str, ...]) -> int:
        return len(self.connection.execute(sql, params).fetchall())

    def _sum(self, sql: str, params: tuple[object, ...] = ()) -> int:
        return sum(row[1] for row in self.connection.execute(sql, params).fetchall())

    def _number(self, sql: str, params: tuple[object, ...] = ()) -> int:
        return int(self.connection.execute(sql, params).fetchone()[0])


def _row(source: Source, record: Record) -> tuple[Any, ...]:
    call = LoadDeriver(source).derive([record], frozenset()).calls[0]
    return (
        call.id, source.name, call.started_ms, call.ended_ms, call.direction.value, call.status.value, call.caller,
        call.callee, call.queue, call.employee, call.talk_ms, json.dumps(dict(record.payload)),
    )  # fmt: skip
