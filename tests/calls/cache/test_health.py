"""The health of a cache: each fault is found, and said with what to do."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from calls.cache import lease
from calls.cache.database import Database
from calls.cache.health import cache_health, network_file_system
from calls.cache.schema import MIGRATIONS
from calls.cache.state import remember_refusal_of
from calls.cache.writer import Writer
from calls.model import Source

NOW_MS = 1_795_000_000_000
SOURCE = Source("pbx", "while1", "Europe/Bucharest", "40")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    database = Database(tmp_path / "calltop.db")
    Writer(database).register([SOURCE])
    database.close()
    return tmp_path / "calltop.db"


def test_a_good_cache_has_no_problem(cache: Path) -> None:
    health = cache_health(cache, NOW_MS)
    assert (health.exists, health.problems, health.leases) == (True, (), ())
    assert (health.schema, health.mode, health.json()["integrity"]) == (len(MIGRATIONS), 0o600, "ok")
    assert health.bytes == cache.stat().st_size


def test_no_cache_is_no_fault(tmp_path: Path) -> None:
    health = cache_health(tmp_path / "not" / "yet" / "calltop.db", NOW_MS)
    assert (health.exists, health.problems, health.json()["integrity"]) == (False, (), None)
    assert not (tmp_path / "not").exists()


def test_a_cache_that_others_can_read_is_said(cache: Path) -> None:
    cache.chmod(0o644)
    assert cache_health(cache, NOW_MS).problems == (f"others can read it (mode 0644): run chmod 600 {cache}",)


@pytest.mark.parametrize("keep", [40, 5000])
def test_a_damaged_or_foreign_file_is_said(cache: Path, keep: int) -> None:
    content = cache.read_bytes()
    cache.write_bytes(content[:keep] + os.urandom(len(content) - keep))
    health = cache_health(cache, NOW_MS)
    assert health.unusable or health.damage
    assert health.json()["integrity"] != "ok"
    assert "move it away" in health.problems[0]


def test_who_polls_is_told_and_whether_they_still_live(cache: Path) -> None:
    database = Database(cache)
    living = lease.Holder.of_this_process()
    lease.acquire(database, 1, living, NOW_MS - 60_000)
    [held] = cache_health(cache, NOW_MS).leases
    assert (held.provider, held.holder, held.heard_seconds, held.dead, held.silent) == ("pbx", living.name, 60, False, True)
    lease.release(database, living)
    lease.acquire(database, 1, lease.Holder(f"{socket.gethostname()}/{2**22 + 1}/x", 2**22 + 1), NOW_MS)
    assert cache_health(cache, NOW_MS).leases[0].dead
    database.close()


def test_a_refused_sign_in_is_remembered_for_known_providers(cache: Path) -> None:
    database = Database(cache)
    remember_refusal_of(database, "pbx", "digest")
    remember_refusal_of(database, "other", "digest")
    database.close()
    assert cache_health(cache, NOW_MS).refused_sign_ins == {"pbx": "digest"}


def test_a_network_file_system_is_found(cache: Path, tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    point = str(tmp_path).replace(" ", "\\040")
    mounts.write_text(
        f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n36 22 0:33 / {point} rw,relatime shared:1 - nfs4 server:/x rw\nbroken\n",
        encoding="utf-8",
    )
    assert network_file_system(tmp_path, mounts) == "nfs4"
    assert network_file_system(Path("/"), mounts) == ""
    assert network_file_system(tmp_path, tmp_path / "none") == ""
    [problem] = cache_health(cache, NOW_MS, mounts).problems
    assert "nfs4" in problem
    assert "--cache" in problem
