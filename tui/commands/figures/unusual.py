"""`calltop stats --unusual`: outbound calls that somebody should look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TextIO
from zoneinfo import ZoneInfo

from calls.exports import call_json
from calls.metrics.figures import NO_VALUE
from calls.metrics.unusual import Unusual
from calls.text import mask_number
from tui.commands.opening import say
from tui.commands.tables import duration_text, local_time_text, write_table

HEADER = ("started", "provider", "from", "employee", "to", "talk", "unusual")


def write_unusual(out: TextIO, found: Unusual, zones: Mapping[str, ZoneInfo], form: str, *, mask: bool) -> int:
    """Writes unusual calls, and says of how many; whether any provider tells its outbound calls."""
    hide = mask_number if mask else str
    for provider, reason in found.untold.items():
        say(f"{provider} is left out: {reason}")
    if form == "json":
        for one in found.calls:
            out.write(json.dumps(call_json(one.call, mask=mask) | {"unusual": list(one.reasons)}, ensure_ascii=False) + "\n")
    else:
        rows = [
            (
                local_time_text(one.call.started_ms, zones[one.call.provider]),
                one.call.provider,
                hide(one.call.caller) or NO_VALUE,
                one.call.employee or NO_VALUE,
                hide(one.call.callee) or NO_VALUE,
                duration_text(one.call.talk_ms),
                "; ".join(one.reasons),
            )
            for one in found.calls
        ]
        write_table(out, HEADER, rows, frozenset({5}))
    shown = "" if len(found.calls) == found.total else f", the newest {len(found.calls)} are shown"
    say(f"{found.total} of {found.looked_at} outbound calls are unusual{shown}")
    return int(bool(zones.keys() - found.untold.keys()))
