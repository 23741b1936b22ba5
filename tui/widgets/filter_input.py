"""The line in which a filter is typed."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from tui.actions import Place
from tui.bindings import bindings
from tui.filtering import FilterControl
from tui.messages import CompletionWanted, FilterCancelled, FilterLeft, FilterSubmitted, FilterTyped


class FilterInput(Input):
    """The line to type in. What is typed is text and nothing else."""

    BINDINGS = bindings(Place.FILTER)
    ALLOW_SELECT = False

    def __init__(self, control: FilterControl) -> None:
        super().__init__(id="filter-input", compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._control = control
        self._place_in_history = 0
        self._draft = ""

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tells the screen at every key."""
        event.stop()
        self.post_message(FilterTyped(self.value))

    async def action_submit(self) -> None:
        """Applies the text."""
        self.post_message(FilterSubmitted(self.value))

    def action_complete(self) -> None:
        """Completes the piece under the cursor."""
        self.post_message(CompletionWanted())

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
        history = self._control.history
        self._place_in_history = max(0, min(place, len(history)))
        self.value = history[-self._place_in_history] if self._place_in_history else self._draft
        self.cursor_position = len(self.value)

    def accepted(self) -> None:
        """Starts the history at its newest again."""
        self._place_in_history = 0

    def on_blur(self, _event: events.Blur) -> None:
        """Tells the screen that the person went elsewhere."""
        self.post_message(FilterLeft())
