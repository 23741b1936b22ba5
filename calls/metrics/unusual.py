"""Outbound calls that are unusual: abroad outside of opening hours, many to one range of numbers, several at once.

Unusual is not wrong: a person looks at the rows and knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from calls.calendar import Calendar
from calls.model import Call, Source
from calls.times import MINUTE_MS, to_local

# The numbers of one range differ in their last digits only.
RANGE_DIGITS = 4
_SHORTEST_IN_RANGE = 8


@dataclass(frozen=True, slots=True)
class UnusualLimits:
    """From when on it is unusual: so many calls to one range of numbers within so many minutes, so many calls of one person or
    attempts of one call at once."""

    burst_calls: int = 8
    burst_minutes: int = 10
    parallel_calls: int = 3


DEFAULT_LIMITS = UnusualLimits()


@dataclass(frozen=True, slots=True)
class Outbound:
    """What the rules look at of an outbound call: who rang (a person or an extension, "" when only the main number is known),
    whom, in comparable form, and the spans of its attempts to reach somebody outside, [start_ms, end_ms) each."""

    key: int
    provider: str
    started_ms: int
    ended_ms: int | None
    who: str
    number_key: str
    attempts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class UnusualCall:
    """A call, and in short sentences why it is unusual."""

    call: Call
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unusual:
    """Unusual calls, the newest first; `total` of `looked_at` outbound calls, of which the first are here. `untold` are the
    providers that do not tell their outbound calls, each with the reason."""

    calls: tuple[UnusualCall, ...]
    total: int
    looked_at: int
    untold: Mapping[str, str]


def reasons_by_key(
    calls: Sequence[Outbound], sources: Mapping[str, Source], calendar: Calendar, limits: UnusualLimits = DEFAULT_LIMITS
) -> dict[int, list[str]]:
    """Why calls are unusual, by their keys; those that are not have no entry. `calls` stand in the order of time."""
    found: dict[int, list[str]] = defaultdict(list)
    zones = {name: ZoneInfo(source.timezone) for name, source in sources.items()}
    for call in calls:
        if is_abroad(call.number_key, sources[call.provider].country_code):
            moment = to_local(call.started_ms, zones[call.provider])
            if not calendar.is_open(call.provider, moment):
                found[call.key].append(f"abroad outside of opening hours ({moment:%a %H:%M})")
        if (parallel := _most_at_once(call.attempts)) >= limits.parallel_calls:
            found[call.key].append(f"{parallel} attempts at once in one call")
    for key, text in _bursts(calls, limits):
        found[key].append(text)
    for key, text in _parallel(calls, limits):
        found[key].append(text)
    return dict(found)


def is_abroad(number_key: str, country_code: str) -> bool:
    """Whether a comparable number belongs to another country; never where the own one is not known."""
    return bool(country_code) and number_key.startswith("+") and not number_key.startswith(f"+{country_code}")


def _bursts(calls: Iterable[Outbound], limits: UnusualLimits) -> Iterable[tuple[int, str]]:
    """Calls that lie within so many minutes of enough others to the same range of numbers."""
    ranges: dict[str, list[Outbound]] = defaultdict(list)
    for call in calls:
        if len(call.number_key) >= _SHORTEST_IN_RANGE:
            ranges[call.number_key[:-RANGE_DIGITS]].append(call)
    for prefix, some in ranges.items():
        most: dict[int, int] = {}
        first = 0
        for last, call in enumerate(some):
            while call.started_ms - some[first].started_ms >= limits.burst_minutes * MINUTE_MS:
                first += 1
            together = last - first + 1
            if together >= limits.burst_calls:
                for one in some[first : last + 1]:
                    most[one.key] = max(most.get(one.key, 0), together)
        for key, together in most.items():
            yield key, f"{together} calls to {prefix}… within {limits.burst_minutes} minutes"


def _parallel(calls: Iterable[Outbound], limits: UnusualLimits) -> Iterable[tuple[int, str]]:
    """Calls that one person has under way together with enough others."""
    by_person: dict[tuple[str, str], list[Outbound]] = defaultdict(list)
    for call in calls:
        if call.who and (call.ended_ms or 0) > call.started_ms:
            by_person[call.provider, call.who].append(call)
    for (_, who), some in by_person.items():
        most: dict[int, int] = {}
        under_way: list[Outbound] = []
        for call in some:
            under_way = [one for one in under_way if (one.ended_ms or 0) > call.started_ms] + [call]
            if len(under_way) >= limits.parallel_calls:
                for one in under_way:
                    most[one.key] = max(most.get(one.key, 0), len(under_way))
        for key, together in most.items():
            yield key, f"{together} calls at once from {who}"


def _most_at_once(spans: Iterable[tuple[int, int]]) -> int:
    """The most spans that hold one instant; one that ends makes room for one that starts."""
    edges = sorted((edge, step) for start, end in spans if end > start for edge, step in ((start, 1), (end, -1)))
    under_way = most = 0
    for _, step in edges:
        under_way += step
        most = max(most, under_way)
    return most
