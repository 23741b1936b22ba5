"""Files that a provider made, saved as received."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from calls.files import WholeFile
from providers.errors import TooLarge

MAX_FILE_BYTES = 512 * 1024 * 1024
_HEAD_BYTES = 1024
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body")

# Bytes that have come, and how many are expected: None when that is not known.
Progress = Callable[[int, int | None], None]


class NotWritten(Exception):
    """The disk refused a part of a file; `error` says why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class PartFile(WholeFile):
    """A `WholeFile` that takes what a provider sends, part by part.

    `take` raises `NotWritten`, and `TooLarge` beyond `limit_bytes`.
    """

    def __init__(self, path: Path, *, limit_bytes: int = MAX_FILE_BYTES, progress: Progress | None = None) -> None:
        super().__init__(path)
        self.size = 0
        self._limit_bytes = limit_bytes
        self._progress = progress
        self._expected: int | None = None
        self._head = b""

    def begin(self, expected_bytes: int | None) -> None:
        """The content starts, anew when an earlier attempt broke off."""
        self.size, self._head, self._expected = 0, b"", expected_bytes
        try:
            self.file.seek(0)
            self.file.truncate()
        except OSError as error:
            raise NotWritten(error) from None

    def take(self, part: bytes) -> None:
        """The next part of the content."""
        self.size += len(part)
        if self.size > self._limit_bytes:
            raise TooLarge(f"the file is larger than {self._limit_bytes // 2**20} MB", advice="order it for a shorter range")
        if len(self._head) < _HEAD_BYTES:
            self._head += part[:_HEAD_BYTES]
        try:
            self.file.write(part)
        except OSError as error:
            raise NotWritten(error) from None
        if self._progress is not None:
            self._progress(self.size, self._expected)

    @property
    def is_page(self) -> bool:
        """Whether the content begins as a web page does, whatever it was called."""
        return self._head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES)


def save(content: bytes, path: Path) -> int:
    """Writes a file as received, readable by its owner only and whole or not at all. Returns its size in bytes."""
    with WholeFile(path) as whole:
        whole.file.write(content)
        return whole.keep()
