"""The live screen as a person meets it: states, figures, lists, the keys."""

from __future__ import annotations

import random

import pytest
from textual.color import Color

from calls.filters import Filter
from calls.model import Call, Direction, Status
from tests.tui.driving import MIDDLE, NARROW, SMALL, WIDE, driven, settle
from tests.tui.fake_feed import NOW_MS, SOURCES, FakeFeed, make_call
from tui.feed import FeedInterrupted
from tui.messages import SnapshotReady
from tui.themes import THEMES

pytestmark = pytest.mark.anyio


def new_call() -> Call:
    """An answered call of a moment ago, from somebody never seen before."""
    call = make_call(SOURCES[0], NOW_MS - 500, random.Random(1), 9000)
    return call._replace(direction=Direction.IN, status=Status.ANSWERED, caller_name="Somebody New")


async def test_every_provider_shows_its_state_in_words() -> None:
    async with driven() as it:
        assert "soluno ● 10:40" in it.text("soluno")
        assert "dstny ▲ late 7 min" in it.text("dstny")
        assert "portsip ✗ down since 08:02" in it.text("portsip")
        assert "401, check the token" in it.text("portsip")
        assert "while1 ○ waiting for the first answer" in it.text("while1")
        for words in ("calltop", "Mon 23 Nov", "10:42", "CET", "2 fresh", "1 late", "1 down", "1 waiting", "cache 92 d"):
            assert words in it.header


async def test_figures_come_with_their_parts_and_their_grade() -> None:
    async with driven() as it:
        text = it.text("soluno")
        assert "85 calls   78 % 66/85   19 missed" in text
        assert "~105 calls   ~86 % 90/105   ~15 missed" in it.text("telecomx")
        assert "- calls   -" in it.text("while1")


async def test_the_provider_of_totals_lists_its_employees() -> None:
    async with driven() as it:
        lines = it.text("telecomx").splitlines()
        assert any("employee" in line and "answered" in line and "talk" in line for line in lines)
        assert any("102 Eva" in line and "31" in line and "1:30:00" in line for line in lines)


async def test_a_call_reads_time_outcome_people_and_talk_time() -> None:
    async with driven() as it:
        newest = it.feed.calls["soluno"][0]
        row = next(line for line in it.text("soluno").splitlines() if "10:39" in line)
        assert row.strip("│ ").startswith("10:39 ✓")
        assert "→" in row
        assert newest.status is Status.ANSWERED
        assert row.rstrip("│ ").endswith("1:15")
        merged = next(line for line in it.text("all").splitlines() if "10:39" in line)
        assert "soluno" in merged
        assert "answered" in merged


async def test_who_must_be_called_back_comes_oldest_first_with_tries() -> None:
    async with driven() as it:
        rows = [line.strip("│ ") for line in it.text("call back").splitlines()[1:-1] if line.strip("│ ")]
        times = [row[:5] for row in rows]
        assert times == sorted(times)
        assert any("2 tries" in row for row in rows)
        assert any("1 try" in row for row in rows)


@pytest.mark.parametrize(("size", "panes"), [(WIDE, 7), (MIDDLE, 7), (NARROW, 1), (SMALL, 1)])
async def test_panes_reflow_from_a_grid_to_tabs(size: tuple[int, int], panes: int) -> None:
    async with driven(size) as it:
        assert len(it.shown()) == panes
        regions = [pane.region for pane in it.live.grid.panes if pane.display]
        assert all(region.right <= size[0] and region.bottom <= size[1] for region in regions)
        assert sum(region.area for region in regions) == it.live.grid.region.area
        if panes == 1:
            for label in ("soluno", "dstny", "teleco", "portsi", "while1", "[all]"):
                assert label in it.tabs
            for symbol in "●▲✗○":
                assert symbol in it.tabs


async def test_columns_follow_the_width_when_the_window_is_resized() -> None:
    async with driven(WIDE) as it:
        assert len({pane.region.x for pane in it.live.grid.panes}) == 3
        await it.pilot.resize_terminal(*MIDDLE)
        await it.until(lambda: len({pane.region.x for pane in it.live.grid.panes}) == 2)
        await it.pilot.resize_terminal(*NARROW)
        await it.until(lambda: it.shown() == ["all"])
        await it.pilot.resize_terminal(*WIDE)
        await it.until(lambda: len(it.shown()) == 7)


async def test_tabs_are_walked_by_tab_and_arrows() -> None:
    async with driven(NARROW) as it:
        await it.press("right")
        assert it.shown()[0].startswith("call back")
        await it.press("tab")
        assert it.shown() == ["soluno"]
        assert "[● soluno]" in it.tabs
        await it.press("left", "shift+tab")
        assert it.shown() == ["all"]


async def test_a_click_on_a_tab_shows_its_pane() -> None:
    async with driven(NARROW) as it:
        await it.pilot.click("#tab-bar", offset=(it.tabs.index("portsip"), 0))
        await it.until(lambda: it.shown() == ["portsip"])


