"""The call-back list by its keys, over a real cache: what it lists, notes that every window sees, a caller's calls."""

from __future__ import annotations

import csv
import queue
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from calls.cache import lock
from calls.cache.database import Database
from calls.cache.missed import CALL_BACK_SINCE
from calls.cache.reader import Reader
from calls.filters import Filter, parse
from screenshots import data
from tests.calls.cache.help import NOON_MS, a_cache, record
from tests.calls.cache.stopped import stopped_writer
from tests.tui.driving import MIDDLE, NARROW, SMALL, WIDE, Driven
from tests.tui.fake_feed import FixedClock
from tests.tui.fake_marker import FakeMarker
from tests.tui.filled import driven_over, filled_cache
from tui.cache_feed import CacheFeed
from tui.lines.words import number_words
from tui.marking import CacheMarker
from tui.missed_question import MissedList
from tui.screens.form import FormScreen
from tui.screens.missed import MissedScreen
from tui.widgets.bottom import Bottom
from tui.widgets.prompt_line import PromptLine


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return filled_cache(tmp_path)


def screen_of(it: Driven[CacheFeed]) -> MissedScreen:
    screen = it.app.current_screen
    assert isinstance(screen, MissedScreen)
    return screen


def status_of(it: Driven[CacheFeed]) -> str:
    return it.app.current_screen.query_one(Bottom).status_text


async def settled(it: Driven[CacheFeed]) -> None:
    """Waits until the question in force is answered and the caller's calls are those of the caller chosen."""
    screen = screen_of(it)

    def done() -> bool:
        if not screen.ready or screen.asking or screen.snapshot.shown is not screen.question().shown:
            return False
        chosen = screen.list.chosen
        return chosen is None or screen.snapshot.caller == chosen.number_key

    await it.until(done)


@asynccontextmanager
async def missed(cache: Path, size: tuple[int, int] = WIDE, **options: Any) -> AsyncIterator[Driven[CacheFeed]]:
    marker = CacheMarker(cache, FixedClock(data.NOW_MS))
    async with driven_over(cache, size, **{"marker": marker, **options}) as it:
        await it.press("4")
        await it.until(lambda: it.app.focused is screen_of(it).list)
        await settled(it)
        yield it
    marker.stop(5)


@pytest.mark.anyio
@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL])
async def test_the_oldest_comes_first_with_age_and_tries_as_the_cache_says(cache: Path, size: tuple[int, int]) -> None:
    with closing(Reader(cache)) as reader:
        rows = reader.unreturned(CALL_BACK_SINCE, data.NOW_MS)
        hidden = reader.withheld(CALL_BACK_SINCE, data.NOW_MS)
    async with missed(cache, size) as it:
        await it.until(lambda: "›" in it.screen_text())
        lines = it.screen_text().splitlines()
        assert f"waiting {len(rows)}" in it.screen_text()
        assert f"withheld {hidden.calls}" in it.screen_text()
        assert f"call back now {len(rows)}" in it.screen_text()
        (first,) = [line for line in lines if "›" in line]
        assert (rows[0].caller_name or number_words(rows[0].caller)) in first
        assert ("1 try" if rows[0].tries == 1 else f"{rows[0].tries} tries") in first
        keys = [row.number_key for row in rows]
        assert list(screen_of(it).list.cursor.keys) == keys
        await it.press("G")
        await settled(it)
        assert screen_of(it).list.chosen == rows[-1]


@pytest.mark.anyio
async def test_a_note_takes_a_caller_off_the_list_of_every_window(cache: Path) -> None:
    async with missed(cache) as it:
        screen = screen_of(it)
        first = screen.list.chosen
        assert first is not None
        await it.press("d")
        assert screen.query_one(PromptLine).open
        assert "enter go on" in it.screen_text()
        # Letters that are keys elsewhere are text here, also those of the screens, of the end and of the filter.
        await it.type("q1/d:rings back")
        await it.press("enter")
        await it.until(lambda: first.number_key not in screen.list.cursor.keys)
        assert "is dealt with; D takes that back" in status_of(it)
        assert not screen.query_one(PromptLine).open
        assert it.app.focused is screen.list
        with closing(Reader(cache)) as reader:
            assert first.number_key not in {row.number_key for row in reader.unreturned(Filter(), data.NOW_MS)}
            (mark,) = [one.mark for one in reader.settled(Filter(), data.NOW_MS) if one.mark]
        assert mark is not None
        assert (mark.note, mark.marked_ms) == ("q1/d:rings back", data.NOW_MS)
        await it.press("D")
        await it.until(lambda: screen.list.cursor.keys[0] == first.number_key)
        assert "waits to be called back again" in status_of(it)


