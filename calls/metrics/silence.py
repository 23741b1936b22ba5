"""How likely it is that a line which is heard of no more has merely had no calls."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import NamedTuple

ALARM_BELOW = 0.001


class LineState(StrEnum):
    """What is to be thought of a provider that shows no new call. `heard` is the state of a line that works."""

    HEARD = "heard"
    SILENT = "silent"
    LATE = "late"
    POLL_FAILED = "poll failed"
    DOWN = "down"
    UNKNOWN = "unknown"


class Silence(NamedTuple):
    """The time without an inbound call at a provider, judged only up to `until_ms`, where its calls are believed complete.

    `expected_calls` usually come in that time, and `probability` is the chance of none; None where fewer weeks than needed tell
    what is usual, `weeks` being the fewest behind any hour. `reason` is one sentence for a person, "" for a line that is heard.
    """

    provider: str
    state: LineState
    since_ms: int | None = None
    until_ms: int | None = None
    expected_calls: float = 0.0
    probability: float | None = None
    weeks: int = 0
    reason: str = ""

    @property
    def alarm(self) -> bool:
        """Whether the line itself is silent; a provider that does not answer is no silent line."""
        return self.state is LineState.SILENT


def chance_of_none(expected_calls: float) -> float:
    """The probability of no call where so many are expected and each comes by itself (Poisson): exp(-lambda dt)."""
    return math.exp(-expected_calls)


def chance_text(probability: float) -> str:
    """A small probability for a person: "0.07 %", "below 0.01 %"."""
    percent = probability * 100
    return "below 0.01 %" if percent < 0.01 else f"{percent:.2g} %"
