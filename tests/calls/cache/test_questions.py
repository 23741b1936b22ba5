"""Anything may be asked about the views; nothing else is read, and nothing is changed, attached or made."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.database import NoCache
from calls.cache.questions import BadQuestion, Questions, TookTooLong
from calls.cache.reader import Reader
from calls.cache.views import VIEWS
from calls.filters import parse
from tests.calls.cache.busy import NOW_MS, Busy, fill

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Busy:
    return fill(tmp_path_factory.mktemp("questions") / "calltop.db", calls=60)


@pytest.fixture
def questions(busy: Busy) -> Iterator[Questions]:
    with Questions(busy.path) as made:
        yield made


def rows(questions: Questions, sql: str) -> list[tuple[object, ...]]:
    return list(questions.ask(sql)[1])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("what", ["*", "count(*)", "count(DISTINCT provider)"])
def test_every_view_is_open(questions: Questions, view: str, what: str) -> None:
    assert rows(questions, f"SELECT {what} FROM {view}") or view == "legs"


def test_questions_join_nest_and_recurse(questions: Questions, busy: Busy) -> None:
    with closing(Reader(busy.path)) as reader:
        known = len(list(reader.calls(parse("direction:in"), NOW_MS)))
    sql = """WITH inbound AS (SELECT c.provider, p.timezone FROM calls AS c JOIN providers AS p USING (provider)
        WHERE direction = 'in') SELECT sum(n) FROM (SELECT count(*) AS n FROM inbound GROUP BY provider, timezone)"""
    assert rows(questions, sql) == [(known,)]
    assert rows(questions, "SELECT value FROM json_each('[1, 2]')") == [(1,), (2,)]
    assert ("local_date",) in rows(questions, "SELECT name FROM pragma_table_info('calls')")
    assert rows(questions, "PRAGMA table_info(legs)")


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM call",
        "DELETE FROM calls",
        "UPDATE mark SET note = ''",
        "INSERT INTO word(text) VALUES ('x')",
        "CREATE TABLE mine (x)",
        "CREATE TEMP TABLE mine (x)",
        "CREATE TEMP VIEW mine AS SELECT 1",
        "DROP VIEW calls",
        "ATTACH 'other.db' AS other",
        "DETACH main",
        "VACUUM INTO 'copy.db'",
        "BEGIN IMMEDIATE",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA query_only = OFF",
        "PRAGMA user_version = 9",
        "PRAGMA writable_schema = ON",
        "REINDEX",
        "ANALYZE",
        "SELECT load_extension('other')",
        "SELECT * FROM call",
        "SELECT count(*) FROM party",
        "SELECT * FROM (SELECT text FROM word)",
        "SELECT (SELECT payload FROM record LIMIT 1) FROM calls",
        "SELECT * FROM calls UNION SELECT * FROM quarantine",
        "SELECT 1; DELETE FROM call",
        "SELECT ?",
        "SELEC",
        "",
    ],
)
def test_all_else_is_refused_in_one_line(questions: Questions, busy: Busy, sql: str) -> None:
    before = busy.path.read_bytes(), {path.name for path in busy.path.parent.iterdir()}
    with pytest.raises(BadQuestion) as refused:
        rows(questions, sql)
    assert "\n" not in str(refused.value)
    assert (busy.path.read_bytes(), {path.name for path in busy.path.parent.iterdir()}) == before
    assert rows(questions, "SELECT 1") == [(1,)]


def test_a_refusal_names_what_there_is(questions: Questions) -> None:
    with pytest.raises(BadQuestion, match=r"party is not one of the views; there are providers, .*calls"):
        questions.ask("SELECT number FROM party")


def test_columns_have_one_name_each_and_values_fit_every_format(questions: Questions) -> None:
    names, found = questions.ask(
        "SELECT provider, provider, x'00ff' AS blob, 9e999 AS endless FROM providers WHERE provider = 'north'"
    )
    assert names == ("provider", "provider_2", "blob", "endless")
    assert list(found) == [("north", "north", "00ff", None)]


def test_an_answer_has_its_time(busy: Busy) -> None:
    with Questions(busy.path, seconds=0.01) as questions:
        with pytest.raises(TookTooLong, match=r"no answer within 0\.01 s"):
            rows(questions, ENDLESS)
        assert rows(questions, "SELECT 1") == [(1,)]


def test_an_answer_is_stopped(busy: Busy) -> None:
    stop = threading.Event()
    stop.set()
    with Questions(busy.path, stopped=stop.is_set) as questions:
        with pytest.raises(KeyboardInterrupt):
            rows(questions, ENDLESS)
        stop.clear()
        assert rows(questions, "SELECT 1") == [(1,)]


def test_a_giant_value_is_refused(questions: Questions) -> None:
    with pytest.raises(BadQuestion, match="too big"):
        rows(questions, "SELECT zeroblob(100000000)")


def test_without_a_cache_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoCache):
        Questions(tmp_path / "none.db")
