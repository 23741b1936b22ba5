"""The pages of the wall: exactly as large as the screen, true in words whatever the colours, and without a name or a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.cache.wall_snapshot import SavedPage, Slice, WallSnapshot
from calls.text import mask_number
from tests.tui.fake_feed import HOSTILE, MINUTE_MS, NOW_MS
from tests.tui.wall.snapshots import SOURCES, figures, firing, provider, silent, snapshot, waiting, wall_view
from tui.lines.line import Role
from tui.lines.wall.bars import bars
from tui.lines.wall.call_backs import call_backs_page
from tui.lines.wall.frame import alarm_rows, foot_words, head_line
from tui.lines.wall.pages import hours_page, providers_page, saved_page
from tui.lines.wall.pens import ASCII_PEN, UNICODE_PEN
from tui.lines.wall.rows import Rows, width_of
from tui.lines.wall.today import today_page
from tui.lines.wall.view import Targets, WallView

Page = Callable[[WallSnapshot, WallView, int, int], Rows]
PAGES: dict[str, Page] = {
    "today": today_page,
    "call-backs": call_backs_page,
    "hours": hours_page,
    "providers": providers_page,
    "saved": lambda shown, view, width, height: saved_page(shown.saved[0], shown, view, width, height),
}
SIZES = ((56, 14), (76, 20), (156, 41), (236, 63), (100, 12), (30, 8))
DOWN = {"failing_since_ms": NOW_MS - 30 * MINUTE_MS, "error": "401, check the token"}
STATES: dict[str, WallSnapshot] = {
    "normal": snapshot(),
    "nothing": WallSnapshot(NOW_MS, saved=(SavedPage("x"),)),
    "empty": snapshot(figures=figures(0, 0, None), call_backs=(), call_back_count=0, last_hour=(), hours=()),
    "late": snapshot(providers=tuple(provider(source, 90) for source in SOURCES)),
    "down": snapshot(providers=(provider(SOURCES[0], 40, **DOWN), *(provider(source) for source in SOURCES[1:]))),
    "alarm": snapshot(alerts=(firing(), firing(3)), providers=(silent(provider(SOURCES[0]), 48),)),
    "many": snapshot(call_backs=waiting(40, 4000), call_back_count=1234),
    "hostile": snapshot(
        providers=tuple(provider(SOURCES[0]._replace(name=name), 40, error=name) for name in HOSTILE),
        call_backs=tuple(replace(waiting(1)[0], number=name, tag="") for name in HOSTILE),
        saved=(SavedPage(HOSTILE[-1], figures()),),
    ),
}


def text_of(rows: Rows) -> str:
    return "\n".join("".join(span.text for span in row).rstrip() for row in rows)


def small(page: Page, shown: WallSnapshot, view: WallView | None = None) -> str:
    """The page at a size at which words are written and not drawn."""
    return text_of(page(shown, view or wall_view(), 76, 20))


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fills_the_screen_and_no_more(name: str, state: str, ascii_only: bool) -> None:
    for width, height in SIZES:
        rows = PAGES[name](STATES[state], wall_view(ascii_only=ascii_only), width, height)
        assert len(rows) == height
        assert {width_of(row) for row in rows} == {width}
        if ascii_only and state != "hostile":
            assert text_of(rows).isascii(), text_of(rows)


@pytest.mark.parametrize("name", PAGES)
def test_sizes_make_numbers_larger(name: str) -> None:
    inks = [
        sum(character not in " ." for character in text_of(PAGES[name](snapshot(), wall_view(), width, height)))
        for width, height in ((76, 20), (156, 41), (236, 63))
    ]
    assert inks == sorted(inks)
    assert inks[-1] > 2 * inks[0]


def test_today_says_the_five_things() -> None:
    text = small(today_page, snapshot())
    for words in ("CALL BACK NOW", "oldest 40 min", "ANSWERED TODAY", "270 of 334", "below target 90 %", "LAST HOUR"):
        assert words in text
    for words in ("114 calls · 12 missed", "half within", "9 of 10 within", "● soluno 2 min", "● while1 2 min"):
        assert words in text


def test_states_have_words_of_their_own() -> None:
    assert "on target 75 %" in small(today_page, snapshot(), wall_view(targets=Targets(answer_rate=0.75)))
    assert "target" not in small(today_page, snapshot(), wall_view(targets=Targets(answer_rate=None)))
    assert "few calls" in small(today_page, snapshot(figures=figures(5, 9)))
    assert "no calls yet" in small(today_page, STATES["empty"])
    assert "nobody waits" in small(today_page, STATES["empty"])
    assert "not known" in small(today_page, STATES["empty"])
    assert "too long" in small(today_page, snapshot(call_backs=waiting(2, 70)))
    assert "too long" not in small(today_page, snapshot(call_backs=waiting(2, 50)))
    assert "✗ soluno down 40 min" in small(today_page, STATES["down"])
    assert "✗ soluno silent 48 min" in small(today_page, STATES["alarm"])
    assert "▲ soluno late · 1 h 30 min old" in small(today_page, STATES["late"])


@pytest.mark.parametrize("name", [name for name in PAGES if name != "providers"])
def test_figures_of_which_nothing_is_fresh_are_never_shown_as_live(name: str) -> None:
    text = small(PAGES[name], STATES["late"])
    assert "as of 09:12 · 1 h 30 min old" in text
    assert "as of" not in small(PAGES[name], snapshot())
    if name in ("today", "saved"):
        assert text.count("━━━━") >= 2


def test_a_wall_that_is_blind_crosses_its_figures_out_and_says_since_when() -> None:
    view = wall_view(NOW_MS, blind_since_ms=NOW_MS - 4 * MINUTE_MS, reason="the cache has gone")
    assert "as of 10:40" in small(today_page, snapshot(), view)
    assert foot_words(snapshot(), view) == ("Blind since 10:38: the cache has gone", Role.BAD)
    moment = wall_view(NOW_MS, blind_since_ms=NOW_MS - MINUTE_MS, reason="busy")
    assert "as of" not in small(today_page, snapshot(), moment)


def test_who_is_missing_in_the_figures_is_named_with_the_time() -> None:
    words, role = foot_words(STATES["down"], wall_view())
    assert words == "The figures are without soluno since 10:02."
    assert role is Role.LATE
    assert foot_words(snapshot(), wall_view()) == ("", Role.LATE)
    assert "no call for long" in foot_words(STATES["alarm"], wall_view())[0].lower()
    assert "waiting for the first answer" in foot_words(STATES["nothing"], wall_view())[0]


def test_an_alarm_is_a_line_of_its_own() -> None:
    (line,) = alarm_rows(STATES["alarm"], wall_view(), 100, 24)
    words = " ALARM since 10:39: answer rate 70 % (31/44), should not be below 80 %  and 1 more"
    assert line.plain == words.ljust(100)
    assert [line.plain for line in alarm_rows(snapshot(), wall_view(), 80, 24)] == [""]
    assert {line.width for line in alarm_rows(STATES["alarm"], wall_view(), 40, 24)} == {40}
    drawn = alarm_rows(STATES["alarm"], wall_view(), 240, 67)
    assert [line.width for line in drawn] == [240] * 3
    assert {span.role for line in drawn for span in line.spans} == {Role.ALARM}


def test_the_head_tells_time_date_zone_and_page() -> None:
    line = head_line("today", 1, 4, True, wall_view(), 80).plain
    assert len(line) == 80
    assert line.split() == ["10:42", "Mon", "23", "Nov", "CET", "today", "HELD", "○", "●", "○", "○"]
    for width in (20, 30, 60, 240):
        assert len(head_line("a long name of a page", 0, 6, False, wall_view(), width).plain) <= max(width, 40)


@given(digits=st.text("0123456789", min_size=6, max_size=15), plus=st.booleans(), ascii_only=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_number_on_the_wall_never_shows_its_last_four_digits(digits: str, plus: bool, ascii_only: bool) -> None:
    masked = mask_number(("+" if plus else "") + digits)
    row = replace(waiting(1)[0], number=masked, tag="golden heron")
    text = small(call_backs_page, snapshot(call_backs=(row,), call_back_count=1), wall_view(ascii_only=ascii_only))
    line = next(line for line in text.splitlines() if "golden heron" in line)
    shown = line[10:].partition("golden")[0]
    pen = ASCII_PEN if ascii_only else UNICODE_PEN
    assert shown.count(pen.mask) == 4
    assert "".join(character for character in shown if character.isdigit()) == digits[:-4]
    after_the_last_digit = shown.rpartition(digits[-5])[2] if len(digits) > 4 else shown
    assert not any(character.isdigit() for character in after_the_last_digit)


def test_bars_stand_and_hang_by_one_measure_and_what_is_provisional_is_hatched() -> None:
    slices = [Slice(0, 1, 20, 10), Slice(1, 2, 10, 10), Slice(2, 3, 10, 5, True), Slice(3, 4, 0, 0)]
    rows = text_of(bars(slices, lambda each: "", 12, 9, UNICODE_PEN)).splitlines()
    axis = next(index for index, row in enumerate(rows) if "─" in row)
    columns = ["".join(row.ljust(12)[at] for row in rows) for at in (0, 3, 6, 9)]
    assert columns[0] == "█" * axis + "─" + "█" * (8 - axis)
    assert columns[1].rstrip() == "█" * axis + "─"
    assert set(columns[2]) == {" ", "╱", "─", "╳"}
    assert columns[3].strip() == "─"


def test_a_single_missed_call_is_seen_beside_many_answered_ones() -> None:
    slices = [Slice(0, 1, 101, 100), Slice(1, 2, 100, 100)]
    text = text_of(bars(slices, lambda each: "", 8, 8, UNICODE_PEN))
    assert text.splitlines()[-1].startswith("▀")
