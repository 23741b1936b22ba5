"""Where instants lie in local time: their day and hour, and when those began."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from calls.keys import place_ms
from calls.times import QUARTER_MS, hour_start_ms, local_day_window, to_local

# Since this year every zone's hours begin on a quarter of an hour.
_QUARTERS_SINCE_MS = 94_694_400_000
MOST_REMEMBERED = 50_000


class LocalTime(NamedTuple):
    """The ordinal of a local day and the local hour of an instant, and the instants at which both began."""

    day: int
    hour: int
    day_start_ms: int
    hour_start_ms: int


class LocalTimes:
    """The local times of instants in one zone, each quarter of an hour looked up once."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._known: dict[int, LocalTime] = {}

    def __getitem__(self, started_ms: int) -> LocalTime:
        """The local time of an instant; one in a year that no key can hold lies at the edge of those years."""
        return self._known.get(started_ms // QUARTER_MS) or self._found(started_ms)

    def _found(self, started_ms: int) -> LocalTime:
        instant_ms = place_ms(started_ms)
        if instant_ms < _QUARTERS_SINCE_MS or instant_ms != started_ms:
            return self._at(instant_ms)
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        quarter = started_ms // QUARTER_MS
        found = self._known[quarter] = self._at(quarter * QUARTER_MS)
        return found

    def _at(self, instant_ms: int) -> LocalTime:
        local = to_local(instant_ms, self._zone)
        day = local_day_window(local.date(), self._zone)
        return LocalTime(local.toordinal(), local.hour, day.start_ms, hour_start_ms(instant_ms, self._zone))

    def next_day_ms(self, local: LocalTime) -> int:
        """When the day of a local time ends."""
        return local_day_window(date.fromordinal(local.day), self._zone).end_ms


@cache
def local_times(timezone: str) -> LocalTimes:
    """The local times of a zone, by its IANA name; the same object for all who ask, in the thread that writes."""
    return LocalTimes(ZoneInfo(timezone))
