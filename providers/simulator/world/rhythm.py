"""When people ring: the week from a busy Monday to a quiet Sunday, the morning peak, lunch, and a few calls each night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from providers.simulator.world.times import HOUR_MS, STOCKHOLM, local, midnight_ms

WEEKDAY_SHARE = (1.18, 1.05, 1.0, 0.97, 0.84, 0.20, 0.13)
PROVIDER_SHARE = {"soluno": 0.21, "dstny": 0.15, "telecomx": 0.19, "portsip": 0.25, "while1": 0.20}
_NIGHT_HOURS = 5
_HOUR_WEIGHTS = (
    *(0.0, 0.0, 0.0, 0.0, 0.0, 0.15, 0.5, 2.0),
    *(8.0, 12.5, 12.0, 9.5, 5.5, 9.5, 10.0, 8.5),
    *(6.0, 2.8, 1.4, 0.9, 0.6, 0.4, 0.25, 0.15),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a call begins; with `lasting_s` above 0 it is answered and lasts at least that long."""

    us: int
    lasting_s: int = 0


def _hours(day: date) -> Sequence[tuple[int, int]]:
    """The real hours of a local day: when each begins, and the hour the clocks show. 23, 24 or 25 of them."""
    start_ms, end_ms = midnight_ms(day), midnight_ms(day + timedelta(days=1))
    return [(ms, local(ms, STOCKHOLM).hour) for ms in range(start_ms, end_ms, HOUR_MS)]


def _within(rng: Random, start_ms: int, minutes: int = 60) -> int:
    return start_ms * 1000 + int(rng.random() * minutes * 60_000_000)


def _night(rng: Random, hours: Sequence[tuple[int, int]]) -> list[Moment]:
    """A call or two in the small hours, and on most nights one that runs over midnight."""
    small_hours = [start_ms for start_ms, hour in hours if hour < _NIGHT_HOURS]
    moments = [Moment(_within(rng, rng.choice(small_hours))) for _ in range(1 + (rng.random() < 0.4))]
    if rng.random() < 0.6:
        last_hour_ms = hours[-1][0]
        late_us = _within(rng, last_hour_ms + 40 * 60_000, 18)
        moments.append(Moment(late_us, (last_hour_ms + HOUR_MS) // 1000 - late_us // 1_000_000 + 60 + rng.randrange(900)))
    return moments


def _clock_change(rng: Random, hours: Sequence[tuple[int, int]]) -> list[Moment]:
    """Calls around 01:00 UTC, when the clocks of all three zones change: before it, after it and across it."""
    change_ms = next(ms for ms, _ in hours if ms // HOUR_MS % 24 == 1)
    moments = [Moment(_within(rng, change_ms + shift * HOUR_MS)) for shift in (-1, -1, 0, 0)]
    moments.append(Moment(_within(rng, change_ms - 12 * 60_000, 8), 1200 + rng.randrange(600)))
    return moments


def moments(rng: Random, day: date, provider: str, calls_per_day: float) -> list[Moment]:
    """When the provider's calls of a day begin, in order. `calls_per_day` is a normal working day's over all providers."""
    hours = _hours(day)
    expected = calls_per_day * PROVIDER_SHARE[provider] * WEEKDAY_SHARE[day.weekday()]
    count = int(expected * (0.93 + 0.14 * rng.random()) + rng.random())
    found = _night(rng, hours)
    if len(hours) != 24:
        found += _clock_change(rng, hours)
    weights = list(accumulate(_HOUR_WEIGHTS[hour] for _, hour in hours))
    ordinary = max(0, count - len(found))
    found += [Moment(_within(rng, start_ms)) for start_ms, _ in rng.choices(hours, cum_weights=weights, k=ordinary)]
    found.sort(key=lambda moment: moment.us)
    return found
