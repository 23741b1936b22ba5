"""PortSIP's call report as a form: only the fields that the chosen type takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from calls.times import format_rfc3339, local_day_window, parse_rfc3339
from providers.portsip.reports import (
    CUSTOM,
    FORMATS,
    RANGES,
    REPORT_TYPES,
    BadOrder,
    FilterField,
    Report,
    ReportChanges,
    ReportOrder,
    read_filter_values,
)
from tui.desk import DeskError, Values
from tui.forms import FormField

# A field of the filter bears this before the vendor's name.
FILTER = "filter."
_FLAGS = ("no", "yes")
_TYPE = FormField("type", "Type", "which statistics the PBX makes", choices=tuple(REPORT_TYPES))
_NAME = FormField("name", "Name", "the report's name, which its file bears too", required=True)
_EMAIL = FormField("email", "E-mail", "where the PBX sends the link to the file", required=True)
_FORMAT = FormField("format", "File", "how the file is written", choices=FORMATS)
_RANGE = FormField("range", "Range", "the days it speaks of, counted when it is made", value="YESTERDAY", choices=RANGES)
_TIMES = (
    FormField("started_at", "From", "a day, such as 2026-11-01, or a moment, such as 2026-11-01T08:00:00Z", required=True),
    FormField("ended_at", "To", "the last day, or the moment before which it ends", required=True),
)
_SCHEDULE = FormField("cron_expr", "Schedule", "empty: once, now; else a crontab time, such as 0 6 * * 1 for Mondays at six")
# What stands beside a choice is asked for only when the choice needs it: the field, the choice, the values that need nothing.
_NEEDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "from_value": ("from", ("ANY", "INTERNAL_EXTENSIONS", "EXTERNAL_NUMBERS")),
    "to_value": ("to", ("ANY", "INTERNAL_EXTENSIONS", "EXTERNAL_NUMBERS")),
    "duration_from": ("duration", ("ANY",)),
    "duration_to": ("duration", ("ANY",)),
    "exclude_calls_dropped_before_seconds": ("enable_exclude_calls_dropped_before_seconds", ("no",)),
}
_FIELD_OF_MESSAGE = re.compile(r"([a-z_.]+(?:, [a-z_.]+)*): (.*)", re.DOTALL)


def order_fields(values: Values, *, with_type: bool = True) -> tuple[FormField, ...]:
    """The fields that go with the values chosen so far; without the type where it cannot change."""
    kind = values.get("type") or next(iter(REPORT_TYPES))
    custom = values.get("range", _RANGE.first_value) == CUSTOM
    head = (*((_TYPE,) if with_type else ()), _NAME, _EMAIL, _FORMAT, _RANGE)
    return (*head, *(_TIMES if custom else (_SCHEDULE,)), *_filter_fields(kind, values))


def _filter_fields(kind: str, values: Values) -> list[FormField]:
    fields: list[FormField] = []
    for each in REPORT_TYPES.get(kind, ()):
        needs, nothing = _NEEDS.get(each.name, ("", ()))
        if needs and values.get(FILTER + needs, nothing[0]) in nothing:
            continue
        fields.append(_form_field(each))
    return fields


def _form_field(each: FilterField) -> FormField:
    choices = _FLAGS if each.kind == "flag" else each.choices
    several = ", separated by commas" if each.kind in ("numbers", "names") else ""
    label = each.name.replace("enable_exclude_calls_dropped_before_seconds", "leave out early").replace("_", " ").capitalize()
    label = "Early means" if each.name == "exclude_calls_dropped_before_seconds" else label
    return FormField(FILTER + each.name, label, each.help + several, choices=choices, required=each.required)


def order_of(values: Values, zone: ZoneInfo) -> ReportOrder:
    """The order that was filled in. Raises `DeskError`."""
    try:
        return ReportOrder(
            name=values["name"],
            type=values["type"],
            email=values["email"],
            format=values["format"],
            range=values["range"],
            started_ms=_edge(values, "started_at", zone, last=False),
            ended_ms=_edge(values, "ended_at", zone, last=True),
            cron_expr=values.get("cron_expr", ""),
            filter=read_filter_values(values["type"], _chosen_filter(values)),
        )
    except BadOrder as error:
        raise desk_error(error) from None


def values_of(report: Report) -> dict[str, str]:
    """An order as it is now, as values of its form."""
    values = {
        "type": report.line.type,
        "name": report.line.name,
        "email": report.email,
        "format": report.format,
        "range": report.range,
        "cron_expr": report.line.cron_expr,
    }
    for name, instant_ms in (("started_at", report.started_ms), ("ended_at", report.ended_ms)):
        if instant_ms is not None:
            values[name] = format_rfc3339(instant_ms)
    return values | {FILTER + name: _text(value) for name, value in report.filter.items()}


def changes_of(kind: str, before: Values, values: Values, zone: ZoneInfo) -> ReportChanges:
    """What differs between two sets of values. Raises `DeskError`."""
    changed = {name: value for name, value in values.items() if value != before.get(name, "")}
    if not changed:
        raise DeskError("nothing is changed yet: change a field, or leave with esc")
    given = {name.removeprefix(FILTER): value for name, value in changed.items() if name.startswith(FILTER)}
    try:
        return ReportChanges(
            name=changed.get("name"),
            email=changed.get("email"),
            format=changed.get("format"),
            range=changed.get("range"),
            started_ms=_edge(changed, "started_at", zone, last=False),
            ended_ms=_edge(changed, "ended_at", zone, last=True),
            cron_expr=changed.get("cron_expr"),
            filter=read_filter_values(kind, given) if given else None,
        )
    except BadOrder as error:
        raise desk_error(error) from None


def desk_error(error: BadOrder) -> DeskError:
    """A refused order, with its words beside the fields that they name."""
    match = _FIELD_OF_MESSAGE.fullmatch(str(error))
    if match is None:
        return DeskError(str(error))
    return DeskError(str(error), dict.fromkeys(match[1].split(", "), match[2]))


def _chosen_filter(values: Values) -> dict[str, str]:
    """The members that say something: what stands at "any" is left to the PBX."""
    given = {name.removeprefix(FILTER): value for name, value in values.items() if name.startswith(FILTER)}
    return {name: value for name, value in given.items() if value and value != "ANY"}


def _edge(values: Values, name: str, zone: ZoneInfo, *, last: bool) -> int | None:
    text = values.get(name)
    if not text:
        return None
    try:
        day = local_day_window(date.fromisoformat(text), zone)
    except ValueError:
        try:
            return parse_rfc3339(text)
        except ValueError:
            raise DeskError(
                "one of the times cannot be read", {name: f"{text!r} is no time; write it like 2026-11-01"}
            ) from None
    return day.end_ms if last else day.start_ms


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _FLAGS[value]
    return ",".join(str(each) for each in value) if isinstance(value, list) else str(value)
