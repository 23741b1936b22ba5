"""The typical range of a figure, and how today lies to it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from calls.metrics import ANSWER_RATE, OFFERED, Tally
from calls.metrics.typical import Band, Change, against, band


def tallies(offered: Sequence[int], answered: Sequence[int] | None = None) -> list[Tally]:
    pairs = zip(offered, answered or offered, strict=True)
    return [Tally(some, taken, kinds=frozenset({"portsip"}), complete_to_ms=1) for some, taken in pairs]


def test_the_quartiles_lie_between_the_ranks() -> None:
    assert band([4, 1, 3, 2]) == Band(2.5, 1.75, 3.25, 4)
    assert band([1, 2, 3, 4, 10]) == Band(3, 2, 4, 5)


def test_fewer_than_four_weeks_are_not_enough() -> None:
    assert band([5, 5, 5]) is None
    found = against(OFFERED, tallies([900])[0], tallies([5, 5, 5]))
    assert (found.typical, found.weeks, found.change, found.shows_badge) == (None, 3, Change.UNKNOWN, False)
    assert found.difference is None


@pytest.mark.parametrize(
    ("today", "change"), [(19, Change.BELOW), (20, Change.WITHIN), (25, Change.WITHIN), (40, Change.WITHIN), (41, Change.ABOVE)]
)
def test_a_badge_only_outside_of_the_band(today: int, change: Change) -> None:
    found = against(OFFERED, tallies([today])[0], tallies([10, 20, 30, 40, 50]))
    assert found.typical == Band(30, 20, 40, 5)
    assert (found.change, found.difference) == (change, today - 30)
    assert found.shows_badge is (change in (Change.ABOVE, Change.BELOW))


def test_a_rate_of_few_calls_has_no_badge_and_a_week_without_calls_no_rate() -> None:
    weeks = tallies([20, 20, 20, 20, 0], [18, 18, 18, 18, 0])
    few, enough = (against(ANSWER_RATE, tallies([calls], [0])[0], weeks) for calls in (9, 10))
    assert (few.change, enough.change, enough.weeks) == (Change.UNKNOWN, Change.BELOW, 4)


def test_no_badge_on_a_holiday() -> None:
    found = against(OFFERED, tallies([0])[0], tallies([10, 20, 30, 40]), ordinary=False)
    assert (found.change, found.weeks) == (Change.UNKNOWN, 4)
    assert found.typical is not None
