"""The week by hour: how many calls an hour of each weekday brings, and what share of them is answered."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

DAYS_OF_WEEK = 7
HOURS_OF_DAY = 24
HOURS_OF_WEEK = DAYS_OF_WEEK * HOURS_OF_DAY


class WeekMeasure(StrEnum):
    """What a map of the week shows."""

    OFFERED = "offered"
    ANSWER_RATE = "answer rate"
    MISSED = "missed"


class WeekHour(NamedTuple):
    """One hour of one weekday, over all times it came and was wholly covered.

    `hours` is how many such hours there were, of the provider that knows most, `fewest_hours` of the one that knows least.
    `offered_per_hour` and `missed_per_hour` are means over each provider's own hours, summed. `left_out` are providers that
    know no such hour.
    """

    offered: int
    answered: int
    hours: int
    fewest_hours: int
    offered_per_hour: float
    missed_per_hour: float
    left_out: tuple[str, ...] = ()

    def value(self, measure: WeekMeasure) -> float | None:
        """What a map shows for it: calls an hour, or a share of 0 to 1; None for the answer rate of no calls."""
        match measure:
            case WeekMeasure.OFFERED:
                return self.offered_per_hour
            case WeekMeasure.MISSED:
                return self.missed_per_hour
        return self.answered / self.offered if self.offered else None


class Week(NamedTuple):
    """The hours that are known, by (weekday, local hour): 0 is Monday. An hour that is not in `hours` is a gap, not zero."""

    hours: Mapping[tuple[int, int], WeekHour]

    def value(self, weekday: int, hour: int, measure: WeekMeasure) -> float | None:
        """The value of one hour of the week, None where nothing is known."""
        known = self.hours.get((weekday, hour))
        return None if known is None else known.value(measure)

    def peak(self, measure: WeekMeasure) -> float:
        """The highest value, 1 for a share."""
        if measure is WeekMeasure.ANSWER_RATE:
            return 1.0
        return max((value for known in self.hours.values() if (value := known.value(measure)) is not None), default=0.0)
