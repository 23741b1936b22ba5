"""SQL, Python and a naive evaluator written apart agree about which calls a filter lets through."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.filters import Filter, FilterContext, parse
from calls.filters.parser import MAX_DEPTH, MAX_VALUES
from calls.model import Call, Direction, Status
from tests.calls.filters.samples import CONTEXT, FROM, SOURCES, Meaning, a_call, calls, filters, make_table, selected


@pytest.fixture
def cache_file(tmp_path: Path) -> Path:
    return tmp_path / "calls.db"


def through(asked: Filter, some: list[Call], path: Path, context: FilterContext = CONTEXT) -> set[int]:
    """Which calls the filter lets through, by position; its two readings must agree."""
    connection = make_table(path, some)
    condition = asked.sql(context)
    by_sql = selected(connection, condition.sql, condition.params)
    connection.close()
    test = asked.predicate(context)
    assert by_sql == {position for position, call in enumerate(some) if test(call)}, (asked.text, condition)
    return by_sql


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=100)
@given(filters, st.lists(calls(), min_size=1, max_size=12))
def test_the_readings_and_a_naive_evaluator_agree(cache_file: Path, asked: tuple[str, Meaning], some: list[Call]) -> None:
    text, meaning = asked
    filter_ = parse(text)
    expected = {position for position, call in enumerate(some) if meaning(call)}
    assert through(filter_, some, cache_file) == expected, text
    assert through(parse(filter_.text), some, cache_file) == expected, filter_.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(filters, st.lists(calls(), min_size=1, max_size=8))
def test_nothing_matches_outside_the_reach_of_a_filter(asked: tuple[str, Meaning], some: list[Call]) -> None:
    filter_ = parse(asked[0])
    test = filter_.predicate(CONTEXT)
    for call in some:
        for reach in filter_.reach(CONTEXT, call.provider), filter_.widest_reach(CONTEXT):
            if test(call):
                assert reach.start_ms is None or call.started_ms >= reach.start_ms
                assert reach.end_ms is None or call.started_ms < reach.end_ms


@pytest.mark.parametrize("typed", ["0701740605", "070-1740605", '"070 174 06 05"', "+46701740605", "0046701740605"])
def test_every_spelling_of_a_number_finds_every_spelling(typed: str, cache_file: Path) -> None:
    some = [a_call(caller=sent) for sent in ("+46 70-174 06 05", "0701740605", "0046701740605", "0701740606")]
    assert through(parse(f"number:{typed}"), some, cache_file) == {0, 1, 2}
    assert through(parse(f"callee:{typed}"), some, cache_file) == set()


def test_a_national_number_is_read_with_the_country_of_each_provider(cache_file: Path) -> None:
    some = [
        a_call("north", caller="+46312285000"),
        a_call("south", caller="+40312285000"),
        a_call("south", caller="+46312285000"),
    ]
    assert through(parse("caller:0312285000"), some, cache_file) == {0, 1}
    assert through(parse("caller:0312*"), some, cache_file) == {0, 1}
    assert through(parse("0312-28"), some, cache_file) == {0, 1}


def test_short_numbers_are_equal_as_written_only(cache_file: Path) -> None:
    some = [a_call(callee="102"), a_call(callee="1020"), a_call(callee="0102")]
    assert through(parse("number:102"), some, cache_file) == {0}
    assert through(parse("number:102*"), some, cache_file) == {0, 1}
    assert through(parse("number:10?"), some, cache_file) == {0}


def test_withheld_callers(cache_file: Path) -> None:
    some = [a_call(caller=""), a_call(caller="Anonymous"), a_call(caller="+46701740605", callee="")]
    for typed in ("number:withheld", "caller:anonymous", 'number:""'):
        assert through(parse(typed), some, cache_file) == {0, 1}


def test_a_party_is_found_by_name_too(cache_file: Path) -> None:
    some = [a_call(caller_name="Bo Madsen"), a_call(callee_name="Bo Madsen")]
    assert through(parse('caller:"bo madsen"'), some, cache_file) == {0}
    assert through(parse("callee:*MADSEN"), some, cache_file) == {1}
    assert through(parse("number:bo*"), some, cache_file) == set()


def test_case_is_folded_beyond_ascii(cache_file: Path) -> None:
    some = [a_call(employee="Åsa Strauß"), a_call(employee="A\u030asa STRAUSS"), a_call(employee="Asa Strauss")]
    assert through(parse('employee:"åsa strauss"'), some, cache_file) == {0, 1}
    assert through(parse("ÅSA"), some, cache_file) == {0, 1}


def test_a_wildcard_in_a_word_stays_within_one_number_or_name(cache_file: Path) -> None:
    some = [a_call(caller_name="Bo Madsen"), a_call(caller_name="Bo", callee_name="Madsen")]
    assert through(parse("bo*madsen"), some, cache_file) == {0}
    assert through(parse("b?"), some, cache_file) == {0, 1}


def test_an_unknown_duration_is_in_no_range_and_so_outside_all(cache_file: Path) -> None:
    some = [a_call(ring_ms=None), a_call(ring_ms=6000), a_call(ring_ms=0)]
    assert through(parse("ring:>5s"), some, cache_file) == {1}
    assert through(parse("-ring:>5s"), some, cache_file) == {0, 2}


def test_missed_is_the_status_missed(cache_file: Path) -> None:
    some = [a_call(status=status) for status in Status]
    assert through(parse("status:missed"), some, cache_file) == {list(Status).index(Status.MISSED)}
    assert through(parse("-status:answered"), some, cache_file) == {1, 2, 3, 4}


def test_text_that_looks_like_sql_is_only_ever_bound(cache_file: Path) -> None:
    hostile = "'; DROP TABLE call; --"
    condition = parse(f'"{hostile}" employee:"{hostile}" id:"{hostile}" number:"{hostile}" provider:"{hostile}"').sql(CONTEXT)
    assert "DROP" not in condition.sql
    assert through(parse(f'employee:"{hostile}"'), [a_call(employee=hostile), a_call()], cache_file) == {0}


def test_text_of_globs_is_literal_in_quotes(cache_file: Path) -> None:
    some = [a_call(linked="x[1]*"), a_call(linked="x1"), a_call(linked="x[1]z")]
    assert through(parse('linked:"x[1]\\*"'), some, cache_file) == {0}
    assert through(parse("linked:x[1]*"), some, cache_file) == {0, 2}


def test_the_repeated_hour_is_read_widest(cache_file: Path) -> None:
    instants = ["23:59:59", "00:00:00", "00:59:59", "01:00:00", "01:30:59", "01:31:00", "02:00:00"]
    some = [a_call(started=f"2026-10-2{4 if at == '23:59:59' else 5}T{at}Z") for at in instants]
    assert through(parse("from:2026-10-25T02:30"), some, cache_file) == {2, 3, 4, 5, 6}
    assert through(parse("to:2026-10-25T02:30"), some, cache_file) == {0, 1, 2, 3, 4}
    assert through(parse("on:2026-10-25T02"), some, cache_file) == {1, 2, 3, 4, 5}
    assert through(parse("hour:2"), some, cache_file) == {1, 2, 3, 4, 5}


def test_a_time_in_the_gap_moves_forward_and_says_so(cache_file: Path) -> None:
    some = [a_call(started=f"2026-03-29T{at}Z") for at in ("00:59:59", "01:29:59", "01:30:00")]
    asked = parse("since:2026-03-29T02:30")
    assert through(asked, some, cache_file) == {2}
    (note,) = asked.notes(CONTEXT)
    assert "2026-03-29T02:30 does not exist in Europe/Stockholm" in note
    assert parse("since:2026-03-29T04:30").notes(CONTEXT) == ()


def test_the_morning_after_the_change_counts_local_days(cache_file: Path) -> None:
    monday = FilterContext(CONTEXT.now_ms + 24 * 3_600_000, SOURCES)
    some = [a_call(started=f"2026-10-{at}Z") for at in ("24T15:20:30", "24T15:20:31", "24T16:20:30")]
    # 17:20:30 in Stockholm, two local days back: over the change that is 49 hours.
    assert through(parse("since:-2d"), some, cache_file, monday) == {1, 2}


def test_one_bound_serves_providers_whose_days_are_equal() -> None:
    alike = {name: SOURCES[name] for name in ("north", "Öst")}
    condition = parse("on:today").sql(FilterContext(CONTEXT.now_ms, alike))
    assert condition.sql == "c.key >= ? AND c.started_ms >= ? AND c.key <= ? AND c.started_ms < ?"


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("since:today", "INTEGER PRIMARY KEY (rowid>?)"),
        ("direction:in since:yesterday to:-1h", "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("caller:+46701740605", "call_by_caller (caller_party=?)"),
        ("number:+46701740605", "call_by_callee (callee_party=?)"),
        ("number:0701740605", "call_by_caller (caller_party=?)"),
        ("number:*0605", "call_by_callee (callee_party=?)"),
        ("Madsen", "call_by_employee (employee_word=?)"),
        ("queue:622", "call_by_queue (queue_word=?)"),
    ],
)
def test_the_indexes_are_used(text: str, index: str, cache_file: Path) -> None:
    connection = make_table(cache_file, [a_call()])
    condition = parse(text).sql(CONTEXT)
    plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT c.key {FROM} WHERE {condition.sql}", condition.params).fetchall()
    connection.close()
    assert any(index in row[3] for row in plan), plan


def test_the_largest_filter_runs_in_sqlite(cache_file: Path) -> None:
    words = " or ".join(f"-number:07{number}*" for number in range(MAX_VALUES))
    nested = "-(a or " * MAX_DEPTH + "number:07*" + ")" * MAX_DEPTH
    for text in (
        words,
        words.replace(" or ", " "),
        nested,
        nested.replace("or", "b or c"),
        nested.replace("or ", "since:today "),
    ):
        assert isinstance(through(parse(text), [a_call()], cache_file), set)


def test_many_wildcards_against_a_long_text_stay_quick(cache_file: Path) -> None:
    pattern = "a*" * 100 + "b"
    assert through(parse(f"employee:{pattern} or {pattern}"), [a_call(employee="a" * 256)], cache_file) == set()


def test_without_providers_nothing_matches(cache_file: Path) -> None:
    nowhere = FilterContext(CONTEXT.now_ms, {})
    for text in ("since:today", "number:102", "provider:x", "word"):
        condition = parse(text).sql(nowhere)
        connection = make_table(cache_file, [a_call()])
        assert selected(connection, condition.sql, condition.params) == set()
        connection.close()


def test_the_empty_filter_lets_everything_through(cache_file: Path) -> None:
    assert through(parse(""), [a_call(), a_call(direction=Direction.OUT)], cache_file) == {0, 1}


def test_unregistered_connections_fail_instead_of_answering(cache_file: Path) -> None:
    make_table(cache_file, [a_call(employee="Bo")]).close()
    plain = sqlite3.connect(cache_file)
    condition = parse("employee:b*o").sql(CONTEXT)
    with pytest.raises(sqlite3.OperationalError, match="matches"):
        plain.execute(f"SELECT 1 {FROM} WHERE {condition.sql}", condition.params)
    plain.close()
