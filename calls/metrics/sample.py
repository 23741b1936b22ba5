"""What figures are made of that no sum of calls tells: how long callers waited, who rang again, how many talked at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

# Pairs (ticks, calls), ascending. A tick is twice the whole seconds, and one more for a fraction, so that both "at most" and
# "less than" some seconds can be told.
Waits = tuple[tuple[int, int], ...]

REPEAT_WITHIN_HOURS = 168


class Thresholds(NamedTuple):
    """What a person may set: the seconds within which an answer is in time, and those before which hanging up is a short
    abandon."""

    service_seconds: int = 20
    short_abandon_seconds: int = 5


class Sample(NamedTuple):
    """What was found call by call in one group.

    `answered_waits` tell after how long calls were answered, `abandoned_waits` when callers hung up unanswered. Of
    `missed_known` missed calls with a number `unreturned` still wait to be returned. Of `callers_known` calls with a number
    `repeats` came within 168 hours of an earlier one. `peak` calls were under way at once, first at `peak_ms`. `busiest`
    calls began in the hour from `busiest_ms` on, the busiest of all hours that begin on a quarter. `period_seconds` is the
    time that was asked about and that the cache covers.
    """

    answered_waits: Waits = ()
    abandoned_waits: Waits = ()
    missed_known: int = 0
    unreturned: int = 0
    callers_known: int = 0
    repeats: int = 0
    peak: int = 0
    peak_ms: int | None = None
    busiest: int = 0
    busiest_ms: int | None = None
    period_seconds: int = 0


NO_SAMPLE = Sample()
DEFAULT_THRESHOLDS = Thresholds()


def calls_in(waits: Waits) -> int:
    """How many calls these are."""
    return sum(calls for _, calls in waits)


def within(waits: Waits, seconds: int) -> int:
    """How many of them waited at most so long."""
    return sum(calls for ticks, calls in waits if ticks <= 2 * seconds)


def shorter_than(waits: Waits, seconds: int) -> int:
    """How many of them waited less than that."""
    return sum(calls for ticks, calls in waits if ticks < 2 * seconds)


def percentile(waits: Waits, percent: int) -> int | None:
    """The wait in seconds, rounded up, that so many per cent of the calls did not exceed (nearest rank); None without calls."""
    left = -(-calls_in(waits) * percent // 100)
    for ticks, calls in waits:
        left -= calls
        if left <= 0 and calls:
            return (ticks + 1) // 2
    return None


def patience(answered: Waits, abandoned: Waits, at_seconds: Iterable[int]) -> tuple[tuple[int, float | None], ...]:
    """The share of callers who would have hung up by then, had nobody answered: Kaplan-Meier, an answer being a censoring.

    None once nobody is left waiting, because then nothing is known.
    """
    # Sums by wait may be left with none where calls went away.
    gone, taken = ({ticks: calls for ticks, calls in waits if calls} for waits in (abandoned, answered))
    waiting = calls_in(abandoned) + calls_in(answered)
    moments = sorted(gone.keys() | taken.keys())
    staying, index = 1.0, 0
    curve: list[tuple[int, float | None]] = []
    for second in sorted(at_seconds):
        known = waiting > 0
        while index < len(moments) and moments[index] <= 2 * second:
            moment = moments[index]
            # Who hangs up in the moment of an answer waited as long as the one who was answered.
            staying *= 1 - gone.get(moment, 0) / waiting
            waiting -= gone.get(moment, 0) + taken.get(moment, 0)
            index += 1
        curve.append((second, 1 - staying if known else None))
    return tuple(curve)
