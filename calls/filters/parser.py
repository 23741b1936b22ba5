"""From text to `Filter`: a small recursive-descent parser that knows the column of everything.

alternatives := conjunction ("or" conjunction)*
conjunction  := term (["and"] term)*
term         := "-"* ( "(" alternatives ")" | [field ":"] value ("," value)* )
value        := word | '"' text '"'
"""

from __future__ import annotations

import re

from calls.filters.conditions import Criterion
from calls.filters.errors import FilterError, ValueMistake, nearest, quoted
from calls.filters.fields import FIELDS, WORD, Field, RawValue
from calls.filters.filter import Filter
from calls.filters.nodes import Clause, Node, conjunction, disjunction, negation
from calls.filters.patterns import Pattern, Piece, Wild
from calls.text import clean

MAX_LENGTH = 4000
MAX_VALUES = 200
MAX_DEPTH = 12

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r'[^\s(),"]*')
_FIELD = re.compile(r"([^\W\d][\w-]*):")
_WILD = {"*": Wild.RUN, "?": Wild.ONE}


def read(text: str) -> Filter:
    """The filter a person typed; empty text is the filter that lets everything through. Raises `FilterError`."""
    _refuse_hostile(text)
    reader = _Reader(text)
    if reader.at_end():
        return Filter()
    root = reader.alternatives(depth=0)
    if not reader.at_end():
        raise reader.mistake("this parenthesis closes nothing")
    return Filter(root)


def _refuse_hostile(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise FilterError(f"the filter has {len(text)} characters, {MAX_LENGTH} are the most", MAX_LENGTH + 1)
    if text.isascii() and text.isprintable():
        return
    for position, character in enumerate(text):
        if not character.isspace() and clean(character) != character:
            name = f"U+{ord(character):04X}"
            raise FilterError(f"the control or invisible character {name} cannot be part of a filter", position + 1)


class _Reader:
    """The text and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.values = 0

    def mistake(self, message: str, suggestion: str = "", position: int | None = None) -> FilterError:
        return FilterError(message, (self.position if position is None else position) + 1, suggestion)

    def at_end(self) -> bool:
        self._skip(_SPACE)
        return self.position >= len(self.text)

    def _skip(self, expression: re.Pattern[str]) -> str:
        match = expression.match(self.text, self.position)
        found = match.group() if match else ""
        self.position += len(found)
        return found

    def _next(self) -> str:
        return self.text[self.position : self.position + 1]

    def _keyword(self) -> str:
        """The "or" or "and" that stands here, else ""."""
        match = _WORD.match(self.text, self.position)
        word = match.group().lower() if match else ""
        following = self.text[self.position + len(word) : self.position + len(word) + 1]
        return word if word in {"or", "and"} and following not in {",", '"'} else ""

    def alternatives(self, depth: int) -> Node:
        parts = [self.conjunction(depth)]
        while not self.at_end() and self._keyword() == "or":
            self.position += 2
            parts.append(self.conjunction(depth, after="or"))
        return disjunction(parts)

    def conjunction(self, depth: int, after: str = "") -> Node:
        parts: list[Node] = []
        while not self.at_end() and self._next() != ")":
            keyword = self._keyword()
            if keyword == "or":
                break
            if keyword == "and":
                if not parts or after == "and":
                    raise self.mistake("there is nothing before 'and'; in quotes it is a word to look for")
                self.position += 3
                after = "and"
                continue
            parts.append(self._term(depth))
            after = ""
        if after == "and" or not parts:
            raise self.mistake(self._nothing_here(after))
        return conjunction(parts)

    def _nothing_here(self, after: str) -> str:
        if after:
            return f"there is nothing after '{after}'"
        if self._next() == ")":
            return "there is nothing before this parenthesis"
        return "there is nothing before 'or'" if self._keyword() == "or" else "something is missing here"

    def _term(self, depth: int) -> Node:
        start = self.position
        while self._next() == "-":
            self.position += 1
        negative = (self.position - start) % 2 == 1
        if self.position > start and (self._next() in {"", ")", ","} or self._next().isspace()):
            raise self.mistake("there is nothing to exclude after '-'", position=start)
        part = self._group(depth) if self._next() == "(" else self._clause()
        return negation(part) if negative else part

    def _group(self, depth: int) -> Node:
        start = self.position
        if depth >= MAX_DEPTH:
            raise self.mistake(f"parentheses nest deeper than {MAX_DEPTH}")
        self.position += 1
        if self.at_end():
            raise self.mistake("this parenthesis is never closed", position=start)
        part = self.alternatives(depth + 1)
        if self.at_end():
            raise self.mistake("this parenthesis is never closed", position=start)
        self.position += 1
        return part

    def _clause(self) -> Clause:
        start = self.position
        field = self._field()
        values = [self._value(field)]
        while self._next() == ",":
            self.position += 1
            values.append(self._value(field, after_comma=True))
        following = self._next()
        if following and following != ")" and not following.isspace():
            raise self.mistake("a space is missing here; a value with spaces, quotes or parentheses goes in quotes as a whole")
        return Clause(field.name, tuple(values), start + 1)

    def _field(self) -> Field:
        match = _FIELD.match(self.text, self.position)
        if match is None:
            return WORD
        name = match[1].lower()
        if name not in FIELDS:
            meant = nearest(name, FIELDS)
            raise self.mistake(
                f"there is no field {quoted(match[1])}; in quotes it is text to look for", f"{meant}:" if meant else ""
            )
        self.position += len(match[0])
        return FIELDS[name]

    def _value(self, field: Field, *, after_comma: bool = False) -> Criterion:
        self.values += 1
        if self.values > MAX_VALUES:
            raise self.mistake(f"a filter holds at most {MAX_VALUES} values")
        start = self.position
        in_quotes = self._next() == '"'
        pieces = self._quoted() if in_quotes else [_WILD.get(character, character) for character in self._skip(_WORD)]
        if not pieces and not in_quotes:
            raise self.mistake(self._missing(field, after_comma), position=start)
        plain = "".join(piece if isinstance(piece, str) else piece.value for piece in pieces)
        raw = RawValue(" ".join(plain.split()), Pattern.of(pieces), start + 1, in_quotes)
        try:
            return field.read(raw)
        except ValueMistake as mistake:
            where = f"{field.name}: " if field.name else ""
            raise self.mistake(where + mistake.message, mistake.suggestion, position=start) from None

    def _missing(self, field: Field, after_comma: bool) -> str:
        if after_comma:
            return "a value is missing after the comma"
        if not field.name:
            return "a comma stands between two values, and there is none before it"
        some = f": {', '.join(field.values[:5])}{', …' if len(field.values) > 5 else ''}" if field.values else ""
        return f"{field.name}: needs a value, {field.hint}{some if field.closed else ''}"

    def _quoted(self) -> list[Piece]:
        start = self.position
        pieces: list[Piece] = []
        self.position += 1
        while self.position < len(self.text):
            character = self.text[self.position]
            self.position += 1
            if character == '"':
                return pieces
            if character == "\\" and self._next() in {'"', "\\", "*", "?"} and self._next():
                pieces.append(self._next())
                self.position += 1
            else:
                pieces.append(_WILD.get(character, character))
        raise self.mistake("this quote is never closed", position=start)
