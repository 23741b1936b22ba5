"""The filter bar: a line to type in, how many calls it leaves, and below it what is to be said about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from calls.later import Later
from tui.feed import AskProgress, PlanSummary
from tui.filtering import FilterControl
from tui.lines.filter_notes import FilterState, count_words, filter_note
from tui.lines.line import Ground, Line, Role, Span, right
from tui.lines.symbols import Symbols
from tui.messages import (
    CompletionWanted,
    FilterCancelled,
    FilterChanged,
    FilterDone,
    FilterLeft,
    FilterSubmitted,
    FilterTyped,
    ValuesWanted,
)
from tui.widgets.drawn import Drawn
from tui.widgets.filter_input import FilterInput

if TYPE_CHECKING:
    from tui import completing
    from tui.completing import Candidate, Spot
else:
    # When somebody types.
    completing = Later("tui.completing")

PROMPT_CELLS = 3


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
    """The whole bar. It reads what is typed into `control`, and posts `FilterChanged`, `FilterDone` and `ValuesWanted`."""

    def __init__(self, symbols: Symbols, control: FilterControl) -> None:
        super().__init__(id="filter-bar")
        self._control = control
        self.input = FilterInput(control)
        self._count = FilterCount()
        self._note = FilterNote(symbols)
        self._prompt = FilterPrompt(symbols)
        self._counts: tuple[int | None, int | None] = (None, None)
        self._values: dict[tuple[str, str], tuple[tuple[str, int], ...]] = {}
        self._offered: tuple[Candidate, ...] = ()
        self._spot: Spot | None = None
        self._chosen: int | None = None
        self._plan: tuple[PlanSummary, ...] = ()
        self._asking: tuple[AskProgress, ...] = ()
        self._missing = ""

    def compose(self) -> ComposeResult:
        """Prompt, line and count in one row, the note below."""
        with Horizontal(id="filter-row"):
            yield self._prompt
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

    # What the screen tells the bar.

    def show_counts(self, matching: int | None, total: int | None) -> None:
        """How many calls the filter leaves, of how many."""
        self._counts = (matching, total)
        self.refresh_note()

    def show_plan(self, plan: tuple[PlanSummary, ...], missing: str) -> None:
        """What the providers would be asked, and what the cache lacks of the filter's range."""
        self._plan, self._missing = plan, missing
        self.refresh_note()

    def show_asking(self, asking: tuple[AskProgress, ...]) -> None:
        """How far asking is."""
        if asking != self._asking:
            self._asking = asking
            self.refresh_note()

    def show_values(self, field: str, typed: str, values: tuple[tuple[str, int], ...]) -> None:
        """Values of a field in the cache, for completion."""
        self._values[field, typed] = values
        self._offer()
        self.refresh_note()

    def edit(self) -> None:
        """Puts the cursor into the line, at its end."""
        # At once: what is typed right after belongs here, and must trigger nothing.
        self.screen.set_focus(self.input)
        self.input.cursor_position = len(self.input.value)

    def adopt(self) -> None:
        """Shows the filter as another screen has left it."""
        self._set_text(self._control.text)
        self._changed(False)

    def clear(self) -> None:
        """No filter any more."""
        changed = self._control.clear()
        self._set_text("")
        self._changed(changed)

    def suspend(self) -> bool:
        """Sets the filter aside, or takes it back; False when there is none."""
        if not self._control.suspend():
            return False
        self._changed(True)
        return True

    def accept(self) -> bool:
        """Accepts the text as it stands; False when it cannot be read, which is then said."""
        changed = self._control.submit()
        if changed is None:
            self.refresh_note()
            return False
        self._set_text(self._control.text)
        self._control.remember(self._control.text)
        self.input.accepted()
        self._changed(changed)
        return True

    def replace(self, text: str) -> bool:
        """Takes another filter as if it had been typed and accepted."""
        self._control.text = text
        return self.accept()

    # What the person does.

    @on(FilterTyped)
    def _typed(self, message: FilterTyped) -> None:
        message.stop()
        self._chosen = None
        changed = self._control.typed(message.text)
        self._look_up()
        self.refresh_note()
        if changed:
            self.post_message(FilterChanged(typing=True))

    @on(CompletionWanted)
    def _complete(self, message: CompletionWanted) -> None:
        message.stop()
        if self._spot is None or not self._offered:
            return
        self._chosen = 0 if self._chosen is None else (self._chosen + 1) % len(self._offered)
        candidate = self._offered[self._chosen]
        text, cursor = completing.accepted(self.input.value, self._spot, candidate)
        self._spot = completing.Spot(self._spot.start, cursor, self._spot.field, self._spot.typed)
        self._set_text(text)
        self.input.cursor_position = cursor
        changed = self._control.typed(text)
        if len(self._offered) == 1:
            self._chosen = None
            self._look_up()
        self.refresh_note()
        if changed:
            self.post_message(FilterChanged(typing=True))

    @on(FilterSubmitted)
    def _submitted(self, message: FilterSubmitted) -> None:
        message.stop()
        if self.accept():
            self.post_message(FilterDone())

    @on(FilterCancelled)
    def _cancelled(self, message: FilterCancelled) -> None:
        message.stop()
        self._restore()
        self.post_message(FilterDone())

    @on(FilterLeft)
    def _left(self, message: FilterLeft) -> None:
        message.stop()
        # A terminal window that loses the focus takes it from the bar too, and that decides nothing.
        if self.app.app_focus and not self.accept():
            self._restore()

    def _restore(self) -> None:
        changed = self._control.cancel()
        self._set_text(self._control.text)
        self._changed(changed)

    def _changed(self, changed: bool) -> None:
        self._offered, self._spot, self._chosen = (), None, None
        self._values.clear()
        self.refresh_note()
        if changed:
            self.post_message(FilterChanged(typing=False))

    def _look_up(self) -> None:
        """Offers what is known by now, and asks for the values that are not."""
        spot = completing.spot_at(self.input.value, self.input.cursor_position)
        if spot.field and (spot.field, spot.typed) not in self._values:
            self.post_message(ValuesWanted(spot.field, spot.typed))
        self._offer()

    def _offer(self) -> None:
        if self._chosen is not None:
            return
        spot = completing.spot_at(self.input.value, self.input.cursor_position)
        known = self._values.get((spot.field, spot.typed), ()) if spot.field else ()
        found = completing.candidates(spot, known)
        # What is typed whole already needs no completion.
        done = len(found) == 1 and found[0].text == self.input.value[spot.start : spot.end]
        self._spot, self._offered = spot, () if done else found

    def _set_text(self, text: str) -> None:
        with self.input.prevent(Input.Changed):
            self.input.value = text

    def refresh_note(self) -> None:
        """Says how the filter stands."""
        control, editing = self._control, self.input.has_focus
        state = FilterState(
            text=control.text,
            narrowed=not control.active.everything,
            editing=editing,
            suspended=control.suspended,
            error=control.error,
            insisted=control.insisted,
            candidates=self._offered if editing else (),
            chosen=self._chosen,
            hint=completing.hint_at(self.input.value, self.input.cursor_position) if editing else "",
            plan=self._plan,
            asking=self._asking,
            missing=self._missing,
        )
        self.set_class(control.suspended, "-suspended")
        self._count.show(count_words(state, *self._counts), state.narrowed)
        self._note.show(state, round(self.input.scroll_offset.x))
