"""The week by hour, from the sums by hour: each hour of a weekday divided by how often it came and was covered."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from calls.cache import tallies
from calls.cache.known import KnownSource, asked_window
from calls.cache.stretches import cached_day_hours, can_answer
from calls.cache.sums import figures_hold
from calls.filters import Filter, FilterContext
from calls.metrics.week import DAYS_OF_WEEK, HOURS_OF_DAY, Week, WeekHour
from calls.model import Window
from calls.times import local_date, local_hour

HOURS_OF_WEEK = DAYS_OF_WEEK * HOURS_OF_DAY
DAYS_REMEMBERED = 4096


class _Shares:
    """What one provider gives to the hours of the week, from the first of Monday on: how often each is known, and its calls."""

    def __init__(self) -> None:
        self.hours, self.offered, self.answered = ([0] * HOURS_OF_WEEK for _ in range(3))


def week(connection: sqlite3.Connection, wanted: Filter, context: FilterContext, sources: Mapping[str, KnownSource]) -> Week:
    """The hours of the week under a filter, each provider's in its own zone.

    Only hours that are complete and wholly covered count, with their calls; one that a clock change doubled counts twice, one
    that it skipped not at all.
    """
    calls = tallies.calls_by_local_hour(connection, wanted, context)
    shares = {
        name: _shares(known, calls[name], wanted, context) for name, known in sources.items() if can_answer(known, wanted)
    }
    places = ((day, hour) for day in range(DAYS_OF_WEEK) for hour in range(HOURS_OF_DAY))
    found = {place: _put_together(number, shares) for number, place in enumerate(places)}
    return Week({place: known for place, known in found.items() if known is not None})


def _shares(known: KnownSource, calls: Iterable[tuple[int, int, int]], wanted: Filter, context: FilterContext) -> _Shares:
    shares = _Shares()
    asked = asked_window(wanted, context, known)
    whole = Window(asked.start_ms, min(asked.end_ms, known.complete_to_ms or asked.start_ms))
    covered = known.covered if figures_hold(wanted, "hour") else known.calls_covered
    known_hours = _known_hours(whole, covered, ZoneInfo(known.source.timezone))
    for number, times in known_hours.items():
        shares.hours[_place(number)] += times
    for number, offered, answered in calls:
        if number in known_hours:
            place = _place(number)
            shares.offered[place] += offered
            shares.answered[place] += answered
    return shares


def _place(number: int) -> int:
    """The hour of the week of a local hour: the first of January of year 1, whose ordinal is 1, was a Monday."""
    return (number - HOURS_OF_DAY) % HOURS_OF_WEEK


def _known_hours(whole: Window, covered: Sequence[Window], zone: ZoneInfo) -> dict[int, int]:
    """The local hours that lie within both, by number, and how many real hours each was."""
    starts = [window.start_ms for window in covered]

    def is_known(window: Window) -> bool:
        place = bisect_right(starts, window.start_ms) - 1
        inside = place >= 0 and window.end_ms <= covered[place].end_ms
        return inside and whole.start_ms <= window.start_ms and window.end_ms <= whole.end_ms

    found: dict[int, int] = {}
    first_ms = max(whole.start_ms, starts[0]) if starts else whole.end_ms
    day = local_date(first_ms, zone)
    while first_ms < whole.end_ms and day <= local_date(whole.end_ms - 1, zone):
        real = _hours_of(day, zone)
        windows = cached_day_hours(day, zone)
        if is_known(Window(windows[0].start_ms, windows[-1].end_ms)):
            found.update(real)
        else:
            known = Counter(_number(day, window, zone) for window in windows if is_known(window))
            # The sums do not tell the two passes of a repeated hour apart, so both have to be known.
            found.update((number, times) for number, times in real.items() if known[number] == times)
        day = day.fromordinal(day.toordinal() + 1)
    return found


@lru_cache(maxsize=DAYS_REMEMBERED)
def _hours_of(day: date, zone: ZoneInfo) -> Mapping[int, int]:
    """The local hours of a day by number, and how many real hours each was."""
    return Counter(_number(day, window, zone) for window in cached_day_hours(day, zone))


def _number(day: date, hour: Window, zone: ZoneInfo) -> int:
    return day.toordinal() * HOURS_OF_DAY + local_hour(hour.start_ms, zone)


def _put_together(place: int, shares: Mapping[str, _Shares]) -> WeekHour | None:
    telling = [share for share in shares.values() if share.hours[place]]
    if not telling:
        return None
    parts = [(share.hours[place], share.offered[place], share.answered[place]) for share in telling]
    return WeekHour(
        sum(offered for _, offered, _ in parts),
        sum(answered for _, _, answered in parts),
        max(hours for hours, _, _ in parts),
        min(hours for hours, _, _ in parts),
        sum(offered / hours for hours, offered, _ in parts),
        sum((offered - answered) / hours for hours, offered, answered in parts),
        tuple(name for name, share in shares.items() if not share.hours[place]),
    )
