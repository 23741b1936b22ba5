"""What is asked: the JSON body for a range of time, and the hours of a local day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from calls.model import Window
from calls.times import day_hours, format_rfc3339, local_hour

# The vendor's name for each counter, in the order of its document.
COUNTER_FIELDS: Mapping[str, str] = {
    "outboundCalls": "outbound_calls",
    "outboundSeconds": "outbound_seconds",
    "outboundAnswered": "outbound_answered",
    "outboundUnanswered": "outbound_unanswered",
    "outboundFailed": "outbound_failed",
    "inboundCalls": "inbound_calls",
    "inboundSeconds": "inbound_seconds",
    "inboundAnswered": "inbound_answered",
    "inboundUnanswered": "inbound_unanswered",
    "inboundBusy": "inbound_busy",
}
EMPLOYEE_FIELDS = ("employeeId", "employeeName", "extensionId", "extensionNumber")
Grouping = Literal["HOUR", "DAY"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose statistics are read: a customer's ("" for the token's own), and which employees' (none named: all)."""

    customer: str = ""
    employees: tuple[str, ...] = ()


def body_of(window: Window, grouping: Grouping, scope: Scope) -> dict[str, object]:
    """The request for `window`. `to` is its last millisecond, because whether the vendor includes `to` is not documented.

    Members that would say nothing are left out, and every field is asked for.
    """
    body: dict[str, object] = {}
    if scope.customer:
        body["customer"] = scope.customer
    if scope.employees:
        body["employees"] = list(scope.employees)
    fields: Sequence[str] = (*EMPLOYEE_FIELDS, *COUNTER_FIELDS)
    return body | {
        "from": format_rfc3339(window.start_ms),
        "to": format_rfc3339(window.end_ms - 1),
        "direction": "BOTH",
        "groupingInterval": grouping,
        "fields": list(fields),
        "format": "JSON",
    }


@dataclass(frozen=True, slots=True)
class Hour:
    """A local hour by its number on the clock. `merged_hours` is 2 where both passes of a repeated hour are one."""

    window: Window
    merged_hours: int


@lru_cache(maxsize=512)
def hours_of(day: date, zone: ZoneInfo) -> Mapping[int, Hour]:
    """The hours a local day had, by number: 24, or 23 in spring when clocks skip one. The repeated hour of autumn is one."""
    hours: dict[int, Hour] = {}
    for window in day_hours(day, zone):
        number = local_hour(window.start_ms, zone)
        first = hours.get(number)
        hours[number] = Hour(window, 1) if first is None else Hour(Window(first.window.start_ms, window.end_ms), 2)
    return hours
