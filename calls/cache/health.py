"""How the cache file is: whole, private, on a disk of this machine, with room to grow, and who fills it."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calls.cache.database import BadCache, NoCache, open_for_reading
from calls.cache.lease import SILENT_AFTER_MS, gone
from calls.cache.schema import MIGRATIONS, CacheTooNew, schema_version
from calls.text import clean

LITTLE_ROOM_BYTES = 500 * 2**20
_MOUNTS = Path("/proc/self/mountinfo")
# Where a write-ahead log cannot be shared, since it needs memory that processes have in common.
NETWORKS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "davfs", "sshfs"})
_ALL = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class LeaseHolder:
    """Who polls a provider. `dead` says that the process is gone, `silent` that nothing was heard of it for too long."""

    provider: str
    holder: str
    heard_seconds: int
    dead: bool
    silent: bool


@dataclass(frozen=True, slots=True)
class CacheHealth:
    """What was found. `unusable` says why the file cannot be read, `damage` what the integrity check says; `problems` are
    sentences with what to do."""

    path: Path
    exists: bool
    schema: int = 0
    bytes: int = 0
    log_bytes: int = 0
    free_bytes: int = 0
    mode: int = 0o600
    network: str = ""
    leases: tuple[LeaseHolder, ...] = ()
    refused_sign_ins: Mapping[str, str] | None = None
    unusable: str = ""
    damage: str = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """What is amiss, each with what to do."""
        return tuple(self._problems())

    def _problems(self) -> Iterator[str]:
        if self.unusable:
            yield self.unusable
        if self.damage:
            yield f"the file is damaged ({self.damage}): move it away and run calltop backfill, which loads it anew"
        if self.mode & _ALL:
            yield f"others can read it (mode {self.mode:04o}): run chmod 600 {self.path}"
        if self.network:
            yield f"it lies on a network file system ({self.network}), where it can be damaged: name a local file with --cache"
        if self.exists and self.free_bytes < LITTLE_ROOM_BYTES:
            yield f"only {self.free_bytes // 2**20} MB are free on its disk: make room, or shorten retention_days"

    def json(self) -> Mapping[str, Any]:
        """The object that `calltop check --format json` prints."""
        return {
            "part": "cache",
            "path": str(self.path),
            "exists": self.exists,
            "well": not self.problems,
            "integrity": None if not self.exists or self.unusable else self.damage or "ok",
            "schema": self.schema,
            "bytes": self.bytes,
            "log_bytes": self.log_bytes,
            "free_bytes": self.free_bytes,
            "mode": f"{self.mode:04o}",
            "network_file_system": self.network or None,
            "leases": [
                {"provider": lease.provider, "holder": lease.holder, "heard_seconds": lease.heard_seconds, "dead": lease.dead}
                for lease in self.leases
            ],
            "problems": list(self.problems),
        }


def cache_health(path: Path, now_ms: int, mounts: Path = _MOUNTS) -> CacheHealth:
    """Looks at the cache, and changes nothing. The integrity check reads the whole file."""
    folder = next(parent for parent in (path.parent, *path.parent.parents) if parent.exists())
    space = os.statvfs(folder)
    free_bytes, network = space.f_bavail * space.f_frsize, network_file_system(folder, mounts)
    if not path.exists():
        return CacheHealth(path, False, free_bytes=free_bytes, network=network)
    found = path.stat()
    log = path.with_name(path.name + "-wal")
    log_bytes = log.stat().st_size if log.exists() else 0

    def health(**more: Any) -> CacheHealth:
        mode = stat.S_IMODE(found.st_mode)
        return CacheHealth(
            path, True, bytes=found.st_size, log_bytes=log_bytes, free_bytes=free_bytes, mode=mode, network=network, **more
        )

    try:
        with closing(open_for_reading(path)) as connection:
            return health(
                schema=schema_version(connection),
                leases=_leases(connection, now_ms),
                refused_sign_ins=_refused_sign_ins(connection),
                damage=_damage(connection),
            )
    except (NoCache, BadCache, CacheTooNew) as error:
        return health(unusable=str(error))
    except sqlite3.DatabaseError as error:
        return health(schema=len(MIGRATIONS), damage=clean(str(error)))


def network_file_system(folder: Path, mounts: Path = _MOUNTS) -> str:
    """The kind of network file system that a folder lies on; "" on a local one, and where that cannot be told."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    place, best, kind = folder.resolve(), Path(), ""
    for line in lines:
        fields, _, rest = line.partition(" - ")
        parts = fields.split()
        if len(parts) < 5 or not rest:
            continue
        point = Path(parts[4].replace("\\040", " "))
        if place.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, rest.split()[0]
    return kind if kind.removeprefix("fuse.") in NETWORKS else ""


def _damage(connection: sqlite3.Connection) -> str:
    found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(1)")]
    return "" if found == ["ok"] else clean(found[0] if found else "no answer", 120)


def _leases(connection: sqlite3.Connection, now_ms: int) -> tuple[LeaseHolder, ...]:
    rows = connection.execute(
        "SELECT s.name, l.holder, l.pid, ? - l.heartbeat_ms FROM lease AS l JOIN source AS s ON s.id = l.source_id"
        " ORDER BY s.id",
        (now_ms,),
    )
    return tuple(
        LeaseHolder(name, holder, max(0, age_ms) // 1000, dead=gone(holder, pid), silent=abs(age_ms) > SILENT_AFTER_MS)
        for name, holder, pid, age_ms in rows
    )


def _refused_sign_ins(connection: sqlite3.Connection) -> Mapping[str, str]:
    return dict(
        connection.execute(
            "SELECT s.name, p.refused_sign_in FROM poll_state AS p JOIN source AS s ON s.id = p.source_id"
            " WHERE p.refused_sign_in <> ''"
        ).fetchall()
    )
