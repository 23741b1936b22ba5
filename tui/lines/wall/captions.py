"""Words on the wall: one row of text, or three rows of drawn letters where there is room for them."""

from __future__ import annotations

from tui.lines.line import Role, Span, crop
from tui.lines.wall.digits import big, big_height, big_width
from tui.lines.wall.glyphs import can_draw
from tui.lines.wall.pens import Pen
from tui.lines.wall.rows import Rows, Said, beside, block

DRAWN_ROWS = big_height(1)
_APART, _APART_DRAWN = 2, 6


def caption(text: str, role: Role, width: int, height: int, pen: Pen, *, shorter: str = "", right: bool = False) -> Rows:
    """Words in exactly `width` cells and `height` rows: drawn where they fit so, else `shorter` ones drawn, else written."""
    for words in (text, shorter):
        if words and height >= DRAWN_ROWS and can_draw(words) and big_width(words, 1) <= width:
            return block(big(words, 1, role, pen), width, height, right=right)
    above = max(0, height - 1) // 2
    written = ((Span(crop(text, width, pen.cut), role),),)
    return (*block((), width, above), *block(written, width, height - above, right=right))


def two_captions(title: str, said: Said, shorter: str, width: int, height: int, pen: Pen) -> Rows:
    """A title at the left and what is said of it at the right, in few words where many do not fit, or not at all."""
    drawn = height >= DRAWN_ROWS and can_draw(title)
    apart = _APART_DRAWN if drawn else _APART
    own = big_width(title, 1) if drawn else len(title)
    for words in (said[0], shorter):
        need = (big_width(words, 1) if can_draw(words) else width) if drawn else len(words)
        if words and own + apart + need <= width:
            left = caption(title, Role.DIM, width - need, height, pen)
            return beside((left, caption(words, said[1], need, height, pen, right=True)))
    return caption(title, Role.DIM, width, height, pen)
