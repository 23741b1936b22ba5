"""The help over the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult

from tui.actions import Place, actions_of
from tui.bindings import bindings
from tui.lines.bars import key_line
from tui.lines.help import help_lines
from tui.lines.line import Line
from tui.lines.symbols import Symbols
from tui.screens.overlay import Overlay
from tui.widgets.drawn import Drawn


class HelpText(Drawn):
    """The text of the help, scrolled by whole lines."""

    ALLOW_SELECT = False

    def __init__(self, places: Sequence[Place], symbols: Symbols) -> None:
        super().__init__(id="help-text")
        self._places = places
        self._symbols = symbols
        self._first = 0

    def scroll_lines(self, lines: int) -> None:
        """Moves the text."""
        longest = len(help_lines(self._places, self.size.width, self._symbols))
        self._first = max(0, min(self._first + lines, longest - self.size.height))
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The lines in sight."""
        return help_lines(self._places, width, self._symbols)[self._first : self._first + height]


class HelpKeys(Drawn):
    """The keys of the help itself."""

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """One line."""
        return (key_line([action for action in actions_of(Place.HELP) if action.footer], width)[0],)


class HelpScreen(Overlay[None], inherit_bindings=False):
    """What can be done, nearest first."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS = bindings(Place.HELP)

    def __init__(self, places: Sequence[Place], symbols: Symbols) -> None:
        super().__init__(id="help")
        self.text = HelpText(places, symbols)

    def compose(self) -> ComposeResult:
        """The text, and its keys below."""
        yield self.text
        yield HelpKeys(id="help-keys")

    def action_scroll_down(self) -> None:
        """Reads on."""
        self.text.scroll_lines(1)

    def action_scroll_up(self) -> None:
        """Reads back."""
        self.text.scroll_lines(-1)

    def action_scroll_page_down(self) -> None:
        """Reads one page on."""
        self.text.scroll_lines(self.text.size.height - 1)

    def action_scroll_page_up(self) -> None:
        """Reads one page back."""
        self.text.scroll_lines(1 - self.text.size.height)

    def action_close(self) -> None:
        """Back to the screen below."""
        self.dismiss()
