"""The two words of a caller: the same all day, others tomorrow, and nothing to go back from."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from calls.tags import FIRST_WORDS, SECOND_WORDS, two_words

DAY = date(2026, 11, 23)
KEY = b"k" * 32


def test_the_words_are_short_and_all_different() -> None:
    words = [*FIRST_WORDS, *SECOND_WORDS]
    assert len(set(words)) == len(words)
    assert all(word.isascii() and word.islower() and word.isalpha() and len(word) <= 7 for word in words)
    assert len(FIRST_WORDS) * len(SECOND_WORDS) > 20_000


@given(number=st.text(min_size=1, max_size=20), key=st.binary(min_size=16, max_size=32))
def test_a_caller_keeps_the_words_for_the_day(number: str, key: bytes) -> None:
    words = two_words(number, DAY, key)
    assert words == two_words(number, DAY, key)
    first, second = words.split()
    assert first in FIRST_WORDS
    assert second in SECOND_WORDS


def test_another_day_another_key_or_another_caller_has_other_words() -> None:
    numbers = [f"+4670{number:07}" for number in range(300)]
    today = [two_words(number, DAY, KEY) for number in numbers]
    assert len(set(today)) > 290
    for others in (
        [two_words(number, DAY + timedelta(days=1), KEY) for number in numbers],
        [two_words(number, DAY, b"other" * 6) for number in numbers],
    ):
        assert sum(one == other for one, other in zip(today, others, strict=True)) < 3


def test_a_hidden_number_has_none() -> None:
    assert two_words("", DAY, KEY) == ""
