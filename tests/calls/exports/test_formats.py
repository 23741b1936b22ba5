"""Every format holds the same values, is streamed, and stands at its place whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from arro3.io import read_parquet
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.exports import (
    FORMATS,
    Column,
    MissingLibrary,
    UnknownFormat,
    ValueKind,
    format_named,
    workbook,
    write_file,
    write_stream,
)
from calls.exports.parquet import GROUP_ROWS
from calls.text import clean
from calls.times import parse_rfc3339

COLUMNS = tuple(Column(kind.value, kind) for kind in ValueKind)
START_MS = parse_rfc3339("2026-11-22T10:39:04Z")
ROWS: list[tuple[Any, ...]] = [
    ("=cmd|' /C calc'!A0", 3, 0.5, True, START_MS, START_MS + 3_600_000),
    (None, None, None, None, None, None),
    ("https://pbx.example", -1, 12.0, False, START_MS, START_MS),
]
INSTANT = datetime(2026, 11, 22, 10, 39, 4, tzinfo=UTC)


def written(name: str, rows: list[tuple[Any, ...]] = ROWS, *, raw: bool = False) -> bytes:
    out = io.BytesIO()
    assert write_stream(out, name, COLUMNS, rows, raw=raw) == len(rows)
    return out.getvalue()


def test_json_has_one_object_a_line() -> None:
    lines = [json.loads(line) for line in written("json").splitlines()]
    assert [list(line) for line in lines] == [[column.name for column in COLUMNS]] * 3
    assert list(lines[0].values()) == [ROWS[0][0], 3, 0.5, True, "2026-11-22T10:39:04.000Z", "2026-11-22 11:39:04"]
    assert set(lines[1].values()) == {None}


@pytest.mark.parametrize("raw", [False, True])
def test_csv_is_safe_unless_it_is_raw(raw: bool) -> None:
    rows = list(csv.reader(io.StringIO(written("csv", raw=raw).decode(), newline="")))
    assert rows[0] == [column.name for column in COLUMNS]
    assert rows[1][0] == ("" if raw else "'") + ROWS[0][0]
    assert rows[2] == [""] * len(COLUMNS)
    assert rows[3] == ["https://pbx.example", "-1", "12.0", "False", "2026-11-22T10:39:04.000Z", "2026-11-22 10:39:04"]


def test_parquet_has_types_and_nulls() -> None:
    table = read_parquet(written("parquet")).read_all()
    assert table.column_names == [column.name for column in COLUMNS]
    values = {name: table[name].to_pylist() for name in table.column_names}
    assert values["text"] == [ROWS[0][0], None, "https://pbx.example"]
    assert (values["whole"], values["number"], values["flag"]) == ([3, None, -1], [0.5, None, 12.0], [True, None, False])
    assert values["instant"] == [INSTANT, None, INSTANT]
    assert values["local"] == [datetime(2026, 11, 22, 11, 39, 4), None, datetime(2026, 11, 22, 10, 39, 4)]  # noqa: DTZ001


def test_a_workbook_has_types_and_neither_formulas_nor_links() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx"))).active
    assert sheet is not None
    header, first, empty, last = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert header == [column.name for column in COLUMNS]
    naive = INSTANT.replace(tzinfo=None)
    assert first == [ROWS[0][0], 3, 0.5, True, naive, datetime(2026, 11, 22, 11, 39, 4)]  # noqa: DTZ001
    assert set(empty) == {None}
    assert last[:4] == ["https://pbx.example", -1, 12, False]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b", "d"}
    assert sheet["A4"].hyperlink is None
    assert sheet["E2"].number_format.endswith('" UTC"')


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 3)
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", ROWS[:1] * 6)))
    assert [sheet.max_row for sheet in book.worksheets] == [3, 3, 3]
    assert [sheet["B1"].value for sheet in book.worksheets] == ["whole"] * 3


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text().map(clean), max_size=4))
def test_any_cleaned_text_comes_back(texts: list[str]) -> None:
    rows = [(text, *[None] * 5) for text in texts]
    assert [json.loads(line)["text"] for line in written("json", rows).splitlines()] == texts
    assert [row[0] for row in csv.reader(io.StringIO(written("csv", rows, raw=True).decode(), newline=""))][1:] == texts
    assert read_parquet(written("parquet", rows)).read_all()["text"].to_pylist() == texts
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", rows))).active
    assert sheet is not None
    assert [row[0].value or "" for row in sheet.iter_rows(min_row=2, max_row=1 + len(texts))] == texts


class _Row(list[Any]):
    """A row that counts how many of its kind are in memory."""

    alive = most = 0

    def __init__(self, values: Any) -> None:
        super().__init__(values)
        _Row.alive += 1
        _Row.most = max(_Row.most, _Row.alive)

    def __del__(self) -> None:
        _Row.alive -= 1


@pytest.mark.parametrize("name", FORMATS)
def test_few_rows_are_in_memory_at_a_time(name: str) -> None:
    total = 2 * GROUP_ROWS + 1 if name == "parquet" else 2_000
    _Row.alive = _Row.most = 0
    rows = (_Row([str(number), number]) for number in range(total))
    out = io.BytesIO()
    assert write_stream(out, name, (Column("text"), Column("whole", ValueKind.WHOLE)), rows) == total
    assert _Row.most <= (GROUP_ROWS + 2 if name == "parquet" else 3)
    if name == "parquet":
        assert read_parquet(out.getvalue()).read_all()["whole"].to_pylist() == list(range(total))


def _failing() -> Iterator[tuple[Any, ...]]:
    yield ROWS[0]
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_private_and_whole_or_not_there(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    path = tmp_path / f"calls{FORMATS[name].suffix}"
    assert format_named(path) == name
    with pytest.raises(KeyboardInterrupt):
        write_file(path, name, COLUMNS, _failing())
    assert [path.name for path in tmp_path.rglob("*")] == ["temporary"]
    assert write_file(path, name, COLUMNS, ROWS) == len(ROWS)
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyboardInterrupt):
        write_file(path, name, COLUMNS, _failing())
    assert path.read_bytes() == before
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([path.name, "temporary"])


def test_progress_tells_the_rows_and_may_end_the_export(tmp_path: Path) -> None:
    told: list[int] = []
    assert write_file(tmp_path / "calls.csv", "csv", COLUMNS, ROWS * 400, progress=told.append) == 1200
    assert told == [500, 1000, 1200]

    def given_up(rows: int) -> None:
        raise RuntimeError(rows)

    for name in FORMATS:
        with pytest.raises(RuntimeError):
            write_file(tmp_path / "more", name, COLUMNS, ROWS * 400, progress=given_up)
    assert [path.name for path in tmp_path.iterdir()] == ["calls.csv"]


@pytest.mark.parametrize(("name", "module"), [("parquet", "arro3.io"), ("parquet", "arro3"), ("xlsx", "xlsxwriter")])
def test_what_is_missing_is_named(name: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for known in [known for known in sys.modules if known == module or known.startswith(f"{module}.")]:
        monkeypatch.delitem(sys.modules, known)
    monkeypatch.setattr("sys.meta_path", [_Without(module), *sys.meta_path])
    with pytest.raises(MissingLibrary, match=rf"pip install 'calltop\[{name}\]'"):
        write_file(tmp_path / "calls", name, COLUMNS, ROWS)
    assert list(tmp_path.iterdir()) == []


class _Without:
    """Finds no module of this name, as where it is not installed."""

    def __init__(self, module: str) -> None:
        self._module = module

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == self._module:
            raise ModuleNotFoundError(name)


def test_a_name_without_a_known_end_tells_no_format() -> None:
    with pytest.raises(UnknownFormat, match="end it with"):
        format_named(Path("calls.txt"))
