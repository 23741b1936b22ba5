"""The cache as it was at an instant, as a copy in which the calls are derived anew from what was known then."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from calls.cache.database import Database, open_for_reading
from calls.cache.writer import Deriver, Writer

COPY_NAME = "calltop-then.db"


def copy_as_of(path: Path, moment_ms: int, derivers: Mapping[str, Deriver], folder: Path) -> tuple[Path, tuple[str, ...]]:
    """Makes a copy of the cache at `path`, in `folder`, that knows what it knew at an instant; its path, and the providers
    of which it knows nothing because there is no deriver.

    Calls that were purged or erased since stay so. Raises `NoCache`, `BadCache`, `CacheTooNew` and OSError.
    """
    target = folder / COPY_NAME
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(open_for_reading(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    with closing(Database(target)) as database:
        # The copy is made anew rather than mended, so nothing has to survive a loss of power.
        database.connection.execute("PRAGMA synchronous = OFF")
        return target, Writer(database).go_back(moment_ms, derivers)
