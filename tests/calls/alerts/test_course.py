"""An alert fires when its value has been wrong for long enough, ends when it has been right for long enough, and is told
once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.alerts import Comparison, Course, Known, Phase, QuietHours, Reading, Rule, Saying, advance, quiet
from calls.times import parse_rfc3339

MINUTE_MS = 60_000
START_MS = parse_rfc3339("2026-11-23T09:00:00Z")
RULE = Rule(
    "rate",
    "answer_rate",
    Comparison.BELOW,
    0.8,
    clear=0.85,
    for_ms=10 * MINUTE_MS,
    clear_for_ms=5 * MINUTE_MS,
    repeat_ms=30 * MINUTE_MS,
)
GOOD, BETTER, BAD = 0.9, 0.82, 0.5
NOTHING, STALE = Reading(Known.NOTHING), Reading(Known.STALE)


def value(number: float) -> Reading:
    return Reading(Known.VALUE, number, "5/10")


def run(
    readings: Sequence[float | Reading], rule: Rule = RULE, step_minutes: float = 5, quiet_at: frozenset[int] = frozenset()
) -> tuple[list[str], list[str]]:
    """The phase after each look, and what was told: its index, and whether it fires, again, or is resolved."""
    course = Course()
    phases: list[str] = []
    told: list[str] = []
    for index, reading in enumerate(readings):
        now_ms = START_MS + round(index * step_minutes * MINUTE_MS)
        read = reading if isinstance(reading, Reading) else value(reading)
        course, saying = advance(rule, course, read, now_ms, quiet=index in quiet_at)
        phases.append(course.phase.value)
        if saying is not None:
            told.append(f"{index} {_words(saying)}")
    return phases, told


def _words(saying: Saying) -> str:
    return "resolved" if saying.resolved else "again" if saying.again else "fires"


def test_it_fires_after_its_time_and_ends_after_its_time() -> None:
    phases, told = run([GOOD, BAD, BAD, BAD, BAD, GOOD, GOOD, GOOD])
    assert phases == ["calm", "pending", "pending", "firing", "firing", "firing", "calm", "calm"]
    assert told == ["3 fires", "6 resolved"]


def test_a_short_dip_is_told_to_nobody() -> None:
    assert run([BAD, BAD, GOOD, BAD, GOOD]) == (["pending", "pending", "calm", "pending", "calm"], [])


def test_between_threshold_and_clear_it_keeps_firing() -> None:
    phases, told = run([BAD, BAD, BAD, BETTER, BETTER, BETTER])
    assert set(phases[2:]) == {"firing"}
    assert told == ["2 fires"]


def test_one_good_look_in_between_does_not_end_it() -> None:
    phases, _ = run([BAD, BAD, BAD, GOOD, BAD, GOOD, BAD])
    assert set(phases[2:]) == {"firing"}


def test_firing_again_within_the_time_is_told_later_or_not_at_all() -> None:
    rule = replace(RULE, repeat_ms=35 * MINUTE_MS)
    fires = [BAD, BAD, BAD]
    ends = [GOOD, GOOD]
    _, told = run([*fires, *ends, *fires, *ends], rule)
    assert told == ["2 fires", "4 resolved"]
    _, told = run([*fires, *ends, *fires, BAD, BAD], rule)
    assert told == ["2 fires", "4 resolved", "9 fires"]


def test_it_reminds_when_it_is_asked_to() -> None:
    _, told = run([BAD] * 16, replace(RULE, reminds=True))
    assert told == ["2 fires", "8 again", "14 again"]


def test_quiet_hours_put_off_what_is_told() -> None:
    readings = [*[BAD] * 6, *[GOOD] * 4]
    _, told = run(readings, quiet_at=frozenset(range(4)))
    assert told == ["4 fires", "7 resolved"]
    _, told = run(readings, quiet_at=frozenset(range(10)))
    assert told == []
    _, told = run(readings, quiet_at=frozenset({6, 7, 8}))
    assert told == ["2 fires", "9 resolved"]


def test_stale_data_neither_begins_nor_ends_anything() -> None:
    phases, told = run([BAD, STALE, STALE, STALE, GOOD])
    assert phases == ["pending"] * 4 + ["calm"]
    assert told == []
    phases, _ = run([BAD, BAD, BAD, STALE, STALE, STALE])
    assert set(phases[2:]) == {"firing"}


def test_nothing_to_measure_is_nothing_to_complain_of() -> None:
    phases, told = run([BAD, BAD, BAD, NOTHING, NOTHING])
    assert phases[-1] == "calm"
    assert told == ["2 fires", "4 resolved"]


def test_a_machine_that_slept_has_not_watched() -> None:
    course, _ = advance(RULE, Course(), value(BAD), START_MS)
    course, saying = advance(replace(RULE, for_ms=60 * MINUTE_MS), course, value(BAD), START_MS + 8 * 3_600_000)
    assert (course.phase, saying) == (Phase.PENDING, None)


def test_a_clock_set_back_does_not_silence_it() -> None:
    rule = replace(RULE, for_ms=0, clear_for_ms=0)
    course, _ = advance(rule, Course(), value(BAD), START_MS)
    course, _ = advance(rule, course, value(GOOD), START_MS - 3_600_000)
    _, saying = advance(rule, course, value(BAD), START_MS - 3_000_000)
    assert saying is not None
    assert not saying.resolved


@given(
    readings=st.lists(st.one_of(st.floats(0, 1), st.sampled_from([NOTHING, STALE])), max_size=60),
    quiet_at=st.frozensets(st.integers(0, 60)),
    reminds=st.booleans(),
    step_minutes=st.sampled_from([0.25, 1, 5, 30]),
)
def test_what_is_told_makes_sense(
    readings: list[float | Reading], quiet_at: frozenset[int], reminds: bool, step_minutes: float
) -> None:
    _, told = run(readings, replace(RULE, reminds=reminds), step_minutes, quiet_at)
    kinds = [words.split()[1] for words in told]
    assert kinds[:1] in ([], ["fires"])
    for before, after in itertools.pairwise(kinds):
        assert after in {"resolved": {"fires"}, "fires": {"resolved", "again"}, "again": {"resolved", "again"}}[before]
    if not reminds:
        assert "again" not in kinds
    fired = [int(words.split()[0]) * step_minutes for words in told if "resolved" not in words]
    assert all(later - sooner >= 30 for sooner, later in itertools.pairwise(fired))
    assert not {int(words.split()[0]) for words in told} & quiet_at


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("22:00-07:00", ["2026-11-23T22:00", "2026-11-23T06:59"], ["2026-11-23T07:00", "2026-11-23T21:59"]),
        ("12:00-13:00", ["2026-11-23T12:30"], ["2026-11-23T13:00", "2026-11-23T11:59"]),
        ("sat-sun", ["2026-11-21T00:00", "2026-11-22T23:59"], ["2026-11-23T00:00", "2026-11-20T23:59"]),
        ("fri 18:00-08:00", ["2026-11-20T18:00", "2026-11-21T07:59"], ["2026-11-20T07:00", "2026-11-21T18:00"]),
        ("fri-mon", ["2026-11-20T12:00", "2026-11-23T12:00"], ["2026-11-24T12:00", "2026-11-19T12:00"]),
        ("mon,wed 00:00-24:00", ["2026-11-23T12:00", "2026-11-25T12:00"], ["2026-11-24T12:00"]),
    ],
)
def test_quiet_hours_hold_by_the_clock_on_the_wall(text: str, inside: list[str], outside: list[str]) -> None:
    hours = QuietHours.parse(text)
    zone = ZoneInfo("Europe/Stockholm")
    assert all(hours.holds(parse_rfc3339(f"{moment}:00+01:00"), zone) for moment in inside)
    assert not any(quiet([hours], parse_rfc3339(f"{moment}:00+01:00"), zone) for moment in outside)


def test_quiet_hours_hold_through_both_passes_of_the_repeated_hour() -> None:
    hours = QuietHours.parse("02:00-03:00")
    night = [parse_rfc3339(f"2026-10-25T0{hour}:30:00Z") for hour in (0, 1)]
    assert all(hours.holds(moment, ZoneInfo("Europe/Stockholm")) for moment in night)


@pytest.mark.parametrize(
    "text", ["", "22-07", "25:00-26:00", "22:60-07:00", "monday", "mon tue", "22:00-07:00 23:00-01:00", "mon-"]
)
def test_hours_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        QuietHours.parse(text)
