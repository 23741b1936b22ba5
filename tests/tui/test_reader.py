"""The thread that reads the cache: newest request first, every error told, no answer twice."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest
from textual.message import Message

from calls.filters import Filter, parse
from tests.tui.fake_feed import FakeFeed, FixedClock
from tui.messages import SnapshotFailed, SnapshotReady
from tui.reader import SnapshotReader
from tui.screens.live import LiveScreen

DEADLINE_SECONDS = 10.0


class Reading:
    """A reader at work, and what it posts."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.feed = FakeFeed(self.clock, "calm")
        self.posted: queue.Queue[Message] = queue.Queue()
        self.reader = SnapshotReader(self.feed, self.clock, self.posted.put, 0.01, LiveScreen.read)
        self.reader.start()

    def next(self) -> Message:
        return self.posted.get(timeout=DEADLINE_SECONDS)


@pytest.fixture
def reading() -> Iterator[Reading]:
    it = Reading()
    yield it
    it.feed.released.set()
    it.reader.stop()
    it.reader.join(DEADLINE_SECONDS)
    assert not it.reader.is_alive()


def test_a_request_is_answered_with_its_number_and_its_filter(reading: Reading) -> None:
    number = reading.reader.request(parse("status:missed"))
    answer = reading.next()
    assert isinstance(answer, SnapshotReady)
    assert answer.request == number
    assert 0 < answer.snapshot.matching < answer.snapshot.total


def test_a_change_of_the_cache_is_read_and_no_change_is_not(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    reading.reader.request(Filter())
    reading.next()
    reads = reading.feed.reads
    # Once it looks at the cache a second time, it has told what the first look brought.
    looks, version = threading.Semaphore(0), reading.feed.version

    def looked() -> int:
        looks.release()
        return version()

    monkeypatch.setattr(reading.feed, "version", looked)
    for _ in range(2):
        assert looks.acquire(timeout=DEADLINE_SECONDS)
    assert reading.posted.empty()
    assert reading.feed.reads == reads
    reading.feed.touch()
    answer = reading.next()
    assert isinstance(answer, SnapshotReady)
    assert answer.snapshot.version == 2


def test_a_new_quarter_of_an_hour_is_read_because_days_and_hours_turn(reading: Reading) -> None:
    reading.reader.request(Filter())
    reading.next()
    reading.clock.forward(15)
    assert isinstance(reading.next(), SnapshotReady)


def test_an_error_is_told_in_one_clean_line_and_tried_again(reading: Reading) -> None:
    reading.feed.error = OSError("disk\x1b[31m\nI/O error")
    reading.reader.request(Filter())
    failed = reading.next()
    assert isinstance(failed, SnapshotFailed)
    assert failed.words == "disk [31m I/O error"
    reading.feed.error = None
    answers = iter(reading.next, None)
    assert any(isinstance(answer, SnapshotReady) for answer in answers)


def test_an_error_without_words_is_told_by_its_name(reading: Reading) -> None:
    reading.feed.error = ZeroDivisionError()
    reading.reader.request(Filter())
    failed = reading.next()
    assert isinstance(failed, SnapshotFailed)
    assert failed.words == "ZeroDivisionError"


def test_a_newer_request_interrupts_the_read_of_an_older_one(reading: Reading) -> None:
    reading.feed.released.clear()
    reading.reader.request(Filter())
    assert reading.feed.held.wait(DEADLINE_SECONDS)
    newest = reading.reader.request(parse("status:missed"))
    assert reading.feed.interrupted.wait(DEADLINE_SECONDS) or reading.feed.reads > 1
    reading.feed.released.set()
    answers = iter(reading.next, None)
    assert any(isinstance(answer, SnapshotReady) and answer.request == newest for answer in answers)


def test_it_ends_when_nobody_is_left_to_be_told() -> None:
    def closed(_message: Message) -> None:
        raise RuntimeError("Event loop is closed")

    reader = SnapshotReader(FakeFeed(FixedClock(), "calm"), FixedClock(), closed, 0.01, LiveScreen.read)
    reader.start()
    reader.request(Filter())
    reader.join(DEADLINE_SECONDS)
    assert not reader.is_alive()


def test_a_waiting_answer_gives_way_to_a_newer_one(reading: Reading) -> None:
    reading.reader.request(Filter())
    first = reading.next()
    reading.feed.touch()
    second = reading.next()
    assert first.can_replace(second)
    assert not first.can_replace(SnapshotFailed(1, "x"))
