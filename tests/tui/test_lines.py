"""Lines of cells: cutting, aligninging, wrapping, whatever the characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.lines.frame import body_line, bottom_edge, top_edge
from tui.lines.line import Line, Role, Span, crop, crop_spans, gap, left, right, wrap
from tui.lines.symbols import ASCII, UNICODE

TEXTS = st.text(alphabet=st.sampled_from("abc Åß→名前長🙂é\u0301"), max_size=30)
SPANS = st.lists(st.builds(Span, TEXTS, st.sampled_from(list(Role))), max_size=5)
WIDTHS = st.integers(min_value=0, max_value=40)


@given(TEXTS, WIDTHS)
def test_a_cut_text_fits_and_a_whole_one_stays(text: str, width: int) -> None:
    cut = crop(text, width)
    assert cell_len(cut) <= width
    if cell_len(text) <= width:
        assert cut == text or width == 0


@given(TEXTS, WIDTHS)
def test_aligned_texts_have_exactly_their_width(text: str, width: int) -> None:
    assert cell_len(left(text, width)) == width
    assert cell_len(right(text, width)) == width


def test_numbers_stand_right_and_words_left_with_the_cut_marked() -> None:
    assert right("42", 5) == "   42"
    assert left("ab", 4) == "ab  "
    assert left("abcdef", 4) == "abc…"
    assert left("名前長い", 5) == "名前…"
    assert crop("abcdef", 4, "~") == "abc~"


@given(SPANS, WIDTHS)
def test_cut_spans_fit_and_keep_roles(spans: list[Span], width: int) -> None:
    cut = crop_spans(spans, width)
    assert sum(span.width for span in cut) <= width
    assert all(span.role in {original.role for original in spans} for span in cut)
    if sum(span.width for span in spans) <= width:
        assert cut == tuple(spans)


@given(st.text(alphabet="ab ", max_size=80), st.integers(min_value=1, max_value=20), st.integers(min_value=1, max_value=4))
def test_wrapped_rows_fit_and_lose_nothing_but_the_marked_end(text: str, width: int, lines: int) -> None:
    rows = wrap(text, width, lines)
    assert len(rows) <= lines
    assert all(cell_len(row) <= width for row in rows)
    if rows and "…" not in "".join(rows) and width > 1:
        assert " ".join(rows).split() == text.split()


@given(SPANS, st.integers(min_value=12, max_value=60), st.booleans())
def test_frames_are_as_wide_as_their_pane(spans: list[Span], width: int, focused: bool) -> None:
    for symbols in (UNICODE, ASCII):
        assert top_edge(spans, width, focused, symbols).width == width
        assert bottom_edge(spans, width, focused, symbols).width == width
        assert body_line(Line(tuple(spans)), width, focused, symbols, cursor=focused).width == width


def test_focus_and_choice_are_told_without_colour() -> None:
    title = (Span("soluno"),)
    assert top_edge(title, 30, True, UNICODE).plain != top_edge(title, 30, False, UNICODE).plain
    assert top_edge(title, 30, True, ASCII).plain != top_edge(title, 30, False, ASCII).plain
    row = Line((Span("10:39"),))
    assert "›" in body_line(row, 30, True, UNICODE, cursor=True).plain
    assert ">" in body_line(row, 30, True, ASCII, cursor=True).plain
    assert gap(3).text == "   "


def test_both_alphabets_have_the_same_widths_and_one_is_ascii() -> None:
    for name in UNICODE._fields:
        one, other = getattr(UNICODE, name), getattr(ASCII, name)
        assert other.isascii()
        if name == "lengths":
            # Steps of a bar's last cell, of which ASCII has one: each is a cell wide.
            assert {cell_len(step) for step in one + other} == {1}
        elif name != "at_least":
            assert cell_len(one) == cell_len(other), name
