"""Numbers, durations, times, ages as the screens write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.text import digits
from calls.times import DAY_MS, MINUTE_MS
from tests.tui.fake_feed import NOW_MS, ZONE
from tui.lines.words import (
    age_words,
    clock_words,
    countdown_words,
    counted,
    day_words,
    duration_words,
    grouped,
    number_words,
    time_words,
    zone_words,
)


def test_counts_are_grouped_and_agree_with_their_noun() -> None:
    assert grouped(1204) == "1 204"
    assert counted(1, "call") == "1 call"
    assert counted(0, "call") == "0 calls"
    assert counted(2, "try", "tries") == "2 tries"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (35, "0:35"), (610, "10:10"), (3723, "1:02:03"), (360_000, "100:00:00"), (-1, "-")]
)
def test_durations(seconds: int, words: str) -> None:
    assert duration_words(seconds * 1000) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.5, "under 1 min"),
        (7, "7 min"),
        (60, "1 h"),
        (200, "3 h 20 min"),
        (1440, "1 d"),
        (52 * 60, "2 d 4 h"),
        (-5, "under 1 min"),
    ],
)
def test_ages(minutes: float, words: str) -> None:
    assert age_words(round(minutes * MINUTE_MS)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (181, "4 min"),
        (180, "3 min"),
        (61, "2 min"),
        (60, "60 s"),
        (56, "60 s"),
        (55, "55 s"),
        (12, "15 s"),
        (9, "9 s"),
        (1, "1 s"),
        (0, "0 s"),
    ],
)
def test_the_countdown_is_calm(seconds: int, words: str) -> None:
    assert countdown_words(seconds * 1000) == words


@pytest.mark.parametrize(
    ("back_days", "words"),
    [(0, "10:42"), (1, "Sun 10:42"), (6, "Tue 10:42"), (7, "16 Nov"), (330, "28 Dec 2025"), (-1, "24 Nov")],
)
def test_times_are_as_short_as_they_stay_clear(back_days: int, words: str) -> None:
    assert time_words(NOW_MS - back_days * DAY_MS, NOW_MS, ZONE) == words


def test_times_follow_the_zone_through_the_autumn_change() -> None:
    first = int(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp() * 1000)
    assert clock_words(first, ZONE) == "02:30"
    assert clock_words(first + 3_600_000, ZONE) == "02:30"
    assert (zone_words(first, ZONE), zone_words(first + 3_600_000, ZONE)) == ("CEST", "CET")
    assert clock_words(first, ZoneInfo("Europe/Bucharest")) == "03:30"
    assert day_words(NOW_MS, ZONE) == "Mon 23 Nov"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+46722222222", "+46 72 222 22 22"),
        ("+4512345678", "+45 12 34 56 78"),
        ("+40721234567", "+40 721 234 567"),
        ("+358401234567", "+35 840 123 4567"),
        ("0312285000", "0312 285 000"),
        ("711", "711"),
        ("*21*070#", "*21*070#"),
        ("anna@example", "anna@example"),
        ("", ""),
    ],
)
def test_numbers_are_spaced_for_reading(number: str, words: str) -> None:
    assert number_words(number) == words


@given(st.from_regex(r"\+?[0-9]{1,20}", fullmatch=True))
def test_spacing_a_number_loses_no_digit(number: str) -> None:
    assert digits(number_words(number)) == digits(number)
