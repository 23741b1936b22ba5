"""What the values of a filter mean: each criterion has its canonical text, its SQL and its test in Python."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from zoneinfo import ZoneInfo

from calls.filters.amounts import Amount, Positions
from calls.filters.conditions import (
    FALSE,
    CallTest,
    FilterContext,
    SqlCondition,
    all_of,
    from_sources,
    predicate_per_source,
)
from calls.filters.dictionaries import word_in
from calls.filters.patterns import Pattern, fold
from calls.model import Direction, Source
from calls.times import local_date, local_hour


@dataclass(frozen=True, slots=True)
class Member:
    """A column that holds one word of a closed set: direction, status."""

    column: str
    text: str

    def sql(self, context: FilterContext) -> SqlCondition:
        return SqlCondition(f"c.{self.column} = ?", (self.text,))

    def predicate(self, context: FilterContext) -> CallTest:
        value, wanted = attrgetter(self.column), self.text
        return lambda call: bool(value(call) == wanted)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a call has or has not, such as a recording."""

    text: str

    def sql(self, context: FilterContext) -> SqlCondition:
        return SqlCondition(f"c.has_{self.text} = 1")

    def predicate(self, context: FilterContext) -> CallTest:
        value = attrgetter(f"has_{self.text}")
        return lambda call: bool(value(call))


@dataclass(frozen=True, slots=True)
class Local:
    """Whether a call stayed inside the organisation."""

    text: str

    def sql(self, context: FilterContext) -> SqlCondition:
        return SqlCondition(f"c.direction {'=' if self.text == 'yes' else '<>'} ?", (Direction.INTERNAL.value,))

    def predicate(self, context: FilterContext) -> CallTest:
        wanted = self.text == "yes"
        return lambda call: (call.direction is Direction.INTERNAL) is wanted


@dataclass(frozen=True, slots=True)
class TextLike:
    """A text of a call, such as its queue, compared whole and without case."""

    column: str
    pattern: Pattern

    @property
    def text(self) -> str:
        return self.pattern.text()

    def sql(self, context: FilterContext) -> SqlCondition:
        folded = self.pattern.folded()
        if not folded.wild:
            return word_in(self.column, SqlCondition("folded = ?", (folded.literal,)), also_empty=not folded.literal)
        return word_in(self.column, like(folded, "folded"), also_empty=folded.matcher()(""))

    def predicate(self, context: FilterContext) -> CallTest:
        value, matches = attrgetter(self.column), self.pattern.folded().matcher()
        return lambda call: matches(fold(value(call)))


@dataclass(frozen=True, slots=True)
class IdLike:
    """A provider's identifier, compared as written: case matters."""

    column: str
    attribute: str
    pattern: Pattern

    @property
    def text(self) -> str:
        return self.pattern.text()

    def sql(self, context: FilterContext) -> SqlCondition:
        if self.pattern.wild:
            return SqlCondition(f"c.{self.column} GLOB ?", (self.pattern.glob(),))
        return SqlCondition(f"c.{self.column} = ?", (self.pattern.literal,))

    def predicate(self, context: FilterContext) -> CallTest:
        value, matches = attrgetter(self.attribute), self.pattern.matcher()
        return lambda call: matches(value(call))


@dataclass(frozen=True, slots=True)
class SourceLike:
    """The configured name of a provider, without case."""

    pattern: Pattern

    @property
    def text(self) -> str:
        return self.pattern.text()

    def names(self, context: FilterContext) -> frozenset[str]:
        """The providers it names."""
        matches = self.pattern.folded().matcher()
        return frozenset(name for name in context.sources if matches(fold(name)))

    def sql(self, context: FilterContext) -> SqlCondition:
        return from_sources(self.names(context), context) if context.sources else FALSE

    def predicate(self, context: FilterContext) -> CallTest:
        names = self.names(context)
        return lambda call: call.provider in names


@dataclass(frozen=True, slots=True)
class Duration:
    """A column of milliseconds; a call whose duration is unknown is in no range."""

    column: str
    amount: Amount

    @property
    def text(self) -> str:
        return self.amount.text

    def sql(self, context: FilterContext) -> SqlCondition:
        column, amount = f"c.{self.column}", self.amount
        known = SqlCondition(f"{column} IS NOT NULL")
        low = [] if amount.low_ms is None else [SqlCondition(f"{column} >= ?", (amount.low_ms,))]
        high = [] if amount.high_ms is None else [SqlCondition(f"{column} <= ?", (amount.high_ms,))]
        return all_of([known, *low, *high])

    def predicate(self, context: FilterContext) -> CallTest:
        value, holds = attrgetter(self.column), self.amount.holds
        return lambda call: holds(value(call))


@dataclass(frozen=True, slots=True)
class OnCircle:
    """The local hour or the local weekday in which a call started; both passes of a repeated hour count."""

    positions: Positions
    weekday: bool = False

    @property
    def text(self) -> str:
        return self.positions.text

    def sql(self, context: FilterContext) -> SqlCondition:
        # Ordinal 1 of the proleptic calendar was a Monday.
        place = "(c.local_day + 6) % 7" if self.weekday else "c.local_hour"
        numbers = self.positions.numbers
        return SqlCondition(f"{place} IN ({', '.join('?' * len(numbers))})", numbers) if numbers else FALSE

    def predicate(self, context: FilterContext) -> CallTest:
        numbers, weekday = frozenset(self.positions.numbers), self.weekday

        def of(source: Source) -> CallTest:
            zone = ZoneInfo(source.timezone)
            if weekday:
                return lambda call: local_date(call.started_ms, zone).weekday() in numbers
            return lambda call: local_hour(call.started_ms, zone) in numbers

        return predicate_per_source(context, of)


def like(folded: Pattern, text: str) -> SqlCondition:
    """True where a folded text, an SQL expression, is like a folded pattern with wildcards."""
    # Looking for the longest literal is native and rules out nearly every text before a function must be called.
    hint = folded.longest_literal
    narrowed = [SqlCondition(f"instr({text}, ?) > 0", (hint,))] if hint else []
    return all_of([*narrowed, SqlCondition(f"matches(?, {text})", (folded.glob(),))])
