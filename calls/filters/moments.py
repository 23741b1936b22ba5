"""Times as a person types them: each stands for a stretch of time, read in a provider's own zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from calls.filters.errors import ValueMistake, nearest, quoted
from calls.model import Window
from calls.times import from_local, local_date, local_day_window, parse_naive, parse_rfc3339, to_local

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_WORDS = ("today", "yesterday", *WEEKDAYS)
HOW_TO_WRITE = "write 2026-11-22, 2026-11-22T14:30, 14:30, today, yesterday, monday, -2h or -3d"
# Without the first and the last one, whose edges some zone cannot tell.
YEARS = range(2, 9999)
_MS_PER = {"s": 1000, "m": 60_000, "h": 3_600_000}
_DAYS_PER = {"d": 1, "w": 7}

_AGO = re.compile(r"-([0-9]{1,5})([smhdw])")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2})(?::([0-9]{2})(?::([0-9]{2}))?)?)?")
_YEAR = re.compile(r"([0-9]{4})-")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


class Moment(Protocol):
    """A typed time. `text` is its canonical spelling."""

    @property
    def text(self) -> str:
        """The time as it is written in a filter."""

    def span(self, now_ms: int, zone: ZoneInfo) -> Window:
        """The stretch it stands for: a date is its whole day, a minute its sixty seconds.

        In a repeated hour it starts in the first pass and ends in the second; in the gap it moves forward.
        """


@dataclass(frozen=True, slots=True)
class Instant:
    """A time with an offset, the same everywhere."""

    text: str
    start_ms: int
    length_ms: int

    def span(self, now_ms: int, zone: ZoneInfo) -> Window:
        return Window(self.start_ms, self.start_ms + self.length_ms)


@dataclass(frozen=True, slots=True)
class Ago:
    """A time before the present: hours and shorter by the clock, days and weeks at the same local time of day."""

    count: int
    unit: str

    @property
    def text(self) -> str:
        return f"-{self.count}{self.unit}" if self.count else "now"

    @property
    def day(self) -> Day | None:
        """The local day it names, when it counts days."""
        return Day(self.text, days_ago=self.count * _DAYS_PER[self.unit]) if self.unit in _DAYS_PER else None

    def span(self, now_ms: int, zone: ZoneInfo) -> Window:
        if self.unit in _MS_PER:
            moment = now_ms - self.count * _MS_PER[self.unit]
            return Window(moment, moment + 1)
        local = to_local(now_ms, zone).replace(tzinfo=None, fold=0) - timedelta(days=self.count * _DAYS_PER[self.unit])
        return Window(from_local(local, zone), from_local(local, zone, second_pass=True) + 1)


@dataclass(frozen=True, slots=True)
class Day:
    """A local day: a date, a number of days before today, or the latest weekday (today included)."""

    text: str
    on: date | None = None
    days_ago: int = 0
    weekday: int | None = None

    def date(self, now_ms: int, zone: ZoneInfo) -> date:
        """The date it means in a zone."""
        if self.on is not None:
            return self.on
        today = local_date(now_ms, zone)
        back = self.days_ago if self.weekday is None else (today.weekday() - self.weekday) % 7
        return today - timedelta(days=back)

    def span(self, now_ms: int, zone: ZoneInfo) -> Window:
        return local_day_window(self.date(now_ms, zone), zone)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """An hour, minute or second of a day. `length_s` tells which."""

    day: Day
    clock: time
    length_s: int

    @property
    def text(self) -> str:
        shape = {3600: "%H", 60: "%H:%M", 1: "%H:%M:%S"}[self.length_s]
        return (f"{self.day.text}T" if self.day.text else "") + self.clock.strftime(shape)

    def span(self, now_ms: int, zone: ZoneInfo) -> Window:
        local = datetime.combine(self.day.date(now_ms, zone), self.clock)
        return Window(from_local(local, zone), from_local(local, zone, second_pass=True) + self.length_s * 1000)

    def in_gap(self, now_ms: int, zone: ZoneInfo) -> bool:
        """Whether the clocks skipped it."""
        local = datetime.combine(self.day.date(now_ms, zone), self.clock)
        return parse_naive(local.isoformat(sep=" "), zone).in_gap


@dataclass(frozen=True, slots=True)
class Days:
    """A calendar month or an ISO week: whole local days, both ends included."""

    text: str
    first: date
    last: date

    def span(self, now_ms: int, zone: ZoneInfo) -> Window:
        return Window(local_day_window(self.first, zone).start_ms, local_day_window(self.last, zone).end_ms)


def read_moment(text: str) -> Moment:
    """The time a person typed. Raises `ValueMistake`."""
    try:
        moment = _word(text.lower()) or _calendar(text.upper())
    except (ValueError, OverflowError):
        raise ValueMistake(f"there is no such time as {quoted(text)}") from None
    if moment is None:
        suggestion = nearest(text, DAY_WORDS) if text[:1].isalpha() else ""
        raise ValueMistake(f"{quoted(text)} is not a time: {HOW_TO_WRITE}", suggestion)
    return moment


def _word(text: str) -> Moment | None:
    if text in {"today", "yesterday"}:
        return Day(text, days_ago=int(text == "yesterday"))
    for number, name in enumerate(WEEKDAYS):
        if text in {name, name[:3]}:
            return Day(name, weekday=number)
    if text == "now":
        return Ago(0, "s")
    ago = _AGO.fullmatch(text)
    return Ago(int(ago[1]), ago[2]) if ago else None


def _calendar(text: str) -> Moment | None:
    clock = _CLOCK.fullmatch(text)
    if clock:
        seconds = clock[3]
        return TimeOfDay(Day(""), time(int(clock[1]), int(clock[2]), int(seconds or 0)), 1 if seconds else 60)
    year = _YEAR.match(text)
    if year and int(year[1]) not in YEARS:
        raise ValueError(text)
    dated = _DATE.fullmatch(text)
    if dated:
        day = Day(dated[1], on=date.fromisoformat(dated[1]))
        if dated[2] is None:
            return day
        length_s = 1 if dated[4] else 60 if dated[3] else 3600
        return TimeOfDay(day, time(int(dated[2]), int(dated[3] or 0), int(dated[4] or 0)), length_s)
    month, week = _MONTH.fullmatch(text), _WEEK.fullmatch(text)
    if month:
        first = date(int(month[1]), int(month[2]), 1)
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return Days(text, first, following - timedelta(days=1))
    if week:
        monday = date.fromisocalendar(int(week[1]), int(week[2]), 1)
        return Days(text, monday, monday + timedelta(days=6))
    if "T" in text and (text.endswith("Z") or "+" in text or text.count("-") == 3):
        return Instant(text, parse_rfc3339(text), 1 if "." in text else 1000)
    return None
