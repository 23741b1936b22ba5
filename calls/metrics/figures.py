"""A figure: a value with what it owes its reader, the parts it was made of, its grade and how far it is complete."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from calls.metrics.grades import Grade
from calls.model import Window
from calls.times import format_rfc3339

NO_VALUE = "-"


class Unit(StrEnum):
    """What a value counts. A ratio lies between 0 and 1; a mean is in seconds, to the millisecond; a wait, in whole seconds,
    is one that so many of some calls did not exceed."""

    CALLS = "calls"
    RATIO = "ratio"
    SECONDS = "seconds"
    MEAN_SECONDS = "mean seconds"
    WAIT_SECONDS = "wait seconds"
    ERLANGS = "erlangs"


class Figure(NamedTuple):
    """One metric of one set of calls. `value` is None when there is nothing to tell, and is then never shown as 0;
    a `whole` is a count that is no part of another. `at_ms` is the moment that a peak speaks of."""

    value: int | float | None
    numerator: int
    denominator: int
    unit: Unit
    grade: Grade
    grade_reason: str
    complete_to_ms: int | None
    gaps: tuple[Window, ...] = ()
    whole: bool = False
    at_ms: int | None = None

    def json(self) -> dict[str, object]:
        """The figure as other programs read it: value, numerator, denominator, grade, complete_to (RFC 3339 or null); for a
        peak also `at`."""
        complete_to = None if self.complete_to_ms is None else format_rfc3339(self.complete_to_ms)
        figure: dict[str, object] = {
            "value": self.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "grade": self.grade.word,
            "complete_to": complete_to,
        }
        return figure if self.at_ms is None else figure | {"at": format_rfc3339(self.at_ms)}

    def text(self) -> str:
        """The figure for a person: "91 % 129/142", "129/142", "1 204", "3:25:45", "0:08 of 129", "4.25 E", or "-"."""
        if self.value is None:
            return NO_VALUE
        if self.unit is Unit.SECONDS:
            return clock(int(self.value))
        if self.unit in (Unit.MEAN_SECONDS, Unit.WAIT_SECONDS):
            return f"{clock(round(self.value))} of {spaced(self.denominator)}"
        if self.unit is Unit.ERLANGS:
            return f"{self.value:.2f} E"
        parts = f"{spaced(self.numerator)}/{spaced(self.denominator)}"
        if self.unit is Unit.RATIO:
            return f"{percent(self.numerator, self.denominator)} % {parts}"
        return spaced(self.numerator) if self.whole else parts


def spaced(number: int) -> str:
    """A whole number in groups of three digits: "1 204"."""
    return f"{number:,}".replace(",", " ")


def percent(part: int, whole: int) -> int:
    """Whole per cent, rounded half up, but 0 only for none and 100 only for all."""
    rounded = (200 * part + whole) // (2 * whole)
    return rounded if part in {0, whole} else min(max(rounded, 1), 99)


def clock(seconds: int) -> str:
    """A duration as "0:35" or "3:25:45"."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
