"""Big text: the drawn letters and digits at any scale, in half blocks or in ASCII, struck through when they are old."""

from __future__ import annotations

from itertools import zip_longest

from tui.lines.line import Role, Span
from tui.lines.wall.glyphs import GLYPHS, HEIGHT, ROUND, Glyph, can_draw
from tui.lines.wall.pens import Pen
from tui.lines.wall.rows import Rows

LARGEST_SCALE = 12
# From this scale on a corner of a round digit loses a pixel.
_ROUNDED_FROM = 2


def big_width(text: str, scale: int) -> int:
    """Cells that a text takes at a scale; its characters stand one pixel apart."""
    widths = [len(GLYPHS[character][0]) for character in text.upper()]
    return scale * (sum(widths) + max(0, len(widths) - 1))


def big_height(scale: int) -> int:
    """Rows that a text takes at a scale: two pixels a row."""
    return -(-HEIGHT * scale // 2)


def fitting_scale(text: str, width: int, height: int, pen: Pen) -> int:
    """The largest scale at which a text fits into `width` cells and `height` rows; 0 when it has to be written small.

    ASCII has no half blocks, so that only even scales can be drawn in it.
    """
    if not text or not can_draw(text):
        return 0
    step = 1 if pen.half_blocks else 2
    fitting = (
        scale
        for scale in range(step, LARGEST_SCALE + 1, step)
        if big_width(text, scale) <= width and big_height(scale) <= height
    )
    return max(fitting, default=0)


def big(text: str, scale: int, role: Role, pen: Pen) -> Rows:
    """The rows of a text at a scale. Raises KeyError for a character that is not drawn (`can_draw`)."""
    pixels = _pixels(text.upper(), scale)
    full, upper, lower = tuple(pen.half_blocks) or ("#", "#", "#")
    blocks = {(True, True): full, (True, False): upper, (False, True): lower, (False, False): " "}
    nothing = [False] * (len(pixels[0]) if pixels else 0)
    return tuple(
        (Span("".join(blocks[pair] for pair in zip(top, bottom, strict=True)), role),)
        for top, bottom in zip_longest(pixels[::2], pixels[1::2], fillvalue=nothing)
    )


def struck(rows: Rows, pen: Pen, role: Role = Role.LATE) -> Rows:
    """The rows with a line through their middle, the rest of them faint: what they say is old.

    The line fills what is empty and leaves the strokes, or an 8 would become a 0.
    """
    middle = len(rows) // 2
    return tuple(
        (Span("".join(span.text for span in row).replace(" ", pen.strike), role),)
        if index == middle
        else tuple(Span(span.text, Role.DIM) for span in row)
        for index, row in enumerate(rows)
    )


def _pixels(text: str, scale: int) -> list[list[bool]]:
    """The pixels of a text, row by row."""
    rows: list[list[bool]] = [[] for _ in range(HEIGHT * scale)]
    for number, character in enumerate(text):
        glyph = GLYPHS[character]
        for y, row in enumerate(rows):
            if number:
                row += [False] * scale
            row += [_lit(glyph, x, y, scale, character in ROUND) for x in range(len(glyph[0]) * scale)]
    return rows


def _lit(glyph: Glyph, x: int, y: int, scale: int, rounded: bool) -> bool:
    column, row = x // scale, y // scale
    if not _on(glyph, column, row):
        return False
    return not (rounded and scale >= _ROUNDED_FROM and _is_corner(glyph, x, y, scale))


def _is_corner(glyph: Glyph, x: int, y: int, scale: int) -> bool:
    """Whether a pixel is the outermost of a bend, which is cut off to make it round."""
    cut = max(1, scale // 4)
    column, row, right, down = x // scale, y // scale, x % scale, y % scale
    for side, near_side in ((-1, right), (1, scale - 1 - right)):
        for end, near_end in ((-1, down), (1, scale - 1 - down)):
            outer = not _on(glyph, column + side, row) and not _on(glyph, column, row + end)
            bends = _on(glyph, column - side, row) and _on(glyph, column, row - end)
            if outer and bends and near_side + near_end < cut:
                return True
    return False


def _on(glyph: Glyph, column: int, row: int) -> bool:
    return 0 <= row < len(glyph) and 0 <= column < len(glyph[0]) and glyph[row][column] == "#"
