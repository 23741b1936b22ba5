"""What a reader of the five feeds must report: one line per call, with the keys of `calltop calls --format json`.

The lines come from the calls themselves, not from the rows the simulated APIs serve, and hold only what the provider's
feed lets a reader know. Times are RFC 3339 in UTC with milliseconds, cut down (never rounded up) from finer ones; seconds
are differences of such instants (or the provider's own seconds), rounded half up. An absent text is null. Numbers, and the
words a provider puts for a hidden number, stand as the feed writes them. `provider` equals `kind`. `employee` is the
person who talked longest, null when nobody talked. One call per line; the rules, by provider:

Soluno and Dstny
    id: "{callerNo}|{start}|{receivingNo}|{calleeNo}|{ordinal}", an absent number being the empty text, `start` an RFC 3339
    time as above, and `ordinal` counting from 0 the rows that share the first four parts. direction: "internal" when
    callerNo is a short number (2 to 5 digits) or was seen as a calleeNo, else "in". status: answered with calleeAnswered,
    else missed. ringing_at: received. answered_at: calleeAnswered. ended_at: stop. callee: calleeNo, else receivingNo.
    queue: receivingNo. Names and employee: null, the feed has none. talk = stop - calleeAnswered. ring = (calleeAnswered
    or stop) - (received or start). wait = (calleeAnswered or stop) - start. legs: 1. Rows older than the provider's
    history are no longer served and have no line.

PortSIP
    id: the session's. A person leg is a call log whose callee is no service number (one that some row names as its
    service_number); a call is answered when a person leg is. answered_at: the first person's answer. ringing_at:
    rang_at of the session. ended_at, caller, callee and the display names: the session's. queue: the session's
    service_number. employee: outbound, the session's caller; else the callee of the answered person leg with the greatest
    duration (the first of equals). talk: the session's duration when none of its legs went to a service number, else the
    sum of the answered person legs' duration. ring = (person's answer or end) - rang_at, null without rang_at. wait =
    (person's answer or end) - started_at. status of an unanswered call, from the session, first match: 486 or 600 busy;
    503 or CAPACITY_BLOCKED congestion; 0, 408, 480, 487, 603, or CANCELLED or QUEUE_ABANDONED missed; else failed.
    direction: in also for INBOUND_OUTBOUND_CALL. legs: the number of call logs.

While1
    id: the linkedid of the call, for a call joined by the sibling rule that of the answered part. Rows in the order of
    their id. A leg of a call from outside is answered by a person when its status is ANSWERED and user_fullname or
    agent_details is there; other legs when the status is ANSWERED. started_at: the earliest `time`, the joined
    leg included. A leg ends at `time` + duration and is answered bill_duration before that. answered_at: the first
    person's. ended_at: the last leg's. ringing_at: null, no field tells it. status: answered when a leg is by a person;
    else missed when a leg says ANSWERED or NO ANSWER; else what the first row says, where FAILED with dial status
    CONGESTION or cause 34, 38, 41 or 42 is congestion. caller and caller_name: `source` and the name within `caller_id`
    of the first row of the call's own linkedid. callee: the destination of the leg first answered by a person, else of
    the first row that has one. callee_name: null. queue: the first `qname`. employee: user_fullname of the
    person-answered leg with the longest bill_duration (the first of equals). talk: the sum of bill_duration over the legs
    answered by a person. ring: ring_time of the leg first answered by a person, else of the leg with the longest
    duration (the first of equals). wait = (person's answer or end) - started_at; for a leg that begins with the call
    this is duration - bill_duration. direction: internal when source and destination of the first row are both
    2 to 5 digits, else IN or OUT as written. legs: the number of rows.

Telecom X
    No calls are served, only counters; a line is one employee's share in a call, so that sums can be made over
    `started_at`, `employee_id`, `extension_id`, `direction`, `status` and `talk_seconds`. direction: out counts as
    outbound, in as inbound; `local` is true for a call between extensions, which has a line for either end. Of unanswered
    outbound shares those with status failed are outboundFailed; of inbound ones those with status busy are inboundBusy.
    id: our own, the API has none. Everything the counters do not hold is null; legs: 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from providers.simulator.world import World
from providers.simulator.world.calls import Attempt, PlacedCall
from providers.simulator.world.shares import shares
from providers.simulator.world.times import rfc3339_ms

Line = dict[str, Any]

_NOT_COUNTED: Line = {
    "ringing_at": None,
    "answered_at": None,
    "ended_at": None,
    "ring_seconds": None,
    "wait_seconds": None,
    "caller": None,
    "caller_name": None,
    "callee": None,
    "callee_name": None,
    "queue": None,
}


def truth_lines(world: World, start_ms: int, now_ms: int, shown_after_ms: int | None = None) -> Iterator[Line]:
    """The lines of all calls that start at `start_ms` or later and are visible at `now_ms`, in the order they became so.

    With `shown_after_ms`, only those which became visible later than that.
    """
    for call in world.visible(now_ms, shown_after_ms):
        if call.started_us // 1000 >= max(start_ms, world.history_floor_ms(call.provider, now_ms)):
            yield from lines_of(call)


def lines_of(call: PlacedCall) -> Iterator[Line]:
    """The line of one call; at Telecom X, a line for each employee who had a share in it."""
    if call.provider == "telecomx":
        yield from _telecomx(call)
    elif call.provider == "portsip":
        yield _portsip(call)
    elif call.provider == "while1":
        yield _while1(call)
    else:
        yield _soluno(call)


def _instant(us: int | None) -> str | None:
    return None if us is None else rfc3339_ms(us // 1000)


def _seconds(start_us: int, end_us: int) -> int:
    return (end_us // 1000 - start_us // 1000 + 500) // 1000


def _line(call: PlacedCall, identity: str, **values: Any) -> Line:
    answered_us = call.person_answered_us()
    line: Line = {
        "provider": call.provider,
        "kind": call.provider,
        "id": identity,
        "started_at": _instant(call.started_us),
        "ringing_at": None,
        "answered_at": _instant(answered_us),
        "ended_at": _instant(call.ended_us),
        "direction": call.direction,
        "status": call.outcome,
        "caller": call.caller.number or None,
        "caller_name": call.caller.name or None,
        "callee": call.callee.number or None,
        "callee_name": None,
        "queue": call.group or None,
        "employee": None,
        "talk_seconds": 0,
        "ring_seconds": None,
        "wait_seconds": _seconds(call.started_us, call.ended_us if answered_us is None else answered_us),
        "legs": len(call.attempts),
    }
    line.update(values)
    return line


def _soluno(call: PlacedCall) -> Line:
    person = next((leg for leg in call.attempts if leg.role == "person"), None)
    received_us = next((leg.answered_us for leg in call.attempts if leg.role == "queue"), None)
    answered_us = person.answered_us if person else None
    callee = person.party.number if person else ""
    waited_until_us = call.ended_us if answered_us is None else answered_us
    parts = (call.caller.number, rfc3339_ms(call.started_us // 1000), call.group, callee, "1" if call.twist == "twin" else "0")
    return _line(
        call,
        "|".join(parts),
        ringing_at=_instant(received_us),
        caller_name=None,
        callee=callee or call.group or None,
        talk_seconds=0 if answered_us is None else _seconds(answered_us, call.ended_us),
        ring_seconds=_seconds(call.started_us if received_us is None else received_us, waited_until_us),
        legs=1,
    )


def _whole_seconds(leg: Attempt) -> int:
    """A leg's talk as PortSIP's `duration`: whole seconds, a begun one counted."""
    return 0 if leg.answered_us is None else -((leg.answered_us - leg.ended_us) // 1_000_000)


def _portsip(call: PlacedCall) -> Line:
    people = [leg for leg in call.attempts if leg.role == "person" and leg.answered_us is not None]
    answered_us = call.person_answered_us()
    served = any(leg.role != "person" for leg in call.attempts)
    talk_seconds = 0
    employee = ""
    if answered_us is not None:
        talk_seconds = sum(_whole_seconds(leg) for leg in people) if served else -((answered_us - call.ended_us) // 1_000_000)
        longest = max(people, key=_whole_seconds)
        employee = call.caller.name if call.direction == "out" else longest.party.name
    ring_seconds = None
    if call.rang_us is not None:
        ring_seconds = _seconds(call.rang_us, call.ended_us if answered_us is None else answered_us)
    return _line(
        call,
        call.identity,
        ringing_at=_instant(call.rang_us),
        callee_name=call.callee.name or None,
        employee=employee or None,
        talk_seconds=talk_seconds,
        ring_seconds=ring_seconds,
    )


def _while1(call: PlacedCall) -> Line:
    people = [leg for leg in call.attempts if leg.role == "person" and leg.answered_us is not None]
    first = min(people, key=lambda leg: leg.answered_us or 0, default=None)
    talker = max(people, key=lambda leg: leg.ended_us - (leg.answered_us or 0), default=None)
    heard = first or max(call.attempts, key=lambda leg: leg.ended_us - leg.started_us)
    ring_seconds = 0
    if heard.ringing_us is not None:
        until_us = heard.ended_us if heard.answered_us is None else heard.answered_us
        ring_seconds = (until_us - heard.ringing_us) // 1_000_000
    reached = first or next((leg for leg in call.attempts if leg.party.number), None)
    employee = ""
    if talker is not None:
        employee = talker.party.name if call.direction == "in" else call.caller.name
    return _line(
        call,
        call.identity,
        callee=(reached.party.number if reached else "") or None,
        employee=employee or None,
        talk_seconds=sum(leg.ended_us - (leg.answered_us or 0) for leg in people) // 1_000_000,
        ring_seconds=ring_seconds,
    )


def _telecomx(call: PlacedCall) -> Iterator[Line]:
    for share in shares(call):
        yield _line(
            call,
            f"{call.identity}:{share.extension.number}:{share.direction}",
            **_NOT_COUNTED,
            direction=share.direction,
            status=share.outcome,
            employee=share.employee.name,
            talk_seconds=share.seconds,
            legs=1,
            employee_id=share.employee.id,
            extension_id=share.extension.id,
            extension_number=share.extension.number,
            local=share.local,
        )
