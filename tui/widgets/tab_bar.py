"""The tabs of a narrow terminal: one pane at a time, and the states of all providers still in sight."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from tui.lines.bars import Tab, tab_line
from tui.lines.line import Line
from tui.messages import TabPicked
from tui.widgets.drawn import Drawn


class TabBar(Drawn):
    """One line of tabs."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(id="tab-bar")
        self._tabs: tuple[Tab, ...] = ()
        self._places: tuple[range, ...] = ()

    def show(self, tabs: Sequence[Tab]) -> None:
        """Shows these tabs."""
        self._tabs = tuple(tabs)
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The line of tabs."""
        line, self._places = tab_line(self._tabs, width)
        return (line,)

    def on_click(self, event: events.Click) -> None:
        """Picks the tab under the pointer."""
        for index, place in enumerate(self._places):
            if event.x in place:
                self.post_message(TabPicked(index))
