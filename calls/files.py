"""Paths as people type them, and files that stand at their place whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import TracebackType
from typing import Self


def typed_path(path: Path) -> Path:
    """A path with the home that its `~` or `~name` stands for. Raises ValueError, in one line, when there is no such home."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"{path}: {path.parts[0]} is nobody's home here") from None


class WholeFile:
    """A file that grows beside its place, readable by its owner only, and takes that place when it is whole.

    Leaving the block without `keep` removes it. Entering raises OSError when nothing can be written there, or when something
    stands there that is no file, such as a device: it would be gone afterwards.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        if self._path.exists() and not self._path.is_file():
            raise OSError(errno.EINVAL, "it is no regular file")
        # Slow to import, and most commands write no file.
        import tempfile

        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name[:64]}.")
        self._name = Path(name)
        self.file = os.fdopen(handle, "w+b")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.file.close()
        finally:
            self._name.unlink(missing_ok=True)

    def keep(self) -> int:
        """Puts the file in its place, over one that stood there. Returns its size in bytes; raises OSError."""
        self.file.flush()
        os.fsync(self.file.fileno())
        size = os.fstat(self.file.fileno()).st_size
        self._name.replace(self._path)
        return size


def safe_name(text: str, otherwise: str) -> str:
    """A file's name out of a provider's text: without folders, leading dots and signs that shells or systems read."""
    name = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in text.replace("\\", "/").rpartition("/")[2])
    return name.strip(" .")[:120].strip(" .") or otherwise
