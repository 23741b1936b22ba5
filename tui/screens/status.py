"""What the status line says, when several things want to be said."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer

from tui.lines.line import Role
from tui.widgets.bottom import Bottom

SetTimer = Callable[[float, Callable[[], None]], Timer]


class StatusLine:
    """An answer to the person first, for a while; then a failure; then what describes the screen."""

    def __init__(self, bottom: Bottom, set_timer: SetTimer, seconds: float) -> None:
        self._bottom = bottom
        self._set_timer = set_timer
        self._seconds = seconds
        self._timer: Timer | None = None
        self._answer = ""
        self.failure = ""

    def say(self, words: str) -> None:
        """Answers the person."""
        self._answer = words
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._set_timer(self._seconds, self.hush)
        self._bottom.show_status(words, Role.TEXT)

    def hush(self) -> None:
        """Ends the answer."""
        self._answer = ""
        self._bottom.show_status("")

    def show(self, detail: str, warning: str, trouble: str = "") -> None:
        """Says what matters most now: a failure or the poller's `trouble`, then the chosen row's `detail`, then a `warning`
        about the whole screen."""
        if self._answer:
            self._bottom.show_status(self._answer, Role.TEXT)
        elif failure := self.failure or trouble:
            self._bottom.show_status(failure, Role.BAD)
        elif detail:
            self._bottom.show_status(detail)
        else:
            self._bottom.show_status(warning, Role.LATE)
