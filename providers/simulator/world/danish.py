"""Calls at Telecom X: what its statistics count, without a number of anybody outside."""

from __future__ import annotations

from datetime import date
from random import Random

from providers.simulator.world.calls import Attempt, Party, PlacedCall
from providers.simulator.world.chance import SECOND_US, appears_ms, outside_callee, outside_caller, span_us, talk_us, two_of
from providers.simulator.world.people import OFFICES, Employee
from providers.simulator.world.rhythm import Moment

_OFFICE = OFFICES["telecomx"]
_GROUP_SHARE = 0.15
_BUSY_CODE = 486


class DanishCalls:
    """Places Telecom X's calls of one day. Talk is whole seconds, because the counters are."""

    def __init__(self, day: date, rng: Random) -> None:
        self._day = day
        self._rng = rng
        self._serial = 0

    def place(self, moment: Moment) -> list[PlacedCall]:
        """The call that begins at the moment."""
        rng = self._rng
        start_us = moment.us // 1000 * 1000
        certain = moment.lasting_s > 0
        kind = rng.random()
        one, other = two_of(rng, _OFFICE.employees)
        if kind < 0.36:
            outcome = self._outcome(certain, 0.72, 0.90, 0.96)
            legs = [self._leg(outside_callee(rng, "telecomx"), start_us, outcome, moment.lasting_s)]
            return [self._finish("out", start_us, outcome, self._desk(one), legs)]
        if kind < 0.86:
            outcome = self._outcome(certain, 0.84, 0.94, 1.0)
            legs = [self._leg(self._desk(one), start_us, outcome, moment.lasting_s)]
            if rng.random() < _GROUP_SHARE and outcome != "busy":
                until_us = legs[0].answered_us or legs[0].ended_us
                legs.append(Attempt("person", self._desk(other), start_us, start_us, None, until_us))
            return [self._finish("in", start_us, outcome, outside_caller(rng, "telecomx"), legs)]
        outcome = self._outcome(certain, 0.75, 0.90, 1.0)
        legs = [self._leg(self._desk(other), start_us, outcome, moment.lasting_s)]
        return [self._finish("internal", start_us, outcome, self._desk(one), legs)]

    def _outcome(self, certain: bool, answered: float, missed: float, busy: float) -> str:
        chance = 0.0 if certain else self._rng.random()
        return "answered" if chance < answered else "missed" if chance < missed else "busy" if chance < busy else "failed"

    def _desk(self, employee: Employee) -> Party:
        extensions = employee.extensions
        extension = extensions[int(self._rng.random() * len(extensions))]
        return Party(extension.number, employee.name)

    def _leg(self, party: Party, start_us: int, outcome: str, lasting_s: int) -> Attempt:
        rng = self._rng
        ring_us = span_us(rng, 1, 25, 1000)
        if outcome == "answered":
            answered_us = start_us + ring_us
            return Attempt("person", party, start_us, start_us, answered_us, answered_us + talk_us(rng, lasting_s, SECOND_US))
        code = _BUSY_CODE if outcome == "busy" else 0
        return Attempt("person", party, start_us, start_us, None, start_us + ring_us, code=code)

    def _finish(self, direction: str, start_us: int, outcome: str, caller: Party, legs: list[Attempt]) -> PlacedCall:
        self._serial += 1
        ended_us = max(leg.ended_us for leg in legs)
        return PlacedCall(
            provider="telecomx",
            serial=self._serial,
            identity=f"{self._day:%Y%m%d}-{self._serial}",
            direction=direction,
            outcome=outcome,
            caller=caller,
            callee=legs[0].party,
            started_us=start_us,
            rang_us=start_us,
            answered_us=legs[0].answered_us,
            ended_us=ended_us,
            attempts=tuple(legs),
            visible_ms=appears_ms(self._rng, ended_us),
            line=_OFFICE.lines[0],
        )