async def test_a_click_on_a_pane_focuses_it_and_chooses_the_row() -> None:
    async with driven() as it:
        pane = it.pane("dstny")
        row = next(y for y, line in enumerate(pane.plain_text.splitlines()) if "10:17" in line)
        await it.pilot.click(pane, offset=(10, row))
        await it.until(lambda: it.current is pane)
        assert pane.cursor.key == f"dstny\n{it.feed.calls['dstny'][2].id}"


async def test_a_click_on_a_key_in_the_footer_does_it() -> None:
    async with driven() as it:
        await it.pilot.click("#bottom", offset=(it.footer.index("p pause"), 1))
        await it.until(lambda: "PAUSED" in it.header)


async def test_enter_zooms_the_pane_and_escape_goes_back() -> None:
    async with driven() as it:
        await it.press("tab", "tab", "enter")
        assert it.shown() == ["soluno"]
        text = it.text("soluno")
        assert "00" in text
        assert "18" in text
        assert "queue, employee" in text
        assert "esc leave zoom" in it.footer
        await it.press("escape")
        assert len(it.shown()) == 7


async def test_the_list_is_walked_by_keys() -> None:
    async with driven(NARROW) as it:
        cursor = it.current.cursor
        await it.press("j", "j", "down")
        assert cursor.index == 3
        await it.press("k", "up")
        assert cursor.index == 1
        await it.press("G")
        assert cursor.index == len(cursor.keys) - 1
        assert "↑" in it.current.plain_text.splitlines()[-1]
        await it.press("g")
        assert (cursor.index, cursor.offset, cursor.pinned) == (0, 0, False)
        await it.press("pagedown")
        assert cursor.index > 10


async def test_the_choice_stays_on_its_call_when_others_arrive() -> None:
    async with driven(NARROW) as it:
        await it.press("j", "j")
        chosen = it.current.cursor.key
        line = it.current.cursor.index - it.current.cursor.offset
        chance = random.Random(1)
        it.feed.publish(*(make_call(SOURCES[0], NOW_MS - 1000 + index, chance, 9000 + index) for index in range(20)))
        await it.until(lambda: it.current.cursor.index == 22)
        assert it.current.cursor.key == chosen
        assert it.current.cursor.index - it.current.cursor.offset == line
        assert "↑ 20" in it.current.plain_text


async def test_without_a_choice_the_newest_call_stays_in_sight() -> None:
    async with driven(NARROW) as it:
        it.feed.publish(new_call())
        await it.until(lambda: "Somebody New" in it.text("all"))
        assert it.current.cursor.index == 0


async def test_the_chosen_call_is_described_below() -> None:
    async with driven() as it:
        assert it.status == ""
        await it.press("j")
        assert "soluno" in it.status
        assert "waited" in it.status


async def test_ages_grow_without_new_data() -> None:
    async with driven() as it:
        it.clock.forward(9)
        await it.until(lambda: "soluno ▲ late 6 min" in it.text("soluno"))
        assert "10:51" in it.header
        assert "dstny ▲ late 16 min" in it.text("dstny")
        assert "3 late" in it.header


async def test_a_clock_set_back_makes_nothing_late() -> None:
    async with driven(mood="calm") as it:
        it.clock.forward(-600)
        await it.until(lambda: "00:42" in it.header)
        assert "5 fresh" in it.header


async def test_the_countdown_counts_minutes_then_seconds() -> None:
    async with driven(mood="calm") as it:
        assert "next poll 3 min" in it.header
        it.clock.forward(1.5)
        await it.until(lambda: "next poll 50 s" in it.header)
        it.clock.forward(0.75)
        await it.until(lambda: "next poll 5 s" in it.header)
        it.clock.forward(1)
        await it.until(lambda: "next poll due" in it.header)


async def test_r_asks_the_poller_and_shows_what_it_says() -> None:
    async with driven() as it:
        await it.press("r")
        assert it.poller.asked == 1
        assert it.status == "polling portsip, while1; soluno not before 10:45"


async def test_polling_that_could_not_begin_is_said_below() -> None:
    async with driven() as it:
        it.poller.trouble = "polling has stopped: config.toml: token is missing"
        await it.until(lambda: "token is missing" in it.status)


async def test_r_says_so_where_nothing_polls() -> None:
    async with driven(polls=False) as it:
        await it.press("r")
        assert "only reads" in it.status


async def test_pause_freezes_the_figures_and_says_so() -> None:
    async with driven() as it:
        before = it.text("soluno")
        await it.press("p")
        assert "PAUSED" in it.header
        it.feed.publish(new_call())
        await settle(it)
        assert it.text("soluno") == before
        await it.press("p")
        await it.until(lambda: "Somebody New" in it.text("soluno"))
        assert "PAUSED" not in it.header


async def test_offline_it_opens_on_the_cache_and_says_so() -> None:
    async with driven(mood="offline", polls=False) as it:
        assert "OFFLINE" in it.header
        assert "reading only" in it.header
        assert it.status == "Offline: no provider answers. What you see is the cache of 09:07."
        assert "✓" in it.text("soluno")
        await it.press("slash")
        await it.type("status:missed")
        await it.press("enter")
        await it.until(lambda: "✓" not in it.text("soluno"))


