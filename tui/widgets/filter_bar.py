"""The filter bar: a line to type in, how many calls it leaves, and below it what is to be said about it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui.actions import Place
from tui.bindings import bindings
from tui.lines.bars import FilterState, count_words, filter_note
from tui.lines.line import Ground, Line, Role, Span, right
from tui.lines.symbols import Symbols
from tui.messages import FilterCancelled, FilterLeft, FilterSubmitted, FilterTyped
from tui.widgets.drawn import Drawn

PROMPT_CELLS = 3
LONGEST_HISTORY = 100


class FilterInput(Input):
    """The line to type in. What is typed is text and nothing else."""

    BINDINGS = bindings(Place.FILTER)
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(id="filter-input", compact=True, select_on_focus=False)
        self.cursor_blink = False
        self.history: list[str] = []
        self._place_in_history = 0
        self._draft = ""

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tells the screen at every key."""
        event.stop()
        self.post_message(FilterTyped(self.value))

    async def action_submit(self) -> None:
        """Applies the text."""
        self.post_message(FilterSubmitted(self.value))

    def action_cancel(self) -> None:
        """Leaves without the change."""
        self.post_message(FilterCancelled())

    def action_older_filter(self) -> None:
        """Brings back the filter used before."""
        if self._place_in_history == 0:
            self._draft = self.value
        self._recall(self._place_in_history + 1)

    def action_newer_filter(self) -> None:
        """Brings back the filter used after, and at last what was being typed."""
        self._recall(self._place_in_history - 1)

    def _recall(self, place: int) -> None:
        self._place_in_history = max(0, min(place, len(self.history)))
        self.value = self.history[-self._place_in_history] if self._place_in_history else self._draft
        self.cursor_position = len(self.value)

    def remember(self, text: str) -> None:
        """Keeps an applied filter for the history, the newest last and each once."""
        self._place_in_history = 0
        if text:
            self.history = [*(older for older in self.history if older != text), text][-LONGEST_HISTORY:]

    def on_blur(self, _event: events.Blur) -> None:
        """Tells the screen that the person went elsewhere."""
        self.post_message(FilterLeft())


class FilterPrompt(Drawn):
    """The sign before the line."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(id="filter-prompt")
        self._symbols = symbols

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The sign."""
        return (Line((Span(f" {self._symbols.prompt} ", Role.ACCENT),), Ground.STRIP),)


class FilterCount(Drawn):
    """How many calls the filter leaves."""

    def __init__(self) -> None:
        super().__init__(id="filter-count")
        self._words = ""
        self._narrowed = False

    def show(self, words: str, narrowed: bool) -> None:
        """Shows another count."""
        self._words, self._narrowed = words, narrowed
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The count against the right edge."""
        words = right(self._words, width - 1)
        return (Line((Span(words, Role.STRONG if self._narrowed else Role.DIM),), Ground.STRIP),)


class FilterNote(Drawn):
    """The line below: a mistake and its place, or how a filter is written."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(id="filter-note")
        self._symbols = symbols
        self._state = FilterState()
        self._scrolled = 0

    def show(self, state: FilterState, scrolled: int) -> None:
        """Shows another state; `scrolled` is how many cells of the text are out of sight."""
        self._state, self._scrolled = state, scrolled
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The note."""
        return (filter_note(self._state, PROMPT_CELLS - self._scrolled, width, self._symbols),)


class FilterBar(Vertical):
    """The whole bar."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(id="filter-bar")
        self._symbols = symbols
        self.input = FilterInput()
        self._count = FilterCount()
        self._note = FilterNote(symbols)

    def compose(self) -> ComposeResult:
        """Prompt, line and count in one row, the note below."""
        with Horizontal(id="filter-row"):
            yield FilterPrompt(self._symbols)
            yield self.input
            yield self._count
        yield self._note

    @property
    def note_text(self) -> str:
        """What is said about the filter now."""
        return self._note.plain_text

    @property
    def count_text(self) -> str:
        """What is said about the number of calls now."""
        return self._count.plain_text.strip()

    def show(self, state: FilterState, matching: int | None, total: int | None) -> None:
        """Shows how the filter stands."""
        self.set_class(state.suspended, "-suspended")
        self._count.show(count_words(state, matching, total), state.narrowed)
        self._note.show(state, round(self.input.scroll_offset.x))

    def edit(self) -> None:
        """Puts the cursor into the line, at its end."""
        self.input.focus()
        self.input.cursor_position = len(self.input.value)

    def set_text(self, text: str) -> None:
        """Replaces the text without telling anybody."""
        with self.input.prevent(Input.Changed):
            self.input.value = text
