"""`calltop stats --patience` and `--staffing`: how long callers wait, and how many people it takes."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TextIO

from calls.metrics.erlang import Staffing
from calls.metrics.figures import NO_VALUE, clock, spaced
from calls.metrics.patience import Patience, StaffedHour, StaffingPlan
from tui.commands.opening import say
from tui.commands.tables import write_table

PATIENCE_HEADER = ("waited", "would have hung up", "still waiting")
STAFFING_HEADER = ("hour", "calls", "each takes", "load", "needed")
OVERLOADED = "too few"


def write_patience(out: TextIO, found: Patience, form: str) -> int:
    """Writes the curve; whether there was a call."""
    figure = found.abandoned
    if form == "json":
        told = {
            "answered": found.answered_calls,
            "abandoned": found.abandoned_calls,
            "half_gone_seconds": found.half_gone_seconds,
            "curve": [{"seconds": point.seconds, "gone": point.gone, "waiting": point.waiting} for point in found.points],
            "grade": figure.grade.word,
            "reason": figure.grade_reason or None,
            "complete_to": figure.json()["complete_to"],
        }
        out.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        rows = [
            (clock(point.seconds), NO_VALUE if point.gone is None else f"{point.gone * 100:.1f} %", spaced(point.waiting))
            for point in found.points
        ]
        write_table(out, PATIENCE_HEADER, rows, frozenset({0, 1, 2}))
        half = "more than half stayed" if found.half_gone_seconds is None else f"half by {clock(found.half_gone_seconds)}"
        say(f"of {found.abandoned_calls} callers who hung up and {found.answered_calls} who were answered: {half}")
        if figure.grade_reason:
            say(f"{figure.grade.word.replace('_', ' ')}: {figure.grade_reason}")
    return found.answered_calls + found.abandoned_calls


def write_staffing(out: TextIO, plan: StaffingPlan, form: str) -> int:
    """Writes an hour a line; how many there are."""
    if form == "json":
        for hour in plan.hours:
            out.write(json.dumps(_object(plan, hour), ensure_ascii=False) + "\n")
    else:
        header: tuple[str, ...] = STAFFING_HEADER
        if plan.agents is not None:
            header = (*header, f"with {plan.agents}: in {plan.threshold_seconds} s", "wait", "busy")
        write_table(out, header, [_line(plan, hour) for hour in plan.hours], frozenset(range(len(header))))
    if plan.reason:
        say(plan.reason)
        return 0
    say(
        f"needed: the fewest who answer {plan.target * 100:.0f} % within {plan.threshold_seconds} s, by Erlang C, which takes"
        " it that callers wait for ever and people only take calls"
    )
    if plan.judgement.reason:
        say(f"{plan.judgement.grade.word.replace('_', ' ')}: {plan.judgement.reason}")
    return len(plan.hours)


def _line(plan: StaffingPlan, hour: StaffedHour) -> tuple[str, ...]:
    needed = NO_VALUE if hour.needed is None else str(hour.needed.agents)
    takes = clock(round(hour.handling_seconds)) if hour.handling_seconds else NO_VALUE
    cells: tuple[str, ...] = (f"{hour.hour:02}", f"{hour.calls:.1f}", takes, f"{hour.erlangs:.2f} E", needed)
    if plan.agents is None:
        return cells
    if hour.given is None:
        return (*cells, OVERLOADED if hour.erlangs else NO_VALUE, NO_VALUE, NO_VALUE)
    given = hour.given
    return (
        *cells,
        f"{given.service_level * 100:.1f} %",
        f"{given.average_wait_seconds:.1f} s",
        f"{given.occupancy * 100:.0f} %",
    )


def _object(plan: StaffingPlan, hour: StaffedHour) -> dict[str, object]:
    return {
        "hour": hour.hour,
        "hours": hour.hours,
        "calls": hour.calls,
        "handling_seconds": hour.handling_seconds,
        "erlangs": hour.erlangs,
        "agents": plan.agents,
        "given": _staffing(hour.given),
        "needed": _staffing(hour.needed),
        "target": plan.target,
        "threshold_seconds": plan.threshold_seconds,
        "grade": plan.judgement.grade.word,
        "reason": plan.judgement.reason or None,
    }


def _staffing(found: Staffing | None) -> dict[str, float] | None:
    return None if found is None else asdict(found)
