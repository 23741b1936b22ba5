"""Distinct values for completion: counted, the most frequent first, whatever the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.writer import Reading, Writer
from calls.filters.fields import FIELDS
from tests.calls.cache.help import MINUTE_MS, NOON_MS, NORTH, FakeDeriver, record

QUEUES = ["Support"] * 5 + ["sales"] * 3 + ["Växel"] * 2 + [""]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    database = Database(tmp_path / "calltop.db")
    writer = Writer(database)
    source_id = writer.register([NORTH])["north"]
    rows = tuple(
        record(f"r{index}", started_ms=NOON_MS + index * MINUTE_MS, queue=queue, caller="+46700000001", callee="711")
        for index, queue in enumerate(QUEUES)
    )
    writer.store(FakeDeriver(link_ms=0), source_id, Reading(rows, (), NOON_MS))
    made = Reader(tmp_path / "calltop.db")
    yield made
    made.close()
    database.close()


def test_values_come_with_their_number_of_calls_the_most_frequent_first(reader: Reader) -> None:
    counts = Counter(queue for queue in QUEUES if queue)
    assert reader.values("queue", "") == tuple(counts.most_common())
    assert reader.values("provider", "") == (("north", len(QUEUES)),)


def test_what_is_typed_may_stand_anywhere_in_any_case(reader: Reader) -> None:
    assert reader.values("queue", "S") == (("Support", 5), ("sales", 3))
    assert reader.values("queue", "VÄX") == (("Växel", 2),)
    assert reader.values("queue", "nothing") == ()


def test_a_number_is_looked_for_on_both_sides(reader: Reader) -> None:
    assert dict(reader.values("number", "")) == {"+46700000001": len(QUEUES), "711": len(QUEUES)}


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_answered(reader: Reader, field: str) -> None:
    assert all(calls > 0 for _, calls in reader.values(field, ""))
