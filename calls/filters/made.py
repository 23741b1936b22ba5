"""Filters made of values that are already known, so that nothing has to be quoted, and nothing read that a person may write."""

from __future__ import annotations

from calls.filters.filter import Filter
from calls.filters.moments import Ago, Day
from calls.filters.nodes import Clause
from calls.filters.patterns import Pattern
from calls.filters.started import Started


def today() -> Filter:
    """`on:today`."""
    day = Day("today")
    return Filter(Clause("on", (Started(day.text, first=day, last=day),)))


def since_days(count: int) -> Filter:
    """`since:-6d`: from the same time of day so many days ago on."""
    start = Ago(count, "d")
    return Filter(Clause("since", (Started(start.text, first=start),)))


def calls_with(number: str) -> Filter:
    """Every call in which this very number rang or was rung, in whatever spelling it is given."""
    from calls.filters.numbers import NumberLike

    return Filter(Clause("number", (NumberLike(("caller", "callee"), Pattern.of([number])),)))


def calls_where(field: str, value: str) -> Filter:
    """Every call in which a field of texts (queue, employee, ...) is this very value. Raises KeyError for an unknown field."""
    from calls.filters.fields import FIELDS, RawValue

    return Filter(Clause(field, (FIELDS[field].read(RawValue(value, Pattern.of([value]), 1, True)),)))
