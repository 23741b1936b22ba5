"""How many people a load of calls needs: the formulas of Erlang, for calls that arrive at random and callers who wait."""

from __future__ import annotations

import math
from dataclasses import dataclass

MOST_AGENTS = 10_000


@dataclass(frozen=True, slots=True)
class Staffing:
    """What `agents` people give: the load in Erlang, the chance that a call waits, the part answered within the threshold, the
    average wait in seconds, and the part of their time that they talk (occupancy)."""

    agents: int
    erlangs: float
    waiting: float
    service_level: float
    average_wait_seconds: float
    occupancy: float


def load(calls: float, period_seconds: int, handling_seconds: float) -> float:
    """Erlangs: the calls that are under way on average. Raises ZeroDivisionError for a period without length."""
    return calls * handling_seconds / period_seconds


def erlang_b(erlangs: float, lines: int) -> float:
    """The part of calls that find every line taken, when nobody waits."""
    blocked = 1.0
    for line in range(1, lines + 1):
        blocked = erlangs * blocked / (line + erlangs * blocked)
    return blocked


def erlang_c(erlangs: float, agents: int) -> float:
    """The part of calls that have to wait; 1 where the load is more than the agents can take."""
    if agents <= erlangs:
        return 1.0
    blocked = erlang_b(erlangs, agents)
    return agents * blocked / (agents - erlangs * (1 - blocked))


def staffing(
    calls: float, period_seconds: int, handling_seconds: float, agents: int, threshold_seconds: int
) -> Staffing | None:
    """What so many people give; None when the load grows beyond them, or there is none."""
    erlangs = load(calls, period_seconds, handling_seconds)
    if not 0 < erlangs < agents:
        return None
    waiting = erlang_c(erlangs, agents)
    free = agents - erlangs
    return Staffing(
        agents=agents,
        erlangs=erlangs,
        waiting=waiting,
        service_level=1 - waiting * math.exp(-free * threshold_seconds / handling_seconds),
        average_wait_seconds=waiting * handling_seconds / free,
        occupancy=erlangs / agents,
    )


def agents_needed(
    calls: float, period_seconds: int, handling_seconds: float, threshold_seconds: int, target: float
) -> Staffing | None:
    """The fewest people who answer the part `target` of the calls in time; None without a load, or beyond any staff."""
    agents = max(1, math.floor(load(calls, period_seconds, handling_seconds)) + 1)
    while agents <= MOST_AGENTS:
        found = staffing(calls, period_seconds, handling_seconds, agents, threshold_seconds)
        if found is None:
            return None
        if found.service_level >= target:
            return found
        agents += 1
    return None
