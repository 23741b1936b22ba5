"""Figures: their values, what they owe their reader, and how they merge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.metrics import (
    ANSWER_RATE,
    ANSWERED,
    HEADLINE,
    KINDS,
    METRICS,
    MISSED,
    OFFERED,
    TALK_SECONDS,
    Grade,
    Judgement,
    Tally,
    worst,
)
from calls.metrics.figures import clock, percent, spaced
from calls.model import Window
from calls.times import parse_rfc3339

COMPLETE = parse_rfc3339("2026-11-22T10:40:00Z")


def a_tally(offered: int = 142, answered: int = 129, talk_ms: int = 0, kind: str = "portsip", doubtful: int = 0) -> Tally:
    return Tally(offered, answered, talk_ms, doubtful, kinds=frozenset({kind}), complete_to_ms=COMPLETE)


windows = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: Window(min(pair), max(pair)))
tallies = st.builds(
    lambda offered, part, talk, kinds, complete, gaps: (
        Tally(offered, offered * part // 10, talk, kinds=frozenset(kinds), complete_to_ms=complete, gaps=tuple(gaps))
        if kinds
        else Tally()
    ),
    st.integers(0, 1000),
    st.integers(0, 10),
    st.integers(0, 10**9),
    st.sets(st.sampled_from(KINDS)),
    st.one_of(st.none(), st.integers(0, 10**13)),
    st.lists(windows, max_size=3),
)


def test_the_answer_rate_is_a_ratio_with_its_parts() -> None:
    figure = ANSWER_RATE.figure(a_tally())
    assert figure.json() == {
        "value": 129 / 142,
        "numerator": 129,
        "denominator": 142,
        "grade": "exact",
        "complete_to": "2026-11-22T10:40:00.000Z",
    }
    assert figure.text() == "91 % 129/142"


def test_missed_is_every_offered_call_that_no_person_answered() -> None:
    figure = MISSED.figure(a_tally())
    assert (figure.value, figure.numerator, figure.denominator, figure.text()) == (13, 13, 142, "13/142")


def test_counts_are_shown_with_what_they_are_part_of() -> None:
    assert OFFERED.figure(a_tally(1204)).text() == "1 204"
    assert ANSWERED.figure(a_tally(142, 142)).text() == "142/142"


@pytest.mark.parametrize(("talk_ms", "seconds"), [(0, 0), (499, 0), (500, 1), (34_193_892, 34_194), (1499, 1)])
def test_talk_is_rounded_once_after_summing(talk_ms: int, seconds: int) -> None:
    assert TALK_SECONDS.figure(a_tally(talk_ms=talk_ms)).value == seconds


def test_no_calls_give_no_rate() -> None:
    figure = ANSWER_RATE.figure(a_tally(0, 0))
    assert (figure.value, figure.text(), figure.json()["value"]) == (None, "-", None)


def test_no_calls_are_a_zero_only_where_the_cache_knows() -> None:
    assert OFFERED.figure(a_tally(0, 0)).value == 0
    unknown = Tally(kinds=frozenset({"portsip"}))
    assert [metric.figure(unknown).text() for metric in METRICS.values()] == ["-"] * len(METRICS)
    assert OFFERED.figure(unknown).json()["complete_to"] is None


def test_what_cannot_be_known_is_never_a_number() -> None:
    blind = OFFERED._replace(grades={"telecomx": Judgement(Grade.IMPOSSIBLE, "no calls")})
    figure = blind.figure(a_tally(kind="telecomx"))
    assert (figure.value, figure.text(), figure.grade_reason) == (None, "-", "no calls")


@pytest.mark.parametrize(
    ("kind", "grades"),
    [
        ("soluno", ["exact", "exact", "exact", "exact", "lower_bound"]),
        ("dstny", ["exact", "exact", "exact", "exact", "lower_bound"]),
        ("telecomx", ["approximate"] * 5),
        ("portsip", ["exact"] * 5),
        ("while1", ["exact"] * 5),
    ],
)
def test_grades_by_kind_of_provider(kind: str, grades: list[str]) -> None:
    assert [metric.figure(a_tally(kind=kind)).grade.word for metric in HEADLINE] == grades
    for metric in METRICS.values():
        figure = metric.figure(a_tally(kind=kind))
        assert bool(figure.grade_reason) == (figure.grade is not Grade.EXACT)


def test_guessed_calls_make_answers_approximate_but_not_the_count_of_calls() -> None:
    guessed = a_tally(doubtful=1)
    assert OFFERED.figure(guessed).grade is Grade.EXACT
    assert ANSWER_RATE.figure(guessed).grade is Grade.APPROXIMATE
    assert "menu" in ANSWER_RATE.figure(guessed).grade_reason


def test_a_merged_figure_takes_the_worst_grade_and_the_oldest_completeness() -> None:
    later = Tally(10, 5, 60_000, kinds=frozenset({"soluno"}), complete_to_ms=COMPLETE + 60_000, gaps=(Window(5, 9),))
    merged = a_tally() + later + Tally(kinds=frozenset({"telecomx"}), complete_to_ms=COMPLETE + 1)
    figure = TALK_SECONDS.figure(merged)
    assert (figure.value, figure.denominator, figure.grade) == (60, 134, Grade.LOWER_BOUND)
    assert figure.complete_to_ms == COMPLETE
    assert figure.gaps == (Window(5, 9),)


def test_a_provider_that_was_never_complete_leaves_the_sum_incomplete() -> None:
    assert (a_tally() + Tally(kinds=frozenset({"while1"}))).complete_to_ms is None
    assert (a_tally() + Tally()).complete_to_ms == COMPLETE


@given(tallies, tallies, tallies)
def test_adding_tallies_is_commutative_and_associative_with_an_empty_one(one: Tally, two: Tally, three: Tally) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert Tally.total([one, two, three]) == one + two + three
    assert one + two + Tally() == one + two


def test_the_worst_judgement_keeps_each_reason_once() -> None:
    parts = [Judgement(Grade.EXACT), Judgement(Grade.APPROXIMATE, "a"), Judgement(Grade.APPROXIMATE, "b")]
    assert worst([*parts, parts[1]]) == Judgement(Grade.APPROXIMATE, "a; b")
    assert worst([]) == Judgement(Grade.EXACT)
    assert sorted(Grade) == [Grade.EXACT, Grade.APPROXIMATE, Grade.LOWER_BOUND, Grade.IMPOSSIBLE]


def test_every_metric_is_defined_for_every_kind() -> None:
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.title
        assert metric.definition.endswith(".")
        assert metric.formula
        assert metric.inputs or name == "cost"
        assert set(metric.grades) == set(KINDS)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_per_cent_is_0_only_for_none_and_100_only_for_all(part: int, whole: int) -> None:
    part = min(part, whole)
    shown = percent(part, whole)
    assert (shown == 0) == (part == 0)
    assert (shown == 100) == (part == whole)
    assert abs(shown - 100 * part / whole) <= 1


def test_numbers_and_durations_for_people() -> None:
    assert (spaced(0), spaced(1204), spaced(1_234_567)) == ("0", "1 204", "1 234 567")
    assert (clock(0), clock(35), clock(3599), clock(12_345)) == ("0:00", "0:35", "59:59", "3:25:45")
    assert TALK_SECONDS.figure(a_tally(talk_ms=12_345_000)).text() == "3:25:45"
