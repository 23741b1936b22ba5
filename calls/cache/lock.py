"""The lock that whoever writes a cache holds, and a word about who holds it when that takes long."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE_SECONDS = 5.0
_PID_BYTES = 20

Waiting = Callable[[str], None]
"""Is told one sentence when the lock has been in another's hands for long, from whatever thread; and "" when it was got."""


def silent(words: str) -> None:
    """Tells nobody."""


class WriteLock:
    """An exclusive lock on a file beside the cache, in which the process that took it last is named. `waits` is true while
    another has it."""

    def __init__(self, cache: Path, waiting: Waiting = silent) -> None:
        self._cache = cache
        self._waiting = waiting
        self.waits = False
        self._descriptor = os.open(cache.with_name(cache.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits for the lock, however long that takes, and gives it back."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait()
        # A full disk does not keep anybody from the lock; the next who waits is told of the holder before.
        with suppress(OSError):
            os.pwrite(self._descriptor, str(os.getpid()).ljust(_PID_BYTES).encode(), 0)
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def _wait(self) -> None:
        # Few ever wait, and none who only reads.
        import threading

        long = threading.Event()

        def tell() -> None:
            long.set()
            self._waiting(self._words())

        telling = threading.Timer(PATIENCE_SECONDS, tell)
        telling.daemon = True
        telling.start()
        self.waits = True
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        finally:
            self.waits = False
            telling.cancel()
            telling.join()
        if long.is_set():
            self._waiting("")

    def _words(self) -> str:
        told = os.pread(self._descriptor, _PID_BYTES, 0).strip()
        who, advice = "another program", ""
        if told.isdigit():
            who, advice = f"process {int(told)}", f" (if it was stopped, let it go on: kill -CONT {int(told)})"
        return f"waiting for {who}{advice}, which writes to {self._cache}"

    def close(self) -> None:
        """Closes the file. Closing twice is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    @property
    def closed(self) -> bool:
        """Whether the file was closed."""
        return self._descriptor < 0
