"""Telephone numbers and free words: what a call can be found by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from calls.filters.conditions import (
    CallTest,
    FilterContext,
    SqlCondition,
    all_of,
    any_call,
    any_of,
    per_source,
    predicate_per_source,
)
from calls.filters.criteria import TextLike, like
from calls.filters.dictionaries import party_in, word_in
from calls.filters.patterns import Pattern, Piece, Wild, fold
from calls.model import Call, Source
from calls.text import digits, is_withheld, normalise_number

WITHHELD_PATTERN = Pattern(("withheld",))
MIN_DIGITS_OF_A_PART = 3
SEARCHED_WORDS = ("queue", "employee", "project")
_SEPARATORS = str.maketrans("", "", " -()./")
_NUMBER_CHARACTERS = frozenset("0123456789+ -()./")


def search_text(call: Call, country_code: str) -> str:
    """What free words are compared with: numbers, names, queue, employee and project, folded.

    One line each; a number stands there as sent and in its comparable form.
    """
    caller_key, callee_key = normalise_number(call.caller, country_code), normalise_number(call.callee, country_code)
    lines = (
        call.caller, caller_key, call.caller_name, call.callee, callee_key, call.callee_name,
        call.queue, call.employee, call.project,
    )  # fmt: skip
    return "\n".join(fold(line) for line in lines if line)


def spellings(pattern: Pattern, country_code: str) -> tuple[Pattern, ...]:
    """The ways in which a part of a number may stand in a call: as typed, without separators, in international form."""
    if not set(pattern.literal) <= _NUMBER_CHARACTERS or len(digits(pattern.literal)) < MIN_DIGITS_OF_A_PART:
        return (pattern,)
    compact = Pattern.of([piece if isinstance(piece, Wild) else piece.translate(_SEPARATORS) for piece in pattern.pieces])
    pieces: list[Piece] = list(compact.pieces)
    first = pieces[0]
    if isinstance(first, str) and first.startswith("00"):
        pieces[0] = "+" + first[2:]
    elif isinstance(first, str) and first.startswith("0") and country_code:
        pieces[0] = f"+{country_code}{first[1:]}"
    return tuple(dict.fromkeys([pattern, compact, Pattern.of(pieces)]))


@dataclass(frozen=True, slots=True)
class NumberLike:
    """A party of a call, by number: exact in the comparable form, or by wildcards on that form and on what was sent.

    With `by_name`, a value with letters is compared with the party's name as well. The word "withheld" means callers
    who hide their number.
    """

    parties: tuple[str, ...]
    pattern: Pattern
    by_name: bool = False

    @property
    def withheld(self) -> bool:
        """Whether it asks for hidden numbers."""
        return self.pattern == WITHHELD_PATTERN

    @property
    def text(self) -> str:
        return self.pattern.text()

    def sql(self, context: FilterContext) -> SqlCondition:
        if self.withheld:
            return party_in(self.parties[:1], SqlCondition("number_key = ''"))
        numbers = per_source(context, self._wild_sql) if self.pattern.wild else self._exact_sql(context)
        return any_of([numbers, *self._names_sql()])

    def _exact_sql(self, context: FilterContext) -> SqlCondition:
        each = per_source(context, lambda source: self._equals((self._key(source),)))
        keys = tuple(sorted({self._key(source) for source in context.sources.values()}))
        # Where a national number means another one at another provider, all of them are said first, for the indexes.
        return each if len(keys) < 2 else all_of([self._equals(keys), each])

    def _key(self, source: Source) -> str:
        return normalise_number(self.pattern.literal, source.country_code)

    def _equals(self, keys: tuple[str, ...]) -> SqlCondition:
        marks = ", ".join("?" * len(keys))
        return party_in(self.parties, SqlCondition(f"number_key <> '' AND number_key IN ({marks})", keys))

    def _wild_sql(self, source: Source) -> SqlCondition:
        conditions: list[SqlCondition] = []
        for spelling in spellings(self.pattern, source.country_code):
            if spelling.caseless:
                glob = spelling.glob()
                conditions.append(SqlCondition("number_key GLOB ? OR number GLOB ?", (glob, glob)))
            else:
                conditions += [like(spelling.folded(), f"fold({column})") for column in ("number_key", "number")]
        return party_in(self.parties, any_of(conditions))

    def _names_sql(self) -> list[SqlCondition]:
        if not self.by_name or self.pattern.caseless:
            return []
        folded = self.pattern.folded()
        named = like(folded, "fold(name)") if folded.wild else SqlCondition("fold(name) = ?", (folded.literal,))
        # The search text of a party holds its name, so that a native look into it spares most calls of a function.
        hint = [SqlCondition("instr(search, ?) > 0", (folded.longest_literal,))] if folded.longest_literal else []
        return [party_in(self.parties, all_of([*hint, named]))]

    def predicate(self, context: FilterContext) -> CallTest:
        if self.withheld:
            hidden = attrgetter(self.parties[0])
            return lambda call: is_withheld(hidden(call))
        numbers = predicate_per_source(context, self._wild_test if self.pattern.wild else self._exact_test)
        if not self.by_name or self.pattern.caseless:
            return numbers
        return any_call([numbers, *(TextLike(f"{party}_name", self.pattern).predicate(context) for party in self.parties)])

    def _exact_test(self, source: Source) -> CallTest:
        code = source.country_code
        key = normalise_number(self.pattern.literal, code)
        values = [attrgetter(party) for party in self.parties]
        return lambda call: any(normalise_number(value(call), code) == key for value in values)

    def _wild_test(self, source: Source) -> CallTest:
        code = source.country_code
        values = [attrgetter(party) for party in self.parties]
        matchers: list[Callable[[str], bool]] = []
        for spelling in spellings(self.pattern, code):
            if spelling.caseless:
                matchers.append(spelling.matcher())
            else:
                matchers.append(_after_folding(spelling.folded().matcher()))

        def test(call: Call) -> bool:
            texts = [text for value in values for text in (value(call), normalise_number(value(call), code))]
            return any(matches(text) for matches in matchers for text in texts)

        return test


def _after_folding(matches: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: matches(fold(text))


def _holds(folded: Pattern, text: str) -> SqlCondition:
    hint = SqlCondition(f"instr({text}, ?) > 0", (folded.longest_literal,))
    found = [SqlCondition(f"found_in(?, {text})", (folded.glob(),))] if folded.wild else []
    return all_of([*([hint] if folded.longest_literal else []), *found])


@dataclass(frozen=True, slots=True)
class Word:
    """A word without a field: found anywhere in the numbers and names of a call, without case."""

    pattern: Pattern

    @property
    def text(self) -> str:
        return self.pattern.text(bare=True)

    def sql(self, context: FilterContext) -> SqlCondition:
        return per_source(context, self._sql)

    def _sql(self, source: Source) -> SqlCondition:
        some = [spelling.folded() for spelling in spellings(self.pattern, source.country_code)]
        parties = party_in(("caller", "callee"), any_of(_holds(folded, "search") for folded in some))
        words = any_of(_holds(folded, "folded") for folded in some)
        return any_of([parties, *(word_in(column, words) for column in SEARCHED_WORDS)])

    def predicate(self, context: FilterContext) -> CallTest:
        def of(source: Source) -> CallTest:
            code = source.country_code
            finders = [spelling.folded().finder() for spelling in spellings(self.pattern, code)]

            def test(call: Call) -> bool:
                text = search_text(call, code)
                return any(found(text) for found in finders)

            return test

        return predicate_per_source(context, of)
