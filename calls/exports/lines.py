"""Rows as lines of text: one JSON object a line, or CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from calls.exports.cells import Column, Value, ValueKind, json_value, spreadsheet_cell

Row = Sequence[Value]


_TIMES = (ValueKind.INSTANT, ValueKind.LOCAL)


def write_json(out: TextIO, columns: Sequence[Column], rows: Iterable[Row], *, raw: bool) -> None:
    """One object a line. JSON runs nothing, so `raw` changes nothing."""
    import json

    names = [column.name for column in columns]
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for values in _texts(columns, rows):
        out.write(encode(dict(zip(names, values, strict=True))) + "\n")


def write_csv(out: TextIO, columns: Sequence[Column], rows: Iterable[Row], *, raw: bool) -> None:
    """A header and a line per row, an unknown value as nothing. Unless `raw`, no cell can be taken for a formula."""
    import csv

    writer = csv.writer(out)
    writer.writerow([column.name for column in columns])
    unsafe = [] if raw else [index for index, column in enumerate(columns) if column.kind is ValueKind.TEXT]
    for values in _texts(columns, rows):
        for index in unsafe:
            values[index] = spreadsheet_cell(values[index])
        writer.writerow(values)


def _texts(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[list[Value]]:
    """The rows with their times as text. Only columns that need it are looked at: a million rows have many cells."""
    times = [(index, column.kind) for index, column in enumerate(columns) if column.kind in _TIMES]
    for row in rows:
        values = list(row)
        for index, kind in times:
            values[index] = json_value(values[index], kind)
        yield values
