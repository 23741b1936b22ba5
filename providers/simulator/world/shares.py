"""What each employee did in a Telecom X call: the API counts per employee and extension, never per call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from providers.simulator.world.calls import PlacedCall
from providers.simulator.world.people import OFFICES, Employee, Extension

BUSY_CODE = 486
_BY_EXTENSION = {
    extension.number: (employee, extension) for employee in OFFICES["telecomx"].employees for extension in employee.extensions
}


@dataclass(frozen=True, slots=True)
class Share:
    """One employee's side of a call. `direction` is out or in; `seconds` the talk; `local` a call between extensions."""

    employee: Employee
    extension: Extension
    direction: str
    outcome: str
    seconds: int
    local: bool


def shares(call: PlacedCall) -> Iterator[Share]:
    """A call between extensions is two shares; a group call is one share for every employee it rang."""
    local = call.direction == "internal"
    if call.direction != "in":
        answered_us = call.answered_us
        seconds = 0 if answered_us is None else (call.ended_us - answered_us) // 1_000_000
        yield Share(*_BY_EXTENSION[call.caller.number], "out", call.outcome, seconds, local)
    if call.direction != "out":
        for leg in call.attempts:
            answered = leg.answered_us is not None
            outcome = "answered" if answered else "busy" if leg.code == BUSY_CODE else "missed"
            seconds = (leg.ended_us - leg.answered_us) // 1_000_000 if leg.answered_us is not None else 0
            yield Share(*_BY_EXTENSION[leg.party.number], "in", outcome, seconds, local)
