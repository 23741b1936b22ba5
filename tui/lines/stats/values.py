"""A figure in pieces: its value, its parts, its grade, and how it stands to what is typical."""

from __future__ import annotations

from collections.abc import Iterable

from calls.metrics import Figure, Grade, Metric, Unit
from calls.metrics.figures import clock, percent
from calls.metrics.typical import Against, Band, Change
from tui.lines.line import Role, Span
from tui.lines.symbols import Symbols
from tui.lines.view import View
from tui.lines.words import clock_words, counted, grouped, time_words

FEW_CALLS = 10
GRADE_WORDS = {
    Grade.EXACT: "exact",
    Grade.APPROXIMATE: "approximate",
    Grade.LOWER_BOUND: "at least",
    Grade.IMPOSSIBLE: "not known",
}


def value_words(figure: Figure, symbols: Symbols) -> str:
    """The value alone with the sign of its grade: "91 %", "~0:08", "4.25 E", or "-"."""
    if figure.value is None:
        return symbols.none
    match figure.unit:
        case Unit.RATIO:
            words = f"{percent(figure.numerator, figure.denominator)} %"
        case Unit.SECONDS | Unit.MEAN_SECONDS | Unit.WAIT_SECONDS:
            words = clock(round(figure.value))
        case Unit.ERLANGS:
            words = f"{figure.value:.2f} E"
        case _:
            words = grouped(int(figure.value))
    return sign(figure.grade, symbols) + words


def sign(grade: Grade, symbols: Symbols) -> str:
    """The sign before a value that is not exact."""
    return {Grade.APPROXIMATE: symbols.approximate, Grade.LOWER_BOUND: symbols.at_least}.get(grade, "")


def parts_words(figure: Figure, view: View) -> str:
    """What the value is made of: "129/142", "of 142", for a peak "at 10:15"; "" where it stands for itself."""
    if figure.value is None or figure.unit is Unit.ERLANGS:
        return ""
    if figure.at_ms is not None:
        return f"at {time_words(figure.at_ms, view.now_ms, view.zone)}"
    if figure.unit is Unit.RATIO:
        return f"{grouped(figure.numerator)}/{grouped(figure.denominator)}"
    return "" if figure.whole else f"of {grouped(figure.denominator)}"


def value_role(figure: Figure) -> Role:
    """Nothing to tell, and shares and means of few calls, are dim."""
    rests_on_few = figure.unit in (Unit.RATIO, Unit.MEAN_SECONDS, Unit.WAIT_SECONDS) and figure.denominator < FEW_CALLS
    return Role.DIM if figure.value is None or rests_on_few else Role.STRONG


def change_span(against: Against | None, symbols: Symbols) -> Span:
    """A badge such as "▲ +14" where a figure lies outside of what is typical, else nothing."""
    if against is None or not against.shows_badge or against.difference is None:
        return Span("")
    mark = symbols.above if against.change is Change.ABOVE else symbols.below
    is_share = against.figure.unit is Unit.RATIO
    words = f"{against.difference * 100:+.0f} pt" if is_share else f"{against.difference:+.0f}"
    return Span(f"{mark} {words}", Role.LATE)


def band_words(band: Band, unit: Unit) -> str:
    """A typical range: "66 (60 to 72)", "91 % (88 to 94 %)"."""
    if unit is Unit.RATIO:
        return f"{band.median * 100:.0f} % ({band.low * 100:.0f} to {band.high * 100:.0f} %)"
    return f"{band.median:g} ({band.low:g} to {band.high:g})"


def against_words(against: Against, until_ms: int | None, view: View) -> str:
    """How a figure of today stands to what is typical, in one sentence."""
    until = "" if until_ms is None else f" until {clock_words(until_ms, view.zone)}"
    today = f"today{until} {value_words(against.figure, view.symbols)}"
    if against.typical is None:
        return f"{today}, too few weeks to compare with"
    place = {Change.ABOVE: ", above", Change.BELOW: ", below", Change.WITHIN: ", within"}.get(against.change, "")
    return f"{today}, typically {band_words(against.typical, against.figure.unit)} over {counted(against.weeks, 'week')}{place}"


def figure_sentence(metric: Metric, figure: Figure, against: Against | None, until_ms: int | None, view: View) -> str:
    """One sentence about a figure for the status line."""
    if figure.grade is Grade.IMPOSSIBLE:
        return f"{metric.title}: not known. {figure.grade_reason}"
    value = " ".join(part for part in (value_words(figure, view.symbols), parts_words(figure, view)) if part)
    reason = f": {figure.grade_reason}" if figure.grade_reason else ""
    parts = [f"{metric.title} {value}", GRADE_WORDS[figure.grade] + reason]
    if against is not None:
        parts.insert(1, against_words(against, until_ms, view))
    return f" {view.symbols.dot} ".join(parts)


def copied_words(metric: Metric, figure: Figure) -> str:
    """A figure for another text, where no sign would explain itself: "Answer rate 91 % 129/142, exact"."""
    return f"{metric.title} {figure.text()}, {GRADE_WORDS[figure.grade]}"


def complete_words(figures: Iterable[Figure], view: View) -> str:
    """Up to when figures are complete: "complete to 10:40", "" where that is not known."""
    edges = [figure.complete_to_ms for figure in figures]
    known = [edge for edge in edges if edge is not None]
    return f"complete to {time_words(min(known), view.now_ms, view.zone)}" if known and len(known) == len(edges) else ""
