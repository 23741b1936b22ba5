"""Reports that are ordered and files that are done, as rows."""

from __future__ import annotations

from tui.desk import FileRow, OrderRow
from tui.lines.line import Line, Role, Span, left, right
from tui.lines.view import View
from tui.lines.words import OTHER_DAY_WIDTH, clock_words, day_words, grouped

STATUS_WIDTH = 11
SCHEDULE_WIDTH = 15
TYPE_WIDTH = 22
SIZE_WIDTH = 10
FORMAT_WIDTH = 6
DONE_WIDTH = OTHER_DAY_WIDTH + 10
WIDE_FROM = 70
_STATUS_ROLES = {"RUNNING": Role.ACCENT, "SCHEDULED": Role.TEXT, "ABORTED": Role.BAD}


def size_words(size_bytes: int | None) -> str:
    """A size as "812 B", "14 kB", "3.2 MB"; "" where it is not known."""
    if size_bytes is None:
        return ""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{grouped(size_bytes // 1000)} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def order_header(width: int) -> Line:
    """The names of the columns of the orders."""
    return Line((Span(_order_cells("status", "name", "type", "schedule", width, "~"), Role.DIM),))


def order_spans(row: OrderRow, width: int, view: View) -> tuple[Span, ...]:
    """An order: its state, its name, and where there is room what it is of and when it is made."""
    mark = view.symbols.mark
    cells = _order_cells(row.status.lower(), row.name, _type_words(row.type), row.schedule or "once", width, mark)
    role = _STATUS_ROLES.get(row.status, Role.LATE)
    return (Span(cells[:STATUS_WIDTH], role), Span(cells[STATUS_WIDTH:]))


def _order_cells(status: str, name: str, kind: str, schedule: str, width: int, mark: str) -> str:
    rest = left(schedule, SCHEDULE_WIDTH, mark)
    if width >= WIDE_FROM:
        rest = left(kind, TYPE_WIDTH - 1, mark) + " " + rest
    return left(status, STATUS_WIDTH, mark) + left(name, width - STATUS_WIDTH - len(rest) - 1, mark) + " " + rest


def file_header(width: int) -> Line:
    """The names of the columns of the files."""
    return Line((Span(_file_cells("done", "name", "type", "file", "size", width, "~"), Role.DIM),))


def file_spans(row: FileRow, width: int, view: View) -> tuple[Span, ...]:
    """A file: when it was done, its name, its format and size, and where there is room what it is of."""
    at_ms = row.completed_ms
    done = "" if at_ms is None else f"{day_words(at_ms, view.zone)}  {clock_words(at_ms, view.zone)}"
    cells = _file_cells(
        done, row.name, _type_words(row.type), row.format.lower(), size_words(row.size_bytes), width, view.symbols.mark
    )
    return (Span(cells[:DONE_WIDTH], Role.DIM), Span(cells[DONE_WIDTH:]))


def _file_cells(done: str, name: str, kind: str, file_format: str, size: str, width: int, mark: str) -> str:
    rest = left(file_format, FORMAT_WIDTH, mark) + right(size, SIZE_WIDTH, mark)
    if width >= WIDE_FROM:
        rest = left(kind, TYPE_WIDTH - 1, mark) + " " + rest
    return left(done, DONE_WIDTH, mark) + left(name, width - DONE_WIDTH - len(rest) - 1, mark) + " " + rest


def _type_words(kind: str) -> str:
    return kind.replace("_", " ").lower()


def order_detail(row: OrderRow) -> str:
    """One sentence about an order."""
    when = f"made at {row.schedule}" if row.schedule else "made once"
    return f"{row.provider}: {row.name}, {_type_words(row.type)}, {when}, {row.status.lower()}, id {row.id}"


def file_detail(row: FileRow) -> str:
    """One sentence about a file."""
    size = size_words(row.size_bytes)
    return f"{row.provider}: {row.file_name or row.name}, {_type_words(row.type)}{', ' + size if size else ''}, id {row.id}"
