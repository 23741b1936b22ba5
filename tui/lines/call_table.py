"""The table of calls: which columns have room, their names, a call in them, and a call that is still to come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calls.model import Call
from tui.lines.call_columns import BY_NAME, Column, when_words
from tui.lines.line import Line, Role, Span, crop, gap, left, right
from tui.lines.symbols import Symbols
from tui.lines.view import View
from tui.table_look import TIME, ColumnLook, TableLook

# The columns below this rank tell what a call was: when, who, whom, how it ended, how long.
CORE_RANKS = 5


@dataclass(frozen=True, slots=True)
class Placed:
    """A column in its place: `width` cells from cell `x` on."""

    column: Column
    x: int
    width: int


@dataclass(slots=True)
class _Room:
    """What a column gets: at first what it can do with, at last what it takes of the rest."""

    column: Column
    cells: int
    tight: int
    usual: int
    growth: int


def layout(look: TableLook, width: int) -> tuple[Placed, ...]:
    """The columns that `width` cells have room for.

    Where there is little, the columns of the greatest rank are left out first; then those that tell what a call was get
    narrower. What is left over goes to those that grow.
    """
    rooms = [_room(one) for one in look.shown]
    _leave_out(rooms, width, [room for room in rooms if room.column.rank >= CORE_RANKS])
    if _total(rooms) > width:
        least = {room.column.name: room.cells for room in rooms}
        for room in rooms:
            room.cells = room.tight
        _leave_out(rooms, width, rooms[1:])
        _raise(rooms, width, lambda room: least[room.column.name])
    if rooms[0].cells > width:
        rooms[0].cells = max(0, width)
    _raise(rooms, width, lambda room: room.usual)
    _grow(rooms, width - _total(rooms))
    placed: list[Placed] = []
    x = 0
    for room in rooms:
        placed.append(Placed(room.column, x, room.cells))
        x += room.cells + 1
    return tuple(placed)


def _room(look: ColumnLook) -> _Room:
    column = BY_NAME[look.name]
    if look.width is not None:
        return _Room(column, look.width, min(look.width, column.tight), look.width, 0)
    return _Room(column, column.least, column.tight, column.width, column.growth)


def _leave_out(rooms: list[_Room], width: int, candidates: list[_Room]) -> None:
    for room in sorted(candidates, key=lambda room: -room.column.rank):
        if _total(rooms) <= width:
            return
        rooms.remove(room)


def _raise(rooms: Sequence[_Room], width: int, aim: Callable[[_Room], int]) -> None:
    """Gives columns what they would like, the most telling first; half of it is of use only to those that grow."""
    for room in sorted(rooms, key=lambda room: room.column.rank):
        missing, spare = aim(room) - room.cells, width - _total(rooms)
        if 0 < missing <= spare or (missing > 0 and room.growth):
            room.cells += min(missing, max(0, spare))


def _total(rooms: Sequence[_Room]) -> int:
    return sum(room.cells for room in rooms) + len(rooms) - 1


def _grow(rooms: Sequence[_Room], spare: int) -> None:
    growing = [room for room in rooms if room.growth]
    shares = sum(room.growth for room in growing)
    for room in growing:
        taken = spare * room.growth // shares
        room.cells, spare, shares = room.cells + taken, spare - taken, shares - room.growth


def header_line(placed: Sequence[Placed], look: TableLook, chosen: str, symbols: Symbols) -> Line:
    """The names of the columns: an arrow where the table is sorted, and the `chosen` one stands out."""
    spans: list[Span] = []
    for one in placed:
        if one.x:
            spans.append(gap(1))
        title = one.column.title
        if one.column.name == look.sorted_by:
            arrow = symbols.older if look.descending else symbols.newer
            title += f" {arrow}" if one.width >= len(title) + 2 else arrow
        align = right if one.column.numeric or one.column.name == TIME else left
        role = Role.ACCENT if one.column.name == chosen else Role.STRONG if one.column.name == look.sorted_by else Role.DIM
        spans.append(Span(align(title, one.width, symbols.mark), role))
    return Line(tuple(spans))


def row_spans(call: Call, placed: Sequence[Placed], view: View) -> tuple[Span, ...]:
    """A call."""
    spans: list[Span] = []
    for one in placed:
        first, *rest = one.column.draw(call, one.width, view)
        # Joined to what follows, the space between two columns costs nothing.
        spans.append(Span(f" {first.text}", first.role) if one.x else first)
        spans.extend(rest)
    return tuple(spans)


def waiting_spans(started_ms: int, placed: Sequence[Placed], view: View) -> tuple[Span, ...]:
    """A call of which only its start is known yet."""
    spans: list[Span] = []
    for one in placed:
        if one.x:
            spans.append(gap(1))
        if one.column.name == TIME:
            spans.append(Span("".join(when_words(started_ms, one.width, view)), Role.FAINT))
        else:
            spans.append(Span(left(view.symbols.dot, one.width), Role.FAINT))
    return tuple(spans)


def gone_spans(placed: Sequence[Placed], view: View) -> tuple[Span, ...]:
    """A call that was taken out of the cache after the list was made."""
    width = placed[-1].x + placed[-1].width if placed else 0
    return (Span(crop("no longer kept", width, view.symbols.mark), Role.FAINT),)
