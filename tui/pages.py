"""Reads the calls in sight, and the one that is looked at, in a thread of its own: a list of a million may take long to make,
its pages never wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from calls.cache.listing import Listing
from calls.cache.recorded import StoredRecord
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


@dataclass(frozen=True, slots=True)
class Looked:
    """A call that is looked at closely, by its key."""

    key: int
    call: Call


class RecordsReady(Message):
    """The records of a call that is looked at."""

    def __init__(self, looked: Looked, records: tuple[StoredRecord, ...]) -> None:
        super().__init__()
        self.looked = looked
        self.records = records


class CallsFailed(Message):
    """Calls could not be read; `words` says why in one line."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


class PageReader(threading.Thread):
    """Answers with `CallsReady`, `RecordsReady` or `CallsFailed`. Of several stretches or calls asked for while it reads, the
    last one counts: the person has moved on from the others. A stretch goes before a call.

    A daemon, as `tui.reader.SnapshotReader` is; gives its feed back at the end.
    """

    def __init__(self, feed: Feed, post: Callable[[Message], object]) -> None:
        super().__init__(name="calltop-pages", daemon=True)
        self._feed = feed
        self._post = post
        self._changed = threading.Condition()
        self._wanted: Stretch | None = None
        self._looked: Looked | None = None
        self._stopped = False

    def want(self, stretch: Stretch) -> None:
        """Asks for a stretch."""
        with self._changed:
            self._wanted = stretch
            self._changed.notify()

    def look_at(self, looked: Looked) -> None:
        """Asks for a call's records."""
        with self._changed:
            self._looked = looked
            self._changed.notify()

    def stop(self) -> None:
        """Ends the thread after what it reads now."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def run(self) -> None:
        """Reads until stopped."""
        try:
            while (wanted := self._next()) is not None:
                self._tell(self._read(wanted))
        finally:
            self._feed.close()

    def _next(self) -> Stretch | Looked | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._wanted is not None or self._looked is not None)
            if self._stopped:
                return None
            if self._wanted is not None:
                wanted, self._wanted = self._wanted, None
                return wanted
            looked, self._looked = self._looked, None
            return looked

    def _read(self, wanted: Stretch | Looked) -> Message | None:
        try:
            return self._calls(wanted) if isinstance(wanted, Stretch) else self._records(wanted)
        except (FeedInterrupted, NothingCached):
            return None
        except Exception as error:  # noqa: BLE001 - whatever a cache may raise ends in the status line
            return CallsFailed(clean(error) or type(error).__name__)

    def _calls(self, stretch: Stretch) -> CallsReady:
        listing, start, count = stretch.listing, stretch.start, stretch.count
        calls = self._feed.read(lambda reader: reader.calls_at(listing, start, count))
        return CallsReady(listing.version, dict(zip(listing.keys[start : start + count], calls, strict=True)))

    def _records(self, looked: Looked) -> RecordsReady:
        call = looked.call
        return RecordsReady(looked, self._feed.read(lambda reader: reader.records_of(call.provider, call.id)))

    def _tell(self, message: Message | None) -> None:
        if message is None:
            return
        try:
            self._post(message)
        except RuntimeError:
            # The interface has ended between the question and the answer.
            self._stopped = True
