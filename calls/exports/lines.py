"""Rows as lines of text: one JSON object a line, or CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from typing import TextIO

from calls.exports.cells import Column, Value, json_value, spreadsheet_cell

Row = Sequence[Value]


def write_json(out: TextIO, columns: Sequence[Column], rows: Iterable[Row], *, raw: bool) -> None:
    """One object a line. JSON runs nothing, so `raw` changes nothing."""
    for row in rows:
        values = {column.name: json_value(value, column.kind) for column, value in zip(columns, row, strict=True)}
        out.write(json.dumps(values, ensure_ascii=False) + "\n")


def write_csv(out: TextIO, columns: Sequence[Column], rows: Iterable[Row], *, raw: bool) -> None:
    """A header and a line per row, an unknown value as nothing. Unless `raw`, no cell can be taken for a formula."""
    writer = csv.writer(out)
    writer.writerow([column.name for column in columns])
    safe = (lambda value: value) if raw else spreadsheet_cell
    kinds = [column.kind for column in columns]
    for row in rows:
        writer.writerow([safe(json_value(value, kind)) for value, kind in zip(row, kinds, strict=True)])
