"""The Stats screen over a real cache: what it shows equals what the cache tells, and every key does its work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from calls.cache.reader import Reader
from calls.filters import Filter, parse
from calls.metrics import HEADLINE, METRICS, Figure
from screenshots import data
from tests.tui.driving import NARROW, SMALL, WIDE, Driven
from tests.tui.filled import driven_over, filled_cache
from tui.cache_feed import CacheFeed
from tui.lines.stats.values import value_words
from tui.lines.symbols import UNICODE
from tui.screens.stats import StatsScreen

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled_cache(tmp_path_factory.mktemp("stats"))


@asynccontextmanager
async def on_stats(
    cache: Path, size: tuple[int, int] = WIDE, *, ascii_only: bool = False
) -> AsyncIterator[tuple[Driven[CacheFeed], StatsScreen]]:
    """The interface on the Stats screen with everything read."""
    async with driven_over(cache, size, ascii_only=ascii_only) as it:
        await it.press("3")
        screen = it.app.current_screen
        assert isinstance(screen, StatsScreen)
        await rest(it, screen)
        yield it, screen


async def rest(it: Driven[CacheFeed], screen: StatsScreen) -> None:
    """Waits until what was asked last is answered."""
    await it.rest()

    def answered() -> bool:
        return screen.ready and not screen.asking and screen.snapshot.question == screen.question()

    await it.until(lambda: answered() and it.app.focused is not None)
    await it.rest()


def figures(cache: Path, text: str) -> dict[str, Figure]:
    reader = Reader(cache)
    try:
        return reader.figures(parse(text), data.NOW_MS, list(METRICS.values()))[""]
    finally:
        reader.close()


async def test_every_figure_of_today_is_that_of_the_cache(cache: Path) -> None:
    async with on_stats(cache) as (_, screen):
        text = screen.grid.figures.plain_text
        lines = text.replace(UNICODE.cursor, " ").splitlines()
        expected = figures(cache, "on:today")
        for name, metric in METRICS.items():
            title = metric.title.rpartition(", ")[2]
            line = next(line for line in lines if f" {title} " in line)
            assert f" {value_words(expected[name], UNICODE)} " in line
        assert f"{expected['answer_rate'].numerator}/{expected['answer_rate'].denominator}" in text
        assert "today" in text
        assert "complete to" in text


async def test_periods_are_chosen_by_keys_and_the_filter_s_own_time_wins(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        for _ in range(2):
            await it.press("greater_than_sign")
        await rest(it, screen)
        expected = figures(cache, "on:-6d..today")["offered"]
        assert "figures  7 days" in screen.grid.figures.plain_text
        assert f" {value_words(expected, UNICODE)} " in screen.grid.figures.plain_text
        await it.press("less_than_sign")
        assert "[yesterday]" in it.screen_text()
        screen.apply_filter("on:yesterday status:missed")
        await rest(it, screen)
        assert "the filter's time" in screen.grid.figures.plain_text
        assert value_words(figures(cache, "on:yesterday status:missed")["offered"], UNICODE) in screen.grid.figures.plain_text
        await it.press("greater_than_sign")
        assert "names its own time" in screen.status._bottom.status_text


async def test_groupings_show_the_headline_of_every_group(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        seen = []
        reader = Reader(cache)
        for _ in range(9):
            grouping = screen.grid.groups.grouping
            seen.append(grouping)
            expected = reader.figures(parse("on:today"), data.NOW_MS, HEADLINE, grouping)
            snapshot = screen.snapshot
            shown = {group.label: dict(group.figures) for group in snapshot.groups.rows if group.figures}
            assert shown == expected
            await it.press("b")
            await rest(it, screen)
        reader.close()
        assert seen == ["hour", "day", "week", "month", "weekday", "queue", "employee", "number", "provider"]
        assert screen.grid.groups.grouping == "hour"
        await it.press("B")
        await rest(it, screen)
        assert screen.grid.groups.grouping == "provider"
        assert "telecomx" in screen.grid.groups.plain_text


async def test_a_table_is_sorted_by_any_column_and_turned(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        for _ in range(5):
            await it.press("b")
        await rest(it, screen)
        pane = screen.grid.groups
        assert (pane.grouping, pane.sort) == ("queue", ("offered", True))

        def values(name: str) -> list[float]:
            return [value for row in pane._rows if (value := row.figures[name].value) is not None]

        assert values("offered") == sorted(values("offered"), reverse=True)
        await it.press("s")
        assert "answered↓" in pane.plain_text
        assert values("answered") == sorted(values("answered"), reverse=True)
        await it.press("S")
        assert "answered↑" in pane.plain_text
        assert values("answered") == sorted(values("answered"))


async def test_the_map_of_the_week_moves_and_changes_what_it_shows(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        await it.press("tab", "tab")
        week = screen.grid.week
        assert it.app.focused is week
        await it.press("g", *["right"] * 9)
        expected = screen.snapshot.week.hours[0, 9]
        assert f"{expected.answered}/{expected.offered}" in screen.status._bottom.status_text
        assert "Mon 09:00 to 10:00" in screen.status._bottom.status_text
        await it.press("m")
        assert "answer rate" in week.plain_text
        # Nothing is cached of most of the week.
        assert "╌" in week.plain_text


async def test_a_narrow_terminal_has_tabs_and_every_pane(cache: Path) -> None:
    for size in (NARROW, SMALL):
        async with on_stats(cache, size) as (it, screen):
            assert screen.grid.alone
            for pane in screen.grid.panes:
                assert [other for other in screen.grid.panes if other.display] == [pane]
                assert pane.size.width == size[0]
                assert len(pane.plain_text.splitlines()) >= 6
                await it.press("tab")
            assert "[figures]" in it.screen_text()


async def test_ascii_is_ascii(cache: Path) -> None:
    async with on_stats(cache, ascii_only=True) as (it, screen):
        for _ in screen.grid.panes:
            assert it.screen_text().isascii()
            await it.press("tab")


async def test_without_a_cache_the_screen_waits(tmp_path: Path) -> None:
    async with driven_over(tmp_path / "none.db") as it:
        await it.press("3")
        screen = it.app.current_screen
        await it.until(lambda: screen.ready)
        assert isinstance(screen, StatsScreen)
        assert screen.snapshot.figures == {}


async def test_the_filter_of_the_other_screens_holds_here_too(cache: Path) -> None:
    async with driven_over(cache) as it:
        it.live.apply_filter("direction:out")
        await it.press("3")
        screen = it.app.current_screen
        assert isinstance(screen, StatsScreen)
        await rest(it, screen)
        expected = figures(cache, "direction:out on:today")["offered"]
        assert screen.snapshot.figures["offered"] == expected
        assert screen.question().wanted == parse("direction:out") != Filter()
