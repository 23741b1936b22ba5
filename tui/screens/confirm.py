"""A question before something that cannot be undone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.actions import Place, actions_of
from tui.bindings import bindings
from tui.lines.bars import key_line
from tui.lines.line import Line, Role, Span, gap, wrap
from tui.screens.overlay import Overlay
from tui.widgets.drawn import Drawn

QUESTION_ROWS = 4


class Question(Drawn):
    """The question and its keys."""

    def __init__(self, words: str) -> None:
        super().__init__(id="confirm-question")
        self._words = words

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The question, its keys at the bottom."""
        rows = [Line((gap(1), Span(row, Role.STRONG))) for row in wrap(self._words, width - 2, QUESTION_ROWS)]
        keys, _ = key_line(actions_of(Place.CONFIRM), width)
        return [*rows, *[Line()] * (height - 1 - len(rows)), keys]


class ConfirmScreen(Overlay[bool], inherit_bindings=False):
    """Ends with True after yes, with False after no. Nothing but `y` means yes, not even enter."""

    CSS_PATH = Path(__file__).with_name("form.tcss")
    BINDINGS = bindings(Place.CONFIRM)

    def __init__(self, words: str) -> None:
        super().__init__(id="confirm")
        self._question = Question(words)

    def compose(self) -> ComposeResult:
        """The question."""
        with Vertical(id="confirm-box"):
            yield self._question

    def action_agree(self) -> None:
        """Yes."""
        self.dismiss(True)

    def action_decline(self) -> None:
        """No."""
        self.dismiss(False)
