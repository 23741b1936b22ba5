"""Rows as an XLSX workbook, written to disk as they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, BinaryIO

from calls.exports.cells import Column, Value, ValueKind

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Row = Sequence[Value]
# What a sheet of Excel can hold, the header included.
SHEET_ROWS = 1_048_576
# A time is a number of days; this one is the first of January 1970.
_EPOCH_DAY, _DAY_SECONDS = 25_569, 86_400
_WIDTHS = {ValueKind.TEXT: 16, ValueKind.INSTANT: 24, ValueKind.LOCAL: 20}


def write_workbook(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Row], *, raw: bool) -> None:
    """A sheet with a header that stays in sight; further sheets where one is full. Times are times, instants in UTC.

    Text is stored as text, which no spreadsheet runs or follows as a link: `raw` changes nothing. One row is in memory; the
    others wait in a private folder until the end.
    """
    import tempfile

    import xlsxwriter

    with tempfile.TemporaryDirectory(prefix="calltop-") as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        workbook = xlsxwriter.Workbook(out, options)
        try:
            sheets = _Sheets(workbook, columns)
            for row in rows:
                sheets.add(row)
            workbook.close()
        except BaseException:
            _abandon(workbook)
            raise


def _abandon(workbook: Workbook) -> None:
    """Closes the rows that wait on disk; the workbook is not made."""
    for sheet in workbook.worksheets():
        if sheet.row_data_fh is not None:
            sheet.row_data_fh.close()
    workbook.fileclosed = True


class _Sheets:
    """The sheets of a workbook, the last of which grows."""

    def __init__(self, workbook: Workbook, columns: Sequence[Column]) -> None:
        self._workbook = workbook
        self._columns = columns
        self._head: Format = workbook.add_format({"bold": True})
        self._times: dict[ValueKind, Format] = {
            ValueKind.INSTANT: workbook.add_format({"num_format": 'yyyy-mm-dd hh:mm:ss" UTC"'}),
            ValueKind.LOCAL: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        self._begin()

    def _begin(self) -> None:
        sheet: Worksheet = self._workbook.add_worksheet()
        for index, column in enumerate(self._columns):
            sheet.set_column(index, index, _WIDTHS.get(column.kind, 12))
            sheet.write_string(0, index, column.name, self._head)
        sheet.freeze_panes(1, 0)
        self._sheet, self._next = sheet, 1

    def add(self, row: Row) -> None:
        """The next row, on a new sheet where this one is full."""
        if self._next == SHEET_ROWS:
            self._begin()
        for index, (column, value) in enumerate(zip(self._columns, row, strict=True)):
            self._write(index, column.kind, value)
        self._next += 1

    def _write(self, index: int, kind: ValueKind, value: Value) -> None:
        if value is None:
            return
        if kind is ValueKind.FLAG:
            self._sheet.write_boolean(self._next, index, bool(value))
        elif isinstance(value, str):
            self._sheet.write_string(self._next, index, value)
        elif kind in self._times:
            self._sheet.write_number(self._next, index, _EPOCH_DAY + int(value) // 1000 / _DAY_SECONDS, self._times[kind])
        else:
            self._sheet.write_number(self._next, index, value)
