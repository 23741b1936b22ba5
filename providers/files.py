"""Files that a provider made, saved as received."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

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


class PartFile:
    """A file that grows beside its place, readable by its owner only, and takes that place when it is whole.

    Leaving the block without `keep` removes it, so that a file stands at `path` whole or not at all. Entering raises OSError
    when nothing can be written there; `take` raises `NotWritten`, and `TooLarge` beyond `limit_bytes`.
    """

    def __init__(self, path: Path, *, limit_bytes: int = MAX_FILE_BYTES, progress: Progress | None = None) -> None:
        self.size = 0
        self._path = path
        self._limit_bytes = limit_bytes
        self._progress = progress
        self._expected: int | None = None
        self._head = b""

    def __enter__(self) -> Self:
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name[:64]}.")
        self._name = Path(name)
        self._file = os.fdopen(handle, "wb")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self._file.close()
        finally:
            self._name.unlink(missing_ok=True)

    def begin(self, expected_bytes: int | None) -> None:
        """The content starts, anew when an earlier attempt broke off."""
        self.size, self._head, self._expected = 0, b"", expected_bytes
        try:
            self._file.seek(0)
            self._file.truncate()
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
            self._file.write(part)
        except OSError as error:
            raise NotWritten(error) from None
        if self._progress is not None:
            self._progress(self.size, self._expected)

    @property
    def is_page(self) -> bool:
        """Whether the content begins as a web page does, whatever it was called."""
        return self._head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES)

    def keep(self) -> int:
        """Puts the file in its place, over one that stood there. Returns its size in bytes; raises OSError."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._name.replace(self._path)
        return self.size


def save(content: bytes, path: Path) -> int:
    """Writes a file as received, readable by its owner only and whole or not at all. Returns its size in bytes."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return len(content)


def safe_name(text: str, otherwise: str) -> str:
    """A file's name out of a provider's text: without folders, leading dots and signs that shells or systems read."""
    name = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in text.replace("\\", "/").rpartition("/")[2])
    return name.strip(" .")[:120].strip(" .") or otherwise
