"""The values that flow through calltop: records, calls, legs, employee buckets.

Every instant is an integer of milliseconds since the epoch in UTC (`..._ms`), every duration an integer of milliseconds
(`talk_ms`) or seconds (`..._seconds`). Text is what the provider sent, cleaned by `calls.text.clean`; an absent text is "".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class Direction(StrEnum):
    """Seen from the organisation whose telephony the provider runs."""

    IN = "in"
    OUT = "out"
    INTERNAL = "internal"


class Status(StrEnum):
    """How a call ended for its caller. Everything but `answered` means that no person answered."""

    ANSWERED = "answered"
    MISSED = "missed"
    BUSY = "busy"
    FAILED = "failed"
    CONGESTION = "congestion"


class Window(NamedTuple):
    """A half-open range of time, [start_ms, end_ms). An instant is in it or not: what else is in a tuple does not count."""

    start_ms: int
    end_ms: int

    def __contains__(self, instant_ms: object) -> bool:
        return isinstance(instant_ms, int) and self.start_ms <= instant_ms < self.end_ms

    @property
    def empty(self) -> bool:
        return self.end_ms <= self.start_ms


class Source(NamedTuple):
    """A configured provider, as the rest of the program knows it.

    `name` is the title of its pane and the value of `provider:`; `timezone` an IANA name, the zone in which its days are
    cut; `country_code` the digits that replace the leading 0 of a national number ("46").
    """

    name: str
    kind: str
    timezone: str
    country_code: str


class Record(NamedTuple):
    """One row as the provider sent it: a leg, a session, an employee's hour.

    `key` identifies the row within its provider; `group` names the call it belongs to (rows of one call share it);
    `link` is a text by which rows of other groups may depend on this one (see `Deriver`); `payload` is the row as JSON.
    """

    key: str
    group: str
    started_ms: int
    payload: Mapping[str, Any]
    link: str = ""


class Reject(NamedTuple):
    """A row that could not be read: kept in quarantine as text, with the reason, and counted on screen."""

    payload: str
    reason: str


class Leg(NamedTuple):
    """One attempt to reach one destination within a call. `role` is "person", "queue" or "ivr"."""

    started_ms: int
    ringing_ms: int | None
    answered_ms: int | None
    ended_ms: int | None
    caller: str
    callee: str
    employee: str
    status: Status
    talk_ms: int
    role: str = "person"


class Call(NamedTuple):
    """What a caller would call one call, derived from one or more records.

    `ringing_ms` is when the organisation's first group or person was reached, `answered_ms` when the first person answered.
    `talk_ms` is the conversation, 0 when nobody answered. `ring_ms` and `wait_ms` are None where the provider cannot know.
    `approximate` is set when the derivation had to guess (its reason is in `doubt`, one short sentence). `employee` is the
    person who talked longest. `legs` is empty when the provider gives one row per call.
    """

    provider: str
    kind: str
    id: str
    started_ms: int
    direction: Direction
    status: Status
    ringing_ms: int | None = None
    answered_ms: int | None = None
    ended_ms: int | None = None
    caller: str = ""
    caller_name: str = ""
    callee: str = ""
    callee_name: str = ""
    queue: str = ""
    employee: str = ""
    talk_ms: int = 0
    ring_ms: int | None = None
    wait_ms: int | None = None
    project: str = ""
    route: str = ""
    trunk: str = ""
    linked: str = ""
    external: str = ""
    has_recording: bool = False
    has_transcription: bool = False
    has_monitor: bool = False
    approximate: bool = False
    doubt: str = ""
    legs: tuple[Leg, ...] = ()

    @property
    def leg_count(self) -> int:
        """How many legs the call had: at least one."""
        return max(1, len(self.legs))


COUNTERS = (
    "outbound_calls",
    "outbound_seconds",
    "outbound_answered",
    "outbound_unanswered",
    "outbound_failed",
    "inbound_calls",
    "inbound_seconds",
    "inbound_answered",
    "inbound_unanswered",
    "inbound_busy",
)


class EmployeeBucket(NamedTuple):
    """An employee's counters over one period [started_ms, ended_ms): totals, not calls, and never mixed with them.

    A counter is None when the provider left it out. `outbound_failed` is part of `outbound_unanswered`, `inbound_busy` part
    of `inbound_unanswered`. `inbound_answered` is the figure to use; `inbound_answered_derived` says that it was computed
    as calls minus unanswered because the provider's own field contradicted itself. `merged_hours` is 2 for the bucket that
    holds both passes of the repeated hour in autumn, else 1.
    """

    provider: str
    employee_id: str
    employee_name: str
    extension_id: str
    extension_number: str
    started_ms: int
    ended_ms: int
    outbound_calls: int | None = None
    outbound_seconds: int | None = None
    outbound_answered: int | None = None
    outbound_unanswered: int | None = None
    outbound_failed: int | None = None
    inbound_calls: int | None = None
    inbound_seconds: int | None = None
    inbound_answered: int | None = None
    inbound_unanswered: int | None = None
    inbound_busy: int | None = None
    inbound_answered_derived: bool = False
    merged_hours: int = 1


class Derived(NamedTuple):
    """What a group of records amounts to: calls, or employee buckets."""

    calls: tuple[Call, ...] = ()
    buckets: tuple[EmployeeBucket, ...] = ()


class RequestTrace(NamedTuple):
    """What the history of requests keeps of one: no query, no body, no secret. `status` is None when no answer came, `error` ""
    when all was well."""

    at_ms: int
    method: str
    path: str
    status: int | None
    received_bytes: int
    elapsed_ms: int
    error: str = ""
