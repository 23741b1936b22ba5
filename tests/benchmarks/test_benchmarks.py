"""The benchmark measures every row it promises, and its engines agree about the answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.budgets import BUDGETS, IDLE_BYTES, IDLE_CPU, POLL_BYTES, REASONS
from benchmarks.engines import Calltop, Plain
from benchmarks.load import records
from benchmarks.measure import fill
from benchmarks.report import document
from benchmarks.run import measure

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def rows_of(table: str) -> list[str]:
    return re.findall(r"^\| ([^|]+?) \| [<>]=", table, re.MULTILINE)


def test_every_row_is_measured_and_written(tmp_path: Path) -> None:
    run = measure(tmp_path, calls=1500, rounds=1, seconds=0.5)
    assert [row.budget for row in run.rows] == list(BUDGETS)
    # In half a second a screen at rest may do nothing, and not yet see a poll.
    maybe_nothing = {IDLE_BYTES, IDLE_CPU, POLL_BYTES}
    assert all(row.spread.median > 0 for row in run.rows if row.budget not in maybe_nothing)
    assert rows_of(document(run)) == [budget.name for budget in BUDGETS]


def test_the_document_has_the_rows_of_the_budgets() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert rows_of(text) == [budget.name for budget in BUDGETS]
    assert "not yet explained" not in text
    assert set(REASONS) <= {budget.name for budget in BUDGETS}
    reasons = dict(re.findall(r"^- \*\*(.+?)\*\*: (.+)\.$", text, re.MULTILINE))
    assert reasons == {name: REASONS[name] for name in reasons}


def test_a_table_that_lacks_calls_is_noticed(tmp_path: Path) -> None:
    rows = list(records(400))
    fill(tmp_path / "calltop.db", rows)
    plain = Plain.sqlite(tmp_path / "plain.db")
    plain.load(rows[:-200])
    ours = Calltop(tmp_path / "calltop.db")
    number = str(rows[-1][1].payload["caller"])
    name = "by hour, 90 days"
    assert ours.questions(number)[name]() != plain.questions(number)[name]()
    plain.connection.close()
    ours.reader.close()


def test_without_duckdb_the_other_engines_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("benchmarks.engines.importlib.import_module", missing)
    assert Plain.duckdb(tmp_path / "duck.db") is None
