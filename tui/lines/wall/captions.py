"""Words on the wall: one row of text, or three rows of drawn letters where there is room for them."""

from __future__ import annotations

from tui.lines.line import Role, Span, crop
from tui.lines.wall.digits import big, big_height, big_width
from tui.lines.wall.glyphs import can_draw
from tui.lines.wall.pens import Pen
from tui.lines.wall.rows import Rows, block

DRAWN_ROWS = big_height(1)


def caption(text: str, role: Role, width: int, height: int, pen: Pen, *, right: bool = False) -> Rows:
    """Words in exactly `width` cells and `height` rows: drawn where they fit so, else written."""
    if height >= DRAWN_ROWS and can_draw(text) and big_width(text, 1) <= width:
        return block(big(text, 1, role, pen), width, height, right=right)
    above = max(0, height - 1) // 2
    written = ((Span(crop(text, width, pen.cut), role),),)
    return (*block((), width, above), *block(written, width, height - above, right=right))


def two_captions(first: tuple[str, Role], second: tuple[str, Role], width: int, height: int, pen: Pen) -> Rows:
    """Words at the left and others at the right of one line; where both do not fit, the second are left out."""
    drawn = height >= DRAWN_ROWS and can_draw(first[0]) and can_draw(second[0])
    need = big_width(second[0], 1) if drawn and second[0] else len(second[0])
    left = (big_width(first[0], 1) if drawn else len(first[0])) + 2
    if drawn and left + need > width:
        drawn, need, left = False, len(second[0]), len(first[0]) + 2
    if not second[0] or left + need > width:
        return caption(first[0], first[1], width, height, pen)
    rows = DRAWN_ROWS if drawn else 1
    one = caption(first[0], first[1], width - need, rows, pen)
    other = caption(second[0], second[1], need, rows, pen, right=True)
    whole = tuple((*a, *b) for a, b in zip(one, other, strict=True))
    above = max(0, height - rows) // 2
    return (*block((), width, above), *block(whole, width, height - above))
