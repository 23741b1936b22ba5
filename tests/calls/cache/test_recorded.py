"""A call's records with their versions, also those that came under another id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.reader import Reader
from calls.cache.recorded import JOINED_MS
from calls.raw import Change
from tests.calls.cache.help import LINK_MS, MINUTE_MS, NOON_MS, NORTH, Cache, a_cache, record


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with a_cache(tmp_path / "calltop.db") as made:
        yield made


def names(cache: Cache, call_id: str, provider: str = NORTH.name) -> list[str]:
    with closing(Reader(cache.path)) as reader:
        return [one.key for one in reader.records_of(provider, call_id)]


def test_the_records_of_a_call_in_order_of_time(cache: Cache) -> None:
    cache.read(
        record("b", "one", NOON_MS + 5_000, caller="+46701740605"),
        record("a", "one", NOON_MS + 9_000),
        record("one", "", NOON_MS, callee="102"),
        record("other", "", NOON_MS),
    )
    assert names(cache, "one") == ["one", "b", "a"]
    assert names(cache, "other") == ["other"]
    assert names(cache, "nothing") == names(cache, "one", "nobody") == []


def test_every_version_tells_what_changed_and_when(cache: Cache) -> None:
    cache.read(record("a", status="missed", token="x"), read_ms=NOON_MS)
    cache.read(record("a", status="missed", token="x"), read_ms=NOON_MS + MINUTE_MS)
    cache.read(record("a", status="answered", token="x", talk_ms=5), read_ms=NOON_MS + 2 * MINUTE_MS)
    cache.read(record("a", status="answered", token="y", talk_ms=7), read_ms=NOON_MS + 3 * MINUTE_MS)
    cache.read(record("a", status="answered", token="y", talk_ms=7), read_ms=NOON_MS + 4 * MINUTE_MS)
    with closing(Reader(cache.path)) as reader:
        (found,) = reader.records_of(NORTH.name, "a")
    seen = (found.first_seen_ms, found.changed_ms, found.last_seen_ms)
    assert seen == (NOON_MS, NOON_MS + 3 * MINUTE_MS, NOON_MS + 4 * MINUTE_MS)
    first, second = found.revisions
    assert (first.seen_ms, first.replaced_ms) == (NOON_MS, NOON_MS + 2 * MINUTE_MS)
    assert set(first.changes) == {Change("status", "missed", "answered"), Change("talk_ms", "", "5")}
    assert set(second.changes) == {Change("talk_ms", "5", "7"), Change("token", "hidden: a secret", "hidden: a secret")}
    assert {field.name: field.words for field in found.fields} == {
        "status": "answered",
        "talk_ms": "7",
        "token": "hidden: a secret",
    }


def test_a_record_that_was_joined_from_another_id_is_among_them(cache: Cache) -> None:
    assert LINK_MS <= JOINED_MS
    cache.read(
        record("a", "one", NOON_MS, link="+4670"),
        record("b", "two", NOON_MS + LINK_MS // 2, link="+4670"),
        record("c", "far", NOON_MS + 10 * JOINED_MS, link="+4670"),
        record("d", "lone", NOON_MS + 1, link="+4671"),
    )
    assert set(cache.calls()) == {"one", "far", "lone"}
    with closing(Reader(cache.path)) as reader:
        found = reader.records_of(NORTH.name, "one")
    assert [(one.key, one.joined) for one in found] == [("a", False), ("b", True)]
    assert names(cache, "far") == ["c"]
