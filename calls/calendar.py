"""Which days are holidays and which hours are open: what a comparison of days and a look at odd calls depend on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL_HOURS = "mon-fri 07:00-19:00"
_SPAN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})")
_WHOLE_DAY = 24 * 60
_NO_HOLIDAYS: Mapping[str, frozenset[date]] = MappingProxyType({})


class OpeningHours(NamedTuple):
    """When an organisation is open, by weekday (0 is Monday): minutes of the day, [from, to)."""

    spans: tuple[tuple[int, int, int], ...]

    def is_open(self, moment: datetime) -> bool:
        """Whether a local time lies in one of the spans."""
        minute = moment.hour * 60 + moment.minute
        return any(day == moment.weekday() and start <= minute < end for day, start, end in self.spans)


def parse_opening_hours(text: str) -> OpeningHours:
    """Reads "mon-fri 08:00-17:00, sat 10:00-14:00". Raises ValueError, in one line."""
    spans: list[tuple[int, int, int]] = []
    for part in text.casefold().split(","):
        match = _SPAN.fullmatch(" ".join(part.split()))
        days = [] if match is None else [day for day in match.group(1, 2) if day]
        if match is None or any(day not in DAYS for day in days):
            raise ValueError(
                f"{part.strip()[:40]!r} are no opening hours; write them like mon-fri 08:00-17:00, sat 10:00-14:00"
            )
        start, end = (int(match[group]) * 60 + int(match[group + 1]) for group in (3, 5))
        first, last = DAYS.index(days[0]), DAYS.index(days[-1])
        if not start < end <= _WHOLE_DAY or first > last or int(match[4]) > 59 or int(match[6]) > 59:
            raise ValueError(f"{part.strip()!r} ends before it begins; write for example mon-fri 08:00-17:00")
        spans += [(day, start, end) for day in range(first, last + 1)]
    return OpeningHours(tuple(sorted(set(spans))))


class Calendar(NamedTuple):
    """What is configured about days: `holidays` everywhere, `holidays_of` one provider, by its name, and opening hours."""

    holidays: frozenset[date] = frozenset()
    holidays_of: Mapping[str, frozenset[date]] = _NO_HOLIDAYS
    opening: OpeningHours = parse_opening_hours(USUAL_HOURS)

    def is_holiday(self, provider: str, day: date) -> bool:
        """Whether a local day of a provider is a public holiday."""
        return day in self.holidays or day in self.holidays_of.get(provider, frozenset())

    def is_open(self, provider: str, moment: datetime) -> bool:
        """Whether somebody is expected at work at a local time of a provider."""
        return not self.is_holiday(provider, moment.date()) and self.opening.is_open(moment)


NO_CALENDAR = Calendar()
