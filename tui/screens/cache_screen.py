"""The base of the screens over the cache: header, filter bar, a body of their own, the lines at the bottom, and a reader that
brings snapshots.

A subclass says what it asks the cache (`question`, `read`), what it shows (`body`, `show_snapshot`), and which keys it adds.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from calls.cache.snapshots import LiveSnapshot
from tui.actions import ACTIONS, Action, Place, actions_of
from tui.feed import Feed
from tui.lines.header import HeaderState
from tui.lines.states import alarm_sentence, offline_sentence
from tui.lines.view import View
from tui.messages import FilterChanged, FilterDone, FirstShown, SnapshotFailed, SnapshotReady, ValuesReady, ValuesWanted
from tui.reader import Snapshot, SnapshotReader, Staged
from tui.screens.footer import screen_keys, typing_keys
from tui.screens.provider_asking import ProviderAsking
from tui.screens.taking import TakingScreen
from tui.session import Session
from tui.terminal_app import TerminalApp
from tui.widgets.bottom import Bottom
from tui.widgets.filter_bar import FilterBar
from tui.widgets.filter_input import FilterInput
from tui.widgets.header import Header

SHORT_BELOW_ROWS = 20
_AT_ONCE = frozenset(action.name for action in ACTIONS if action.at_once)


class CacheScreen(TakingScreen, inherit_bindings=False):
    """A screen that asks for snapshots and shows the last one that answers the question in force.

    `PLACE` names the screen's own actions, `FILTERED` whether the filter bar stands above the body. Subclasses set
    `BINDINGS = bindings(Place.SCREEN, PLACE)`.
    """

    PLACE: ClassVar[Place]
    FILTERED: ClassVar[bool] = True
    AUTO_FOCUS = ""

    def __init__(self, session: Session) -> None:
        self._bottom = Bottom(session.symbols)
        super().__init__(session, self._bottom, id=self.PLACE.name.lower())
        # Of its own, because only the thread that reads may close what it reads.
        self._feed = session.feed.another()
        self._reader: SnapshotReader[Any] = SnapshotReader(
            self._feed, session.clock, self.post_message, session.check_seconds, self.read, closes_feed=True
        )
        self.filter = session.filter
        self.snapshot: Any = None
        self.paused = False
        self._request = self._answered = 0
        self._unasked = self._hidden = False
        self._typing_timer: Timer | None = None
        self._header = Header(session.view(), self._header_state())
        self.bar = FilterBar(session.symbols, self.filter)
        self._providers = ProviderAsking(session, self.bar, self.status)

    # What subclasses say.

    def question(self) -> Any:
        """What to ask the cache now; a frozen value. Of itself the filter in force."""
        return self.filter.active

    @staticmethod
    def read(feed: Feed, question: Any, now_ms: int) -> Snapshot | Staged:
        """The answer to a question, in stages where parts of it are slow. Runs in the reader's thread and may block."""
        raise NotImplementedError

    def read_ahead(self, feed: Feed) -> LiveSnapshot | None:
        """The answer to the first question, where it was read before the screen was made."""
        return None

    def body(self) -> Iterable[Widget]:
        """The widgets between the filter bar and the bottom."""
        raise NotImplementedError

    async def show_snapshot(self, snapshot: Any) -> None:
        """Shows an answer."""
        raise NotImplementedError

    def home(self) -> Widget:
        """Where the focus belongs when nothing else has it."""
        raise NotImplementedError

    def counts(self) -> tuple[int | None, int | None]:
        """How many calls the filter leaves, of how many; None where nobody knows."""
        return None, None

    def tick(self, view: View) -> None:
        """Draws what time alone changes."""

    def detail(self) -> str:
        """One sentence about what is chosen, for the status line."""
        return ""

    def leave(self) -> bool:
        """Closes what `esc` closes first on this screen; False when nothing is open."""
        return False

    def own_keys(self) -> list[Action]:
        """The screen's own actions in the footer."""
        return [action for action in actions_of(self.PLACE) if action.footer]

    # Its life.

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self._header
        if self.FILTERED:
            yield self.bar
        yield from self.body()
        yield self._bottom

    async def on_mount(self) -> None:
        """Shows the first snapshot where it was read ahead; else asks for it, which is read while the first frame is drawn."""
        if self.FILTERED:
            self.bar.adopt()
        self.show_keys()
        first = self.read_ahead(self._feed)
        if first is None:
            self.ask()
        else:
            self._request = self._reader.answered(self.question(), first.version, first.taken_ms)
            await self._snapshot_ready(SnapshotReady(self._request, first))
        self._reader.start()
        self.set_interval(self.session.tick_seconds, self._tick)

    def on_unmount(self) -> None:
        """Reads no more."""
        self._reader.stop()
        self.exporter.leave()

    def on_screen_suspend(self) -> None:
        """Rests while another screen is shown; what only lies over this one leaves it at work."""
        if self not in self.app.screen_stack:
            self._hidden = True
            self._reader.sleep(True)

    def on_screen_resume(self) -> None:
        """Takes over the filter as the last screen left it, and looks at the clock and the cache again."""
        if self._hidden:
            self._hidden = False
            self._reader.sleep(False)
            if self.FILTERED:
                self.bar.adopt()
            self.ask()
            self._tick()
        self.show_keys()

    def on_resize(self, _event: events.Resize) -> None:
        """Suits the size."""
        self.reflow()

    def reflow(self) -> None:
        """Suits what is shown to the size of the terminal."""
        self.set_class(self.app.size.height < SHORT_BELOW_ROWS, "-short")

    # Snapshots.

    @property
    def ready(self) -> bool:
        """Whether there is data on the screen."""
        return self.snapshot is not None

    @property
    def asking(self) -> bool:
        """Whether the answer to the question in force is still to come."""
        return self._unasked or self._answered != self._request

    @property
    def settled(self) -> bool:
        """Whether the answer to the question in force is on the screen."""
        return self.ready and not self.asking

    def ask(self) -> None:
        """Asks the cache the question in force."""
        self._unasked = False
        self._request = self._reader.request(self.question())

    @on(SnapshotReady)
    async def _snapshot_ready(self, message: SnapshotReady) -> None:
        first_answer = message.request != self._answered
        if self._unasked or message.request < self._request or (self.paused and not first_answer):
            return
        if message.whole:
            self._answered = message.request
        if self.snapshot is None:
            self.call_after_refresh(self.post_message, FirstShown())
        self.snapshot = message.snapshot
        self.status.failure = ""
        if sequence := self.session.news.sequence(message.snapshot.standing.alerts, os.environ):
            assert isinstance(self.app, TerminalApp)
            self.app.send(sequence)
        with self.app.batch_update():
            await self.show_snapshot(message.snapshot)
            self.reflow()
            self._tick()
            self.bar.show_counts(*self.counts())
            self._providers.show_plan(message.snapshot.standing)
        if self.focused is None and self.app.app_focus:
            self.set_focus(self.home(), scroll_visible=False)

    @on(SnapshotFailed)
    def _snapshot_failed(self, message: SnapshotFailed) -> None:
        if message.request == self._request:
            self.status.failure = f"the cache cannot be read: {message.words}"
            self.show_status()

    def _tick(self) -> None:
        if self._hidden:
            return
        view = self.session.view()
        self._header.show(self.snapshot.standing if self.snapshot else None, self._header_state(), view)
        self.tick(view)
        self._providers.show()
        self.show_status()

    def _header_state(self) -> HeaderState:
        return HeaderState(self.session.note, self.paused, self.session.poller is not None)

    # The filter.

    @property
    def filter_input(self) -> FilterInput:
        """The line in which the filter is typed."""
        return self.bar.input

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys that go to a line to type in are text within one; those of the filter are nothing where there is no bar."""
        if action in ("edit_filter", "suspend_filter", "ask_providers") and not self.FILTERED:
            return False
        return action not in _AT_ONCE or not isinstance(self.focused, Input)

    def action_edit_filter(self) -> None:
        """Goes to the filter bar."""
        self.bar.edit()

    def action_suspend_filter(self) -> None:
        """Sets the filter aside, or takes it back."""
        if not self.bar.suspend():
            self.status.say("there is no filter to suspend")

    def apply_filter(self, text: str) -> None:
        """Takes a whole filter as if it had been typed and accepted."""
        self.bar.replace(text)
        self.set_focus(self.home(), scroll_visible=False)

    def action_ask_providers(self) -> None:
        """Asks the providers for the filter's calls."""
        if not self.bar.input.has_focus or self.bar.accept():
            self._providers.begin()

    @on(FilterDone)
    def _filter_done(self) -> None:
        self.set_focus(self.home(), scroll_visible=False)

    @on(FilterChanged)
    def _filter_changed(self, message: FilterChanged) -> None:
        """Follows the filter, after a pause while more may be typed; what older filters are answered is dropped at once."""
        self._unasked = True
        self._providers.forget()
        self.show_keys()
        if self._typing_timer is not None:
            self._typing_timer.stop()
        if message.typing:
            self._typing_timer = self.set_timer(self.session.typing_seconds, self.ask)
        else:
            self.ask()

    @on(ValuesWanted)
    def _values_wanted(self, message: ValuesWanted) -> None:
        self._reader.request_values(message.field, message.typed)

    @on(ValuesReady)
    def _values_ready(self, message: ValuesReady) -> None:
        self.bar.show_values(message.field, message.typed, message.values)

    # Polling, pausing, copying, going back.

    def action_poll_now(self) -> None:
        """Asks the providers now."""
        self._providers.poll_now()

    def action_pause(self) -> None:
        """Freezes the figures, or lets them go on."""
        self.paused = not self.paused
        if self.paused:
            self.status.say("the figures stand still, polling goes on; p lets them go on")
        else:
            self.status.hush()
            self.ask()
        self._tick()

    def action_back(self) -> None:
        """Stops exporting or asking; closes what is open; clears the filter."""
        if self.exporter.running:
            self.exporter.stop()
        elif self._providers.running:
            self._providers.stop()
        elif not self.leave() and self.FILTERED and self.filter.text:
            self.bar.clear()
        self.show_keys()

    # The lines at the bottom.

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Shows the keys of where the person is."""
        self.show_keys()
        self.bar.refresh_note()

    def show_status(self) -> None:
        """Says what matters most now."""
        warning = ""
        if self.snapshot:
            standing, view = self.snapshot.standing, self.session.view()
            warning = offline_sentence(standing, view) or alarm_sentence(standing, view)
        trouble = self.session.poller.trouble if self.session.poller else ""
        self.status.show(self.detail(), warning, trouble)

    def show_keys(self) -> None:
        """Shows the keys of where the person is."""
        if typing := self.typing_place():
            keys = typing_keys(typing)
        else:
            keys = screen_keys(self.own_keys(), filtered=self.FILTERED, clears=bool(self.filter.applied))
        self._bottom.show_keys(keys, f"show_{self.PLACE.name.lower()}")

    def typing_place(self) -> Place | None:
        """Which line the person types in, None while in none."""
        return Place.FILTER if self.bar.input.has_focus else None
