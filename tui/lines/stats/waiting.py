"""Lists about waiting: how patient callers are, and how many people the calls of each hour need."""

from __future__ import annotations

from calls.metrics.figures import clock
from calls.metrics.patience import PatiencePoint, StaffedHour, StaffingPlan
from tui.lines.line import Line, Role, Span, gap, left, right
from tui.lines.stats.bars import plain_bar
from tui.lines.symbols import Symbols
from tui.lines.words import grouped

_WAITED_WIDTH = 7
_GONE_WIDTH = 8
_STILL_WIDTH = 15
_HOUR_WIDTH = 5
_CALLS_WIDTH = 7
_TAKES_WIDTH = 8
_LOAD_WIDTH = 9
_NEEDED_WIDTH = 8
_GIVEN_WIDTH = 11


def patience_header() -> Line:
    """The names of the columns."""
    words = right("waited", _WAITED_WIDTH) + right("gone", _GONE_WIDTH) + right("still waiting", _STILL_WIDTH)
    return Line((Span(words, Role.DIM),))


def patience_spans(point: PatiencePoint, width: int, symbols: Symbols) -> tuple[Span, ...]:
    """The share that would have hung up by then, and how many calls tell so; few of them are dim."""
    gone = symbols.none if point.gone is None else f"{point.gone * 100:.0f} %"
    role = Role.DIM if point.gone is None or point.waiting < 10 else Role.TEXT
    return (
        Span(right(clock(point.seconds), _WAITED_WIDTH), Role.DIM),
        Span(right(gone, _GONE_WIDTH), role),
        Span(right(grouped(point.waiting), _STILL_WIDTH), Role.DIM),
        gap(1),
        *plain_bar(point.gone or 0.0, 1.0, max(0, width - _WAITED_WIDTH - _GONE_WIDTH - _STILL_WIDTH - 1), symbols),
    )


def staffing_header(plan: StaffingPlan, width: int) -> Line:
    """The names of the columns."""
    words = left("hour", _HOUR_WIDTH) + right("calls", _CALLS_WIDTH) + right("each", _TAKES_WIDTH)
    words += right("load", _LOAD_WIDTH) + right("needed", _NEEDED_WIDTH)
    words += "" if plan.agents is None else right(f"{plan.agents} give", _GIVEN_WIDTH)
    return Line((Span(left(words, width), Role.DIM),))


def staffing_spans(hour: StaffedHour, plan: StaffingPlan, most: int, width: int, symbols: Symbols) -> tuple[Span, ...]:
    """An hour of the day: its calls, how long each takes, the load, the fewest people; a bar where there is room."""
    needed = symbols.none if hour.needed is None else str(hour.needed.agents)
    takes = clock(round(hour.handling_seconds)) if hour.handling_seconds else symbols.none
    spans = [
        Span(left(f"{hour.hour:02}", _HOUR_WIDTH), Role.DIM),
        Span(right(f"{hour.calls:.1f}", _CALLS_WIDTH)),
        Span(right(takes, _TAKES_WIDTH), Role.DIM),
        Span(right(f"{hour.erlangs:.2f} E", _LOAD_WIDTH), Role.DIM),
        Span(right(needed, _NEEDED_WIDTH), Role.STRONG if hour.needed else Role.DIM),
    ]
    if plan.agents is not None:
        spans.append(_given(hour, symbols))
    rest = width - sum(span.width for span in spans) - 1
    return (*spans, gap(1), *plain_bar(hour.needed.agents if hour.needed else 0, most, max(0, rest), symbols))


def _given(hour: StaffedHour, symbols: Symbols) -> Span:
    if hour.given is None:
        return Span(right("too few" if hour.erlangs else symbols.none, _GIVEN_WIDTH), Role.LATE if hour.erlangs else Role.DIM)
    return Span(right(f"{hour.given.service_level * 100:.0f} %", _GIVEN_WIDTH))


def staffing_sentence(hour: StaffedHour, plan: StaffingPlan, symbols: Symbols) -> str:
    """One sentence about an hour for the status line."""
    parts = [f"{hour.hour:02}:00", f"{hour.calls:.1f} calls on average of {hour.hours} such hours"]
    if hour.needed is not None:
        target = f"{plan.target * 100:.0f} % within {plan.threshold_seconds} s"
        parts.append(f"{hour.needed.agents} people answer {hour.needed.service_level * 100:.0f} %; {target} is wanted")
    parts.append("by Erlang C, as if callers waited for ever and people only took calls")
    return f" {symbols.dot} ".join(parts)
