"""The tiles of the wall: a title, a large number, and a line that says what it means."""

from __future__ import annotations

from dataclasses import dataclass

from calls.cache.wall_snapshot import Slice, WallSnapshot
from calls.metrics import Figure
from calls.metrics.figures import clock, percent
from tui.lines.line import Role, Span
from tui.lines.wall.bars import bars
from tui.lines.wall.captions import caption, two_captions
from tui.lines.wall.digits import big, fitting_scale, struck
from tui.lines.wall.rows import Rows, Said, beside, block, on_one_base
from tui.lines.wall.view import WallView
from tui.lines.wall.words import (
    FEW_CALLS,
    answered_words,
    missed_briefly,
    missed_words,
    old_briefly,
    old_words,
    target_words,
    waiting_words,
)
from tui.lines.words import clock_words, grouped

_TICK_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Frame:
    """How large a tile is: its width, the rows of a caption (one, or three where words are drawn), the rows of its number,
    and the empty rows between them."""

    width: int
    caption_rows: int
    number_rows: int
    spacing: int = 0

    @property
    def height(self) -> int:
        """Rows of a tile with a title, a number and two captions."""
        return 3 * self.caption_rows + 2 * self.spacing + self.number_rows


@dataclass(frozen=True, slots=True)
class Tile:
    """What a tile says: its number with a unit after it, and up to two captions below, the first of them also `briefly`."""

    title: str
    number: str
    role: Role
    below: tuple[Said, Said]
    unit: str = ""
    briefly: str = ""


def tile(what: Tile, frame: Frame, told_to_ms: int | None, view: WallView) -> Rows:
    """A tile. With `told_to_ms` its number is struck through, and its age stands in the place of the second caption."""
    shorter = ""
    below = what.below
    if told_to_ms is not None:
        below, shorter = (what.below[0], old_words(told_to_ms, view)), old_briefly(told_to_ms, view)
    role = what.role if told_to_ms is None else Role.DIM
    number = big_number(what.number, what.unit, role, frame.width, frame.number_rows, view)
    if told_to_ms is not None:
        number = struck(number, view.pen)
    rows = frame.caption_rows
    empty = block((), frame.width, frame.spacing)
    return (
        *caption(what.title, Role.DIM, frame.width, rows, view.pen),
        *empty,
        *block(number, frame.width, frame.number_rows),
        *empty,
        *caption(*below[0], frame.width, rows, view.pen, shorter=what.briefly),
        *caption(*below[1], frame.width, rows, view.pen, shorter=shorter),
    )


def big_number(number: str, unit: str, role: Role, width: int, height: int, view: WallView) -> Rows:
    """A number as large as it fits, its unit half as large; a written one where it cannot be drawn."""
    pen = view.pen
    room = width - (3 if unit else 0)
    scale = fitting_scale(number, room, height, pen)
    while scale:
        parts = [big(number, scale, role, pen)]
        if unit:
            small = scale // 2 if pen.half_blocks else scale // 4 * 2
            parts.append(big(unit, small, role, pen) if small else ((Span(unit, role),),))
        rows = on_one_base(parts, max(1, scale // 2))
        if sum(span.width for span in rows[0]) <= width:
            return rows
        scale -= 1 if pen.half_blocks else 2
    return ((Span(f"{number} {unit}".rstrip(), role),),)


def call_back_tile(snapshot: WallSnapshot, view: WallView) -> Tile:
    """How many people are to be called back now, and how long the oldest has waited."""
    words, role = waiting_words(snapshot, view)
    number = grouped(snapshot.call_back_count) if snapshot.providers else view.base.symbols.none
    too_long = role is Role.BAD
    below = ((words, role), ("", Role.DIM))
    return Tile("CALL BACK NOW", number, role if too_long else Role.STRONG, below, briefly=words.removeprefix("oldest "))


def answer_tile(snapshot: WallSnapshot, view: WallView, title: str = "ANSWERED TODAY") -> Tile:
    """The answer rate of today, of how many, and how it stands to the target."""
    figure = snapshot.figures.get("answer_rate")
    return rate_tile(figure, title, view)


def rate_tile(figure: Figure | None, title: str, view: WallView) -> Tile:
    """An answer rate as a tile; faint where so few calls say little."""
    answered, target = answered_words(figure, view), target_words(figure, view)
    if figure is None or figure.value is None:
        return Tile(title, view.base.symbols.none, Role.DIM, (answered, target))
    few = figure.denominator < FEW_CALLS
    role = Role.DIM if few else target[1] if target[0] else Role.STRONG
    return Tile(title, str(percent(figure.numerator, figure.denominator)), role, (answered, target), "%")


def hour_tile(snapshot: WallSnapshot, width: int, height: int, caption_rows: int, view: WallView) -> Rows:
    """The last sixty minutes by five."""
    offered = sum(each.offered for each in snapshot.last_hour)
    missed = sum(each.missed for each in snapshot.last_hour)
    told_to_ms = view.told_to_ms(snapshot)
    said, shorter = missed_words(offered, missed, view), missed_briefly(missed)
    if told_to_ms is not None:
        said, shorter = old_words(told_to_ms, view), old_briefly(told_to_ms, view)
    title = two_captions("LAST HOUR", said, shorter, width, caption_rows, view.pen)

    def label(each: Slice) -> str:
        return clock_words(each.started_ms, view.base.zone) if each.started_ms % _TICK_MS == 0 else ""

    return (*title, *bars(snapshot.last_hour, label, width, height - caption_rows, view.pen))


def wait_tile(snapshot: WallSnapshot, width: int, height: int, caption_rows: int, view: WallView) -> Rows:
    """How long callers waited today: half of them, and nine of ten, at most."""
    title = caption("WAIT TODAY", Role.DIM, width, caption_rows, view.pen)
    room = height - caption_rows
    halves = []
    gutter = max(2, width // 12)
    each_width = (width - gutter) // 2
    told_to_ms = view.told_to_ms(snapshot)
    for name, words in (("wait_median", "half within"), ("wait_p90", "9 of 10 within")):
        figure = snapshot.figures.get(name)
        known = figure is not None and figure.value is not None
        number = clock(round(figure.value)) if figure is not None and figure.value is not None else view.base.symbols.none
        role = _wait_role(name, figure, view) if known else Role.DIM
        small_rows = caption_rows if room >= caption_rows + 5 else 1
        drawn = big_number(number, "", role, each_width, max(1, room - small_rows), view)
        if told_to_ms is not None:
            drawn = struck(drawn, view.pen)
        under = caption(words if known else "not known", Role.DIM, each_width, small_rows, view.pen)
        halves.append(block((*under, *drawn), each_width, room))
    return (*title, *beside(halves, gutter))


def _wait_role(name: str, figure: Figure | None, view: WallView) -> Role:
    limit = view.targets.wait_seconds
    if name != "wait_p90" or figure is None or figure.value is None or limit is None:
        return Role.STRONG
    return Role.BAD if figure.value > limit else Role.GOOD
