"""Plain tables on standard output: aligned by terminal cells, numbers right, safe to print."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from calls.exports import Column, Value, ValueKind, json_value
from calls.model import Call
from calls.text import clean, mask_number


def cell_width(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def write_table(out: TextIO, header: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int]) -> int:
    """Writes rows under a header, the columns in `right` flush right. Returns the number of rows."""
    cells = [[clean(value) for value in row] for row in rows]
    cells.insert(0, [clean(name) for name in header])
    widths = [max(map(cell_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [
            (" " * (width - cell_width(text)) + text) if index in right else text + " " * (width - cell_width(text))
            for index, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        out.write("  ".join(padded).rstrip() + "\n")
    return len(cells) - 1


def value_table(out: TextIO, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> int:
    """Rows of values under the names of their columns, what is not known as "-", numbers flush right."""
    shown = (
        ["-" if value is None else str(json_value(value, column.kind)) for column, value in zip(columns, row, strict=True)]
        for row in rows
    )
    right = frozenset(index for index, column in enumerate(columns) if column.kind in (ValueKind.WHOLE, ValueKind.NUMBER))
    return write_table(out, [column.name for column in columns], shown, right)


def duration_text(milliseconds: int | None) -> str:
    """A duration as minutes and seconds, with hours from an hour on; "-" when unknown."""
    if milliseconds is None:
        return "-"
    seconds = (milliseconds + 500) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def local_time_text(instant_ms: int, zone: ZoneInfo) -> str:
    """Date and time in a provider's zone."""
    return datetime.fromtimestamp(instant_ms / 1000, zone).strftime("%Y-%m-%d %H:%M:%S")


def call_table(out: TextIO, calls: Iterable[Call], zones: Mapping[str, ZoneInfo], *, mask: bool) -> int:
    """Calls as a table, times in the zone of each provider."""
    hide = mask_number if mask else str
    rows = (
        (
            local_time_text(call.started_ms, zones[call.provider]),
            call.provider,
            call.direction.value,
            call.status.value,
            hide(call.caller) or "withheld",
            hide(call.callee) or "-",
            call.queue or "-",
            call.employee or "-",
            duration_text(call.wait_ms),
            duration_text(call.talk_ms),
        )
        for call in calls
    )
    header = ("started", "provider", "direction", "status", "caller", "callee", "queue", "employee", "wait", "talk")
    return write_table(out, header, rows, frozenset({8, 9}))
