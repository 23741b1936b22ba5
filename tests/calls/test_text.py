"""Untrusted text and telephone numbers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.text import MAX_TEXT_LENGTH, clean, digits, is_withheld, mask_number, normalise_number

hostile = st.one_of(
    st.text(max_size=600),
    st.text(
        alphabet=st.sampled_from("a1 \t\n\x00\x1b\x7f\x85\x9b\u200b\u202e\u2066\u2028\u0301\u00a0\ufeff\udc80\ue000[]"),
        max_size=60,
    ),
)
numbers = st.one_of(st.text(alphabet="0123456789+ -()./*#@abz", max_size=20), st.text(max_size=20))
country_codes = st.sampled_from(["", "46", "45", "40"])


@given(hostile)
def test_clean_text_is_one_visible_line(text: str) -> None:
    safe = clean(text)
    assert len(safe) <= MAX_TEXT_LENGTH
    assert safe == " ".join(safe.split())
    assert not [mark for mark in safe if unicodedata.category(mark) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}]
    assert not [
        mark
        for mark in safe
        if unicodedata.bidirectional(mark) in {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
    ]
    safe.encode("utf-8")


@given(hostile)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=MAX_TEXT_LENGTH))
def test_plain_text_stays(text: str) -> None:
    assert clean(text) == text


@given(st.text(max_size=100), st.integers(0, 20))
def test_the_limit_holds(text: str, limit: int) -> None:
    assert len(clean(text, limit)) <= limit


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        (None, ""),
        (102, "102"),
        ("  Bo \t Madsen\r\n", "Bo Madsen"),
        ("a\x1b[31mb", "a [31mb"),
        ("\x9b31m", "31m"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("Åsa Öberg", "Åsa Öberg"),
        ("[/][@click=app.quit]", "[/][@click=app.quit]"),
        ("z" + "\u0335" * 50, "z" + "\u0335" * 3),
        ("z" + "\u0335\u0335\u200b" * 9, "z" + "\u0335" * 3),
        ("名前", "名前"),
        ("\udc80x", "x"),
    ],
)
def test_what_hides_or_reorders_is_removed(value: object, safe: str) -> None:
    assert clean(value) == safe


@pytest.mark.parametrize(
    "spelling", ["+46701740605", "0046701740605", "0701740605", "070-174 06 05", "0046 70-174 06 05", "+46 (70) 174.06.05"]
)
def test_every_spelling_of_a_number_is_one(spelling: str) -> None:
    assert normalise_number(spelling, "46") == "+46701740605"


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("102", "102"),
        ("0102", "0102"),
        ("*21*", "*21*"),
        ("Anna@PBX.example", "anna@pbx.example"),
        ("Anonymous", ""),
        ("  ", ""),
        ("()", "()"),
        ("701740605", "701740605"),
        ("+102", "+102"),
    ],
)
def test_short_and_strange_numbers_stay_as_written(number: str, key: str) -> None:
    assert normalise_number(number, "46") == key


def test_without_a_country_a_national_number_stays_national() -> None:
    assert normalise_number("070-1740605") == "0701740605"
    assert normalise_number("070-1740605") != normalise_number("+46701740605")


@given(numbers, country_codes)
def test_a_normalised_number_is_already_normal(number: str, code: str) -> None:
    key = normalise_number(number, code)
    assert normalise_number(key, code) == key


@given(numbers, country_codes)
def test_only_a_withheld_number_is_empty(number: str, code: str) -> None:
    assert (normalise_number(number, code) == "") == is_withheld(number)


@given(numbers)
def test_a_mask_hides_the_last_four_digits_of_a_long_number(number: str) -> None:
    masked = mask_number(number)
    assert len(masked) == len(number)
    known = digits(number)
    if len(known) > 5:
        assert digits(masked) == known[:-4]
        assert masked.count("•") == number.count("•") + 4
    else:
        assert masked == number


def test_a_mask_keeps_the_shape() -> None:
    assert mask_number("+46 70-174 06 05") == "+46 70-174 •• ••"
    assert mask_number("102") == "102"
