"""A figure laid open: what it means, its formula with numbers, the calls behind it, who tells it how well, its variants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from calls.metrics.figures import Figure
from calls.metrics.lens import Lens, LensPart, LensRows
from calls.model import Call, Window
from tui.lines.calls import call_spans, columns_for
from tui.lines.line import Role, Span, gap, left, right, wrap
from tui.lines.stats.values import GRADE_WORDS, parts_words, value_role, value_words
from tui.lines.view import View
from tui.lines.words import clock_words, day_words, grouped, time_words

TOTALS_KIND = "telecomx"
_NAME_WIDTH = 13
_VALUE_WIDTH = 9
_PARTS_WIDTH = 14
_GRADE_WIDTH = 13
_MOST_LINES = 12
_INDENT = 2


class Leads(StrEnum):
    """Where a row of the lens leads: nowhere, to the calls under a filter, or to another metric's lens."""

    NOWHERE = ""
    CALLS = "calls"
    METRIC = "metric"


@dataclass(frozen=True, slots=True)
class LensRow:
    """A line of the lens. `target` is the filter's text or the metric's name it leads to."""

    spans: tuple[Span, ...] = ()
    leads: Leads = Leads.NOWHERE
    target: str = ""


def lens_rows(lens: Lens, width: int, view: View) -> list[LensRow]:
    """All of it in lines of `width` cells."""
    return [
        *_told("", lens.metric.definition, width, Role.TEXT),
        LensRow(),
        *_told("formula", lens.metric.formula, width, Role.DIM),
        *_told("", lens.worked, width, Role.STRONG),
        *_told("counted", lens.filter or "everything that is cached", width, Role.DIM),
        *_grade(lens.figure, width),
        LensRow(),
        *_side("numerator", lens.numerator, _totals(lens, 0), width, view),
        *_side("denominator", lens.denominator, _totals(lens, 1), width, view),
        LensRow(),
        LensRow((Span("by provider", Role.STRONG),)),
        *(row for part in lens.parts for row in _part(part, width, view)),
        *_variants(lens, width, view),
    ]


def _told(name: str, words: str, width: int, role: Role) -> Iterator[LensRow]:
    """A name at the left and words beside it, or words across the line."""
    indent = _NAME_WIDTH if name or role is Role.STRONG else 0
    for index, row in enumerate(wrap(words, max(10, width - indent), _MOST_LINES)):
        yield LensRow((Span(left("" if index else name, indent), Role.DIM), Span(row, role)))


def _grade(figure: Figure, width: int) -> Iterator[LensRow]:
    reason = f": {figure.grade_reason}" if figure.grade_reason else ""
    return _told("grade", GRADE_WORDS[figure.grade] + reason, width, Role.TEXT)


def _totals(lens: Lens, side: int) -> str:
    """What of a side comes from providers of totals, whose calls no list has; "" for none."""
    told = [part for part in lens.parts if part.figure is not None and part.kind == TOTALS_KIND]
    counts = {part.provider: (part.figure.numerator, part.figure.denominator)[side] for part in told if part.figure}
    some = [f"{provider} counts {grouped(count)} of them" for provider, count in counts.items() if count]
    return f"{' and '.join(some)}, in totals that no list shows" if some else ""


def _side(name: str, rows: LensRows, totals: str, width: int, view: View) -> Iterator[LensRow]:
    count = f"{grouped(rows.count)} {'seconds' if rows.seconds else 'calls'}"
    head = (Span(left(name, _NAME_WIDTH), Role.STRONG), Span(count, Role.STRONG))
    if rows.filter is None:
        yield LensRow(head)
        yield from _told("", rows.instead or "no filter lists them", width, Role.DIM)
        return
    more = f"  {view.symbols.arrow} {rows.filter or 'all calls'}"
    yield LensRow((*head, Span(more, Role.ACCENT)), Leads.CALLS, rows.filter)
    yield from _below("" if rows.seconds else totals, width)
    yield from _calls(rows.first, rows.filter, width, view)


def _calls(calls: Sequence[Call], listed_by: str, width: int, view: View) -> Iterator[LensRow]:
    columns = columns_for(calls, max(0, width - _INDENT), view, 0)
    for call in calls:
        yield LensRow((gap(_INDENT), *call_spans(call, columns, view)), Leads.CALLS, listed_by)


def _part(part: LensPart, width: int, view: View) -> Iterator[LensRow]:
    """A provider's own figure, why it is not exact below, and what the cache lacks of it."""
    figure = part.figure
    if figure is None:
        yield LensRow((Span(left(part.provider, _NAME_WIDTH, view.symbols.mark)), Span(right(view.symbols.none, _VALUE_WIDTH))))
        yield from _below(part.reason, width)
        return
    edge = figure.complete_to_ms
    complete = "never read" if edge is None else f"to {time_words(edge, view.now_ms, view.zone)}"
    yield LensRow(
        (
            Span(left(part.provider, _NAME_WIDTH, view.symbols.mark)),
            Span(right(value_words(figure, view.symbols), _VALUE_WIDTH), value_role(figure)),
            Span(left(f" {parts_words(figure, view)}", _PARTS_WIDTH), Role.DIM),
            Span(left(f" {GRADE_WORDS[figure.grade]}", _GRADE_WIDTH), Role.DIM),
            Span(f" {complete}", Role.DIM),
        )
    )
    yield from _below(figure.grade_reason, width)
    for window in figure.gaps:
        yield from _below(f"not cached: {_window_words(window, view)}", width, Role.LATE)


def _below(words: str, width: int, role: Role = Role.DIM) -> Iterator[LensRow]:
    for row in wrap(words, max(10, width - _INDENT), 3) if words else ():
        yield LensRow((gap(_INDENT), Span(row, role)))


def _window_words(window: Window, view: View) -> str:
    edges = (window.start_ms, window.end_ms)
    first, last = (f"{day_words(edge, view.zone)} {clock_words(edge, view.zone)}" for edge in edges)
    return f"{first} to {last}"


def _variants(lens: Lens, width: int, view: View) -> Iterator[LensRow]:
    if not lens.variants:
        return
    yield LensRow()
    yield LensRow((Span("also asked as", Role.STRONG),))
    name_width = min(38, max(16, width - _VALUE_WIDTH - _PARTS_WIDTH))
    for one in lens.variants:
        yield LensRow(
            (
                Span(left(one.metric.title, name_width, view.symbols.mark), Role.ACCENT),
                Span(right(value_words(one.figure, view.symbols), _VALUE_WIDTH), value_role(one.figure)),
                Span(left(f" {parts_words(one.figure, view)}", _PARTS_WIDTH), Role.DIM),
            ),
            Leads.METRIC,
            one.metric.name,
        )
        yield from _below(one.metric.formula, width)
