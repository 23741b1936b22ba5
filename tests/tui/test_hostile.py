"""Hostile text in every field: nothing raises, nothing acts, nothing of it reaches the terminal raw."""

from __future__ import annotations

import re
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from calls.cache.snapshots import LiveSnapshot
from calls.filters import Filter
from calls.model import Call
from tests.tui.driving import NARROW, SMALL, WIDE, driven
from tests.tui.fake_feed import HOSTILE, FakeFeed
from tui.terminal import HostileTextFilter

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f]")
BLACK = Color(0, 0, 0)


def all_hostile(snapshot: LiveSnapshot) -> LiveSnapshot:
    """The snapshot with hostile text in every field that can hold text."""
    panes = []
    for index, pane in enumerate(snapshot.panes):
        text = HOSTILE[index % len(HOSTILE)]
        calls = tuple(hostile_call(call, text) for call in pane.newest)
        employees = tuple(row._replace(employee=text, extension=text) for row in pane.employees)
        source = pane.source._replace(name=f"{text}{index}")
        state = pane.state._replace(error=text, poller=text)
        panes.append(pane._replace(source=source, newest=calls, employees=employees, state=state))
    backs = tuple(row._replace(caller=HOSTILE[1], caller_name=HOSTILE[2], providers=HOSTILE[:3]) for row in snapshot.call_backs)
    merged = tuple(call for pane in panes for call in pane.newest)
    return snapshot._replace(panes=tuple(panes), merged=merged, call_backs=backs)


def hostile_call(call: Call, text: str) -> Call:
    """The call with hostile text wherever a provider's text stands."""
    values: dict[str, Any] = {name: text for name, kind in get_type_hints(Call).items() if kind is str and name != "kind"}
    return call._replace(approximate=True, **values)


class HostileFeed(FakeFeed):
    """Answers with hostile text that no first wall has cleaned."""

    def live(self, filter: Filter, now_ms: int) -> LiveSnapshot:  # noqa: A002
        snapshot = all_hostile(super().live(filter, now_ms))
        impossible = snapshot.panes[1]._replace(impossible=HOSTILE[2] + HOSTILE[3])
        return snapshot._replace(panes=(snapshot.panes[0], impossible, *snapshot.panes[2:]))


@pytest.mark.anyio
@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL])
async def test_hostile_text_in_every_field_is_only_text(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.tui.driving.FakeFeed", HostileFeed)
    async with driven(size) as it:
        for _ in range(7):
            await it.press("j", "enter", "tab")
        assert it.app.is_running
        filters = it.app.get_line_filters()
        drawn = [
            segment.text
            for strip in it.app.screen._compositor.render_strips(it.app.size)
            for segment in strip.apply_filter(filters[-1], BLACK)
        ]
        assert "[" in "".join(drawn)
        assert not any(CONTROL.search(text) for text in drawn)


@pytest.mark.anyio
async def test_a_click_on_hostile_text_does_nothing() -> None:
    async with driven(WIDE, hostile=True) as it:
        pane = it.pane("soluno")
        row = next(y for y, line in enumerate(pane.plain_text.splitlines()) if "@click" in line)
        await it.pilot.click(pane, offset=(14, row))
        await it.rest()
        assert it.app.is_running
        assert it.app.return_code is None


@given(st.text(max_size=60))
def test_the_wall_keeps_widths_and_drops_what_must_not_pass(text: str) -> None:
    segment = Segment(text, Style(bold=True))
    (kept,) = HostileTextFilter().apply([segment], BLACK)
    assert not CONTROL.search(kept.text)
    assert cell_len(kept.text) == cell_len(text)
    assert kept.style == segment.style


@given(st.text(max_size=60))
def test_the_wall_in_ascii_lets_nothing_else_pass(text: str) -> None:
    (kept,) = HostileTextFilter(ascii_only=True).apply([Segment(text)], BLACK)
    assert kept.text.isascii()
    assert kept.text.isprintable()
    assert cell_len(kept.text) == cell_len(text)


def test_letters_lose_their_marks_rather_than_their_shape() -> None:
    (kept,) = HostileTextFilter(ascii_only=True).apply([Segment("Åsa Öberg → 長")], BLACK)
    assert kept.text == "Asa Oberg ? ??"


def test_clean_lines_pass_untouched() -> None:
    segments = [Segment("Åsa → 名前 ▁▂█"), Segment("", None, [(1,)])]  # type: ignore[list-item]
    assert HostileTextFilter().apply(segments, BLACK) is segments
