"""`calltop collect` as it is, but with a quicker heartbeat; each look at a lease is told on standard error.

The first argument is the number of seconds between two heartbeats, the second after how many a holder counts as silent.
"""

from __future__ import annotations

import sqlite3
import sys

from calls.cache import lease
from calls.cache.database import Database
from calls.cache.lease import Holder
from tui.cli import main

_acquire = lease.acquire


def acquire(database: Database, source_id: int, holder: Holder, now_ms: int) -> str:
    """The same, told."""
    try:
        other = _acquire(database, source_id, holder, now_ms)
    except sqlite3.Error as error:
        print("trouble", repr(error), file=sys.stderr, flush=True)
        raise
    print("waits" if other else "holds", source_id, file=sys.stderr, flush=True)
    return other


if __name__ == "__main__":
    lease.HEARTBEAT_SECONDS = float(sys.argv[1])  # type: ignore[assignment]
    lease.SILENT_AFTER_MS = int(float(sys.argv[2]) * 1000)
    lease.acquire = acquire
    sys.exit(main(["collect", "--json"]))
