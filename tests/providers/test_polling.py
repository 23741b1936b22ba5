"""One poll: what it asks for, what it stores, and what it says of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.erasure import key_path
from calls.cache.reader import Reader
from calls.filters import parse
from calls.model import Window
from providers.errors import Unavailable
from providers.transport import RequestTrace
from tests.calls.cache.help import DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS, record
from tests.providers.collecting import FakeProvider, ManualClock, calls_every_hour, polling_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock()


async def test_an_outcome_is_the_object_that_collect_prints(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.rows = [record("a", started_ms=NOON_MS - HOUR_MS), record("b", started_ms=NOON_MS - MINUTE_MS)]
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        first = await polling.poll()
        assert first.json() == {
            "provider": "north", "kind": "fake", "requests": 2, "received": 2, "inserted": 2, "updated": 0, "unchanged": 0,
            "rejected": 0, "complete_to": "2026-11-22T10:45:00.000Z", "error": None,
        }  # fmt: skip
        provider.rows[0] = record("a", started_ms=NOON_MS - HOUR_MS, status="answered")
        second = (await polling.poll()).json()
        assert [second[name] for name in ("requests", "received", "inserted", "updated", "unchanged")] == [2, 2, 0, 1, 1]


async def test_the_next_poll_is_told_what_the_last_whole_one_left(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        await polling.poll()
        provider.half_read = Unavailable("503")
        assert (await polling.poll()).error == "503; calltop tries again by itself"
        provider.half_read = None
        await polling.poll()
    assert provider.states == [{}, {"asked": "1"}, {"asked": "1"}]


@pytest.mark.acceptance(2)
async def test_a_call_that_was_long_under_way_appears(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock, lookback_seconds=3600)
    provider.rows = [record("past", started_ms=NOON_MS - 2 * DAY_MS, ended_ms=NOON_MS - 2 * DAY_MS + 9 * HOUR_MS)]
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        await polling.poll()
        await polling.read_history(Window(NOON_MS - 3 * DAY_MS, NOON_MS - HOUR_MS))
        provider.rows.append(record("long", started_ms=NOON_MS - 9 * HOUR_MS))
        await polling.poll()
        assert provider.asked[-1][1].start_ms == NOON_MS - 15 * MINUTE_MS - 9 * HOUR_MS - 10 * MINUTE_MS
        assert (await polling.poll()).stored.unchanged == 1


async def test_history_extends_what_is_covered_but_says_nothing_about_now(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.rows = calls_every_hour(3)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        past = Window(NOON_MS - 2 * DAY_MS, NOON_MS - DAY_MS)
        outcome = await polling.read_history(past)
        assert outcome.stored.inserted == 24
        assert polling.log.covered() == (past,)
        assert outcome.complete_to_ms is None
        assert polling.log.last_try_ms() is None


@pytest.mark.acceptance(1)
async def test_polling_again_at_the_same_time_changes_nothing(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.next_state = dict  # type: ignore[method-assign]
    provider.rows = calls_every_hour(1)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        await polling.poll()
        before = list(polling.log._database.connection.iterdump())
        await polling.poll()
        assert list(polling.log._database.connection.iterdump()) == before


async def test_a_mistake_nobody_foresaw_is_told_without_its_words(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.error = ValueError("token=secret")
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        outcome = await polling.poll()
    assert outcome.error == "reading the answer failed (ValueError); see the log, and report it"


async def test_what_the_answers_give_cause_for_is_kept_as_notices(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.notices = ("new field: mood",)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        await polling.poll()
        with closing(Reader(tmp_path / "calltop.db")) as reader:
            assert [(notice.provider, notice.text) for notice in reader.notices()] == [("north", "new field: mood")]


async def test_the_requests_of_a_poll_are_kept_for_the_screen_the_newest_first(tmp_path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        provider.transport.history.append(RequestTrace(NOON_MS, "GET", "/before", 200, 1, 1))
        for at_ms in (NOON_MS, NOON_MS + MINUTE_MS):
            provider.transport.history.append(RequestTrace(at_ms, "GET", "/one", 200, 7, 3))
            provider.transport.history.append(RequestTrace(at_ms + 1, "GET", "/two", None, 0, 9, "no connection"))
            await polling.poll()
        with closing(Reader(tmp_path / "calltop.db")) as reader:
            newest = reader.requests("north", 3)
            assert [(line.at_ms, line.path, line.error) for line in newest] == [
                (NOON_MS + MINUTE_MS + 1, "/two", "no connection"),
                (NOON_MS + MINUTE_MS, "/one", ""),
                (NOON_MS + 1, "/two", "no connection"),
            ]
            assert len(reader.requests("north", 100)) == 4


async def test_a_row_that_a_whole_reading_lacks_is_kept_and_marked_until_it_comes_again(
    tmp_path: Path, clock: ManualClock
) -> None:
    provider = FakeProvider(clock)
    provider.rows = [record("a", started_ms=NOON_MS - HOUR_MS), record("b", started_ms=NOON_MS - 2 * HOUR_MS)]
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        await polling.poll()
        gone = provider.rows.pop()
        clock.jump(MINUTE_MS)
        await polling.poll()
        assert unseen(tmp_path / "calltop.db") == {"a": None, "b": NOON_MS + MINUTE_MS}
        clock.jump(MINUTE_MS)
        provider.half_read = Unavailable("503")
        provider.rows = []
        await polling.poll()
        assert unseen(tmp_path / "calltop.db") == {"a": None, "b": NOON_MS + MINUTE_MS}
        provider.half_read = None
        provider.rows = [gone, record("a", started_ms=NOON_MS - HOUR_MS)]
        clock.jump(MINUTE_MS)
        await polling.poll()
        assert unseen(tmp_path / "calltop.db") == {"a": None, "b": None}
        with closing(Reader(tmp_path / "calltop.db")) as reader:
            assert sorted(call.id for call in reader.calls(parse(""), clock.now_ms())) == ["a", "b"]


def unseen(path: Path) -> dict[str, int | None]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT key, unseen_since_ms FROM record").fetchall())


async def test_without_the_key_of_erased_numbers_nothing_is_stored_and_the_file_is_named(
    tmp_path: Path, clock: ManualClock
) -> None:
    provider = FakeProvider(clock)
    provider.rows = [record("a", started_ms=NOON_MS - HOUR_MS, caller="+46701740605")]
    with polling_of(tmp_path / "calltop.db", provider, clock) as polling:
        await polling.poll()
        polling._writer.erase("+46701740605", {"north": provider}, NOON_MS)
        key_path(tmp_path / "calltop.db").rename(tmp_path / "elsewhere")
        clock.jump(MINUTE_MS)
        outcome = await polling.poll()
        assert outcome.error is not None
        assert "calltop.db.key, which knows erased numbers again, cannot be read" in outcome.error
        assert outcome.error.endswith("put the file back where it was")