@pytest.mark.anyio
async def test_what_settled_a_caller_is_told_and_a_note_can_be_taken_back_there(cache: Path) -> None:
    async with missed(cache) as it:
        screen = screen_of(it)
        chosen = screen.list.chosen
        assert chosen is not None
        await it.press("d", "enter")
        await it.until(lambda: chosen.number_key not in screen.list.cursor.keys)
        await it.press("tab")
        await settled(it)
        await it.until(lambda: "dealt with" in it.screen_text())
        assert "got through" in it.screen_text() or "called back" in it.screen_text()
        (place,) = [index for index, one in enumerate(screen.snapshot.settled) if one.mark]
        screen._last_noted = None
        await it.press("g", *["j"] * place)
        await settled(it)
        await it.press("D")
        await it.until(lambda: not any(one.mark for one in screen.snapshot.settled))
        await it.press("shift+tab")
        await settled(it)
        assert screen.list.cursor.keys[0] == chosen.number_key


@pytest.mark.anyio
async def test_a_note_is_left_with_esc_and_nothing_is_written(cache: Path) -> None:
    marker = FakeMarker()
    async with missed(cache, NARROW, marker=marker) as it:
        await it.press("d")
        await it.type("never mind")
        await it.press("escape")
        assert not screen_of(it).query_one(PromptLine).open
        assert it.app.focused is screen_of(it).list
        assert marker.asked == []


@pytest.mark.anyio
async def test_only_the_tries_that_were_seen_are_marked(cache: Path) -> None:
    marker = FakeMarker("the disk is full")
    async with missed(cache, NARROW, marker=marker) as it:
        chosen = screen_of(it).list.chosen
        assert chosen is not None
        await it.press("d", "enter")
        assert marker.asked == [("mark", chosen.number_key, chosen.last_missed_ms, "")]
        await it.until(lambda: status_of(it) == "not written: the disk is full")


@pytest.mark.anyio
async def test_a_window_that_only_reads_says_so(cache: Path) -> None:
    async with missed(cache, NARROW, marker=None) as it:
        await it.press("d")
        assert "only reads" in status_of(it)
        await it.press("D")
        assert "only reads" in status_of(it)


@pytest.mark.anyio
async def test_hidden_numbers_are_listed_apart(cache: Path) -> None:
    wanted = CALL_BACK_SINCE.narrowed(parse("direction:in -status:answered caller:withheld"))
    with closing(Reader(cache)) as reader:
        hidden = list(reader.calls(wanted, data.NOW_MS))
    assert hidden
    async with missed(cache) as it:
        await it.press("tab", "tab")
        await settled(it)
        assert len(screen_of(it).list.cursor.keys) == len(hidden)
        assert "nobody can call these back" in it.screen_text()
        await it.press("y", "enter", "d", "f")
        assert status_of(it) == "no caller is chosen"
        await it.press("tab")
        await settled(it)
        assert "call back now" in it.screen_text()


@pytest.mark.anyio
async def test_enter_goes_to_all_calls_with_the_number_and_esc_back(cache: Path) -> None:
    async with missed(cache, NARROW) as it:
        screen = screen_of(it)
        await it.press("j")
        await settled(it)
        chosen = screen.list.chosen
        assert chosen is not None
        await it.press("enter")
        assert it.app.focused is screen.home()
        assert screen.caller.has_focus
        assert not screen.list.display or screen.list.region.area == 0
        text = it.screen_text()
        assert number_words(chosen.caller) in text
        assert "in vain" in text
        assert "missed" in text
        with closing(Reader(cache)) as reader:
            calls = list(reader.calls(parse(f'number:"{chosen.number_key}"'), data.NOW_MS))
        assert len(screen.caller.cursor.keys) == len(calls) >= chosen.tries
        await it.press("escape")
        assert it.app.focused is screen.list


