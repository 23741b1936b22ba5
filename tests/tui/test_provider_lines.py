"""The lines of the screens of providers and missed calls keep to their width, whatever is in them."""

from __future__ import annotations

import random

import pytest

from calls.cache.holdings import Holding
from calls.cache.snapshots import CallBack, Mark, PollState, ProviderStanding, Settled
from calls.model import Source, Window
from tests.tui.fake_feed import DAY_MS, HOSTILE, MINUTE_MS, NOW_MS, ZONE, make_call
from tui.feed import FillProgress
from tui.lines.calendar import calendar_lines
from tui.lines.line import Line
from tui.lines.missed import (
    caller_call_spans,
    columns_for,
    hidden_spans,
    settled_header,
    settled_spans,
    waiting_header,
    waiting_spans,
)
from tui.lines.providers import ProviderFacts, fact_lines, table_columns, table_header, table_spans
from tui.lines.symbols import ASCII
from tui.lines.view import View

VIEW = View(NOW_MS, ZONE)
WIDTHS = (40, 48, 54, 56, 60, 66, 72, 76, 84, 96, 100, 116, 124, 140, 156, 200)
SOURCE = Source("head-office-with-a-long-name", "portsip", "Europe/Stockholm", "46")
ERROR = " ".join(HOSTILE)
DOWN = PollState(NOW_MS - DAY_MS, NOW_MS, None, NOW_MS - DAY_MS, NOW_MS - DAY_MS, ERROR, False, "host/1/x", 12_345, -90)
CALLS = [make_call(SOURCE, NOW_MS - MINUTE_MS, random.Random(seed), seed) for seed in range(6)]
HELD = Holding(
    SOURCE, 12_345_678, 99_999_999, (Window(NOW_MS - 92 * DAY_MS, NOW_MS - DAY_MS),), NOW_MS - DAY_MS, None, (("no id", 3),)
)
FACTS = ProviderFacts(ProviderStanding(SOURCE, DOWN), HELD, FillProgress("x", "failed", None, 3, 4, 5, None, 900, "503"), True)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_provider_has_a_line_of_its_width(width: int) -> None:
    columns = table_columns(width)
    assert table_header(columns).width <= width
    assert sum(span.width for span in table_spans(FACTS, columns, VIEW)) <= width
    assert "down since" in Line(table_spans(FACTS, columns, VIEW)).plain or width < 54


@pytest.mark.parametrize("width", WIDTHS)
def test_facts_and_calendar_are_whole(width: int) -> None:
    text = "\n".join(line.plain for line in fact_lines(FACTS, width, VIEW))
    assert "It is asked again when you press r." in " ".join(text.split()) or width < 60
    assert "90 seconds behind" in text
    for height in (3, 9, 12):
        lines = calendar_lines(HELD, width, height, View(NOW_MS, ZONE, ASCII))
        assert len(lines) <= max(2, height)
        assert all(line.width <= width for line in lines)
        assert all(line.plain.isascii() for line in lines)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("text", HOSTILE)
def test_missed_calls_keep_to_their_width(width: int, text: str) -> None:
    row = CallBack(
        text, text, NOW_MS - 6 * DAY_MS, NOW_MS - MINUTE_MS, 1234, (text, "soluno"), text, "check before calling back"
    )
    columns = columns_for((row,), width, VIEW)
    assert waiting_header(columns).width <= width
    assert settled_header(columns).width <= max(width, 45)
    assert sum(span.width for span in waiting_spans(row, columns, VIEW)) <= width
    by_mark = Settled(row, mark=Mark(NOW_MS, text, text))
    assert sum(span.width for span in settled_spans(by_mark, columns, width, VIEW)) <= width
    for known in CALLS:
        call = known._replace(callee=text, callee_name=text, queue=text, employee=text, provider=text)
        assert sum(span.width for span in settled_spans(Settled(row, by=call), columns, width, VIEW)) <= width
        assert sum(span.width for span in caller_call_spans(call, width, VIEW)) <= width
        assert sum(span.width for span in hidden_spans(call, width, VIEW)) <= width


def test_the_calendar_names_months_where_they_begin() -> None:
    lines = calendar_lines(HELD, 40, 9, VIEW)
    assert lines[0].plain.split()[-1] == "Nov"
