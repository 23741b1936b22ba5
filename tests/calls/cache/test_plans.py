"""What the first screen asks is answered from an index or from the end of the table, never by going through all calls."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache import missed, rows, tallies
from calls.cache.reader import Reader
from calls.filters import FilterContext, parse
from tests.calls.cache.busy import NOW_MS, SOURCES, fill

CONTEXT = FilterContext(NOW_MS, SOURCES)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path: Path = fill(tmp_path_factory.mktemp("plans") / "calltop.db").path
    with closing(Reader(path)) as made:
        yield made


def plans(reader: Reader, ask: Callable[[sqlite3.Connection], object], besides: str = "\0") -> list[str]:
    """The steps in which SQLite answers each statement that a question runs, besides those about another table."""
    connection = reader._connection
    statements: list[str] = []
    # The trace shows statements with their bindings filled in, as they ran.
    connection.set_trace_callback(statements.append)
    try:
        ask(connection)
    finally:
        connection.set_trace_callback(None)
    steps: list[str] = []
    for statement in statements:
        if statement.startswith("SELECT") and besides not in statement:
            steps += [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    return steps


def through_all_calls(steps: list[str]) -> list[str]:
    """The steps that visit every call."""
    return [step for step in steps if step in ("SCAN c", "SCAN call", "SCAN later")]


def sorted_by_hand(steps: list[str]) -> list[str]:
    return [step for step in steps if "TEMP B-TREE FOR ORDER BY" in step]


@pytest.mark.parametrize("text", ["", "direction:in status:missed", "provider:north"])
@pytest.mark.parametrize("source_id", [None, 1, 2])
@pytest.mark.parametrize("before", [None, 2**62])
def test_a_page_is_read_from_the_end_without_sorting(
    reader: Reader, text: str, source_id: int | None, before: int | None
) -> None:
    condition = parse(text).sql(CONTEXT)
    steps = plans(reader, lambda connection: rows.page(connection, condition, 60, source_id=source_id, before_key=before))
    assert sorted_by_hand(steps) == []
    older = "" if before is None else "rowid<?"
    if source_id is None:
        # Walking the table backwards in the order of its key ends after a page.
        assert steps[0] == ("SEARCH c USING INTEGER PRIMARY KEY (rowid<?)" if older else "SCAN c")
    else:
        assert steps[0].startswith("SEARCH c USING INDEX call_by_source (source_id=?")
        assert older in steps[0]


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("", "SEARCH hour_together USING PRIMARY KEY (direction=?)"),
        ("since:-2d", "SEARCH hour_together USING PRIMARY KEY (direction=? AND started_ms>?)"),
        ("since:-2d provider:north", "SEARCH hour_total USING PRIMARY KEY (direction=? AND started_ms>?)"),
    ],
)
def test_the_hours_of_all_providers_are_read_together_and_sorted_by_nobody(reader: Reader, text: str, step: str) -> None:
    wanted = parse(text)
    sources = reader.sources()
    found = plans(reader, lambda connection: tallies.groups(connection, wanted, CONTEXT, sources, "hour"))
    assert step in found
    assert [one for one in found if "hour_to" in one] == [step]


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("on:today", "SEARCH day_total USING PRIMARY KEY (direction=? AND started_ms>? AND started_ms<?)"),
        ("on:today status:missed", "SEARCH queue_tally USING PRIMARY KEY (started_ms>? AND started_ms<?)"),
        ("on:today employee:bo", "SEARCH employee_total USING PRIMARY KEY (employee_word=?)"),
        ("on:today hour:8..17", "SEARCH hour_total USING PRIMARY KEY (direction=? AND started_ms>? AND started_ms<?)"),
        ("since:-2h", "SEARCH c USING INTEGER PRIMARY KEY (rowid>?)"),
    ],
)
def test_the_totals_of_today_are_read_from_sums_or_the_last_calls(reader: Reader, text: str, step: str) -> None:
    wanted = parse(text)
    sources = reader.sources()
    assert step in plans(reader, lambda connection: tallies.totals(connection, wanted, CONTEXT, sources))
    for ask in (
        lambda connection: tallies.totals(connection, wanted, CONTEXT, sources),
        lambda connection: tallies.quarters(connection, wanted, CONTEXT),
    ):
        assert through_all_calls(plans(reader, ask, besides="employee_bucket")) == []


def test_who_must_be_called_back_is_found_among_the_open_contacts(reader: Reader) -> None:
    steps = plans(reader, lambda connection: missed.unreturned(connection, missed.CALL_BACK_SINCE, CONTEXT))
    assert through_all_calls(steps) == []
    assert any("call_missed" in step for step in steps)
    assert any("contact_open" in step for step in steps)


def test_calls_are_counted_without_reading_them(reader: Reader) -> None:
    steps = plans(reader, lambda connection: tallies.calls_by_source(connection, parse("status:missed"), CONTEXT))
    assert through_all_calls(steps) == []
    assert any("queue_tally" in step for step in steps)


@pytest.mark.parametrize("text", ["number:*0605", "madsen", "queue:711", "employee:bo"])
def test_few_calls_are_found_by_what_they_match(reader: Reader, text: str) -> None:
    condition = parse(text).sql(CONTEXT)
    steps = plans(reader, lambda connection: rows.page(connection, condition, 50, few=True))
    assert through_all_calls(steps) == []
    steps = plans(reader, lambda connection: rows.few_keys(connection, condition))
    assert through_all_calls(steps) == []


def test_the_longest_recent_call_is_looked_for_among_recent_calls(reader: Reader) -> None:
    question = "SELECT max(ended_ms - started_ms) FROM call WHERE source_id = 1 AND started_ms >= 5"
    steps = plans(reader, lambda connection: connection.execute(question).fetchall())
    assert [step for step in steps if "SCAN" in step] == []
