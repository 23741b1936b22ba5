"""The first line of the screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal

from calls.cache.snapshots import Standing
from tui.lines.header import HeaderState, header_line, next_poll_line
from tui.lines.line import Line
from tui.lines.view import View
from tui.widgets.drawn import Drawn


class _HeaderPart(Drawn):
    ALLOW_SELECT = False

    def __init__(self, view: View, state: HeaderState, name: str) -> None:
        super().__init__(id=name)
        self._view = view
        self._state = state
        self._standing: Standing | None = None

    def show(self, standing: Standing | None, state: HeaderState, view: View) -> None:
        """Draws with another moment."""
        self._standing, self._state, self._view = standing, state, view
        self.redraw()


class HeaderLine(_HeaderPart):
    """Name, time, the providers' states."""

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The line."""
        return (header_line(self._standing, self._state, self._view, width),)


class NextPoll(_HeaderPart):
    """When the next poll comes. A widget of its own, because a change repaints a widget's line from its beginning."""

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The words."""
        return (next_poll_line(self._standing, self._state, self._view),)


class Header(Horizontal):
    """The whole line."""

    def __init__(self, view: View, state: HeaderState) -> None:
        super().__init__(id="header")
        self._parts = (HeaderLine(view, state, "header-line"), NextPoll(view, state, "next-poll"))

    def compose(self) -> ComposeResult:
        """Both parts."""
        yield from self._parts

    @property
    def plain_text(self) -> str:
        """What the header says."""
        return "".join(part.plain_text for part in self._parts)

    def show(self, standing: Standing | None, state: HeaderState, view: View) -> None:
        """Draws with another moment; only what differs reaches the terminal."""
        for part in self._parts:
            part.show(standing, state, view)
