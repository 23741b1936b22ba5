"""The body of Telecom X's statistics request, read as strictly as its document allows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from providers.simulator import credentials
from providers.simulator.world.times import COPENHAGEN, DAY_MS, local_day, midnight_ms

NAMES = ("employeeId", "employeeName", "extensionId", "extensionNumber")
COUNTERS = (
    "outboundCalls",
    "outboundSeconds",
    "outboundAnswered",
    "outboundUnanswered",
    "outboundFailed",
    "inboundCalls",
    "inboundSeconds",
    "inboundAnswered",
    "inboundUnanswered",
    "inboundBusy",
)
_MEMBERS = frozenset(
    (
        *("customer", "employee", "employees", "from", "to", "ignoreBelow", "ignoreLocal"),
        *("direction", "groupingInterval", "fields", "sort", "format"),
    )
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})")


class StatementError(Exception):
    """The body is refused. `message` is the machine's word of the error table, `description` the vendor's text."""

    def __init__(self, status: int, message: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.message = message
        self.description = description


@dataclass(frozen=True, slots=True)
class Statement:
    """What is asked: calls that start in [start_ms, last_ms], both included. `employees` empty means all."""

    start_ms: int
    last_ms: int
    employees: frozenset[str]
    ignore_below: float
    ignore_local: bool
    direction: str
    grouping: str
    fields: tuple[str, ...]
    sort: str
    format: str


def _bad(what: str) -> StatementError:
    return StatementError(400, "bad_request", what)


def _instant(body: dict[str, Any], name: str, default_ms: int) -> int:
    value = body.get(name)
    if name not in body:
        return default_ms
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        raise StatementError(422, "from", "Invalid date range")
    try:
        return int(datetime.fromisoformat(value).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise StatementError(422, "from", "Invalid date range") from None


def _choice(body: dict[str, Any], name: str, allowed: tuple[str, ...], default: str, error: StatementError) -> str:
    value = body.get(name, default)
    if value not in allowed:
        raise error
    return str(value)


def _employees(body: dict[str, Any]) -> frozenset[str]:
    if "employee" in body and "employees" in body:
        raise _bad("employee and employees exclude each other")
    found = body.get("employees", [body["employee"]] if "employee" in body else [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise _bad("employees is an array of ids")
    if "employees" in body and not found:
        raise _bad("employees is empty")
    return frozenset(found)


def _fields(body: dict[str, Any]) -> tuple[str, ...]:
    everything = NAMES + COUNTERS
    found = body.get("fields", list(everything))
    if isinstance(found, str):
        found = [name.strip() for name in found.split(",")]
    if not isinstance(found, list) or not found or not set(map(str, found)) <= set(everything):
        raise _bad("fields names no known field")
    return tuple(str(name) for name in found)


def read_statement(body: dict[str, Any], now_ms: int) -> Statement:
    """The statement of a request body. Raises `StatementError` with the status and word the vendor's page gives."""
    if unknown := set(body) - _MEMBERS:
        raise _bad(f"unknown member {min(unknown)}")
    if body.get("customer", credentials.TELECOMX_CUSTOMER) != credentials.TELECOMX_CUSTOMER:
        raise StatementError(403, "access_denied", "Insufficient access level")
    today_ms = midnight_ms(local_day(now_ms, COPENHAGEN), COPENHAGEN)
    tomorrow_ms = midnight_ms(local_day(today_ms + DAY_MS + DAY_MS // 8, COPENHAGEN), COPENHAGEN)
    start_ms, last_ms = _instant(body, "from", today_ms), _instant(body, "to", tomorrow_ms - 1)
    if start_ms > last_ms:
        raise StatementError(422, "from", "Invalid date range")
    below = body.get("ignoreBelow", 0)
    if isinstance(below, bool) or not isinstance(below, int | float) or below < 0:
        raise _bad("ignoreBelow is a number of seconds")
    ignore_local = body.get("ignoreLocal", False)
    if not isinstance(ignore_local, bool):
        raise _bad("ignoreLocal is true or false")
    fields = _fields(body)
    sort = _choice(body, "sort", ("", "employeeName", "extensionNumber"), "", _bad("sort is no such field"))
    if (sort and sort not in fields) or ("sort" in body and not sort):
        raise _bad("sort must be among the fields")
    interval_error = StatementError(422, "groupingInterval", "Invalid grouping interval - use MONTH, WEEK, DAY or HOUR")
    return Statement(
        start_ms=start_ms,
        last_ms=last_ms,
        employees=_employees(body),
        ignore_below=below,
        ignore_local=ignore_local,
        direction=_choice(body, "direction", ("BOTH", "IN", "OUT"), "BOTH", _bad("direction is IN, OUT or BOTH")),
        grouping=_choice(body, "groupingInterval", ("MONTH", "WEEK", "DAY", "HOUR"), "DAY", interval_error),
        fields=fields,
        sort=sort,
        format=_choice(body, "format", ("JSON", "CSV", "EXCEL"), "JSON", StatementError(422, "format", "Invalid format")),
    )
