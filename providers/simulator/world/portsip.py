"""Calls at the PortSIP exchange: direct, through a menu, a queue or a ring group, outbound, between extensions, passed on.

Times are exact to the microsecond; a call's attempts are its legs, in the order in which they begin.
"""

from __future__ import annotations

from datetime import date
from random import Random

from providers.simulator.world.calls import Attempt, Party, PlacedCall
from providers.simulator.world.chance import (
    SECOND_US,
    appears_ms,
    one_of,
    outside_callee,
    outside_caller,
    span_us,
    talk_us,
    two_of,
)
from providers.simulator.world.numbers import EMPLOYEE_MOBILES, shown
from providers.simulator.world.people import OFFICES, Employee, Group
from providers.simulator.world.rhythm import Moment

_OFFICE = OFFICES["portsip"]
_QUEUES = _OFFICE.groups[:2]
_RING_GROUP = _OFFICE.groups[2]
_SNOWFLAKE_EPOCH_MS = 1_514_764_800_000
_BUSY_CODES = (486, 486, 486, 600)
_FAILED_CODES = (404, 404, 484, 403, 500)
_UNANSWERED_CODES = (487, 487, 480, 408, 603)


def snowflake(us: int, low_bits: int) -> int:
    """A number that rises with time, larger than a float can hold exactly."""
    return ((us // 1000 - _SNOWFLAKE_EPOCH_MS) << 22) | low_bits


def _desk(employee: Employee) -> Party:
    return Party(employee.extension, employee.name)


class PortsipCalls:
    """Places the exchange's calls of one day."""

    def __init__(self, day: date, rng: Random) -> None:
        self._rng = rng
        self._serial = 0

    def place(self, moment: Moment, caller: Party | None = None) -> list[PlacedCall]:
        """The call that begins at the moment. With `caller`, who rings again, it is inbound and answered."""
        rng = self._rng
        start_us = self._start(moment.us)
        certain = moment.lasting_s > 0 or caller is not None
        kind = 0.0 if caller is not None else rng.random()
        if kind < 0.62:
            return [self._inbound(start_us, caller or outside_caller(rng, "portsip"), certain, moment.lasting_s)]
        if kind < 0.87:
            return [self._outbound(start_us, outside_callee(rng, "portsip"), certain, moment.lasting_s)]
        return [self._internal(start_us, certain, moment.lasting_s)]

    def ring_back(self, moment: Moment, number: str, name: str) -> PlacedCall:
        """An employee rings `number` and reaches somebody."""
        callee = Party(shown(self._rng, "portsip", number), name, number)
        return self._outbound(self._start(moment.us), callee, True, 0)

    def _start(self, us: int) -> int:
        chance = self._rng.random()
        unit_us = SECOND_US if chance < 0.03 else 1000 if chance < 0.08 else 1
        return us // unit_us * unit_us

    def _span(self, low_s: float, high_s: float) -> int:
        return span_us(self._rng, low_s, high_s, 1)

    def _inbound(self, start_us: int, caller: Party, certain: bool, lasting_s: int) -> PlacedCall:
        rng = self._rng
        kind = rng.random()
        if kind < 0.30:
            return self._direct(start_us, caller, certain, lasting_s)
        if kind < 0.44:
            return self._group(start_us, caller, certain, lasting_s)
        if kind < 0.47 and not certain:
            return self._menu_only(start_us, caller)
        if kind < 0.50:
            return self._forwarded(start_us, caller, lasting_s)
        return self._queued(start_us, caller, certain, lasting_s, with_menu=kind < 0.75)

    def _direct(self, start_us: int, caller: Party, certain: bool, lasting_s: int) -> PlacedCall:
        rng = self._rng
        employee = one_of(rng, _OFFICE.employees)
        rang_us = start_us + self._span(0.03, 0.4)
        if not certain and rng.random() < 0.22:
            code = _UNANSWERED_CODES[int(rng.random() * 5)] if rng.random() < 0.85 else 486
            legs = [self._leg(_desk(employee), start_us, rang_us, None, rang_us + self._span(1, 40), code=code)]
            return self._finish(start_us, "in", caller, _desk(employee), legs, code=code)
        legs = self._conversation(employee, start_us, rang_us, rang_us + self._span(1.5, 18), lasting_s)
        twist = "transfer" if len(legs) > 1 else ""
        return self._finish(start_us, "in", caller, _desk(employee), legs, twist=twist)

    def _conversation(
        self, employee: Employee, start_us: int, rang_us: int, answered_us: int, lasting_s: int, group: str = ""
    ) -> list[Attempt]:
        """An employee talks to the end, or passes the caller on to a colleague who does."""
        rng = self._rng
        talk = talk_us(rng, lasting_s, 1)
        legs = [self._leg(_desk(employee), start_us, rang_us, answered_us, answered_us + talk, group)]
        if rng.random() < 0.05:
            handed_us = answered_us + talk
            colleague = one_of(rng, tuple(one for one in _OFFICE.employees if one is not employee))
            ringing_us = handed_us + self._span(0.05, 0.3)
            taken_us = ringing_us + self._span(2, 14)
            legs.append(self._leg(_desk(colleague), handed_us, ringing_us, taken_us, taken_us + talk_us(rng, 0, 1)))
        return legs

    def _group(self, start_us: int, caller: Party, certain: bool, lasting_s: int) -> PlacedCall:
        """A ring group rings its members at once and answers nothing itself."""
        rng = self._rng
        number = _RING_GROUP.number
        members = _OFFICE.members(number)
        rang_us = start_us + self._span(0.05, 0.4)
        callee = Party(number, _RING_GROUP.name)
        if not certain and rng.random() < 0.18:
            end_us = rang_us + self._span(5, 45)
            legs = [self._leg(_desk(one), start_us, rang_us, None, end_us, number, 487) for one in members]
            return self._finish(start_us, "in", caller, callee, legs, number, 487)
        answered_us = rang_us + self._span(1.5, 20)
        taker = one_of(rng, members)
        legs = [self._leg(_desk(one), start_us, rang_us, None, answered_us, number, 487) for one in members if one is not taker]
        legs += self._conversation(taker, start_us, rang_us, answered_us, lasting_s, number)
        return self._finish(start_us, "in", caller, callee, legs, number)

    def _menu(self, start_us: int, stays_us: int) -> Attempt:
        assert _OFFICE.menu is not None
        menu = Party(_OFFICE.menu.number, _OFFICE.menu.name)
        ringing_us = start_us + self._span(0.02, 0.2)
        answered_us = ringing_us + self._span(0.02, 0.2)
        return Attempt("ivr", menu, start_us, ringing_us, answered_us, answered_us + stays_us, menu.number)

    def _menu_only(self, start_us: int, caller: Party) -> PlacedCall:
        """The caller hangs up while the menu speaks: the exchange answered, nobody did."""
        menu = self._menu(start_us, self._span(2, 25))
        return self._finish(start_us, "in", caller, menu.party, [menu], menu.party.number)

    def _queued(self, start_us: int, caller: Party, certain: bool, lasting_s: int, with_menu: bool) -> PlacedCall:
        """A queue answers, rings its agents in rounds, and one of them answers or the caller gives up."""
        rng = self._rng
        legs = [self._menu(start_us, self._span(4, 22))] if with_menu else []
        queue = _QUEUES[0] if rng.random() < 0.65 else _QUEUES[1]
        entered_us = legs[-1].ended_us if legs else start_us
        taken_in_us = entered_us + self._span(0.02, 0.3)
        agents = _OFFICE.members(queue.number)
        ringing_us = taken_in_us + (self._span(0.3, 3) if rng.random() < 0.7 else self._span(3, 90))
        rounds: list[Attempt] = []
        while rng.random() < 0.22 and len(rounds) < 6:
            until_us = ringing_us + self._span(12, 20)
            rounds += [self._leg(_desk(one), ringing_us, ringing_us, None, until_us, queue.number, 487) for one in agents]
            ringing_us = until_us + self._span(0.2, 3)
        reached_by_queue = Party(queue.number, queue.name)
        if not certain and rng.random() < 0.15:
            end_us = ringing_us + self._span(0.5, 25)
            if rng.random() < 0.5:
                rounds += [self._leg(_desk(one), ringing_us, ringing_us, None, end_us, queue.number, 487) for one in agents]
            legs += [self._queue_leg(queue, entered_us, taken_in_us, end_us), *rounds]
            code = 487 if rng.random() < 0.4 else 0
            return self._finish(
                start_us, "in", caller, legs[0].party, legs, queue.number, code, twist="" if code else "abandoned"
            )
        answered_us = ringing_us + self._span(1, 14)
        taker = one_of(rng, agents)
        rounds += [
            self._leg(_desk(one), ringing_us, ringing_us, None, answered_us, queue.number, 487)
            for one in agents
            if one is not taker
        ]
        rounds += self._conversation(taker, ringing_us, ringing_us, answered_us, lasting_s, queue.number)
        legs += [self._queue_leg(queue, entered_us, taken_in_us, answered_us), *rounds]
        callee = legs[0].party if with_menu else reached_by_queue
        return self._finish(start_us, "in", caller, callee, legs, queue.number)

    def _queue_leg(self, queue: Group, entered_us: int, taken_in_us: int, left_us: int) -> Attempt:
        party = Party(queue.number, queue.name)
        return Attempt("queue", party, entered_us, entered_us, taken_in_us, left_us, queue.number)

    def _forwarded(self, start_us: int, caller: Party, lasting_s: int) -> PlacedCall:
        """From trunk to trunk: the call is passed on to a mobile outside."""
        mobile = EMPLOYEE_MOBILES[15 + int(self._rng.random() * 5)]
        callee = Party(mobile, "", mobile)
        rang_us = start_us + self._span(0.8, 3)
        answered_us = rang_us + self._span(3, 20)
        leg = self._leg(callee, start_us, rang_us, answered_us, answered_us + talk_us(self._rng, lasting_s, 1))
        return self._finish(start_us, "in", caller, callee, [leg], twist="forwarded")

    def _outbound(self, start_us: int, callee: Party, certain: bool, lasting_s: int) -> PlacedCall:
        rng = self._rng
        caller = _desk(one_of(rng, _OFFICE.employees))
        rang_us: int | None = start_us + self._span(0.6, 4)
        chance = 0.0 if certain else rng.random()
        line = _OFFICE.lines[int(rng.random() * 2)]
        if chance < 0.68:
            answered_us = start_us + self._span(5, 26)
            leg = self._leg(callee, start_us, rang_us, answered_us, answered_us + talk_us(rng, lasting_s, 1))
            return self._finish(start_us, "out", caller, callee, [leg], line=line)
        twist = ""
        code = _UNANSWERED_CODES[int(rng.random() * 5)]
        end_us = start_us + self._span(8, 45)
        if chance > 0.85:
            rang_us, end_us = None, start_us + self._span(0.3, 4)
            code = 503 if chance > 0.98 else 480 if chance > 0.97 else _FAILED_CODES[int(rng.random() * 5)]
            twist = "capacity" if code == 480 else ""
            if chance < 0.93:
                code = _BUSY_CODES[int(rng.random() * 4)]
        leg = self._leg(callee, start_us, rang_us, None, end_us, code=code)
        return self._finish(start_us, "out", caller, callee, [leg], code=code, line=line, twist=twist)

    def _internal(self, start_us: int, certain: bool, lasting_s: int) -> PlacedCall:
        rng = self._rng
        caller, callee = two_of(rng, _OFFICE.employees)
        rang_us = start_us + self._span(0.02, 0.12)
        if certain or rng.random() < 0.76:
            answered_us = rang_us + self._span(1, 12)
            leg = self._leg(_desk(callee), start_us, rang_us, answered_us, answered_us + talk_us(rng, lasting_s, 1))
            return self._finish(start_us, "internal", _desk(caller), _desk(callee), [leg])
        code = 486 if rng.random() < 0.3 else _UNANSWERED_CODES[int(rng.random() * 5)]
        leg = self._leg(_desk(callee), start_us, rang_us, None, rang_us + self._span(1, 25), code=code)
        return self._finish(start_us, "internal", _desk(caller), _desk(callee), [leg], code=code)

    def _leg(
        self,
        party: Party,
        started_us: int,
        ringing_us: int | None,
        answered_us: int | None,
        ended_us: int,
        group: str = "",
        code: int = 0,
    ) -> Attempt:
        return Attempt("person", party, started_us, ringing_us, answered_us, ended_us, group, code)

    def _finish(
        self,
        start_us: int,
        direction: str,
        caller: Party,
        callee: Party,
        legs: list[Attempt],
        group: str = "",
        code: int = 0,
        line: str = "",
        twist: str = "",
    ) -> PlacedCall:
        answers = [leg.answered_us for leg in legs if leg.answered_us is not None]
        answered = any(leg.role == "person" and leg.answered_us is not None for leg in legs)
        ended_us = max(leg.ended_us for leg in legs)
        self._serial += 1
        return PlacedCall(
            provider="portsip",
            serial=self._serial,
            identity=str(snowflake(start_us, self._serial << 6)),
            direction=direction,
            outcome="answered" if answered else _outcome(code, twist),
            caller=caller,
            callee=callee,
            started_us=start_us,
            rang_us=legs[0].ringing_us,
            answered_us=min(answers, default=None),
            ended_us=ended_us,
            attempts=tuple(legs),
            visible_ms=appears_ms(self._rng, ended_us),
            group=group,
            line=line or (_OFFICE.lines[0] if direction == "in" else ""),
            code=code,
            twist=twist,
            quirk=self._rng.getrandbits(24),
        )


def _outcome(code: int, twist: str) -> str:
    """What an unanswered call's final SIP code says."""
    if code in (486, 600):
        return "busy"
    if code == 503 or twist == "capacity":
        return "congestion"
    return "missed" if code in (0, 408, 480, 487, 603) else "failed"
