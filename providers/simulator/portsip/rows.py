"""A call as PortSIP tells it: one session in `/cdrs`, one row per leg in `/calllogs`, times in UTC to the microsecond.

Values are first made in Python's own types, microseconds for times and None for what is blank, so that filters can be
tried on them; `told` writes them as the API does, where blank is null, an empty text, or left out.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from providers.simulator.odata import Fields
from providers.simulator.world import Attempt, PlacedCall
from providers.simulator.world.portsip import snowflake
from providers.simulator.world.times import rfc3339_ms

DOMAIN = "pbx.example.com"
_LATER_MS = 240_000
_ENDS = ("caller", "caller_domain", "caller_display_name", "callee", "callee_domain", "callee_display_name")
_TEXTS = (
    *("id", *_ENDS, "call_id", "direction", "end_reason", "reroute_reason"),
    *("destination", "outbound_caller_id", "did_cid", "trunk", "service_number", "user_data"),
)
_TIMES = ("started_at", "rang_at", "answered_at", "ended_at")
_NUMBERS = ("status_code", "duration")
SESSION_FIELDS = Fields(frozenset(_TEXTS), frozenset(_TIMES), frozenset(_NUMBERS))
LEG_FIELDS = Fields(frozenset((*_TEXTS, "session_id")), frozenset(_TIMES), frozenset(_NUMBERS))
RECORDING_FIELDS = Fields(frozenset(("id", "caller", "callee")), frozenset(("started_at", "ended_at")), frozenset())
SEARCHED = ("caller", "caller_display_name", "callee", "callee_display_name")
_DIRECTIONS = {"in": "INBOUND_CALL", "out": "OUTBOUND_CALL", "internal": "EXTENSION_CALL"}
Values = dict[str, Any]


def is_outside(call: PlacedCall) -> bool:
    """Whether the call used a trunk."""
    return call.direction != "internal"


def extensions(call: PlacedCall) -> frozenset[str]:
    """The numbers at the ends of the call and of its legs: whose own call it is."""
    return frozenset([call.caller.number, call.callee.number, *(leg.party.number for leg in call.attempts)])


def session(call: PlacedCall, now_ms: int) -> Values:
    """The row of `/cdrs`."""
    talk_us = 0 if call.answered_us is None else call.ended_us - call.answered_us
    return {
        "id": call.identity,
        **_ends(call, call.callee.number, call.callee.name),
        "started_at": call.started_us,
        "rang_at": call.rang_us,
        "answered_at": call.answered_us,
        "ended_at": call.ended_us,
        "call_id": _call_id(call, 0),
        "direction": "INBOUND_OUTBOUND_CALL" if call.twist == "forwarded" else _DIRECTIONS[call.direction],
        "end_reason": _end_reason(call, now_ms),
        "reroute_reason": _reroute_reason(call),
        "status_code": call.code,
        **_routing(call),
        "duration": -(-talk_us // 1_000_000),
        "service_number": call.group or None,
        "user_data": "service-number=8000" if call.quirk % 83 == 0 else None,
    }


def leg(call: PlacedCall, index: int, now_ms: int) -> Values:
    """One row of `/calllogs`; `index` counts the call's attempts from 0."""
    attempt = call.attempts[index]
    talk_us = 0 if attempt.answered_us is None else attempt.ended_us - attempt.answered_us
    last = index == len(call.attempts) - 1
    return {
        "id": leg_id(call, index),
        "session_id": call.identity,
        **_ends(call, attempt.party.number, attempt.party.name),
        "started_at": attempt.started_us,
        "rang_at": attempt.ringing_us,
        "answered_at": attempt.answered_us,
        "ended_at": attempt.ended_us,
        "call_id": _call_id(call, index),
        "direction": _DIRECTIONS[call.direction],
        "end_reason": _end_reason(call, now_ms) if last else _passed_on(call, attempt, index),
        "reroute_reason": _reroute_reason(call) if last else None,
        "status_code": attempt.code,
        **_routing(call),
        "duration": -(-talk_us // 1_000_000),
        "service_number": attempt.group or None,
        "user_data": None,
    }


def leg_id(call: PlacedCall, index: int) -> str:
    """A call log's id: opaque, here a number in base64 whose padding must be encoded in a path."""
    number = snowflake(call.attempts[index].started_us, (call.serial << 6) + index + 1)
    return b64encode(str(number).encode()).decode()


def is_recorded(call: PlacedCall) -> bool:
    """Whether the exchange recorded the call: some of those that were answered."""
    return call.answered_us is not None and call.quirk % 4 == 0


def recording(call: PlacedCall) -> Values:
    """The row of `/recordings`, which begins when the call was answered."""
    return {
        "id": f"r{call.identity}",
        "caller": call.caller.number or None,
        "callee": call.callee.number or None,
        "started_at": call.answered_us,
        "ended_at": call.ended_us,
    }


def recording_detail(call: PlacedCall) -> Values:
    """What `/recordings/{id}` adds: the length, and the file, whose name holds the session's id."""
    name = f"1-{call.identity}-{call.caller.number}-{call.callee.number}.wav"
    talk_us = call.ended_us - (call.answered_us or call.ended_us)
    file = {"file_name": name, "file_size": 0, "file_url": f"/api/blobs/rec{call.identity}"}
    return {**recording(call), "duration": -(-talk_us // 1_000_000), **file}


def _ends(call: PlacedCall, callee: str, callee_name: str) -> Values:
    return {
        "caller": call.caller.number or None,
        "caller_domain": DOMAIN if call.direction != "in" else "198.51.100.7",
        "caller_display_name": _as_received(call) or None,
        "callee": callee or None,
        "callee_domain": DOMAIN,
        "callee_display_name": callee_name or None,
    }


def _as_received(call: PlacedCall) -> str:
    """The caller's name; now and then somebody's telephone sends a character in it that turns the writing direction."""
    return call.caller.name and f"{call.caller.name}\u202e" if call.quirk % 71 == 0 else call.caller.name


def _routing(call: PlacedCall) -> Values:
    inbound = call.direction == "in"
    return {
        "destination": f"sip:{call.callee.number}@{DOMAIN}" if call.quirk % 3 else None,
        "outbound_caller_id": call.line if call.direction == "out" else None,
        "did_cid": call.line if inbound else None,
        "trunk": "Trunk North" if is_outside(call) else None,
    }


def _call_id(call: PlacedCall, index: int) -> str:
    # Now and then two legs share one SIP dialogue.
    shared = index if call.quirk % 5 else 0
    return f"{call.identity[-12:]}-{shared}@{DOMAIN}"


def _end_reason(call: PlacedCall, now_ms: int) -> str | None:
    """Who hung up, or who transferred. Some calls do not tell before minutes have passed."""
    if call.quirk % 6 == 0 and now_ms < call.visible_ms + _LATER_MS:
        return None
    if call.twist == "transfer":
        return "BLIND_TRANSFER_COMPLETED" if call.quirk % 2 else "CONSULT_TRANSFER_COMPLETED"
    if call.outcome == "missed" and call.code == 487:
        return "CANCELLED"
    if call.outcome in ("busy", "failed", "congestion"):
        return None
    if call.quirk % 67 == 0:
        return "CALLER_DISCONNECT"
    return "CALLER_DISCONNECTED" if call.quirk % 2 else "CALLEE_DISCONNECTED"


def _passed_on(call: PlacedCall, attempt: Attempt, index: int) -> str | None:
    if attempt.role != "person":
        return "REDIRECTED"
    if attempt.answered_us is None:
        return "CANCELLED"
    return "BLIND_TRANSFER_COMPLETED" if call.quirk % 2 else "CONSULT_TRANSFER_COMPLETED"


def _reroute_reason(call: PlacedCall) -> str | None:
    return {
        "transfer": "TRANSFER",
        "forwarded": "FORWARDING_NO_ANSWER",
        "capacity": "CAPACITY_BLOCKED",
        "abandoned": "QUEUE_ABANDONED",
    }.get(call.twist)


def told(values: Values, quirk: int) -> Values:
    """The row as JSON holds it; a row leaves blanks out, or writes them as null, or as an empty text."""
    row: Values = {}
    for name, value in values.items():
        if name in _TIMES and value is not None:
            row[name] = instant(value)
        elif value is not None:
            row[name] = value
        elif quirk % 3:
            row[name] = "" if quirk % 3 == 1 else None
    return row


def instant(us: int) -> str:
    """RFC 3339 in UTC with as many digits as the instant has: none, three or six."""
    text = rfc3339_ms(us // 1000)
    if us % 1000:
        return f"{text[:-1]}{us % 1000:03}Z"
    return text if us % 1_000_000 else f"{text[:19]}Z"
