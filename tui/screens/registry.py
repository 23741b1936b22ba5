"""The screens, in the order of their keys. Each is imported when it is first shown, so that the first frame waits for one."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from tui.screens.cache_screen import CacheScreen
from tui.session import Session


class ScreenEntry(NamedTuple):
    """A screen: its name, which is also the mode it runs in, and where its class lives."""

    name: str
    module: str
    class_name: str

    def make(self, session: Session) -> CacheScreen:
        """A new one."""
        made = getattr(import_module(self.module), self.class_name)(session)
        assert isinstance(made, CacheScreen)
        return made


LIVE = "live"
CALLS = "calls"
SCREENS = (
    ScreenEntry(LIVE, "tui.screens.live", "LiveScreen"),
    ScreenEntry(CALLS, "tui.screens.calls", "CallsScreen"),
    ScreenEntry("stats", "tui.screens.stats", "StatsScreen"),
    ScreenEntry("missed", "tui.screens.missed", "MissedScreen"),
    ScreenEntry("reports", "tui.screens.reports", "ReportsScreen"),
    ScreenEntry("providers", "tui.screens.providers", "ProvidersScreen"),
)
