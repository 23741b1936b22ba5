"""Notes about missed calls, written into the cache off the screen's thread: the cache may be locked by whoever polls."""

from __future__ import annotations

import getpass
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from calls.cache.database import BadCache, Database
from calls.cache.schema import CacheTooNew
from calls.text import clean
from tui.feed import Clock, Told

if TYPE_CHECKING:
    from calls.cache.writer import Writer

_Work = Callable[["Writer"], int]


class CacheMarker:
    """Marks callers as dealt with in the cache at `path`, one after the other, in a thread that is started when needed."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._work: queue.SimpleQueue[tuple[_Work, Told] | None] = queue.SimpleQueue()
        # A daemon, so that a cache on a dead disk cannot hold up the end of the program.
        self._thread = threading.Thread(target=self._run, name="calltop-marking", daemon=True)
        self._started = False

    def mark(self, number_key: str, through_ms: int, note: str, told: Told) -> None:
        """Marks the missed calls of a caller up to an instant as dealt with; `told` gets their number, or what went wrong."""
        now_ms = self._clock.now_ms()
        self._put(lambda writer: writer.mark(number_key, through_ms, now_ms, marking_person(), note), told)

    def unmark(self, number_key: str, through_ms: int, told: Told) -> None:
        """Takes such marks back."""
        self._put(lambda writer: writer.unmark(number_key, through_ms), told)

    def stop(self, timeout_seconds: float) -> None:
        """Writes what was asked for, then ends; returns when that is done or the time is over."""
        if self._started:
            self._work.put(None)
            self._thread.join(timeout_seconds)

    def _put(self, work: _Work, told: Told) -> None:
        self._work.put((work, told))
        if not self._started:
            self._started = True
            self._thread.start()

    def _run(self) -> None:
        while (asked := self._work.get()) is not None:
            work, told = asked
            told(*self._do(work, told))

    def _do(self, work: _Work, told: Told) -> tuple[int, str]:
        # Imported when somebody marks: the first frame does without what writes.
        from calls.cache.writer import Writer

        if not self._path.exists():
            return 0, "there is no cache to write to"

        def waiting(words: str) -> None:
            if words:
                told(0, clean(words))

        try:
            with closing(Database(self._path, waiting)) as database:
                return work(Writer(database)), ""
        except (BadCache, CacheTooNew, OSError, sqlite3.Error) as error:
            return 0, clean(str(error)) or type(error).__name__


def marking_person() -> str:
    """The name under which this person marks."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return f"uid {os.getuid()}"
