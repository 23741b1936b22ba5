"""A call as While1 tells it: one row per leg, in whole seconds, by Romanian wall time, with every documented field."""

from __future__ import annotations

from typing import Any

from providers.simulator.world import Attempt, PlacedCall
from providers.simulator.world.people import NAMES, OFFICES
from providers.simulator.world.romanian import channel_id
from providers.simulator.world.times import BUCHAREST, wall_text

_OFFICE = OFFICES["while1"]
USER_IDS = {employee.name: str(11 + index) for index, employee in enumerate(_OFFICE.employees)}
ROUTES = {"receptie": "1", "suport": "2", "vanzari": "3", "": "4"}
PROJECT, PROJECT_ID = "Centrala", "5"
_CUSTOMERS = {name: str(900 + index) for index, name in enumerate(sorted(set(NAMES.values())))}
_DIRECT_ROUTE = "direct"
_COMMENT_MS, _RECORDING_MS, _RECOVERED_MS = 420_000, 180_000, 1_800_000
_HANGUP_TEXT = {1: "Unallocated number", 3: "No route to destination", 27: "Destination out of order", 28: "Invalid number"}
Row = dict[str, Any]
# Now and then somebody's telephone sends a character in its name that turns the writing direction.
_TURN = "\u202e"


def _clock_text(us: int) -> str:
    """A duration as HH:MM:SS, hours without bound."""
    minutes, seconds = divmod(us // 1_000_000, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _wall(us: int) -> str:
    return wall_text(us // 1000, BUCHAREST)


def user_name(call: PlacedCall, leg: Attempt) -> str | None:
    """The employee of a row: the one who rings, or for a call from outside the one who was rung."""
    if call.direction != "in":
        return call.caller.name
    known = leg.answered_us is not None or (call.quirk + leg.started_us // 1_000_000) % 10 < 7
    return (leg.party.name or None) if known else None


def rows(call: PlacedCall, first_id: int, now_ms: int) -> list[Row]:
    """The call's rows, numbered from `first_id`."""
    return [_row(call, index, first_id + index, now_ms) for index in range(len(call.attempts))]


def _identities(call: PlacedCall, index: int) -> Row:
    prefix = call.identity[: call.identity.find("-") + 1]
    leg = call.attempts[index]
    own = channel_id(leg.started_us, call.serial, index)
    if leg.apart:
        return {"uniqueid": prefix + own, "linkedid": prefix + own}
    # The call is named after the channel it began with.
    first = min((one.started_us, position) for position, one in enumerate(call.attempts) if not one.apart)[1]
    return {"uniqueid": call.identity if index == first else prefix + own, "linkedid": call.identity}


def _row(call: PlacedCall, index: int, row_id: int, now_ms: int) -> Row:
    leg = call.attempts[index]
    bill_us = 0 if leg.answered_us is None else leg.ended_us - leg.answered_us
    ringing_until_us = leg.ended_us if leg.answered_us is None else leg.answered_us
    ring_us = 0 if leg.ringing_us is None else ringing_until_us - leg.ringing_us
    before_ringing_us = 0 if leg.ringing_us is None else leg.ringing_us - leg.started_us
    through_menu = leg.role == "ivr" or (call.twist == "menu" and index == 0)
    status, info = _status(call, leg)
    return {
        "id": str(row_id),
        **_identities(call, index),
        "time": _wall(leg.started_us),
        "time_end": _wall(leg.ended_us + (1_000_000 if call.quirk % 5 == 0 else 0)),
        **_ends(call, leg),
        "customer_id": _CUSTOMERS.get(NAMES.get(call.caller.identity or call.callee.identity, "")),
        "user_fullname": user_name(call, leg),
        "qname": leg.group or None,
        "code": {"in": "inbound", "out": "outbound", "internal": "internal"}[call.direction],
        "call_status": status,
        "call_status_info": info,
        "call_codes": f"{call.direction} {'answered' if leg.answered_us is not None else 'no answer'}",
        **_written_later(call, leg, now_ms),
        **_belongings(call, leg),
        "bill_duration": _clock_text(bill_us),
        "duration": _clock_text(leg.ended_us - leg.started_us),
        "bill_minutes": -(-bill_us // 60_000_000),
        "ivr_duration": _clock_text((bill_us if leg.role == "ivr" else before_ringing_us) if through_menu else 0),
        "hold_time": _clock_text(before_ringing_us if leg.group else 0),
        "ring_time": _clock_text(ring_us),
    }


def _ends(call: PlacedCall, leg: Attempt) -> Row:
    number, name = call.caller.number, call.caller.name
    inbound = call.direction == "in"
    employee = leg.party.name if inbound else call.caller.name
    device = f"PJSIP/{employee.lower().replace(' ', '-')}" if employee else ""
    return {
        "caller_id": f'"{name}{_TURN if call.quirk % 71 == 0 else ""}" <{number}>'
        if name
        else f"<{number}>"
        if number
        else None,
        "source": number or (None if call.quirk % 2 else ""),
        "destination": leg.party.number or None,
        "direction": "IN" if inbound else "OUT",
        "channel_formatted": "PJSIP/trunk-1" if inbound else device,
        "dstchannel_formatted": device if inbound else "" if call.direction == "out" else f"PJSIP/{leg.party.number}",
    }


def _status(call: PlacedCall, leg: Attempt) -> tuple[str, str | None]:
    """`call_status` and `call_status_info`: dial status, hang-up cause and text. Congestion hides in FAILED at times."""
    if leg.answered_us is not None:
        return "ANSWERED", "DS:ANSWER|HC:16|HI:Normal Clearing" if call.quirk % 4 else None
    if leg.code == 17:
        return "BUSY", "DS:BUSY|HC:17|HI:User busy"
    if call.outcome == "congestion":
        text = "HI:SIP 503 Service Unavailable"
        way = call.quirk % 3
        if way == 0:
            return "CONGESTION", f"DS:CONGESTION|HC:{leg.code}|{text}"
        return "FAILED", f"DS:{'CONGESTION' if way == 1 else 'CHANUNAVAIL'}|HC:{leg.code}|{text}"
    if call.outcome == "failed":
        return "FAILED", f"DS:CHANUNAVAIL|HC:{leg.code}|HI:{_HANGUP_TEXT[leg.code]}"
    return "NOANSWER" if call.quirk % 61 == 0 else "NO ANSWER", f"DS:NOANSWER|HC:{leg.code}|HI:" if call.quirk % 4 else None


def _written_later(call: PlacedCall, leg: Attempt, now_ms: int) -> Row:
    """Fields that people and machines fill in minutes after the row is there."""
    age_ms = now_ms - call.visible_ms
    recorded = leg.answered_us is not None and leg.role == "person" and call.quirk % 4 == 1 and age_ms >= _RECORDING_MS
    recovered = call.outcome == "missed" and call.direction == "in" and call.quirk % 3 == 0 and age_ms >= _RECOVERED_MS
    monitored = leg.answered_us is not None and call.quirk % 7 == 0
    return {
        "accounting_code": None,
        "accounting_value": None,
        "comments": "verificat" if call.quirk % 9 == 0 and age_ms >= _COMMENT_MS else None,
        "monitor_files": f"monitor-{call.serial}.wav" if monitored else None,
        "monitor_urls": f"https://pbx.example/tools/play-record?monitor={call.serial}" if monitored else None,
        "recording_file": f"rec-{call.serial}.mp3" if recorded else None,
        "recording_url": f"https://pbx.example/recordings/{call.serial}.mp3" if recorded else None,
        "transcription_id": str(call.serial) if recorded and call.quirk % 8 == 1 else None,
        "transcription_text": None,
        "is_recovered": "1" if recovered else None,
    }


def _belongings(call: PlacedCall, leg: Attempt) -> Row:
    inbound = call.direction == "in"
    by_agent = leg.answered_us is not None and leg.role == "person" and leg.group
    return {
        "transfers": call.attempts[-1].party.number if call.twist == "transfer" else None,
        "project": PROJECT if call.direction != "internal" else None,
        "inbound_route": (call.group or _DIRECT_ROUTE) if inbound else None,
        "inbound_route_id": ROUTES[call.group] if inbound else None,
        "queue_log": None,
        "ivr_log": f"meniu:{1 + call.quirk % 3}" if leg.role == "ivr" else None,
        "external_id": f"crm-{call.serial}" if call.direction == "out" and call.quirk % 10 == 0 else None,
        "external_info": None,
        "agent_details": leg.party.name if by_agent and call.quirk % 2 else None,
    }
