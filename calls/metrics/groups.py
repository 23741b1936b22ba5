"""Groupings of calls: by what, and how a group is called.

Time is cut in the provider's own zone, a call belonging to where it started: `local_day` is the ordinal of the local date
(`date.toordinal`), `local_hour` 0 to 23. Both passes of a repeated hour are one group; `calls.times.day_hours` tells how
many real hours a day had.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from calls.model import Call, Direction, Source
from calls.text import normalise_number
from calls.times import local_date, local_hour, zone_named

TIME_GROUPINGS = ("hour", "day", "week", "month", "weekday")
GROUPINGS = ("provider", *TIME_GROUPINGS, "queue", "employee", "number")
WEEKDAY_LABELS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WITHHELD_LABEL = "withheld"


def time_label(grouping: str, local_day: int, local_hour: int) -> str:
    """The group of a local hour: "2026-11-22T14", "2026-11-22", "2026-W47" (ISO 8601), "2026-11" or "Mon".

    Raises ValueError for a grouping that is not one of time.
    """
    day = date.fromordinal(local_day)
    match grouping:
        case "hour":
            return f"{day.isoformat()}T{local_hour:02}"
        case "day":
            return day.isoformat()
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        case "month":
            return day.isoformat()[:7]
        case "weekday":
            return WEEKDAY_LABELS[day.weekday()]
    raise ValueError(f"{grouping} is not a grouping by time: use one of {', '.join(TIME_GROUPINGS)}")


def number_label(call: Call, source: Source) -> str:
    """The other party's number in comparable form: who called, or for an outbound call who was called."""
    number = call.callee if call.direction is Direction.OUT else call.caller
    return normalise_number(number, source.country_code) or WITHHELD_LABEL


def group_label(grouping: str, call: Call, source: Source) -> str:
    """The group of a call; "" where the call has no queue or no employee. Raises ValueError for an unknown grouping."""
    match grouping:
        case "provider":
            return source.name
        case "queue":
            return call.queue
        case "employee":
            return call.employee
        case "number":
            return number_label(call, source)
    if grouping not in TIME_GROUPINGS:
        raise ValueError(f"cannot group by {grouping}: use one of {', '.join(GROUPINGS)}")
    zone = zone_named(source.timezone)
    day = local_date(call.started_ms, zone).toordinal()
    return time_label(grouping, day, local_hour(call.started_ms, zone))


def group_order(grouping: str, label: str) -> tuple[int, str]:
    """A key that sorts the labels of one grouping: time in its order, the rest by name, groups without a name last."""
    if grouping == "weekday":
        return WEEKDAY_LABELS.index(label), ""
    return int(not label or (grouping == "number" and label == WITHHELD_LABEL)), label.casefold()


def in_order(grouping: str, labels: Iterable[str]) -> list[str]:
    """The labels of one grouping in its order."""
    if grouping in TIME_GROUPINGS and grouping != "weekday":
        return sorted(labels)
    return sorted(labels, key=lambda label: group_order(grouping, label))
