"""What every full-screen program of calltop shares: its colours, the wall against hostile text, and how it ends."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from rich.text import Text
from textual.app import App, ScreenStackError
from textual.driver import Driver
from textual.filter import LineFilter
from textual.theme import Theme

from tui import garbage
from tui.departure import GRACE_SECONDS, Departure, crash_report, drop_what_cannot_be_written
from tui.terminal import HostileTextFilter, TerminalDriver, TerminalWatch
from tui.themes import DARK, THEMES, fallback_variables

# After so long a start is over.
_START_SECONDS = 2.0


class TerminalApp(App[None], inherit_bindings=False):
    """A program that draws the whole terminal.

    `theme` names its colours, among ours and `more_themes`; `state_folder` is where a crash leaves its log; `driver` what
    stands between it and the terminal.
    """

    # Beside this file, wherever the program that inherits it lives.
    CSS_PATH = Path(__file__).with_name("calltop.tcss")
    TITLE = "calltop"
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False

    def __init__(
        self,
        *,
        ascii_only: bool,
        theme: str,
        state_folder: Path | None,
        driver: type[Driver] = TerminalDriver,
        more_themes: Iterable[Theme] = (),
    ) -> None:
        super().__init__(driver_class=driver)
        self.departure: Departure | None = None
        self._state_folder = state_folder
        self._hostile_text = HostileTextFilter(ascii_only)
        self._watch: TerminalWatch | None = None
        for known in (*THEMES, *more_themes):
            self.register_theme(known)
        self._first_theme = os.environ.get("TEXTUAL_THEME") or theme
        if self._first_theme not in self.available_themes:
            self._first_theme = DARK.name
        # Set before anything is read, so that the style sheets are read once and not twice.
        self.set_reactive(App.theme, DARK.name)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our colours for themes that do not name them."""
        return fallback_variables(self.current_theme.dark)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Every line passes the wall against hostile text."""
        return [*super().get_line_filters(), self._hostile_text]

    def on_mount(self) -> None:
        """Chooses the colours and keeps an eye on the terminal."""
        self.theme = self._first_theme
        self.set_timer(_START_SECONDS, garbage.search)
        # The library does not repaint by itself after ctrl+z and fg.
        self.app_resume_signal.subscribe(self, lambda _app: self.refresh(layout=True))
        if self.departure is not None:
            self.departure.attach(asyncio.get_running_loop())
        watched = self.watched_descriptor()
        if not self.is_headless and watched is not None:
            self._watch = TerminalWatch(watched)
            self.set_interval(1.0, self._look_at_terminal)

    def clear_selection(self) -> None:
        """Before the first screen nothing is selected: its inputs ask for this while they are made, on some versions of Python
        before the library has the screen itself."""
        with suppress(ScreenStackError):
            super().clear_selection()

    def watched_descriptor(self) -> int | None:
        """The file whose end is the end of the terminal: what the keys come from."""
        return sys.__stdin__.fileno() if sys.__stdin__ is not None else None

    def _look_at_terminal(self) -> None:
        if self._watch is not None and self._watch.gone():
            self.exit(return_code=0)

    def send(self, sequence: str) -> None:
        """Sends a sequence to the terminal that draws nothing."""
        if self._driver is not None:
            self._driver.write(sequence)

    def exit(self, result: None = None, return_code: int = 0, message: object = None) -> None:
        """Ends the program; from here on it may take seconds and no longer."""
        if self.departure is not None:
            self.departure.begin(return_code)
        super().exit(result, return_code)

    def _handle_exception(self, error: Exception) -> None:
        """An error of our own ends the program with one line: values of variables never reach the terminal."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            self._exit_renderables.append(Text(crash_report(error, self._state_folder)))
        if self.departure is not None:
            self.departure.begin(1)
        self._close_messages_no_wait()


def run_to_the_end(
    app: TerminalApp, close: Callable[[], None], grace_seconds: float = GRACE_SECONDS, *, mouse: bool = True
) -> int:
    """Runs a program to its end, and then `close`. The end takes at most `grace_seconds`.

    Returns the exit code: 0 when it was asked to end or the terminal has gone, 1 after an error of our own, 143 after
    SIGTERM, 129 after SIGHUP.
    """
    with Departure(lambda code: app.exit(return_code=code), grace_seconds) as departure:
        app.departure = departure
        garbage.put_off()
        try:
            app.run(mouse=mouse)
        finally:
            garbage.search()
            close()
            drop_what_cannot_be_written()
    return app.return_code or 0
