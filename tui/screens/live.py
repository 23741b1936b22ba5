"""The first screen: a pane per provider, the merged list, who must be called back; the filter over all of them."""

from __future__ import annotations

from dataclasses import replace

from textual import events, on
from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.timer import Timer

from calls.cache.snapshots import LiveSnapshot
from tui.actions import Action, Place, actions_of
from tui.bindings import bindings
from tui.filtering import FilterControl
from tui.lines.coverage import missing_words
from tui.lines.header import HeaderState, offline_sentence
from tui.lines.words import number_words
from tui.messages import FilterChanged, FilterDone, SnapshotFailed, SnapshotReady, TabPicked, ValuesReady, ValuesWanted
from tui.reader import SnapshotReader
from tui.screens.status import StatusLine
from tui.session import Session
from tui.widgets.bottom import Bottom
from tui.widgets.filter_bar import FilterBar, FilterInput
from tui.widgets.header import Header
from tui.widgets.list_pane import ListPane
from tui.widgets.pane_grid import PaneGrid
from tui.widgets.tab_bar import TabBar

SHORT_BELOW_ROWS = 20
# Header, filter, its note, and the two lines at the bottom.
ROWS_AROUND_PANES = 5


class LiveScreen(Screen[None], inherit_bindings=False):
    """The live screen. It asks for snapshots and shows the last one that answers the filter in force."""

    BINDINGS = bindings(Place.LIVE)
    AUTO_FOCUS = ""

    def __init__(self, session: Session) -> None:
        super().__init__(id="live")
        self._session = session
        self._reader = SnapshotReader(session.feed, session.clock, self.post_message, session.check_seconds)
        self._filter = FilterControl()
        self._snapshot: LiveSnapshot | None = None
        self._paused = False
        self._request = self._answered = 0
        self._unasked = self._tells_asking = False
        self._typing_timer: Timer | None = None
        self._header = Header(session.view(), self._header_state())
        self._bar = FilterBar(session.symbols, self._filter)
        self._tab_bar = TabBar()
        self.grid = PaneGrid(session.view())
        self._bottom = Bottom(session.symbols)
        self._status = StatusLine(self._bottom, self.set_timer, session.status_seconds)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield from (self._header, self._bar, self._tab_bar, self.grid, self._bottom)

    def on_mount(self) -> None:
        """Asks for the first snapshot, which is read while the first frame is drawn."""
        self._show_keys()
        self._reader.start()
        self._ask()
        self.set_interval(self._session.tick_seconds, self._tick)

    def on_unmount(self) -> None:
        """Reads no more."""
        self._reader.stop()

    # Snapshots.

    @property
    def ready(self) -> bool:
        """Whether there is data on the screen."""
        return self._snapshot is not None

    @property
    def asking(self) -> bool:
        """Whether the answer to the filter in force is still to come."""
        return self._unasked or self._answered != self._request

    def _ask(self) -> None:
        self._unasked = False
        self._request = self._reader.request(self._filter.active)

    @on(SnapshotReady)
    async def _snapshot_ready(self, message: SnapshotReady) -> None:
        first_answer = message.request != self._answered
        if self._unasked or message.request < self._request or (self._paused and not first_answer):
            return
        self._answered = message.request
        self._snapshot = message.snapshot
        self._status.failure = ""
        with self.app.batch_update():
            await self.grid.show_snapshot(message.snapshot, self._session.view())
            self._reflow()
            self._tick()
            self._bar.show_counts(message.snapshot.matching, message.snapshot.total)
            self._show_plan()
        if self.focused is None and self.app.app_focus:
            self.set_focus(self.grid.current, scroll_visible=False)

    @on(SnapshotFailed)
    def _snapshot_failed(self, message: SnapshotFailed) -> None:
        if message.request == self._request:
            self._status.failure = f"the cache cannot be read: {message.words}"
            self._show_status()

    def _tick(self) -> None:
        view = self._session.view()
        self._header.show(self._snapshot, self._header_state(), view)
        self.grid.tick(view)
        self._show_tabs()
        self._show_asking()
        self._show_status()

    def _header_state(self) -> HeaderState:
        session = self._session
        return HeaderState(session.note, self._paused, session.poller is not None)

    @property
    def settled(self) -> bool:
        """Whether the panes show the answer to the filter in force."""
        return self._snapshot is not None and not self._unasked and self._answered == self._request

    # Panes.

    @property
    def filter_input(self) -> FilterInput:
        """The line in which the filter is typed."""
        return self._bar.input

    @property
    def _room(self) -> Size:
        size = self.app.size
        return Size(size.width, size.height - ROWS_AROUND_PANES)

    def on_resize(self, _event: events.Resize) -> None:
        """Chooses between the grid and the tabs."""
        self._reflow()

    def _reflow(self) -> None:
        self.set_class(self.app.size.height < SHORT_BELOW_ROWS, "-short")
        self.grid.reflow(self._room)
        self.set_class(self.grid.alone, "-tabs")
        self._show_tabs()

    def _show_tabs(self) -> None:
        if self.grid.alone:
            self._tab_bar.show(self.grid.tabs())

    def _go_to(self, pane: ListPane) -> None:
        self.grid.go_to(pane, self._room)
        self._show_tabs()
        self._show_status()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remembers the pane, and shows the keys of where the person is."""
        if isinstance(event.widget, ListPane) and event.widget is not self.grid.current:
            self._go_to(event.widget)
        self._show_keys()
        self._bar.refresh_note()

    @on(ListPane.Chosen)
    def _chosen(self) -> None:
        self._show_status()

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

    def action_zoom(self) -> None:
        """Shows the pane alone."""
        self.grid.zoomed = True
        self._reflow()
        self._show_keys()

    def action_back(self) -> None:
        """Stops asking; leaves the zoom; clears the filter."""
        poller = self._session.poller
        if poller is not None and any(not each.finished for each in poller.asking()):
            poller.stop_asking()
            self._status.say("asking stopped; what came is kept")
        elif self.grid.zoomed:
            self.grid.zoomed = False
            self._reflow()
        elif self._filter.text:
            self._bar.clear()
        self._show_keys()

    # The filter.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key that goes to the filter bar is text within it."""
        return action != "edit_filter" or not self._bar.input.has_focus

    def action_edit_filter(self) -> None:
        """Goes to the filter bar."""
        self._bar.edit()

    def action_suspend_filter(self) -> None:
        """Sets the filter aside, or takes it back."""
        if not self._bar.suspend():
            self._status.say("there is no filter to suspend")

    def apply_filter(self, text: str) -> None:
        """Takes a whole filter as if it had been typed and accepted."""
        self._bar.replace(text)
        self.set_focus(self.grid.current, scroll_visible=False)

    def action_ask_providers(self) -> None:
        """Asks the providers for the filter's calls."""
        if self._bar.input.has_focus and not self._bar.accept():
            return
        poller = self._session.poller
        if poller is None:
            self._status.say("this window only reads the cache: nobody is asked from here")
        elif self._filter.active.everything:
            self._status.say("type a filter first: / and then, for example, number:+4672*")
        else:
            self._status.say(poller.ask(self._filter.active))
            self._tells_asking = True
            self._show_asking()

    @on(FilterDone)
    def _filter_done(self) -> None:
        self.set_focus(self.grid.current, scroll_visible=False)

    @on(FilterChanged)
    def _filter_changed(self, message: FilterChanged) -> None:
        """Follows the filter, after a pause while more may be typed; what older filters are answered is dropped at once."""
        self._unasked, self._tells_asking = True, False
        self._show_keys()
        if self._typing_timer is not None:
            self._typing_timer.stop()
        if message.typing:
            self._typing_timer = self.set_timer(self._session.typing_seconds, self._ask)
        else:
            self._ask()

    @on(ValuesWanted)
    def _values_wanted(self, message: ValuesWanted) -> None:
        self._reader.request_values(message.field, message.typed)

    @on(ValuesReady)
    def _values_ready(self, message: ValuesReady) -> None:
        self._bar.show_values(message.field, message.typed, message.values)

    def _show_asking(self) -> None:
        if self._session.poller is not None:
            asking = self._session.poller.asking()
            # What came of an older filter says nothing about the one in force.
            told = self._tells_asking or any(not each.finished for each in asking)
            self._bar.show_asking(asking if told else ())

    def _show_plan(self) -> None:
        wanted, poller = self._filter.active, self._session.poller
        plan = poller.plan(wanted) if poller is not None and not wanted.everything else ()
        missing = missing_words(self._snapshot) if self._snapshot and not wanted.everything else ""
        self._bar.show_plan(plan, missing)

    # Polling, pausing, copying.

    def action_poll_now(self) -> None:
        """Asks the providers now."""
        poller = self._session.poller
        self._status.say(poller.poll_now() if poller else "this window only reads the cache: nothing is polled from here")

    def action_pause(self) -> None:
        """Freezes the figures, or lets them go on."""
        self._paused = not self._paused
        if self._paused:
            self._status.say("the figures stand still, polling goes on; p lets them go on")
        else:
            self._status.hush()
            self._ask()
        self._tick()

    def action_copy_number(self) -> None:
        """Copies the chosen row's number."""
        number = self.grid.current.number()
        if number:
            self.app.copy_to_clipboard(number)
            self._status.say(f"copied {number_words(number)}, if the terminal allows it (OSC 52)")
        else:
            self._status.say("nothing to copy here: choose a call with a number")

    # The lines at the bottom.

    def _show_status(self) -> None:
        pane = self.grid.current
        warning = offline_sentence(self._snapshot, self._session.view()) if self._snapshot else ""
        trouble = self._session.poller.trouble if self._session.poller else ""
        self._status.show(pane.detail() if pane.cursor.pinned else "", warning, trouble)

    def _show_keys(self) -> None:
        self._bottom.show_keys(self._keys())

    def _keys(self) -> list[Action]:
        if self._bar.input.has_focus:
            return [action for action in actions_of(Place.FILTER) if action.footer]
        shown = [action for action in actions_of(Place.LIVE, Place.EVERYWHERE) if action.footer]
        back = next(action for action in actions_of(Place.LIVE) if action.name == "back")
        if self.grid.zoomed:
            shown = [back, *(action for action in shown if action.name != "zoom")]
        elif self._filter.applied:
            shown.insert(1, replace(back, label="clear filter"))
        return shown