async def test_a_reader_whose_provider_is_polled_elsewhere_is_not_offline() -> None:
    async with driven(mood="calm", polls=False) as it:
        assert "OFFLINE" not in it.header
        assert "next poll" in it.header


async def test_a_cache_that_cannot_be_read_is_said_below_and_read_again() -> None:
    async with driven() as it:
        it.feed.error = OSError("disk I/O error [/]")
        it.feed.touch()
        await it.until(lambda: it.status == "the cache cannot be read: disk I/O error [/]")
        assert "soluno ● 10:40" in it.text("soluno")
        it.feed.error = None
        await it.until(lambda: it.status == "")


async def test_before_the_first_answer_the_screen_stands_and_keys_work() -> None:
    def hold(feed: FakeFeed) -> None:
        feed.released.clear()

    async with driven(ready=False, prepare=hold) as it:
        await it.until(it.feed.held.is_set)
        assert "calltop" in it.header
        await it.press("question_mark")
        assert len(it.app.screen_stack) == 2
        await it.press("escape")
        assert not it.poller.begun
        it.feed.released.set()
        await it.until(lambda: it.live.grid.visible and "soluno ● 10:40" in it.text("soluno"))
        await it.until(lambda: it.poller.begun)


async def test_an_answer_to_an_older_filter_is_dropped() -> None:
    async with driven() as it:
        await it.press("slash")
        await it.type("status:missed")
        await it.press("enter")
        await it.until(lambda: "✓" not in it.text("soluno"))
        it.live.post_message(SnapshotReady(1, it.feed.live(Filter(), NOW_MS)))
        await it.rest()
        assert "✓" not in it.text("soluno")


async def test_what_is_typed_makes_a_running_read_worthless_at_once() -> None:
    async with driven() as it:
        it.feed.deaf = True
        it.feed.released.clear()
        it.feed.touch()
        await it.until(it.feed.held.is_set)
        await it.press("slash")
        await it.type("status:missed")
        it.feed.publish(new_call())
        seen: list[str] = []

        def only_missed() -> bool:
            seen.append(it.text("soluno"))
            return "✓" not in seen[-1]

        it.feed.released.set()
        await it.until(only_missed)
        assert not any("Somebody New" in text for text in seen)


async def test_a_new_filter_interrupts_the_read_for_the_old_one() -> None:
    async with driven() as it:
        it.feed.released.clear()
        it.feed.touch()
        await it.until(it.feed.held.is_set)
        reads = it.feed.reads
        await it.press("slash")
        await it.type("status:missed")
        await it.until(lambda: it.feed.reads > reads)
        it.feed.released.set()
        await it.until(lambda: " of " in it.bar.count_text)


async def test_an_interruption_that_comes_too_late_loses_no_request() -> None:
    async with driven() as it:
        it.feed.error = FeedInterrupted()
        it.feed.touch()
        reads = it.feed.reads
        await it.until(lambda: it.feed.reads > reads + 2)
        it.feed.error = None
        it.feed.publish(new_call())
        await it.until(lambda: "Somebody New" in it.text("soluno"))


async def test_y_copies_the_outside_number() -> None:
    async with driven() as it:
        await it.press("y")
        assert it.app.clipboard == it.feed.calls["soluno"][0].caller
        assert it.status.startswith("copied +46 73 242 13 95")


async def test_y_says_when_there_is_no_number() -> None:
    async with driven() as it:
        it.live.grid.go_to(it.pane("telecomx"), it.app.size)
        await it.press("y")
        assert it.app.clipboard == ""
        assert "nothing to copy" in it.status


async def test_t_walks_through_the_themes() -> None:
    async with driven() as it:
        seen = [it.app.theme]
        for _ in range(4):
            await it.press("t")
            seen.append(it.app.theme)
        assert seen == ["calltop-dark", "calltop-light", "calltop-contrast", "calltop-ansi", "calltop-dark"]


async def test_a_theme_reaches_every_pane_at_once() -> None:
    async with driven() as it:
        for theme in THEMES[1:]:
            await it.press("t")
            await it.until(lambda: it.app.theme == theme.name)  # noqa: B023 - awaited within the turn
            await it.rest()
            good = Color.parse(theme.success or "").rich_color
            for pane in it.live.grid.providers:
                strips = [pane.render_line(y) for y in range(pane.size.height)]
                assert pane.label == "while1" or any(
                    segment.style.color == good for strip in strips for segment in strip if segment.style
                ) == ("●" in pane.plain_text or "✓" in pane.plain_text)


async def test_q_ends_with_zero() -> None:
    async with driven() as it:
        await it.press("q")
        assert it.app.return_code == 0


async def test_in_ascii_nothing_else_is_drawn() -> None:
    async with driven(ascii_only=True) as it:
        assert "soluno * 10:40" in it.text("soluno")
        assert "dstny ! late 7 min" in it.text("dstny")
        own = [it.header, it.text("telecomx"), it.text("while1"), it.tabs, it.footer]
        assert all(text.isascii() for text in own)
