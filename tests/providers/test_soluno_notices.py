"""Soluno and Dstny: what is said about an answer as a whole, once per state of affairs and in stable words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.soluno.notices import MOST_NAMES, ONLY_INBOUND, WRAPPED, unfamiliar_fields
from tests.providers.soluno_help import EVER, SAMPLE, SAMPLE_DAY, Vendor, changed, provider, without

pytestmark = pytest.mark.anyio

INSIDE = changed(SAMPLE[0], callerNo="102")


async def notices(rows: Any, state: Mapping[str, str] | None = None, **settings: Any) -> list[str]:
    """The notices of one fetch."""
    client = provider(Vendor(rows), **settings)
    return [notice async for page in client.fetch(SAMPLE_DAY, state or {}) for notice in page.notices]


async def test_the_documented_answer_needs_no_notice() -> None:
    alias = changed(without(SAMPLE[1], "calleeAnswered"), callerAnswered=None)
    assert await notices([*SAMPLE, alias, INSIDE]) == []
    assert await notices([]) == []


async def test_fields_that_the_document_does_not_name() -> None:
    rows = [INSIDE, changed(SAMPLE[1], mood="good"), changed(SAMPLE[2], mood=None, **{"a\x1b[31mb": 1})]
    expected = [f"a field that the document does not name is kept as sent: {name}" for name in ("a [31mb", "mood")]
    assert await notices(rows) == expected
    assert await notices(rows[::-1]) == expected


async def test_an_answer_with_very_many_new_fields_says_so_in_a_few_lines() -> None:
    found = unfamiliar_fields([{f"field{number}": 1 for number in range(500)}])
    assert len(found) == MOST_NAMES + 1
    assert found == unfamiliar_fields([{f"field{number}": 1} for number in range(500)])


async def test_an_object_around_the_list() -> None:
    assert await notices({"calls": [INSIDE]}) == [WRAPPED]


async def test_a_round_number_of_rows_may_be_cut_off() -> None:
    suspect = "an answer of exactly 3 rows may have been cut off, so it is asked again in halves"
    vendor = Vendor()
    vendor.answer = lambda request: [INSIDE, *SAMPLE[1:]] if len(vendor.asked) == 1 else [INSIDE]
    client = provider(vendor, suspect_row_counts=[3])
    pages = [page async for page in client.fetch(SAMPLE_DAY, {})]
    assert [page.notices for page in pages] == [(suspect,), ()]


async def test_that_no_call_of_our_own_was_ever_seen_is_said_until_one_is() -> None:
    assert await notices(SAMPLE) == [ONLY_INBOUND]
    assert await notices([*SAMPLE, INSIDE]) == []
    assert await notices(SAMPLE, own_numbers=["+4672111111"]) == []
    client = provider(vendor := Vendor([INSIDE]))
    assert [page.notices async for page in client.fetch(EVER, {})] == [()]
    assert client.next_state() == {"own_callers_seen": "yes"}
    vendor.answer = SAMPLE
    assert [page.notices async for page in client.fetch(EVER, {})] == [()]
    assert await notices(SAMPLE, client.next_state()) == []


@given(st.lists(st.dictionaries(st.text(max_size=60), st.none(), max_size=5) | st.none() | st.integers(), max_size=6))
def test_any_rows_give_short_and_stable_texts(rows: list[Any]) -> None:
    found = unfamiliar_fields(rows)
    assert found == unfamiliar_fields(rows[::-1])
    assert len(set(found)) == len(found) <= MOST_NAMES + 1
    assert all(len(text) < 110 and text.isprintable() for text in found)
