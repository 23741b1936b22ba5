"""What a cell holds, and how it reads as text."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from calls.times import format_rfc3339

Value = str | int | float | bool | None

# The last four are the wide forms that spreadsheets of East Asia take for the first four.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class ValueKind(StrEnum):
    """What the values of a column are. An instant is milliseconds since 1970 in UTC; a local time is the same count for the
    date and time that a clock on the wall showed; both are None where they are not known."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    INSTANT = "instant"
    LOCAL = "local"


class Column(NamedTuple):
    """A column of an export."""

    name: str
    kind: ValueKind = ValueKind.TEXT


def json_value(value: Value, kind: ValueKind) -> Value:
    """The value as JSON and CSV have it: instants as RFC 3339 in UTC, local times as "2026-11-22 10:42:00"."""
    if isinstance(value, int):
        if kind is ValueKind.INSTANT:
            return format_rfc3339(value)
        if kind is ValueKind.LOCAL:
            return wall_clock(value).strftime("%Y-%m-%d %H:%M:%S")
    return value


def wall_clock(local_ms: int) -> datetime:
    """A local time, without a zone, to the second."""
    return datetime.fromtimestamp(local_ms // 1000, UTC).replace(tzinfo=None)


def spreadsheet_cell(value: Value) -> Value:
    """A value that no spreadsheet takes for a formula: text that begins like one gets an apostrophe, unless it is a number."""
    if isinstance(value, str) and value[:1] in _FORMULA_STARTS and not value[1:].replace(" ", "").isdigit():
        return "'" + value
    return value
