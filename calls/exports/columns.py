"""The columns of a call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from calls.exports.cells import Column, Value, ValueKind, json_value
from calls.model import Call
from calls.text import mask_number

_UTC = ZoneInfo("UTC")
Zones = Mapping[str, ZoneInfo]
_ValueOf = Callable[[Call, Zones], Value]


def _seconds(value: int | None) -> int | None:
    return None if value is None else (value + 500) // 1000


def _local_ms(call: Call, zones: Zones) -> int:
    zone = zones.get(call.provider, _UTC)
    offset = datetime.fromtimestamp(call.started_ms / 1000, zone).utcoffset()
    return call.started_ms + (0 if offset is None else int(offset.total_seconds()) * 1000)


# The order is a contract with other programs: new columns go to the second table.
_VALUES: dict[str, tuple[ValueKind, _ValueOf]] = {
    "provider": (ValueKind.TEXT, lambda call, _: call.provider),
    "kind": (ValueKind.TEXT, lambda call, _: call.kind),
    "id": (ValueKind.TEXT, lambda call, _: call.id),
    "started_at": (ValueKind.INSTANT, lambda call, _: call.started_ms),
    "ringing_at": (ValueKind.INSTANT, lambda call, _: call.ringing_ms),
    "answered_at": (ValueKind.INSTANT, lambda call, _: call.answered_ms),
    "ended_at": (ValueKind.INSTANT, lambda call, _: call.ended_ms),
    "direction": (ValueKind.TEXT, lambda call, _: call.direction.value),
    "status": (ValueKind.TEXT, lambda call, _: call.status.value),
    "caller": (ValueKind.TEXT, lambda call, _: call.caller or None),
    "caller_name": (ValueKind.TEXT, lambda call, _: call.caller_name or None),
    "callee": (ValueKind.TEXT, lambda call, _: call.callee or None),
    "callee_name": (ValueKind.TEXT, lambda call, _: call.callee_name or None),
    "queue": (ValueKind.TEXT, lambda call, _: call.queue or None),
    "employee": (ValueKind.TEXT, lambda call, _: call.employee or None),
    "talk_seconds": (ValueKind.WHOLE, lambda call, _: _seconds(call.talk_ms)),
    "ring_seconds": (ValueKind.WHOLE, lambda call, _: _seconds(call.ring_ms)),
    "wait_seconds": (ValueKind.WHOLE, lambda call, _: _seconds(call.wait_ms)),
    "legs": (ValueKind.WHOLE, lambda call, _: call.leg_count),
}
_MORE_VALUES: dict[str, tuple[ValueKind, _ValueOf]] = {
    "started_local": (ValueKind.LOCAL, _local_ms),
    "project": (ValueKind.TEXT, lambda call, _: call.project or None),
    "route": (ValueKind.TEXT, lambda call, _: call.route or None),
    "trunk": (ValueKind.TEXT, lambda call, _: call.trunk or None),
    "linked": (ValueKind.TEXT, lambda call, _: call.linked or None),
    "external": (ValueKind.TEXT, lambda call, _: call.external or None),
    "has_recording": (ValueKind.FLAG, lambda call, _: call.has_recording),
    "has_transcription": (ValueKind.FLAG, lambda call, _: call.has_transcription),
    "has_monitor": (ValueKind.FLAG, lambda call, _: call.has_monitor),
    "approximate": (ValueKind.FLAG, lambda call, _: call.approximate),
    "doubt": (ValueKind.TEXT, lambda call, _: call.doubt or None),
}
_EVERY = _VALUES | _MORE_VALUES

COLUMNS = tuple(_VALUES)
ALL_COLUMNS = tuple(_EVERY)
NUMBER_COLUMNS = frozenset({"id", "caller", "callee", "linked", "external"})


def call_table_columns(names: Sequence[str]) -> tuple[Column, ...]:
    """The columns with these names. Raises KeyError for an unknown one."""
    return tuple(Column(name, _EVERY[name][0]) for name in names)


def call_rows(calls: Iterable[Call], names: Sequence[str], zones: Zones, *, mask: bool = False) -> Iterator[tuple[Value, ...]]:
    """A row per call with the values of these columns, made as it is taken.

    `zones` has the zone of each provider, for the local time. With `mask`, numbers lose their last four digits, also inside an
    id that is made of them. Raises KeyError for an unknown column.
    """
    getters = [_EVERY[name][1] for name in names]
    hidden = [index for index, name in enumerate(names) if name in NUMBER_COLUMNS] if mask else []
    for call in calls:
        values = [getter(call, zones) for getter in getters]
        for index in hidden:
            value = values[index]
            values[index] = None if value is None else _masked(call, str(value))
        yield tuple(values)


def call_json(call: Call, names: Sequence[str] = COLUMNS, *, mask: bool = False) -> dict[str, Any]:
    """A call by column name: text, whole seconds, RFC 3339 in UTC, or None; masked as in `call_rows`.

    Raises KeyError for an unknown column.
    """
    (row,) = call_rows([call], names, {}, mask=mask)
    return {name: json_value(value, _EVERY[name][0]) for name, value in zip(names, row, strict=True)}


def _masked(call: Call, text: str) -> str:
    for number in sorted({call.caller, call.callee}, key=len, reverse=True):
        if number:
            text = text.replace(number, mask_number(number))
    return text
