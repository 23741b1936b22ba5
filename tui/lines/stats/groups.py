"""The table of groups: the headline figures of each, and a bar of its calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rich.cells import cell_len

from calls.metrics import ANSWER_RATE, ANSWERED, HEADLINE, MISSED, OFFERED, TALK_SECONDS, Figure
from tui.lines.line import Line, Role, Span, gap, left, right
from tui.lines.stats.bars import stacked_bar
from tui.lines.stats.values import value_role, value_words
from tui.lines.symbols import Symbols
from tui.lines.view import View
from tui.lines.words import MONTHS, WEEKDAYS, number_words
from tui.stats.snapshot import Group

LABEL = "label"
SORTS = (LABEL, *(metric.name for metric in HEADLINE))
NO_NAME = {"queue": "without a queue", "employee": "nobody", "number": "no number"}
_HEADS = {OFFERED.name: "offered", ANSWERED.name: "answered", MISSED.name: "missed", ANSWER_RATE.name: "rate",
          TALK_SECONDS.name: "talk"}  # fmt: skip
_WIDTHS = {OFFERED.name: 9, ANSWERED.name: 10, MISSED.name: 8, ANSWER_RATE.name: 8, TALK_SECONDS.name: 10}
# What is left out first where there is little room.
_LEFT_OUT_FIRST = (TALK_SECONDS.name, ANSWERED.name, MISSED.name)
_SHORTEST_LABEL, _LONGEST_LABEL = 12, 28
_SHORTEST_BAR = 8


@dataclass(frozen=True, slots=True)
class GroupColumns:
    """The width of the label, the figures shown, and the width of the bar."""

    label: int
    names: tuple[str, ...]
    bar: int


def group_columns(labels: Iterable[str], width: int) -> GroupColumns:
    """What fits beside labels such as these."""
    longest = max((cell_len(label) for label in labels), default=0)
    label = max(_SHORTEST_LABEL, min(_LONGEST_LABEL, longest))
    names = list(_WIDTHS)
    for name in (*_LEFT_OUT_FIRST, ""):
        bar = width - label - sum(_WIDTHS[kept] for kept in names) - 1
        if bar >= _SHORTEST_BAR or not name:
            break
        names.remove(name)
    if bar < 0:
        label, bar = max(1, label + bar), 0
    return GroupColumns(label, tuple(names), max(0, bar))


def group_header(columns: GroupColumns, grouping: str, sort: str, descending: bool, symbols: Symbols) -> Line:
    """The names of the columns; the one sorted by carries an arrow."""
    arrow = symbols.older if descending else symbols.newer
    spans = [_head(f"{grouping}{arrow if sort == LABEL else ''}", columns.label, sort == LABEL, against_right=False)]
    for name in columns.names:
        chosen = name == sort
        spans.append(_head(f"{_HEADS[name]}{arrow if chosen else ''}", _WIDTHS[name], chosen))
    return Line(tuple(spans))


def _head(words: str, width: int, chosen: bool, *, against_right: bool = True) -> Span:
    text = right(words, width) if against_right else left(words, width)
    return Span(text, Role.ACCENT if chosen else Role.DIM)


def group_spans(group: Group, grouping: str, columns: GroupColumns, peak: int, width: int, view: View) -> tuple[Span, ...]:
    """A group. A gap is drawn as one across the whole line; a group without calls has zeros and no bar."""
    symbols = view.symbols
    label = left(label_words(grouping, group.label), columns.label, symbols.mark)
    if group.gap:
        until = f" to {label_words(grouping, group.until)}" if group.until else ""
        words = f"{label_words(grouping, group.label)}{until} not cached "
        return (Span(left(words, width, symbols.mark).rstrip() + " ", Role.DIM), *_rule(words, width, symbols))
    spans = [Span(label, Role.TEXT if group.label else Role.DIM)]
    for name in columns.names:
        spans.append(_cell(group.figures.get(name), name, symbols))
    spans.append(gap(1))
    offered, answered = _count(group, OFFERED.name), _count(group, ANSWERED.name)
    spans += stacked_bar(answered, offered, peak, columns.bar, symbols, provisional=group.provisional)
    return tuple(spans)


def _rule(words: str, width: int, symbols: Symbols) -> tuple[Span, ...]:
    return (Span(symbols.uncovered * max(0, width - cell_len(words)), Role.FAINT),)


def _cell(figure: Figure | None, name: str, symbols: Symbols) -> Span:
    """A covered group without a figure had no calls: its counts are zero, and its rate has nothing to tell."""
    if figure is None:
        words = symbols.none if name == ANSWER_RATE.name else "0" if name != TALK_SECONDS.name else "0:00"
        return Span(right(words, _WIDTHS[name]), Role.DIM)
    role = value_role(figure)
    return Span(right(value_words(figure, symbols), _WIDTHS[name], symbols.mark), Role.TEXT if role is Role.STRONG else role)


def _count(group: Group, name: str) -> int:
    figure = group.figures.get(name)
    return 0 if figure is None or figure.value is None else int(figure.value)


def peak_of(groups: Iterable[Group]) -> int:
    """The most calls of one group."""
    return max((_count(group, OFFERED.name) for group in groups), default=0)


def sorted_groups(groups: Sequence[Group], sort: str, descending: bool) -> list[Group]:
    """The groups in the order of a column. Gaps and what has no value stand last; equals keep the grouping's own order."""
    if sort == LABEL:
        return list(reversed(groups)) if descending else list(groups)

    def value(group: Group) -> float | None:
        figure = group.figures.get(sort)
        return None if figure is None else figure.value

    known = [group for group in groups if value(group) is not None]
    rest = [group for group in groups if value(group) is None]
    return sorted(known, key=lambda group: (value(group) or 0) * (-1 if descending else 1)) + rest


def label_words(grouping: str, label: str) -> str:
    """A group's label for a person: "Mon 23 Nov 10:00", "Mon 23 Nov", "week 47, 2026", "Nov 2026", a spaced number."""
    if not label:
        return NO_NAME.get(grouping, "-")
    match grouping:
        case "hour":
            day, _, hour = label.partition("T")
            return f"{_day(day)} {hour}:00"
        case "day":
            return _day(label)
        case "week":
            year, _, week = label.partition("-W")
            return f"week {int(week)}, {year}"
        case "month":
            year, _, month = label.partition("-")
            return f"{MONTHS[int(month) - 1]} {year}"
        case "number":
            return number_words(label)
    return label


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def group_sentence(group: Group, grouping: str, view: View) -> str:
    """One sentence about a group for the status line."""
    words = label_words(grouping, group.label)
    if group.gap:
        return f"{words}: not cached; run calltop backfill, or open the providers' screen"
    notes = []
    for name in (OFFERED.name, ANSWER_RATE.name, MISSED.name):
        if (figure := group.figures.get(name)) is not None:
            notes.append(f"{_HEADS[name]} {figure.text()}")
    if group.provisional:
        notes.append("not complete yet")
    if group.known_share < 1:
        notes.append(f"{group.known_share:.0%} of the time is cached".replace("%", " %", 1))
    return f" {view.symbols.dot} ".join([words, *(notes or ["no calls"])])