@pytest.mark.anyio
async def test_a_number_is_copied_and_becomes_the_filter_of_all_screens(cache: Path) -> None:
    async with missed(cache) as it:
        screen = screen_of(it)
        chosen = screen.list.chosen
        assert chosen is not None
        await it.press("y")
        assert it.app.clipboard == chosen.caller
        await it.press("f")
        await it.until(lambda: list(screen.list.cursor.keys) == [chosen.number_key])
        assert it.app.session.filter.active.clauses[0].text == f"number:{chosen.number_key}"
        await it.press("escape")
        await it.until(lambda: len(screen.list.cursor.keys) > 1)


def rows_of(folder: Path, listed: MissedList) -> list[dict[str, str]]:
    (path,) = folder.glob(f"missed-{listed.value}-*.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.anyio
async def test_the_list_shown_is_written_to_a_file(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with missed(cache) as it:
        screen = screen_of(it)
        for index, keys in enumerate((screen.list.cursor.keys, (), ())):
            await it.press("e")
            await it.until(lambda: isinstance(it.app.screen, FormScreen))
            await it.press("ctrl+s")
            await it.until(lambda: not screen.exporter.running and " in /" in status_of(it))
            rows = rows_of(tmp_path, list(MissedList)[index])
            assert len(rows) == len(screen.list.cursor.keys) > 0
            if keys:
                assert {row["tries"] for row in rows} <= {"1", "2", "3", "4"}
                assert rows[0]["caller"].lstrip("'") == screen.snapshot.waiting[0].caller
            screen.status.hush()
            await it.press("tab")
            await settled(it)


@pytest.mark.anyio
async def test_older_misses_come_on_request_unless_the_filter_says_which_days(cache: Path) -> None:
    async with missed(cache, NARROW) as it:
        assert "missed since" in it.screen_text()
        await it.press("o")
        await it.until(lambda: "all cached days" in it.screen_text())
        await it.press("slash")
        await it.type("since:today")
        await it.press("enter")
        await it.until(lambda: "the days of the filter" in it.screen_text())
        await it.press("o")
        assert "the filter says which days" in status_of(it)


@pytest.mark.anyio
async def test_without_a_cache_it_says_that_nothing_is_there(tmp_path: Path) -> None:
    async with driven_over(tmp_path / "none.db", NARROW, ready=False) as it:
        await it.press("4")
        await it.until(lambda: screen_of(it).ready)
        assert "nothing is cached yet" in it.screen_text()
        await it.press("d", "enter", "f", "y", "tab")
        assert it.app.is_running


@pytest.mark.anyio
async def test_in_ascii_only_ascii_is_drawn(cache: Path) -> None:
    async with missed(cache, MIDDLE, ascii_only=True) as it:
        await it.press("tab", "tab", "tab", "d")
        own = [line for line in it.screen_text().splitlines() if "try" in line]
        assert own
        assert all(line.isascii() for line in own)


def test_a_marker_writes_in_order_and_says_what_is_wrong(tmp_path: Path) -> None:
    told: list[tuple[int, str]] = []
    heard = threading.Event()

    def tell(calls: int, trouble: str) -> None:
        told.append((calls, trouble))
        heard.set()

    marker = CacheMarker(tmp_path / "none.db", FixedClock())
    marker.mark("+46701", 1, "", tell)
    assert heard.wait(10)
    assert told == [(0, "there is no cache to write to")]
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "none.db").write_bytes(b"no database at all" * 100)
    marker.unmark("+46701", 1, tell)
    marker.stop(10)
    assert "cannot be used as a cache" in told[1][1]
    Database(tmp_path / "other.db").close()
    other = CacheMarker(tmp_path / "other.db", FixedClock())
    other.mark("+46701", 1, "", tell)
    other.unmark("+46701", 1, tell)
    other.stop(10)
    assert told[2:] == [(0, ""), (0, "")]


def test_a_marker_that_waits_for_a_stopped_process_says_so_and_writes_when_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, told = tmp_path / "calltop.db", queue.SimpleQueue[tuple[int, str]]()
    with a_cache(path) as cache:
        cache.read(record("a", caller="+46701740605"))
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.01)
    marker = CacheMarker(path, FixedClock())
    with stopped_writer(path) as holder:
        marker.mark("+46701740605", NOON_MS, "", lambda *answer: told.put(answer))
        calls, trouble = told.get(timeout=10)
        assert calls == 0
        assert trouble.startswith(f"waiting for process {holder.pid} (")
    marker.stop(10)
    assert told.get(timeout=10) == (1, "")
