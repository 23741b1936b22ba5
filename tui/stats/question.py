"""A question of the Stats screen: which calls, over which time, grouped by what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from calls.cache.staffing import Staff, on_working_days
from calls.filters import Filter, parse
from calls.filters.started import TIME_FIELDS
from calls.metrics import DEFAULT_THRESHOLDS, GROUPINGS, Thresholds

EVERYTHING = Filter()
# Time first, from short to long; then who and where.
GROUPINGS_IN_ORDER = (*GROUPINGS[1:], GROUPINGS[0])
OWN_TIME = "the filter's time"


class Period(StrEnum):
    """The time that is counted while the filter names none; the value is its name on the screen."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "7 days"
    FOUR_WEEKS = "28 days"
    QUARTER = "90 days"

    @property
    def filter(self) -> Filter:
        """Whole local days of each provider."""
        return parse(f"on:{_DAYS[self]}")


_DAYS = {
    Period.TODAY: "today",
    Period.YESTERDAY: "yesterday",
    Period.WEEK: "-6d..today",
    Period.FOUR_WEEKS: "-27d..today",
    Period.QUARTER: "-89d..today",
}


@dataclass(frozen=True, slots=True)
class StatsQuestion:
    """What is asked: `wanted` is the filter in force, whose own time goes before the `period`. `explained` is the metric
    that is laid open, "" for none; `agents` is how many people take calls, None where that is not configured. With
    `as_of_ms` the cache is asked as it was at that instant, which then is the present.
    """

    wanted: Filter = EVERYTHING
    period: Period = Period.TODAY
    grouping: str = "hour"
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    explained: str = ""
    agents: int | None = None
    as_of_ms: int | None = None

    @property
    def names_time(self) -> bool:
        """Whether the filter says itself which time counts."""
        return any(self.wanted.names(field) for field in TIME_FIELDS)

    @property
    def asked(self) -> Filter:
        """The filter with its time."""
        return self.wanted if self.names_time else self.wanted.narrowed(self.period.filter)

    @property
    def week_period(self) -> Period:
        """The period of the map of the week, for which a day or two tell nothing."""
        return self.period if self.period is Period.QUARTER else Period.FOUR_WEEKS

    @property
    def asked_for_week(self) -> Filter:
        """The filter of the map of the week."""
        return self.wanted if self.names_time else self.wanted.narrowed(self.week_period.filter)

    @property
    def asked_for_staffing(self) -> Filter:
        """The filter of the hours that people are needed for."""
        return on_working_days(self.wanted)

    @property
    def staff(self) -> Staff:
        """What is asked about the people who take calls."""
        return Staff(self.agents, threshold_seconds=self.thresholds.service_seconds)

    @property
    def time_words(self) -> str:
        """The time that is counted, in words."""
        return OWN_TIME if self.names_time else self.period.value

    @property
    def week_words(self) -> str:
        """The time of the map of the week, in words."""
        return OWN_TIME if self.names_time else self.week_period.value
