"""Reads the cache in a thread of its own and posts what it finds.

One thread, so that the feed is never called twice at once; a daemon, so that a read that hangs on a dead disk cannot hold
up the end of the program. The newest request wins: an older one that still runs is interrupted and its answer dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import Generic, Protocol, TypeVar

from textual.message import Message

from calls.cache.snapshots import Standing
from calls.text import clean
from tui.feed import Clock, Feed, FeedInterrupted
from tui.messages import SnapshotFailed, SnapshotReady, ValuesReady

# Bars and "today" change with the clock even when the cache does not; zones differ by quarters of an hour.
_QUARTER_MS = 15 * 60 * 1000


class Snapshot(Protocol):
    """What a screen shows, of one moment."""

    @property
    def standing(self) -> Standing:
        """How the providers stand."""
        ...


# What reads a snapshot may yield it while parts are missing, and return it when it is whole.
Staged = Generator[Snapshot, None, Snapshot]
Question = TypeVar("Question")


class SnapshotReader(threading.Thread, Generic[Question]):
    """Answers requests, and looks once per `check_seconds` whether the cache has changed.

    `read` turns a question into a snapshot as of a moment in ms; it runs in this thread. The feed is given back at the end
    when `closes_feed`.
    """

    def __init__(
        self,
        feed: Feed,
        clock: Clock,
        post: Callable[[Message], object],
        check_seconds: float,
        read: Callable[[Feed, Question, int], Snapshot | Staged],
        *,
        closes_feed: bool = False,
    ) -> None:
        super().__init__(name="calltop-reader", daemon=True)
        self._feed = feed
        self._snapshot = read
        self._closes_feed = closes_feed
        self._clock = clock
        self._post = post
        self._check_seconds = check_seconds
        self._changed = threading.Condition()
        self._question: Question | None = None
        self._values: tuple[str, str] | None = None
        self._request = 0
        self._answered = 0
        self._reading = False
        self._stopped = False
        self._asleep = False
        self._seen: tuple[int, int] | None = None

    def answered(self, question: Question, version: int, taken_ms: int) -> int:
        """Takes it that a question was answered before this thread began, from that version of the cache; the request's
        number."""
        self._question, self._seen = question, (version, taken_ms // _QUARTER_MS)
        self._request = self._answered = self._request + 1
        return self._request

    def request(self, question: Question) -> int:
        """Asks for a snapshot and returns the request's number. Gives up what is being read."""
        with self._changed:
            self._question = question
            self._request += 1
            reading = self._reading
            self._changed.notify()
            number = self._request
        if reading:
            self._feed.interrupt()
        return number

    def request_values(self, field: str, typed: str) -> None:
        """Asks for the values of a filter's field that hold `typed`. Only the newest such request is answered."""
        with self._changed:
            self._values = (field, typed)
            self._changed.notify()

    def sleep(self, asleep: bool) -> None:
        """While asleep it follows no changes of the cache; requests are answered all the same."""
        with self._changed:
            self._asleep = asleep
            self._changed.notify()

    def stop(self) -> None:
        """Ends the thread after what it reads now."""
        with self._changed:
            self._stopped = True
            reading = self._reading
            self._changed.notify()
        if reading:
            self._feed.interrupt()

    def run(self) -> None:
        """Reads until stopped."""
        try:
            self._read_until_stopped()
        finally:
            if self._closes_feed:
                self._feed.close()

    def _read_until_stopped(self) -> None:
        while True:
            with self._changed:
                if not self._stopped and self._answered == self._request and self._values is None:
                    self._changed.wait(None if self._asleep else self._check_seconds)
                if self._stopped:
                    return
                question, number = self._question, self._request
                values, self._values = self._values, None
                asked = self._answered != number
                self._reading = question is not None
            if values is not None:
                self._read_values(*values)
            answered = question is None or (self._asleep and not asked) or self._read(question, number, asked)
            with self._changed:
                self._reading = False
                if answered:
                    self._answered = number

    def _read(self, question: Question, number: int, asked: bool) -> bool:
        """Whether the request is dealt with; one interrupted by mistake, for its predecessor's sake, is not."""
        now_ms = self._clock.now_ms()
        try:
            seen = (self._feed.version(), now_ms // _QUARTER_MS)
            if not asked and seen == self._seen:
                return True
            snapshot = self._whole(self._snapshot(self._feed, question, now_ms), number)
        except FeedInterrupted:
            return False
        except Exception as error:  # noqa: BLE001 - whatever a cache may raise ends in the status line
            self._seen = None
            self._tell(SnapshotFailed(number, clean(error) or type(error).__name__))
            return True
        self._seen = seen
        self._tell(SnapshotReady(number, snapshot))
        return True

    def _whole(self, answer: Snapshot | Staged, number: int) -> Snapshot:
        """The whole answer; parts that come before are told at once. Raises FeedInterrupted when it is no longer wanted."""
        if not isinstance(answer, Generator):
            return answer
        while True:
            try:
                part = next(answer)
            except StopIteration as end:
                whole: Snapshot = end.value
                return whole
            with self._changed:
                wanted = number == self._request and not self._stopped
            if not wanted:
                raise FeedInterrupted
            self._tell(SnapshotReady(number, part, whole=False))

    def _read_values(self, field: str, typed: str) -> None:
        try:
            found = self._feed.values(field, typed)
        except Exception:  # noqa: BLE001 - completion is a help; the snapshot's own failure is what is said
            return
        self._tell(ValuesReady(field, typed, found))

    def _tell(self, message: Message) -> None:
        try:
            self._post(message)
        except RuntimeError:
            # The interface has ended between the question and the answer; nobody is left to be told.
            self._stopped = True
