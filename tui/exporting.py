"""Writes what a screen shows to a file, in a thread of its own: a million rows hold up nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from calls.text import clean
from tui.feed import Feed, FeedInterrupted, NothingCached

if TYPE_CHECKING:
    from calls.cache.reader import Reader

Progress = Callable[[int], None]


class Target(NamedTuple):
    """Where an export goes, in which format (`calls.exports.FORMATS`), and whether with every column there is."""

    path: Path
    format: str
    every_column: bool = False


class Exportable(NamedTuple):
    """What a screen can write. `what` says it in a few words ("the calls under the filter"), `noun` is one row of it, `stem`
    the beginning of a file's name. `write` writes all of it and returns the number of rows; it tells its progress now and then,
    runs in another thread, and raises as `calls.exports.write_file`. `has_columns` when fewer columns than all can be meant.
    """

    what: str
    noun: str
    stem: str
    write: Callable[[Reader, Target, Progress], int]
    has_columns: bool = False


class ExportTold(Message):
    """So many rows are written; all of them when `done`. `trouble` is one sentence when the export has failed, and `stopped`
    is set when the person ended it: there is no file then."""

    def __init__(self, rows: int, *, done: bool = False, trouble: str = "", stopped: bool = False) -> None:
        super().__init__()
        self.rows = rows
        self.done = done
        self.trouble = trouble
        self.stopped = stopped

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return self.done or bool(self.trouble) or self.stopped

    def can_replace(self, message: Message) -> bool:
        """A newer count makes a waiting one needless."""
        return isinstance(message, ExportTold)


class _Stopped(Exception):
    """The person has ended the export."""


class ExportThread(threading.Thread):
    """One export. Posts `ExportTold`; gives its feed back at the end. A daemon, so that it cannot hold up the end of the
    program."""

    def __init__(self, feed: Feed, export: Exportable, target: Target, post: Callable[[Message], object]) -> None:
        super().__init__(name="calltop-export", daemon=True)
        self._feed = feed
        self._export = export
        self._target = target
        self._post = post
        self._ended = threading.Event()

    def stop(self, timeout_seconds: float = 0.0) -> None:
        """Ends the export; no file is left. Waits for that at most so long."""
        self._ended.set()
        if timeout_seconds and self.is_alive():
            self.join(timeout_seconds)

    def run(self) -> None:
        """Writes the file and tells how it went."""
        try:
            message = self._write()
        finally:
            self._feed.close()
        self._tell(message)

    def _write(self) -> ExportTold:
        try:
            rows = self._feed.read(lambda reader: self._export.write(reader, self._target, self._progress))
        except _Stopped:
            return ExportTold(0, stopped=True)
        except NothingCached:
            return ExportTold(0, trouble="there is no cache yet")
        except FeedInterrupted:
            return ExportTold(0, stopped=True)
        except OSError as error:
            return ExportTold(0, trouble=f"{self._target.path} cannot be written: {error.strerror or error}")
        except Exception as error:  # noqa: BLE001 - whatever a cache or a library may raise ends in the status line
            return ExportTold(0, trouble=clean(error) or type(error).__name__)
        return ExportTold(rows, done=True)

    def _progress(self, rows: int) -> None:
        if self._ended.is_set():
            raise _Stopped
        self._tell(ExportTold(rows))

    def _tell(self, message: ExportTold) -> None:
        try:
            self._post(message)
        except RuntimeError:
            # The interface has ended meanwhile.
            self._ended.set()
