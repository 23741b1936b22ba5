"""What each row of the table may cost, and why a row that costs more does so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """One row: its name, the most it may be at a million calls, and the unit of that."""

    name: str
    most: float
    unit: str
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Whether a measured value keeps to it."""
        return value >= self.most if self.at_least else value <= self.most


QUERIES = (
    Budget("newest page", 16, "ms"),
    Budget("page: direction:in status:missed", 16, "ms"),
    Budget("page: a rare part of a number", 16, "ms"),
    Budget("page: one number", 16, "ms"),
    Budget("page: a bare word", 16, "ms"),
    Budget("page: an employee", 16, "ms"),
    Budget("page: nothing matches", 16, "ms"),
    Budget("count: direction:in status:missed", 50, "ms"),
    Budget("count: a queue, longer than a minute", 500, "ms"),
    Budget("by hour, 90 days", 8, "ms"),
    Budget("by weekday, 90 days", 8, "ms"),
    Budget("the week by hour, 90 days", 8, "ms"),
    Budget("by queue, 90 days", 8, "ms"),
    Budget("the most calls at once, 90 days", 8, "ms"),
    Budget("today", 8, "ms"),
    Budget("by employee, 90 days", 50, "ms"),
    Budget("to be called back, 90 days", 50, "ms"),
    Budget("service level, 90 days", 50, "ms"),
    Budget("every figure, 90 days", 500, "ms"),
    Budget("the list of all calls by position", 500, "ms"),
    Budget("page in the middle of that list", 16, "ms"),
    Budget("live screen", 50, "ms"),
)
INGEST = Budget("ingest", 30_000, "records/s", at_least=True)
SIZE = Budget("size of the cache", 250, "MB per million calls")
VERSION = Budget("calltop --version", 3, "times python -c pass")
CALLS = Budget("calltop calls --limit 50", 6, "times python -c pass")
PAGE_BESIDE_WRITER = Budget("page beside a writer, 99th percentile of four readers", 20, "ms")
START = Budget("start of the interface to its first calls", 1.6, "times the smallest Textual app")
FILTER_KEY = Budget("a key in the filter bar to the list", 50, "ms")
PAGE_DOWN = Budget("page down in the list of calls", 16, "ms")
IDLE_CPU = Budget("the live screen at rest", 0.4, "% of a core")
IDLE_BYTES = Budget("the live screen at rest, to the terminal", 6, "kB a minute")
POLL_BYTES = Budget("a poll with twenty new calls, to the terminal", 20, "kB")
MEMORY = Budget("memory of the live screen", 80, "MB")
INTERFACE = (START, IDLE_CPU, IDLE_BYTES, POLL_BYTES, MEMORY, FILTER_KEY, PAGE_DOWN)
BUDGETS = (*QUERIES, INGEST, SIZE, VERSION, CALLS, PAGE_BESIDE_WRITER, *INTERFACE)

_SUMS = "the sums are kept by provider and direction, so that a filter on either is answered alike"
_FEW = "it is decided first whether the calls are few"
_MODULES = (
    "the command line's parser, the settings, time zones and the cache are imported; the query itself takes a tenth of the time"
)
REASONS: Mapping[str, str] = {
    "page: direction:in status:missed": _FEW,
    "page: a rare part of a number": "all distinct numbers are looked through, once for callers and once for callees",
    "page: one number": _FEW,
    "page: a bare word": "all distinct texts are looked through, once for each column that can hold them",
    "page: nothing matches": "all distinct texts are looked through, once for each column that can hold them",
    "count: direction:in status:missed": _SUMS,
    "count: a queue, longer than a minute": "no sum knows how long calls were: every call of the queue is read",
    "page: an employee": _FEW,
    "by hour, 90 days": "some two thousand hours become as many values in Python",
    "by weekday, 90 days": _SUMS,
    "the week by hour, 90 days": f"{_SUMS}, hour by hour",
    "by queue, 90 days": f"{_SUMS}, day by day",
    "by employee, 90 days": f"{_SUMS}, day by day",
    "the most calls at once, 90 days": "the first hours are walked through, for calls that began before",
    "today": _SUMS,
    "to be called back, 90 days": "every missed call since the last talk with each caller is read, to tell the tries",
    "the list of all calls by position": "the key of every call is read, eight bytes each; the screen has its first page before"
    " and its length after",
    "live screen": "it is some twenty questions in one transaction; the screen draws meanwhile, and an older question is"
    " given up",
    "service level, 90 days": "waiting times are kept by day and length: sixty thousand sums are added up",
    "every figure, 90 days": "repeated callers, the busiest hour and, under a filter, the most calls at"
    " once are found call by call",
    "ingest": "two fifths of the time are SQLite's, which keeps a call in eight indexes; the rest is Python's: JSON in one"
    " spelling, a digest, a typed call, a row of 28 columns, sums by hour, day, employee, queue and wait, peaks by hour",
    "size of the cache": "of a call's bytes a tenth is its payload, packed with others; a quarter is its own row, a quarter the"
    " indexes that find it by caller, callee, queue, employee and provider, a third what tells changed, late and vanished"
    " records apart",
    "calltop --version": "Python starts and imports one module",
    "calltop calls --limit 50": _MODULES,
    "page beside a writer, 99th percentile of four readers": "five processes share the cores of the machine: each"
    " reader asks for thirty pages a second, of all kinds in turn, while the writer stores up to 5 000 records a second",
    "start of the interface to its first calls": "the cache is read in a thread while the library is imported, and"
    " Python runs one thread at a time; half of the rest are our own modules, half the style sheets and the first picture",
    "the live screen at rest": "once a second it looks at the clock and the terminal, and asks the cache whether it changed",
    "a key in the filter bar to the list": "keys are put together for a tenth of a second, and the list is read in a thread",
    "page down in the list of calls": "rows that are not at hand are read in a thread, and drawn when they are there",
}
