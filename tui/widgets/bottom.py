"""The last lines of the screen: what just happened, and the keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from tui.actions import Action
from tui.lines.bars import key_line
from tui.lines.line import Line, Role, Span, crop, gap
from tui.lines.symbols import Symbols
from tui.messages import ActionPicked
from tui.widgets.drawn import Drawn


class Bottom(Drawn):
    """A status line above the keys; where there is one row only, a status takes the place of the keys."""

    ALLOW_SELECT = False

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(id="bottom")
        self._symbols = symbols
        self._words = ""
        self._role = Role.DIM
        self._actions: tuple[Action, ...] = ()
        self._current = ""
        self._places: tuple[tuple[range, Action], ...] = ()

    @property
    def status_text(self) -> str:
        """The status now."""
        return self._words

    def show_status(self, words: str, role: Role = Role.DIM) -> None:
        """Says something, "" to say nothing more."""
        self._words, self._role = words, role
        self.redraw()

    def show_keys(self, actions: Sequence[Action], current: str = "") -> None:
        """Shows the keys of these actions; the `current` one stands out."""
        self._actions, self._current = tuple(actions), current
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """Status and keys."""
        status = Line((gap(1), Span(crop(self._words, width - 2, self._symbols.mark), self._role)))
        keys, self._places = key_line(self._actions, width, self._current)
        if height > 1:
            return (status, keys)
        return (status if self._words else keys,)

    def on_click(self, event: events.Click) -> None:
        """Does what the key under the pointer does."""
        if event.y < self.size.height - 1:
            return
        for place, action in self._places:
            if event.x in place:
                self.post_message(ActionPicked(action.name))
