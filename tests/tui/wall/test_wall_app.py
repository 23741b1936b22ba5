"""The wall as a program: figures of the cache, keys that change nothing, blindness and its end, nights, alarms."""

from __future__ import annotations

import hashlib
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from calls.alerts import Comparison, Known, Look, QuietHours, Reading, Rule, Sink
from calls.cache import alerts
from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.filters import parse
from calls.metrics import HEADLINE
from providers.background import BackgroundCollector
from providers.clock import WallClock
from screenshots import data
from tests.tui.fake_feed import MINUTE_MS, FakePoller
from tests.tui.filled import filled_cache
from tests.tui.wall.driving import DrivenWall, driven_wall
from tui.polling import ANOTHER_FILE, WatchfulPoller
from tui.wall.app import CHORD_SECONDS

pytestmark = pytest.mark.anyio

RULE = Rule("rate", "answer_rate", Comparison.BELOW, 0.8)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return filled_cache(tmp_path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _fills(wall: DrivenWall, width: int) -> bool:
    return max(map(len, wall.text.splitlines())) > width * 0.8


def _wears(wall: DrivenWall, theme: str) -> bool:
    return bool(wall.app.theme == theme)


def _move(path: Path, to: Path) -> None:
    path.replace(to)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


async def test_it_shows_what_the_cache_knows(cache: Path) -> None:
    with closing(Reader(cache)) as reader:
        figures = reader.figures(parse("on:today"), data.NOW_MS, HEADLINE)[""]
        waiting = reader.unreturned(parse("since:-6d"), data.NOW_MS)
    rate = figures["answer_rate"]
    async with driven_wall(cache) as wall:
        assert f"{rate.numerator} of {rate.denominator}" in wall.text
        assert wall.head.split()[:5] == ["10:42", "Mon", "23", "Nov", "CET"]
        await wall.press("right")
        assert f"{len(waiting)} people to call back" in wall.text


async def test_pages_are_turned_and_held_and_stray_keys_do_nothing(cache: Path) -> None:
    async with driven_wall(cache) as wall:
        await wall.press("left")
        assert "● soluno" in wall.text
        assert "providers" in wall.head
        before = wall.text
        digest = _digest(cache)
        await wall.press("q", "escape", "enter", "d", "x", "1", "slash", "colon", "question_mark", "up", "f2", "tab", "r", "e")
        assert wall.text == before
        assert _digest(cache) == digest
        await wall.press("space")
        assert "HELD" in wall.head
        await wall.press("space")
        assert "HELD" not in wall.head


async def test_pages_turn_by_themselves(cache: Path) -> None:
    async with driven_wall(cache, changes={"dwell_seconds": 0.2}) as wall:
        await wall.until(lambda: "call back" in wall.head)
        await wall.until(lambda: "today by hour" in wall.head)


async def test_quitting_needs_a_chord(cache: Path) -> None:
    async with driven_wall(cache) as wall:
        await wall.press("ctrl+c")
        assert "ctrl+c once more ends the wall" in wall.foot
        assert wall.app.is_running
        await wall.press("ctrl+c")
        assert wall.app.return_code == 0
    async with driven_wall(cache) as wall:
        await wall.press("ctrl+q")
        assert wall.app.return_code == 0
    assert CHORD_SECONDS < 5


async def test_numbers_are_shown_only_where_that_is_allowed_and_hidden_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driven_wall(cache, changes={"pages": ("call-backs",)}) as wall:
        await wall.press("r")
        assert "•" in wall.text
        assert "numbers shown" not in wall.text
    monkeypatch.setattr("tui.wall.screen.REVEAL_SECONDS", 0.5)
    async with driven_wall(cache, changes={"pages": ("call-backs",), "reveals": True}) as wall:
        assert "•" in wall.text
        await wall.press("r")
        await wall.until(lambda: "numbers shown" in wall.head)
        assert "•" not in wall.text
        await wall.until(lambda: "numbers shown" not in wall.head)
        assert "•" in wall.text
        snapshot = wall.app.wall.snapshot
        assert snapshot is not None
        assert all("•" in one.number or len(one.number) < 6 for one in snapshot.call_backs)


async def test_a_cache_taken_away_blinds_it_and_it_recovers_by_itself(cache: Path) -> None:
    away = cache.with_name("away.db")
    async with driven_wall(cache) as wall:
        _move(cache, away)
        await wall.until(lambda: "Blind since 10:42: the cache has been taken away" in wall.foot)
        wall.clock.forward(4)
        await wall.until(lambda: "as of" in wall.text)
        _move(away, cache)
        wall.clock.forward(20)
        await wall.until(lambda: "Blind" not in wall.foot)
        # Nobody polled in the meantime, so that all that is shown is old, and it says so.
        assert "26 min old" in wall.text
        await wall.until(lambda: "Was blind from 10:42 to 11:06." in wall.foot)


async def test_it_waits_for_a_cache_that_is_not_there_yet(tmp_path: Path, cache: Path) -> None:
    later = tmp_path / "later.db"
    async with driven_wall(later, ready=False) as wall:
        await wall.until(lambda: "waiting for the first answer" in wall.foot)
        _move(cache, later)
        await wall.until(lambda: "target 90 %" in wall.text)


async def test_a_file_that_is_no_cache_is_named_and_does_not_end_it(cache: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    _write(other, "no database")
    async with driven_wall(cache) as wall:
        _move(other, cache)
        await wall.until(lambda: "Blind since 10:42" in wall.foot and "cannot be used as a cache" in wall.foot)
        assert wall.app.is_running


@pytest.mark.parametrize("minutes", [24 * 60, 40 * 24 * 60, -3 * 60, 4 * 30 * 24 * 60])
async def test_it_survives_midnight_months_clock_changes_and_clocks_set_back(cache: Path, minutes: int) -> None:
    async with driven_wall(cache) as wall:
        for page in range(4):
            wall.clock.forward(minutes / 4)
            await wall.press("right")
            await wall.until(lambda: wall.app.wall.snapshot and wall.app.wall.snapshot.taken_ms == wall.clock.now_ms())
            assert wall.app.is_running, page
        assert wall.app.wall.eyes.blind_since_ms is None


async def test_every_size_is_filled_and_the_picture_drifts(cache: Path) -> None:
    async with driven_wall(cache, changes={"drift_minutes": 10}) as wall:
        places = set()
        for _ in range(4):
            await wall.until(lambda: wall.app.wall.snapshot and wall.app.wall.snapshot.taken_ms == wall.clock.now_ms())
            lines = wall.text.splitlines()
            row = next(index for index, line in enumerate(lines) if "CALL BACK NOW" in line)
            places.add((lines[row].index("CALL"), row))
            wall.clock.forward(10)
        assert len(places) == 4
        assert max(x for x, _ in places) - min(x for x, _ in places) == 1
        for size in ((160, 45), (240, 67), (60, 16), (80, 24)):
            await wall.pilot.resize_terminal(*size)
            await wall.until(partial(_fills, wall, size[0]))


async def test_it_is_dimmed_at_night_and_bright_by_day(cache: Path) -> None:
    night = {"night": (QuietHours.parse("19:00-07:00"),)}
    for theme, dark in (("calltop-light", "calltop-dark-night"), ("calltop-ansi", "calltop-ansi-night")):
        async with driven_wall(cache, changes=night, theme=theme) as wall:
            await wall.until(partial(_wears, wall, theme))
            wall.clock.forward(10 * 60)
            await wall.until(partial(_wears, wall, dark))
            wall.clock.forward(12 * 60)
            await wall.until(partial(_wears, wall, theme))


async def test_an_alarm_stands_on_every_page_and_rings_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sinks = {"rate": frozenset({Sink.SCREEN, Sink.BELL})}
    sent: list[str] = []
    async with driven_wall(cache, changes={"sinks": sinks}) as wall:
        monkeypatch.setattr(wall.app, "send", sent.append)
        with closing(Database(cache)) as database, database.transaction() as connection:
            alerts.advance_all(connection, [Look(RULE, Reading(Known.VALUE, 0.7, "31/44"))], data.NOW_MS)
        await wall.until(lambda: "ALARM since 10:42: answer rate 70 % (31/44)" in wall.text.splitlines()[1])
        await wall.press("right")
        assert "ALARM" in wall.text.splitlines()[1]
        assert sent == ["\a"]
        with closing(Database(cache)) as database, database.transaction() as connection:
            well = Look(RULE, Reading(Known.VALUE, 0.9, "40/44"))
            alerts.advance_all(connection, [well], data.NOW_MS + MINUTE_MS)
        await wall.until(lambda: "ALARM" not in wall.text)
        assert sent == ["\a", "\a"]


def test_a_cache_in_whose_place_another_file_lies_is_noticed(cache: Path, tmp_path: Path) -> None:
    collector = BackgroundCollector(cache, list, WallClock())
    poller = WatchfulPoller(collector, cache)
    assert poller.trouble == ""
    away = tmp_path / "away.db"
    _move(cache, away)
    assert poller.trouble == ""
    _move(away, cache)
    assert poller.trouble == ""
    _write(away, "another")
    _move(away, cache)
    assert poller.trouble == ANOTHER_FILE


async def test_polling_that_waits_for_another_process_is_said_and_not_begun_again(cache: Path) -> None:
    begun: list[FakePoller] = []

    def polling() -> FakePoller:
        begun.append(FakePoller())
        return begun[-1]

    async with driven_wall(cache, polling=polling) as wall:
        begun[0].trouble, begun[0].waits = "nothing is polled here: waiting for process 4711", True
        wall.clock.forward(1)
        await wall.until(lambda: "Nothing is polled here: waiting for process 4711" in wall.foot)
        assert (len(begun), begun[0].stopped) == (1, False)


async def test_polling_that_has_ended_is_said_and_begun_again(cache: Path) -> None:
    begun: list[FakePoller] = []

    def polling() -> FakePoller:
        begun.append(FakePoller())
        return begun[-1]

    async with driven_wall(cache, polling=polling) as wall:
        begun[0].trouble = "polling has stopped: the disk is full"
        wall.clock.forward(1)
        await wall.until(lambda: "Polling has stopped: the disk is full" in wall.foot)
        assert len(begun) == 2
        assert begun[0].stopped
        wall.clock.forward(1)
        await wall.until(lambda: "stopped" not in wall.foot)
        assert len(begun) == 2
