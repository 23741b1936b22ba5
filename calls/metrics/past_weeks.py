"""The weeks before, with which the present is compared: how many there are, and what lies in the middle of them."""

from __future__ import annotations

from collections.abc import Sequence

# A quarter of a year: older weeks tell of another season.
WEEKS = 13
ENOUGH_WEEKS = 4
HOLIDAY = "today is a public holiday"


def quantile(samples: Sequence[float], part: float) -> float:
    """The value that a part of the samples does not exceed, between ranks interpolated. Raises IndexError without samples."""
    ordered = sorted(samples)
    place = (len(ordered) - 1) * part
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
