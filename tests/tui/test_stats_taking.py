"""What is taken out of the Stats screen: the figures or the table as a file, and the chosen figure as a copy."""

from __future__ import annotations

import csv
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from calls.cache.reader import Reader
from calls.filters import parse
from calls.metrics import HEADLINE, METRICS, Figure
from screenshots import data
from tests.tui.filled import filled_cache
from tests.tui.test_exporting import exported, here, status
from tests.tui.test_stats_screen import on_stats, rest
from tui.exporting import Target
from tui.stats.export import figures_export, groups_export
from tui.stats.snapshot import Group, Groups, StatsSnapshot

pytestmark = pytest.mark.anyio
__all__ = ["here"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled_cache(tmp_path_factory.mktemp("taking"))


def figures(cache: Path, grouping: str | None = None) -> dict[str, dict[str, Figure]]:
    with closing(Reader(cache)) as reader:
        metrics = HEADLINE if grouping else list(METRICS.values())
        return reader.figures(parse("on:today"), data.NOW_MS, metrics, grouping)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def parts(figure: Figure) -> tuple[str, str, str]:
    return str(figure.numerator), str(figure.denominator), figure.grade.word


async def test_every_figure_is_exported_with_its_parts_and_grade(cache: Path, here: Path) -> None:
    async with on_stats(cache) as (it, _):
        await exported(it)
        path = here / "figures-2026-11-23.csv"
        assert status(it) == f"{len(METRICS)} figures in {path}"
    rows, expected = rows_of(path), figures(cache)[""]
    assert [row["metric"] for row in rows] == list(METRICS)
    assert {row["group"] for row in rows} == {"all"}
    for row in rows:
        assert (row["numerator"], row["denominator"], row["grade"]) == parts(expected[row["metric"]])


async def test_the_table_is_exported_in_the_order_shown(cache: Path, here: Path) -> None:
    async with on_stats(cache) as (it, screen):
        await it.press("tab", "B")
        await rest(it, screen)
        await it.press("s")
        order = [group.label for group in screen.grid.groups.ordered]
        await exported(it)
    rows, expected = rows_of(here / "figures-by-provider-2026-11-23.csv"), figures(cache, "provider")
    assert list(dict.fromkeys(row["group"] for row in rows)) == order
    assert set(order) == set(expected)
    for row in rows:
        assert (row["numerator"], row["denominator"], row["grade"]) == parts(expected[row["group"]][row["metric"]])


async def test_the_chosen_figure_is_copied_with_its_parts_grade_and_time(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        await it.press("j", "j", "j")
        name = screen.grid.figures.metric.name
        figure = figures(cache)[""][name]
        await it.press("y")
        assert it.app.clipboard.startswith(f"{METRICS[name].title} {figure.text()}, ")
        assert it.app.clipboard.endswith(", today")
        assert f"copied {METRICS[name].title}, if the terminal allows it" in status(it)
        await it.press("enter")
        await rest(it, screen)
        screen._explain("missed")
        await it.press("y")
        assert it.app.clipboard.startswith(f"{METRICS['missed'].title} {figures(cache)['']['missed'].text()}, ")


async def test_elsewhere_the_sentence_about_what_is_chosen_is_copied(cache: Path) -> None:
    async with on_stats(cache) as (it, screen):
        await it.press("tab", "B")
        await rest(it, screen)
        await it.press("y")
        group = screen.grid.groups.group
        assert group is not None
        assert it.app.clipboard == screen.grid.groups.detail()
        assert group.figures["answer_rate"].text() in it.app.clipboard


async def test_nothing_is_exported_before_it_is_counted(cache: Path, tmp_path: Path) -> None:
    async with on_stats(cache) as (_, screen):
        whole = screen.snapshot
    assert isinstance(whole, StatsSnapshot)
    headline = {metric.name: whole.figures[metric.name] for metric in HEADLINE}
    early = replace(whole, figures=headline, groups=None)
    assert figures_export(early) is None
    assert groups_export(early, ()) is None
    gap, known = Group("2026-11-22T00", gap=True), Group("2026-11-22T01", headline)
    export = groups_export(replace(whole, groups=Groups("hour", (gap, known), {})), (gap, known))
    assert export is not None
    path = tmp_path / "hours.csv"
    with closing(Reader(cache)) as reader:
        assert export.write(reader, Target(path, "csv"), lambda _rows: None) == len(HEADLINE)
    assert {row["group"] for row in rows_of(path)} == {known.label}


async def test_without_a_cache_there_is_nothing_to_take(tmp_path: Path) -> None:
    async with on_stats(tmp_path / "none.db") as (it, _):
        await it.press("e")
        assert status(it) == "there is nothing to export here"
        await it.press("y")
        assert "nothing to copy here" in status(it)
