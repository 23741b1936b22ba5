"""The first screen's answer, read in a thread while the interface is still being imported."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from calls.cache.reader import Reader
from calls.cache.snapshots import LiveSnapshot
from calls.calendar import Calendar
from calls.filters import Filter


def identity_of(path: Path) -> tuple[int, int]:
    """What tells a file from another one of the same name."""
    status = path.stat()
    return status.st_dev, status.st_ino


class FirstScreen(Thread):
    """Opens the cache and reads the live screen without a filter, as of `now_ms`.

    When it has ended, `reader` is the open cache, `identity` tells its file, and `snapshot` is the answer; what could not be
    had is None, and who asks again is told why.
    """

    def __init__(self, path: Path, calendar: Calendar, now_ms: int) -> None:
        super().__init__(name="calltop-first", daemon=True)
        self._path = path
        self._calendar = calendar
        self._now_ms = now_ms
        self.identity = (0, 0)
        self.reader: Reader | None = None
        self.snapshot: LiveSnapshot | None = None

    def run(self) -> None:
        """Reads."""
        try:
            self.identity = identity_of(self._path)
            self.reader = Reader(self._path, self._calendar)
            self.snapshot = self.reader.live(Filter(), self._now_ms)
        except Exception:  # noqa: BLE001 - told when the screen's own reader asks
            return
