"""The command palette: every action by its name, found by a few letters of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui.actions import Action, Place, actions_of
from tui.lines.line import Ground, Line, Role, Span, gap, left
from tui.lines.symbols import Symbols
from tui.screens.overlay import Overlay
from tui.widgets.cursor import ListCursor
from tui.widgets.drawn import Drawn

_LABEL_WIDTH = 18
_KEYS_WIDTH = 18


def found_actions(typed: str, places: Sequence[Place], saved: Sequence[Action] = ()) -> tuple[Action, ...]:
    """The actions of these places whose label has the typed words, then those whose description has them, then those whose
    label has the typed letters in order; within each the person's `saved` ones last."""
    words = typed.lower().split()
    known = (*actions_of(*places), *saved)
    by_label = [action for action in known if all(word in action.label.lower() for word in words)]
    by_words = [action for action in known if all(word in _searched(action) for word in words)]
    by_letters = [action for action in known if _has_letters(action.label, "".join(words))]
    return tuple(dict.fromkeys([*by_label, *by_words, *by_letters]))


def _searched(action: Action) -> str:
    return f"{action.label} {action.description} {action.name}".lower()


def _has_letters(label: str, letters: str) -> bool:
    rest = iter(label.lower())
    return all(letter in rest for letter in letters)


class PaletteList(Drawn):
    """The actions found."""

    ALLOW_SELECT = False

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(id="palette-list")
        self._symbols = symbols
        self.cursor: ListCursor[str] = ListCursor()
        self.actions: tuple[Action, ...] = ()

    def show(self, actions: Sequence[Action]) -> None:
        """Shows these actions."""
        self.actions = tuple(actions)
        self.cursor.update([action.name for action in actions])
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """A line per action: what it is called, its keys, what it does."""
        lines: list[Line] = []
        for index in self.cursor.show(height):
            action = self.actions[index]
            chosen = index == self.cursor.index
            spans = (
                gap(1),
                Span(self._symbols.cursor if chosen else " ", Role.ACCENT),
                gap(1),
                Span(left(action.label, _LABEL_WIDTH), Role.STRONG),
                Span(left("  ".join(action.key_labels[:2]), _KEYS_WIDTH, self._symbols.mark) + " ", Role.ACCENT),
                Span(left(action.description, width - _LABEL_WIDTH - _KEYS_WIDTH - 5, self._symbols.mark), Role.DIM),
            )
            lines.append(Line(spans, Ground.CURSOR if chosen else Ground.PLAIN))
        return lines or (Line((gap(3), Span("no action is called that", Role.DIM))),)


class PalettePrompt(Drawn):
    """The sign before the line."""

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The sign."""
        return (Line((Span(" : ", Role.ACCENT),), Ground.STRIP),)


class PaletteScreen(Overlay[str], inherit_bindings=False):
    """Ends with the name of the chosen action, or with nothing."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close", show=False),
        Binding("down,ctrl+n", "move(1)", "next", show=False),
        Binding("up,ctrl+p", "move(-1)", "previous", show=False),
    ]

    def __init__(self, symbols: Symbols, places: Sequence[Place], saved: Sequence[Action] = ()) -> None:
        super().__init__(id="palette")
        self._places = places
        self._saved = saved
        self._input = Input(id="palette-input", compact=True)
        self._input.cursor_blink = False
        self.list = PaletteList(symbols)

    def compose(self) -> ComposeResult:
        """A line to type in, the actions found below."""
        with Vertical(id="palette-box"):
            with Horizontal(id="palette-row"):
                yield PalettePrompt(id="palette-prompt")
                yield self._input
            yield self.list

    def on_mount(self) -> None:
        """Shows every action at first."""
        self.list.show(found_actions("", self._places, self._saved))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.list.cursor.to_newest()
        self.list.show(found_actions(event.value, self._places, self._saved))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self.list.cursor.key is not None:
            self.dismiss(self.list.cursor.key)

    def action_move(self, rows: int) -> None:
        """Chooses another action."""
        self.list.cursor.move(rows)
        self.list.redraw()

    def action_leave(self) -> None:
        """Does nothing and goes back."""
        self.dismiss()
