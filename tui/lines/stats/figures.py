"""The list of figures: name left, value right, then its parts and a badge where today is not typical."""

from __future__ import annotations

from dataclasses import dataclass

from calls.metrics import Figure, Metric
from calls.metrics.typical import Against
from tui.lines.line import Line, Role, Span, gap, left, right
from tui.lines.stats.values import GRADE_WORDS, change_span, parts_words, value_role, value_words
from tui.lines.view import View

_VALUE_WIDTH = 10
_PARTS_WIDTH = 13
_BADGE_WIDTH = 9
_GRADE_WIDTH = 13
_NAME_WIDTH = 16
_NAME_BESIDE_GRADE = 26
_WIDEST_NAME = 36


@dataclass(frozen=True, slots=True)
class FigureColumns:
    """The widths of the columns; one that has no room is 0."""

    name: int
    parts: int
    badge: int
    grade: int


def figure_columns(width: int) -> FigureColumns:
    """What fits: the grade's word goes first, then the badge, then the parts."""
    room = width - _NAME_WIDTH - _VALUE_WIDTH
    parts = _PARTS_WIDTH if room >= _PARTS_WIDTH else 0
    badge = _BADGE_WIDTH if room >= parts + _BADGE_WIDTH else 0
    grade = _GRADE_WIDTH if width >= _NAME_BESIDE_GRADE + _VALUE_WIDTH + parts + badge + _GRADE_WIDTH else 0
    name = min(_WIDEST_NAME, width - _VALUE_WIDTH - parts - badge - grade)
    return FigureColumns(max(0, name), parts, badge, grade)


def figure_header(columns: FigureColumns) -> Line:
    """The names of the columns."""
    words = left("", columns.name) + right("value", _VALUE_WIDTH)
    words += left(" of", columns.parts) if columns.parts else ""
    words += left(" typical", columns.badge) if columns.badge else ""
    words += left(" grade", columns.grade) if columns.grade else ""
    return Line((Span(words, Role.DIM),))


def figure_spans(
    metric: Metric, before: Metric | None, figure: Figure | None, against: Against | None, columns: FigureColumns, view: View
) -> tuple[Span, ...]:
    """A figure; None while it is still counted. A variant of the metric `before` it is indented under it."""
    mark = view.symbols.mark
    spans = [Span(left(_name(metric, before), columns.name, mark))]
    if figure is None:
        return (*spans, Span(right(mark, _VALUE_WIDTH), Role.FAINT))
    spans.append(Span(right(value_words(figure, view.symbols), _VALUE_WIDTH, mark), value_role(figure)))
    if columns.parts:
        spans.append(Span(left(f" {parts_words(figure, view)}", columns.parts, mark), Role.DIM))
    if columns.badge:
        badge = change_span(against, view.symbols)
        spans += [gap(1), Span(left(badge.text, columns.badge - 1, mark), badge.role)]
    if columns.grade:
        spans.append(Span(left(f" {GRADE_WORDS[figure.grade]}", columns.grade, mark), Role.DIM))
    return tuple(spans)


def _name(metric: Metric, before: Metric | None) -> str:
    """ "Service level, answered only" stands under "Service level" as "  answered only"."""
    stem = "" if before is None else before.title.partition(", ")[0]
    head, comma, rest = metric.title.partition(", ")
    return f"  {rest}" if comma and head == stem else metric.title
