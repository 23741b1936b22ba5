"""The interface as one object: screens, themes, and how it ends. What it shows comes from a feed, what it asks for goes to
a poller; it imports neither the network nor the providers.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from pathlib import Path
from threading import Thread
from types import MappingProxyType

from rich.text import Text
from textual import on
from textual.app import App
from textual.filter import LineFilter
from textual.widgets import Input

from tui.actions import ACTIONS, Action, Place, saved_filter_actions
from tui.bindings import bindings
from tui.departure import GRACE_SECONDS, Departure, close_all, crash_report
from tui.desk import ReportDesk
from tui.feed import Clock, Feed, Marker, Poller, Settings
from tui.lines.symbols import symbols
from tui.messages import ActionPicked, SettingsChanged
from tui.remembered import FILE_NAME, Remembered
from tui.screens.cache_screen import CacheScreen
from tui.screens.registry import CALLS, LIVE, SCREENS
from tui.session import Session
from tui.terminal import HostileTextFilter, TerminalDriver, TerminalWatch, clipboard_sequence
from tui.themes import DARK, THEMES, fallback_variables, next_theme
from tui.widgets.filter_bar import FilterInput

# Looking for garbage takes a twentieth of the time to the first rows, and finds none.
_START_SECONDS = 2.0
LOOK_AT_SETTINGS_SECONDS = 2.0
_NO_INTERVALS: Mapping[str, int] = MappingProxyType({})
_NO_FILTERS: Mapping[str, str] = MappingProxyType({})


class CalltopApp(App[None], inherit_bindings=False):
    """The interface.

    `zone` is the zone of every time on the screen (None: the machine's own), `intervals` the seconds between two polls by
    provider (300 where it says nothing), `saved_filters` the person's own filters by name, `theme` the name of the colours,
    `state_folder` where a crash leaves its log and the interface remembers the person's columns, `settings` what tells of a
    changed configuration, `polling` what begins to poll where there was nothing to poll before.
    """

    TITLE = "calltop"
    CSS_PATH = "calltop.tcss"
    BINDINGS = bindings(Place.EVERYWHERE)
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = LIVE
    ESCAPE_TO_MINIMIZE = False

    def __init__(
        self,
        feed: Feed,
        poller: Poller | None,
        *,
        clock: Clock,
        open_desk: Callable[[], ReportDesk] | None = None,
        marker: Marker | None = None,
        title_note: str = "",
        ascii_only: bool = False,
        zone: tzinfo | None = None,
        intervals: Mapping[str, int] = _NO_INTERVALS,
        saved_filters: Mapping[str, str] = _NO_FILTERS,
        theme: str = DARK.name,
        state_folder: Path | None = None,
        settings: Settings | None = None,
        polling: Callable[[], Poller] | None = None,
        tick_seconds: float = 1.0,
    ) -> None:
        super().__init__(driver_class=TerminalDriver)
        self.session = Session(
            feed,
            poller,
            clock,
            open_desk=open_desk,
            marker=marker,
            note=title_note,
            zone=zone,
            symbols=symbols(ascii_only),
            intervals=intervals,
            saved_filters=saved_filters,
            tick_seconds=tick_seconds,
            check_seconds=tick_seconds,
            remembered=Remembered(state_folder / FILE_NAME if state_folder else None),
        )
        for entry in SCREENS:
            self.add_mode(entry.name, partial(entry.make, self.session))
        self._saved_filters: tuple[Action, ...] = ()
        self._bind_saved_filters()
        self._settings = settings
        self._polling = polling
        self.departure: Departure | None = None
        self._state_folder = state_folder
        self._wall = HostileTextFilter(ascii_only)
        self._watch: TerminalWatch | None = None
        for known in THEMES:
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
        return [*super().get_line_filters(), self._wall]

    def on_mount(self) -> None:
        """Chooses the colours and keeps an eye on the terminal."""
        self.theme = self._first_theme
        self.set_timer(_START_SECONDS, gc.enable)
        # The library does not repaint by itself after ctrl+z and fg.
        self.app_resume_signal.subscribe(self, lambda _app: self.refresh(layout=True))
        if self.departure is not None:
            self.departure.attach(asyncio.get_running_loop())
        if not self.is_headless and sys.__stdin__ is not None:
            self._watch = TerminalWatch(sys.__stdin__.fileno())
            self.set_interval(1.0, self._look_at_terminal)
        if self._settings is not None:
            self.set_interval(LOOK_AT_SETTINGS_SECONDS, self.look_at_settings)

    def _bind_saved_filters(self) -> None:
        self._saved_filters = saved_filter_actions(self.session.saved_filters)
        for action in self._saved_filters:
            if action.keys and action.keys[0] not in self._bindings.key_to_bindings:
                self.bind(action.key_names, action.name, description=action.label, show=False)

    def look_at_settings(self) -> None:
        """Takes over a configuration that has changed. It is read in a thread that nobody waits for."""
        settings = self._settings
        if settings is not None and settings.touched():
            reading = Thread(target=lambda: self.post_message(SettingsChanged(settings.change())), daemon=True)
            reading.start()

    @on(SettingsChanged)
    def _settings_changed(self, message: SettingsChanged) -> None:
        change, session = message.change, self.session
        if change.theme is not None and change.theme in self.available_themes:
            self.theme = change.theme
        if change.saved_filters is not None:
            session.saved_filters = change.saved_filters
            self._bind_saved_filters()
        if change.intervals is not None:
            session.zone, session.intervals = change.zone, change.intervals
            self.current_screen.ask()
        if change.polled and session.poller is not None:
            session.poller.renew()
        elif change.polled and self._polling is not None:
            session.poller, session.note = self._polling(), ""
        if change.words:
            self.current_screen.status.say(change.words)

    def _look_at_terminal(self) -> None:
        if self._watch is not None and self._watch.gone():
            self.exit(return_code=0)

    # Actions that apply everywhere.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The palette opens over no other screen, and its key is text where text is typed."""
        return action != "palette" or not (isinstance(self.focused, Input) or self.screen.is_modal)

    def action_next_theme(self) -> None:
        """Changes the colours."""
        self.theme = next_theme(self.theme)

    def action_help(self) -> None:
        """Explains what can be done here."""
        from tui.screens.help import HelpScreen

        places = (self.current_screen.PLACE, Place.PANE, Place.SCREEN)
        here = (Place.FILTER, *places) if isinstance(self.focused, FilterInput) else places
        self.push_screen(HelpScreen(here, self.session.symbols))

    def action_saved_filter(self, index: int) -> None:
        """Applies one of the person's saved filters, if there is still one with that number."""
        saved = [*self.session.saved_filters.values()]
        if index < len(saved):
            self.current_screen.apply_filter(saved[index])

    @property
    def current_screen(self) -> CacheScreen:
        """The screen shown, under whatever lies over it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, CacheScreen)
        return screen

    def action_show_live(self) -> None:
        """Shows the live screen."""
        self.switch_mode(LIVE)

    def action_show_calls(self) -> None:
        """Shows the list of all calls."""
        self.switch_mode(CALLS)

    def action_show_stats(self) -> None:
        """Shows the figures."""
        self.switch_mode("stats")

    def action_show_reports(self) -> None:
        """Shows the reports."""
        self.switch_mode("reports")

    def action_show_missed(self) -> None:
        """Shows who must be called back."""
        self.switch_mode("missed")

    def action_palette(self) -> None:
        """Finds an action by its name and does it."""
        from tui.screens.palette import PaletteScreen

        places = (self.current_screen.PLACE, Place.SCREEN, Place.PANE, Place.EVERYWHERE)
        self.push_screen(PaletteScreen(self.session.symbols, places, self._saved_filters), self._palette_closed)

    async def _palette_closed(self, name: str | None) -> None:
        if name is not None:
            await self.perform(name)

    @on(ActionPicked)
    async def _action_picked(self, message: ActionPicked) -> None:
        await self.perform(message.name)

    async def perform(self, name: str) -> None:
        """Does an action by its name, where it belongs."""
        action = next(action for action in (*ACTIONS, *self._saved_filters) if action.name == name)
        screen = self.current_screen
        if action.place is Place.EVERYWHERE:
            await self.run_action(name, default_namespace=self)
        elif action.place in (Place.PANE, Place.CHART):
            await self.run_action(name, default_namespace=screen.home())
        elif action.place is Place.FILTER:
            await self.run_action(name, default_namespace=screen.filter_input)
        else:
            await self.run_action(name, default_namespace=screen)

    def copy_to_clipboard(self, text: str) -> None:
        """Puts a text into the terminal's clipboard, also through tmux."""
        self._clipboard = text
        if self._driver is not None:
            self._driver.write(clipboard_sequence(text, os.environ))

    # The end.

    def exit(self, result: None = None, return_code: int = 0, message: object = None) -> None:
        """Ends the interface; from here on it may take seconds and no longer."""
        if self.departure is not None:
            self.departure.begin(return_code)
        super().exit(result, return_code)

    def _handle_exception(self, error: Exception) -> None:
        """An error of our own ends the interface with one line: values of variables never reach the terminal."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            self._exit_renderables.append(Text(crash_report(error, self._state_folder)))
        if self.departure is not None:
            self.departure.begin(1)
        self._close_messages_no_wait()


def run_interface(app: CalltopApp, grace_seconds: float = GRACE_SECONDS) -> int:
    """Runs the interface to its end and gives back feed and poller. The end takes at most `grace_seconds`.

    Returns the exit code: 0 after `q` or when the terminal has gone, 1 after an error of our own, 143 after SIGTERM,
    129 after SIGHUP.
    """
    with Departure(lambda code: app.exit(return_code=code), grace_seconds) as departure:
        app.departure = departure
        gc.disable()
        try:
            app.run()
        finally:
            gc.enable()
            close_all(app.session.feed, app.session.poller, app.session.marker)
    return app.return_code or 0
