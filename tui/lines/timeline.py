"""The legs of a call as bars over time: when it rang where, who talked, how it ended there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calls.model import Call, Leg, Status
from tui.lines.calls import OUTCOME_ROLES
from tui.lines.line import Line, Role, Span, gap, left, right
from tui.lines.view import View
from tui.lines.words import duration_words, exact_words, who_words

_TALK_WIDTH = 8
_WHO_WIDTH, _WIDE_WHO_WIDTH, _WIDE_FROM = 14, 22, 64
SHORTEST_BAR = 8
_MACHINES = {"queue": "queue", "ivr": "menu"}


@dataclass(frozen=True, slots=True)
class Scale:
    """Cells over a stretch of time."""

    start_ms: int
    end_ms: int
    cells: int

    def cell(self, instant_ms: int) -> int:
        """The cell of an instant; those outside lie at the ends."""
        length = max(1, self.end_ms - self.start_ms)
        return max(0, min(self.cells, (instant_ms - self.start_ms) * self.cells // length))


def timeline_lines(call: Call, width: int, view: View) -> list[Line]:
    """A line per leg and one with the times below; of a call without legs the call itself. Empty where there is no room."""
    who = _WIDE_WHO_WIDTH if width >= _WIDE_FROM else _WHO_WIDTH
    cells = width - who - _TALK_WIDTH - 3
    legs = call.legs or (_only_leg(call),)
    if cells < SHORTEST_BAR:
        return []
    instants = [instant for leg in legs for instant in _instants(leg)] + [call.started_ms, call.ended_ms or call.started_ms]
    scale = Scale(min(instants), max(instants), cells)
    lines = [_leg_line(leg, scale, who, view) for leg in sorted(legs, key=lambda leg: leg.started_ms)]
    return [*lines, _axis(scale, who, view)]


def _only_leg(call: Call) -> Leg:
    return Leg(
        call.started_ms, call.ringing_ms, call.answered_ms, call.ended_ms, call.caller, call.callee_name or call.callee,
        call.employee, call.status, call.talk_ms,
    )  # fmt: skip


def _instants(leg: Leg) -> list[int]:
    known = (leg.started_ms, leg.ringing_ms, leg.answered_ms, leg.ended_ms)
    return [instant for instant in known if instant is not None]


def _leg_line(leg: Leg, scale: Scale, who: int, view: View) -> Line:
    symbols, mark = view.symbols, view.symbols.mark
    words = who_words(leg.employee, leg.callee) if leg.employee or leg.callee else "unknown"
    outcome = Span(f"{symbols.outcome(leg.status)} ", OUTCOME_ROLES[leg.status])
    if leg.role in _MACHINES:
        # What a machine answers is no talk: the caller waits.
        words, outcome = f"{_MACHINES[leg.role]} {words}", Span(f"{symbols.dot} ", Role.DIM)
    spans = [outcome, Span(left(words, who, mark) + " "), *_bar(leg, scale, view)]
    talk = duration_words(leg.talk_ms) if leg.status is Status.ANSWERED and leg.role not in _MACHINES else ""
    spans.append(Span(right(talk, _TALK_WIDTH, mark)))
    return Line(tuple(spans))


def _bar(leg: Leg, scale: Scale, view: View) -> Sequence[Span]:
    """Nothing before the leg, then what went before the ringing, the ringing, the talk; at least one cell of it."""
    symbols = view.symbols
    end_ms = scale.end_ms if leg.ended_ms is None else leg.ended_ms
    talk_ms = None if leg.role in _MACHINES else leg.answered_ms
    answered_ms = end_ms if talk_ms is None else talk_ms
    ringing_ms = leg.started_ms if leg.ringing_ms is None else leg.ringing_ms
    first = min(scale.cell(leg.started_ms), scale.cells - 1)
    last = max(scale.cell(end_ms), first + 1)
    ring = max(first, min(scale.cell(ringing_ms), last))
    talk = max(ring, min(scale.cell(answered_ms), last))
    # However short beside the other, ringing and talk are both seen where both were.
    if talk == ring and answered_ms > ringing_ms and last - ring > 1:
        talk = ring + 1
    if talk_ms is not None and talk == last:
        talk = max(first, last - 1)
        ring = min(ring, talk)
    return (
        gap(first),
        Span(symbols.dot * (ring - first), Role.FAINT),
        Span(symbols.ringing * (talk - ring), Role.DIM),
        Span(symbols.talking * (last - talk), Role.BAR),
        gap(scale.cells - last),
    )


def _axis(scale: Scale, who: int, view: View) -> Line:
    start, end = exact_words(scale.start_ms, view.zone), exact_words(scale.end_ms, view.zone)
    room = scale.cells - len(start) - len(end)
    words = start + " " * room + end if room > 0 else left(start, scale.cells)
    return Line((gap(who + 3), Span(words, Role.FAINT)))


def legend(view: View) -> str:
    """What the bars mean."""
    symbols = view.symbols
    return f"{symbols.ringing} ringing or waiting  {symbols.talking} talking"
