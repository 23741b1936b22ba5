"""Calls as data for other programs: JSON objects, CSV rows, plain columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calls.model import Call
from calls.text import mask_number
from calls.times import format_rfc3339


def _instant(value: int | None) -> str | None:
    return None if value is None else format_rfc3339(value)


def _seconds(value: int | None) -> int | None:
    return None if value is None else (value + 500) // 1000


_VALUES: Mapping[str, Callable[[Call], Any]] = {
    "provider": lambda call: call.provider,
    "kind": lambda call: call.kind,
    "id": lambda call: call.id,
    "started_at": lambda call: _instant(call.started_ms),
    "ringing_at": lambda call: _instant(call.ringing_ms),
    "answered_at": lambda call: _instant(call.answered_ms),
    "ended_at": lambda call: _instant(call.ended_ms),
    "direction": lambda call: call.direction.value,
    "status": lambda call: call.status.value,
    "caller": lambda call: call.caller or None,
    "caller_name": lambda call: call.caller_name or None,
    "callee": lambda call: call.callee or None,
    "callee_name": lambda call: call.callee_name or None,
    "queue": lambda call: call.queue or None,
    "employee": lambda call: call.employee or None,
    "talk_seconds": lambda call: _seconds(call.talk_ms),
    "ring_seconds": lambda call: _seconds(call.ring_ms),
    "wait_seconds": lambda call: _seconds(call.wait_ms),
    "legs": lambda call: call.leg_count,
}
COLUMNS = tuple(_VALUES)
NUMBER_COLUMNS = frozenset({"id", "caller", "callee"})
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def call_json(call: Call, columns: tuple[str, ...] = COLUMNS, *, mask: bool = False) -> dict[str, Any]:
    """A call by column name: text, whole seconds, RFC 3339 in UTC, or None.

    With `mask`, numbers lose their last four digits, also inside an id that is made of them. Raises KeyError for an unknown
    column.
    """
    row = {name: _VALUES[name](call) for name in columns}
    if mask:
        for name in NUMBER_COLUMNS & row.keys():
            row[name] = _masked(call, str(row[name])) if row[name] is not None else None
    return row


def _masked(call: Call, text: str) -> str:
    for number in sorted({call.caller, call.callee}, key=len, reverse=True):
        if number:
            text = text.replace(number, mask_number(number))
    return text


def spreadsheet_cell(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula: text that begins like one gets an apostrophe, unless it is a number."""
    if isinstance(value, str) and value[:1] in _FORMULA_STARTS and not value[1:].replace(" ", "").isdigit():
        return "'" + value
    return value
