"""The Stats screen over a real cache: what it shows equals what the cache tells, and every key does its work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from calls.cache.reader import Reader
from calls.cache.readings import PastReading
from calls.filters import Filter, parse
from calls.metrics import GROUPINGS, HEADLINE, METRICS, Figure, Thresholds
from calls.model import Window
from screenshots import data
from tests.tui.driving import NARROW, SMALL, WIDE, Driven
from tests.tui.filled import driven_over, filled_cache
from tui.cache_feed import CacheFeed
from tui.lines.stats.values import value_words
from tui.lines.symbols import UNICODE
from tui.screens.stats import StatsScreen
from tui.stats.question import StatsQuestion
from tui.stats.reading import moments_of, read_groups, read_stats
from tui.stats.snapshot import StatsSnapshot

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


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_a_table_has_the_headline_of_every_group(cache: Path, grouping: str) -> None:
    with closing(Reader(cache)) as reader:
        expected = reader.figures(parse("on:today"), data.NOW_MS, HEADLINE, grouping)
        groups = read_groups(reader, StatsQuestion(grouping=grouping), data.NOW_MS)
    assert {group.label: dict(group.figures) for group in groups.rows if group.figures} == expected
    assert set(groups.left_out) == ({"telecomx"} if grouping in ("queue", "number") else set())


async def test_groupings_are_chosen_by_keys_on_and_back(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        seen = []
        for _ in range(9):
            seen.append(screen.question().grouping)
            await it.press("b")
        assert seen == ["hour", "day", "week", "month", "weekday", "queue", "employee", "number", "provider"]
        assert screen.question().grouping == "hour"
        await it.press("B")
        await rest(it, screen)
        assert screen.grid.groups.label == "by provider"
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


async def test_a_figure_is_explained_and_leads_to_its_calls(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        await it.press("j", "j", "j", "enter")
        await rest(it, screen)
        lens = screen.grid.lens
        metric = METRICS["answer_rate"]
        expected = figures(cache, "on:today")["answer_rate"]
        text = " ".join(lens.plain_text.split())
        assert it.app.focused is lens
        assert lens.plain_text.splitlines()[0].startswith("┏━ Answer rate")
        assert metric.definition in text
        assert f"{expected.numerator} / {expected.denominator} = " in text
        assert f"numerator {expected.numerator} calls → on:today direction:in status:answered" in text
        assert "telecomx counts" in text
        for provider in ("soluno", "dstny", "telecomx", "portsip", "while1"):
            assert provider in text
        while lens.row_chosen.target != "on:today direction:in status:answered":
            await it.press("j")
        assert "enter lists these calls" in screen.status._bottom.status_text
        await it.press("enter")
        await it.until(lambda: it.app.current_screen.id == "calls")
        assert screen.filter.text == "on:today direction:in status:answered"


async def test_the_lens_follows_the_figures_and_closes(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        await it.press("enter")
        await rest(it, screen)
        await it.press("tab")
        assert it.app.focused is screen.grid.figures
        await it.press("j", "j")
        await rest(it, screen)
        assert "Missed calls" in screen.grid.lens.plain_text.splitlines()[0]
        await it.press("escape")
        await rest(it, screen)
        assert not screen.grid.lens_open
        assert screen.grid.groups.display
        assert screen.question().explained == ""


async def test_the_variants_of_the_service_level_stand_side_by_side_under_any_threshold(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        names = list(METRICS)
        await it.press(*["j"] * names.index("service_level"), "enter")
        await it.press(*["plus"] * 2, *["right_parenthesis"] * 3)
        await rest(it, screen)
        assert screen.question().thresholds == Thresholds(30, 8)
        assert "in time: 30 s" in it.screen_text()
        reader = Reader(cache)
        expected = reader.figures(parse("on:today"), data.NOW_MS, list(METRICS.values()), None, Thresholds(30, 8))[""]
        reader.close()
        assert screen.snapshot.figures == expected
        await it.press("G")
        text = screen.grid.lens.plain_text
        for name in METRICS["service_level"].variants:
            assert f"{METRICS[name].title[:36]}" in text
            assert value_words(expected[name], UNICODE) in text
        while screen.grid.lens.row_chosen.target != "service_level_handled":
            await it.press("k")
        await it.press("enter")
        await rest(it, screen)
        assert "answered only" in screen.grid.lens.plain_text.splitlines()[0]
        await it.press("minus", "left_parenthesis")
        assert screen.question().thresholds == Thresholds(25, 7)


async def test_what_is_chosen_in_the_table_and_on_the_map_becomes_the_filter(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        await it.press("tab", "G", "enter")
        await rest(it, screen)
        label = screen.grid.groups.group
        assert screen.filter.text.startswith("on:2026-11-23T")
        assert label is not None
        await it.press("escape")
        await rest(it, screen)
        await it.press("tab", "g", "right", "enter")
        await rest(it, screen)
        assert screen.filter.text == "on:-27d..today weekday:mon hour:1"
        await it.press("escape")
        await rest(it, screen)
        await it.press("tab", "enter")
        await rest(it, screen)
        assert screen.filter.text.startswith("from:2026-11-23T")


async def test_patience_and_staffing_are_those_of_the_cache(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        reader = Reader(cache)
        patience = reader.patience(parse("on:today"), data.NOW_MS)
        reader.close()
        assert patience is not None
        assert screen.snapshot.patience == patience
        await it.press("shift+tab", "shift+tab")
        pane = screen.grid.patience
        assert it.app.focused is pane
        assert f"{patience.abandoned_calls} hung up" in pane.plain_text
        assert f"{(patience.points[3].gone or 0) * 100:.0f} %" in pane.plain_text
        await it.press("tab")
        assert screen.grid.staffing.plain_text.count("E ") >= 5
        assert "Erlang C" in screen.status._bottom.status_text


async def test_what_is_not_asked_anew_stays_while_the_rest_is_read(cache: Path) -> None:
    async with on_stats(cache) as (_, screen):
        whole: StatsSnapshot = screen.snapshot
        other = StatsSnapshot(replace(whole.question, grouping="day"), 0, whole.standing, (), {})
        merged = other.over(whole)
        assert merged.groups is None
        assert (merged.figures, merged.week, merged.typical) == (whole.figures, whole.week, whole.typical)
        narrowed = replace(other, question=replace(whole.question, wanted=parse("status:missed"))).over(whole)
        assert narrowed.figures == {}
        assert (narrowed.week, narrowed.patience, narrowed.typical, narrowed.lens) == (None, None, None, None)


async def test_one_goes_back_poll_by_poll_and_sees_what_was_known_then(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        now: StatsSnapshot = screen.snapshot
        newest, before = now.moments
        assert newest - before >= 9 * 60_000
        await it.press("left_square_bracket")
        assert "AS OF 10:30" in it.screen_text()
        await rest(it, screen)
        then: StatsSnapshot = screen.snapshot
        with closing(Reader(cache)) as reader, TemporaryDirectory() as folder:
            past, _ = reader.as_of(before, data.derivers(), Path(folder))
            with closing(past):
                expected = past.figures(parse("on:today"), before, list(METRICS.values()))[""]
                groups = past.figures(parse("on:today"), before, HEADLINE, "hour")
        assert then.figures == expected
        assert then.groups is not None
        assert {group.label: dict(group.figures) for group in then.groups.rows if group.figures} == groups
        assert then.figures["offered"].numerator < now.figures["offered"].numerator
        assert f" {value_words(expected['offered'], UNICODE)} " in screen.grid.figures.plain_text
        # What stands in the header is the present.
        assert then.standing == now.standing
        await it.press("left_square_bracket")
        assert "no earlier poll is known" in screen.status._bottom.status_text
        await it.press("right_square_bracket")
        await rest(it, screen)
        assert "AS OF" not in it.screen_text()
        assert screen.snapshot.figures == now.figures
        await it.press("right_square_bracket")
        assert "this is the present" in screen.status._bottom.status_text
        await it.press("left_square_bracket", "n")
        await rest(it, screen)
        assert screen.question().as_of_ms is None


def test_readings_of_one_round_are_one_moment() -> None:
    none = Window(0, 0)
    readings = [PastReading(ms * 1000, "soluno", none, None, 0, 0) for ms in (900, 899, 880, 600, 590, 300)]
    assert moments_of(readings) == (900_000, 600_000, 300_000)
    assert moments_of([]) == ()


def test_a_past_that_nobody_can_derive_is_said_to_be_left_out(cache: Path) -> None:
    feed = CacheFeed(cache)
    moments = feed.read(lambda reader: moments_of(reader.polls()))
    *_, last = read_stats(feed, StatsQuestion(as_of_ms=moments[1]), data.NOW_MS)
    assert set(last.left_out) == {"soluno", "dstny", "telecomx", "portsip", "while1"}
    assert {figure.value for figure in last.figures.values()} == {None}
    assert last.groups is not None
    assert all(group.gap for group in last.groups.rows)
    folder = feed._past._folder.name  # type: ignore[union-attr]
    assert Path(folder).exists()
    feed.close()
    assert not Path(folder).exists()
