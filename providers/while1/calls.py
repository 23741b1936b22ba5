"""The legs of one call become the call."""

from __future__ import annotations

from collections.abc import Sequence

from calls.model import Call, Direction, Leg, Source, Status
from providers.while1.rows import Row
from providers.while1.siblings import LegsOfCall, by_a_person

CONGESTION_CAUSES = frozenset({34, 38, 41, 42})
SHORTEST_TALK_SECONDS = 2
_STATUSES = {"NOANSWER": Status.MISSED, "BUSY": Status.BUSY, "CONGESTION": Status.CONGESTION, "FAILED": Status.FAILED}


def unanswered_status(leg: Row) -> Status | None:
    """Why this leg was not answered by a person; None for a status that the document does not know."""
    if leg.status == "FAILED" and (leg.dial_status == "CONGESTION" or leg.cause in CONGESTION_CAUSES):
        return Status.CONGESTION
    return Status.MISSED if leg.status == "ANSWERED" else _STATUSES.get(leg.status)


def call_of(parts: LegsOfCall, source: Source) -> Call:
    """The call that these legs make. A moment or duration that no leg tells is None."""
    legs = parts.all
    first = parts.own[0]
    talked = [leg for leg in legs if by_a_person(leg)]
    reached = min(talked, key=lambda leg: leg.answered_ms or leg.started_ms, default=None)
    answered_ms = reached.answered_ms if reached else None
    started_ms = min(leg.started_ms for leg in legs)
    ended_ms = max((leg.ended_ms for leg in legs if leg.ended_ms is not None), default=None)
    until_ms = answered_ms if reached else ended_ms
    heard = reached or max(legs, key=lambda leg: leg.duration_seconds or 0)
    status = Status.ANSWERED if talked else _unanswered(legs)
    doubts = _doubts(parts, talked, status)
    destinations = [leg.destination for leg in legs if leg.destination]
    return Call(
        provider=source.name,
        kind=source.kind,
        id=parts.id,
        started_ms=started_ms,
        direction=first.direction or Direction.IN,
        status=status or Status.MISSED,
        answered_ms=answered_ms,
        ended_ms=ended_ms,
        caller=first.source,
        caller_name=first.caller_name,
        callee=(reached.destination if reached else "") or next(iter(destinations), ""),
        queue=next((leg.queue for leg in legs if leg.queue), ""),
        employee=max(talked, key=lambda leg: leg.talk_seconds).agent if talked else "",
        talk_ms=sum(leg.talk_seconds for leg in talked) * 1000,
        ring_ms=None if heard.ring_seconds is None else heard.ring_seconds * 1000,
        wait_ms=None if until_ms is None else until_ms - started_ms,
        project=next((leg.project for leg in legs if leg.project), ""),
        route=next((leg.route for leg in legs if leg.route), ""),
        linked=parts.id,
        external=next((leg.external for leg in legs if leg.external), ""),
        has_recording=any(leg.has_recording for leg in legs),
        has_transcription=any(leg.has_transcription for leg in legs),
        has_monitor=any(leg.has_monitor for leg in legs),
        approximate=bool(doubts),
        doubt="; ".join(doubts),
        legs=tuple(_leg(leg) for leg in sorted(legs, key=lambda leg: (leg.started_ms, leg.id))),
    )


def _unanswered(legs: Sequence[Row]) -> Status | None:
    """A call was missed when any leg rang or waited for nothing; else its first leg tells."""
    if any(leg.status in ("NOANSWER", "ANSWERED") for leg in legs):
        return Status.MISSED
    return unanswered_status(legs[0])


def _doubts(parts: LegsOfCall, talked: Sequence[Row], status: Status | None) -> list[str]:
    legs, first = parts.all, parts.own[0]
    doubts = sorted({leg.doubt for leg in legs if leg.doubt})
    if first.direction is None:
        doubts.append(f"the direction {first.direction_text[:40]!r} is not in the document")
    if status is None:
        doubts.append(f"the status {legs[0].status[:40]!r} is not in the document")
    if not talked and any(leg.status == "ANSWERED" for leg in legs):
        doubts.append("a queue or a menu answered and no agent is named, so it counts as missed")
    if talked and sum(leg.talk_seconds for leg in talked) < SHORTEST_TALK_SECONDS:
        doubts.append("answered for a second at most")
    if any(leg.ended_ms is None for leg in legs):
        doubts.append("a leg has no end, so the call may still go on")
    return doubts


def _leg(leg: Row) -> Leg:
    answered = leg.status == "ANSWERED"
    role = "person" if by_a_person(leg) or not answered else "queue" if leg.queue else "ivr"
    until_ms = leg.answered_ms if answered else leg.ended_ms
    ringing_ms = None if until_ms is None or not leg.ring_seconds else max(leg.started_ms, until_ms - leg.ring_seconds * 1000)
    return Leg(
        started_ms=leg.started_ms,
        ringing_ms=ringing_ms,
        answered_ms=leg.answered_ms,
        ended_ms=leg.ended_ms,
        caller=leg.source,
        callee=leg.destination,
        employee=leg.agent,
        status=Status.ANSWERED if answered else unanswered_status(leg) or Status.MISSED,
        talk_ms=leg.talk_seconds * 1000,
        role=role,
    )
