"""Instants, local days and local hours, without a clock: every function depends on its arguments alone.

An instant is an integer of milliseconds since the epoch in UTC. A local time that comes twice, or never, is resolved by
an explicit choice and never by a library's default.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calls.model import Window

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
QUARTER_MS = 15 * MINUTE_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MILLISECOND = timedelta(milliseconds=1)
_HOUR = timedelta(hours=1)
_RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))"
)
_NAIVE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})")


class NaiveTime(NamedTuple):
    """A local time without offset, resolved to an instant.

    `ambiguous`: the time came twice and nothing told which, so the first pass was taken. `in_gap`: the time never
    existed (clocks went forward), so it was moved forward by the gap; the zone or the sender's clock is suspect.
    """

    ms: int
    ambiguous: bool
    in_gap: bool


def zone_named(name: str) -> ZoneInfo:
    """The zone with an IANA name. Raises ValueError, in one line, when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone is named {name!r}: use an IANA name such as Europe/Stockholm") from None


# A time is read when its row comes, and again when calls are made of the rows of that reading.
@lru_cache(maxsize=32_768)
def parse_rfc3339(text: str) -> int:
    """Milliseconds of an RFC 3339 time with offset and 0 to 9 fraction digits, rounded down. Raises ValueError."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 time with offset: {text[:64]!r}")
    *numbers, fraction, utc, sign, offset_hours, offset_minutes = match.groups()
    year, month, day, hour, minute, second = map(int, numbers)
    offset_s = 0 if utc else int(offset_hours) * 3600 + int(offset_minutes) * 60
    if hour > 23 or minute > 59 or second > 59 or (not utc and (int(offset_hours) > 23 or int(offset_minutes) > 59)):
        raise ValueError(f"no such time of day: {text!r}")
    seconds = (date(year, month, day).toordinal() - _EPOCH_ORDINAL) * 86_400 + hour * 3600 + minute * 60 + second
    seconds -= -offset_s if sign == "-" else offset_s
    return seconds * 1000 + int((fraction or "0").ljust(3, "0")[:3])


def format_rfc3339(ms: int) -> str:
    """An instant as "2026-11-22T10:39:04.123Z". Raises OverflowError outside the years 1 to 9999."""
    moment = _EPOCH + timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"


def to_local(ms: int, zone: ZoneInfo) -> datetime:
    """The instant as an aware local time, whole milliseconds kept."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone)


def from_local(moment: datetime, zone: ZoneInfo, *, second_pass: bool = False) -> int:
    """The instant of a naive local time. One in the gap moves forward; of one that comes twice the chosen pass counts."""
    first = (moment.replace(tzinfo=zone, fold=0) - _EPOCH) // _MILLISECOND
    second = (moment.replace(tzinfo=zone, fold=1) - _EPOCH) // _MILLISECOND
    # In the gap the second reading lies before the first, and only the first moves forward.
    return max(first, second) if second_pass else first


def parse_naive(text: str, zone: ZoneInfo, near_ms: int | None = None) -> NaiveTime:
    """A provider's "YYYY-MM-DD HH:MM:SS" read in its zone. Raises ValueError.

    A time that comes twice is the pass nearest to `near_ms` when the row carries an independent instant, else the first.
    """
    match = _NAIVE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a local time YYYY-MM-DD HH:MM:SS: {text[:64]!r}")
    year, month, day, hour, minute, second = (int(part) for part in match.groups())
    moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    first = (moment.replace(tzinfo=zone, fold=0) - _EPOCH) // _MILLISECOND
    later = (moment.replace(tzinfo=zone, fold=1) - _EPOCH) // _MILLISECOND
    if later <= first:
        return NaiveTime(first, ambiguous=False, in_gap=later < first)
    if near_ms is None:
        return NaiveTime(first, ambiguous=True, in_gap=False)
    nearest = first if abs(near_ms - first) <= abs(near_ms - later) else later
    return NaiveTime(nearest, ambiguous=False, in_gap=False)


def _comes_twice(moment: datetime) -> bool:
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def naive_window(window: Window, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The naive local edges between which every local time of the window lies.

    An edge in a repeated hour widens, to its first and its last microsecond: without an offset the two passes cannot be
    told apart, so the answer must be cut in UTC afterwards.
    """
    low, high = to_local(window.start_ms, zone), to_local(window.end_ms, zone)
    if _comes_twice(low):
        low = low.replace(minute=0, second=0, microsecond=0)
        while _comes_twice(low - _HOUR):
            low -= _HOUR
    if _comes_twice(high):
        high = high.replace(minute=59, second=59, microsecond=999_999)
        while _comes_twice(high + _HOUR):
            high += _HOUR
    return low.replace(tzinfo=None, fold=0), high.replace(tzinfo=None, fold=0)


@lru_cache(maxsize=1024)
def local_day_window(day: date, zone: ZoneInfo) -> Window:
    """The real extent of a local day: 23, 24 or 25 hours."""
    start = datetime.combine(day, time.min)
    end = start + timedelta(days=1) if day < date.max else datetime.combine(day, time.max)
    return Window(from_local(start, zone), from_local(end, zone))


def local_date(ms: int, zone: ZoneInfo) -> date:
    """The local date on which an instant falls."""
    return to_local(ms, zone).date()


def local_hour(ms: int, zone: ZoneInfo) -> int:
    """The local hour, 0 to 23, in which an instant falls; both passes of a repeated hour have the same number."""
    return to_local(ms, zone).hour


def hour_start_ms(ms: int, zone: ZoneInfo) -> int:
    """The instant at which the local hour of an instant began; each pass of a repeated hour has its own."""
    return ms - _past_the_hour_ms(ms, zone)


def day_hours(day: date, zone: ZoneInfo) -> tuple[Window, ...]:
    """The hours that a local day really had, in order: 23, 24 or 25 windows, a repeated hour twice."""
    whole = local_day_window(day, zone)
    hours: list[Window] = []
    start = whole.start_ms
    while start < whole.end_ms:
        end = min(whole.end_ms, (start + HOUR_MS) - _past_the_hour_ms(start, zone))
        hours.append(Window(start, end))
        start = end
    return tuple(hours)


def _past_the_hour_ms(ms: int, zone: ZoneInfo) -> int:
    moment = to_local(ms, zone)
    return (moment.minute * 60 + moment.second) * 1000 + moment.microsecond // 1000


@lru_cache(maxsize=1024)
def hours_once(day: date, zone: ZoneInfo) -> Mapping[int, Window]:
    """The hours of a local day that come once, by their number."""
    hours = [(local_hour(window.start_ms, zone), window) for window in day_hours(day, zone)]
    times = Counter(hour for hour, _ in hours)
    return {hour: window for hour, window in hours if times[hour] == 1}
