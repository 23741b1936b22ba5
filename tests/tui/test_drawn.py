"""Only the cells that differ are painted again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from tui.lines.line import Ground, Line, Role, Span
from tui.themes import DARK
from tui.widgets.drawn import Drawn

pytestmark = pytest.mark.anyio


class Lines(Drawn):
    """Draws what it is given, and writes down what is painted."""

    def __init__(self, *lines: Line) -> None:
        super().__init__()
        self.given: Sequence[Line] = lines
        self.painted: list[tuple[Region, ...]] = []

    def draw(self, width: int, height: int) -> Sequence[Line]:
        return self.given

    def refresh(self, *regions: Region, **options: Any) -> Any:
        self.painted.append(regions)
        return super().refresh(*regions, **options)

    def change(self, *lines: Line) -> list[tuple[Region, ...]]:
        self.painted.clear()
        self.given = lines
        self.redraw()
        return self.painted


class LinesApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.lines = Lines(line("one"), line("two"))

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        yield self.lines


def line(text: str, role: Role = Role.TEXT, ground: Ground = Ground.PLAIN) -> Line:
    return Line((Span(text, role),), ground)


async def test_equal_lines_paint_nothing() -> None:
    async with LinesApp().run_test(size=(20, 4)) as pilot:
        lines = pilot.app.query_one(Lines)
        assert lines.change(line("one"), line("two")) == []
        assert lines.plain_text == "one\ntwo\n\n"


async def test_a_changed_word_paints_its_own_cells() -> None:
    async with LinesApp().run_test(size=(20, 4)) as pilot:
        lines = pilot.app.query_one(Lines)
        lines.change(line("next poll 50 s"), line("two"))
        ((region,),) = lines.change(line("next poll 45 s"), line("two"))
        assert region == Region(9, 0, 4, 1)
        assert lines.render_line(0).text == "next poll 45 s".ljust(20)


async def test_a_changed_role_paints_and_a_changed_ground_paints_the_row() -> None:
    async with LinesApp().run_test(size=(20, 4)) as pilot:
        lines = pilot.app.query_one(Lines)
        assert lines.change(line("one", Role.BAD), line("two")) == [(Region(0, 0, 4, 1),)]
        assert lines.change(line("one", Role.BAD), line("two", ground=Ground.CURSOR)) == [(Region(0, 1, 20, 1),)]


async def test_wide_characters_are_painted_whole() -> None:
    async with LinesApp().run_test(size=(20, 4)) as pilot:
        lines = pilot.app.query_one(Lines)
        lines.change(line("a名b"), line("two"))
        ((region,),) = lines.change(line("a前b"), line("two"))
        assert (region.x, region.right) == (0, 4)


async def test_lines_are_cut_and_filled_to_the_size() -> None:
    async with LinesApp().run_test(size=(5, 3)) as pilot:
        lines = pilot.app.query_one(Lines)
        lines.change(line("much too long"), line("名前名前"))
        assert [lines.render_line(y).cell_length for y in range(3)] == [5, 5, 5]
        await pilot.resize_terminal(30, 6)
        await pilot.pause()
        assert [lines.render_line(y).cell_length for y in range(6)] == [30] * 6
        assert lines.render_line(0).text.rstrip() == "much too long"
