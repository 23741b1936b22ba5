"""The table of calls: a list of any length of which only the rows in sight are read and drawn."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from textual import events
from textual.message import Message

from calls.cache.listing import Listing
from calls.keys import HASH_BITS
from calls.model import Call
from tui.call_store import CallStore, Held
from tui.calls_feed import COUNTED_NEW, CallsSnapshot
from tui.lines.call_columns import BY_NAME
from tui.lines.call_table import Placed, gone_spans, header_line, layout, row_spans, waiting_spans
from tui.lines.calls import call_detail, other_number
from tui.lines.line import Line, Role, Span
from tui.lines.view import View
from tui.lines.words import grouped, moment
from tui.pages import CallsReady, Stretch
from tui.table_look import TIME, TableLook
from tui.widgets.cursor import ListCursor
from tui.widgets.list_pane import ListPane

_ROW_HELD = 1_000


class CallTable(ListPane):
    """The table. `want` is called with the stretch that has to be read for what is in sight."""

    class SortWanted(Message):
        """The person clicked on the name of a column."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, view: View, look: TableLook, want: Callable[[Stretch], None]) -> None:
        super().__init__(view, id="call-table")
        self.cursor: ListCursor[int] = ListCursor()
        self.look = look
        self.column = look.sorted_by
        self.listing: Listing | None = None
        self._want = want
        self._asked: object = None
        self._store = CallStore()
        self._snapshot: CallsSnapshot | None = None
        self._seen: int | None = None
        self._placed: tuple[Placed, ...] = ()
        self._rows: dict[int, tuple[Held, Sequence[Span]]] = {}
        self._rows_for: object = None

    @property
    def label(self) -> str:
        """The name of the list."""
        return "calls"

    # What it gets.

    def show_snapshot(self, snapshot: CallsSnapshot, view: View) -> None:
        """Takes a list. The choice stays on its call, wherever that stands now; in another list without it, it goes back to the
        top."""
        listing, before = snapshot.listing, self._snapshot
        other = before is None or before.question.wanted != snapshot.question.wanted
        key = self.cursor.key
        if other and self.cursor.pinned and key is not None and listing.position_of(key) is None:
            self.cursor.to_newest()
        self.listing, self._snapshot = listing, snapshot
        self.cursor.update(listing.keys, listing.nearest)
        if other or not self.cursor.pinned or self._seen is None:
            self._seen = snapshot.newest[0] if snapshot.newest else None
        self.show(view)

    def show_calls(self, message: CallsReady) -> None:
        """Takes calls that were read."""
        self._store.put(message.version, message.calls)
        self._asked = None
        self.redraw()

    def show_look(self, look: TableLook) -> None:
        """Takes other columns, or another order."""
        self.look = look
        if self.column not in {column.name for column in look.shown}:
            self.column = look.sorted_by
        self.redraw()

    # What is chosen.

    @property
    def call(self) -> Call | None:
        """The chosen call, None while it has not been read."""
        key = self.cursor.key
        held = None if key is None else self._store.get(key)
        return None if held is None else held.call

    @property
    def waits(self) -> bool:
        """Whether the chosen call is still to be read."""
        key = self.cursor.key
        return key is not None and self._store.get(key) is None

    @property
    def reading(self) -> bool:
        """Whether calls in sight are still to be read."""
        return self._asked is not None

    def pin(self) -> None:
        """Keeps the choice on its call from now on."""
        self.cursor.choose(self.cursor.index)
        self.redraw()

    @property
    def new_calls(self) -> int:
        """How many calls have come since the person left the top; at most `COUNTED_NEW`."""
        if self._seen is None or self._snapshot is None:
            return 0
        return bisect_left(self._snapshot.newest, -self._seen, key=lambda key: -key)

    def step_column(self, places: int) -> None:
        """Chooses another column to sort by."""
        names = [placed.column.name for placed in self._placed] or [self.look.sorted_by]
        at = names.index(self.column) if self.column in names else 0
        self.column = names[(at + places) % len(names)]
        self.redraw()

    def go_to(self, key: int) -> bool:
        """Chooses a call; False when it is not in the list."""
        position = None if self.listing is None else self.listing.position_of(key)
        if position is None:
            return False
        self.cursor.choose(position)
        self._chosen()
        return True

    def detail(self) -> str:
        """One sentence about the chosen call."""
        return call_detail(self.call, self.view) if self.call is not None else ""

    def number(self) -> str:
        """The outside number of the chosen call."""
        return other_number(self.call) if self.call is not None else ""

    # How it is drawn.

    def stamp(self) -> object:
        """The day: today's calls have no date."""
        return moment(self.view.now_ms, self.view.zone).date()

    def title(self) -> Sequence[Span]:
        """What is listed, and what has come above."""
        spans = [Span("calls ", Role.STRONG), Span(self._order_words(), Role.DIM)]
        if self._snapshot is not None and not self._snapshot.listing.whole:
            spans.append(Span(", counting", Role.DIM))
        if self.cursor.pinned and (new := self.new_calls):
            some = f"{grouped(COUNTED_NEW)}+" if new >= COUNTED_NEW else grouped(new)
            spans += [Span(" "), Span(f" {some} new ", Role.BADGE)]
            if self.look.sorted_by == TIME and self.look.descending:
                spans.append(Span(" g shows them", Role.DIM))
        return spans

    def _order_words(self) -> str:
        look, symbols = self.look, self.view.symbols
        if look.sorted_by == TIME:
            return "newest first" if look.descending else "oldest first"
        return f"by {BY_NAME[look.sorted_by].title} {symbols.older if look.descending else symbols.newer}"

    def head(self, width: int, height: int) -> Sequence[Line]:
        """Nothing: the filter bar tells how many calls there are."""
        return ()

    def has_header(self, width: int) -> bool:
        """Always: the table is sorted by its columns."""
        return True

    def prepare(self, shown: range, width: int) -> None:
        """Asks for the calls in sight that have not been read."""
        self._placed = layout(self.look, width)
        rows_for = (self._placed, self.stamp())
        if rows_for != self._rows_for or len(self._rows) > _ROW_HELD:
            self._rows.clear()
            self._rows_for = rows_for
        self.read_around(shown)
        # While nobody waits: the next page is then a page of finished rows.
        self.call_after_refresh(self._finish_rows, range(shown.stop, shown.stop + len(shown)), width)

    def _finish_rows(self, ahead: range, width: int) -> None:
        for index in ahead[: max(0, len(self.cursor.keys) - ahead.start)]:
            self.row(index, width)

    def read_around(self, shown: range) -> None:
        """Asks for the calls at these positions and near them that have not been read."""
        if self.listing is not None and (wanted := self._store.wanted(self.listing, shown)):
            # The same stretch is asked for once, however often the table is drawn until it comes.
            asked = (id(self.listing), wanted)
            if asked != self._asked:
                self._asked = asked
                stretch = Stretch(self.listing, wanted.start, len(wanted))
                if any(self._store.get(self.listing.keys[position]) is None for position in shown):
                    self._want(stretch)
                else:
                    # The thread that reads would hold up the frame.
                    self.call_after_refresh(self._want, stretch)

    def header(self, width: int) -> Line:
        """The names of the columns."""
        return header_line(self._placed, self.look, self.column if self.has_focus else "", self.view.symbols)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """A call, or its place while it is being read."""
        key = self.cursor.keys[index]
        held = self._store.get(key)
        if held is None:
            return waiting_spans(key >> HASH_BITS, self._placed, self.view)
        if held.call is None:
            return gone_spans(self._placed, self.view)
        known = self._rows.get(key)
        if known is None or known[0] is not held:
            known = self._rows[key] = (held, row_spans(held.call, self._placed, self.view))
        return known[1]

    def empty_words(self) -> str:
        """Why there are no rows."""
        if self._snapshot is None:
            return ""
        return "no calls match the filter" if self._snapshot.total else "no calls in the cache"

    def action_first_row(self) -> None:
        """Follows the newest again."""
        if self._snapshot is not None and self._snapshot.newest:
            self._seen = self._snapshot.newest[0]
        super().action_first_row()

    def on_click(self, event: events.Click) -> None:
        """Chooses the row under the pointer, or sorts by the column."""
        if event.y == self._rows_at - 1 and self._placed:
            x = event.x - 2
            column = next((placed for placed in self._placed if placed.x <= x < placed.x + placed.width), None)
            if column is not None:
                self.post_message(self.SortWanted(column.column.name))
            return
        super().on_click(event)
