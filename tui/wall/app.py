"""The wall as a program: its one screen, its colours by day and by night, and the few keys that end it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from textual.binding import Binding
from textual.screen import Screen

from tui.departure import CLOSING_SECONDS, GRACE_SECONDS
from tui.feed import Clock, Feed, Poller
from tui.lines.symbols import symbols
from tui.terminal import TerminalDriver
from tui.terminal_app import TerminalApp, run_to_the_end
from tui.themes.night import NIGHT_THEMES, night_of
from tui.wall.drawing import WallDrawing
from tui.wall.plan import WallPlan
from tui.wall.screen import WallScreen

# Between two strokes of ctrl+c at most so long, or they were two mistakes.
CHORD_SECONDS = 2.0
_ONCE_MORE = "ctrl+c once more ends the wall"


class DeafDriver(TerminalDriver):
    """A driver for a wall without a keyboard: where standard input is no terminal, nothing is ever read from it."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        if not self.input_tty:
            # A pipe that nobody writes to: a file at its end would be read again and again.
            self.fileno, self._open_end = os.pipe()


class WallApp(TerminalApp, inherit_bindings=False):
    """The wall monitor.

    The feed is given back when the screen has ended. `polling` begins to poll, and is called again when polling has ended by
    itself; None where this wall only reads. `unattended` means that the end of its input is not its end, as it has no
    keyboard.
    """

    BINDINGS = [  # noqa: RUF012 - the library's own way to declare them
        Binding("ctrl+q", "end", "end"),
        Binding("ctrl+c", "end_on_second", "end"),
    ]

    def __init__(
        self,
        feed: Feed,
        polling: Callable[[], Poller] | None,
        plan: WallPlan,
        *,
        clock: Clock,
        intervals: Mapping[str, int] | None = None,
        note: str = "",
        ascii_only: bool = False,
        theme: str,
        state_folder: Path | None = None,
        unattended: bool = False,
        tick_seconds: float = 1.0,
    ) -> None:
        super().__init__(
            ascii_only=ascii_only,
            theme=theme,
            state_folder=state_folder,
            driver=DeafDriver if unattended else TerminalDriver,
            more_themes=NIGHT_THEMES,
        )
        self._polling = polling
        self.poller = polling() if polling is not None else None
        self._unattended = unattended
        self._drawing = WallDrawing(plan, clock, symbols(ascii_only), intervals or {}, note)
        self.wall = WallScreen(plan, self._drawing, feed, tick_seconds)
        self._asked_to_end = False

    def get_default_screen(self) -> Screen[None]:
        """The wall has one screen."""
        return self.wall

    def watched_descriptor(self) -> int | None:
        """Without a keyboard, the terminal is where the picture goes."""
        if self._unattended and sys.__stdin__ is not None and not sys.__stdin__.isatty():
            return sys.__stderr__.fileno() if sys.__stderr__ is not None else None
        return super().watched_descriptor()

    def dim(self, night: bool) -> None:
        """Takes the colours of the night, or those of the day again."""
        wanted = night_of(self.available_themes[self._first_theme]) if night else self._first_theme
        if self.theme != wanted:
            self.theme = wanted

    def polling_trouble(self) -> str:
        """Why there is no polling, "" while there is; where it has ended it is begun anew."""
        trouble = self.poller.trouble if self.poller is not None else ""
        if trouble and self.poller is not None and not self.poller.waits and self._polling is not None:
            self.poller.stop(0)
            self.poller = self._polling()
        return trouble

    def action_end(self) -> None:
        """Ends the wall."""
        self.exit(return_code=0)

    def action_end_on_second(self) -> None:
        """Ends the wall at the second stroke within a moment."""
        if self._asked_to_end:
            self.exit(return_code=0)
            return
        self._asked_to_end = True
        self.wall.hint(_ONCE_MORE)
        self.set_timer(CHORD_SECONDS, self._forget)

    def _forget(self) -> None:
        self._asked_to_end = False
        self.wall.hint("")


def run_wall(app: WallApp, grace_seconds: float = GRACE_SECONDS) -> int:
    """Runs the wall to its end, then ends polling; returns the exit code (`run_to_the_end`)."""

    def close() -> None:
        if app.poller is not None:
            app.poller.stop(CLOSING_SECONDS)

    return run_to_the_end(app, close, grace_seconds, mouse=False)
