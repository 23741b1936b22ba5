"""The lines of the Stats screen: exact widths at any size, hostile names, gaps that are no zeros, bands and shades."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.metrics import ANSWER_RATE, HEADLINE, METRICS, Tally
from calls.metrics.typical import Band, TypicalHour
from calls.metrics.week import Week, WeekHour, WeekMeasure
from calls.model import Window
from calls.times import HOUR_MS
from tests.tui.fake_feed import HOSTILE, NOW_MS, ZONE
from tui.lines.line import Line, Role
from tui.lines.stats.bars import plain_bar, stacked_bar
from tui.lines.stats.figures import figure_columns, figure_header, figure_spans
from tui.lines.stats.groups import LABEL, group_columns, group_header, group_spans, label_words, sorted_groups
from tui.lines.stats.settings import settings_line
from tui.lines.stats.today import today_lines
from tui.lines.stats.values import value_role
from tui.lines.stats.week import week_lines
from tui.lines.symbols import ASCII, UNICODE
from tui.lines.view import View
from tui.stats.question import StatsQuestion
from tui.stats.snapshot import Group

VIEW = View(NOW_MS, ZONE)
KINDS = frozenset({"while1"})


def a_group(label: str, offered: int, answered: int, **more: bool) -> Group:
    tally = Tally(offered, answered, answered * 60_000, kinds=KINDS, complete_to_ms=NOW_MS)
    return Group(label, {metric.name: metric.figure(tally) for metric in HEADLINE}, **more)  # type: ignore[arg-type]


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(1, 9000), st.integers(0, 120), st.booleans())
def test_a_bar_has_its_width_and_hides_no_call(offered: int, other: int, peak: int, width: int, provisional: bool) -> None:
    answered, peak = min(offered, other), max(peak, offered)
    for symbols in (UNICODE, ASCII):
        line = Line(stacked_bar(answered, offered, peak, width, symbols, provisional=provisional))
        assert line.width == width
        assert bool(line.plain.strip()) == (offered > 0 and width > 0)
        assert Line(plain_bar(offered, peak, width, symbols)).width == width
    assert Line(stacked_bar(answered, offered, peak, width, ASCII)).plain.isascii()


@pytest.mark.parametrize("width", [20, 34, 56, 80, 120])
@pytest.mark.parametrize("label", [*HOSTILE, "", "711 Support"])
def test_a_row_of_the_table_fits_with_any_name(width: int, label: str) -> None:
    columns = group_columns([label], width)
    assert group_header(columns, "queue", "offered", True, UNICODE).width <= width
    assert Line(group_spans(a_group(label, 120, 80), "queue", columns, 120, width, VIEW)).width <= width


@pytest.mark.parametrize("width", [24, 40, 56, 62, 76, 100])
def test_a_figure_fits_its_columns(width: int) -> None:
    columns = figure_columns(width)
    assert figure_header(columns).width <= width
    before = None
    for metric in METRICS.values():
        figure = metric.figure(Tally(9, 8, 5000, kinds=KINDS, complete_to_ms=NOW_MS))
        assert Line(figure_spans(metric, before, figure, None, columns, VIEW)).width <= width
        before = metric


def test_few_calls_are_dim_and_counts_are_not() -> None:
    few, enough = (ANSWER_RATE.figure(Tally(calls, calls, kinds=KINDS, complete_to_ms=NOW_MS)) for calls in (9, 10))
    assert (value_role(few), value_role(enough)) == (Role.DIM, Role.STRONG)
    assert value_role(HEADLINE[0].figure(Tally(1, 1, kinds=KINDS, complete_to_ms=NOW_MS))) is Role.STRONG


def test_a_gap_is_a_gap_and_no_calls_are_zero() -> None:
    columns = group_columns(["Mon 23 Nov 07:00"], 80)
    gap = Line(group_spans(Group("2026-11-23T07", gap=True, until="2026-11-23T09"), "hour", columns, 9, 80, VIEW)).plain
    assert "Mon 23 Nov 07:00 to Mon 23 Nov 09:00 not cached" in gap
    assert "╌" in gap
    assert "0" not in gap.partition("not cached")[2]
    nothing = Line(group_spans(Group("2026-11-23T07"), "hour", columns, 9, 80, VIEW)).plain
    assert nothing.split()[4:7] == ["0", "0", "0"]
    assert "╌" not in nothing
    provisional = Line(group_spans(a_group("2026-11-23T10", 9, 9, provisional=True), "hour", columns, 9, 80, VIEW)).plain
    assert UNICODE.hatch in provisional
    assert UNICODE.lengths[-1] not in provisional


def test_sorting_puts_what_is_not_known_last() -> None:
    rows = [a_group("a", 3, 1), Group("gap", gap=True), a_group("b", 9, 2), a_group("c", 5, 5)]
    assert [row.label for row in sorted_groups(rows, "offered", True)] == ["b", "c", "a", "gap"]
    assert [row.label for row in sorted_groups(rows, "answer_rate", False)] == ["b", "a", "c", "gap"]
    assert sorted_groups(rows, LABEL, False) == rows


@pytest.mark.parametrize(
    ("grouping", "label", "words"),
    [
        ("hour", "2026-11-23T09", "Mon 23 Nov 09:00"),
        ("day", "2026-11-22", "Sun 22 Nov"),
        ("week", "2026-W47", "week 47, 2026"),
        ("month", "2026-11", "Nov 2026"),
        ("number", "+46701740638", "+46 70 174 06 38"),
        ("queue", "", "without a queue"),
        ("employee", "", "nobody"),
    ],
)
def test_labels_are_words(grouping: str, label: str, words: str) -> None:
    assert label_words(grouping, label) == words


@pytest.mark.parametrize("width", [20, 28, 52, 76, 120])
def test_the_map_tells_gaps_from_no_calls_at_any_width(width: int) -> None:
    hours = {(0, 9): WeekHour(40, 30, 2, 2, 20.0, 5.0), (0, 10): WeekHour(0, 0, 2, 2, 0.0, 0.0)}
    for measure in WeekMeasure:
        lines = week_lines(Week(hours), measure, (0, 9), width, UNICODE)
        assert all(line.width <= width for line in lines)
    if width >= 76:
        monday = week_lines(Week(hours), WeekMeasure.OFFERED, None, width, UNICODE)[1].plain
        assert monday.count("█") in (3, 4)
        assert "·" in monday
        assert "20" in week_lines(Week(hours), WeekMeasure.OFFERED, (0, 9), width, UNICODE)[1].plain
        assert week_lines(Week(hours), WeekMeasure.OFFERED, None, width, ASCII)[1].plain.isascii()


def test_today_stands_before_its_band_and_gaps_are_not_zero() -> None:
    start_ms = NOW_MS - NOW_MS % HOUR_MS

    def hour(step: int, offered: int | None) -> TypicalHour:
        window = Window(start_ms + step * HOUR_MS, start_ms + (step + 1) * HOUR_MS)
        return TypicalHour(window, offered, offered, Band(20.0, 15.0, 30.0, 8), 8)

    hours = [hour(-3, None), hour(-2, 40), hour(-1, 0), hour(1, None)]
    for symbols in (UNICODE, ASCII):
        view = View(NOW_MS, ZONE, symbols)
        lines = [line.plain for line in today_lines(hours, None, 40, 9, view)]
        assert lines[0].split()[0] == "40"
        bottom = lines[7]
        assert symbols.uncovered in bottom
        assert symbols.no_calls in bottom
        assert any(symbols.band in line for line in lines)
        assert any(symbols.middle in line for line in lines)
        assert all(len(line) <= 40 for line in lines)


@pytest.mark.parametrize("width", range(40, 200, 9))
def test_the_settings_are_said_at_any_width(width: int) -> None:
    line = settings_line(StatsQuestion(), width)
    assert line.width <= width
    assert "[today]" in line.plain
    assert "[hour]" in line.plain
