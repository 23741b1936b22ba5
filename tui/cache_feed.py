"""The cache as the interface's feed of snapshots."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from calls.cache.database import BadCache, NoCache
from calls.cache.reader import Reader
from calls.cache.snapshots import LiveSnapshot
from calls.calendar import NO_CALENDAR, Calendar
from calls.filters import Filter
from calls.metrics import Tally
from tui.ahead import FirstScreen, identity_of
from tui.feed import FeedInterrupted, NothingCached, T
from tui.past import PastCache

if TYPE_CHECKING:
    from calls.cache.writer import Deriver

_NOT_YET = -1
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def no_derivers() -> Mapping[str, Deriver]:
    """Where nothing is configured, nothing can be derived as it was."""
    return {}


class CacheFeed:
    """Reads the cache, and waits for one that is not there yet. A cache that was taken away is opened again.

    `derivers` makes what derives calls of each provider's records, by name, when the past is first asked for; `first` reads the
    first screen already.
    """

    def __init__(
        self,
        path: Path,
        calendar: Calendar = NO_CALENDAR,
        derivers: Callable[[], Mapping[str, Deriver]] = no_derivers,
        first: FirstScreen | None = None,
    ) -> None:
        self._path = path
        self._calendar = calendar
        self._derivers = derivers
        self._first = first
        self._past: PastCache | None = None
        self._reader: Reader | None = None
        self._identity: tuple[int, int] | None = None

    def begin(self, now_ms: int) -> None:
        """Begins to read the first screen, for the next feed that `another` gives."""
        self._first = FirstScreen(self._path, self._calendar, now_ms)
        self._first.start()

    def read_ahead(self, seconds: float) -> LiveSnapshot | None:
        """What was begun before, where it is there within so long."""
        if self._first is None:
            return None
        self._first.join(seconds)
        return None if self._first.is_alive() else self._adopt()

    def _adopt(self) -> LiveSnapshot | None:
        """Takes over what was opened to read the first screen, once that is done, and gives its answer."""
        first, self._first = self._first, None
        if first is None:
            return None
        first.join()
        if first.reader is not None:
            self._reader, self._identity = first.reader, first.identity
        return first.snapshot

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
        return self._answer(self._open, question)

    def read_as_of(self, moment_ms: int, question: Callable[[Reader], T]) -> T:
        """The answer of the cache as it was at an instant; the first one at an instant takes long."""
        return self._answer(lambda: self._open_past(moment_ms).reader, question)

    @property
    def unknown_then(self) -> tuple[str, ...]:
        """The providers of which the instant last asked about knows nothing."""
        return () if self._past is None else self._past.unknown

    def _answer(self, open_reader: Callable[[], Reader], question: Callable[[Reader], T]) -> T:
        try:
            return question(open_reader())
        except NoCache as error:
            raise NothingCached from error
        except sqlite3.DatabaseError as error:
            if "interrupt" in str(error):
                raise FeedInterrupted from error
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
                raise BadCache.because_of(self._path, error) from error
            raise

    def another(self) -> CacheFeed:
        """A feed of the same cache for another thread."""
        first, self._first = self._first, None
        return CacheFeed(self._path, self._calendar, self._derivers, first)

    def _open_past(self, moment_ms: int) -> PastCache:
        present = self._open()
        if self._past is None or self._past.moment_ms != moment_ms:
            self._leave_past()
            self._past = PastCache(present, moment_ms, self._derivers())
        return self._past

    def _leave_past(self) -> None:
        past, self._past = self._past, None
        if past is not None:
            past.close()

    def _open(self) -> Reader:
        self._adopt()
        try:
            identity = identity_of(self._path)
        except FileNotFoundError:
            self.close()
            raise NoCache(self._path) from None
        if self._reader is None or identity != self._identity:
            self.close()
            self._reader, self._identity = Reader(self._path, self._calendar), identity
        return self._reader

    def interrupt(self) -> None:
        """Makes a running read give up."""
        past = self._past
        for reader in (self._reader, None if past is None else past.reader):
            if reader is not None:
                reader.interrupt()

    def close(self) -> None:
        """Gives back the files."""
        self._adopt()
        self._leave_past()
        if self._reader is not None:
            self._reader.close()
            self._reader = None
