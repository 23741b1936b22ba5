"""The cursor of a list follows its row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.cursor import ListCursor

KEYS = st.lists(st.text("abcdefgh", min_size=1, max_size=3), unique=True, max_size=40)
MOVES = st.lists(st.integers(min_value=-50, max_value=50), max_size=5)
HEIGHTS = st.integers(min_value=1, max_value=20)


@given(KEYS, MOVES, HEIGHTS)
def test_the_chosen_row_is_always_in_sight(keys: list[str], moves: list[int], height: int) -> None:
    cursor: ListCursor[str] = ListCursor()
    cursor.update(keys)
    for move in moves:
        cursor.move(move)
        shown = cursor.show(height)
        assert len(shown) == min(height, len(keys))
        assert not keys or cursor.index in shown


@given(KEYS, st.lists(st.text("xyz", min_size=4, max_size=6), unique=True, max_size=30), st.data(), HEIGHTS)
def test_a_chosen_row_stays_chosen_and_on_its_line(keys: list[str], newer: list[str], data: st.DataObject, height: int) -> None:
    if not keys:
        return
    cursor: ListCursor[str] = ListCursor()
    cursor.update(keys)
    cursor.choose(data.draw(st.integers(min_value=0, max_value=len(keys) - 1)))
    cursor.show(height)
    key, line = cursor.key, cursor.index - cursor.offset
    cursor.update([*newer, *keys])
    cursor.show(height)
    assert cursor.key == key
    assert cursor.index - cursor.offset == line or len(keys) < height


def test_an_untouched_cursor_stays_on_the_newest() -> None:
    cursor: ListCursor[str] = ListCursor()
    cursor.update(["b", "a"])
    cursor.update(["c", "b", "a"])
    assert cursor.key == "c"
    cursor.choose(2)
    cursor.to_newest()
    cursor.update(["d", "c", "b", "a"])
    assert cursor.key == "d"


def test_a_row_that_goes_leaves_the_choice_on_its_neighbour() -> None:
    cursor: ListCursor[str] = ListCursor()
    cursor.update(["a", "b", "c"])
    cursor.choose(2)
    cursor.update(["a", "b"])
    assert cursor.key == "b"
    cursor.update([])
    assert cursor.key is None
    cursor.move(1)
    assert cursor.key is None
    cursor.update(["x"])
    assert cursor.key == "x"
