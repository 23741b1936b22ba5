"""How much of each hour, day, week or month the cache covers: what tells a group without calls from one that is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from calls.cache import buckets
from calls.cache.known import KnownSource, asked_window
from calls.cache.sums import figures_hold
from calls.filters import Filter, FilterContext
from calls.metrics import group_order, time_label
from calls.model import Window
from calls.times import day_hours, local_date, local_hour

cached_day_hours = lru_cache(maxsize=4096)(day_hours)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A group of time: its seconds within what was asked, up to now, and those of them that are covered, over all providers
    that can answer. `provisional` while calls of it may still be missing, because it has not ended or is not yet complete."""

    label: str
    seconds: int
    covered_seconds: int
    provisional: bool

    @property
    def is_gap(self) -> bool:
        """Whether nothing of it is known."""
        return not self.covered_seconds


def stretches(wanted: Filter, context: FilterContext, sources: Mapping[str, KnownSource], grouping: str) -> tuple[Stretch, ...]:
    """The groups of time that a filter reaches, in order, from the first covered instant on.

    Raises ValueError for a grouping that is not one of time.
    """
    asked_of = {name: known for name, known in sources.items() if can_answer(known, wanted)}
    starts = [known.covered[0].start_ms for known in asked_of.values() if known.covered]
    seconds: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    provisional: set[str] = set()
    for known in asked_of.values():
        zone = ZoneInfo(known.source.timezone)
        asked = _both(asked_window(wanted, context, known), Window(min(starts, default=0), context.now_ms))
        seconds += seconds_by_group(grouping, asked, zone)
        for window in _known(known, wanted, grouping, asked):
            covered += seconds_by_group(grouping, window, zone)
        edge_ms = min(context.now_ms, known.complete_to_ms or 0)
        rest = Window(max(asked.start_ms, edge_ms), asked.end_ms)
        provisional |= seconds_by_group(grouping, rest, zone).keys()
    labels = sorted(seconds, key=lambda label: group_order(grouping, label))
    return tuple(Stretch(label, seconds[label], covered[label], label in provisional) for label in labels)


def can_answer(known: KnownSource, wanted: Filter) -> bool:
    """Whether a provider can answer a filter."""
    return not (known.gives_buckets and buckets.impossible(wanted))


def _known(known: KnownSource, wanted: Filter, grouping: str, asked: Window) -> Iterable[Window]:
    windows = known.covered if figures_hold(wanted, grouping) else known.calls_covered
    return (part for window in windows if not (part := _both(window, asked)).empty)


def seconds_by_group(grouping: str, window: Window, zone: ZoneInfo) -> Counter[str]:
    """The seconds of a window by group of local time: an hour that came twice counts twice."""
    found: Counter[str] = Counter()
    day = None if window.empty else local_date(window.start_ms, zone)
    while day is not None and day <= local_date(window.end_ms - 1, zone):
        for hour in cached_day_hours(day, zone):
            part = _both(hour, window)
            if not part.empty:
                label = time_label(grouping, day.toordinal(), local_hour(hour.start_ms, zone))
                found[label] += (part.end_ms - part.start_ms) // 1000
        day = day.fromordinal(day.toordinal() + 1)
    return found


def _both(one: Window, other: Window) -> Window:
    return Window(max(one.start_ms, other.start_ms), min(one.end_ms, other.end_ms))
