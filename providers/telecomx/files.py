"""Statistics as a file, CSV or a workbook: saved as received, and its rows read as entries like those of JSON.

The document names the formats and not their layout: a heading with the names of the fields is expected, and a column
"interval" for the key. A workbook is Office Open XML (ECMA-376), read with the standard library.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree

from providers.telecomx.request import COUNTER_FIELDS, EMPLOYEE_FIELDS

MOST_SHEET_BYTES = 64 * 1024 * 1024
MOST_CELLS_PER_ROW = 200
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_STRINGS = "xl/sharedStrings.xml"
_INTERVAL = "interval"


def read_csv(content: bytes) -> list[dict[str, Any]]:
    """The entries of a CSV file, separated by commas or semicolons. Raises ValueError, one line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("the CSV file is not UTF-8") from None
    heading = text.partition("\n")[0]
    separator = ";" if heading.count(";") > heading.count(",") else ","
    try:
        return entries(list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)))
    except csv.Error as error:
        raise ValueError(f"the CSV file cannot be read: {error}") from None


def read_workbook(content: bytes) -> list[dict[str, Any]]:
    """The entries of a workbook's first sheet. Raises ValueError, one line, also for parts that are suspiciously large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            sheets = sorted(name for name in names if _SHEET.fullmatch(name))
            if not sheets:
                raise ValueError("the workbook has no sheet")
            strings = _strings(_part(archive, _STRINGS)) if _STRINGS in names else []
            return entries(list(_rows(_part(archive, sheets[0]), strings)))
    except (zipfile.BadZipFile, ElementTree.ParseError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise ValueError(f"the workbook cannot be read ({type(error).__name__})") from None


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with archive.open(name) as part:
        content = part.read(MOST_SHEET_BYTES + 1)
    if len(content) > MOST_SHEET_BYTES:
        raise ValueError(f"the workbook's part {name} is larger than {MOST_SHEET_BYTES // 2**20} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"the workbook's part {name} is not UTF-8") from None
    if "<!" in text.replace("<!--", "").replace("<![CDATA[", ""):
        raise ValueError(f"the workbook's part {name} declares entities, which no workbook needs")
    return ElementTree.fromstring(text.partition("?>")[2] if text.startswith("<?xml") else text)  # noqa: S314 - no entities


def _strings(root: ElementTree.Element) -> list[str]:
    return [_text(item) for item in root.iter(f"{_SPACE}si")]


def _text(item: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in item.iter(f"{_SPACE}t"))


def _rows(root: ElementTree.Element, strings: Sequence[str]) -> Iterator[list[str]]:
    for row in root.iter(f"{_SPACE}row"):
        line: list[str] = []
        for cell in row.iter(f"{_SPACE}c"):
            column = _column(cell.get("r", ""), len(line))
            if column >= MOST_CELLS_PER_ROW:
                raise ValueError(f"a row of the workbook has more than {MOST_CELLS_PER_ROW} cells")
            line += [""] * (column - len(line)) + [_value(cell, strings)]
        yield line


def _column(place: str, otherwise: int) -> int:
    """The column, from 0, of a place such as "B7"; cells without a place follow each other."""
    letters = re.match(r"[A-Z]{1,3}", place)
    if letters is None:
        return otherwise
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return max(number - 1, otherwise)


def _value(cell: ElementTree.Element, strings: Sequence[str]) -> str:
    kind, value = cell.get("t", "n"), cell.findtext(f"{_SPACE}v") or ""
    if kind == "inlineStr":
        return _text(cell)
    if kind != "s":
        return value
    if not value.isdecimal() or int(value) >= len(strings):
        raise ValueError("a cell of the workbook names a text that is not there")
    return strings[int(value)]


def entries(table: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """A table with its heading as entries, one per employee and extension, each with its intervals in `data`."""
    if not table:
        raise ValueError("the file is empty")
    heading = [name.strip() for name in table[0]]
    if _INTERVAL not in heading or len(set(heading)) != len(heading):
        raise ValueError("the file's heading has no column interval, or has a name twice")
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for number, line in enumerate(table[1:], 2):
        if not any(line):
            continue
        if len(line) != len(heading):
            raise ValueError(f"line {number} of the file has {len(line)} columns, the heading has {len(heading)}")
        row = dict(zip(heading, line, strict=True))
        names = {name: row[name] for name in EMPLOYEE_FIELDS if name in row}
        entry = found.setdefault(tuple(names.values()), {**names, "data": {}})
        if row[_INTERVAL] in entry["data"]:
            raise ValueError(f"line {number} of the file repeats an employee's interval")
        entry["data"][row[_INTERVAL]] = {name: row[name] for name in COUNTER_FIELDS if row.get(name)}
    return list(found.values())
