"""What lies over a screen until it has an answer: closed once, however often and quickly its keys are pressed."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


class Overlay(ModalScreen[ScreenResultType], inherit_bindings=False):
    """A modal screen whose second dismissal does nothing.

    The library takes away whatever is on top, so that a key pressed twice before the screen has gone would take what lies
    below, or end the program when nothing does.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Ends with `result`, along with whatever lies over this; does nothing when it has ended."""
        if self not in self.app.screen_stack:
            return AwaitComplete()
        while self.app.screen is not self:
            self.app.pop_screen()
        return super().dismiss(result)
