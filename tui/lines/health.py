"""How a provider is doing, in a symbol and words that change with the clock even when no data comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import tzinfo

from calls.cache.snapshots import PollState
from tui.lines.line import Role, Span
from tui.lines.states import Health, health, state_words
from tui.lines.symbols import Symbols

ROLES = {Health.FRESH: Role.GOOD, Health.LATE: Role.LATE, Health.DOWN: Role.BAD, Health.WAITING: Role.DIM}


def symbol(kind: Health, symbols: Symbols) -> str:
    """The symbol of a state."""
    return {
        Health.FRESH: symbols.fresh,
        Health.LATE: symbols.late,
        Health.DOWN: symbols.down,
        Health.WAITING: symbols.waiting,
    }[kind]


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
