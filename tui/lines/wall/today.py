"""The first page of the wall: whom to call back, how many were answered, the last hour, the wait, and how old all that is."""

from __future__ import annotations

from calls.cache.wall_snapshot import WallSnapshot
from tui.lines.line import Span, crop, gap
from tui.lines.wall.captions import DRAWN_ROWS
from tui.lines.wall.digits import big, big_height, big_width
from tui.lines.wall.glyphs import can_draw
from tui.lines.wall.rows import Row, Rows, beside, block, fitted, width_of
from tui.lines.wall.tiles import Frame, answer_tile, call_back_tile, hour_tile, tile, wait_tile
from tui.lines.wall.view import WallView
from tui.lines.wall.words import provider_words

TITLE = "today"
_APART, _APART_DRAWN = 3, 8
# From so many rows on even the providers are drawn.
_DRAWN_FROM_ROWS = 56
# Of the rows that are left, the numbers get at most this share, and the last hour the rest.
_NUMBER_SHARE = 0.68
_SMALLEST, _LARGEST = 1, 9


def today_page(snapshot: WallSnapshot, view: WallView, width: int, height: int) -> Rows:
    """The page in exactly `width` cells and `height` rows."""
    big = view.writes_big(width, height)
    caption_rows = DRAWN_ROWS if big else 1
    spacing = 1 if big else 0
    gutter = max(4, width // 24)
    column = (width - gutter) // 2
    strip = provider_rows(snapshot, view, width, height)
    between = 1
    left = height - len(strip) - 4 * caption_rows - 2 * spacing - 2 * between
    number_rows = max(
        big_height(scale)
        for scale in range(_SMALLEST, _LARGEST + 1)
        if scale == _SMALLEST or big_height(scale) <= left * _NUMBER_SHARE
    )
    frame = Frame(column, caption_rows, number_rows, spacing)
    told_to_ms = view.told_to_ms(snapshot)
    tiles = [tile(make(snapshot, view), frame, told_to_ms, view) for make in (call_back_tile, answer_tile)]
    below = max(0, height - len(strip) - len(tiles[0]) - 2 * between)
    lower = [block(make(snapshot, column, below, caption_rows, view), column, below) for make in (hour_tile, wait_tile)]
    empty = block((), width, between)
    rows = (*beside(tiles, gutter), *empty, *beside(lower, gutter), *empty, *strip)
    return block(rows, width, height)


def provider_rows(snapshot: WallSnapshot, view: WallView, width: int, height: int) -> Rows:
    """How old every provider's data is, one after the other on as many rows as that takes."""
    said = [provider_words(provider, view) for provider in snapshot.providers]
    drawn = view.writes_big(width, height) and height >= _DRAWN_FROM_ROWS and all(can_draw(words) for words, _ in said)
    if drawn and sum(big_width(words, 1) + _APART_DRAWN for words, _ in said) <= 2 * (width - _APART_DRAWN):
        parts = [(big(words, 1, role, view.pen), _APART_DRAWN) for words, role in said]
    else:
        parts = [(((Span(crop(words, width, view.pen.cut), role),),), _APART) for words, role in said]
    lines: list[list[Rows]] = [[]]
    used = 0
    for part, apart in parts:
        need = width_of(part[0])
        if lines[-1] and used + apart + need > width:
            lines.append([])
            used = 0
        used += need + (apart if lines[-1] else 0)
        lines[-1].append(part)
    apart = parts[0][1] if parts else 0
    rows: list[Row] = []
    for number, line in enumerate(lines):
        rows += [(gap(width),)] if number and parts[0][1] == _APART_DRAWN else []
        rows += beside(line, apart)
    return tuple(fitted(row, width) for row in rows)
