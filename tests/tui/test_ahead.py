"""The first screen is read before the interface asks, once, and whatever goes wrong is told by who asks next."""

from __future__ import annotations

import queue
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.message import Message

from calls.cache.database import BadCache, Database
from calls.filters import Filter
from screenshots import data
from tests.tui.fake_feed import FakePoller
from tests.tui.filled import driven_over, filled_cache
from tui.app import CalltopApp
from tui.cache_feed import CacheFeed
from tui.messages import SnapshotReady
from tui.reader import SnapshotReader
from tui.screens.live import LiveScreen

DEADLINE_SECONDS = 10.0
pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled_cache(tmp_path_factory.mktemp("ahead"))


def test_what_was_begun_is_the_answer_of_the_next_feed_and_given_once(cache: Path) -> None:
    with closing(CacheFeed(cache)) as feed:
        feed.begin(data.NOW_MS)
        with closing(feed.another()) as first, closing(feed.another()) as second:
            ahead = first.read_ahead(DEADLINE_SECONDS)
            assert ahead == first.live(Filter(), data.NOW_MS)
            assert ahead is not None
            assert ahead.total > 0
            assert first.read_ahead(DEADLINE_SECONDS) is None
            assert second.read_ahead(DEADLINE_SECONDS) is None


def test_a_feed_that_nobody_waits_for_reads_as_any_other(cache: Path) -> None:
    with closing(CacheFeed(cache)) as feed:
        feed.begin(data.NOW_MS)
        with closing(feed.another()) as first:
            assert first.live(Filter(), data.NOW_MS).total > 0


def test_without_a_cache_nothing_is_there_ahead(tmp_path: Path) -> None:
    with closing(CacheFeed(tmp_path / "none.db")) as feed:
        feed.begin(data.NOW_MS)
        with closing(feed.another()) as first:
            assert first.read_ahead(DEADLINE_SECONDS) is None
            assert first.live(Filter(), data.NOW_MS).panes == ()


def test_a_cache_that_is_damaged_within_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = filled_cache(tmp_path)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 8)
        file.write(b"\xee" * (size * 3 // 4))
    with closing(CacheFeed(path)) as feed:
        feed.begin(data.NOW_MS)
        with closing(feed.another()) as first:
            assert first.read_ahead(DEADLINE_SECONDS) is None
            with pytest.raises(BadCache, match="malformed; move it away"):
                first.live(Filter(), data.NOW_MS)


def test_what_was_read_ahead_is_read_again_when_the_cache_has_changed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: queue.Queue[Message] = queue.Queue()
    looks = threading.Semaphore(0)
    with closing(CacheFeed(cache)) as feed:
        feed.begin(data.NOW_MS)
        own = feed.another()
        reader = SnapshotReader(own, data.StillClock(data.NOW_MS), posted.put, 0.01, LiveScreen.read, closes_feed=True)
        ahead = own.read_ahead(DEADLINE_SECONDS)
        assert ahead is not None
        number = reader.answered(Filter(), ahead.version, ahead.taken_ms)
        version = own.version

        def looked() -> int:
            looks.release()
            return version()

        monkeypatch.setattr(own, "version", looked)
        reader.start()
        try:
            # Once it looks at the cache a second time, it has told what the first look brought.
            for _ in range(2):
                assert looks.acquire(timeout=DEADLINE_SECONDS)
            assert posted.empty()
            with closing(Database(cache)) as database, database.transaction() as connection:
                connection.execute("UPDATE poll_state SET skew_seconds = 5")
            answer = posted.get(timeout=DEADLINE_SECONDS)
        finally:
            reader.stop()
            reader.join(DEADLINE_SECONDS)
    assert isinstance(answer, SnapshotReady)
    assert answer.request == number


def begun(feed: CacheFeed, poller: FakePoller, **options: Any) -> CalltopApp:
    """The interface over a feed that reads ahead."""
    feed.begin(data.NOW_MS)
    return CalltopApp(feed, poller, **options)


async def test_the_live_screen_has_its_rows_as_soon_as_it_is_there(cache: Path) -> None:
    async with driven_over(cache, ready=False, make=begun) as it:
        screen = it.app.current_screen
        assert isinstance(screen, LiveScreen)
        assert screen.settled
        assert screen.snapshot.total > 0
