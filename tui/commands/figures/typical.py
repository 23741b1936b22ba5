"""`calltop stats --typical`: today against the same weekday before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TextIO
from zoneinfo import ZoneInfo

from calls.metrics import METRICS
from calls.metrics.figures import NO_VALUE, Unit
from calls.metrics.typical import Against, Band, Typical, TypicalDay
from calls.times import format_rfc3339, to_local
from tui.commands.opening import say
from tui.commands.tables import write_table

HEADER = ("provider", "until", "figure", "today", "typical", "weeks", "change")
TOGETHER = "all"


def write_typical(out: TextIO, found: Typical, zones: Mapping[str, ZoneInfo], form: str) -> int:
    """Writes today against typical, and says why what cannot be compared; how many days could be."""
    days = (found.together, *found.providers)
    if form == "json":
        for day in days:
            out.write(json.dumps(_object(day), ensure_ascii=False) + "\n")
    else:
        write_table(out, HEADER, [line for day in days for line in _lines(day, zones)], frozenset({3, 4, 5}))
    for day in days:
        if day.reason:
            say(f"{day.provider or TOGETHER}: {day.reason}")
    if found.together.left_out and found.together.figures:
        say(f"{TOGETHER}: without {', '.join(found.together.left_out)}")
    return sum(bool(day.figures) for day in days)


def _object(day: TypicalDay) -> dict[str, object]:
    return {
        "provider": day.provider or None,
        "from": None if day.compared is None else format_rfc3339(day.compared.start_ms),
        "to": None if day.compared is None else format_rfc3339(day.compared.end_ms),
        "weeks": day.weeks,
        "reason": day.reason or None,
        "left_out": list(day.left_out),
        "figures": {
            name: {
                **one.figure.json(),
                "typical": _band(one.typical),
                "weeks": one.weeks,
                "change": one.change.value,
            }
            for name, one in day.figures.items()
        },
        "hours": [
            {
                "from": format_rfc3339(hour.window.start_ms),
                "offered": hour.offered,
                "answered": hour.answered,
                "typical": _band(hour.typical),
                "weeks": hour.weeks,
            }
            for hour in day.hours
        ],
    }


def _band(band: Band | None) -> dict[str, float] | None:
    return None if band is None else {"median": band.median, "low": band.low, "high": band.high}


def _lines(day: TypicalDay, zones: Mapping[str, ZoneInfo]) -> Iterator[tuple[str, ...]]:
    zone = zones.get(day.provider)
    until = "-" if day.compared is None or zone is None else f"{to_local(day.compared.end_ms, zone):%H:%M}"
    for name, one in day.figures.items():
        change = one.change.value if one.shows_badge else "-" if one.typical else "not enough"
        typical = NO_VALUE if one.typical is None else range_text(one, one.typical)
        yield (
            day.provider or TOGETHER, until, METRICS[name].title.lower(), one.figure.text(), typical, str(one.weeks), change,
        )  # fmt: skip


def range_text(one: Against, band: Band) -> str:
    """A typical range for a person: "120 (110 to 134)", "91 % (88 to 94 %)"."""
    if one.figure.unit is Unit.RATIO:
        return f"{band.median:.0%} ({band.low:.0%} to {band.high:.0%})".replace("%", " %")
    return f"{band.median:g} ({band.low:g} to {band.high:g})"
