"""The providers by their keys, over a real cache: what is wrong and what to do, coverage, requests, and loading the past."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.state import PollLog
from calls.cache.writer import Reading, Writer
from calls.model import Reject, Source, Window
from screenshots import data
from tests.calls.cache.help import FakeDeriver
from tests.tui.driving import MIDDLE, NARROW, SMALL, WIDE, Driven
from tests.tui.fake_feed import HOSTILE
from tests.tui.filled import driven_over, filled_cache
from tui.cache_feed import CacheFeed
from tui.feed import FillProgress
from tui.screens.providers import ProvidersScreen
from tui.widgets.bottom import Bottom

pytestmark = pytest.mark.anyio
PAST = Window(data.NOW_MS - 33 * data.DAY_MS, data.NOW_MS - 32 * data.DAY_MS)
DSTNY = Source("dstny", "dstny", "Europe/Stockholm", "46")
FILLINGS = (
    FillProgress("soluno", "done", done=92),
    FillProgress("dstny", "paused", done=3, left=7),
    FillProgress("portsip", "loading", PAST, 61, 31, 74_902, None, 31 * 15),
    FillProgress("while1", "failed", None, 1, 2, 3, data.NOW_MS + 60_000, 30, "503, it is overloaded"),
)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return filled_cache(tmp_path)


def screen_of(it: Driven[CacheFeed]) -> ProvidersScreen:
    screen = it.app.current_screen
    assert isinstance(screen, ProvidersScreen)
    return screen


def status_of(it: Driven[CacheFeed]) -> str:
    return it.app.current_screen.query_one(Bottom).status_text


async def chosen(it: Driven[CacheFeed], name: str) -> None:
    """Goes to a provider and waits for its answers."""
    screen = screen_of(it)
    await it.press("g", *["j"] * screen.table.cursor.keys.index(name))
    await it.until(lambda: screen.snapshot.chosen == name and not screen.asking)


@asynccontextmanager
async def providers(cache: Path, size: tuple[int, int] = WIDE, **options: Any) -> AsyncIterator[Driven[CacheFeed]]:
    async with driven_over(cache, size, **options) as it:
        it.poller.past = FILLINGS
        await it.press("6")
        await it.until(lambda: screen_of(it).ready and it.app.focused is screen_of(it).table)
        yield it


def ids_of(database: Database) -> dict[str, int]:
    return dict(database.connection.execute("SELECT name, id FROM source").fetchall())


def refused(cache: Path, error: str = "401, the token was refused: check it") -> None:
    """PortSIP refuses the sign-in, and Dstny sends rows nobody can read."""
    with closing(Database(cache)) as database:
        log = PollLog(database, ids_of(database)["portsip"])
        log.begin(data.NOW_MS - 60_000)
        log.end(data.NOW_MS - 60_000, error, 90)
        log.plan(None)
        rejects = tuple(
            Reject(f'{{"row": {index}, "note": "\x1b[31m[b]"}}', "the start time cannot be read") for index in range(3)
        )
        reading = Reading((), rejects, data.NOW_MS, notices=("a field that nobody knows: tenant_id",))
        Writer(database).store(FakeDeriver(DSTNY), ids_of(database)["dstny"], reading)


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL])
async def test_every_provider_has_a_line_with_state_and_figures(cache: Path, size: tuple[int, int]) -> None:
    with closing(Reader(cache)) as reader:
        held = {one.source.name: one for one in reader.holdings()}
    async with providers(cache, size) as it:
        await it.until(lambda: all(f" {name} " in it.screen_text() for name in held))
        lines = it.screen_text().splitlines()
        rows = {name: next(line for line in lines if f" {name} " in line) for name in held}
        assert "late 7 min" in rows["dstny"]
        assert "▲" in rows["dstny"]
        assert "fresh 10:40" in rows["soluno"]
        for name, holding in held.items():
            assert f"{holding.calls:,}".replace(",", " ") in rows[name]
        assert "/ filter" not in lines[-1]
        assert "? help" in lines[-1]


async def test_a_refused_sign_in_says_what_to_do_and_r_signs_in_again(cache: Path) -> None:
    refused(cache)
    async with providers(cache, NARROW) as it:
        await chosen(it, "portsip")
        text = it.screen_text()
        assert "down since" in text
        assert "401, the token was refused: check it" in text
        assert "asked again when you press r" in text
        assert "The clocks differ by 90 seconds" in " ".join(text.replace("│", "").split())
        assert "on r" in text
        assert "the provider's clock is 90 seconds ahead" in text
        await it.press("y")
        assert it.app.clipboard.startswith("portsip: 401, the token was refused")
        await it.press("r")
        assert it.poller.asked == 1


async def test_unreadable_rows_are_counted_and_can_be_looked_at_as_text(cache: Path) -> None:
    refused(cache)
    async with providers(cache, WIDE) as it:
        await chosen(it, "dstny")
        assert "3 the start time cannot be read" in it.screen_text()
        assert "a field that nobody knows: tenant_id" in it.screen_text()
        await it.press("tab", "enter", "j")
        text = it.screen_text()
        assert "rows nobody could read 3" in text
        assert '"row": 2' in text
        assert "[31m[b]" in text
        assert "\x1b" not in text
        assert status_of(it).startswith("the start time cannot be read: {")
        await it.press("y")
        assert '"row":' in it.app.clipboard
        await it.press("escape", "tab")
        assert "notices 1" in it.screen_text()


async def test_requests_are_listed_newest_first_and_read_on_with_enter(cache: Path) -> None:
    with closing(Reader(cache)) as reader:
        traces = reader.requests("portsip", 5)
    async with providers(cache, MIDDLE) as it:
        await chosen(it, "portsip")
        assert traces[0].path in it.screen_text()
        await it.press("enter", "j")
        assert screen_of(it).answers.has_focus
        assert f"{traces[1].method} {traces[1].path}" in status_of(it)
        assert "status 200" in status_of(it)
        await it.press("escape")
        assert screen_of(it).table.has_focus


async def test_the_calendar_tells_whole_days_gaps_and_what_is_not_held(cache: Path) -> None:
    with closing(Database(cache)) as database:
        source_id = ids_of(database)["soluno"]
        (start_ms,) = database.connection.execute(
            "SELECT min(start_ms) FROM coverage WHERE source_id = ?", (source_id,)
        ).fetchone()
        with database.transaction() as connection:
            week_ms = 7 * data.DAY_MS
            connection.execute(
                "INSERT INTO coverage VALUES (?, ?, ?, ?)", (source_id, start_ms - week_ms, start_ms - week_ms + 1000, 0)
            )
    async with providers(cache, NARROW) as it:
        await it.press("tab")
        lines = it.screen_text().splitlines()
        days = [line for line in lines if line[2:5] in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")]
        drawn = "".join(days)
        assert len(days) == 7
        assert "with gaps" in it.screen_text()
        assert drawn.count("█") >= 2
        assert drawn.count("╌") >= 5
        assert drawn.count("▄") >= 1
        assert drawn.count("○") == 1
        assert any("whole" in line and "missing" in line and "not held" in line for line in lines)


async def test_in_a_small_terminal_the_calendar_is_one_line_in_ascii_too(cache: Path) -> None:
    async with providers(cache, SMALL, ascii_only=True) as it:
        await it.press("tab")
        strip = next(line for line in it.screen_text().splitlines() if "##" in line and "_" in line)
        assert strip.isascii()


async def test_loading_the_past_is_seen_and_steered(cache: Path) -> None:
    async with providers(cache) as it:
        await it.until(lambda: "61 of 92" in it.screen_text())
        await chosen(it, "portsip")
        assert "61 done, 31 left, 7 min or more" in it.screen_text()
        await it.press("w", "x")
        assert it.poller.steered == ["hold portsip", "cancel portsip"]
        assert "31 stretches of portsip not loaded" in status_of(it)
        await chosen(it, "dstny")
        assert "held back, 3 done, 7 left" in it.screen_text()
        await it.press("w")
        assert it.poller.steered[-1] == "go on dstny"
        await chosen(it, "while1")
        assert "503, it is overloaded" in it.screen_text()
        await chosen(it, "soluno")
        await it.press("x")
        assert "nothing of the past of soluno is left" in status_of(it)
        await it.press("b")
        await it.press("backspace", "backspace")
        await it.type("365")
        await it.press("enter")
        assert it.poller.steered[-1] == "load soluno 365"
        assert status_of(it) == "loading 365 days of soluno"
        await it.press("b", "backspace", "backspace")
        await it.type("0q")
        await it.press("enter")
        assert "a number of days from 1" in status_of(it)
        assert it.poller.steered[-1] == "load soluno 365"
        await chosen(it, "telecomx")
        await it.press("w")
        assert "telecomx is not polled by this window" in status_of(it)


async def test_a_provider_nobody_polls_says_so(cache: Path) -> None:
    with closing(Database(cache)) as database, database.transaction() as connection:
        connection.execute("DELETE FROM lease")
    async with providers(cache, NARROW) as it:
        assert "Nobody polls it now" in it.screen_text()
        assert "nobody" in it.screen_text()


async def test_without_a_cache_it_says_what_to_do(tmp_path: Path) -> None:
    async with driven_over(tmp_path / "none.db", NARROW, ready=False) as it:
        await it.press("6")
        await it.until(lambda: screen_of(it).ready)
        assert "no provider is known yet" in it.screen_text()
        await it.press("b", "w", "x", "y", "enter", "j", "tab", "tab", "tab")
        assert it.app.is_running


async def test_hostile_errors_are_only_text(cache: Path) -> None:
    refused(cache, "".join(HOSTILE))
    async with providers(cache, SMALL) as it:
        await chosen(it, "portsip")
        assert "[@click=app.exit]x" in screen_of(it).facts_pane.plain_text
        await it.press("tab", "tab", "tab")
        assert it.app.is_running
