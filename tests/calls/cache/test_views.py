"""The views that others build on are those that are documented, column by column, and the documented examples run."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.reader import Reader
from calls.cache.views import VIEWS
from calls.exports import ALL_COLUMNS, call_rows, call_table_columns, write_file
from calls.filters import parse
from tests.calls.cache.busy import NOW_MS, Busy, fill

DOCUMENT = (Path(__file__).parents[3] / "docs" / "cache.md").read_text(encoding="utf-8")
DICTIONARY = DOCUMENT.partition("\n## Views\n")[2].partition("\n## ")[0]
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", DICTIONARY, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Busy:
    return fill(tmp_path_factory.mktemp("views") / "calltop.db", calls=300)


@pytest.fixture
def connection(busy: Busy) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{busy.path.as_uri()}?mode=ro", uri=True)) as opened:
        yield opened


def test_every_view_is_documented_and_no_other() -> None:
    assert set(SECTIONS) == set(VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_is_documented_and_no_other(view: str, connection: sqlite3.Connection) -> None:
    cells = re.findall(r"^\| (`[^|]+) \|", SECTIONS[view], re.MULTILINE)
    documented = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    columns = [row[0] for row in connection.execute(f"SELECT * FROM {view} LIMIT 1").description]
    assert sorted(documented) == sorted(columns)
    assert connection.execute(f"SELECT count(*) FROM {view}").fetchone()[0] >= (0 if view == "legs" else 1)


@pytest.mark.parametrize("example", re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL))
def test_every_example_runs(example: str, connection: sqlite3.Connection) -> None:
    assert connection.execute(example.replace("'-7 days'", "'-10 years'")).fetchall()


@pytest.mark.parametrize("example", re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL))
def test_every_example_in_python_runs(example: str, busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(busy.path.parent)
    printed: list[object] = []
    scope: dict[str, object] = {"print": lambda *words: printed.append(words)}
    exec(example, scope)
    connection = scope["connection"]
    assert isinstance(connection, sqlite3.Connection)
    connection.close()
    assert printed


@pytest.mark.parametrize(("extension", "example"), re.findall(r"```duckdb ?(\w*)\n(.*?)```", DOCUMENT, re.DOTALL))
def test_every_example_of_duckdb_runs(extension: str, example: str, busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed; it comes with the extra bench")
    monkeypatch.chdir(busy.path.parent)
    with closing(Reader(busy.path)) as reader:
        rows = call_rows(reader.calls(parse("direction:in"), NOW_MS), ALL_COLUMNS, {})
        write_file(busy.path.parent / "calls.parquet", "parquet", call_table_columns(ALL_COLUMNS), rows)
    with closing(duckdb.connect()) as opened:
        if extension:
            try:
                opened.execute(f"LOAD {extension}")
            except duckdb.Error:
                pytest.skip(f"DuckDB's extension {extension} is not installed")
        assert opened.execute(example).fetchall()


def test_the_calls_are_those_of_the_reader(busy: Busy, connection: sqlite3.Connection) -> None:
    with closing(Reader(busy.path)) as reader:
        known = {(call.provider, call.id): call for call in reader.calls(parse(""), NOW_MS)}
    connection.row_factory = sqlite3.Row
    rows = connection.execute("SELECT * FROM calls").fetchall()
    assert {(row["provider"], row["id"]) for row in rows} == set(known)
    for row in rows:
        call = known[row["provider"], row["id"]]
        for name in ("started_ms", "direction", "status", "caller", "caller_name", "callee", "queue", "employee", "talk_ms"):
            assert row[name] == getattr(call, name)


@pytest.mark.parametrize(("view", "group"), [("hourly_totals", "direction"), ("daily_totals", "local_date, queue")])
def test_totals_are_those_of_the_calls(view: str, group: str, connection: sqlite3.Connection) -> None:
    by_hand = f"SELECT provider, status, {group}, count(*), sum(talk_ms) FROM calls GROUP BY provider, status, {group}"
    kept = f"SELECT provider, status, {group}, sum(calls), sum(talk_ms) FROM {view} GROUP BY provider, status, {group}"
    assert sorted(connection.execute(kept).fetchall()) == sorted(connection.execute(by_hand).fetchall())


def test_the_local_date_is_that_of_the_provider(connection: sqlite3.Connection) -> None:
    # Half an hour before midnight UTC is the next day in Stockholm and Bucharest.
    rows = connection.execute(
        "SELECT started_at, local_date FROM calls WHERE started_at LIKE '2026-10-24T23:%' AND direction = 'in'"
    ).fetchall()
    assert rows
    assert {date for _, date in rows} == {"2026-10-25"}
