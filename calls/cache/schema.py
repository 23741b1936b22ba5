"""The tables of the cache, as ordered migrations. `PRAGMA user_version` says how many have been applied."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from calls.cache import views
from calls.cache.migrations import eighth, fifth, first, fourth, ninth, second, seventh, sixth, third
from calls.filters import fold
from calls.keys import place_ms
from calls.times import hour_start_ms, local_date, local_day_window, zone_named

APPLICATION_ID = 0x43414C4C  # "CALL", so that `file` and a careful reader can tell what this is

MIGRATIONS: tuple[str, ...] = (
    first.SCRIPT,
    second.SCRIPT,
    third.SCRIPT,
    fourth.SCRIPT,
    fifth.SCRIPT,
    sixth.SCRIPT,
    seventh.SCRIPT,
    eighth.SCRIPT,
    ninth.SCRIPT,
)


class CacheTooNew(Exception):
    """The cache was written by a newer calltop."""

    def __init__(self, path: Path, version: int) -> None:
        super().__init__(
            f"{path} was written by a newer calltop (schema {version}, this one knows {len(MIGRATIONS)});"
            " upgrade calltop, or name another cache with --cache"
        )


def schema_version(connection: sqlite3.Connection) -> int:
    """How many migrations the open cache has had."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def made_by_another(connection: sqlite3.Connection) -> bool:
    """Whether the file holds the tables of another program. A new file holds nothing yet."""
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    return application != APPLICATION_ID and bool(application or tables or schema_version(connection))


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Brings the cache to the newest schema, one transaction per migration; keeps a copy of an older cache beside it.

    Raises `CacheTooNew`. The caller holds the write lock.
    """
    version = schema_version(connection)
    if version > len(MIGRATIONS):
        raise CacheTooNew(path, version)
    if version == 0:
        connection.executescript(_newest())
        return
    if version < len(MIGRATIONS):
        _keep_copy(connection, path.with_name(f"{path.name}.schema-{version}.backup"))
    _run_migrations(connection, version)


def _keep_copy(connection: sqlite3.Connection, copy: Path) -> None:
    """Copies the cache, all of it or nothing."""
    _remove_copy(copy)
    # Made here and not by SQLite, so that it never exists with a wider mode.
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        connection.execute("VACUUM INTO ?", (str(copy),))
    except BaseException:
        _remove_copy(copy)
        raise


def _remove_copy(copy: Path) -> None:
    """Removes a copy, and the journal of one that was never finished."""
    for name in (copy.name, f"{copy.name}-journal"):
        copy.with_name(name).unlink(missing_ok=True)


@cache
def _newest() -> str:
    """What makes a new cache in one transaction: the tables that all migrations leave behind."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        _run_migrations(made, 0)
        begin, *statements, commit = made.iterdump()
    marks = (f"PRAGMA application_id = {APPLICATION_ID};", f"PRAGMA user_version = {len(MIGRATIONS)};")
    return "\n".join((begin, *statements, *marks, commit))


def _run_migrations(connection: sqlite3.Connection, version: int) -> None:
    connection.create_function("fold", 1, fold, deterministic=True)
    connection.create_function("hour_start", 2, _hour_start, deterministic=True)
    connection.create_function("day_start", 2, _day_start, deterministic=True)
    connection.create_function("place", 1, place_ms, deterministic=True)
    connection.create_function("body_digest", 2, _body_digest, deterministic=True)
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {views.DROP} {script} {views.CREATE if number == len(MIGRATIONS) else ''}"
            f" PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number}; COMMIT;"
        )


def _body_digest(packed: bytes, shape: bytes) -> int:
    from calls.cache.payloads import COMMON_SHAPE, Packing
    from calls.cache.records import digest_of

    return digest_of(Packing(shape or COMMON_SHAPE).unpack(packed)[0])


def _hour_start(instant_ms: int, timezone: str) -> int:
    return hour_start_ms(place_ms(instant_ms), zone_named(timezone))


def _day_start(instant_ms: int, timezone: str) -> int:
    zone = zone_named(timezone)
    return local_day_window(local_date(place_ms(instant_ms), zone), zone).start_ms
