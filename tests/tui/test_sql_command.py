"""`calltop sql`: data on standard output, one line for what cannot be asked, and ctrl+c at any time."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.calls.cache.busy import Busy, fill
from tui.cli import main
from tui.commands import sql

CALLS = "SELECT provider, caller, talk_ms FROM calls ORDER BY started_ms LIMIT 5"


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Busy:
    return fill(tmp_path_factory.mktemp("sql") / "calltop.db", calls=60)


@pytest.fixture(autouse=True)
def _cache(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLTOP_CACHE", str(busy.path))


def test_every_format_has_the_same_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", CALLS, "--format", "json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(line) for line in lines] == [["provider", "caller", "talk_ms"]] * 5
    assert main(["sql", CALLS, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert [row["talk_ms"] for row in rows] == [str(line["talk_ms"]) for line in lines]
    assert main(["sql", CALLS]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
    assert main(["sql", CALLS, "-o", str(tmp_path / "calls.csv")]) == 0
    assert (tmp_path / "calls.csv").stat().st_mode & 0o777 == 0o600


def test_neither_values_nor_names_of_columns_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "SELECT char(27) || '[31mred' AS \"a\x1b[3m\u202eb\""]) == 0
    heading, row = capsys.readouterr().out.splitlines()
    assert "\x1b" not in heading + row
    assert "\u202e" not in heading
    assert "red" in row


def test_a_question_comes_from_standard_input_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT 40 + 2 AS answer;\n"))
    assert main(["sql", "-", "--format", "json"]) == 0
    assert capsys.readouterr().out == '{"answer": 42}\n'


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["DELETE FROM call"], 2, "only questions can be asked here"),
        (["SELECT * FROM party"], 2, "party is not one of the views"),
        (["SELEC"], 2, "syntax error"),
        (["SELECT 1", "-o", "answer.xlsx"], 2, "answer.xlsx: xlsx is not written here; there are table, json, csv"),
    ],
)
def test_what_cannot_be_asked_is_one_line(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sql", *arguments]) == code
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert said in printed.err


def test_a_long_answer_is_given_up(capsys: pytest.CaptureFixture[str]) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    assert main(["sql", "--timeout", "0.01", endless]) == 1
    assert "no answer within 0.01 s; ask for less, or give it longer with --timeout" in capsys.readouterr().err


def test_a_table_is_bounded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sql, "TABLE_ROWS", 3)
    assert main(["sql", "SELECT id FROM calls"]) == 0
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 4
    assert "the first 3 rows; --format csv or json has them all" in printed.err


def test_without_a_cache_the_answer_is_how_to_get_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "--cache", str(tmp_path / "none.db"), "SELECT 1"]) == 1
    assert "calltop collect --once" in capsys.readouterr().err


def test_ctrl_c_ends_it(busy: Busy) -> None:
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "sql", "--timeout", "0", "--format", "json", rows],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"CALLTOP_CACHE": str(busy.path)},
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b'{"i": 1}\n'
        process.send_signal(signal.SIGINT)
        # What was written before the key goes on to be read.
        process.stdout.read()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 130
