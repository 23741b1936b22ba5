"""One poller per provider, and another when it is gone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from calls.cache import lease
from calls.cache.lease import SILENT_AFTER_MS, Holder
from calls.cache.state import PollLog
from tests.calls.cache.help import DESK, NOON_MS, NORTH, Cache, a_cache

FIRST, SECOND = Holder.of_this_process(), Holder.of_this_process()
ELSEWHERE = Holder("another-host/1/0", 1)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with a_cache(tmp_path / "calltop.db", NORTH, DESK) as made:
        yield made


def acquire(cache: Cache, holder: Holder, now_ms: int = NOON_MS, name: str = "north") -> str:
    return lease.acquire(cache.database, cache.ids[name], holder, now_ms)


def dead_pid() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_second_holder_is_told_who_has_it(cache: Cache) -> None:
    assert FIRST.name != SECOND.name
    assert acquire(cache, FIRST) == ""
    assert acquire(cache, SECOND) == FIRST.name
    assert acquire(cache, FIRST, NOON_MS + 1) == ""
    assert acquire(cache, SECOND, name="desk") == ""


@pytest.mark.parametrize("holder", [FIRST, ELSEWHERE])
@pytest.mark.parametrize("direction", [1, -1])
def test_a_silent_holder_loses_it(cache: Cache, holder: Holder, direction: int) -> None:
    acquire(cache, holder)
    assert acquire(cache, SECOND, NOON_MS + direction * SILENT_AFTER_MS) == holder.name
    assert acquire(cache, SECOND, NOON_MS + direction * (SILENT_AFTER_MS + 1)) == ""
    assert acquire(cache, holder, NOON_MS + direction * (SILENT_AFTER_MS + 2)) == SECOND.name


def test_a_beating_holder_keeps_it(cache: Cache) -> None:
    for beat in range(5):
        assert acquire(cache, FIRST, NOON_MS + beat * SILENT_AFTER_MS) == ""
        assert acquire(cache, SECOND, NOON_MS + beat * SILENT_AFTER_MS) == FIRST.name


def test_a_dead_holder_loses_it_at_once(cache: Cache) -> None:
    pid = dead_pid()
    acquire(cache, Holder(f"{socket.gethostname()}/{pid}/0", pid))
    assert acquire(cache, SECOND) == ""


def test_a_process_of_another_host_is_never_taken_for_dead(cache: Cache) -> None:
    pid = dead_pid()
    holder = Holder(f"not-{socket.gethostname()}/{pid}/0", pid)
    acquire(cache, holder)
    assert acquire(cache, SECOND) == holder.name


def test_a_process_of_another_user_is_alive(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(pid: int, signal: int) -> None:
        raise PermissionError

    acquire(cache, FIRST)
    monkeypatch.setattr(os, "kill", kill)
    assert acquire(cache, SECOND) == FIRST.name


def test_releasing_gives_back_only_what_one_holds(cache: Cache) -> None:
    acquire(cache, FIRST)
    acquire(cache, SECOND, name="desk")
    lease.release(cache.database, FIRST)
    assert acquire(cache, SECOND) == ""
    assert acquire(cache, FIRST, name="desk") == SECOND.name


def test_a_new_holder_ends_the_poll_that_the_last_one_began(cache: Cache) -> None:
    acquire(cache, ELSEWHERE)
    PollLog(cache.database, cache.ids["north"]).begin(NOON_MS)
    acquire(cache, ELSEWHERE, NOON_MS + 1)
    assert cache.rows("SELECT polling FROM poll_state WHERE source_id = ?", cache.ids["north"]) == [(1,)]
    acquire(cache, FIRST, NOON_MS + SILENT_AFTER_MS + 2)
    assert cache.rows("SELECT polling FROM poll_state WHERE source_id = ?", cache.ids["north"]) == [(0,)]
