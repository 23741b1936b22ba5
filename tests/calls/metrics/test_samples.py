"""Service levels, percentiles, patience and staffing, held against worked examples and against every wait by itself."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.metrics import METRICS, Sample, Tally, Thresholds
from calls.metrics.erlang import agents_needed, erlang_b, erlang_c, load, staffing
from calls.metrics.sample import calls_in, patience, percentile, shorter_than, within

# 70 answered within the threshold, 20 later; 10 gave up within it.
WORKED = Sample(answered_waits=((20, 70), (90, 20)), abandoned_waits=((30, 10),))
HUNDRED = Tally(100, 90, kinds=frozenset({"portsip"}), complete_to_ms=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service_level", 70 / 90),
        ("service_level_negative", 0.7),
        ("service_level_positive", 0.8),
        ("service_level_handled", 70 / 90),
    ],
)
def test_the_variants_of_the_service_level(name: str, value: float) -> None:
    assert METRICS[name].figure(HUNDRED, WORKED).value == pytest.approx(value)


def test_the_thresholds_are_adjustable() -> None:
    level = METRICS["service_level_negative"]
    assert level.figure(HUNDRED, WORKED, Thresholds(service_seconds=9)).value == 0
    assert level.figure(HUNDRED, WORKED, Thresholds(service_seconds=45)).value == 0.9
    abandoned = METRICS["abandoned"]
    assert (abandoned.figure(HUNDRED, WORKED).numerator, abandoned.figure(HUNDRED, WORKED).denominator) == (10, 100)
    longer = abandoned.figure(HUNDRED, WORKED, Thresholds(short_abandon_seconds=16))
    assert (longer.numerator, longer.denominator) == (0, 90)


def test_an_answer_whose_wait_is_unknown_counts_on_neither_side() -> None:
    figure = METRICS["service_level_negative"].figure(HUNDRED, Sample(answered_waits=((20, 70),)))
    assert (figure.numerator, figure.denominator) == (70, 80)


def ticks(waits_ms: list[int]) -> tuple[tuple[int, int], ...]:
    made = [2 * (wait // 1000) + (wait % 1000 > 0) for wait in waits_ms]
    return tuple((tick, made.count(tick)) for tick in sorted(set(made)))


@given(st.lists(st.integers(0, 90_000), max_size=50), st.integers(0, 90))
def test_thresholds_hold_to_the_millisecond(waits_ms: list[int], seconds: int) -> None:
    waits = ticks(waits_ms)
    assert calls_in(waits) == len(waits_ms)
    assert within(waits, seconds) == sum(wait <= seconds * 1000 for wait in waits_ms)
    assert shorter_than(waits, seconds) == sum(wait < seconds * 1000 for wait in waits_ms)


@given(st.lists(st.integers(0, 90_000), min_size=1, max_size=50), st.sampled_from([1, 50, 90, 100]))
def test_a_percentile_is_the_nearest_rank(waits_ms: list[int], percent: int) -> None:
    ranked = sorted(waits_ms)[math.ceil(len(waits_ms) * percent / 100) - 1]
    assert percentile(ticks(waits_ms), percent) == math.ceil(ranked / 1000)


def test_no_calls_have_no_percentile() -> None:
    assert percentile((), 50) is None


def test_patience_takes_an_answer_as_a_caller_of_whom_no_more_is_known() -> None:
    # Of four, one gives up after 2 s, one is answered after 4 s, one gives up after 6 s, one is answered after 8 s.
    curve = patience(((8, 1), (16, 1)), ((4, 1), (12, 1)), (1, 2, 5, 6, 8, 9))
    assert [second for second, _ in curve] == [1, 2, 5, 6, 8, 9]
    assert [share for _, share in curve] == [0, 0.25, 0.25, pytest.approx(1 - 0.75 * 0.5), pytest.approx(0.625), None]


def test_erlang_c_by_the_worked_example() -> None:
    assert load(360, 1800, 240) == 48
    assert erlang_b(48, 55) == pytest.approx(0.038374, abs=1e-6)
    assert erlang_c(48, 55) == pytest.approx(0.238701, abs=1e-6)
    found = staffing(360, 1800, 240, 55, 15)
    assert found is not None
    assert found.average_wait_seconds == pytest.approx(8.184, abs=1e-3)
    assert found.service_level == pytest.approx(0.84588, abs=1e-5)
    assert found.occupancy == pytest.approx(0.8727, abs=1e-4)


def test_fewer_people_than_the_load_never_catch_up() -> None:
    assert staffing(360, 1800, 240, 48, 15) is None
    assert erlang_c(48, 48) == 1
    assert staffing(0, 1800, 240, 5, 15) is None


@pytest.mark.parametrize("target", [0.5, 0.8, 0.95])
def test_the_people_needed_are_the_fewest_that_reach_the_target(target: float) -> None:
    found = agents_needed(360, 1800, 240, 15, target)
    assert found is not None
    assert found.service_level >= target
    fewer = staffing(360, 1800, 240, found.agents - 1, 15)
    assert fewer is None or fewer.service_level < target
    assert agents_needed(0, 1800, 240, 15, target) is None
