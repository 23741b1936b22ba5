"""The line that says what is counted: the period, the grouping, the thresholds."""

from __future__ import annotations

from collections.abc import Sequence

from tui.lines.line import Line, Role, Span, gap
from tui.stats.question import GROUPINGS_IN_ORDER, OWN_TIME, Period, StatsQuestion


def settings_line(question: StatsQuestion, width: int) -> Line:
    """The periods and the groupings with the chosen one marked; where there is no room for all, the chosen ones alone."""
    thresholds = question.thresholds
    limits = f"in time: {thresholds.service_seconds} s   short: under {thresholds.short_abandon_seconds} s"
    periods = _choice([OWN_TIME] if question.names_time else [*Period], question.time_words)
    groupings = _choice(GROUPINGS_IN_ORDER, question.grouping)
    for parts in (
        (("time", periods), ("by", groupings), ("", [Span(limits, Role.DIM)])),
        (("time", periods), ("by", groupings)),
        (("time", periods), ("by", _choice([question.grouping], question.grouping))),
        (
            ("time", _choice([question.time_words], question.time_words)),
            ("by", _choice([question.grouping], question.grouping)),
        ),
    ):
        line = _joined(parts)
        if line.width <= width:
            break
    return line


def _choice(values: Sequence[str], chosen: str) -> list[Span]:
    spans: list[Span] = []
    for value in values:
        if value == chosen:
            spans += [Span("[", Role.ACCENT), Span(value, Role.STRONG), Span("]", Role.ACCENT)]
        else:
            spans.append(Span(f" {value} ", Role.DIM))
    return spans


def _joined(parts: Sequence[tuple[str, Sequence[Span]]]) -> Line:
    spans: list[Span] = [gap(1)]
    for index, (name, choice) in enumerate(parts):
        spans.append(Span(f"{'   ' if index else ''}{name} " if name else "   ", Role.DIM))
        spans += choice
    return Line(tuple(spans))
