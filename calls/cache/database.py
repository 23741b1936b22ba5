"""Opening the cache: file modes, journal, the one write lock, and connections that only read."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from calls.cache.lock import Waiting, WriteLock, silent
from calls.cache.schema import MIGRATIONS, CacheTooNew, made_by_another, migrate, schema_version
from calls.filters import register_functions

BUSY_TIMEOUT_SECONDS = 10.0
# What was committed survives a loss of power.
SYNCHRONOUS = "FULL"
# Calls of one reading lie all over the indexes of numbers: so many kB of pages are held, and the log takes so many pages before
# they are written to their place in the file.
HELD_KILOBYTES = 16_000
LOGGED_PAGES = 4_000
PAGES_GIVEN_BACK = 1_000
INCREMENTAL = 2
SHORTEST_SHOWN = 6
READ_BYTES = 1 << 20
ANOTHER_PROGRAM = "it is a database of another program"
MOVE_AWAY = "move it away, or name another with --cache"
_LOOK = "look at its disk and its permissions"
_ADVICE = {
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_BUSY: "another program holds it: try again, or end that program",
    sqlite3.SQLITE_IOERR: _LOOK,
    sqlite3.SQLITE_READONLY: _LOOK,
    sqlite3.SQLITE_CANTOPEN: _LOOK,
    sqlite3.SQLITE_PERM: _LOOK,
}


class NoCache(Exception):
    """There is no cache to read yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"there is no cache at {path} yet; fill it with: calltop collect --once")


class BadCache(Exception):
    """The file is there but cannot be used as a cache."""

    def __init__(self, path: Path, reason: str, advice: str = MOVE_AWAY) -> None:
        super().__init__(f"{path} cannot be used as a cache: {reason}; {advice}")

    @classmethod
    def because_of(cls, path: Path, error: sqlite3.DatabaseError) -> BadCache:
        """What SQLite said of it. Only what the file itself is, and not its disk, is a reason to move it away."""
        return cls(path, str(error), _ADVICE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, MOVE_AWAY))


class Database:
    """The writing side of a cache file. Use it from the thread that made it.

    Everything that writes takes an exclusive lock on a file beside the cache, because SQLite before 3.51.3 can corrupt a
    write-ahead log that two connections reset at once (sqlite.org/wal.html). `waiting` is told when another holds it for long.
    """

    def __init__(self, path: Path, waiting: Waiting = silent) -> None:
        self.path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Created here and not by SQLite, so that it never exists with a wider mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        self._lock = WriteLock(path, waiting)
        self.connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        try:
            with self._lock.held():
                self._prepare()
        except BaseException as error:
            # Who was interrupted while it waited for the lock has not touched the file yet.
            self.connection.close()
            self._lock.close()
            if isinstance(error, sqlite3.DatabaseError):
                raise BadCache.because_of(path, error) from error
            raise
        register_functions(self.connection)

    def _prepare(self) -> None:
        """Brings the file to the newest schema; one that cannot be is closed before anybody else may write."""
        try:
            if made_by_another(self.connection):
                raise BadCache(self.path, ANOTHER_PROGRAM)
            # A new file can give pages back one by one, and nothing that is deleted is left in those it keeps.
            if self.path.stat().st_size == 0:
                self.connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self.connection.execute("PRAGMA secure_delete = ON")
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
            self.connection.execute("PRAGMA foreign_keys = ON")
            self.connection.execute(f"PRAGMA cache_size = -{HELD_KILOBYTES}")
            self.connection.execute(f"PRAGMA wal_autocheckpoint = {LOGGED_PAGES}")
            migrate(self.connection, self.path)
        except BaseException:
            self.connection.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: commits at the end, rolls back on any exception."""
        with self._lock.held():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def compact(self, gone: Collection[str] = ()) -> None:
        """Gives back the pages of what was deleted, empties the log, and removes copies from before a migration.

        Others may write between two steps. The whole file is written anew only when it still shows one of the texts in
        `gone`, or was made by a version that could not give pages back.
        """
        whole = self._pragma("auto_vacuum") != INCREMENTAL
        while not whole and self._pragma("freelist_count"):
            with self._lock.held():
                self.connection.execute(f"PRAGMA incremental_vacuum({PAGES_GIVEN_BACK})").fetchall()
        self._empty_log()
        if whole or shows(self.path, gone):
            with self._lock.held():
                self.connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                self.connection.execute("VACUUM")
            self._empty_log()
        for copy in self.path.parent.glob(f"{self.path.name}.schema-*.backup*"):
            copy.unlink(missing_ok=True)

    def _empty_log(self) -> None:
        with self._lock.held():
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _pragma(self, name: str) -> int:
        return int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])

    @property
    def waits(self) -> bool:
        """Whether its thread waits for another process that writes; may be asked by a signal's handler."""
        return self._lock.waits

    def close(self) -> None:
        """Closes the file. Closing twice is harmless."""
        if not self._lock.closed:
            with self._lock.held():
                self.connection.close()
            self._lock.close()


def shows(path: Path, texts: Collection[str]) -> bool:
    """Whether a file has one of these texts in it, wherever; those too short to be told from chance do not count."""
    wanted = [encoded for text in texts if len(encoded := text.encode("utf-8", "replace")) >= SHORTEST_SHOWN]
    if not wanted:
        return False
    found = re.compile(b"|".join(map(re.escape, wanted)))
    with path.open("rb") as file:
        before = b""
        while some := file.read(READ_BYTES):
            if found.search(before + some):
                return True
            before = some[-max(map(len, wanted)) :]
    return False


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, for any thread that takes turns. Raises `NoCache`, `BadCache`, `CacheTooNew`."""
    if not path.exists():
        raise NoCache(path)
    uri = path.resolve().as_uri()
    try:
        connection = _connect(f"{uri}?mode=ro")
    except sqlite3.OperationalError:
        # Without write permission SQLite cannot open a cache whose log was removed by a clean exit; the file is whole then.
        connection = _connect_or_explain(f"{uri}?mode=ro&immutable=1", path)
    except sqlite3.DatabaseError as error:
        raise BadCache.because_of(path, error) from error
    version = schema_version(connection)
    if made_by_another(connection):
        connection.close()
        raise BadCache(path, ANOTHER_PROGRAM)
    if version != len(MIGRATIONS):
        connection.close()
        if version > len(MIGRATIONS):
            raise CacheTooNew(path, version)
        raise NoCache(path) if version == 0 else BadCache(path, f"its schema {version} is older", "run: calltop collect --once")
    register_functions(connection)
    return connection


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _connect_or_explain(uri: str, path: Path) -> sqlite3.Connection:
    try:
        return _connect(uri)
    except sqlite3.DatabaseError as error:
        raise BadCache.because_of(path, error) from error
