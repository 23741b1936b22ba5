"""Every cached call: a table of any length, sorted and laid out as the person likes."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from tui.actions import Place
from tui.bindings import bindings
from tui.calls_feed import CallsQuestion, CallsSnapshot, read_calls
from tui.feed import Feed
from tui.lines.call_columns import BY_NAME
from tui.lines.view import View
from tui.lines.words import number_words
from tui.pages import CallsFailed, CallsReady, PageReader
from tui.screens.cache_screen import CacheScreen
from tui.session import Session
from tui.table_look import TableLook
from tui.widgets.call_table import CallTable
from tui.widgets.list_pane import ListPane

SECTION = "calls"


class CallsScreen(CacheScreen):
    """The screen of calls."""

    PLACE = Place.CALLS
    BINDINGS = bindings(Place.SCREEN, Place.CALLS)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.look = TableLook.read(session.remembered.get(SECTION))
        self._pages = PageReader(session.feed.another(), self.post_message)
        self.table = CallTable(session.view(), self.look, self._pages.want)

    # The list.

    def question(self) -> CallsQuestion:
        """The calls under the filter: their beginning first, unless the person is somewhere in the list."""
        whole = self.table.cursor.pinned or self._asks_whole
        return CallsQuestion(self.filter.active, self.look.order, self.look.descending, whole)

    @property
    def _asks_whole(self) -> bool:
        snapshot: CallsSnapshot | None = self.snapshot
        if snapshot is None:
            return False
        asked = snapshot.question
        return (asked.wanted, asked.order, asked.descending) == (self.filter.active, self.look.order, self.look.descending)

    @staticmethod
    def read(feed: Feed, question: CallsQuestion, now_ms: int) -> CallsSnapshot:
        """The list."""
        return read_calls(feed, question, now_ms)

    def body(self) -> Iterable[Widget]:
        """The table."""
        return (self.table,)

    def on_mount(self) -> None:
        """Starts reading."""
        self._pages.start()
        if trouble := self.session.remembered.trouble:
            self.status.say(trouble)

    def on_unmount(self) -> None:
        """Reads no more."""
        self._pages.stop()

    async def show_snapshot(self, snapshot: CallsSnapshot) -> None:
        """Shows the list; when it is only the beginning, asks for all of it."""
        self.table.show_snapshot(snapshot, self.session.view())
        if not snapshot.listing.whole:
            self.ask()

    @on(CallsReady)
    def _calls_ready(self, message: CallsReady) -> None:
        self.table.show_calls(message)
        self.show_status()

    @on(CallsFailed)
    def _calls_failed(self, message: CallsFailed) -> None:
        self.status.say(f"the calls in sight cannot be read: {message.words}")

    def home(self) -> Widget:
        """The table."""
        return self.table

    def counts(self) -> tuple[int | None, int | None]:
        """The calls under the filter, as soon as they are counted, and all."""
        if self.snapshot is None:
            return None, None
        listing = self.snapshot.listing
        return (len(listing) if listing.whole else None), self.snapshot.total

    def tick(self, view: View) -> None:
        """Draws what time alone changes."""
        self.table.tick(view)

    def detail(self) -> str:
        """The chosen call, once the person has chosen one."""
        return self.table.detail() if self.table.cursor.pinned else ""

    def copied(self) -> tuple[str, str]:
        """The chosen call's outside number."""
        number = self.table.number()
        return number, number_words(number)

    @on(ListPane.Chosen)
    def _chosen(self) -> None:
        self.show_status()

    # Columns and order.

    def change_look(self, look: TableLook) -> None:
        """Takes other columns or another order, and remembers them."""
        sorted_before = (self.look.order, self.look.descending)
        self.look = look
        self.table.show_look(look)
        remembered = self.session.remembered
        remembered.put(SECTION, look.kept())
        if remembered.trouble:
            self.status.say(remembered.trouble)
        if (look.order, look.descending) != sorted_before:
            self.ask()

    @on(CallTable.SortWanted)
    def _sort_wanted(self, message: CallTable.SortWanted) -> None:
        self.table.column = message.name
        self.action_sort()

    def action_sort(self) -> None:
        """Sorts by the chosen column, or the other way round."""
        column = BY_NAME[self.table.column]
        if not column.order:
            self.status.say(f"calls cannot be sorted by {column.about}")
            return
        self.change_look(self.look.sorted_on(column.name))

    def action_next_column(self) -> None:
        """Chooses the next column."""
        self.table.step_column(1)

    def action_previous_column(self) -> None:
        """Chooses the column before."""
        self.table.step_column(-1)

    def action_columns(self) -> None:
        """Chooses columns, their order and widths."""
        from tui.screens.columns import ColumnsScreen

        self.app.push_screen(ColumnsScreen(self.look, self.table.column, self.session.symbols, self.change_look))
