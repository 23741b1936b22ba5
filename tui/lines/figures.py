"""The figures of a day in one line: how many calls, what share was answered, of how many, how many were missed."""

from __future__ import annotations

from calls.metrics import ANSWER_RATE, MISSED, OFFERED, Figure, Grade, Tally
from tui.lines.line import Line, Role, Span, gap
from tui.lines.symbols import Symbols
from tui.lines.view import View
from tui.lines.words import grouped

FEW_CALLS = 10


def figure_line(today: Tally, width: int, view: View) -> Line:
    """A line such as "142 calls   91 % 129/142   13 missed".

    A figure that is not exact says so by its sign; a rate of few calls is dim; where there is nothing to tell stands "-".
    """
    offered, rate, missed = OFFERED.figure(today), ANSWER_RATE.figure(today), MISSED.figure(today)
    few = rate.denominator < FEW_CALLS
    noun = " call" if offered.value == 1 else " calls"
    number_role = Role.DIM if offered.value is None else Role.STRONG
    spans = [Span(_text(offered, view.symbols), number_role), Span(noun, Role.DIM), gap(3)]
    if rate.value is None:
        spans.append(Span(view.symbols.none, Role.DIM))
    else:
        share, parts = rate.text().rsplit(" ", 1)
        spans.append(Span(_sign(rate.grade, view.symbols) + share, Role.DIM if few else Role.STRONG))
        spans.append(Span(f" {parts}", Role.DIM))
    words = f"   {_text(missed, view.symbols)}"
    if missed.value and sum(span.width for span in spans) + len(words) + 7 <= width:
        spans.extend((Span(words, Role.DIM if few else Role.STRONG), Span(" missed", Role.DIM)))
    return Line(tuple(spans))


def _text(figure: Figure, symbols: Symbols) -> str:
    if figure.value is None:
        return symbols.none
    return _sign(figure.grade, symbols) + grouped(int(figure.value))


def _sign(grade: Grade, symbols: Symbols) -> str:
    return {Grade.APPROXIMATE: symbols.approximate, Grade.LOWER_BOUND: symbols.at_least}.get(grade, "")
