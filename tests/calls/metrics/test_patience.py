"""The patience of callers as a curve."""

from __future__ import annotations

import random

import pytest

from calls.metrics import METRICS, Sample, Tally
from calls.metrics.patience import patience_of

ABANDONED = METRICS["abandoned"].figure(Tally(kinds=frozenset({"portsip"}), complete_to_ms=1))


def test_an_answer_says_only_that_the_patience_was_longer() -> None:
    """Of ten callers two hang up at 10 s, four are answered at 20 s, and of the four left one hangs up at 30 s."""
    sample = Sample(answered_waits=((40, 4), (100, 3)), abandoned_waits=((20, 2), (60, 1)))
    found = patience_of(sample, ABANDONED, (5, 10, 20, 30, 50, 60))
    assert [(point.seconds, point.waiting) for point in found.points] == [(5, 10), (10, 8), (20, 4), (30, 3), (50, 0), (60, 0)]
    gone = [point.gone for point in found.points]
    assert gone[:5] == pytest.approx([0, 0.2, 0.2, 1 - 0.8 * 0.75, 0.4])
    assert gone[5] is None
    assert (found.answered_calls, found.abandoned_calls, found.half_gone_seconds) == (7, 3, None)


def test_the_curve_equals_a_product_over_the_callers() -> None:
    chance = random.Random(5)
    calls = [(chance.randrange(1, 60_000), chance.random() < 0.4) for _ in range(200)]

    def ticks(wait_ms: int) -> int:
        return wait_ms // 1000 * 2 + (wait_ms % 1000 > 0)

    def counted(gone: bool) -> tuple[tuple[int, int], ...]:
        waits = [ticks(wait) for wait, left in calls if left is gone]
        return tuple((wait, waits.count(wait)) for wait in sorted(set(waits)))

    found = patience_of(Sample(counted(False), counted(True)), ABANDONED, (10, 30, 50))
    for point in found.points:
        staying = 1.0
        for moment in sorted({ticks(wait) for wait, left in calls if left and ticks(wait) <= 2 * point.seconds}):
            there = sum(ticks(wait) >= moment for wait, _ in calls)
            staying *= 1 - sum(ticks(wait) == moment and left for wait, left in calls) / there
        assert point.gone == pytest.approx(1 - staying)
        assert point.waiting == sum(wait > point.seconds * 1000 for wait, _ in calls)
    half = found.half_gone_seconds
    assert half is not None
    before, after = patience_of(Sample(counted(False), counted(True)), ABANDONED, (half - 1, half)).points
    assert before.gone is not None
    assert after.gone is not None
    assert before.gone < 0.5 <= after.gone


def test_nobody_waiting_has_no_curve() -> None:
    found = patience_of(Sample(), ABANDONED)
    assert {point.gone for point in found.points} == {None}
    assert found.half_gone_seconds is None


def test_waits_of_no_calls_change_nothing() -> None:
    some = Sample(((8, 1), (20, 2)), ((30, 1),))
    assert patience_of(Sample(((2, 0), *some.answered_waits), (*some.abandoned_waits, (40, 0))), ABANDONED) == patience_of(
        some, ABANDONED
    )
    assert patience_of(Sample(((2, 0),), ((4, 0),)), ABANDONED) == patience_of(Sample(), ABANDONED)
