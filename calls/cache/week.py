"""The week by hour, from the sums by hour: each hour of a weekday divided by how often it came and was covered."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from calls.cache import tallies
from calls.cache.known import KnownSource, asked_window
from calls.cache.stretches import cached_day_hours, can_answer
from calls.cache.sums import figures_hold
from calls.filters import Filter, FilterContext
from calls.metrics import Tally
from calls.metrics.week import DAYS_OF_WEEK, HOURS_OF_DAY, Week, WeekHour
from calls.model import Window
from calls.times import local_date, local_hour


@dataclass(slots=True)
class _Share:
    """What one provider gives to one hour of the week."""

    offered: int = 0
    answered: int = 0
    hours: int = 0


def week(connection: sqlite3.Connection, wanted: Filter, context: FilterContext, sources: Mapping[str, KnownSource]) -> Week:
    """The hours of the week under a filter, each provider's in its own zone.

    Only hours that are complete and wholly covered count, with their calls; one that a clock change doubled counts twice, one
    that it skipped not at all.
    """
    counts = tallies.by_local_hour(connection, wanted, context)
    shares = {
        name: _shares(known, counts[name], wanted, context) for name, known in sources.items() if can_answer(known, wanted)
    }
    places = ((day, hour) for day in range(DAYS_OF_WEEK) for hour in range(HOURS_OF_DAY))
    found = {place: _put_together(place, shares) for place in places}
    return Week({place: known for place, known in found.items() if known is not None})


def _shares(
    known: KnownSource, counts: Mapping[int, Tally], wanted: Filter, context: FilterContext
) -> Mapping[tuple[int, int], _Share]:
    shares: dict[tuple[int, int], _Share] = defaultdict(_Share)
    asked = asked_window(wanted, context, known)
    whole = Window(asked.start_ms, min(asked.end_ms, known.complete_to_ms or asked.start_ms))
    covered = known.covered if figures_hold(wanted, "hour") else known.calls_covered
    for day, hour, times in _known_hours(whole, covered, ZoneInfo(known.source.timezone)):
        share = shares[day.weekday(), hour]
        share.hours += times
        if (tally := counts.get(day.toordinal() * HOURS_OF_DAY + hour)) is not None:
            share.offered += tally.offered
            share.answered += tally.answered
    return shares


def _known_hours(whole: Window, covered: Sequence[Window], zone: ZoneInfo) -> Iterator[tuple[date, int, int]]:
    """Local day, hour, and how many real hours that was, for the hours that lie within both."""
    starts = [window.start_ms for window in covered]

    def is_known(window: Window) -> bool:
        place = bisect_right(starts, window.start_ms) - 1
        inside = place >= 0 and window.end_ms <= covered[place].end_ms
        return inside and whole.start_ms <= window.start_ms and window.end_ms <= whole.end_ms

    first_ms = max(whole.start_ms, starts[0]) if starts else whole.end_ms
    day = local_date(first_ms, zone)
    while first_ms < whole.end_ms and day <= local_date(whole.end_ms - 1, zone):
        real = Counter(local_hour(window.start_ms, zone) for window in cached_day_hours(day, zone))
        known = Counter(local_hour(window.start_ms, zone) for window in cached_day_hours(day, zone) if is_known(window))
        # The sums do not tell the two passes of a repeated hour apart, so both have to be known.
        yield from ((day, hour, times) for hour, times in real.items() if known[hour] == times)
        day = day.fromordinal(day.toordinal() + 1)


def _put_together(place: tuple[int, int], shares: Mapping[str, Mapping[tuple[int, int], _Share]]) -> WeekHour | None:
    telling = [share[place] for share in shares.values() if place in share]
    if not telling:
        return None
    return WeekHour(
        sum(share.offered for share in telling),
        sum(share.answered for share in telling),
        max(share.hours for share in telling),
        min(share.hours for share in telling),
        sum(share.offered / share.hours for share in telling),
        sum((share.offered - share.answered) / share.hours for share in telling),
        tuple(name for name, share in shares.items() if place not in share),
    )
