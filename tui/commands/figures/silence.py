"""`calltop stats --silence`: whether the lines are up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TextIO
from zoneinfo import ZoneInfo

from calls.metrics.figures import NO_VALUE
from calls.metrics.silence import LineState, Silence, chance_text
from calls.times import format_rfc3339, to_local
from tui.commands.tables import write_table

HEADER = ("provider", "line", "no call since", "known until", "usual calls", "chance of none", "")


def write_silence(out: TextIO, found: Sequence[Silence], zones: Mapping[str, ZoneInfo], form: str) -> int:
    """Writes how each line stands; how many could be judged."""
    if form == "json":
        for one in found:
            out.write(json.dumps(_object(one), ensure_ascii=False) + "\n")
    else:
        write_table(out, HEADER, [_line(one, zones[one.provider]) for one in found], frozenset({4, 5}))
    return sum(one.state is not LineState.UNKNOWN for one in found)


def _object(one: Silence) -> dict[str, object]:
    return {
        "provider": one.provider,
        "state": one.state.value,
        "since": None if one.since_ms is None else format_rfc3339(one.since_ms),
        "until": None if one.until_ms is None else format_rfc3339(one.until_ms),
        "expected_calls": one.expected_calls,
        "probability": one.probability,
        "weeks": one.weeks,
        "reason": one.reason or None,
    }


def _line(one: Silence, zone: ZoneInfo) -> tuple[str, ...]:
    since, until = (NO_VALUE if ms is None else f"{to_local(ms, zone):%Y-%m-%d %H:%M}" for ms in (one.since_ms, one.until_ms))
    chance = NO_VALUE if one.probability is None else chance_text(one.probability)
    return one.provider, one.state.value, since, until, f"{one.expected_calls:.3g}", chance, one.reason
