"""The screen of calls over a real cache: any number of rows, the choice that follows its call, order, columns."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.screen import Screen

from calls.cache.reader import Reader
from calls.filters import parse
from screenshots.data import NOW_MS
from tests.tui.driving import NARROW, SMALL, WIDE, Driven
from tests.tui.fake_feed import HOSTILE
from tests.tui.filled import driven_over, filled_cache
from tests.tui.long_cache import CALLS, a_record, long_cache, store
from tui.cache_feed import CacheFeed
from tui.screens.calls import CallsScreen
from tui.widgets.call_table import CallTable

pytestmark = pytest.mark.anyio
It = Driven[CacheFeed]


def table(it: It) -> CallTable:
    screen = it.app.current_screen
    assert isinstance(screen, CallsScreen)
    return screen.table


def rows(it: It) -> list[str]:
    """The rows in sight."""
    return [line[2:-2] for line in table(it).plain_text.splitlines()[2:-1]]


def chosen(it: It) -> str:
    return next(line for line in table(it).plain_text.splitlines() if line[1] in "›>")


async def come_to_rest(it: It) -> None:
    """Waits until the question in force is answered whole and every row in sight is read."""
    screen = it.app.current_screen
    assert isinstance(screen, CallsScreen)
    await it.until(lambda: screen.ready and not screen.asking and screen.snapshot.listing.whole)
    await it.until(lambda: all(" · " not in row for row in rows(it)))
    await it.rest()


@asynccontextmanager
async def calls_screen(path: Path, size: tuple[int, int] = WIDE, **options: Any) -> AsyncIterator[It]:
    async with driven_over(path, size, **options) as it:
        await it.press("2")
        await come_to_rest(it)
        yield it


def status(it: It) -> str:
    return it.app.current_screen.status._bottom.status_text


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    return filled_cache(tmp_path)


async def test_every_call_is_in_the_list_newest_first_with_how_many_there_are(filled: Path) -> None:
    with closing(Reader(filled)) as reader:
        calls = list(reader.calls(parse(""), NOW_MS))
    async with calls_screen(filled) as it:
        assert len(table(it).cursor.keys) == len(calls)
        assert f"{len(calls):,} calls".replace(",", " ") in it.screen_text()
        for row, call in zip(rows(it), calls, strict=False):
            assert call.status.value in row
            assert call.provider in row
        await it.press("G")
        await come_to_rest(it)
        assert calls[-1].provider in rows(it)[-1]
        assert calls[-1].status.value in rows(it)[-1]


async def test_the_list_is_walked_by_rows_pages_ends_and_the_wheel(tmp_path: Path) -> None:
    async with calls_screen(long_cache(tmp_path)) as it:
        cursor, page = table(it).cursor, len(rows(it))
        for keys, index in (
            (("j", "down"), 2),
            (("k",), 1),
            (("pagedown", "ctrl+d"), 1 + 2 * page),
            (("pageup",), 1 + page),
            (("G",), CALLS - 1),
            (("g",), 0),
            (("end",), CALLS - 1),
            (("home",), 0),
        ):
            await it.press(*keys)
            assert cursor.index == index
        await it.pilot.click(table(it), offset=(20, 6))
        assert cursor.index == 4
        table(it).action_last_row()
        await come_to_rest(it)
        assert "+46 70 000 00 00" in chosen(it)


async def test_a_row_and_what_is_said_of_it_change_in_the_same_frame(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with calls_screen(filled) as it:
        frames: list[tuple[str, str]] = []
        display = it.app._display

        def noted(screen: Screen[Any], update: Any) -> None:
            if update is not None:
                frames.append((chosen(it), status(it)))
            display(screen, update)

        monkeypatch.setattr(it.app, "_display", noted)
        first = chosen(it)
        it.app.post_message(events.Key("pagedown", None))
        await it.until(lambda: frames and frames[-1][0] != first)
        await it.rest()
        assert "talked" in status(it)
        assert {said for row, said in frames if row == chosen(it)} == {status(it)}


async def test_a_call_that_has_not_been_read_yet_has_its_time_and_holds_nobody_up(tmp_path: Path) -> None:
    async with calls_screen(long_cache(tmp_path)) as it:
        last = table(it)
        last.action_last_row()
        before = rows(it)[-1]
        assert before.split()[-1] == "·"
        await come_to_rest(it)
        assert rows(it)[-1].split()[:3] == before.split()[:3]
        assert "Person" in rows(it)[-2] or "missed" in rows(it)[-2]


async def test_what_arrives_above_leaves_the_chosen_call_chosen_and_on_its_line(tmp_path: Path) -> None:
    path = long_cache(tmp_path)
    async with calls_screen(path) as it:
        await it.press("pagedown", "pagedown", "j")
        await come_to_rest(it)
        line, before = table(it).plain_text.splitlines().index(chosen(it)), chosen(it)
        store(path, *(a_record(number, NOW_MS - 30_000 + number % 1000) for number in range(CALLS, CALLS + 5_000)))
        await it.until(lambda: len(table(it).cursor.keys) == CALLS + 5_000)
        await come_to_rest(it)
        assert chosen(it) == before
        assert table(it).plain_text.splitlines()[line] == before
        assert "1 000+ new" in table(it).plain_text.splitlines()[0]
        await it.press("g")
        assert "new " not in table(it).plain_text.splitlines()[0].replace("newest", "")


async def test_at_the_top_the_newest_is_followed_and_below_it_the_new_are_counted(tmp_path: Path) -> None:
    path = long_cache(tmp_path)
    async with calls_screen(path) as it:
        store(path, a_record(CALLS, NOW_MS - 20_000))
        await it.until(lambda: "+46 70 000 30 00" in rows(it)[0])
        await it.press("j")
        store(path, *(a_record(CALLS + 1 + number, NOW_MS - 10_000 + number) for number in range(37)))
        await it.until(lambda: "37 new" in table(it).plain_text.splitlines()[0])
        assert "+46 70 000 29 99" in chosen(it)


async def test_a_call_whose_facts_change_is_read_again(tmp_path: Path) -> None:
    path = long_cache(tmp_path)
    async with calls_screen(path) as it:
        assert "Support" in rows(it)[0]
        store(path, a_record(CALLS - 1, NOW_MS - 60_000, queue="Complaints"))
        await it.until(lambda: "Complaints" in rows(it)[0])


async def test_the_filter_narrows_the_list_and_the_choice_stays_where_it_can(tmp_path: Path) -> None:
    async with calls_screen(long_cache(tmp_path)) as it:
        await it.press("j", "j", "j", "j", "j")
        await it.press("slash")
        await it.type("status:missed")
        await it.press("enter")
        await come_to_rest(it)
        assert len(table(it).cursor.keys) == CALLS // 3
        assert all("missed" in row for row in rows(it))
        assert "1 000 of 3 000 calls" in it.screen_text()
        key = table(it).cursor.key
        await it.press("j", "j", "escape")
        await come_to_rest(it)
        assert len(table(it).cursor.keys) == CALLS
        assert table(it).cursor.key != key
        assert "missed" in chosen(it)
        await it.press("slash")
        await it.type("number:nobody")
        await it.press("enter")
        await come_to_rest(it)
        assert "no calls match the filter" in it.screen_text()
        assert not table(it).cursor.pinned


async def test_s_sorts_by_the_chosen_column_and_again_the_other_way_round(tmp_path: Path) -> None:
    async with calls_screen(long_cache(tmp_path)) as it:
        await it.press("j", "j")
        key = table(it).cursor.key
        await it.press("left", "s")
        await come_to_rest(it)
        assert "by talk ↓" in it.screen_text()
        assert table(it).cursor.key == key
        assert chosen(it)
        await it.press("g")
        await come_to_rest(it)
        talks = [row.split()[-1] for row in rows(it)]
        assert talks == sorted(talks, key=lambda text: (len(text), text), reverse=True)
        assert talks[0] == "9:59"
        await it.press("s")
        await come_to_rest(it)
        assert "by talk ↑" in it.screen_text()
        assert "missed" in rows(it)[0]
        x = table(it).plain_text.splitlines()[1].index("time")
        await it.pilot.click(table(it), offset=(x, 1))
        await come_to_rest(it)
        assert "newest first" in it.screen_text()


async def test_the_order_is_remembered(tmp_path: Path) -> None:
    path = long_cache(tmp_path)
    for _ in range(2):
        async with calls_screen(path, state_folder=tmp_path) as it:
            if "by talk" not in it.screen_text():
                await it.press("left", "s", "s")
                await come_to_rest(it)
    async with calls_screen(path, state_folder=tmp_path) as it:
        assert "by talk ↑" in it.screen_text()


async def test_a_broken_memory_is_ignored_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "interface.json").write_text("{not json")
    async with calls_screen(long_cache(tmp_path), state_folder=tmp_path) as it:
        assert "is ignored (it is no valid JSON)" in status(it)
        assert "newest first" in it.screen_text()


@pytest.mark.parametrize(("size", "ascii_only"), [(WIDE, False), (SMALL, True)])
async def test_hostile_text_is_only_text(tmp_path: Path, size: tuple[int, int], ascii_only: bool) -> None:
    path = tmp_path / "calltop.db"
    names = ("caller", "caller_name", "callee", "callee_name", "queue", "employee", "project", "doubt")
    store(path, *(a_record(n, NOW_MS - n * 1000, **dict.fromkeys(names, text)) for n, text in enumerate(HOSTILE)))
    async with calls_screen(path, size, ascii_only=ascii_only) as it:
        await it.press("j", "j", "y", "s")
        await it.until(lambda: "[" in it.screen_text())
        assert it.app.is_running
        assert len(rows(it)[0]) > 0


async def test_without_a_cache_it_says_so_and_waits(tmp_path: Path) -> None:
    path = tmp_path / "later" / "calltop.db"
    async with driven_over(path) as it:
        await it.press("2")
        await it.until(lambda: "no calls in the cache" in it.screen_text())
        path.parent.mkdir()
        shutil.copyfile(long_cache(tmp_path), path)
        await it.until(lambda: "3 000 calls" in it.screen_text())


def header(it: It) -> list[str]:
    return table(it).plain_text.splitlines()[1].strip("┃│ ").replace(" ↓", "").split()


async def test_columns_are_hidden_moved_widened_and_sorted_by_over_the_table_and_remembered(tmp_path: Path) -> None:
    path = long_cache(tmp_path)
    async with calls_screen(path, state_folder=tmp_path) as it:
        usual = header(it)
        await it.press("c", "j", "j", "j", "space")
        assert header(it) == [name for name in usual if name != "via"]
        await it.press("j", "less_than_sign", "less_than_sign", "less_than_sign")
        assert header(it)[:3] == ["time", "from", "outcome"]
        before = table(it).plain_text.splitlines()[1].index("outcome")
        await it.press(*["plus"] * 25)
        assert table(it).plain_text.splitlines()[1].index("outcome") > before
        await it.press("s", "escape")
        await come_to_rest(it)
        assert "by from ↑" in it.screen_text()
        changed = table(it).plain_text
    async with calls_screen(path, state_folder=tmp_path) as it:
        assert table(it).plain_text.splitlines()[1].split()[1:] == changed.splitlines()[1].split()[1:]
        await it.press("c", "r", "q")
        assert it.app.is_running
        assert sorted(header(it)) == sorted([*usual, "↑"])


async def test_a_column_that_cannot_be_sorted_by_says_so(tmp_path: Path) -> None:
    async with calls_screen(long_cache(tmp_path)) as it:
        await it.press("c", "G", *["j"] * 20, "space", "s", "enter", "left", "s")
        assert "calls cannot be sorted by the provider's own id" in status(it)


def pane(it: It) -> str:
    screen = it.app.current_screen
    assert isinstance(screen, CallsScreen)
    return screen.pane.plain_text if screen.opened else ""


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL])
async def test_enter_lays_a_call_open_and_esc_closes_it(tmp_path: Path, size: tuple[int, int]) -> None:
    path = long_cache(tmp_path)
    store(path, a_record(CALLS - 2, NOW_MS - 120_000, status="answered", talk_ms=61_000, recording_url="https://x/y.wav"))
    async with calls_screen(path, size) as it:
        await it.press("j", "enter")
        await it.until(lambda: "+46 70 000 29 98" in pane(it))
        assert "✓ answered  in  Mon 23 Nov 10:40:20  north" in pane(it)
        await it.press("tab")
        seen: set[str] = set()
        for _ in range(12):
            await it.until(lambda: "reading what" not in pane(it))
            seen.update(line.strip("│┃ ") for line in pane(it).splitlines())
            await it.press("pagedown")
        facts = "\n".join(seen)
        assert "talked" in facts
        assert "1:01" in facts
        assert "changed 10:42" in facts
        assert "hidden: a link" in facts
        assert "y.wav" not in facts
        assert "talk_ms" in facts
        await it.press("n")
        await it.until(lambda: "+46 70 000 29 97" in pane(it) and "✗ missed" in pane(it))
        await it.press("escape")
        assert not pane(it)
        assert it.app.focused is table(it)
        assert "2997" in chosen(it).replace(" ", "")
        await it.press("enter")
        table(it).cursor.move(149)
        await it.press("n")
        await it.until(lambda: "+46 70 000 28 47" in pane(it))


async def test_an_open_call_follows_its_revisions_and_the_choice(tmp_path: Path) -> None:
    path = long_cache(tmp_path)
    async with calls_screen(path) as it:
        await it.press("enter")
        await it.until(lambda: "unchanged" in pane(it))
        store(path, a_record(CALLS - 1, NOW_MS - 60_000, queue="Complaints"))
        await it.until(lambda: "Support → Complaints" in pane(it))
        await it.press("j")
        await it.until(lambda: "unchanged" in pane(it) and "+46 70 000 29 98" in pane(it))


async def test_keys_narrow_the_list_to_the_calls_number_queue_and_employee(tmp_path: Path) -> None:
    async with calls_screen(long_cache(tmp_path)) as it:
        text = it.app.session.filter
        await it.press("j", "w")
        await come_to_rest(it)
        assert text.text == 'employee:"Person 2"'
        assert "2998" in chosen(it).replace(" ", "")
        await it.press("u")
        await come_to_rest(it)
        assert text.text == 'employee:"Person 2" queue:Support'
        await it.press("f")
        await come_to_rest(it)
        assert text.text == 'employee:"Person 2" queue:Support number:+46700002998'
        assert len(table(it).cursor.keys) == 1
        await it.press("escape")
        await come_to_rest(it)
        assert len(table(it).cursor.keys) == CALLS
        assert "2998" in chosen(it).replace(" ", "")


async def test_what_a_call_does_not_have_cannot_be_narrowed_to(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    store(path, a_record(1, NOW_MS - 1000, caller="anonymous", queue="", employee=""))
    async with calls_screen(path) as it:
        for key, words in (("f", "withheld"), ("u", "no queue"), ("w", "no employee")):
            await it.press(key)
            assert words in status(it)
        assert it.app.session.filter.text == ""


async def test_a_call_chosen_on_the_live_screen_is_opened_in_the_list(filled: Path) -> None:
    async with driven_over(filled) as it:
        live_pane = it.current
        await it.press("j", "j", "j")
        call = live_pane.chosen_call()
        assert call is not None
        await it.press("o")
        await it.until(lambda: isinstance(it.app.current_screen, CallsScreen) and call.id in pane(it))
        opened = table(it).call
        assert opened is not None
        assert (opened.provider, opened.id) == (call.provider, call.id)
        await it.press("escape", "1", "enter", "j", "enter")
        following = live_pane.chosen_call()
        assert following is not None
        assert following.id != call.id
        await it.until(lambda: isinstance(it.app.current_screen, CallsScreen) and following.id in pane(it))


async def test_a_caller_to_ring_back_leads_to_the_calls_with_the_number(filled: Path) -> None:
    async with driven_over(filled) as it:
        it.live.set_focus(it.live.grid.call_backs)
        await it.rest()
        number = it.live.grid.call_backs.number()
        await it.press("o")
        await come_to_rest(it)
        assert f"number:{number}" in it.app.session.filter.text
        assert 0 < len(table(it).cursor.keys) < 50


async def test_with_nothing_chosen_on_the_live_screen_nothing_is_opened(tmp_path: Path) -> None:
    async with driven_over(tmp_path / "none.db") as it:
        await it.press("o")
        assert "choose a call first" in it.status
