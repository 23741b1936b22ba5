"""Every cached call: a table of any length, sorted and laid out as the person likes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual import on
from textual.containers import Container
from textual.widget import Widget

from calls.filters import Filter
from calls.filters.made import calls_where, calls_with
from calls.text import is_withheld
from tui.actions import Place
from tui.bindings import bindings
from tui.calls_feed import CallsQuestion, CallsSnapshot, read_calls
from tui.exporting import Exportable
from tui.feed import Feed
from tui.lines.call_columns import BY_NAME
from tui.lines.view import View
from tui.lines.words import number_words
from tui.pages import CallsFailed, CallsReady, Looked, PageReader, RecordsReady
from tui.screens.cache_screen import CacheScreen
from tui.session import Session
from tui.table_look import TableLook
from tui.widgets.call_pane import CallPane
from tui.widgets.call_table import CallTable
from tui.widgets.list_pane import ListPane

SECTION = "calls"
OPENED = "-opened"
BESIDE_FROM = 120
ROWS_AHEAD = 20
NOTHING_CHOSEN = "choose a call first"


class CallsScreen(CacheScreen):
    """The screen of calls."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    PLACE = Place.CALLS
    BINDINGS = bindings(Place.SCREEN, Place.CALLS)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.look = TableLook.read(session.remembered.get(SECTION))
        self._pages = PageReader(session.feed.another(), self.post_message)
        self.table = CallTable(session.view(), self.look, self._pages.want)
        self.pane = CallPane(session.view())

    # The list.

    def question(self) -> CallsQuestion:
        """The calls under the filter: their beginning first, unless the person is somewhere in the list."""
        sought = self.session.sought
        whole = self.table.cursor.pinned or self._asks_whole or sought is not None
        return CallsQuestion(self.filter.active, self.look.order, self.look.descending, whole, sought)

    @property
    def settled(self) -> bool:
        """Whether everything that can be seen has been read."""
        if not super().settled or not self.snapshot.listing.whole or self.table.reading:
            return False
        return not self.opened or not self.pane.reading

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
        """The table, and the chosen call beside or below it."""
        yield Container(self.table, self.pane, id="calls-body")

    async def on_mount(self) -> None:
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
        if self.session.sought is not None and self.session.sought == snapshot.question.sought:
            self.session.sought = None
            self._open_sought(snapshot.sought)
        self._show_call()
        if not snapshot.listing.whole:
            self.ask()

    @on(CallsReady)
    def _calls_ready(self, message: CallsReady) -> None:
        self.table.show_calls(message)
        self._show_call()
        self.show_status()

    @on(RecordsReady)
    def _records_ready(self, message: RecordsReady) -> None:
        self.pane.show_records(message)

    @on(CallsFailed)
    def _calls_failed(self, message: CallsFailed) -> None:
        self.status.say(f"the calls cannot be read: {message.words}")

    def home(self) -> Widget:
        """The pane the person is in."""
        return self.pane if self.pane.has_focus or (self.opened and not self.table.display) else self.table

    def counts(self) -> tuple[int | None, int | None]:
        """The calls under the filter, as soon as they are counted, and all."""
        if self.snapshot is None:
            return None, None
        listing = self.snapshot.listing
        return (len(listing) if listing.whole else None), self.snapshot.total

    def tick(self, view: View) -> None:
        """Draws what time alone changes."""
        self.table.tick(view)
        if self.opened:
            self.pane.tick(view)

    def detail(self) -> str:
        """The chosen call, once the person has chosen one."""
        return self.table.detail() if self.table.cursor.pinned else ""

    def copied(self) -> tuple[str, str]:
        """The chosen call's outside number."""
        number = self.table.number()
        return number, number_words(number)

    def exported(self) -> Exportable:
        """The calls of the list, in its order, with its columns."""
        from tui.calls_export import calls_export

        fields = (field for column in self.look.shown for field in BY_NAME[column.name].fields)
        question = CallsQuestion(self.filter.active, self.look.order, self.look.descending)
        return calls_export(question, self.session.clock.now_ms(), tuple(dict.fromkeys(fields)))

    @on(ListPane.Chosen)
    def _chosen(self) -> None:
        self._show_call()
        self.show_status()

    # One call.

    @property
    def opened(self) -> bool:
        """Whether the chosen call is laid open."""
        return self.has_class(OPENED)

    def reflow(self) -> None:
        """The call stands beside the table where there is room, else below it, and on the smallest terminals in its place."""
        super().reflow()
        self.set_class(self.app.size.width >= BESIDE_FROM, "-beside")
        self.table.marks_choice = self.opened
        self.table.display = not (self.opened and self.has_class("-short"))
        if self.opened and self.table.has_focus and not self.table.display:
            self.set_focus(self.pane, scroll_visible=False)

    def action_open_call(self) -> None:
        """Lays the chosen call open; goes into it when it is."""
        if self.opened:
            self.set_focus(self.pane, scroll_visible=False)
            return
        if self.table.cursor.key is None:
            self.status.say("there is no call to open")
            return
        self.table.pin()
        self.add_class(OPENED)
        self.reflow()
        self._show_call()
        self.show_status()

    def _open_sought(self, key: int | None) -> None:
        if key is None or not self.table.go_to(key):
            self.status.say("the call is not in this list any more")
        elif not self.opened:
            self.action_open_call()

    def leave(self) -> bool:
        """Closes the call."""
        opened = self.opened
        if opened:
            self.remove_class(OPENED)
            self.reflow()
            self.set_focus(self.table, scroll_visible=False)
            self.show_status()
        return opened

    def _show_call(self) -> None:
        if not self.opened:
            return
        key, call = self.table.cursor.key, self.table.call
        if self.table.waits:
            # Out of sight the table asks for nothing by itself.
            at = self.table.cursor.index
            self.table.read_around(range(at, at + ROWS_AHEAD))
            return
        looked = None if key is None or call is None else Looked(key, call)
        if self.pane.show_call(looked) and looked is not None:
            self._pages.look_at(looked)

    def action_switch_pane(self) -> None:
        """Goes to the call, or back to the table."""
        if self.opened and self.table.display:
            self.set_focus(self.table if self.pane.has_focus else self.pane, scroll_visible=False)

    def action_next_call(self) -> None:
        """Chooses the next call, wherever the person is."""
        self.table.action_row_down()

    def action_previous_call(self) -> None:
        """Chooses the call before."""
        self.table.action_row_up()

    # Filters from the chosen call.

    def action_same_number(self) -> None:
        """Narrows the list to the outside number of the chosen call."""
        number = self.table.number()
        if is_withheld(number):
            self.status.say("the number is withheld" if self.table.call else NOTHING_CHOSEN)
            return
        self._narrow(("number", "caller"), calls_with(number))

    def action_same_queue(self) -> None:
        """Narrows the list to the queue of the chosen call."""
        self._narrow_to("queue", self.table.call.queue if self.table.call else None)

    def action_same_employee(self) -> None:
        """Narrows the list to the employee of the chosen call."""
        self._narrow_to("employee", self.table.call.employee if self.table.call else None)

    def _narrow_to(self, field: str, value: str | None) -> None:
        if not value:
            self.status.say(NOTHING_CHOSEN if value is None else f"the chosen call has no {field}")
        else:
            self._narrow((field,), calls_where(field, value))

    def _narrow(self, fields: tuple[str, ...], wanted: Filter) -> None:
        self.table.pin()
        self.apply_filter(self.filter.active.without(fields).narrowed(wanted).text)

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
