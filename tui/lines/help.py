"""The help: the keys of where the person is first, then what the symbols mean and how a filter is written."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from calls.filters.fields import FIELDS
from calls.model import Status
from tui.actions import Place, actions_of
from tui.lines.calls import OUTCOME_ROLES
from tui.lines.health import ROLES, symbol
from tui.lines.line import Line, Role, Span, gap, left, wrap
from tui.lines.states import Health
from tui.lines.symbols import Symbols

TWO_COLUMNS_FROM = 140
_KEYS_WIDTH = 19
_HEALTH_WORDS = {
    Health.FRESH: "the time of the last good answer",
    Health.LATE: "no good answer for more than two intervals",
    Health.DOWN: "polls fail: since when, and why",
    Health.WAITING: "never answered yet",
}
_STATUS_WORDS = {
    Status.ANSWERED: "a person answered",
    Status.MISSED: "nobody answered",
    Status.BUSY: "the line was busy",
    Status.FAILED: "the call could not be put through",
    Status.CONGESTION: "the network had no room",
}
_FILTER_WORDS = (
    ("status:missed", "a field and a value; a,b for either; -status:busy to exclude"),
    ("number:+46*", "* stands for anything"),
    ("duration:>30s", "> >= < <= and 10s..2m for lengths and numbers"),
    ("since:today", "today, yesterday, monday, 14:30, -2h, 2026-11-22"),
    ('"Bo Madsen"', "words are looked for in numbers and names"),
    ("(a or b)", "clauses combine with and; or and parentheses are allowed"),
)


def help_lines(places: Iterable[Place], width: int, symbols: Symbols) -> list[Line]:
    """The whole help; `places` are where the person is, nearest first. Wide screens have it in two columns."""
    if width < TWO_COLUMNS_FROM:
        return [*_key_lines(places, width), *_meaning_lines(width, symbols)]
    half = width // 2
    keys, meanings = _key_lines(places, half), _meaning_lines(width - half, symbols)
    pairs = zip_longest(keys, meanings, fillvalue=Line())
    return [Line((*one.spans, gap(half - one.width), *other.spans)) for one, other in pairs]


def _key_lines(places: Iterable[Place], width: int) -> list[Line]:
    lines: list[Line] = []
    for place in dict.fromkeys([*places, *Place]):
        lines.append(_heading(place.value))
        for action in actions_of(place):
            lines.extend(_rows("  ".join(action.key_labels), action.description, Role.ACCENT, width))
        lines.append(Line())
    return lines


def _meaning_lines(width: int, symbols: Symbols) -> list[Line]:
    lines = [_heading("Symbols")]
    for kind, words in _HEALTH_WORDS.items():
        lines.extend(_rows(f"{symbol(kind, symbols)} {kind.value}", words, ROLES[kind], width))
    for status, words in _STATUS_WORDS.items():
        lines.extend(_rows(f"{symbols.outcome(status)} {status.value}", words, OUTCOME_ROLES[status], width))
    lines.extend(_rows(f"{symbols.approximate}88 %", "a figure that is approximate", Role.TEXT, width))
    lines.extend(_rows(f"{symbols.at_least}88", "at least so many", Role.TEXT, width))
    lines.extend(_rows(symbols.none, "nothing to tell, or it cannot be known", Role.TEXT, width))
    lines.extend(_rows(symbols.no_calls * 3, "an hour without calls", Role.DIM, width))
    lines.extend(_rows(symbols.uncovered * 3, "an hour that the cache does not know", Role.DIM, width))
    lines.extend((Line(), _heading("Filter")))
    for text, words in _FILTER_WORDS:
        lines.extend(_rows(text, words, Role.ACCENT, width))
    lines.extend((Line(), _heading("Fields of the filter")))
    lines.extend(_field_lines(width))
    return lines


def _heading(words: str) -> Line:
    return Line((gap(2), Span(words, Role.STRONG)))


def _rows(keys: str, words: str, role: Role, width: int) -> list[Line]:
    rows = wrap(words, max(10, width - _KEYS_WIDTH - 4), 3)
    first = (gap(2), Span(left(keys, _KEYS_WIDTH), role))
    lines: list[Line] = []
    for index, row in enumerate(rows):
        start = (gap(2 + _KEYS_WIDTH),) if index else first
        lines.append(Line((*start, Span(row, Role.DIM))))
    return lines


def _field_lines(width: int) -> list[Line]:
    rows: list[str] = [""]
    for name in FIELDS:
        if not name:
            continue
        if rows[-1] and len(rows[-1]) + len(name) + 2 > width - 6:
            rows.append("")
        rows[-1] += f"{name}  "
    return [Line((gap(2), Span(row.rstrip(), Role.DIM))) for row in rows]
