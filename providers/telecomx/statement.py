"""A request for statistics as a value, with every parameter of the document, checked before it is sent.

Source: page "API : PBX : CDR Statistics", section Request. The keys of an answer carry no year, keys of hours and days no
month either, so a range in which one key could mean two intervals is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from calls.model import Window
from calls.times import format_rfc3339, local_date, local_day_window
from providers.telecomx.request import COUNTER_FIELDS, EMPLOYEE_FIELDS, hours_of

Interval = Literal["MONTH", "WEEK", "DAY", "HOUR"]
Direction = Literal["IN", "OUT", "BOTH"]
Format = Literal["JSON", "CSV", "EXCEL"]
Sort = Literal["", "employeeName", "extensionNumber"]
ALL_FIELDS = (*EMPLOYEE_FIELDS, *COUNTER_FIELDS)
_IDENTIFIER = re.compile(r"[0-9A-Za-z]{1,64}")
_ONE_CYCLE: Mapping[str, str] = {
    "HOUR": "one local day",
    "DAY": "one calendar month",
    "WEEK": "one year of ISO weeks",
    "MONTH": "one calendar year",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What is asked. None, "" and empty mean that the member is left out, so that the vendor's default holds.

    `window` is sent as `from` and its last millisecond as `to`; `ignore_below_seconds` leaves shorter calls out.
    """

    window: Window | None = None
    grouping: Interval = "DAY"
    customer: str = ""
    employee: str = ""
    employees: tuple[str, ...] = ()
    ignore_below_seconds: int | None = None
    ignore_local: bool | None = None
    direction: Direction = "BOTH"
    fields: tuple[str, ...] = ALL_FIELDS
    sort: Sort = ""
    format: Format = "JSON"

    @property
    def whole(self) -> bool:
        """Whether every call of the employees asked for is counted, so that the totals are those a poll brings."""
        return self.direction == "BOTH" and not self.ignore_local and not self.ignore_below_seconds

    def body(self, zone: ZoneInfo) -> dict[str, Any]:
        """The members of the request. Raises ValueError, one line, for what must not be sent."""
        self._check(zone)
        members: dict[str, Any] = {
            "customer": self.customer or None,
            "employee": self.employee or None,
            "employees": list(self.employees) or None,
            "from": None if self.window is None else format_rfc3339(self.window.start_ms),
            "to": None if self.window is None else format_rfc3339(self.window.end_ms - 1),
            "ignoreBelow": self.ignore_below_seconds,
            "ignoreLocal": self.ignore_local,
            "direction": self.direction,
            "groupingInterval": self.grouping,
            "fields": list(self.fields),
            "sort": self.sort or None,
            "format": self.format,
        }
        return {name: value for name, value in members.items() if value is not None}

    def interval(self, key: str, zone: ZoneInfo) -> Window:
        """The part of the asked range that a key of the answer means. Raises ValueError when it means none."""
        if self.window is None:
            raise ValueError("the range was left to the provider, so its keys have no date")
        found = None
        if key.isascii() and key.isdigit() and len(key) <= 2:
            found = _interval(self.grouping, int(key), local_date(self.window.start_ms, zone), zone)
        if found is None or found.start_ms >= self.window.end_ms or found.end_ms <= self.window.start_ms:
            raise ValueError(f"the key {key[:40]!r} is no {self.grouping.lower()} of the range asked for")
        return Window(max(found.start_ms, self.window.start_ms), min(found.end_ms, self.window.end_ms))

    def _check(self, zone: ZoneInfo) -> None:
        for name in (self.customer, self.employee, *self.employees):
            if name and not _IDENTIFIER.fullmatch(name):
                raise ValueError(f"{name[:70]!r} is no id: 1 to 64 letters and digits")
        if self.employee and self.employees:
            raise ValueError("name one employee or several employees, not both")
        if self.ignore_below_seconds is not None and self.ignore_below_seconds < 0:
            raise ValueError("ignoreBelow is a number of seconds, 0 or more")
        unknown = [name for name in self.fields if name not in ALL_FIELDS]
        if unknown or not self.fields:
            raise ValueError(f"{unknown[0]!r} is no field of the statistics" if unknown else "name at least one field")
        if self.sort and self.sort not in self.fields:
            raise ValueError(f"sort by {self.sort} needs {self.sort} among the fields")
        if self.window is None:
            return
        if self.window.empty:
            raise ValueError("the range is empty")
        first, last = local_date(self.window.start_ms, zone), local_date(self.window.end_ms - 1, zone)
        if _cycle(self.grouping, first) != _cycle(self.grouping, last):
            what = f"{first.isoformat()} to {last.isoformat()} by {self.grouping}"
            raise ValueError(f"{what} would merge intervals with the same key: ask within {_ONE_CYCLE[self.grouping]}")


def _cycle(grouping: Interval, day: date) -> tuple[int, ...]:
    """What the days must share for a key to have one meaning."""
    if grouping == "HOUR":
        return (day.toordinal(),)
    if grouping == "DAY":
        return (day.year, day.month)
    return (day.isocalendar().year,) if grouping == "WEEK" else (day.year,)


def _interval(grouping: Interval, number: int, first: date, zone: ZoneInfo) -> Window | None:
    if grouping == "HOUR":
        hour = hours_of(first, zone).get(number)
        return None if hour is None else hour.window
    try:
        if grouping == "DAY":
            return local_day_window(first.replace(day=number), zone)
        if grouping == "WEEK":
            monday = date.fromisocalendar(first.isocalendar().year, number, 1)
            return _days(monday, monday + timedelta(days=7), zone)
        start = date(first.year, number, 1)
    except ValueError:
        return None
    return _days(start, (start + timedelta(days=31)).replace(day=1), zone)


def _days(first: date, after: date, zone: ZoneInfo) -> Window:
    return Window(local_day_window(first, zone).start_ms, local_day_window(after, zone).start_ms)
