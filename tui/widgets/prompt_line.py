"""A line that asks for one thing: it comes over the status line, so that nothing else moves, and goes when it is answered."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from tui.actions import Place
from tui.bindings import bindings
from tui.lines.line import Ground, Line, Role, Span, crop, gap
from tui.lines.symbols import Symbols
from tui.widgets.drawn import Drawn


class PromptInput(Input):
    """Where the answer is typed. What is typed is text and nothing else."""

    BINDINGS = bindings(Place.PROMPT)
    ALLOW_SELECT = False

    class Done(Message):
        """The person pressed enter."""

    class Left(Message):
        """The person wants no answer given."""

    def __init__(self, longest: int) -> None:
        super().__init__(id="prompt-input", compact=True, max_length=longest)
        self.cursor_blink = False

    def action_answer(self) -> None:
        """Gives the answer."""
        self.post_message(self.Done())

    def action_leave_prompt(self) -> None:
        """Gives none."""
        self.post_message(self.Left())


class _Words(Drawn):
    """What is asked."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(id="prompt-words")
        self._symbols = symbols
        self._words = ""

    def show(self, words: str) -> None:
        """Asks something else."""
        self._words = words
        self.styles.width = cell_len(words) + 2
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """One line."""
        words = crop(self._words, width - 2, self._symbols.mark)
        return (Line((gap(1), Span(words, Role.ACCENT), gap(1)), Ground.STRIP),)


class PromptLine(Horizontal):
    """The line. `Answered` says what was typed after `ask`, under the name of the question."""

    class Answered(Message):
        """The answer to the question of this name."""

        def __init__(self, name: str, text: str) -> None:
            super().__init__()
            self.name = name
            self.text = text

    class Closed(Message):
        """The line has gone, with or without an answer."""

    def __init__(self, symbols: Symbols, longest: int) -> None:
        super().__init__(id="prompt")
        self._words = _Words(symbols)
        self.input = PromptInput(longest)
        self._question = ""

    def compose(self) -> ComposeResult:
        """The question, and the place for its answer."""
        yield self._words
        yield self.input

    @property
    def open(self) -> bool:
        """Whether an answer is awaited."""
        return bool(self._question)

    def ask(self, question: str, words: str, text: str = "") -> None:
        """Asks: `words` say for what, `text` stands there already."""
        self._question = question
        self._words.show(words)
        self.input.value = text
        self.input.cursor_position = len(text)
        self.add_class("-open")
        # At once: what is typed right after belongs here, and must trigger nothing.
        self.screen.set_focus(self.input, scroll_visible=False)

    def close(self) -> None:
        """Asks no more."""
        if self.open:
            self._question = ""
            self.remove_class("-open")
            self.post_message(self.Closed())

    def on_prompt_input_done(self, message: PromptInput.Done) -> None:
        """Passes the answer on."""
        message.stop()
        question, text = self._question, self.input.value.strip()
        self.close()
        if question:
            self.post_message(self.Answered(question, text))

    def on_prompt_input_left(self, message: PromptInput.Left) -> None:
        """Passes nothing on."""
        message.stop()
        self.close()
