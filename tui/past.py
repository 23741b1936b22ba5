"""The cache as it was at an instant, for a feed: a private copy that is removed when it is given back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from calls.cache.reader import Reader

if TYPE_CHECKING:
    from calls.cache.writer import Deriver

FOLDER_PREFIX = ".calltop-then-"


class PastCache:
    """A reader of what was known at `moment_ms`; `unknown` are providers of which it knows nothing.

    Making it takes as long as copying the cache and deriving anew what changed since. Raises what `Reader.as_of` raises.
    """

    def __init__(self, present: Reader, moment_ms: int, derivers: Mapping[str, Deriver]) -> None:
        self.moment_ms = moment_ms
        self._folder = _folder_beside(present.path)
        try:
            self.reader, self.unknown = present.as_of(moment_ms, derivers, Path(self._folder.name))
        except BaseException:
            self._folder.cleanup()
            raise

    def close(self) -> None:
        """Removes the copy."""
        self.reader.close()
        self._folder.cleanup()


def _folder_beside(cache: Path) -> TemporaryDirectory[str]:
    """A folder for a copy: beside the cache, because temporary files may lie in memory, unless nobody may write there."""
    try:
        return TemporaryDirectory(prefix=FOLDER_PREFIX, dir=cache.parent)
    except OSError:
        return TemporaryDirectory(prefix=FOLDER_PREFIX)
