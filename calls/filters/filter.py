"""A filter as a value, with its canonical text and its readings. What it is made of is imported when it is made of anything:
most commands are given none."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from calls.filters.conditions import TRUE, FilterContext, Reach, SqlCondition
from calls.model import Call

if TYPE_CHECKING:
    from calls.filters.nodes import Node


class Filter(NamedTuple):
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
        from calls.filters.nodes import AllOf

        return self.root.parts if isinstance(self.root, AllOf) else (self.root,)

    def narrowed(self, other: Filter) -> Filter:
        """What both this filter and the other let through."""
        if self.root is None or other.root is None:
            return other if self.root is None else self
        return _of([self.root, other.root])

    def without(self, fields: Collection[str]) -> Filter:
        """What is left of the parts that must all hold when the clauses of these fields are taken out."""
        if self.root is None:
            return self
        from calls.filters.nodes import Clause

        return _of([part for part in self.clauses if not (isinstance(part, Clause) and part.field in fields)])

    def only(self, fields: Collection[str]) -> Filter:
        """The parts that must all hold and speak of these fields alone."""
        return _of([part for part in self.clauses if all(clause.field in fields for clause in part.clauses())])

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

    def widest_reach(self, context: FilterContext) -> Reach:
        """The stretch of time outside which no call of any provider can match."""
        reaches = [self.reach(context, name) for name in context.sources]
        return reduce(Reach.beside, reaches) if reaches else Reach()

    def notes(self, context: FilterContext) -> tuple[str, ...]:
        """Sentences a person should read beside the filter: a typed time that a clock change skipped."""
        if self.root is None:
            return ()
        from calls.filters.started import Started

        found = [note for clause in self.root.clauses() for value in clause.values if isinstance(value, Started)
                 for note in value.notes(context)]  # fmt: skip
        return tuple(dict.fromkeys(found))


def _of(parts: list[Node]) -> Filter:
    if not parts:
        return Filter()
    from calls.filters.nodes import conjunction

    return Filter(conjunction(parts))


def _everything(call: Call) -> bool:
    return True
