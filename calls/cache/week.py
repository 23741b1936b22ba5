"""The week by hour, from the sums by hour: each hour of a weekday divided by how often it came and was covered."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import truediv
from zoneinfo import ZoneInfo

from calls.cache import tallies
from calls.cache.known import KnownSource, asked_window
from calls.cache.stretches import cached_day_hours, can_answer
from calls.cache.sums import figures_hold
from calls.filters import Filter, FilterContext
from calls.metrics.week import DAYS_OF_WEEK, HOURS_OF_DAY, HOURS_OF_WEEK, Week, WeekHour
from calls.model import Window
from calls.times import QUARTER_MS, local_date, local_hour

DAYS_REMEMBERED = 4096
WINDOWS_REMEMBERED = 32


@dataclass(frozen=True, slots=True)
class _KnownHours:
    """Local hours that are complete and covered, by number, in runs; and how many real hours each hour of the week was among
    them, the first of Monday first."""

    runs: tallies.Runs
    of_week: tuple[int, ...]


class _Shares:
    """What providers that know the same hours give to the hours of the week."""

    def __init__(self, known: _KnownHours) -> None:
        self.hours = known.of_week
        self.offered, self.answered = [0] * HOURS_OF_WEEK, [0] * HOURS_OF_WEEK


def week(connection: sqlite3.Connection, wanted: Filter, context: FilterContext, sources: Mapping[str, KnownSource]) -> Week:
    """The hours of the week under a filter, each provider's in its own zone.

    Only hours that are complete and wholly covered count, with their calls; one that a clock change doubled counts twice, one
    that it skipped not at all.
    """
    telling = {name: known for name, known in sources.items() if can_answer(known, wanted)}
    hours = {name: _hours(known, wanted, context) for name, known in telling.items()}
    shares = {known_hours: _Shares(known_hours) for known_hours in hours.values()}
    share_of: dict[int | str, _Shares] = {known.id: shares[hours[name]] for name, known in telling.items()}
    the_only = next(iter(shares.values())) if len(shares) == 1 else None
    runs = {name: known_hours.runs for name, known_hours in hours.items()}
    # Equal runs may be other hours of the week, where a clock change doubles other ones.
    rows = tallies.calls_by_hour_of_week(connection, wanted, context, runs, together=the_only is not None)
    for place, source, offered, answered in rows:
        share = the_only or share_of[source]
        share.offered[place] += offered
        share.answered[place] += answered
    by_name = {name: shares[known_hours] for name, known_hours in hours.items()}
    places = ((day, hour) for day in range(DAYS_OF_WEEK) for hour in range(HOURS_OF_DAY))
    found = {place: _put_together(number, tuple(shares.values()), by_name) for number, place in enumerate(places)}
    return Week({place: known for place, known in found.items() if known is not None})


def _hours(known: KnownSource, wanted: Filter, context: FilterContext) -> _KnownHours:
    asked = asked_window(wanted, context, known)
    whole = Window(asked.start_ms, min(asked.end_ms, known.complete_to_ms or asked.start_ms))
    covered = known.covered if figures_hold(wanted, "hour") else known.calls_covered
    # Hours begin and end on quarters, so the answer is the same for a quarter of an hour, and most ask again within it.
    quarters = tuple(part for window in covered if not (part := _quarters(window)).empty)
    return _known_hours(_quarters(whole), quarters, ZoneInfo(known.source.timezone))


def _quarters(window: Window) -> Window:
    """The whole quarters of an hour of a window."""
    return Window(-(-window.start_ms // QUARTER_MS) * QUARTER_MS, window.end_ms // QUARTER_MS * QUARTER_MS)


def _place(number: int) -> int:
    """The hour of the week of a local hour: the first of January of year 1, whose ordinal is 1, was a Monday."""
    return (number - HOURS_OF_DAY) % HOURS_OF_WEEK


@lru_cache(maxsize=WINDOWS_REMEMBERED)
def _known_hours(whole: Window, covered: tuple[Window, ...], zone: ZoneInfo) -> _KnownHours:
    """The local hours that lie within both."""
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
    of_week = [0] * HOURS_OF_WEEK
    for number, times in found.items():
        of_week[_place(number)] += times
    return _KnownHours(_runs(found), tuple(of_week))


def _runs(numbers: Iterable[int]) -> tallies.Runs:
    # Numbers that follow each other are all as far from their places.
    runs = (list(run) for _, run in groupby(enumerate(numbers), lambda placed: placed[1] - placed[0]))
    return tuple((run[0][1], run[-1][1]) for run in runs)


@lru_cache(maxsize=DAYS_REMEMBERED)
def _hours_of(day: date, zone: ZoneInfo) -> Mapping[int, int]:
    """The local hours of a day by number, and how many real hours each was."""
    return Counter(_number(day, window, zone) for window in cached_day_hours(day, zone))


def _number(day: date, hour: Window, zone: ZoneInfo) -> int:
    return day.toordinal() * HOURS_OF_DAY + local_hour(hour.start_ms, zone)


def _put_together(place: int, shares: Sequence[_Shares], by_name: Mapping[str, _Shares]) -> WeekHour | None:
    telling = [share for share in shares if share.hours[place]]
    if not telling:
        return None
    hours = [share.hours[place] for share in telling]
    offered = [share.offered[place] for share in telling]
    missed = [share.offered[place] - share.answered[place] for share in telling]
    return WeekHour(
        sum(offered),
        sum(offered) - sum(missed),
        max(hours),
        min(hours),
        sum(map(truediv, offered, hours)),
        sum(map(truediv, missed, hours)),
        tuple(name for name, share in by_name.items() if not share.hours[place]),
    )
