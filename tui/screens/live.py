"""The first screen: a pane per provider, the merged list, who must be called back; the filter over all of them."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events, on
from textual.geometry import Size
from textual.widget import Widget

from calls.cache.snapshots import LiveSnapshot
from calls.filters import Filter
from calls.filters.made import calls_with
from tui.actions import Action, Place, actions_of
from tui.bindings import bindings
from tui.exporting import Exportable
from tui.feed import Feed
from tui.lines.view import View
from tui.lines.words import number_words
from tui.messages import ActionPicked, TabPicked
from tui.screens.cache_screen import CacheScreen
from tui.session import Session
from tui.widgets.list_pane import ListPane
from tui.widgets.pane_grid import PaneGrid
from tui.widgets.tab_bar import TabBar

# Header, filter, its note, and the two lines at the bottom.
ROWS_AROUND_PANES = 5
LONGEST_WAIT_SECONDS = 0.5


class LiveScreen(CacheScreen):
    """The live screen."""

    PLACE = Place.LIVE
    BINDINGS = bindings(Place.SCREEN, Place.LIVE)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._tab_bar = TabBar()
        self.grid = PaneGrid(session.view())

    @staticmethod
    def read(feed: Feed, question: Filter, now_ms: int) -> LiveSnapshot:
        """Today under the filter."""
        return feed.live(question, now_ms)

    def read_ahead(self, feed: Feed) -> LiveSnapshot | None:
        """Today, read while the interface was imported; waiting a moment for it spares a frame without rows."""
        return feed.read_ahead(LONGEST_WAIT_SECONDS) if self.question().everything else None

    def body(self) -> Iterable[Widget]:
        """The tabs, where there is room for one pane only, and the panes."""
        return (self._tab_bar, self.grid)

    async def show_snapshot(self, snapshot: LiveSnapshot) -> None:
        """Shows it in the panes."""
        await self.grid.show_snapshot(snapshot, self.session.view())

    def home(self) -> Widget:
        """The pane the person is in."""
        return self.grid.current

    def counts(self) -> tuple[int | None, int | None]:
        """The calls under the filter, and all."""
        return (self.snapshot.matching, self.snapshot.total) if self.snapshot else (None, None)

    def tick(self, view: View) -> None:
        """Draws what time alone changes."""
        self.grid.tick(view)
        self._show_tabs()

    def detail(self) -> str:
        """The chosen row, once the person has chosen one."""
        pane = self.grid.current
        return pane.detail() if pane.cursor.pinned else ""

    def copied(self) -> tuple[str, str]:
        """The chosen row's number."""
        number = self.grid.current.number()
        return number, number_words(number)

    def exported(self) -> Exportable:
        """The calls under the filter, of all providers, the newest first."""
        from tui.calls_export import calls_export
        from tui.calls_feed import CallsQuestion

        return calls_export(CallsQuestion(self.filter.active), self.session.clock.now_ms())

    # Panes.

    @property
    def _room(self) -> Size:
        size = self.app.size
        return Size(size.width, size.height - ROWS_AROUND_PANES)

    def reflow(self) -> None:
        """Chooses between the grid and the tabs."""
        super().reflow()
        self.grid.reflow(self._room)
        self.set_class(self.grid.alone, "-tabs")
        self._show_tabs()

    def _show_tabs(self) -> None:
        if self.grid.alone:
            self._tab_bar.show(self.grid.tabs())

    def _go_to(self, pane: ListPane) -> None:
        self.grid.go_to(pane, self._room)
        self._show_tabs()
        self.show_status()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remembers the pane."""
        if isinstance(event.widget, ListPane) and event.widget is not self.grid.current:
            self._go_to(event.widget)

    @on(ListPane.Chosen)
    def _chosen(self) -> None:
        self.show_status()

    @on(TabPicked)
    def _tab_picked(self, message: TabPicked) -> None:
        self._go_to(self.grid.panes[message.index])

    def action_next_pane(self) -> None:
        """Goes to the next pane."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """Goes to the pane before."""
        self._step(-1)

    def _step(self, places: int) -> None:
        panes = self.grid.panes
        self._go_to(panes[(panes.index(self.grid.current) + places) % len(panes)])

    def action_open_in_calls(self) -> None:
        """Opens the chosen call in the list of calls; of a caller to ring back, lists the calls with the number."""
        pane = self.grid.current
        call, number = pane.chosen_call(), pane.number()
        if call is not None:
            self.session.sought = (call.provider, call.id)
        elif number:
            self.bar.replace(self.filter.active.without(("number", "caller")).narrowed(calls_with(number)).text)
        else:
            self.status.say("choose a call first, or a caller")
            return
        self.post_message(ActionPicked("show_calls"))

    def action_zoom(self) -> None:
        """Shows the pane alone; from there on to the chosen call."""
        if self.grid.zoomed and self.grid.current.cursor.pinned:
            self.action_open_in_calls()
            return
        self.grid.zoomed = True
        self.reflow()
        self.show_keys()

    def leave(self) -> bool:
        """Leaves the zoom."""
        zoomed, self.grid.zoomed = self.grid.zoomed, False
        if zoomed:
            self.reflow()
        return zoomed

    def own_keys(self) -> list[Action]:
        """In the zoom the way back takes the place of the way in."""
        if not self.grid.zoomed:
            return super().own_keys()
        back = next(action for action in actions_of(Place.SCREEN) if action.name == "back")
        others = [action for action in super().own_keys() if action.name != "zoom"]
        return [back._replace(label="leave zoom"), *others]
