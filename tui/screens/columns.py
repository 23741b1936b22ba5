"""The columns of the table of calls, chosen over the table itself: what is changed here is seen there at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.actions import Place, actions_of
from tui.bindings import bindings
from tui.lines.bars import key_line
from tui.lines.call_columns import BY_NAME
from tui.lines.line import Ground, Line, Role, Span, gap, left, right
from tui.lines.symbols import Symbols
from tui.screens.overlay import Overlay
from tui.table_look import TableLook
from tui.widgets.cursor import ListCursor
from tui.widgets.drawn import Drawn

_TITLE_WIDTH, _WIDTH_WIDTH = 12, 6
Change = Callable[[TableLook, str], TableLook]


class ColumnList(Drawn):
    """A line per column: whether it is shown, its name, its width, what it holds."""

    ALLOW_SELECT = False

    def __init__(self, look: TableLook, column: str, symbols: Symbols) -> None:
        super().__init__(id="column-list")
        self._symbols = symbols
        self.cursor: ListCursor[str] = ListCursor()
        self.look = look
        self.show(look)
        names = [one.name for one in look.columns]
        self.cursor.choose(names.index(column))

    def show(self, look: TableLook) -> None:
        """Shows another look; the choice stays on its column."""
        self.look = look
        self.cursor.update([one.name for one in look.columns])
        self.redraw()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The columns in sight."""
        head = Line((gap(3), Span("Columns", Role.STRONG), Span("  from left to right", Role.DIM)))
        return [head, *(self._line(index, width) for index in self.cursor.show(height - 1))]

    def _line(self, index: int, width: int) -> Line:
        one, chosen, symbols = self.look.columns[index], index == self.cursor.index, self._symbols
        column = BY_NAME[one.name]
        arrow = (symbols.older if self.look.descending else symbols.newer) if self.look.sorted_by == one.name else ""
        cells = "auto" if one.width is None else str(one.width)
        spans = (
            gap(1),
            Span(symbols.cursor if chosen else " ", Role.ACCENT),
            gap(1),
            Span(f"{symbols.answered if one.shown else ' '} ", Role.GOOD),
            Span(left(f"{column.title} {arrow}", _TITLE_WIDTH), Role.STRONG if one.shown else Role.DIM),
            Span(right(cells, _WIDTH_WIDTH) + "  ", Role.DIM if one.width is None else Role.TEXT),
            Span(left(column.about, width - _TITLE_WIDTH - _WIDTH_WIDTH - 8, symbols.mark), Role.DIM),
        )
        return Line(spans, Ground.CURSOR if chosen else Ground.PLAIN)


class ColumnKeys(Drawn):
    """The keys of the overlay."""

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """Two lines of keys."""
        actions = [action for action in actions_of(Place.COLUMNS) if action.footer]
        return [key_line(some, width)[0] for some in (actions[:3], actions[3:])]


class ColumnsScreen(Overlay[None], inherit_bindings=False):
    """Over the screen of calls. `changed` is called with every change."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS = bindings(Place.COLUMNS)

    def __init__(self, look: TableLook, column: str, symbols: Symbols, changed: Callable[[TableLook], None]) -> None:
        super().__init__(id="columns")
        self.list = ColumnList(look, column, symbols)
        self._changed = changed

    def compose(self) -> ComposeResult:
        """The list, its keys below."""
        with Vertical(id="columns-box"):
            yield self.list
            yield ColumnKeys(id="columns-keys")

    def _change(self, change: Change) -> None:
        name = self.list.cursor.key
        assert name is not None
        look = change(self.list.look, name)
        self.list.show(look)
        self._changed(look)

    def _step(self, rows: int) -> None:
        self.list.cursor.move(rows)
        self.list.redraw()

    def action_column_below(self) -> None:
        """Chooses the next column."""
        self._step(1)

    def action_column_above(self) -> None:
        """Chooses the column before."""
        self._step(-1)

    def action_toggle_column(self) -> None:
        """Hides or shows the column."""
        self._change(TableLook.toggled)

    def action_move_column_left(self) -> None:
        """Moves the column to the left."""
        self._change(lambda look, name: look.moved(name, -1))

    def action_move_column_right(self) -> None:
        """Moves the column to the right."""
        self._change(lambda look, name: look.moved(name, 1))

    def action_widen_column(self) -> None:
        """Makes the column wider."""
        self._change(lambda look, name: look.widened(name, 1))

    def action_narrow_column(self) -> None:
        """Makes the column narrower."""
        self._change(lambda look, name: look.widened(name, -1))

    def action_usual_width(self) -> None:
        """Makes the column as wide as it usually is."""
        self._change(TableLook.with_usual_width)

    def action_sort_on_column(self) -> None:
        """Sorts by the column."""
        self._change(TableLook.sorted_on)

    def action_usual_columns(self) -> None:
        """Puts back the columns as they were at first."""
        self._change(lambda look, _name: look.with_usual_columns())

    def action_close_columns(self) -> None:
        """Back to the table."""
        self.dismiss()
