"""One poller per provider: a lease in the cache that passes on when its holder dies or falls silent."""

from __future__ import annotations

import os
import socket
from typing import NamedTuple

from calls.cache.database import Database

SILENT_AFTER_MS = 45_000
HEARTBEAT_SECONDS = 15


class Holder(NamedTuple):
    """A process, or one of several pollers within a process."""

    name: str
    pid: int

    @classmethod
    def of_this_process(cls) -> Holder:
        """A name that no other poller has, on this host or another."""
        import uuid

        return cls(f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}", os.getpid())


def gone(holder_name: str, pid: int) -> bool:
    """Whether the holder's process is known to be dead: only a process of this host can be looked up."""
    if holder_name.partition("/")[0] != socket.gethostname():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def acquire(database: Database, source_id: int, holder: Holder, now_ms: int) -> str:
    """Takes or keeps the lease: returns "" when `holder` has it now, else the name of the one who does."""
    with database.transaction() as connection:
        row = connection.execute("SELECT holder, pid, heartbeat_ms FROM lease WHERE source_id = ?", (source_id,)).fetchone()
        if row is not None and row[0] != holder.name:
            silent = abs(now_ms - row[2]) > SILENT_AFTER_MS
            if not silent and not gone(row[0], row[1]):
                return str(row[0])
        if row is None or row[0] != holder.name:
            # Whoever held it before polls no longer, also when it could not say so.
            connection.execute("UPDATE poll_state SET polling = 0 WHERE source_id = ? AND polling", (source_id,))
        connection.execute(
            "INSERT INTO lease VALUES (?, ?, ?, ?) ON CONFLICT (source_id) DO UPDATE"
            " SET holder = excluded.holder, pid = excluded.pid, heartbeat_ms = excluded.heartbeat_ms",
            (source_id, holder.name, holder.pid, now_ms),
        )
        return ""


def release(database: Database, holder: Holder) -> None:
    """Gives back every lease of `holder`."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM lease WHERE holder = ?", (holder.name,))
