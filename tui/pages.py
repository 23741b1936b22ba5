"""Reads the calls in sight, and the one that is looked at, in a thread of its own: a list of a million may take long to make,
its pages never wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from calls.cache.listing import Listing
from calls.model import Call
from calls.text import clean
from tui.feed import Feed, FeedInterrupted, NothingCached


@dataclass(frozen=True, slots=True)
class Stretch:
    """`count` positions of a list from `start` on."""

    listing: Listing
    start: int
    count: int


class CallsReady(Message):
    """Calls of a list by key, None for one that is gone; as they stood when the list had this version."""

    def __init__(self, version: int, calls: dict[int, Call | None]) -> None:
        super().__init__()
        self.version = version
        self.calls = calls


class CallsFailed(Message):
    """Calls could not be read; `words` says why in one line."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


class PageReader(threading.Thread):
    """Answers with `CallsReady` or `CallsFailed`. Of several stretches asked for while it reads, the last one counts: the
    person has moved on from the others. A daemon, as `tui.reader.SnapshotReader` is; gives its feed back at the end."""

    def __init__(self, feed: Feed, post: Callable[[Message], object]) -> None:
        super().__init__(name="calltop-pages", daemon=True)
        self._feed = feed
        self._post = post
        self._changed = threading.Condition()
        self._wanted: Stretch | None = None
        self._stopped = False

    def want(self, stretch: Stretch) -> None:
        """Asks for a stretch."""
        with self._changed:
            self._wanted = stretch
            self._changed.notify()

    def stop(self) -> None:
        """Ends the thread after what it reads now."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def run(self) -> None:
        """Reads until stopped."""
        try:
            while (stretch := self._next()) is not None:
                self._tell(self._read(stretch))
        finally:
            self._feed.close()

    def _next(self) -> Stretch | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._wanted is not None)
            wanted, self._wanted = self._wanted, None
            return None if self._stopped else wanted

    def _read(self, stretch: Stretch) -> Message | None:
        listing, start, count = stretch.listing, stretch.start, stretch.count
        try:
            calls = self._feed.read(lambda reader: reader.calls_at(listing, start, count))
        except (FeedInterrupted, NothingCached):
            return None
        except Exception as error:  # noqa: BLE001 - whatever a cache may raise ends in the status line
            return CallsFailed(clean(error) or type(error).__name__)
        keys = listing.keys[start : start + count]
        return CallsReady(listing.version, dict(zip(keys, calls, strict=True)))

    def _tell(self, message: Message | None) -> None:
        if message is None:
            return
        try:
            self._post(message)
        except RuntimeError:
            # The interface has ended between the question and the answer.
            self._stopped = True
