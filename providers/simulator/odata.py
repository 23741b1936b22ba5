"""The `filter` and `orderby` of PortSIP's collections: an OData-like language whose times are quoted texts.

    expression  = term { "or" term } ; term = factor { "and" factor }
    factor      = "(" expression ")" | field operator literal | function "(" field "," text ")"
    operator    = eq ne gt ge lt le ; function = startswith endswith contains
    text        = 'quoted', a quote inside doubled ; literal = text or, for a number's field, a whole number

A comparison with a field that has no value is false, whatever the operator: such rows vanish.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]
Test = Callable[[Row], bool]
FOREVER_US = (-(2**63), 2**63)

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(-?\d+)(?![\w.])|([A-Za-z_][A-Za-z_0-9]*)|([(),]))")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}
_DEEPEST = 50


class FilterError(Exception):
    """The expression is refused; the text says why."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A filter: its test, and the range [from, to) of `started_at` (microseconds) outside which it is never true."""

    test: Test
    bounds: tuple[int, int] = FOREVER_US


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a collection, by the kind of their values."""

    texts: frozenset[str]
    times: frozenset[str]
    numbers: frozenset[str]

    def __contains__(self, name: str) -> bool:
        return name in self.texts or name in self.times or name in self.numbers


def instant_us(text: str) -> int:
    """Microseconds of an RFC 3339 time with an offset. Raises FilterError."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise FilterError(f"{text} is no time")
    try:
        seconds = int(datetime.fromisoformat(match[1] + match[3]).timestamp())
    except (ValueError, OverflowError):
        raise FilterError(f"{text} is no time") from None
    return seconds * 1_000_000 + int((match[2] or "0").ljust(6, "0")[:6])


class _Parser:
    def __init__(self, text: str, fields: Fields) -> None:
        self._tokens = _tokens(text)
        self._next = 0
        self._fields = fields
        self._depth = 0

    def whole(self) -> Expression:
        found = self._either()
        if self._peek() is not None:
            raise FilterError(f"{self._peek()} is not expected here")
        return found

    def _peek(self) -> str | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, wanted: str | None = None) -> str:
        token = self._peek()
        if token is None or (wanted is not None and token != wanted):
            raise FilterError(f"{wanted or 'something'} is missing")
        self._next += 1
        return token

    def _either(self) -> Expression:
        found = self._both()
        while self._peek() == "or":
            self._take()
            found = _or(found, self._both())
        return found

    def _both(self) -> Expression:
        found = self._factor()
        while self._peek() == "and":
            self._take()
            found = _and(found, self._factor())
        return found

    def _factor(self) -> Expression:
        token = self._take()
        if token == "(":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise FilterError("too deep")
            found = self._either()
            self._take(")")
            self._depth -= 1
            return found
        if token in _FUNCTIONS and self._peek() == "(":
            return self._function(token)
        return self._comparison(token)

    def _function(self, name: str) -> Expression:
        self._take("(")
        field = self._take()
        if field not in self._fields.texts:
            raise FilterError(f"{name} needs a text field, not {field}")
        self._take(",")
        wanted = _text(self._take())
        self._take(")")
        test = _FUNCTIONS[name]
        return Expression(lambda row: row.get(field) is not None and test(row[field], wanted))

    def _comparison(self, field: str) -> Expression:
        if field not in self._fields:
            raise FilterError(f"{field} is no field")
        name = self._take()
        compare = _OPERATORS.get(name)
        if compare is None:
            raise FilterError(f"{name} is no operator")
        literal = self._take()
        value: Any
        if field in self._fields.times:
            value = instant_us(_text(literal))
        elif field in self._fields.numbers:
            if not re.fullmatch(r"-?\d{1,18}", literal):
                raise FilterError(f"{field} needs a whole number")
            value = int(literal)
        else:
            value = _text(literal)
        test = Expression(lambda row: row.get(field) is not None and compare(row[field], value))
        return Expression(test.test, _bounds(name, value)) if field == "started_at" else test


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise FilterError(f"cannot be read from column {position + 1}")
        tokens.append(match[0].strip())
        position = match.end()
    return tokens


def _text(token: str) -> str:
    if not token.startswith("'"):
        raise FilterError(f"{token} must be quoted")
    return token[1:-1].replace("''", "'")


def _bounds(name: str, us: int) -> tuple[int, int]:
    lowest, highest = FOREVER_US
    return {
        "eq": (us, us + 1),
        "ge": (us, highest),
        "gt": (us + 1, highest),
        "lt": (lowest, us),
        "le": (lowest, us + 1),
    }.get(name, FOREVER_US)


def _and(left: Expression, right: Expression) -> Expression:
    bounds = max(left.bounds[0], right.bounds[0]), min(left.bounds[1], right.bounds[1])
    return Expression(lambda row: left.test(row) and right.test(row), bounds)


def _or(left: Expression, right: Expression) -> Expression:
    bounds = min(left.bounds[0], right.bounds[0]), max(left.bounds[1], right.bounds[1])
    return Expression(lambda row: left.test(row) or right.test(row), bounds)


def parse_filter(text: str, fields: Fields) -> Expression:
    """The filter as a test of rows. Raises FilterError."""
    if not text.strip():
        raise FilterError("the filter is empty")
    return _Parser(text, fields).whole()


def parse_order(text: str, fields: Fields) -> list[tuple[str, bool]]:
    """The fields to sort by, and whether downwards: "started_at desc, id". Ascending unless said. Raises FilterError."""
    order: list[tuple[str, bool]] = []
    for part in text.split(","):
        words = part.split()
        if not words or len(words) > 2 or words[0] not in fields or (len(words) == 2 and words[1] not in ("asc", "desc")):
            raise FilterError(f"cannot order by {part.strip()}")
        order.append((words[0], words[-1] == "desc"))
    return order
