"""What a person orders: a call report, checked before it is sent."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calls.times import format_rfc3339
from providers.portsip.reports.types import CUSTOM, FORMATS, RANGES, REPORT_TYPES, VALUED, FilterField

LONGEST_EMAIL = 128
LONGEST_GROUP = 64
MOST_SECONDS = 2**31 - 1
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_QUEUE_NUMBER = re.compile(r"[0-9]{3,64}")
_CRON_FIELD = re.compile(r"[0-9A-Za-z*/,\-?#]+")
_DIGITS = re.compile(r"[0-9]+")
_CRON_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_DROPPED, _DROPPED_SECONDS = "enable_exclude_calls_dropped_before_seconds", "exclude_calls_dropped_before_seconds"


class BadOrder(ValueError):
    """An order that the PBX would refuse, or that would not do what it says; one line that names the field."""


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """A call report to make. `started_ms` and `ended_ms` belong to the range CUSTOM; without `cron_expr` it is made once, now.

    `filter` holds members by the vendor's names, as `REPORT_TYPES` lists them for the type. Raises `BadOrder`.
    """

    name: str
    type: str
    email: str
    format: str = "CSV"
    range: str = "YESTERDAY"
    started_ms: int | None = None
    ended_ms: int | None = None
    cron_expr: str = ""
    filter: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_name(self.name)
        require_one_of("type", self.type, tuple(REPORT_TYPES))
        require_one_of("format", self.format, FORMATS)
        require_one_of("range", self.range, RANGES)
        require_email(self.email)
        require_range(self.range, self.started_ms, self.ended_ms, self.cron_expr)
        if self.cron_expr:
            require_cron(self.cron_expr)
        require_filter(self.type, self.filter)

    def body(self) -> dict[str, Any]:
        """The body of the request that creates it."""
        body: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "email": self.email,
            "format": self.format,
            "range": self.range,
        }
        if self.started_ms is not None and self.ended_ms is not None:
            body |= {"started_at": format_rfc3339(self.started_ms), "ended_at": format_rfc3339(self.ended_ms)}
        if self.cron_expr:
            body["cron_expr"] = self.cron_expr
        return {**body, "filter": dict(self.filter)}

    def changes(self) -> dict[str, Any]:
        """The body of the request that makes an existing report be this one: all but the type, which cannot change."""
        return {name: value for name, value in self.body().items() if name != "type"}


def read_filter_values(report_type: str, given: Mapping[str, str]) -> dict[str, Any]:
    """A filter out of texts, such as a form or a command line holds them. Raises `BadOrder`."""
    require_one_of("type", report_type, tuple(REPORT_TYPES))
    known = {each.name: each for each in REPORT_TYPES[report_type]}
    return {name: _value(_known(report_type, known, name), text) for name, text in given.items()}


def require_name(name: str) -> None:
    """Raises `BadOrder` for a blank name."""
    if not name.strip():
        raise BadOrder("name: a report needs a name; files are found by it")


def require_email(email: str) -> None:
    """Raises `BadOrder` for what is no address, or one too long for the PBX."""
    if not _EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL:
        raise BadOrder(f"email: {email!r} is no address; the PBX sends the link to the file there")


def require_range(name: str, started_ms: int | None, ended_ms: int | None, cron_expr: str) -> None:
    """Raises `BadOrder` when the edges or the schedule do not go with the range."""
    given = [edge for edge in (started_ms, ended_ms) if edge is not None]
    if name != CUSTOM and given:
        raise BadOrder(f"started_at, ended_at: they belong to the range {CUSTOM}, not to {name}")
    if name == CUSTOM and len(given) < 2:
        raise BadOrder(f"started_at, ended_at: the range {CUSTOM} needs both")
    if len(given) == 2 and given[0] >= given[1]:
        raise BadOrder("ended_at: it must be later than started_at")
    if name == CUSTOM and cron_expr:
        raise BadOrder(f"cron_expr: a report of the range {CUSTOM} would be the same each time; take another range")


def require_cron(text: str) -> None:
    """Raises `BadOrder` for what is no crontab time: five fields, each number within its field's limits."""
    fields = text.split()
    is_cron = 5 <= len(fields) <= 7 and all(map(_CRON_FIELD.fullmatch, fields))
    # What six and seven fields count is not agreed on, so only the five of crontab are looked into.
    if is_cron and len(fields) == 5:
        for part, (least, most) in zip(fields, _CRON_LIMITS, strict=True):
            numbers = _DIGITS.findall(part)
            is_cron = is_cron and all(len(number) < 4 and least <= int(number) <= most for number in numbers)
    if not is_cron:
        raise BadOrder(f"cron_expr: {text!r} is no crontab time; write five fields, such as 0 6 * * 1")


