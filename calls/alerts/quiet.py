"""Hours of the week in which nobody is disturbed, or a screen is dimmed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from calls.times import to_local

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOW_TO_WRITE = 'write "22:00-07:00", "sat-sun" or "mon-fri 18:00-08:00"'
_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a minute of the day to another, the end not included, on days of the week (Monday is 0) on which they begin.

    An end that is not after the start lies on the next day; equal ones are a whole day.
    """

    days: frozenset[int]
    start_minute: int
    end_minute: int

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """Hours as they are written. Raises ValueError, in one line."""
        words = text.lower().split()
        hours = [word for word in words if ":" in word]
        days = [word for word in words if ":" not in word]
        if not words or len(hours) > 1 or len(days) > 1:
            raise ValueError(f"{text!r} are no hours; {HOW_TO_WRITE}")
        start, end = _minutes(hours[0], text) if hours else (0, 0)
        return cls(_days(days[0], text) if days else frozenset(range(7)), start, end)

    def holds(self, instant_ms: int, zone: ZoneInfo) -> bool:
        """Whether an instant lies in these hours, by the clock on the wall of a zone."""
        local = to_local(instant_ms, zone)
        minute, today = local.hour * 60 + local.minute, local.weekday()
        if self.start_minute < self.end_minute:
            return today in self.days and self.start_minute <= minute < self.end_minute
        began_today = today in self.days and minute >= self.start_minute
        return began_today or ((today - 1) % 7 in self.days and minute < self.end_minute)


def quiet(some: Iterable[QuietHours], instant_ms: int, zone: ZoneInfo) -> bool:
    """Whether an instant lies in any of these hours."""
    return any(hours.holds(instant_ms, zone) for hours in some)


def _minutes(hours: str, text: str) -> tuple[int, int]:
    match = _HOURS.fullmatch(hours)
    if match is None:
        raise ValueError(f"{text!r} are no hours; {HOW_TO_WRITE}")
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if int(match[2]) > 59 or int(match[4]) > 59 or start >= _DAY_MINUTES or end > _DAY_MINUTES:
        raise ValueError(f"{text!r} names a time that no day has; {HOW_TO_WRITE}")
    return start, end % _DAY_MINUTES


def _days(days: str, text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in days.split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if first not in DAYS or last not in DAYS:
            raise ValueError(f"{text!r} names a day that no week has; {HOW_TO_WRITE}")
        start, end = DAYS.index(first), DAYS.index(last)
        found.update(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return frozenset(found)
