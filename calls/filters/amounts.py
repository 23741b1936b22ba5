"""Durations with comparisons and ranges, and choices from a circle: the hours of a day, the days of a week."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calls.filters.errors import ValueMistake, nearest, quoted

HOW_TO_WRITE = "write 30s, >30s, <=2m or 10s..2m"
_MS_PER = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_NUMBER = r"([0-9]{1,7}(?:\.[0-9]{1,3})?)"
_ONE = re.compile(rf"{_NUMBER}(ms|s|m|h)?")
_MANY = re.compile(r"(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,5})s)?")
_COMPARED = re.compile(r"(>=|<=|>|<)(.*)")


@dataclass(frozen=True, slots=True)
class Amount:
    """A range of milliseconds, both ends included; None is an open end. `text` is its canonical spelling."""

    text: str
    low_ms: int | None
    high_ms: int | None

    def holds(self, value_ms: int | None) -> bool:
        """Whether a duration lies in the range; an unknown one does not."""
        if value_ms is None:
            return False
        return (self.low_ms is None or value_ms >= self.low_ms) and (self.high_ms is None or value_ms <= self.high_ms)


def read_amount(text: str) -> Amount:
    """A duration, a comparison or a range. Raises `ValueMistake`.

    A duration alone means that many whole seconds, because whole seconds are what a person sees.
    """
    text = text.lower().replace(" ", "")
    low, dots, high = text.partition("..")
    if dots:
        return _range(_milliseconds(low) if low else None, _milliseconds(high) if high else None, text)
    compared = _COMPARED.fullmatch(text)
    if compared is None:
        value = _milliseconds(text)
        exact = text.endswith("ms") or value % 1000 != 0
        return Amount(spelled(value), value, value if exact else value + 999)
    sign, value = compared[1], _milliseconds(compared[2])
    written = f"{sign}{spelled(value)}"
    if sign[0] == ">":
        return Amount(written, value + (sign == ">"), None)
    return Amount(written, None, value - (sign == "<"))


def _range(low: int | None, high: int | None, text: str) -> Amount:
    if low is None and high is None:
        raise ValueMistake(f"{quoted(text)} is not a range: {HOW_TO_WRITE}")
    if low is None or high is None:
        return Amount(f"<={spelled(high)}" if high is not None else f">={spelled(low or 0)}", low, high)
    if low > high:
        raise ValueMistake(f"the range {quoted(text)} runs backwards", f"{spelled(high)}..{spelled(low)}")
    return Amount(f"{spelled(low)}..{spelled(high)}", low, high)


def _milliseconds(text: str) -> int:
    one = _ONE.fullmatch(text)
    if one:
        whole, _, fraction = one[1].partition(".")
        return (int(whole) * 1000 + int(fraction.ljust(3, "0"))) * _MS_PER[one[2] or "s"] // 1000
    many = _MANY.fullmatch(text)
    if many and text:
        hours, minutes, seconds = (int(part or 0) for part in many.groups())
        return hours * 3_600_000 + minutes * 60_000 + seconds * 1000
    raise ValueMistake(
        f"{quoted(text)} is not a duration: {HOW_TO_WRITE}" if text else f"a duration is missing: {HOW_TO_WRITE}"
    )


def spelled(value_ms: int) -> str:
    """A duration in the largest unit that keeps it whole: "2m", "90s", "1500ms"."""
    if value_ms == 0:
        return "0s"
    unit = next(unit for unit, size in _MS_PER.items() if value_ms % size == 0)
    return f"{value_ms // _MS_PER[unit]}{unit}"


@dataclass(frozen=True, slots=True)
class Positions:
    """Places on a circle of hours or weekdays, counted from 0."""

    text: str
    numbers: tuple[int, ...]


def read_positions(text: str, names: Sequence[str]) -> Positions:
    """One place, a range that may run past the end of the circle ("22..6", "fri..mon"), or a comparison.

    `names` are the places in order, as a person writes them. Raises `ValueMistake`.
    """
    text = text.lower().replace(" ", "")
    compared = _COMPARED.fullmatch(text)
    if compared:
        place = _position(compared[2], names)
        sign = compared[1]
        chosen = range(place + (sign == ">"), len(names)) if sign[0] == ">" else range(place + (sign == "<="))
        return Positions(sign + names[place], tuple(chosen))
    low, dots, high = text.partition("..")
    first = _position(low, names) if low or not dots else 0
    if not dots:
        return Positions(names[first], (first,))
    last = _position(high, names) if high else len(names) - 1
    count = (last - first) % len(names) + 1
    numbers = sorted((first + step) % len(names) for step in range(count))
    return Positions(f"{names[first]}..{names[last]}", tuple(numbers))


def _position(text: str, names: Sequence[str]) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 2:
        text = str(int(text))
    for number, name in enumerate(names):
        if text == name:
            return number
    if names[0].isalpha() and text.endswith("day") and text[:3] in names:
        return names.index(text[:3])
    if not text:
        raise ValueMistake(f"a value is missing: {names[0]} to {names[-1]}")
    start, dash, end = text.partition("-")
    meant = f"{start}..{end}" if dash and start in names and end in names else ""
    raise ValueMistake(f"{quoted(text)} is not one of {names[0]} to {names[-1]}", meant or _nearest_word(text, names))


def _nearest_word(text: str, names: Sequence[str]) -> str:
    return nearest(text, names) if text.isalpha() else ""
