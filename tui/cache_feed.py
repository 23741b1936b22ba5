"""The cache as the interface's feed of snapshots."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from calls.cache.database import NoCache
from calls.cache.reader import Reader
from calls.cache.snapshots import LiveSnapshot
from calls.calendar import NO_CALENDAR, Calendar
from calls.filters import Filter
from calls.metrics import Tally
from tui.feed import FeedInterrupted, NothingCached, T

_NOT_YET = -1


class CacheFeed:
    """Reads the cache, and waits for one that is not there yet. A cache that was taken away is opened again."""

    def __init__(self, path: Path, calendar: Calendar = NO_CALENDAR) -> None:
        self._path = path
        self._calendar = calendar
        self._reader: Reader | None = None
        self._identity: tuple[int, int] | None = None

    def version(self) -> int:
        """A number that changes when the cache does."""
        try:
            return self._open().version()
        except NoCache:
            return _NOT_YET

    def live(self, filter: Filter, now_ms: int) -> LiveSnapshot:  # noqa: A002 - the field's own term
        """The first screen; an empty one while there is no cache."""
        try:
            return self.read(lambda reader: reader.live(filter, now_ms))
        except NothingCached:
            return LiveSnapshot(now_ms, _NOT_YET, (), Tally(), (), (), 0, 0, 0, 0)

    def values(self, field: str, typed: str) -> tuple[tuple[str, int], ...]:
        """Values of a filter's field that hold `typed`, the most frequent first."""
        try:
            return self.read(lambda reader: reader.values(field, typed))
        except NothingCached:
            return ()

    def read(self, question: Callable[[Reader], T]) -> T:
        """The answer to any question to the cache."""
        try:
            return question(self._open())
        except NoCache as error:
            raise NothingCached from error
        except sqlite3.OperationalError as error:
            if "interrupt" in str(error):
                raise FeedInterrupted from error
            raise

    def another(self) -> CacheFeed:
        """A feed of the same cache for another thread."""
        return CacheFeed(self._path, self._calendar)

    def _open(self) -> Reader:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self.close()
            raise NoCache(self._path) from None
        identity = (status.st_dev, status.st_ino)
        if self._reader is None or identity != self._identity:
            self.close()
            self._reader, self._identity = Reader(self._path, self._calendar), identity
        return self._reader

    def interrupt(self) -> None:
        """Makes a running read give up."""
        if self._reader is not None:
            self._reader.interrupt()

    def close(self) -> None:
        """Gives back the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
