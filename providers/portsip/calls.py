"""Sessions and legs become calls.

The documents say when a session was answered, but a menu or a queue answers too. So a call counts as answered when the leg of a
person was, a person being whoever is no service number; without legs the session's own answer has to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from calls.model import Call, Direction, Leg, Source, Status
from providers.portsip.rows import Row

DIRECTIONS = {
    "INBOUND_CALL": Direction.IN,
    "INBOUND_OUTBOUND_CALL": Direction.IN,
    "OUTBOUND_CALL": Direction.OUT,
    "EXTENSION_CALL": Direction.INTERNAL,
}
BUSY_CODES = frozenset({486, 600})
_MISSED_CODES = frozenset({0, 408, 480, 487, 603})
_MISSED_REASONS = frozenset({"CANCELLED", "QUEUE_ABANDONED"})


def direction_of(row: Row) -> Direction | None:
    """The session's direction; None when it is one that the documents do not know."""
    return DIRECTIONS.get(row.direction)


def _likely_direction(row: Row) -> Direction:
    if row.direction.startswith("INBOUND") or row.did:
        return Direction.IN
    return Direction.OUT if row.direction.startswith("OUTBOUND") or row.trunk else Direction.INTERNAL


def unanswered_status(row: Row) -> Status:
    """Why nobody answered, by SIP code and reasons. Codes below 400 say nothing about it, so such a call was missed."""
    if row.status_code in BUSY_CODES:
        return Status.BUSY
    if row.status_code == 503 or row.reroute_reason == "CAPACITY_BLOCKED":
        return Status.CONGESTION
    if row.status_code in _MISSED_CODES or _MISSED_REASONS & {row.end_reason, row.reroute_reason}:
        return Status.MISSED
    return Status.FAILED if 400 <= row.status_code < 700 else Status.MISSED


def answer_of(row: Row) -> int | None:
    """When the row was answered; from its end and its talk time where only those are told."""
    if row.answered_ms is not None or not row.answered or row.ended_ms is None:
        return row.answered_ms
    return max(row.started_ms, row.ended_ms - row.duration_seconds * 1000)


class CallOfSession:
    """One session with its legs, read as a call. `services` are the numbers of queues, ring groups and menus."""

    def __init__(self, session: Row, legs: Sequence[Row], services: AbstractSet[str]) -> None:
        self._session = session
        self._legs = sorted(legs, key=lambda leg: (leg.started_ms, leg.rang_ms or leg.started_ms, leg.id))
        self._persons = [leg for leg in self._legs if leg.callee not in services]
        self._service_legs = [leg for leg in self._legs if leg.callee in services]
        self._talked = [leg for leg in self._persons if leg.answered]
        self._services = services
        self._doubts: list[str] = []

    def call(self, source: Source) -> Call:
        """The call, for a provider called `source.name`."""
        session = self._session
        direction = direction_of(session)
        if direction is None:
            self._doubts.append(f"the direction {session.direction[:40]!r} is not in the document")
        answered = self._answered()
        answered_ms = self._answered_ms() if answered else None
        if answered and answered_ms is None:
            self._doubts.append("the moment of the answer is missing")
        if session.ended_ms is None:
            self._doubts.append("the provider gives no end, so the call may still go on")
        decided_ms = answered_ms if answered else session.ended_ms
        ring_ms = self._between(session.rang_ms, decided_ms)
        wait_ms = self._between(session.started_ms, decided_ms)
        return Call(
            provider=source.name,
            kind=source.kind,
            id=session.id,
            started_ms=session.started_ms,
            direction=direction or _likely_direction(session),
            status=Status.ANSWERED if answered else unanswered_status(session),
            ringing_ms=session.rang_ms,
            answered_ms=answered_ms,
            ended_ms=session.ended_ms,
            caller=session.caller,
            caller_name=session.caller_name,
            callee=session.callee,
            callee_name=session.callee_name,
            queue=self._queue(),
            employee=self._employee(answered, direction),
            talk_ms=self._talk_seconds() * 1000 if answered else 0,
            ring_ms=ring_ms,
            wait_ms=wait_ms,
            route=session.did,
            trunk=session.trunk,
            linked=session.id,
            external=session.user_data,
            legs=tuple(map(self._leg, self._legs)),
            approximate=bool(self._doubts),
            doubt="; ".join(self._doubts),
        )

    def _service_involved(self) -> bool:
        session = self._session
        return bool(self._service_legs or session.service_number or session.callee in self._services)

    def _answered(self) -> bool:
        """Whether a person answered."""
        session = self._session
        if self._talked:
            return True
        if not session.answered:
            return False
        if not self._legs:
            if self._service_involved():
                self._doubts.append("without call logs a menu's or a queue's answer looks like a person's")
            return True
        if self._service_involved():
            return False
        self._doubts.append("the session was answered, yet none of its call logs")
        return True

    def _answered_ms(self) -> int | None:
        moments = [moment for moment in map(answer_of, self._talked) if moment is not None]
        if moments:
            return min(moments)
        return answer_of(self._session) if not self._talked or not self._service_involved() else None

    def _talk_seconds(self) -> int:
        by_persons = sum(leg.duration_seconds for leg in self._talked)
        # Where a queue or a menu had a part, the session's duration holds the time with it too.
        return by_persons if self._service_legs else self._session.duration_seconds or by_persons

    def _queue(self) -> str:
        named = [self._session.service_number, *(leg.service_number for leg in self._legs)]
        reached = [leg.callee for leg in reversed(self._service_legs)]
        called = [self._session.callee] if self._session.callee in self._services else []
        return next((number for number in (*named, *reached, *called) if number), "")

    def _employee(self, answered: bool, direction: Direction | None) -> str:
        if not answered:
            return ""
        if direction is Direction.OUT:
            return self._session.caller_name
        if self._talked:
            return max(self._talked, key=lambda leg: leg.duration_seconds).callee_name
        return "" if self._service_involved() else self._session.callee_name

    def _between(self, first_ms: int | None, last_ms: int | None) -> int | None:
        if first_ms is None or last_ms is None:
            return None
        if last_ms < first_ms:
            self._doubts.append("a later moment of it lies before an earlier one")
            return None
        return last_ms - first_ms

    def _leg(self, leg: Row) -> Leg:
        if leg.callee not in self._services:
            role = "person"
        else:
            rang_persons = {person.service_number for person in self._persons}
            role = "queue" if leg.callee == self._queue() or leg.callee in rang_persons else "ivr"
        return Leg(
            started_ms=leg.started_ms,
            ringing_ms=leg.rang_ms,
            answered_ms=answer_of(leg),
            ended_ms=leg.ended_ms,
            caller=leg.caller,
            callee=leg.callee,
            employee=leg.callee_name if role == "person" else "",
            status=Status.ANSWERED if leg.answered else unanswered_status(leg),
            talk_ms=leg.duration_seconds * 1000,
            role=role,
        )
