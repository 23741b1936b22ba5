"""What is no mistake of a person but of a file or a disk, in one line, for whatever command met it."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from pathlib import Path

from calls.cache.database import BadCache
from calls.cache.schema import CacheTooNew
from calls.text import clean
from tui.exit_codes import NO_ANSWER, USAGE
from tui.streams import let_go

# What to do stands at the end, behind paths that may be long.
LONGEST_WORDS = 2_000
# Files say which they are; what has no name is standard output.
_NOT_WRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def fault_words(error: Exception, cache: Path) -> tuple[str, int] | None:
    """What to say, and the exit code; None for what is an error of our own. `cache` is the file the command used.

    After a write to standard output that failed nothing more is written there, not even at exit.
    """
    if isinstance(error, (BadCache, CacheTooNew)):
        return clean(str(error), LONGEST_WORDS), USAGE
    if isinstance(error, sqlite3.DatabaseError) and _is_about_the_file(error):
        return f"{clean(str(cache), LONGEST_WORDS)} cannot be used: {error}; {_advice(str(error))}", NO_ANSWER
    if isinstance(error, OSError) and error.filename is not None:
        return f"{clean(os.fsdecode(error.filename), LONGEST_WORDS)} cannot be used: {error.strerror}", USAGE
    if isinstance(error, OSError) and error.errno in _NOT_WRITTEN:
        let_go(sys.stdout)
        return f"standard output cannot be written: {error.strerror}", USAGE
    return None


def _is_about_the_file(error: sqlite3.DatabaseError) -> bool:
    """Whether the file, its disk or its other users are at fault, and not what was asked."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
    }


def _advice(reason: str) -> str:
    if "malformed" in reason or "not a database" in reason:
        return "move it away and run calltop backfill, which loads it anew"
    if "locked" in reason:
        return "another program holds it: try again, or end that program"
    return "look at its disk and its permissions: calltop check"
