"""Calls at Soluno and Dstny: through a response group or straight to a person, answered or not, a few between colleagues."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from providers.simulator.world.calls import Attempt, Party, PlacedCall
from providers.simulator.world.chance import SECOND_US, appears_ms, one_of, outside_caller, span_us, talk_us, two_of
from providers.simulator.world.people import OFFICES, Employee, Office
from providers.simulator.world.rhythm import Moment

_UNIT_US = 1000
_RECENTLY_US = 3 * 3600 * SECOND_US


class SwedishCalls:
    """Places one provider's calls of one day, in the order of their start.

    A colleague rings from a mobile only soon after that mobile was rung, because a reader of the feed knows it as one
    of the organisation's own numbers no other way.
    """

    def __init__(self, provider: str, rng: Random) -> None:
        self._provider = provider
        self._rng = rng
        self._office: Office = OFFICES[provider]
        self._serial = 0
        self._shown_mobiles: list[tuple[int, str]] = []

    def place(self, moment: Moment, caller: Party | None = None) -> list[PlacedCall]:
        """The call that begins at the moment, and with it a rare twin row. With `caller` it is answered."""
        rng = self._rng
        start_us = moment.us // _UNIT_US * _UNIT_US
        certain = moment.lasting_s > 0 or caller is not None
        if caller is None and not certain and rng.random() < 0.08:
            call = self._internal(start_us)
        else:
            call = self._inbound(start_us, moment.lasting_s, caller or outside_caller(rng, self._provider), certain)
        chance = rng.random()
        if chance < 0.0015:
            return [call, self._same_row(call)]
        if chance < 0.008 and not certain and call.direction == "in":
            return [call, self._same_times(call)]
        return [call]

    def _next_serial(self) -> int:
        self._serial += 1
        return self._serial

    def _number_of(self, employee: Employee) -> str:
        return employee.mobile if employee.mobile and self._rng.random() < 0.7 else employee.extension

    def _inbound(self, start_us: int, lasting_s: int, caller: Party, certain: bool) -> PlacedCall:
        rng = self._rng
        if rng.random() < 0.25:
            employee = one_of(rng, self._office.employees)
            return self._reach(start_us, caller, "", None, start_us, employee, lasting_s, certain or rng.random() < 0.82)
        groups = self._office.groups
        group = groups[min(int(rng.random() * rng.random() * 1.6 * len(groups)), len(groups) - 1)].number
        employee = one_of(rng, self._office.members(group))
        if not certain and rng.random() < 0.07:
            return self._given_up(start_us, caller, group, employee)
        received_us = start_us + span_us(rng, 1.5, 12, _UNIT_US)
        answered = certain or rng.random() < 0.93
        return self._reach(start_us, caller, group, received_us, received_us, employee, lasting_s, answered)

    def _internal(self, start_us: int) -> PlacedCall:
        rng = self._rng
        caller, callee = two_of(rng, self._office.employees)
        number = caller.extension
        recent = [mobile for shown_us, mobile in self._shown_mobiles if 0 < start_us - shown_us < _RECENTLY_US]
        if recent and rng.random() < 0.4:
            number = recent[int(rng.random() * len(recent))]
            if number == callee.mobile:
                callee = next(employee for employee in self._office.employees if employee.mobile != number)
        answered = rng.random() < 0.78
        return self._reach(start_us, Party(number), "", None, start_us, callee, 0, answered, "internal")

    def _reach(
        self,
        start_us: int,
        caller: Party,
        group: str,
        received_us: int | None,
        ringing_us: int,
        employee: Employee,
        lasting_s: int,
        answered: bool,
        direction: str = "in",
    ) -> PlacedCall:
        """A person is rung from `ringing_us` on, and answers or not."""
        rng = self._rng
        if answered:
            # Now and then the group takes a call in at the very moment the person answers.
            at_once = received_us is not None and rng.random() < 0.25
            answered_us = ringing_us if at_once else ringing_us + span_us(rng, 1.5, 22, _UNIT_US)
            ended_us = answered_us + talk_us(rng, lasting_s, _UNIT_US)
        else:
            answered_us = None
            ended_us = ringing_us + span_us(rng, 4, 75, _UNIT_US)
        number = self._number_of(employee)
        legs = [Attempt("person", Party(number), ringing_us, ringing_us, answered_us, ended_us, group)]
        if group:
            legs.insert(0, Attempt("queue", Party(group), start_us, start_us, received_us, ended_us, group))
        return self._finish(start_us, caller, number, group, direction, answered_us, ended_us, tuple(legs))

    def _given_up(self, start_us: int, caller: Party, group: str, employee: Employee) -> PlacedCall:
        """Nobody took the call in; sometimes not even the number that would have rung is known."""
        rng = self._rng
        ended_us = start_us + span_us(rng, 3, 50, _UNIT_US)
        legs = [Attempt("queue", Party(group), start_us, start_us, None, ended_us, group)]
        number = ""
        if rng.random() < 0.8:
            number = self._number_of(employee)
            legs.append(Attempt("person", Party(number), start_us, start_us, None, ended_us, group))
        return self._finish(start_us, caller, number, group, "in", None, ended_us, tuple(legs))

    def _finish(
        self,
        start_us: int,
        caller: Party,
        callee: str,
        group: str,
        direction: str,
        answered_us: int | None,
        ended_us: int,
        legs: tuple[Attempt, ...],
    ) -> PlacedCall:
        visible_ms = appears_ms(self._rng, ended_us)
        if callee.startswith("+"):
            self._shown_mobiles.append((visible_ms * 1000, callee))
        return PlacedCall(
            provider=self._provider,
            serial=self._next_serial(),
            identity="",
            direction=direction,
            outcome="missed" if answered_us is None else "answered",
            caller=Party(caller.number, "", caller.identity),
            callee=Party(callee),
            started_us=start_us,
            rang_us=None,
            answered_us=answered_us,
            ended_us=ended_us,
            attempts=legs,
            visible_ms=visible_ms,
            group=group,
            line=self._office.lines[0],
            quirk=self._rng.getrandbits(24),
        )

    def _same_row(self, call: PlacedCall) -> PlacedCall:
        return replace(call, serial=self._next_serial(), twist="twin")

    def _same_times(self, call: PlacedCall) -> PlacedCall:
        """A second caller who rang in the same millisecond and gave up in the same millisecond."""
        other = outside_caller(self._rng, self._provider)
        while other.number == call.caller.number:
            other = outside_caller(self._rng, self._provider)
        group = self._office.groups[-1].number
        given_up = self._given_up(call.started_us, other, group, one_of(self._rng, self._office.members(group)))
        if call.outcome == "answered":
            return given_up
        legs = tuple(
            Attempt(leg.role, leg.party, leg.started_us, leg.ringing_us, None, call.ended_us, leg.group)
            for leg in given_up.attempts
        )
        return replace(given_up, ended_us=call.ended_us, attempts=legs, visible_ms=call.visible_ms)
