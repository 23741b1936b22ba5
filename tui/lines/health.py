"""How a provider is doing, in a symbol and words that change with the clock even when no data comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import tzinfo
from enum import StrEnum

from calls.cache.snapshots import PollState
from tui.lines.line import Role, Span
from tui.lines.symbols import Symbols
from tui.lines.words import MINUTE_MS, SECOND_MS, time_words

DEFAULT_INTERVAL_SECONDS = 300


class Health(StrEnum):
    """The four states of a provider."""

    FRESH = "fresh"
    LATE = "late"
    DOWN = "down"
    WAITING = "waiting"


ROLES = {Health.FRESH: Role.GOOD, Health.LATE: Role.LATE, Health.DOWN: Role.BAD, Health.WAITING: Role.DIM}


def health(state: PollState, now_ms: int, interval_seconds: int = DEFAULT_INTERVAL_SECONDS) -> Health:
    """Down while polls fail; waiting before the first answer; late when the last good poll is older than two intervals."""
    if state.failing_since_ms is not None:
        return Health.DOWN
    if state.last_good_poll_ms is None:
        return Health.WAITING
    age_ms = now_ms - state.last_good_poll_ms
    return Health.LATE if age_ms > 2 * interval_seconds * SECOND_MS else Health.FRESH


def symbol(kind: Health, symbols: Symbols) -> str:
    """The symbol of a state."""
    return {
        Health.FRESH: symbols.fresh,
        Health.LATE: symbols.late,
        Health.DOWN: symbols.down,
        Health.WAITING: symbols.waiting,
    }[kind]


def state_words(state: PollState, now_ms: int, interval_seconds: int, zone: tzinfo | None) -> str:
    """The words after the symbol: "10:40", "late 7 min", "down since 14:02", "waiting for the first answer".

    "late 7 min" counts from when the poll was due, not from the last good one.
    """
    kind = health(state, now_ms, interval_seconds)
    if kind is Health.DOWN:
        return f"down since {time_words(state.failing_since_ms or now_ms, now_ms, zone)}"
    if kind is Health.LATE and state.last_good_poll_ms is not None:
        late_minutes = (now_ms - state.last_good_poll_ms - interval_seconds * SECOND_MS) // MINUTE_MS
        return f"late {late_age(late_minutes)}"
    if kind is Health.FRESH and state.last_good_poll_ms is not None:
        return time_words(state.last_good_poll_ms, now_ms, zone)
    return "asking for the first time" if state.polling else "waiting for the first answer"


def late_age(minutes: int) -> str:
    """A lateness: minutes up to two hours, then hours, then days."""
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // 1440} d"


def state_spans(
    state: PollState, now_ms: int, interval_seconds: int, zone: tzinfo | None, symbols: Symbols
) -> tuple[Span, ...]:
    """Symbol and words, without the error's text."""
    kind = health(state, now_ms, interval_seconds)
    return (Span(f"{symbol(kind, symbols)} {state_words(state, now_ms, interval_seconds, zone)}", ROLES[kind]),)


def tally(kinds: Iterable[Health], symbols: Symbols) -> tuple[Span, ...]:
    """How many providers are in which state: "3 fresh · 1 late"; states nobody is in are left out."""
    counts = Counter(kinds)
    spans: list[Span] = []
    for kind in Health:
        if counts[kind]:
            if spans:
                spans.append(Span(f" {symbols.dot} ", Role.FAINT))
            spans.append(Span(f"{counts[kind]} {kind.value}", ROLES[kind]))
    return tuple(spans)
