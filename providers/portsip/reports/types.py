"""The kinds of call report and the filter that each takes (REST reference, `POST /call_reports`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FORMATS = ("CSV", "HTML")
RANGES = ("TODAY", "YESTERDAY", "LAST_WEEK", "LAST_SEVEN_DAYS", "LAST_MONTH", "LAST_THIRTY_DAYS", "CUSTOM")
CUSTOM = "CUSTOM"
PARTIES = (
    "ANY",
    "EXTENSION_OR_EXTENSION_RANGE",
    "NUMBER",
    "NUMBERS_START_WITH",
    "NUMBERS_CONTAIN",
    "INTERNAL_EXTENSIONS",
    "EXTERNAL_NUMBERS",
)
# The kinds of party that need a value beside them.
VALUED = frozenset(PARTIES[1:5])

Kind = Literal["choice", "text", "seconds", "flag", "numbers", "names"]


@dataclass(frozen=True, slots=True)
class FilterField:
    """A member of a report's filter. `choices` belong to a "choice", of which the first is the vendor's "any"."""

    name: str
    kind: Kind
    help: str
    choices: tuple[str, ...] = ()
    required: bool = False


_CALLS = (
    FilterField("from", "choice", "who called", PARTIES),
    FilterField("from_value", "text", "the number, range or part of a number that called"),
    FilterField("to", "choice", "who was called", PARTIES),
    FilterField("to_value", "text", "the number, range or part of a number that was called"),
    FilterField("answer_state", "choice", "whether the call was answered", ("ANY", "ANSWERED", "NOT_ANSWERED")),
    FilterField("duration", "choice", "which duration is limited", ("ANY", "RING_DURATION", "TALK_DURATION")),
    FilterField("duration_from", "seconds", "the shortest duration, in seconds"),
    FilterField("duration_to", "seconds", "the longest duration, in seconds"),
)
_COSTS = (
    FilterField("type", "choice", "which calls", ("ANY", "LOCAL", "NATIONAL", "INTERNATIONAL", "MOBILE")),
    FilterField("groups", "names", "names of extension groups", required=True),
)
_QUEUE_NUMBERS = FilterField("call_queues", "numbers", "extension numbers of queues", required=True)
_QUEUES = (
    FilterField("enable_exclude_calls_dropped_before_seconds", "flag", "leave out calls that hung up early"),
    FilterField("exclude_calls_dropped_before_seconds", "seconds", "how early, in seconds"),
    _QUEUE_NUMBERS,
)

REPORT_TYPES: Mapping[str, tuple[FilterField, ...]] = {
    "NORMAL": _CALLS,
    "EXTENSION_GROUP_CALL_COST": _COSTS,
    "QUEUE_PERFORMANCE": _QUEUES,
    "QUEUE_DETAILED_STATISTICS": _QUEUES,
    "QUEUE_ABANDONED_CALLS": _QUEUES,
    "QUEUE_SLA_STATISTICS": _QUEUES,
    "QUEUE_BREACHES_SLA_STATISTICS": _QUEUES,
    "QUEUE_CALLBACKS": _QUEUES,
    "QUEUE_FAILED_CALLBACKS": (_QUEUE_NUMBERS,),
    "TEAM_QUEUE_GENERAL_STATISTICS": _QUEUES,
    "RING_GROUP_STATISTICS": (FilterField("ring_groups", "numbers", "extension numbers of ring groups", required=True),),
}
