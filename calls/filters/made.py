"""Filters made of values that are already known, so that nothing has to be quoted."""

from __future__ import annotations

from calls.filters.fields import FIELDS, RawValue
from calls.filters.filter import Filter
from calls.filters.nodes import Clause
from calls.filters.numbers import NumberLike
from calls.filters.patterns import Pattern


def calls_with(number: str) -> Filter:
    """Every call in which this very number rang or was rung, in whatever spelling it is given."""
    return Filter(Clause("number", (NumberLike(("caller", "callee"), Pattern.of([number])),)))


def calls_where(field: str, value: str) -> Filter:
    """Every call in which a field of texts (queue, employee, ...) is this very value. Raises KeyError for an unknown field."""
    return Filter(Clause(field, (FIELDS[field].read(RawValue(value, Pattern.of([value]), 1, True)),)))
