"""The interface as one object: screens, themes, and how it ends. What it shows comes from a feed, what it asks for goes to
a poller; it imports neither the network nor the providers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from datetime import tzinfo
from functools import partial
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from tui.actions import ACTIONS, Action, Place, actions_of, choose_keys, saved_filter_actions
from tui.bindings import bindings
from tui.departure import GRACE_SECONDS, close_all
from tui.feed import SettingsChange
from tui.lines.symbols import symbols
from tui.messages import ActionPicked, FirstShown, SettingsChanged
from tui.news import News
from tui.remembered import FILE_NAME, Remembered
from tui.screens.cache_screen import CacheScreen
from tui.screens.registry import CALLS, LIVE, SCREENS
from tui.session import Session
from tui.terminal import clipboard_sequence
from tui.terminal_app import TerminalApp, run_to_the_end
from tui.themes import DARK, next_theme
from tui.widgets.filter_input import FilterInput

if TYPE_CHECKING:
    from tui.desk import ReportDesk
    from tui.feed import Clock, Feed, Marker, Poller, Settings
    from tui.setting_up import Setup

LATEST_START_SECONDS = 3.0
LOOK_AT_SETTINGS_SECONDS = 2.0
_NO_INTERVALS: Mapping[str, int] = MappingProxyType({})
_NO_FILTERS: Mapping[str, str] = MappingProxyType({})
_NO_SINKS: Mapping[str, Collection[str]] = MappingProxyType({})
_NO_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class CalltopApp(TerminalApp, inherit_bindings=False):
    """The interface.

    `zone` is the zone of every time on the screen (None: the machine's own), `intervals` the seconds between two polls by
    provider (300 where it says nothing), `saved_filters` the person's own filters by name, `sinks` where each alert is told,
    `keys` keys of their own by the name of the action, `theme` the name of the colours, `state_folder` where a crash leaves
    its log and the interface remembers the person's columns, `settings` what tells of a changed configuration, `polling` what
    begins to poll where there was nothing to poll before, `setup` what makes a provider in the making, `welcomes` whether the
    first screen offers the ways to begin.
    """

    BINDINGS = bindings(Place.EVERYWHERE)
    DEFAULT_MODE = LIVE

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
        sinks: Mapping[str, Collection[str]] = _NO_SINKS,
        agents: int | None = None,
        keys: Mapping[str, tuple[str, ...]] = _NO_KEYS,
        theme: str = DARK.name,
        state_folder: Path | None = None,
        settings: Settings | None = None,
        polling: Callable[[], Poller] | None = None,
        setup: Callable[[], Setup] | None = None,
        welcomes: bool = False,
        tick_seconds: float = 1.0,
    ) -> None:
        super().__init__(ascii_only=ascii_only, theme=theme, state_folder=state_folder)
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
            news=News(sinks),
            agents=agents,
            tick_seconds=tick_seconds,
            check_seconds=tick_seconds,
            remembered=Remembered(state_folder / FILE_NAME if state_folder else None),
            state_folder=state_folder,
        )
        for entry in SCREENS:
            self.add_mode(entry.name, partial(entry.make, self.session))
        self._saved_filters: tuple[Action, ...] = ()
        self._bind_saved_filters()
        self._renamed: set[str] = set()
        self.use_keys(keys)
        self._settings = settings
        self._polling = polling
        self._remarked = False
        self._setup = setup
        self._welcomes = welcomes
        self.wants_demo = False

    def on_mount(self) -> None:
        """Follows changes of the configuration, and polls at the latest when the first data keeps one waiting."""
        self.set_timer(LATEST_START_SECONDS, self.begin_polling)
        if self._settings is not None:
            self.set_interval(LOOK_AT_SETTINGS_SECONDS, self.look_at_settings)
        if self._welcomes:
            from tui.screens.welcome import WelcomeScreen

            self.push_screen(WelcomeScreen(self.session.symbols, self.action_add_provider), self._welcomed)

    def _welcomed(self, way: str | None) -> None:
        """Ends the interface, with the demo to follow where the person chose it."""
        self.wants_demo = bool(way)
        self.exit()

    def use_keys(self, own: Mapping[str, tuple[str, ...]]) -> None:
        """Takes the person's own keys, by the names of the actions, in the place of those that they had."""
        choose_keys(own)
        # Those of before too, so that what is taken back at run time is as it was.
        self._renamed |= own.keys()
        changed = (action for place in Place for action in actions_of(place) if action.name in self._renamed)
        self.set_keymap({action.name: action.key_names for action in changed})

    def _bind_saved_filters(self) -> None:
        self._saved_filters = saved_filter_actions(self.session.saved_filters)
        for action in self._saved_filters:
            if action.keys and action.keys[0] not in self._bindings.key_to_bindings:
                self.bind(action.key_names, action.name, description=action.label, show=False)

    @on(FirstShown)
    def _first_shown(self) -> None:
        self.begin_polling()
        if self._settings is not None and not self._remarked:
            self._remarked, settings = True, self._settings
            self._in_a_thread(lambda: SettingsChanged(SettingsChange(settings.remark())))

    def begin_polling(self) -> None:
        """Lets polling begin: after the first data, because what it imports would hold that up."""
        if self.session.poller is not None:
            self.session.poller.begin()

    def look_at_settings(self) -> None:
        """Takes over a configuration that has changed. It is read in a thread that nobody waits for."""
        settings = self._settings
        if settings is not None and settings.touched():
            self._in_a_thread(lambda: SettingsChanged(settings.change()))

    def _in_a_thread(self, read: Callable[[], SettingsChanged]) -> None:
        Thread(target=lambda: self.post_message(read()), name="calltop-settings", daemon=True).start()

    @on(SettingsChanged)
    def _settings_changed(self, message: SettingsChanged) -> None:
        change, session = message.change, self.session
        if change.theme is not None and change.theme in self.available_themes:
            self.theme = change.theme
        if change.saved_filters is not None:
            session.saved_filters = change.saved_filters
            self._bind_saved_filters()
        if change.keys is not None:
            self.use_keys(change.keys)
            self.current_screen.show_keys()
        if change.intervals is not None:
            session.zone, session.intervals = change.zone, change.intervals
            self.current_screen.ask()
        if change.polled and session.poller is not None:
            session.poller.renew()
        elif change.polled and self._polling is not None:
            session.poller, session.note = self._polling(), ""
            self.begin_polling()
            self._leave_welcome()
        if change.words:
            self.current_screen.status.say(change.words)

    # Actions that apply everywhere.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The palette opens over no other screen, and its key is text where text is typed."""
        return action not in ("palette", "add_provider") or not (isinstance(self.focused, Input) or self.screen.is_modal)

    def action_suspend_process(self) -> None:
        """Hands the terminal back to the shell, at a moment at which nothing is written."""
        poller = self.session.poller
        with nullcontext() if poller is None else poller.at_rest():
            super().action_suspend_process()

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

    def action_show_providers(self) -> None:
        """Shows how the providers do."""
        self.switch_mode("providers")

    def action_show_missed(self) -> None:
        """Shows who must be called back."""
        self.switch_mode("missed")

    def action_add_provider(self) -> None:
        """Adds a provider to the configuration."""
        if self._setup is None:
            self.current_screen.status.say("no provider can be added from here: this is not your own configuration")
            return
        from tui.screens.adding import Adding

        Adding(self, self._setup(), self.session.symbols, self._provider_added).begin()

    def _provider_added(self, name: str) -> None:
        self._leave_welcome()
        self.current_screen.status.say(f"{name} is saved, and is polled from now on")
        self.look_at_settings()

    def _leave_welcome(self) -> None:
        """Uncovers the live screen, unless a form lies over the welcome."""
        if self._welcomes and self.screen.id == "welcome":
            self._welcomes = False
            self.pop_screen()

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


def run_interface(app: CalltopApp, grace_seconds: float = GRACE_SECONDS) -> int:
    """Runs the interface to its end and gives back feed and poller; returns the exit code (`run_to_the_end`)."""
    session = app.session
    return run_to_the_end(app, lambda: close_all(session.feed, session.poller, session.marker), grace_seconds)
