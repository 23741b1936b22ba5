"""Calls at While1: an Asterisk exchange that tells a call as rows, one for each leg, in whole seconds.

A leg's `party` is its destination (number) and, for a call from outside, the employee (name) it rang; the number is "" where
the feed leaves the destination out. The order of a call's attempts is the order of its rows.
"""

from __future__ import annotations

from dataclasses import replace
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
from providers.simulator.world.numbers import shown
from providers.simulator.world.people import OFFICES, Employee
from providers.simulator.world.rhythm import Moment
from providers.simulator.world.times import midnight_ms

_OFFICE = OFFICES["while1"]
_APART_US = 240 * SECOND_US
_SIBLING_S = 28
CAUSE_CONGESTION = (34, 38, 41, 42)
_CAUSE_FAILED = (1, 3, 27, 28)


def _desk(employee: Employee) -> Party:
    return Party(employee.extension, employee.name)


class RomanianCalls:
    """Places While1's calls of one day, in the order of their start.

    The same caller never rings twice within four minutes: two calls that close together could not be told from two
    parts of one call.
    """

    def __init__(self, day: date, rng: Random) -> None:
        self._midnight_us = midnight_ms(day) * 1000
        self._rng = rng
        self._serial = 0
        self._rang_at: dict[str, list[int]] = {}

    def place(self, moment: Moment) -> list[PlacedCall]:
        """The call that begins at the moment."""
        rng = self._rng
        start_us = moment.us // SECOND_US * SECOND_US
        kind = rng.random()
        certain = moment.lasting_s > 0
        if kind < 0.66:
            caller = outside_caller(rng, "while1")
            while caller.identity and not self._is_apart(caller.identity, start_us):
                caller = outside_caller(rng, "while1")
            return [self._inbound(start_us, caller, certain, moment.lasting_s)]
        if kind < 0.92:
            return [self._outbound(start_us, outside_callee(rng, "while1"), certain, moment.lasting_s)]
        return [self._internal(start_us, certain, moment.lasting_s)]

    def ring_again(self, moment: Moment, caller: Party) -> list[PlacedCall]:
        """A caller rings again and is answered; nothing when that would be too soon to be told from another call."""
        start_us = moment.us // SECOND_US * SECOND_US
        if not self._is_apart(caller.identity, start_us):
            return []
        return [self._inbound(start_us, caller, True, 0)]

    def ring_back(self, moment: Moment, number: str, name: str) -> PlacedCall:
        """An employee rings `number` and reaches somebody."""
        callee = Party(shown(self._rng, "while1", number), name, number)
        return self._outbound(moment.us // SECOND_US * SECOND_US, callee, True, 0)

    def _is_apart(self, identity: str, start_us: int) -> bool:
        return all(abs(start_us - rang_us) >= _APART_US for rang_us in self._rang_at.get(identity, ()))

    def _span(self, low_s: float, high_s: float) -> int:
        return span_us(self._rng, low_s, high_s, SECOND_US)

    def _inbound(self, start_us: int, caller: Party, certain: bool, lasting_s: int) -> PlacedCall:
        rng = self._rng
        self._rang_at.setdefault(caller.identity, []).append(start_us)
        kind = rng.random()
        if kind < 0.32:
            return self._direct(start_us, caller, certain, lasting_s)
        if kind < 0.36 and not certain:
            return self._menu_only(start_us, caller)
        return self._queued(start_us, caller, certain, lasting_s)

    def _direct(self, start_us: int, caller: Party, certain: bool, lasting_s: int) -> PlacedCall:
        rng = self._rng
        desk = _desk(one_of(rng, _OFFICE.employees))
        if not certain and rng.random() < 0.24:
            busy = rng.random() < 0.2
            until_us = start_us + self._span(1, 4 if busy else 40)
            leg = Attempt("person", desk, start_us, start_us, None, until_us, code=17 if busy else 19)
            return self._finish("in", caller, [leg], "busy" if busy else "missed")
        menu_us = self._span(4, 20) if rng.random() < 0.2 else 0
        ringing_us = start_us + menu_us
        answered_us = ringing_us + self._span(2, 20)
        ended_us = answered_us + talk_us(rng, lasting_s, SECOND_US)
        legs = [Attempt("person", desk, start_us, ringing_us, answered_us, ended_us, code=16)]
        twist = "menu" if menu_us else ""
        if rng.random() < 0.06:
            colleague = _desk(one_of(rng, tuple(one for one in _OFFICE.employees if one.extension != desk.number)))
            taken_us = ended_us + self._span(2, 12)
            last_us = taken_us + talk_us(rng, 0, SECOND_US)
            legs.append(Attempt("person", colleague, ended_us, ended_us, taken_us, last_us, code=16))
            twist = "transfer"
        return self._finish("in", caller, legs, "answered", twist=twist)

    def _menu_only(self, start_us: int, caller: Party) -> PlacedCall:
        """The caller hangs up while the menu speaks: the exchange answered and billed it, nobody spoke."""
        assert _OFFICE.menu is not None
        until_us = start_us + self._span(2, 30)
        leg = Attempt("ivr", Party(_OFFICE.menu.number), start_us, None, start_us, until_us, code=16)
        return self._finish("in", caller, [leg], "missed")

    def _rung(self, desks: list[Party], start_us: int, until_us: int, group: str) -> list[Attempt]:
        """Telephones that rang beside the one that was answered; some rows say that they rang for no time at all."""
        legs = []
        for desk in desks:
            end_us = start_us if self._rng.random() < 0.3 else until_us
            legs.append(Attempt("person", desk, start_us, start_us, None, end_us, group, 26))
        return legs

    def _queued(self, start_us: int, caller: Party, certain: bool, lasting_s: int) -> PlacedCall:
        rng = self._rng
        queue = _OFFICE.groups[int(rng.random() * 3)]
        group = queue.name
        agents = [_desk(one) for one in _OFFICE.members(group)]
        hold_us = self._span(0, 4) if rng.random() < 0.7 else self._span(4, 100)
        ringing_us = start_us + hold_us
        legs: list[Attempt] = []
        while hold_us and rng.random() < 0.25 and len(legs) < 6:
            until_us = ringing_us + self._span(10, 18)
            legs += self._rung(agents, ringing_us, until_us, group)
            ringing_us = until_us + self._span(1, 5)
        if not certain and rng.random() < 0.16:
            end_us = ringing_us + self._span(2, 30)
            waiting = Attempt("queue", Party(queue.number), start_us, None, start_us + self._span(0, 2), end_us, group, 16)
            return self._finish("in", caller, [waiting, *legs], "missed", group)
        answered_us = ringing_us + self._span(1, 15)
        taker = agents[int(rng.random() * len(agents))]
        legs += self._rung([desk for desk in agents if desk is not taker], ringing_us, answered_us, group)
        ended_us = answered_us + talk_us(rng, lasting_s, SECOND_US)
        legs.append(Attempt("person", taker, start_us, ringing_us, answered_us, ended_us, group, 16))
        twist = ""
        if caller.identity and rng.random() < 0.03:
            legs.append(self._sibling(start_us))
            twist = "sibling"
        return self._finish("in", caller, legs, "answered", group, twist=twist)

    def _sibling(self, start_us: int) -> Attempt:
        """A leg of the call that the exchange filed under an id of its own, without a destination."""
        shift_s = int(self._rng.random() * 2 * _SIBLING_S) - _SIBLING_S
        begins_us = start_us + shift_s * SECOND_US
        if begins_us < self._midnight_us:
            begins_us = start_us
        return Attempt("person", Party(""), begins_us, begins_us, None, begins_us + self._span(0, 12), code=19, apart=True)

    def _outbound(self, start_us: int, callee: Party, certain: bool, lasting_s: int) -> PlacedCall:
        rng = self._rng
        caller = Party(_OFFICE.lines[int(rng.random() * 2)], one_of(rng, _OFFICE.employees).name)
        chance = 0.0 if certain else rng.random()
        ringing_us = start_us + self._span(1, 4)
        if chance < 0.66:
            answered_us = ringing_us + self._span(2, 22)
            ended_us = answered_us + talk_us(rng, lasting_s, SECOND_US)
            leg = Attempt("person", callee, start_us, ringing_us, answered_us, ended_us, code=16)
            return self._finish("out", caller, [leg], "answered")
        if chance < 0.84:
            outcome, cause, until_us = "missed", 19, ringing_us + self._span(5, 40)
        elif chance < 0.92:
            outcome, cause, until_us = "busy", 17, ringing_us + self._span(0, 4)
        elif chance < 0.96:
            outcome, cause, until_us = "failed", _CAUSE_FAILED[int(rng.random() * 4)], ringing_us + self._span(0, 3)
        else:
            outcome, cause, until_us = "congestion", CAUSE_CONGESTION[int(rng.random() * 4)], ringing_us + self._span(0, 15)
        rang_us = ringing_us if outcome in ("missed", "busy") else None
        leg = Attempt("person", callee, start_us, rang_us, None, until_us, code=cause)
        return self._finish("out", caller, [leg], outcome)

    def _internal(self, start_us: int, certain: bool, lasting_s: int) -> PlacedCall:
        rng = self._rng
        one, other = two_of(rng, _OFFICE.employees)
        callee = Party(other.extension)
        if certain or rng.random() < 0.75:
            answered_us = start_us + self._span(1, 12)
            ended_us = answered_us + talk_us(rng, lasting_s, SECOND_US)
            leg = Attempt("person", callee, start_us, start_us, answered_us, ended_us, code=16)
            return self._finish("internal", _desk(one), [leg], "answered")
        busy = rng.random() < 0.3
        leg = Attempt("person", callee, start_us, start_us, None, start_us + self._span(1, 25), code=17 if busy else 19)
        return self._finish("internal", _desk(one), [leg], "busy" if busy else "missed")

    def _finish(
        self, direction: str, caller: Party, legs: list[Attempt], outcome: str, group: str = "", twist: str = ""
    ) -> PlacedCall:
        rng = self._rng
        self._serial += 1
        started_us = min(leg.started_us for leg in legs)
        ended_us = max(leg.ended_us for leg in legs)
        own_us = min(leg.started_us for leg in legs if not leg.apart)
        identity = channel_id(own_us, self._serial, 0)
        quirk = rng.getrandbits(24)
        if quirk % 50 == 0:
            identity = f"voce-{identity}"
        return PlacedCall(
            provider="while1",
            serial=self._serial,
            identity=identity,
            direction=direction,
            outcome=outcome,
            caller=caller,
            callee=replace(legs[0].party),
            started_us=started_us,
            rang_us=None,
            answered_us=min((leg.answered_us for leg in legs if leg.answered_us is not None), default=None),
            ended_us=ended_us,
            attempts=tuple(legs),
            visible_ms=appears_ms(rng, ended_us),
            group=group,
            line=_OFFICE.lines[0],
            twist=twist,
            quirk=quirk,
        )


def channel_id(us: int, serial: int, leg: int) -> str:
    """Asterisk's name for a channel: the second it was made in, and a running number."""
    return f"{us // SECOND_US}.{100 + serial * 16 + leg}"
