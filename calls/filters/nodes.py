"""A filter as a value: a tree of clauses with its canonical text and its readings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import reduce

from calls.filters.conditions import (
    TRUE,
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
from calls.model import Call, Source


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
        # What values can be is imported with the first of them; the empty filter has none.
        from calls.filters.criteria import Started

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


@dataclass(frozen=True, slots=True)
class Filter:
    """What a person asked for. Equal filters have equal meaning and equal text; the empty one lets everything through."""

    root: Node | None = None

    @property
    def text(self) -> str:
        """The canonical text: reading it gives this filter again."""
        return "" if self.root is None else self.root.text

    @property
    def everything(self) -> bool:
        """Whether it lets every call through because nothing was asked."""
        return self.root is None

    @property
    def clauses(self) -> tuple[Node, ...]:
        """The parts that must all hold, each with its canonical `text`, such as "direction:in"."""
        if self.root is None:
            return ()
        return self.root.parts if isinstance(self.root, AllOf) else (self.root,)

    def narrowed(self, other: Filter) -> Filter:
        """What both this filter and the other let through."""
        if self.root is None or other.root is None:
            return other if self.root is None else self
        return Filter(conjunction([self.root, other.root]))

    def without(self, fields: Collection[str]) -> Filter:
        """What is left of the parts that must all hold when the clauses of these fields are taken out."""
        kept = [part for part in self.clauses if not (isinstance(part, Clause) and part.field in fields)]
        return Filter(conjunction(kept)) if kept else Filter()

    def only(self, fields: Collection[str]) -> Filter:
        """The parts that must all hold and speak of these fields alone."""
        kept = [part for part in self.clauses if all(clause.field in fields for clause in part.clauses())]
        return Filter(conjunction(kept)) if kept else Filter()

    def names(self, name: str) -> bool:
        """Whether a field is used anywhere in it."""
        return self.root is not None and any(clause.field == name for clause in self.root.clauses())

    def sql(self, context: FilterContext) -> SqlCondition:
        """A condition for WHERE over `call AS c`, on a connection that went through `register_functions`. It is never null."""
        return TRUE if self.root is None else self.root.sql(context)

    def predicate(self, context: FilterContext) -> Callable[[Call], bool]:
        """A test on a call, equal to the SQL. Raises KeyError for a call whose provider the context does not hold."""
        return _everything if self.root is None else self.root.predicate(context)

    def reach(self, context: FilterContext, provider: str) -> Reach:
        """The stretch of time outside which no call of a provider can match."""
        return Reach() if self.root is None else self.root.reach(context.now_ms, context.sources[provider])

    def notes(self, context: FilterContext) -> tuple[str, ...]:
        """Sentences a person should read beside the filter: a typed time that a clock change skipped."""
        if self.root is None:
            return ()
        from calls.filters.criteria import Started

        found = [note for clause in self.root.clauses() for value in clause.values if isinstance(value, Started)
                 for note in value.notes(context)]  # fmt: skip
        return tuple(dict.fromkeys(found))


def _everything(call: Call) -> bool:
    return True


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
