"""The same calls at two providers: what Telecom X counts, PortSIP tells call by call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from providers.simulator.world.calls import PlacedCall
from providers.simulator.world.portsip import snowflake

_CODES = {"busy": 486, "missed": 487, "failed": 404, "answered": 0}


def with_twins(calls: Mapping[str, tuple[PlacedCall, ...]]) -> dict[str, tuple[PlacedCall, ...]]:
    """A day's calls, those of Telecom X and of PortSIP being the same: calls with somebody outside that rang one person, which
    both count alike. Those of the other providers stay."""
    plain = tuple(call for call in calls["telecomx"] if call.direction != "internal" and len(call.attempts) == 1)
    return {**calls, "telecomx": plain, "portsip": tuple(map(_told_by_portsip, plain))}


def _told_by_portsip(call: PlacedCall) -> PlacedCall:
    code = _CODES[call.outcome]
    return replace(
        call,
        provider="portsip",
        identity=str(snowflake(call.started_us, call.serial << 6)),
        attempts=tuple(replace(leg, code=code) for leg in call.attempts),
        line="",
        code=code,
        quirk=1,
    )
