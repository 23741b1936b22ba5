"""Big text: as large as it fits, never larger; every character itself; old figures crossed out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.lines.line import Role
from tui.lines.wall.digits import LARGEST_SCALE, big, big_height, big_width, fitting_scale, struck
from tui.lines.wall.glyphs import GLYPHS, HEIGHT, can_draw
from tui.lines.wall.pens import ASCII_PEN, UNICODE_PEN, Pen

texts = st.text(st.sampled_from(sorted(GLYPHS)), min_size=1, max_size=8)
pens = st.sampled_from([UNICODE_PEN, ASCII_PEN])


def plain(rows: tuple[tuple[object, ...], ...]) -> list[str]:
    return ["".join(getattr(span, "text", "") for span in row) for row in rows]


def test_every_drawn_character_is_whole_and_unlike_the_others() -> None:
    assert all(len(glyph) == HEIGHT and len({len(row) for row in glyph}) == 1 for glyph in GLYPHS.values())
    assert all(set("".join(glyph)) <= {"#", "."} for glyph in GLYPHS.values())
    alike = {("0", "O")}
    for one, glyph in GLYPHS.items():
        same = {other for other, drawn in GLYPHS.items() if drawn == glyph and other != one}
        assert all((one, other) in alike or (other, one) in alike for other in same), (one, same)


@settings(deadline=None)
@given(text=texts, scale=st.integers(1, LARGEST_SCALE), pen=pens)
def test_it_has_the_size_that_was_foretold(text: str, scale: int, pen: Pen) -> None:
    rows = plain(big(text, scale, Role.TEXT, pen))
    assert len(rows) == big_height(scale)
    assert {len(row) for row in rows} == {big_width(text, scale)}


@settings(deadline=None)
@given(text=texts, width=st.integers(0, 240), height=st.integers(0, 40), pen=pens)
def test_it_is_as_large_as_it_fits(text: str, width: int, height: int, pen: Pen) -> None:
    scale = fitting_scale(text, width, height, pen)
    step = 1 if pen.half_blocks else 2
    if scale:
        assert big_width(text, scale) <= width
        assert big_height(scale) <= height
    if scale + step <= LARGEST_SCALE:
        assert big_width(text, scale + step) > width or big_height(scale + step) > height


@settings(deadline=None)
@given(text=st.text(max_size=12), scale=st.sampled_from([2, 4]))
def test_in_ascii_it_is_ascii(text: str, scale: int) -> None:
    if can_draw(text) and text:
        assert all(row.isascii() for row in plain(big(text, scale, Role.TEXT, ASCII_PEN)))


def test_text_that_cannot_be_drawn_has_no_scale() -> None:
    assert fitting_scale("名前", 200, 40, UNICODE_PEN) == 0
    assert fitting_scale("", 200, 40, UNICODE_PEN) == 0


@pytest.mark.parametrize("pen", [UNICODE_PEN, ASCII_PEN])
def test_an_old_figure_is_crossed_out_from_side_to_side(pen: Pen) -> None:
    rows = struck(big("81", 4, Role.BAD, pen), pen)
    middle = rows[len(rows) // 2]
    text = "".join(span.text for span in middle)
    assert len(text) == big_width("81", 4)
    # What was empty is the line, and the strokes are left: an 8 whose middle goes would be read as a 0.
    assert pen.strike in text
    assert " " not in text
    whole = plain(big("81", 4, Role.BAD, pen))[len(rows) // 2]
    assert text.replace(pen.strike, " ") == whole
    assert not {span.role for row in rows for span in row} & {Role.BAD, Role.STRONG, Role.GOOD}


@pytest.mark.parametrize(("character", "corner"), [("8", " "), ("7", "█"), ("L", "█")])
def test_round_digits_are_round_where_there_is_room(character: str, corner: str) -> None:
    assert plain(big(character, 8, Role.TEXT, UNICODE_PEN))[0][0] == corner
