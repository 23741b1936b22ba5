"""Telecom X's statistics as a form: every parameter of the document that a file can have."""

from __future__ import annotations

from datetime import date
from typing import Literal, cast
from zoneinfo import ZoneInfo

from calls.model import Window
from calls.times import local_day_window
from providers.telecomx.statement import Statement
from tui.desk import DeskError, Values
from tui.forms import FormField


def _day_words(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        return "is no day; write it like 2026-11-01"
    return ""


def _seconds_words(text: str) -> str:
    return "" if text.isascii() and text.isdigit() and len(text) < 7 else "is no whole number of seconds"


FIELDS = (
    FormField("since", "First day", "a local day, such as 2026-11-01", required=True, check=_day_words),
    FormField("until", "Last day", "a local day; by hour the same, by day within one month", required=True, check=_day_words),
    FormField("format", "File", "how the file is written", choices=("CSV", "EXCEL")),
    FormField("grouping", "Periods", "the length of a line's period", choices=("DAY", "HOUR", "WEEK", "MONTH")),
    FormField("direction", "Direction", "which calls count", choices=("BOTH", "IN", "OUT")),
    FormField("ignore_below", "Not below", "leave calls out that are shorter than so many seconds", check=_seconds_words),
    FormField("ignore_local", "Internal calls", "whether internal calls count", choices=("count", "leave out")),
    FormField("employees", "Employees", "ids of employees, separated by commas; empty: all"),
    FormField("customer", "Organisation", "the id of another organisation, for resellers"),
    FormField("sort", "Order", "the order of the lines", choices=("as it comes", "employeeName", "extensionNumber")),
)


def statement_of(values: Values, zone: ZoneInfo) -> Statement:
    """The request that was filled in, checked as it will be sent. Raises `DeskError`."""
    first, last = date.fromisoformat(values["since"]), date.fromisoformat(values["until"])
    if last < first:
        raise DeskError("the days do not follow each other", {"until": "is before the first day"})
    sort = values["sort"] if values["sort"] != "as it comes" else ""
    statement = Statement(
        window=Window(local_day_window(first, zone).start_ms, local_day_window(last, zone).end_ms),
        grouping=cast(Literal["MONTH", "WEEK", "DAY", "HOUR"], values["grouping"]),
        customer=values["customer"],
        employees=tuple(part.strip() for part in values["employees"].split(",") if part.strip()),
        ignore_below_seconds=int(values["ignore_below"]) if values["ignore_below"] else None,
        ignore_local=True if values["ignore_local"] == "leave out" else None,
        direction=cast(Literal["IN", "OUT", "BOTH"], values["direction"]),
        sort=cast(Literal["", "employeeName", "extensionNumber"], sort),
        format=cast(Literal["CSV", "EXCEL"], values["format"]),
    )
    try:
        statement.body(zone)
    except ValueError as error:
        raise DeskError(str(error)) from None
    return statement
