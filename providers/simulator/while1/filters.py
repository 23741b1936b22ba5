"""While1's eighteen filters, each read strictly; a filter that is null or an empty text does not filter.

Times are compared as Romanian wall time, both edges included, so the hour that comes twice in autumn matches with both
its passes. `telephone` is the exact text of either side; `telephone_like`, `source` and `destination` find a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from providers.simulator.php import values
from providers.simulator.while1.rows import PROJECT, PROJECT_ID, USER_IDS, Row

Test = Callable[[Row], bool]
STATUSES = ("NO ANSWER", "CONGESTION", "FAILED", "BUSY", "ANSWERED")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_HOUR = re.compile(r"([01]?\d|2[0-3])(:[0-5]\d){0,2}")


class InvalidFilter(Exception):
    """A filter nobody knows, or a value it does not take; the text is the API's message."""


def _refuse(name: str) -> InvalidFilter:
    return InvalidFilter(f"Invalid filter value: {name}")


def _word(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _refuse(name)
    return str(value)


def _pair(name: str, value: Any, form: re.Pattern[str]) -> tuple[str, str]:
    found = values(value)
    if found is None or len(found) != 2 or not all(isinstance(edge, str) and form.fullmatch(edge) for edge in found):
        raise _refuse(name)
    return found[0], found[1]


def _ids(name: str, value: Any) -> frozenset[str]:
    found = values(value)
    return frozenset(_word(name, one) for one in (found if found is not None else [value]) if one is not None)


def date_between(name: str, value: Any) -> tuple[str, str]:
    """The two edges as wall time. Raises `InvalidFilter` for a wrong or inverted one."""
    first, last = _pair(name, value, _TIME)
    try:
        datetime.fromisoformat(first), datetime.fromisoformat(last)
    except ValueError:
        raise _refuse(name) from None
    if first > last:
        raise _refuse(name)
    return first, last


def _date_between(name: str, value: Any) -> Test:
    first, last = date_between(name, value)
    return lambda row: first <= row["time"] <= last


def _hour_between(name: str, value: Any) -> Test:
    first, last = (_time_of_day(edge) for edge in _pair(name, value, _HOUR))
    return lambda row: first <= row["time"][11:] <= last


def _time_of_day(text: str) -> str:
    hour, *rest = text.split(":")
    return ":".join([hour.zfill(2), *rest, *["00"] * (2 - len(rest))])


def _project_id(name: str, value: Any) -> Test:
    wanted = _word(name, value)
    return lambda row: row["project"] == PROJECT and wanted == PROJECT_ID


def _user_id(name: str, value: Any) -> Test:
    wanted = _ids(name, value)
    return lambda row: USER_IDS.get(row["user_fullname"] or "") in wanted


def _inbound_route_id(name: str, value: Any) -> Test:
    wanted = _ids(name, value)
    return lambda row: row["inbound_route_id"] in wanted


def _direction(name: str, value: Any) -> Test:
    if value not in ("IN", "OUT"):
        raise _refuse(name)
    return lambda row: bool(row["direction"] == value)


def _call_status(name: str, value: Any) -> Test:
    if value not in STATUSES:
        raise _refuse(name)
    return lambda row: row["call_status"].replace("NOANSWER", "NO ANSWER") == value


def _part_of(*fields: str) -> Callable[[str, Any], Test]:
    def read(name: str, value: Any) -> Test:
        wanted = _word(name, value).strip("%*")
        return lambda row: any(wanted in (row[field] or "") for field in fields)

    return read


def _equal(*fields: str) -> Callable[[str, Any], Test]:
    def read(name: str, value: Any) -> Test:
        wanted = _word(name, value)
        return lambda row: any(row[field] == wanted for field in fields)

    return read


def _has(*fields: str) -> Callable[[str, Any], Test]:
    def read(name: str, value: Any) -> Test:
        if value not in (True, False, 0, 1, "0", "1"):
            raise _refuse(name)
        wanted = str(int(value)) == "1"
        return lambda row: any(row[field] is not None for field in fields) == wanted

    return read


def from_id(name: str, value: Any) -> int:
    """The lowest row number wanted."""
    text = _word(name, value)
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise _refuse(name)
    return int(text)


def _from_id(name: str, value: Any) -> Test:
    least = from_id(name, value)
    return lambda row: int(row["id"]) >= least


FILTERS: dict[str, Callable[[str, Any], Test]] = {
    "date_between": _date_between,
    "project_id": _project_id,
    "user_id": _user_id,
    "inbound_route_id": _inbound_route_id,
    "direction": _direction,
    "call_status": _call_status,
    "telephone_like": _part_of("source", "destination"),
    "telephone": _equal("source", "destination"),
    "source": _part_of("source"),
    "destination": _part_of("destination"),
    "hour_between": _hour_between,
    "from_id": _from_id,
    "uniqueid": _equal("uniqueid"),
    "linkedid": _equal("linkedid"),
    "external_id": _equal("external_id"),
    "has_transcription": _has("transcription_id"),
    "has_monitor_file": _has("monitor_files"),
    "has_recording_file": _has("recording_file", "recording_url"),
}


def given(filters: object) -> dict[str, Any]:
    """The filters that filter. Raises `InvalidFilter` for an unknown one, even when it is null."""
    if filters is None or filters in ("", []):
        return {}
    if not isinstance(filters, dict):
        raise InvalidFilter("Invalid filters")
    for name in filters:
        if name not in FILTERS:
            raise InvalidFilter(f"Invalid filter: {name}")
    return {name: value for name, value in filters.items() if value is not None and value != "" and value not in ([], {})}
