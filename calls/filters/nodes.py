"""What a filter is made of: a tree of clauses, each with its canonical text and its readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import reduce

from calls.filters.conditions import (
    CallTest,
    Criterion,
    FilterContext,
    Reach,
    SqlCondition,
    all_of,
    any_call,
    any_of,
    every_call,
)
from calls.filters.started import Started
from calls.model import Source


@dataclass(frozen=True, slots=True)
class Clause:
    """`field:value,value`: holds where one of its values does. The field of a bare word is "". `column` counts from 1."""

    field: str
    values: tuple[Criterion, ...]
    column: int = dataclass_field(default=0, compare=False)

    @property
    def text(self) -> str:
        listed = ",".join(value.text for value in self.values)
        return f"{self.field}:{listed}" if self.field else listed

    def sql(self, context: FilterContext) -> SqlCondition:
        return any_of(value.sql(context) for value in self.values)

    def predicate(self, context: FilterContext) -> CallTest:
        return any_call([value.predicate(context) for value in self.values])

    def reaches(self, now_ms: int, source: Source) -> list[Reach]:
        """The stretch of time of each value."""
        return [value.reach(now_ms, source) if isinstance(value, Started) else Reach() for value in self.values]

    def reach(self, now_ms: int, source: Source) -> Reach:
        return reduce(Reach.beside, self.reaches(now_ms, source))

    def clauses(self) -> Iterator[Clause]:
        yield self


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where its part does not."""

    part: Node

    @property
    def text(self) -> str:
        return f"-{self.part.text}" if isinstance(self.part, Clause) else f"-({self.part.text})"

    def sql(self, context: FilterContext) -> SqlCondition:
        return self.part.sql(context).negated

    def predicate(self, context: FilterContext) -> CallTest:
        test = self.part.predicate(context)
        return lambda call: not test(call)

    def reach(self, now_ms: int, source: Source) -> Reach:
        return Reach()

    def clauses(self) -> Iterator[Clause]:
        return self.part.clauses()


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds where every part does."""

    parts: tuple[Node, ...]

    @property
    def text(self) -> str:
        return " ".join(f"({part.text})" if isinstance(part, AnyOf) else part.text for part in self.parts)

    def sql(self, context: FilterContext) -> SqlCondition:
        return all_of(part.sql(context) for part in self.parts)

    def predicate(self, context: FilterContext) -> CallTest:
        return every_call([part.predicate(context) for part in self.parts])

    def reach(self, now_ms: int, source: Source) -> Reach:
        return reduce(Reach.within, (part.reach(now_ms, source) for part in self.parts))

    def clauses(self) -> Iterator[Clause]:
        return (clause for part in self.parts for clause in part.clauses())


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds where at least one part does."""

    parts: tuple[Node, ...]

    @property
    def text(self) -> str:
        return " or ".join(part.text for part in self.parts)

    def sql(self, context: FilterContext) -> SqlCondition:
        return any_of(part.sql(context) for part in self.parts)

    def predicate(self, context: FilterContext) -> CallTest:
        return any_call([part.predicate(context) for part in self.parts])

    def reach(self, now_ms: int, source: Source) -> Reach:
        return reduce(Reach.beside, (part.reach(now_ms, source) for part in self.parts))

    def clauses(self) -> Iterator[Clause]:
        return (clause for part in self.parts for clause in part.clauses())


Node = Clause | Not | AllOf | AnyOf


def negation(part: Node) -> Node:
    """The opposite of a part."""
    return part.part if isinstance(part, Not) else Not(part)


def conjunction(parts: list[Node]) -> Node:
    """All parts, those of nested conjunctions in line with them."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, AllOf) else (part,))]
    return flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def disjunction(parts: list[Node]) -> Node:
    """Any part, those of nested alternatives in line with them."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, AnyOf) else (part,))]
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))
