"""The first screen of somebody who has configured nothing yet: two ways to begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.actions import Place, actions_of
from tui.bindings import bindings
from tui.lines.bars import key_line
from tui.lines.line import Ground, Line, Role, Span, gap, left, wrap
from tui.lines.symbols import Symbols
from tui.screens.overlay import Overlay
from tui.widgets.drawn import Drawn

DEMO, ADD = "demo", "add"
_TITLE = "Welcome to calltop"
_WHAT = (
    "calltop shows what came in, what was missed, who must be called back, and whether the lines are up. It polls your"
    " telephony providers every five minutes and keeps their calls on this machine."
)
_WAYS = (
    (DEMO, "d", "Look at the demo", "five simulated providers with three months of calls; nothing is kept"),
    (ADD, "a", "Add a provider", "Soluno, Dstny, Telecom X, PortSIP or While1: fill in, try, save"),
)
_ELSE = "Or from the shell: calltop config init, then calltop check."
_ROWS_OF_WORDS = 4
_WAY_CELLS = 20


class WelcomeText(Drawn):
    """What calltop is, and the ways to begin."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(id="welcome-text")
        self._symbols = symbols
        self._index = 0

    @property
    def way(self) -> str:
        """The chosen way."""
        return _WAYS[self._index][0]

    def move(self, steps: int) -> None:
        """Chooses another way."""
        self._index = (self._index + steps) % len(_WAYS)
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """Words above, ways below, the keys at the bottom."""
        words = [Line((gap(1), Span(row))) for row in wrap(_WHAT, width - 2, _ROWS_OF_WORDS, self._symbols.mark)]
        ways = [self._way(index, width) for index in range(len(_WAYS))]
        other = [Line((gap(1), Span(row, Role.DIM))) for row in wrap(_ELSE, width - 2, 2, self._symbols.mark)]
        lines = [Line((gap(1), Span(_TITLE, Role.STRONG))), Line(), *words, Line(), *ways, Line(), *other]
        keys, _ = key_line([action for action in actions_of(Place.WELCOME) if action.footer], width)
        return [*lines[: height - 1], *[Line()] * (height - 1 - len(lines)), keys]

    def _way(self, index: int, width: int) -> Line:
        _, key, label, words = _WAYS[index]
        chosen = index == self._index
        spans = (
            gap(1),
            Span(self._symbols.cursor if chosen else " ", Role.ACCENT),
            gap(1),
            Span(f"{key}  ", Role.ACCENT),
            Span(left(label, _WAY_CELLS, self._symbols.mark), Role.STRONG),
            Span(left(words, max(0, width - _WAY_CELLS - 7), self._symbols.mark), Role.DIM),
        )
        return Line(spans, Ground.CURSOR if chosen else Ground.PLAIN)


class WelcomeScreen(Overlay[str], inherit_bindings=False):
    """Ends with `DEMO`, or with "" to end calltop. `add` shows the form over it, so that leaving the form comes back here."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS = bindings(Place.WELCOME)

    def __init__(self, symbols: Symbols, add: Callable[[], None]) -> None:
        super().__init__(id="welcome")
        self._add = add
        self._text = WelcomeText(symbols)

    def compose(self) -> ComposeResult:
        """One text."""
        with Vertical(id="welcome-box"):
            yield self._text

    def action_next_way(self) -> None:
        """Chooses the next way."""
        self._text.move(1)

    def action_previous_way(self) -> None:
        """Chooses the way before."""
        self._text.move(-1)

    def action_take_way(self) -> None:
        """Begins in the chosen way."""
        if self._text.way == DEMO:
            self.action_look_at_demo()
        else:
            self.action_add_first_provider()

    def action_look_at_demo(self) -> None:
        """The demo."""
        self.dismiss(DEMO)

    def action_add_first_provider(self) -> None:
        """The form."""
        self._add()

    def action_leave_welcome(self) -> None:
        """Ends calltop."""
        self.dismiss("")
