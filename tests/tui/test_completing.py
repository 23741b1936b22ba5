"""Completion in the filter bar: the piece under the cursor, what it could become, what it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.filters import parse
from calls.filters.criteria import TextLike
from calls.filters.fields import FIELDS
from calls.filters.nodes import Clause
from calls.text import clean
from tui.completing import accepted, candidates, hint_at, spot_at

QUEUES = [("Sales", 12), ("Support, second line", 40), ("Reception", 7)]


def completed(text: str, known: list[tuple[str, int]] | None = None) -> list[str]:
    spot = spot_at(text, len(text))
    return [accepted(text, spot, candidate)[0] for candidate in candidates(spot, known or [])]


def test_a_field_is_completed_with_its_colon() -> None:
    assert completed("sta") == ["status:"]
    assert completed("direction:in -sta") == ["direction:in -status:"]
    assert completed("(direction:in or sta") == ["(direction:in or status:"]
    assert completed("") == []


def test_values_of_a_closed_field_come_in_their_own_order_with_the_count_of_calls() -> None:
    spot = spot_at("status:", 7)
    found = candidates(spot, [("missed", 31)])
    assert [candidate.text for candidate in found] == list(FIELDS["status"].values)
    assert {candidate.text: candidate.calls for candidate in found}["missed"] == 31
    assert completed("status:answered,mi") == ["status:answered,missed"]


def test_values_of_an_open_field_come_from_the_cache_the_most_frequent_first_and_quoted_where_needed() -> None:
    assert completed("queue:", QUEUES) == ['queue:"Support, second line"', "queue:Sales", "queue:Reception"]
    assert completed("queue:re", QUEUES) == ["queue:Reception"]
    assert completed('queue:"support, s', QUEUES) == ['queue:"Support, second line"']
    assert completed("queue:second", QUEUES) == ['queue:"Support, second line"']


def test_the_text_after_the_cursor_stays() -> None:
    text = "queue:re status:missed"
    spot = spot_at(text, 8)
    changed, cursor = accepted(text, spot, candidates(spot, QUEUES)[0])
    assert changed == "queue:Reception status:missed"
    assert cursor == len("queue:Reception")


def test_the_clause_under_the_cursor_is_explained() -> None:
    assert hint_at("status:missed queue:6", 10) == FIELDS["status"].hint
    assert hint_at("status:missed queue:6", 21) == FIELDS["queue"].hint
    assert hint_at("wait", 4) == FIELDS["wait"].hint
    assert hint_at("nosuch:1", 8) == ""
    assert hint_at('"status:missed', 14) == ""


@given(st.text(max_size=40), st.data())
def test_any_text_with_the_cursor_anywhere_is_taken(text: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    spot = spot_at(text, cursor)
    assert 0 <= spot.start <= spot.end <= len(text)
    for candidate in candidates(spot, [("a b", 1)]):
        changed, end = accepted(text, spot, candidate)
        assert changed[spot.start : end] == candidate.text
        assert changed[end:] == text[spot.end :]


@pytest.mark.parametrize("field", ["queue", "employee", "project", "route", "trunk"])
@given(value=st.text(max_size=20).map(clean).filter(bool))
def test_a_completed_value_is_read_as_that_value(field: str, value: str) -> None:
    spot = spot_at(f"{field}:", len(field) + 1)
    written = accepted(f"{field}:", spot, candidates(spot, [(value, 1)])[0])[0]
    (clause,) = parse(written).clauses
    assert isinstance(clause, Clause)
    (criterion,) = clause.values
    assert isinstance(criterion, TextLike)
    assert criterion.pattern.pieces == (" ".join(value.split()),)
