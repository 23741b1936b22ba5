"""The lines around the panes: the tabs and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from tui.actions import Action
from tui.lines.line import Ground, Line, Role, Span, gap

SHORTEST_TAB_NAME = 3
# Below it the names of the other screens would leave no room for the keys of this one.
NAMED_SCREENS_FROM = 110


class Tab(NamedTuple):
    """A tab: the pane's name, a shorter one, its state's symbol where it has one, and whether it is the one shown."""

    label: str
    short: str
    symbol: Span | None
    current: bool


def tab_line(tabs: Sequence[Tab], width: int) -> tuple[Line, tuple[range, ...]]:
    """The tabs in one line, and the cells of each, for the mouse. Where they do not fit, they move together and their
    names get shorter."""
    spaced = [_tab_spans(tab, tab.label, " ") for tab in tabs]
    if 1 + sum(_width(spans) + 1 for spans in spaced) <= width:
        return _tabs_line(spaced, 1)
    longest = max((len(tab.short) for tab in tabs), default=0)
    while longest > SHORTEST_TAB_NAME and sum(_width(_tab_spans(tab, tab.short[:longest], "")) for tab in tabs) > width:
        longest -= 1
    return _tabs_line([_tab_spans(tab, set_cell_size(tab.short, min(longest, cell_len(tab.short))), "") for tab in tabs], 0)


def _tabs_line(tabs: Sequence[tuple[Span, ...]], between: int) -> tuple[Line, tuple[range, ...]]:
    spans: list[Span] = []
    places: list[range] = []
    at = 0
    for tab in tabs:
        spans.append(gap(between))
        spans.extend(tab)
        at += between
        places.append(range(at, at + _width(tab)))
        at += _width(tab)
    return Line(tuple(spans)), tuple(places)


def _width(spans: Sequence[Span]) -> int:
    return sum(span.width for span in spans)


def _tab_spans(tab: Tab, name: str, after_symbol: str) -> tuple[Span, ...]:
    before, after = ("[", "]") if tab.current else (" ", " ")
    symbol = (tab.symbol, Span(after_symbol)) if tab.symbol else ()
    words = Span(name, Role.STRONG if tab.current else Role.DIM)
    return (Span(before, Role.ACCENT), *symbol, words, Span(after, Role.ACCENT))


def key_line(actions: Sequence[Action], width: int, current: str = "") -> tuple[Line, tuple[tuple[range, Action], ...]]:
    """The keys of the actions, as many as fit, and the cells of each, for the mouse.

    The `current` one stands out. Where there is little room the other screens are their keys alone; what does not fit then is
    left out, but for the last two.
    """
    labels = [f"{action.key_labels[0]} {action.label}" for action in actions]
    if width < NAMED_SCREENS_FROM and not _fit(labels, width):
        for index, action in enumerate(actions):
            if action.opens_screen and action.name != current:
                labels[index] = action.key_labels[0]
    kept = list(range(len(actions)))
    while len(kept) > 2 and not _fit([labels[index] for index in kept], width):
        kept.pop(-3)
    spans: list[Span] = [gap(1)]
    places: list[tuple[range, Action]] = []
    at = 1
    for index in kept:
        action, key = actions[index], actions[index].key_labels[0]
        places.append((range(at, at + cell_len(labels[index])), action))
        role = Role.STRONG if action.name == current else Role.DIM
        spans.extend((Span(key, Role.ACCENT), Span(labels[index][len(key) :] + "  ", role)))
        at += cell_len(labels[index]) + 2
    return Line(tuple(spans), Ground.STRIP), tuple(places)


def _fit(labels: Sequence[str], width: int) -> bool:
    return 1 + sum(cell_len(label) + 2 for label in labels) <= width + 2
