"""One row of `/cdrs` (a session) or `/calllogs` (a leg), read, from a list or in detail.

Both lists have the same fields; a leg adds `session_id`, a detail `cost` and `billed_account`. The vendor writes an absent
value as null, as "" or not at all, and new fields and values may come: they are kept as sent and never fatal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from calls.text import clean
from calls.times import parse_rfc3339

LATEST_MS = 32_503_680_000_000  # the year 3000: what lies beyond is no time of a call
EARLIEST_MS = 86_400_000  # servers that write an empty time as year 1 or 1970 mean none
LONGEST_DURATION_SECONDS = 2**31
LONGEST_REJECT = 4_000

_FIELDS = """
id session_id caller caller_domain caller_display_name callee callee_domain callee_display_name started_at rang_at answered_at
ended_at call_id direction end_reason reroute_reason status_code destination outbound_caller_id did_cid trunk duration cost
billed_account service_number user_data
"""
_DIRECTIONS = "INBOUND_CALL OUTBOUND_CALL EXTENSION_CALL INBOUND_OUTBOUND_CALL"
_END_REASONS = """
CALLER_DISCONNECTED CALLER_DISCONNECT CALLEE_DISCONNECTED BLIND_TRANSFER_COMPLETED CONSULT_TRANSFER_COMPLETED REPLACED REFERRED
REDIRECTED CANCELLED
"""
_REROUTE_REASONS = """
TRANSFER OVERFLOW CAPACITY_BLOCKED QUEUE_EXIT QUEUE_ABANDONED REDIRECT FORWARDING_UNCONDITIONAL FORWARDING_BUSY
FORWARDING_NO_ANSWER FORWARDING_NOT_REACHABLE FORWARDING_EXCEPTION FORWARDING_LUNCH FORWARDING_BUSINESS_TRIP FORWARDING_AWAY
FORWARDING_NIGHT_MODE
"""
KNOWN_FIELDS = frozenset(_FIELDS.split())
KNOWN_VALUES: Mapping[str, frozenset[str]] = {
    "direction": frozenset(_DIRECTIONS.split()),
    "end_reason": frozenset(_END_REASONS.split()),
    "reroute_reason": frozenset(_REROUTE_REASONS.split()),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A session or a leg. An instant is None, a text "", where the row has none; `duration_seconds` is the talk time."""

    id: str
    session_id: str
    started_ms: int
    rang_ms: int | None
    answered_ms: int | None
    ended_ms: int | None
    caller: str
    caller_name: str
    callee: str
    callee_name: str
    direction: str
    end_reason: str
    reroute_reason: str
    status_code: int
    duration_seconds: int
    service_number: str
    did: str
    trunk: str
    user_data: str

    @property
    def answered(self) -> bool:
        """Whether whatever this row's callee is, person or machine, took the call."""
        return self.answered_ms is not None or self.duration_seconds > 0


def text_of(payload: Mapping[str, Any], name: str) -> str:
    """The cleaned text of a field; "" for null, "", a missing field, and for what is no text."""
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return clean(value)


def instant_of(payload: Mapping[str, Any], name: str) -> int | None:
    """The instant in a field, None where the row has none. Raises ValueError."""
    value = payload.get(name)
    if value is None or value == "":
        return None
    text = clean(value)
    try:
        instant_ms = parse_rfc3339(text)
    except ValueError:
        raise ValueError(f"{name} is no time: {text[:64]!r}") from None
    if instant_ms >= LATEST_MS:
        raise ValueError(f"{name} is no likely time: {text[:64]!r}")
    return instant_ms if instant_ms >= EARLIEST_MS else None


def _whole_number(payload: Mapping[str, Any], name: str) -> int:
    value = payload.get(name)
    if value is None or value == "":
        return 0
    try:
        number = int(float(value)) if isinstance(value, (str, float)) else int(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} is no number: {clean(value)[:64]!r}") from None
    if not 0 <= number < LONGEST_DURATION_SECONDS:
        raise ValueError(f"{name} is no likely number: {clean(value)[:64]!r}")
    return number


def started(payload: Any) -> int | None:
    """When the row's call or leg began; None when the row does not say so legibly."""
    try:
        return instant_of(payload, "started_at") if isinstance(payload, dict) else None
    except ValueError:
        return None


def read_row(payload: Any, *, leg: bool) -> Row:
    """The row. Raises ValueError, one reason in words."""
    if not isinstance(payload, dict):
        raise ValueError("the row is no object")
    started_ms = instant_of(payload, "started_at")
    if started_ms is None:
        raise ValueError("started_at is missing")
    row_id, session_id = text_of(payload, "id"), text_of(payload, "session_id") if leg else ""
    if not row_id:
        raise ValueError("id is missing or no text")
    if leg and not session_id:
        raise ValueError("session_id is missing or no text")
    return Row(
        id=row_id,
        session_id=session_id,
        started_ms=started_ms,
        rang_ms=instant_of(payload, "rang_at"),
        answered_ms=instant_of(payload, "answered_at"),
        ended_ms=instant_of(payload, "ended_at"),
        caller=text_of(payload, "caller"),
        caller_name=text_of(payload, "caller_display_name"),
        callee=text_of(payload, "callee"),
        callee_name=text_of(payload, "callee_display_name"),
        direction=text_of(payload, "direction").upper(),
        end_reason=text_of(payload, "end_reason").upper(),
        reroute_reason=text_of(payload, "reroute_reason").upper(),
        status_code=_whole_number(payload, "status_code"),
        duration_seconds=_whole_number(payload, "duration"),
        service_number=text_of(payload, "service_number"),
        did=text_of(payload, "did_cid"),
        trunk=text_of(payload, "trunk"),
        user_data=text_of(payload, "user_data"),
    )


def content_of(payload: Any) -> str:
    """The row as JSON text, for telling rows apart and for the quarantine."""
    try:
        return json.dumps(payload, sort_keys=True, ensure_ascii=False)
    except RecursionError:
        return "(nested too deeply)"


def unfamiliar(payload: Mapping[str, Any]) -> frozenset[str]:
    """What this row holds beyond the document: names of fields, and `field=VALUE` for values of a listed kind."""
    found = {clean(name, 64) for name in payload.keys() - KNOWN_FIELDS}
    for name, values in KNOWN_VALUES.items():
        value = text_of(payload, name).upper()
        if value and value not in values:
            found.add(f"{name}={value[:64]}")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Detail:
    """One row as sent, with its cost in the tenant's currency (None unless the PBX bills) and the account billed."""

    payload: Mapping[str, Any]
    cost: Decimal | None
    billed_account: str


def details_in(body: Any) -> tuple[Detail, ...]:
    """The rows of a detail answer: an object with `items` for a call, one flat object for a leg. Raises ValueError."""
    if not isinstance(body, dict):
        raise ValueError("the answer is no object")
    rows = body.get("items", [body])
    if isinstance(rows, dict):
        rows = [rows]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("the answer holds no rows")
    return tuple(Detail(row, _cost(row.get("cost")), text_of(row, "billed_account")) for row in rows)


def _cost(value: object) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("cost is no number") from None
    return amount if amount.is_finite() else None
