"""The two readings of a filter as values: SQL with bindings, and a test in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from calls.model import Call, Source, Window

CallTest = Callable[[Call], bool]
_PROVIDER = "c.source_id"
_NO_SOURCES: Mapping[str, Source] = MappingProxyType({})


class FilterContext(NamedTuple):
    """What a filter's meaning depends on: the present instant, and the providers with their zones and country codes.

    `sources`, by name, must hold the provider of every call that is asked about.
    """

    now_ms: int
    sources: Mapping[str, Source] = _NO_SOURCES


class SqlCondition(NamedTuple):
    """An expression for WHERE over `call AS c`, never null, with its bindings.

    `enclosed` says that it stands in parentheses and needs no others: SQLite reads some dozens of them within each other.
    """

    sql: str
    params: tuple[str | int, ...] = ()
    enclosed: bool = False

    @property
    def names_providers(self) -> bool:
        """Whether it asks of which provider a call is, as `from_sources` does."""
        return _PROVIDER in self.sql

    @property
    def negated(self) -> SqlCondition:
        """True where this one is false."""
        if self == TRUE:
            return FALSE
        return TRUE if self == FALSE else SqlCondition(f"NOT {self.sql}" if self.enclosed else f"NOT ({self.sql})", self.params)


TRUE = SqlCondition("1")
# A bare 0 would make SQLite forget what else is asked, and then refuse an index that was named for it.
FALSE = SqlCondition("+0")


def all_of(conditions: Iterable[SqlCondition]) -> SqlCondition:
    """True where every condition is."""
    return _joined(list(conditions), "AND", neutral=TRUE, absorbing=FALSE)


def any_of(conditions: Iterable[SqlCondition]) -> SqlCondition:
    """True where at least one condition is."""
    return _joined(list(conditions), "OR", neutral=FALSE, absorbing=TRUE)


def _joined(conditions: list[SqlCondition], word: str, neutral: SqlCondition, absorbing: SqlCondition) -> SqlCondition:
    if absorbing in conditions:
        return absorbing
    kept = [condition for condition in conditions if condition != neutral]
    if len(kept) < 2:
        return kept[0] if kept else neutral
    # AND binds closer than OR, so only alternatives inside a conjunction need parentheses; they are given to both.
    sql = f" {word} ".join(condition.sql for condition in kept)
    params = tuple(param for condition in kept for param in condition.params)
    return SqlCondition(f"({sql})", params, enclosed=True) if word == "OR" else SqlCondition(sql, params)


def from_sources(names: Iterable[str], context: FilterContext) -> SqlCondition:
    """True for the calls of these providers."""
    some = sorted(names)
    if len(some) == len(context.sources):
        return TRUE
    if not some:
        return FALSE
    # The plus keeps SQLite from going through providers one by one: time and parties lead to fewer calls.
    return SqlCondition(f"+{_PROVIDER} IN (SELECT id FROM source WHERE name IN ({', '.join('?' * len(some))}))", tuple(some))


def per_source(context: FilterContext, condition: Callable[[Source], SqlCondition]) -> SqlCondition:
    """A condition whose bindings differ by provider: those with the same one share it; without providers, false."""
    groups: dict[SqlCondition, list[str]] = {}
    for name, source in context.sources.items():
        groups.setdefault(condition(source), []).append(name)
    return any_of(all_of((from_sources(names, context), shared)) for shared, names in groups.items())


def predicate_per_source(context: FilterContext, test: Callable[[Source], CallTest]) -> CallTest:
    """A test in Python that differs by provider."""
    tests = {name: test(source) for name, source in context.sources.items()}
    return lambda call: tests[call.provider](call)


def any_call(tests: list[CallTest]) -> CallTest:
    """A test that holds where at least one does."""
    return tests[0] if len(tests) == 1 else lambda call: any(test(call) for test in tests)


def every_call(tests: list[CallTest]) -> CallTest:
    """A test that holds where all do."""
    return tests[0] if len(tests) == 1 else lambda call: all(test(call) for test in tests)


class Criterion(Protocol):
    """One value of a clause: what it says in canonical text, and its readings."""

    @property
    def text(self) -> str:
        """The value as it is written in a filter."""

    def sql(self, context: FilterContext) -> SqlCondition:
        """The value as a condition on the cache's rows."""

    def predicate(self, context: FilterContext) -> CallTest:
        """The value as a test on a call."""


class Reach(NamedTuple):
    """The stretch of time outside which nothing can match; None is an open end."""

    start_ms: int | None = None
    end_ms: int | None = None

    def within(self, other: Reach) -> Reach:
        """What both allow."""
        starts = [edge for edge in (self.start_ms, other.start_ms) if edge is not None]
        ends = [edge for edge in (self.end_ms, other.end_ms) if edge is not None]
        return Reach(max(starts, default=None), min(ends, default=None))

    def beside(self, other: Reach) -> Reach:
        """What either allows, as one stretch."""
        start = None if self.start_ms is None or other.start_ms is None else min(self.start_ms, other.start_ms)
        end = None if self.end_ms is None or other.end_ms is None else max(self.end_ms, other.end_ms)
        return Reach(start, end)

    def of(self, window: Window) -> Window:
        """The part of a window that can match."""
        start = window.start_ms if self.start_ms is None else max(window.start_ms, self.start_ms)
        end = window.end_ms if self.end_ms is None else min(window.end_ms, self.end_ms)
        return Window(start, max(start, end))
