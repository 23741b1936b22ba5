"""What a poll asks the cache is found by key or by time, however many records and calls it holds already."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from calls.cache.writer import Reading
from calls.model import Window
from tests.calls.cache.help import LINK_MS, MINUTE_MS, NOON_MS, NORTH, FakeDeriver, a_cache, record

# A step that visits every row of a table, or every row of a source.
THROUGH_ALL = re.compile(r"SCAN (record|call|leg|party|word)|SEARCH (record|call) USING .*INDEX \w+ \(source_id=\?\)")


@pytest.mark.parametrize("link_ms", [0, LINK_MS])
def test_no_statement_of_a_poll_goes_through_all_rows(tmp_path: Path, link_ms: int) -> None:
    first = [record("a", status="missed", caller="070-1"), record("b2", "b", link="102"), record("c", link="102")]
    second = [record("a", status="answered", caller="070-2"), record("d", started_ms=NOON_MS + 1, link="102", teaches="102")]
    with a_cache(tmp_path / "calltop.db", NORTH) as cache:
        deriver = FakeDeriver(link_ms=link_ms)
        cache.read(*first, deriver=deriver)
        asked = Window(NOON_MS - MINUTE_MS, NOON_MS + MINUTE_MS)
        reading = Reading(tuple(second), (), NOON_MS + MINUTE_MS, asked, asked.end_ms, asked=asked, supersedes=True)
        statements: list[str] = []
        cache.database.connection.set_trace_callback(statements.append)
        stored = cache.writer.store(deriver, cache.ids["north"], reading)
        cache.database.connection.set_trace_callback(None)
        asks = [one for one in statements if re.match("SELECT|UPDATE|DELETE|INSERT", one)]
        steps = [row[3] for one in asks for row in cache.rows(f"EXPLAIN QUERY PLAN {one}")]
    assert (stored.inserted, stored.updated) == (1, 1)
    assert any("record" in step for step in steps)
    assert [step for step in steps if THROUGH_ALL.match(step)] == []
