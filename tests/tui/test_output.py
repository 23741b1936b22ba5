"""What `calls`, `stats` and `missed` write: the same rows in every format, on the screen, in a pipe or in a file."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from arro3.io import read_parquet

from calls.exports import ALL_COLUMNS, COLUMNS, FORMATS, MissingLibrary
from tests.calls.cache.busy import Busy, fill
from tui.cli import main
from tui.commands import output
from tui.commands.output import ProgressBar, progress_bar

CALLS = 400


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Busy:
    return fill(tmp_path_factory.mktemp("output") / "calltop.db", calls=CALLS, real_kinds=True)


@pytest.fixture(autouse=True)
def _cache(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLTOP_CACHE", str(busy.path))


def of_parquet(path: Path) -> list[dict[str, Any]]:
    table = read_parquet(path).read_all()
    columns = {name: table[name].to_pylist() for name in table.column_names}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def of_workbook(path: Path) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


READERS: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    "json": lambda path: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()],
    "csv": lambda path: list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))),
    "parquet": of_parquet,
    "xlsx": of_workbook,
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("wanted", ["", "direction:in -status:answered"])
def test_a_file_has_exactly_the_calls_of_the_filter(
    name: str, wanted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calls", wanted, "--format", "json"]) == 0
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    path = tmp_path / f"calls{FORMATS[name].suffix}"
    assert main(["calls", wanted, "-o", str(path), "--columns", "all"]) == 0
    assert capsys.readouterr().out == ""
    rows = READERS[name](path)
    assert tuple(rows[0]) == ALL_COLUMNS
    key = ("provider", "id", "status", "talk_seconds")
    assert [[str(row[column]) for column in key] for row in rows] == [[str(call[column]) for column in key] for call in shown]
    assert len(rows) == CALLS - 1 if not wanted else 0 < len(rows) < CALLS
    assert path.stat().st_mode & 0o777 == 0o600


def test_data_can_go_down_a_pipe(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["calls", "--format", "parquet", "--columns", "id,status,id"]) == 0
    table = read_parquet(capfdbinary.readouterr().out).read_all()
    assert (table.column_names, table.num_rows) == (["id", "status"], CALLS - 1)


@pytest.mark.parametrize("name", ["parquet", "xlsx"])
def test_a_screen_gets_no_bytes(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["calls", "--format", name]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "name a file with -o FILE" in said.err


def test_a_table_has_the_columns_that_were_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "--columns", "started_local,status,talk_seconds", "--limit", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["started_local", "status", "talk_seconds"]
    assert len(lines) == 4


@pytest.mark.parametrize("name", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize("command", [["stats"], ["stats", "--by", "queue"], ["missed"], ["missed", "--settled"]])
def test_figures_and_missed_calls_are_exported_too(
    command: list[str], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--format", "json"]) == 0
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    path = tmp_path / f"rows{FORMATS[name].suffix}"
    assert main([*command, "-o", str(path)]) == 0
    rows = READERS[name](path)
    if command[0] == "missed":
        assert [row["caller"] for row in rows] == [one["caller"] for one in shown]
        assert [row["providers"] for row in rows] == [", ".join(one["providers"]) for one in shown]
        return
    figures = {(one.get("group", "all"), name): figure for one in shown for name, figure in one.items() if name != "group"}
    assert [(row["group"] or "", row["metric"]) for row in rows] == list(figures)
    for row, figure in zip(rows, figures.values(), strict=True):
        assert str(row["numerator"]) == str(figure["numerator"])
        assert float(row["value"]) == pytest.approx(figure["value"]) if figure["value"] is not None else not row["value"]


@pytest.mark.parametrize("command", [["calls"], ["stats"], ["missed"]])
def test_a_table_goes_into_a_file_of_another_name(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command]) == 0
    shown = capsys.readouterr().out
    assert main([*command, "-o", str(tmp_path / "table.txt")]) == 0
    assert (tmp_path / "table.txt").read_text(encoding="utf-8") == shown


@pytest.mark.parametrize("name", ["table", "csv", "xlsx"])
def test_a_place_that_cannot_be_written_is_one_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none" / "calls"
    assert main(["calls", "--format", name, "-o", str(path)]) == 2
    assert capsys.readouterr().err == f"calltop: {path} cannot be written: No such file or directory\n"


def test_a_missing_library_is_one_line_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> None:
        raise MissingLibrary(f"{name} needs more; install it with: pip install 'calltop[{name}]'")

    monkeypatch.setattr(output, "check_format", missing)
    monkeypatch.setenv("CALLTOP_CACHE", str(tmp_path / "none.db"))
    assert main(["calls", "-o", str(tmp_path / "calls.xlsx")]) == 2
    assert capsys.readouterr().err == "calltop: xlsx needs more; install it with: pip install 'calltop[xlsx]'\n"


def test_the_bar_is_one_line_and_gone_at_the_end() -> None:
    out, now = Terminal(), [0.0]
    show = ProgressBar(2000, out, lambda: now[0])
    show(500)
    assert out.getvalue() == ""
    now[0] = 1.0
    show(1000)
    assert out.getvalue() == f"\r[{'#' * 12}{'.' * 12}] 1 000 of 2 000"
    show(2000)
    show.clear()
    assert out.getvalue().endswith("1 000 of 2 000\r\033[K")
    assert "\n" not in out.getvalue()


def test_the_bar_goes_when_the_person_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.setattr(sys, "stderr", out)
    monkeypatch.setattr(output, "REDRAW_SECONDS", 0)

    def given_up(path: Path, *args: object, progress: ProgressBar, **options: object) -> int:
        progress(100)
        raise KeyboardInterrupt

    monkeypatch.setattr(output, "write_file", given_up)
    assert main(["calls", "-o", str(tmp_path / "calls.csv")]) == 130
    assert out.getvalue().endswith(f"100 of {CALLS - 1}\r\033[K")


def test_nobody_looks_no_bar() -> None:
    def counted() -> int:
        raise AssertionError("nothing is counted for nobody")

    assert progress_bar(counted, io.StringIO()) is None
    assert progress_bar(None, Terminal()) is None


def test_the_columns_of_the_contract_are_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "--format", "csv", "--limit", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == ",".join(COLUMNS)
