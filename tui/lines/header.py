"""The first line of the screen: what it is, when it is, how the providers are, when they are asked next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from calls.cache.snapshots import Standing
from tui.lines import health
from tui.lines.line import Ground, Line, Role, Span, gap, left
from tui.lines.states import kinds_of, offline_words
from tui.lines.view import View
from tui.lines.words import clock_words, countdown_words, counted, day_words, grouped, zone_words

NEXT_POLL_WIDTH = 18


class HeaderState(NamedTuple):
    """What the header shows besides the snapshot. `polls` is False when this process only reads; `then` says of which moment
    the figures are, "" for the present."""

    note: str = ""
    paused: bool = False
    polls: bool = True
    then: str = ""


def next_poll_words(standing: Standing, view: View, state: HeaderState) -> str:
    """When the next provider is asked: "next poll 3 min", "polling now", "reading only"."""
    if any(one.state.polling for one in standing.providers):
        return "polling now"
    dues = [one.state.next_due_ms for one in standing.providers if one.state.next_due_ms is not None]
    if not state.polls and not any(one.state.poller for one in standing.providers):
        return "reading only"
    if not dues:
        return "no poll planned"
    remaining_ms = min(dues) - view.now_ms
    return f"next poll {countdown_words(remaining_ms) if remaining_ms > 0 else 'due'}"


def header_line(standing: Standing | None, state: HeaderState, view: View, width: int) -> Line:
    """The header in `width` cells, without the next poll; what matters least goes first when it is narrow."""
    clock = clock_words(view.now_ms, view.zone)
    start: list[tuple[int, Sequence[Span]]] = [(0, (Span("calltop", Role.ACCENT),))]
    if state.note:
        start.append((5, (Span(state.note, Role.DIM),)))
    start.append((4, (Span(day_words(view.now_ms, view.zone), Role.DIM),)))
    start.append((1, (Span(clock, Role.STRONG),)))
    start.append((6, (Span(zone_words(view.now_ms, view.zone), Role.DIM),)))
    end: list[tuple[int, Sequence[Span]]] = []
    if state.then:
        end.append((0, (Span(f" AS OF {state.then} ", Role.BADGE),)))
    if state.paused:
        end.append((0, (Span(" PAUSED ", Role.BADGE),)))
    if standing is not None:
        if offline_words(standing, view):
            end.append((0, (Span(" OFFLINE ", Role.BADGE),)))
        if standing.alarms:
            end.append((0, (Span(f" {counted(len(standing.alarms), 'ALARM', 'ALARMS')} ", Role.ALARM),)))
        end.append((2, health.tally(kinds_of(standing, view), view.symbols)))
        rejected = sum(one.state.rejected_records for one in standing.providers)
        if rejected:
            end.append((3, (Span(f"{grouped(rejected)} unreadable", Role.LATE),)))
        end.append((7, (Span(f"cache {grouped(standing.cached_days)} d", Role.DIM),)))
    return _fitted(start, end, width)


def next_poll_line(standing: Standing | None, state: HeaderState, view: View) -> Line:
    """The next poll by itself: the one part of the header that changes by the second."""
    words = next_poll_words(standing, view, state) if standing else ""
    return Line((gap(2), Span(left(words, NEXT_POLL_WIDTH - 2))), Ground.STRIP)


def _fitted(start: list[tuple[int, Sequence[Span]]], end: list[tuple[int, Sequence[Span]]], width: int) -> Line:
    limit = max(rank for rank, _ in (*start, *end))
    while True:
        first = _joined([spans for rank, spans in start if rank <= limit], 2)
        last = _joined([spans for rank, spans in end if rank <= limit], 3)
        used = sum(span.width for span in (*first, *last))
        spare = width - used - 2
        if spare >= (2 if last else 0) or limit == 0:
            return Line((gap(1), *first, gap(max(1, spare)), *last, gap(1)), Ground.STRIP)
        limit -= 1


def _joined(parts: Sequence[Sequence[Span]], cells: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    for part in parts:
        if spans and part:
            spans.append(gap(cells))
        spans.extend(part)
    return tuple(spans)
