"""A provider's row as a person may see it: everything that is there, nothing that should not be seen, nothing hostile."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.raw import MOST_FIELDS, Change, RawField, changes_between, raw_fields
from calls.text import clean

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
ROWS = st.dictionaries(st.text(max_size=8), VALUES, max_size=6)


def words(payload: dict[str, Any]) -> dict[str, str]:
    return {field.name: field.words for field in raw_fields(payload)}


def test_a_row_is_flat_and_in_its_order() -> None:
    row = {"b": 1, "a": {"name": "Bo", "list": [{"to": "1"}, 2]}, "none": None, "empty": {}, "yes": True}
    assert raw_fields(row) == (
        RawField("b", "1"),
        RawField("a.name", "Bo"),
        RawField("a.list[0].to", "1"),
        RawField("a.list[1]", "2"),
        RawField("none"),
        RawField("empty"),
        RawField("yes", "true"),
    )


@pytest.mark.parametrize(
    "name", ["token", "accessToken", "api_key", "apiKey", "Authorization", "user_password", "SECRET", "pin"]
)
def test_secrets_are_hidden(name: str) -> None:
    assert words({name: "s3cret"}) == {name: "hidden: a secret"}
    assert words({name: {"inner": "s3cret"}}) == {f"{name}.inner": "hidden: a secret"}


@pytest.mark.parametrize("name", ["recording_url", "recording_file", "monitor_urls", "recordUrl", "url", "download_link"])
def test_ways_to_recordings_are_hidden(name: str) -> None:
    assert words({name: "2026/11/a.wav"}) == {name: "hidden: a link"}


@pytest.mark.parametrize("value", ["https://pbx.example/a.wav?sig=1", "see HTTP://x", "ftp://x", "s3://bucket/a"])
def test_a_link_is_hidden_wherever_it_stands(value: str) -> None:
    assert words({"anything": value, "list": [value]}) == {"anything": "hidden: a link", "list[0]": "hidden: a link"}


@pytest.mark.parametrize("name", ["comments", "transcription_text", "external_info", "note", "Comment"])
def test_private_texts_are_hidden(name: str) -> None:
    assert words({name: "rang because of her illness"}) == {name: "hidden: private text"}


@pytest.mark.parametrize("name", ["id", "linkedid", "key_number", "monkey", "duration", "caller", "transfers"])
def test_other_fields_are_shown(name: str) -> None:
    assert words({name: "12"}) == {name: "12"}


def test_a_hidden_field_without_a_value_has_none_and_flags_are_shown() -> None:
    assert words({"recording_url": "", "comments": None, "has_recording": True}) == {
        "recording_url": "",
        "comments": "",
        "has_recording": "true",
    }


def test_a_change_of_a_hidden_field_does_not_tell_its_value() -> None:
    before = {"token": "old", "end": None, "gone": "x", "same": 1}
    after = {"token": "new", "end": "10:42", "same": 1}
    assert changes_between(before, after) == (
        Change("token", "hidden: a secret", "hidden: a secret"),
        Change("end", "", "10:42"),
        Change("gone", "x", ""),
    )


@given(ROWS)
def test_whatever_comes_is_clean_and_bounded(row: dict[str, Any]) -> None:
    fields = raw_fields(row)
    assert len(fields) <= MOST_FIELDS
    for field in fields:
        assert clean(field.name) == field.name
        assert clean(field.words) == field.words
    assert changes_between(row, row) == () or any(value != value for value in _leaves(row))


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    return [leaf for inner in value for leaf in _leaves(inner)] if isinstance(value, list) else [value]


def test_a_very_deep_or_very_long_row_ends() -> None:
    deep: Any = "x"
    for _ in range(100):
        deep = {"a": deep}
    assert len(raw_fields({"deep": deep, "long": list(range(5000))})) == MOST_FIELDS
