"""The filter bar's words: how many calls it leaves, and the one line below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from calls.filters import FilterError
from tui.feed import AskProgress, PlanSummary
from tui.lines.line import Line, Role, Span, crop, crop_spans, gap
from tui.lines.symbols import Symbols
from tui.lines.words import counted, grouped

if TYPE_CHECKING:
    from tui.completing import Candidate

FILTER_EXAMPLE = 'direction:in status:missed since:today -number:+46* duration:>30s queue:622,711 "Bo Madsen"'
ASK_KEY = "ctrl+o"


class FilterState(NamedTuple):
    """How the filter stands.

    `error` belongs to the text in the bar; the panes then still show the last good filter. `narrowed` says whether the panes
    show less than everything, `insisted` that the person pressed enter on a mistake. `candidates` are what the piece under
    the cursor could become, `chosen` the one taken last, `hint` what its clause means. `plan` is what the providers would be
    asked, `asking` how far asking them is, `missing` what the cache lacks of the filter's range, in one sentence.
    """

    text: str = ""
    narrowed: bool = False
    editing: bool = False
    suspended: bool = False
    error: FilterError | None = None
    insisted: bool = False
    candidates: tuple[Candidate, ...] = ()
    chosen: int | None = None
    hint: str = ""
    plan: tuple[PlanSummary, ...] = ()
    asking: tuple[AskProgress, ...] = ()
    missing: str = ""


def count_words(state: FilterState, matching: int | None, total: int | None) -> str:
    """How many calls the filter leaves: "31 of 1 204 calls"."""
    if matching is None or total is None:
        return ""
    if not state.narrowed:
        return counted(total, "call")
    return f"{grouped(matching)} of {counted(total, 'call')}"


def filter_note(state: FilterState, text_at: int, width: int, symbols: Symbols) -> Line:
    """What is to be said about the filter, the most pressing first: how asking goes; what the text could become; where it is
    wrong; that it is suspended; what the cache lacks and what the providers would be asked; how a filter is written.

    `text_at` is the cell in which the filter's text begins: a mistake is pointed at from below.
    """
    half_typed = state.editing and state.candidates and not state.insisted
    if state.error is not None and not half_typed:
        words = f"{symbols.column} {state.error}"
        start = max(1, min(text_at + state.error.column - 1, width - len(words) - 1))
        return Line((gap(start), Span(crop(words, width - start, symbols.mark), Role.LATE)))
    start = max(1, text_at)
    if state.suspended and state.text.strip():
        spans: Sequence[Span] = (Span("suspended, everything is shown; ctrl+f applies it again", Role.LATE),)
    elif half_typed:
        spans = _candidate_spans(state, symbols)
    elif state.asking:
        spans = _asking_spans(state.asking, symbols)
    elif state.editing and not state.text:
        spans = (Span(FILTER_EXAMPLE, Role.DIM),)
    elif state.editing and state.hint:
        spans = (Span(state.hint, Role.DIM),)
    elif state.narrowed:
        spans = _plan_spans(state, symbols)
    else:
        spans = ()
    return Line((gap(start), *crop_spans(spans, width - start, symbols.mark))) if spans else Line()


def _candidate_spans(state: FilterState, symbols: Symbols) -> tuple[Span, ...]:
    spans: list[Span] = [Span("tab ", Role.FAINT)]
    for index, candidate in enumerate(state.candidates):
        spans.append(Span(candidate.text, Role.ACCENT if index == state.chosen else Role.TEXT))
        spans.append(Span("  " if candidate.calls is None else f" {grouped(candidate.calls)}  ", Role.DIM))
    if state.hint:
        spans.append(Span(f"{symbols.dot} {state.hint}", Role.FAINT))
    return tuple(spans)


def _asking_spans(asking: Sequence[AskProgress], symbols: Symbols) -> tuple[Span, ...]:
    going_on = not all(each.finished for each in asking)
    spans: list[Span] = [Span("asking: " if going_on else "asked: ", Role.DIM)]
    for each in asking:
        spans.append(Span(f"{each.provider} ", Role.STRONG))
        if each.error:
            spans.append(Span(each.error, Role.BAD))
        elif not each.requests and not each.finished:
            spans.append(Span("waits", Role.DIM))
        else:
            words = f"{grouped(each.inserted)} new after {counted(each.requests, 'request')}"
            spans.append(Span(words, Role.DIM if each.finished else Role.TEXT))
            if each.note:
                spans.append(Span(f", {each.note}", Role.LATE))
        spans.append(Span(f" {symbols.dot} ", Role.FAINT))
    return (*spans, Span("esc stops", Role.DIM)) if going_on else tuple(spans[:-1])


def _plan_spans(state: FilterState, symbols: Symbols) -> tuple[Span, ...]:
    spans: list[Span] = []
    requests = sum(summary.requests for summary in state.plan)
    if state.missing:
        spans.append(Span(f"{symbols.late} {state.missing}", Role.LATE))
        offer = f"; {ASK_KEY} asks the providers ({counted(requests, 'request')})" if requests else ""
        spans += [Span(f"{offer} {symbols.dot} ", Role.DIM)]
    for summary in state.plan:
        spans += [Span(plan_words(summary), Role.DIM), Span(f" {symbols.dot} ", Role.FAINT)]
    return tuple(spans[:-1]) if spans else ()


def plan_words(summary: PlanSummary) -> str:
    """What becomes of a filter at one provider: "soluno: since sent, rest here"."""
    name = summary.provider
    if summary.impossible:
        return f"{name}: {summary.impossible}"
    if not summary.requests:
        return f"{name}: not asked"
    if not summary.local:
        return f"{name}: all sent"
    return f"{name}: {' '.join(summary.sent)} sent, rest here" if summary.sent else f"{name}: all applied here"
