"""The line above the panes that says what is counted."""

from __future__ import annotations

from collections.abc import Sequence

from tui.lines.line import Line
from tui.lines.stats.settings import settings_line
from tui.stats.question import StatsQuestion
from tui.widgets.drawn import Drawn


class SettingsBar(Drawn):
    """One line of settings."""

    ALLOW_SELECT = False

    def __init__(self, question: StatsQuestion) -> None:
        super().__init__(id="stats-settings")
        self._question = question

    def show(self, question: StatsQuestion) -> None:
        """Shows these settings."""
        self._question = question
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The line."""
        return (settings_line(self._question, width),)
