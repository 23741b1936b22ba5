"""A list by position is the list of the calls themselves, in every order, and its places can be found again."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.cache import listing
from calls.cache.database import Database
from calls.cache.listing import ORDERS, Listing
from calls.cache.reader import Reader
from calls.cache.rows import FEW_CALLS
from calls.cache.writer import Writer
from calls.filters import Filter, FilterContext, fold, parse
from calls.filters.conditions import TRUE
from calls.model import Call
from calls.text import normalise_number
from tests.calls.cache.busy import NOW_MS, SOURCES, Busy, fill
from tests.calls.cache.help import DAY_MS
from tests.calls.cache.test_plans import plans, sorted_by_hand, through_all_calls

CONTEXT = FilterContext(NOW_MS, SOURCES)
VALUES: dict[str, Callable[[Call], Any]] = {
    "started": lambda call: call.started_ms,
    "provider": lambda call: call.provider,
    "direction": lambda call: call.direction,
    "status": lambda call: call.status,
    "caller": lambda call: normalise_number(call.caller, SOURCES[call.provider].country_code),
    "callee": lambda call: normalise_number(call.callee, SOURCES[call.provider].country_code),
    "queue": lambda call: fold(call.queue),
    "employee": lambda call: fold(call.employee),
    "talk": lambda call: call.talk_ms,
    "ring": lambda call: call.ring_ms,
    "wait": lambda call: call.wait_ms,
    "legs": lambda call: call.leg_count,
}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Busy:
    return fill(tmp_path_factory.mktemp("listing") / "calltop.db")


@pytest.fixture(scope="module")
def reader(busy: Busy) -> Iterator[Reader]:
    with closing(Reader(busy.path)) as made:
        yield made


@pytest.mark.parametrize("text", ["", "status:missed", "since:-12h", "madsen or queue:711", "number:nobody"])
def test_a_list_by_position_is_the_list_by_time(reader: Reader, text: str) -> None:
    wanted = parse(text)
    listed = reader.listing(wanted, NOW_MS)
    expected = list(reader.calls(wanted, NOW_MS))
    assert len(listed) == len(expected)
    assert [*reader.calls_at(listed, 0, len(listed))] == expected
    middle = len(expected) // 2
    assert [*reader.calls_at(listed, middle, 7)] == expected[middle : middle + 7]
    assert reader.calls_at(listed, len(expected), 5) == ()


@pytest.mark.parametrize("text", ["", "status:missed", "direction:in or direction:out"])
@pytest.mark.parametrize("descending", [True, False])
def test_the_beginning_of_a_list_is_that_of_the_whole(reader: Reader, text: str, descending: bool) -> None:
    whole = reader.listing(parse(text), NOW_MS, descending=descending)
    beginning = reader.listing(parse(text), NOW_MS, descending=descending, limit=40)
    few = len(whole) < FEW_CALLS
    assert beginning.keys == (whole.keys if few else whole.keys[:40])
    assert beginning.whole is few
    assert whole.whole


def test_every_order_has_its_value_in_the_test() -> None:
    assert set(VALUES) == set(ORDERS)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("descending", [True, False])
def test_a_list_is_in_the_order_asked_and_what_is_unknown_is_last(reader: Reader, order: str, descending: bool) -> None:
    listed = reader.listing(Filter(), NOW_MS, order, descending=descending)
    calls = [call for call in reader.calls_at(listed, 0, len(listed)) if call is not None]
    values = [VALUES[order](call) for call in calls]
    known = [value for value in values if value is not None]
    assert values[: len(known)] == known
    assert known == sorted(known, reverse=descending)
    assert len(calls) == len({(call.provider, call.id) for call in calls}) == len(listed)


def test_alike_calls_stand_in_the_order_of_time(reader: Reader) -> None:
    listed = reader.listing(Filter(), NOW_MS, "status", descending=False)
    starts = [call.started_ms for call in reader.calls_at(listed, 0, len(listed)) if call and call.status == "answered"]
    assert starts == sorted(starts, reverse=True)


def test_an_unknown_order_is_refused(reader: Reader) -> None:
    with pytest.raises(KeyError):
        reader.listing(Filter(), NOW_MS, "mood")


KEYS = st.lists(st.integers(-(2**62), 2**62), unique=True, max_size=40)


@given(keys=KEYS, other=st.integers(-(2**62), 2**62), descending=st.booleans())
def test_a_place_in_the_order_of_time_is_found_again(keys: list[int], other: int, descending: bool) -> None:
    ordered = array("q", sorted(keys, reverse=descending))
    listed = Listing(Filter(), descending=descending, keys=ordered)
    assert [listed.position_of(key) for key in ordered] == list(range(len(ordered)))
    assert [listed.nearest(key) for key in ordered] == list(range(len(ordered)))
    assert 0 <= listed.nearest(other) <= max(0, len(keys) - 1)
    if other not in keys:
        assert listed.position_of(other) is None


@given(keys=KEYS, count=st.integers(1, 50), order=st.sampled_from(["started", "talk"]), descending=st.booleans())
def test_the_newest_are_the_greatest_keys(keys: list[int], count: int, order: str, descending: bool) -> None:
    ordered = sorted(keys, reverse=descending) if order == "started" else keys
    listed = Listing(Filter(), order, descending, keys=array("q", ordered))
    assert listed.newest(count) == tuple(sorted(keys, reverse=True)[:count])


@given(keys=KEYS.filter(bool), other=st.integers(-(2**62), 2**62))
def test_a_place_in_another_order_is_found_again(keys: list[int], other: int) -> None:
    listed = Listing(Filter(), order="talk", keys=array("q", keys))
    assert [listed.position_of(key) for key in keys] == list(range(len(keys)))
    if other not in keys:
        assert listed.position_of(other) is None
        assert listed.nearest(other) == 0


def test_a_call_that_is_gone_leaves_its_position_empty(tmp_path: Path) -> None:
    path = fill(tmp_path / "calltop.db", calls=60).path
    with closing(Reader(path)) as reader:
        listed = reader.listing(Filter(), NOW_MS, descending=False)
        with closing(Database(path)) as database:
            writer = Writer(database)
            gone = writer.purge(writer.register([SOURCES["north"]])["north"], NOW_MS - 5 * DAY_MS)
        calls = reader.calls_at(listed, 0, len(listed))
        assert gone > 0
        assert [call is None for call in calls].count(True) == gone
        assert reader.version() != listed.version


def test_the_list_by_time_is_read_from_the_table_as_it_lies(reader: Reader) -> None:
    for descending in (True, False):
        everything = partial(listing.read_keys, condition=TRUE, order="started", descending=descending)
        steps = plans(reader, everything)
        assert steps == ["SCAN c"]
    recent = partial(listing.read_keys, condition=parse("since:-2h").sql(CONTEXT), order="started", descending=True)
    steps = plans(reader, recent)
    assert sorted_by_hand(steps) == through_all_calls(steps) == []


def test_a_stretch_of_a_list_is_found_by_its_keys(reader: Reader) -> None:
    listed = reader.listing(Filter(), NOW_MS)
    steps = plans(reader, lambda connection: list(listing.at(connection, listed, 500, 50, CONTEXT.sources)))
    assert through_all_calls(steps) == []
    assert "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)" in steps