def _known(report_type: str, known: Mapping[str, FilterField], name: str) -> FilterField:
    if name not in known:
        raise BadOrder(f"filter.{name}: a report of type {report_type} takes {', '.join(known)}")
    return known[name]


def _value(each: FilterField, text: str) -> Any:
    if each.kind == "flag":
        if text.lower() not in ("yes", "no", "true", "false"):
            raise BadOrder(f"filter.{each.name}: write yes or no")
        return text.lower() in ("yes", "true")
    if each.kind == "seconds":
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise BadOrder(f"filter.{each.name}: {text!r} is no number of seconds")
        return int(text)
    if each.kind in ("numbers", "names"):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text.upper() if each.kind == "choice" else text


def require_filter(report_type: str, given: Mapping[str, Any]) -> None:
    """Raises `BadOrder` when a filter is not what the type takes."""
    known = {each.name: each for each in REPORT_TYPES[report_type]}
    for name, value in given.items():
        _require_value(_known(report_type, known, name), value)
    for each in known.values():
        if each.required and not given.get(each.name):
            raise BadOrder(f"filter.{each.name}: name at least one")
    for party in ("from", "to"):
        needs, has = given.get(party) in VALUED, bool(given.get(f"{party}_value"))
        if needs != has and (needs or has):
            what = f"{party} = {given.get(party, 'ANY')}"
            raise BadOrder(f"filter.{party}_value: {what} {'needs' if needs else 'takes no'} value")
    limits = [given[name] for name in ("duration_from", "duration_to") if name in given]
    if limits and given.get("duration", "ANY") == "ANY":
        raise BadOrder("filter.duration: say RING_DURATION or TALK_DURATION for the limits given")
    if len(limits) == 2 and limits[0] > limits[1]:
        raise BadOrder("filter.duration_to: it must not be less than duration_from")
    if given.get(_DROPPED) and _DROPPED_SECONDS not in given:
        raise BadOrder(f"filter.{_DROPPED_SECONDS}: say how many seconds")


def _require_value(each: FilterField, value: Any) -> None:
    if each.kind == "choice":
        require_one_of(f"filter.{each.name}", value, each.choices)
    elif each.kind == "flag" and not isinstance(value, bool):
        raise BadOrder(f"filter.{each.name}: it is true or false")
    elif each.kind == "seconds" and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_SECONDS):
        raise BadOrder(f"filter.{each.name}: it is a whole number of seconds")
    elif each.kind == "text" and (not isinstance(value, str) or not value.strip()):
        raise BadOrder(f"filter.{each.name}: it is a text")
    elif each.kind in ("numbers", "names"):
        _require_list(each, value)


def _require_list(each: FilterField, value: Any) -> None:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise BadOrder(f"filter.{each.name}: it is a list")
    for one in value:
        if each.kind == "numbers" and not (isinstance(one, str) and _QUEUE_NUMBER.fullmatch(one)):
            raise BadOrder(f"filter.{each.name}: {one!r} is no extension number of three digits or more")
        if each.kind == "names" and not (isinstance(one, str) and 1 <= len(one) <= LONGEST_GROUP):
            raise BadOrder(f"filter.{each.name}: {one!r} is no name of a group")


def require_one_of(name: str, value: Any, choices: Sequence[str]) -> None:
    """Raises `BadOrder` when `value` is none of `choices`."""
    if value not in choices:
        near = difflib.get_close_matches(str(value).upper(), choices, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(choices)}"
        raise BadOrder(f"{name}: {value!r} is none of the document's{hint}")
