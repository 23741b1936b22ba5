"""The page of the people to call back: since when, who as far as a wall may say it, how often they rang."""

from __future__ import annotations

from collections.abc import Sequence

from calls.cache.wall_snapshot import WallCallBack, WallSnapshot
from calls.text import HIDDEN_DIGIT
from calls.times import MINUTE_MS
from tui.lines.line import Role, Span, gap, left, right
from tui.lines.wall.captions import DRAWN_ROWS, caption
from tui.lines.wall.digits import big, big_width
from tui.lines.wall.glyphs import can_draw
from tui.lines.wall.rows import Row, Rows, Said, beside, block, width_of
from tui.lines.wall.view import WallView
from tui.lines.wall.words import old_words, short_age, waiting_words
from tui.lines.words import counted, number_words, time_words

TITLE = "call back"
_TIME, _TAG, _TRIES = 9, 16, 9
_SHORTEST_NUMBER, _LONGEST_NUMBER = 17, 26
_APART = 6
# Rows of the page that are no rows of the list.
_AROUND = 8
# Which parts of a row are drawn, the most telling choice first.
_CHOICES = ((0, 1, 2, 3), (1, 2, 3), (1, 2), (2, 3), (2,))


def call_backs_page(snapshot: WallSnapshot, view: WallView, width: int, height: int) -> Rows:
    """The page in exactly `width` cells and `height` rows: the oldest first, as many as fit."""
    told_to_ms = view.told_to_ms(snapshot)
    count = counted(snapshot.call_back_count, "person", "people")
    words, role = waiting_words(snapshot, view) if told_to_ms is None else old_words(told_to_ms, view)
    head_rows = DRAWN_ROWS if view.writes_big(width, height) else 1
    heading = caption(f"{count} to call back", Role.STRONG, width, head_rows, view.pen)
    state = caption(words, role, width, head_rows, view.pen)
    room = height - len(heading) - len(state) - 2
    drawn = _drawn_rows(snapshot.call_backs, view, width, room)
    listed = drawn or _written_rows(snapshot.call_backs, view, width, room)
    return block((*heading, *state, (gap(width),), *listed), width, height)


def _drawn_rows(waiting: tuple[WallCallBack, ...], view: WallView, width: int, room: int) -> list[Row]:
    """Large rows with as many of their parts as fit; none where not even the first of them can be drawn."""
    if not view.writes_big(width, room + _AROUND):
        return []
    shown = [_cells(one, view) for one in waiting[: room // (DRAWN_ROWS + 1)]]
    for places in _CHOICES:
        chosen = [[row[place] for place in places] for row in shown]
        if not all(can_draw(text) for row in chosen for text, _ in row):
            continue
        columns = [max((big_width(row[at][0], 1) for row in chosen if row[at][0]), default=0) for at in range(len(places))]
        if sum(columns) + _APART * (len(places) - 1) <= width:
            return [line for row in chosen for line in (*_drawn_row(row, columns, view), (gap(width),))]
    return []


def _drawn_row(row: Sequence[Said], columns: Sequence[int], view: WallView) -> Rows:
    parts = [
        block(big(text, 1, role, view.pen) if text else (), column, DRAWN_ROWS)
        for (text, role), column in zip(row, columns, strict=True)
    ]
    return beside(parts, _APART)


def _written_rows(waiting: tuple[WallCallBack, ...], view: WallView, width: int, room: int) -> list[Row]:
    mark = view.base.symbols.mark
    airy = room >= 2 * len(waiting)
    rows: list[Row] = []
    longest = max((len(_spaced(one.number, view)) for one in waiting[:room]), default=0)
    numbers = min(max(longest, _SHORTEST_NUMBER), _LONGEST_NUMBER)
    for one in waiting[:room]:
        (since, since_role), (number, number_role), (tag, tag_role), (tries, tries_role) = _cells(one, view)
        row: list[Span] = [
            Span(left(since, _TIME, mark) + " ", since_role),
            Span(left(number, numbers, mark) + " ", number_role),
            Span(left(tag, _TAG, mark) + " ", tag_role),
            Span(right(tries, _TRIES, mark), tries_role),
        ]
        age = short_age(view.now_ms - one.first_missed_ms)
        if width_of(row) + 12 <= width:
            row.append(Span(right(age, 12, mark), since_role))
        rows.append(tuple(row))
        if airy:
            rows.append((gap(width),))
    return rows


def _cells(one: WallCallBack, view: WallView) -> tuple[Said, ...]:
    """Since when, the number, the two words, and how often: what a row says, whatever its size."""
    limit = view.targets.call_back_minutes
    late = limit is not None and view.now_ms - one.first_missed_ms > limit * MINUTE_MS
    return (
        (time_words(one.first_missed_ms, view.now_ms, view.base.zone), Role.BAD if late else Role.DIM),
        (_spaced(one.number, view), Role.TEXT),
        (one.tag, Role.ACCENT),
        (counted(one.tries, "try", "tries"), Role.LATE if one.tries > 1 else Role.DIM),
    )


def _spaced(number: str, view: WallView) -> str:
    """A number spaced for reading, its hidden digits as marks."""
    hidden = number.count(HIDDEN_DIGIT)
    spaced: list[str] = []
    for character in reversed(number_words(number.replace(HIDDEN_DIGIT, "0"))):
        marked = hidden and character.isdigit()
        hidden -= bool(marked)
        spaced.append(view.pen.mask if marked else character)
    return "".join(reversed(spaced))
