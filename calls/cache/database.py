"""Opening the cache: file modes, journal, the one write lock, and connections that only read."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from calls.cache.schema import MIGRATIONS, CacheTooNew, made_by_another, migrate, schema_version
from calls.filters import register_functions

BUSY_TIMEOUT_SECONDS = 10.0
ANOTHER_PROGRAM = "it is a database of another program"


class NoCache(Exception):
    """There is no cache to read yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"there is no cache at {path} yet; fill it with: calltop collect --once")


class BadCache(Exception):
    """The file is there but cannot be used as a cache."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be used as a cache: {reason}; move it away, or name another with --cache")


class Database:
    """The writing side of a cache file. Use it from the thread that made it.

    Everything that writes takes an exclusive lock on a file beside the cache, because SQLite before 3.51.3 can corrupt a
    write-ahead log that two connections reset at once (sqlite.org/wal.html).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Created here and not by SQLite, so that it never exists with a wider mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        self._lock_descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        self.connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        try:
            with self._locked():
                if made_by_another(self.connection):
                    raise BadCache(path, ANOTHER_PROGRAM)
                self.connection.execute("PRAGMA journal_mode = WAL")
                self.connection.execute("PRAGMA synchronous = FULL")
                self.connection.execute("PRAGMA foreign_keys = ON")
                migrate(self.connection, path)
        except sqlite3.DatabaseError as error:
            self.close()
            raise BadCache(path, str(error)) from error
        except (CacheTooNew, BadCache):
            self.close()
            raise
        register_functions(self.connection)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.flock(self._lock_descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock_descriptor, fcntl.LOCK_UN)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: commits at the end, rolls back on any exception."""
        with self._locked():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def compact(self) -> None:
        """Writes the file anew without what was deleted, empties the log, and removes copies from before a migration."""
        with self._locked():
            self.connection.execute("PRAGMA secure_delete = ON")
            self.connection.execute("VACUUM")
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for copy in self.path.parent.glob(f"{self.path.name}.schema-*.backup"):
            copy.unlink(missing_ok=True)

    def close(self) -> None:
        """Closes the file. Closing twice is harmless."""
        if self._lock_descriptor >= 0:
            with self._locked():
                self.connection.close()
            os.close(self._lock_descriptor)
            self._lock_descriptor = -1


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
        raise BadCache(path, str(error)) from error
    version = schema_version(connection)
    if made_by_another(connection):
        connection.close()
        raise BadCache(path, ANOTHER_PROGRAM)
    if version != len(MIGRATIONS):
        connection.close()
        if version > len(MIGRATIONS):
            raise CacheTooNew(path, version)
        raise NoCache(path) if version == 0 else BadCache(path, f"its schema {version} is older; run: calltop collect --once")
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
        raise BadCache(path, str(error)) from error
