"""Cells as records, and records as employee buckets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from calls.model import EmployeeBucket, Record, Reject, Source, Window
from calls.text import clean
from calls.times import HOUR_MS, format_rfc3339, local_hour
from providers.base import Page
from providers.telecomx.cells import Cell, counts_in, joined, rejected
from providers.telecomx.request import Grouping, Scope, hours_of
from providers.telecomx.settings import InboundAnswered


class KeysAreNoHours(ValueError):
    """An interval's key is not the number of an hour that the asked day had."""


def hour_number(interval: str) -> int | None:
    """The hour that a key names, None when it is no whole number from 0 to 23."""
    if not (interval.isascii() and interval.isdigit() and len(interval) <= 2):
        return None
    return int(interval) if int(interval) <= 23 else None


def keyed_page(cells: Iterable[Cell], day: date, zone: ZoneInfo, window: Window, scope: Scope, *, strict: bool) -> Page:
    """The buckets of one day whose keys are hours, those that overlap `window`.

    A key that is no hour of that day raises `KeysAreNoHours` when `strict`, else its cell is rejected; an empty cell for an
    hour that the day skipped is nothing.
    """
    hours = hours_of(day, zone)
    records: dict[str, Record] = {}
    rejects: list[Reject] = []
    for cell in cells:
        number = hour_number(cell.interval)
        hour = None if number is None else hours.get(number)
        if hour is None:
            if number is not None and not any(counts_in(cell.counters).values()):
                continue
            reason = f"the key {clean(cell.interval, 40)!r} is no hour of {day.isoformat()}"
            if strict:
                raise KeysAreNoHours(reason)
            rejects.append(_rejected(cell, reason))
        elif hour.window.start_ms < window.end_ms and hour.window.end_ms > window.start_ms:
            record = _record(cell, hour.window.start_ms, day, "HOUR", scope)
            if record.key in records:
                rejects.append(_rejected(cell, "the same hour came twice"))
            records.setdefault(record.key, record)
    return Page(tuple(records.values()), tuple(rejects))


def windowed_page(cells: Iterable[Cell], hour: Window, day: date, zone: ZoneInfo, scope: Scope) -> Page:
    """The buckets of one real hour that was asked for by its own edges, so that keys do not matter."""
    first_pass_ms = hours_of(day, zone)[local_hour(hour.start_ms, zone)].window.start_ms
    return Page(tuple(_record(cell, hour.start_ms, day, "DAY", scope, first_pass_ms) for cell in joined(cells)))


def counted_once(records: Iterable[Record], zone: ZoneInfo) -> list[Record]:
    """The records, the second pass of a repeated hour without counters where a record of both passes stands beside it.

    Reading by keys gives one record for both passes, reading hour by hour one for each; after a change of the way of
    reading the older second pass is still there. Its bucket stays in the cache, so it says that nothing is known of it.
    """
    records = list(records)
    both = {record.group for record in records if _holds_both_passes(record, zone)}
    return [
        record._replace(payload={**record.payload, "counters": {}})
        if record.group in both and not _holds_both_passes(record, zone)
        else record
        for record in records
    ]


def _holds_both_passes(record: Record, zone: ZoneInfo) -> bool:
    payload = record.payload
    number = hour_number(payload["interval"])
    if payload["grouping"] != "HOUR" or number is None:
        return False
    hour = hours_of(date.fromisoformat(payload["day"]), zone).get(number)
    return hour is not None and hour.merged_hours == 2


def _rejected(cell: Cell, reason: str) -> Reject:
    return rejected({**cell.employee, "data": {cell.interval: cell.counters}}, reason)


def _record(cell: Cell, start_ms: int, day: date, grouping: Grouping, scope: Scope, first_pass_ms: int | None = None) -> Record:
    # The last part is the set of filters of the request, of which polling uses none.
    place = f"{scope.customer}|{cell.employee_id}|{cell.extension_id}"
    key = f"{place}|{format_rfc3339(start_ms)}|HOUR|"
    group = key if first_pass_ms is None else f"{place}|{format_rfc3339(first_pass_ms)}|HOUR|"
    payload: dict[str, Any] = {
        "day": day.isoformat(),
        "grouping": grouping,
        "interval": cell.interval,
        "employee": cell.employee,
        "counters": cell.counters,
    }
    return Record(key=key, group=group, started_ms=start_ms, payload=payload)


def bucket_of(record: Record, source: Source, zone: ZoneInfo, rule: InboundAnswered) -> EmployeeBucket:
    """The bucket of a record."""
    payload = record.payload
    employee: Mapping[str, Any] = payload["employee"]
    window, merged_hours = Window(record.started_ms, record.started_ms + HOUR_MS), 1
    number = hour_number(payload["interval"])
    if payload["grouping"] == "HOUR" and number is not None:
        hour = hours_of(date.fromisoformat(payload["day"]), zone).get(number)
        if hour is not None:
            window, merged_hours = hour.window, hour.merged_hours
    return bucket_from(source, employee, payload["counters"], window, merged_hours, rule)


def bucket_from(
    source: Source,
    employee: Mapping[str, Any],
    counters: Mapping[str, Any],
    window: Window,
    merged_hours: int,
    rule: InboundAnswered,
) -> EmployeeBucket:
    """An employee's counters of one interval as a bucket."""
    counts = counts_in(counters)
    derived = _derives_inbound_answered(counts, rule)
    if derived:
        counts["inbound_answered"] = (counts["inbound_calls"] or 0) - (counts["inbound_unanswered"] or 0)
    return EmployeeBucket(
        provider=source.name,
        employee_id=clean(employee.get("employeeId")),
        employee_name=clean(employee.get("employeeName")),
        extension_id=clean(employee.get("extensionId")),
        extension_number=clean(employee.get("extensionNumber")),
        started_ms=window.start_ms,
        ended_ms=window.end_ms,
        **counts,
        inbound_answered_derived=derived,
        merged_hours=merged_hours,
    )


def _derives_inbound_answered(counts: Mapping[str, int | None], rule: InboundAnswered) -> bool:
    """Whether answered inbound calls are calls minus unanswered.

    In the vendor's own sample the field is 0 in every cell, although minutes of inbound talk stand beside it.
    """
    calls, unanswered = counts["inbound_calls"], counts["inbound_unanswered"]
    if rule == "field" or calls is None or unanswered is None or unanswered > calls:
        return False
    return rule == "derived" or (counts["inbound_answered"] == 0 and (counts["inbound_seconds"] or 0) > 0)
