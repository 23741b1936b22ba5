"""What holds for every screen: its key, the shared filter, rest while it is out of sight, every size, hostile text."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from screenshots import data
from tests.tui.driving import NARROW, SMALL, WIDE, Driven
from tests.tui.fake_feed import HOSTILE
from tests.tui.filled import driven_over, filled_cache
from tui.actions import ACTIONS, Place, actions_of
from tui.cache_feed import CacheFeed
from tui.lines.view import View
from tui.screens.help import HelpScreen
from tui.screens.registry import LIVE, SCREENS, ScreenEntry

pytestmark = pytest.mark.anyio
OTHERS = [entry for entry in SCREENS if entry.name != LIVE]


def key_of(entry: ScreenEntry) -> str:
    """The key that opens a screen."""
    return next(action.keys[0] for action in ACTIONS if action.name == f"show_{entry.name}")


async def go_to(it: Driven[CacheFeed], entry: ScreenEntry) -> None:
    """Opens a screen by its key and waits for its data."""
    await it.press(key_of(entry))
    await it.until(lambda: it.app.current_screen.PLACE is Place[entry.name.upper()] and it.app.current_screen.ready)
    await it.until(lambda: not it.app.current_screen.asking)


def readers() -> set[threading.Thread]:
    """The threads that read the cache."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("calltop-") and thread.is_alive()}


def test_the_keys_of_the_screens_count_from_one() -> None:
    keys = [key_of(entry) for entry in SCREENS]
    assert keys == sorted(keys)
    assert [action.keys for action in actions_of(Place.EVERYWHERE) if action.opens_screen] == [(key,) for key in keys]


async def test_each_screen_opens_by_its_key_and_the_filter_goes_along(tmp_path: Path) -> None:
    async with driven_over(filled_cache(tmp_path)) as it:
        await it.press("slash")
        await it.type("status:missed")
        await it.press("enter")
        for entry in [*OTHERS, SCREENS[0]]:
            await go_to(it, entry)
            screen = it.app.current_screen
            if screen.FILTERED:
                assert screen.filter_input.value == "status:missed"
            else:
                await it.press("slash")
                assert not screen.filter_input.has_focus


async def test_a_screen_out_of_sight_reads_nothing_and_wakes_with_the_filter_of_now(tmp_path: Path) -> None:
    cache = filled_cache(tmp_path)
    async with driven_over(cache) as it:
        live = it.app.current_screen
        await go_to(it, OTHERS[0])
        await it.rest()
        taken = live.snapshot.version
        with closing(sqlite3.connect(cache)) as connection, connection:
            connection.execute("UPDATE poll_state SET polling = 1")
        await it.pilot.pause(0.1)
        assert live.snapshot.version == taken
        await it.press("1")
        await it.until(lambda: live.snapshot.version != taken)
        await it.until(lambda: not live.asking)


async def test_thirty_switches_leave_no_thread_behind(tmp_path: Path) -> None:
    before = readers()
    async with driven_over(filled_cache(tmp_path)) as it:
        for entry in SCREENS:
            await go_to(it, entry)
        settled = len(readers() - before)
        for turn in range(30):
            await it.press(key_of(SCREENS[turn % len(SCREENS)]))
        await it.until(lambda: len(readers() - before) <= settled)
    for thread in readers() - before:
        thread.join(10)
    assert readers() <= before


@pytest.mark.parametrize("entry", SCREENS, ids=lambda entry: entry.name)
async def test_every_size_is_filled_and_none_is_overflowed(entry: ScreenEntry, tmp_path: Path) -> None:
    async with driven_over(filled_cache(tmp_path), WIDE) as it:
        await go_to(it, entry)
        for width, height in (SMALL, NARROW, (120, 35), (240, 67)):
            await it.pilot.resize_terminal(width, height)
            await it.rest()
            rows = it.screen_text().split("\n")
            assert len(rows) == height
            assert "calltop" in rows[0]
            assert "? help" in rows[-1]
            assert "q quit" in rows[-1]


@pytest.mark.parametrize("entry", SCREENS, ids=lambda entry: entry.name)
async def test_the_help_and_the_palette_have_the_actions_of_the_screen(entry: ScreenEntry, tmp_path: Path) -> None:
    async with driven_over(filled_cache(tmp_path), (160, 67)) as it:
        await go_to(it, entry)
        place = it.app.current_screen.PLACE
        await it.press("question_mark")
        await it.until(lambda: isinstance(it.app.screen, HelpScreen))
        assert it.screen_text().split("\n")[0].strip().startswith(place.value)
        await it.press("escape", "colon")
        own = actions_of(place)[0]
        await it.type(own.label)
        assert own.description[:30] in it.screen_text()


@pytest.mark.parametrize("entry", SCREENS, ids=lambda entry: entry.name)
async def test_hostile_text_in_the_cache_is_text(entry: ScreenEntry, tmp_path: Path) -> None:
    cache = filled_cache(tmp_path)
    with closing(sqlite3.connect(cache)) as connection, connection:
        for index, text in enumerate(HOSTILE):
            for table, column in (("party", "name"), ("party", "number"), ("word", "text")):
                connection.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE id % ? = ?", (text, len(HOSTILE), index))
    async with driven_over(cache) as it:
        await go_to(it, entry)
        await it.press("j", "enter")
        await it.rest()
        drawn = it.screen_text()
        assert "\x1b" not in drawn
        assert "\u202e" not in drawn
        assert it.app.is_running


async def test_a_cache_that_is_taken_away_is_said_and_the_screens_stay(tmp_path: Path) -> None:
    cache = filled_cache(tmp_path)
    async with driven_over(cache) as it:
        cache.rename(tmp_path / "elsewhere.db")
        for entry in OTHERS:
            await it.press(key_of(entry))
            await it.until(lambda: it.app.current_screen.ready or it.app.current_screen.status.failure)
        assert it.app.is_running
        assert it.clock.now_ms() == data.NOW_MS


@pytest.mark.parametrize("entry", OTHERS, ids=lambda entry: entry.name)
async def test_a_narrow_footer_has_room_for_the_keys_of_the_screen(entry: ScreenEntry, tmp_path: Path) -> None:
    async with driven_over(filled_cache(tmp_path), NARROW) as it:
        await go_to(it, entry)
        footer = it.screen_text().split("\n")[-1]
        own = it.app.current_screen.own_keys()[0]
        assert f"{own.key_labels[0]} {own.label}" in footer
        assert f"{key_of(entry)} {entry.name}" in footer
        assert "1 live" not in footer


async def test_what_lies_beneath_another_screen_comes_to_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each message to a screen beneath asks for one more picture, so that painting must not send it one."""
    told: list[str] = []
    async with driven_over(filled_cache(tmp_path)) as it:
        await it.press("question_mark")
        assert isinstance(it.app.screen, HelpScreen)
        live = it.live
        paint, tick = live._on_timer_update, live.tick

        def painting() -> None:
            told.append("paint")
            paint()

        def ticking(view: View) -> None:
            told.append("tick")
            tick(view)

        monkeypatch.setattr(live._update_timer, "_callback", painting)
        monkeypatch.setattr(live, "tick", ticking)
        live.refresh()
        await it.until(lambda: "paint" in told and told.count("tick") > 12)
        assert told.count("paint") < told.count("tick") / 2
