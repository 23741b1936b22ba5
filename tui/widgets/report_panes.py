"""The two lists of the Reports screen: what is ordered, and the files that are done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from tui.desk import FileRow, OrderRow
from tui.lines.line import Line, Role, Span
from tui.lines.reports import file_detail, file_header, file_spans, order_detail, order_header, order_spans
from tui.lines.view import View
from tui.lines.words import grouped
from tui.widgets.list_pane import ListPane

Row = TypeVar("Row", OrderRow, FileRow)


class ReportPane(ListPane, Generic[Row]):
    """A list of one of both kinds; `note` says that it is being asked for, or what went wrong."""

    NAME = ""

    def __init__(self, view: View, name: str) -> None:
        super().__init__(view, id=name)
        self.rows: tuple[Row, ...] = ()
        self._note = self._empty = ""

    def show_rows(self, rows: Sequence[Row], note: str, empty: str, view: View) -> None:
        """Takes the rows as they are now; `empty` is said where there are none and nothing else is to be said."""
        self.rows, self._note, self._empty = tuple(rows), note, empty
        self.cursor.update([f"{row.provider}\n{row.id}" for row in self.rows])
        self.show(view)

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor.index] if self.rows else None

    @property
    def label(self) -> str:
        """What the list holds."""
        return self.NAME

    def title(self) -> Sequence[Span]:
        """What the list holds, and how many."""
        spans = [Span(self.NAME, Role.STRONG)]
        if self.rows:
            spans.append(Span(f" {grouped(len(self.rows))}", Role.DIM))
        return spans

    def head(self, width: int, height: int) -> Sequence[Line]:
        """What went wrong with a part of the list."""
        return (Line((Span(self._note, Role.LATE),)),) if self._note and self.rows else ()

    def has_header(self, width: int) -> bool:
        """The columns are named wherever there are rows."""
        return bool(self.rows)

    def empty_words(self) -> str:
        """Why there are no rows."""
        return self._note or self._empty

    def stamp(self) -> object:
        """Nothing here changes with time."""
        return 0


class OrdersPane(ReportPane[OrderRow]):
    """What is ordered."""

    NAME = "ordered"

    def header(self, width: int) -> Line:
        """The names of the columns."""
        return order_header(width)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """An order."""
        return order_spans(self.rows[index], width, self.view)

    def detail(self) -> str:
        """One sentence about the chosen order."""
        return order_detail(self.chosen) if self.chosen else ""


class FilesPane(ReportPane[FileRow]):
    """The files that are done."""

    NAME = "files"

    def header(self, width: int) -> Line:
        """The names of the columns."""
        return file_header(width)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """A file."""
        return file_spans(self.rows[index], width, self.view)

    def detail(self) -> str:
        """One sentence about the chosen file."""
        return file_detail(self.chosen) if self.chosen else ""
