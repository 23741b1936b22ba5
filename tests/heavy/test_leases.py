"""Three `calltop collect` on one cache, and the one that polls is killed: another takes over, and nobody is asked twice.

`CALLTOP_HEAVY_KILLS` lets that happen more often than in CI.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path
from queue import Queue
from typing import TextIO

from tests.simulated import Site, simulated_site

KILLS = int(os.environ.get("CALLTOP_HEAVY_KILLS", "1"))
PROVIDERS = {"soluno", "dstny", "telecomx", "portsip", "while1"}
HEARTBEAT_SECONDS, SILENT_SECONDS = 0.3, 60
DEADLINE_SECONDS = 90


def _pass_on(stream: TextIO, lines: Queue[str]) -> None:
    with stream:
        for line in stream:
            lines.put(line)


class Collecting:
    """One `calltop collect`: what it polled, and what it knows of the leases."""

    def __init__(self, site: Site) -> None:
        command = [sys.executable, "-m", "tests.heavy.collecting", str(HEARTBEAT_SECONDS), str(SILENT_SECONDS)]
        self._process = subprocess.Popen(
            command, env=site.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid
        self._lines: Queue[str] = Queue()
        self._told: Queue[str] = Queue()
        streams = ((self._process.stdout, self._lines), (self._process.stderr, self._told))
        self._readers = [threading.Thread(target=_pass_on, args=pair, daemon=True) for pair in streams]
        for reader in self._readers:
            reader.start()

    def polled(self, count: int) -> list[str]:
        """The providers of its next so many polls, once they are done."""
        return [str(json.loads(self._lines.get(timeout=DEADLINE_SECONDS))["provider"]) for _ in range(count)]

    def polled_besides(self) -> list[str]:
        """The providers it has polled since."""
        return [str(json.loads(self._lines.get())["provider"]) for _ in range(self._lines.qsize())]

    def waits(self) -> None:
        """Comes back when it has seen the lease of every provider in other hands."""
        seen: set[str] = set()
        while len(seen) < len(PROVIDERS):
            line = self._told.get(timeout=DEADLINE_SECONDS)
            assert not line.startswith("trouble"), line
            if line.startswith("waits"):
                seen.add(line)

    def kill(self) -> None:
        """As the system does when memory is short."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(DEADLINE_SECONDS)
        for reader in self._readers:
            reader.join(DEADLINE_SECONDS)


def holders(path: Path) -> dict[str, int]:
    """The process that holds the lease of each provider."""
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT name, pid FROM lease AS l JOIN source AS s ON s.id = l.source_id"))


def make_due(path: Path) -> None:
    """Lets the next poll of every provider be due, as five minutes do."""
    with closing(sqlite3.connect(path, timeout=DEADLINE_SECONDS)) as connection, connection:
        connection.execute("UPDATE poll_state SET next_due_ms = 0")


def taken_over(path: Path, dead: int) -> dict[str, int]:
    """Who holds the leases, once the dead process holds none."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    tick = threading.Event()
    while dead in (found := holders(path)).values() or len(found) < len(PROVIDERS):
        assert time.monotonic() < deadline, found
        tick.wait(0.05)
    return found


def test_when_the_poller_is_killed_another_takes_over_and_nobody_is_asked_twice(tmp_path: Path) -> None:
    with simulated_site(tmp_path, "--days", "1", "--calls-per-day", "40") as (site, _), ExitStack() as ended:
        some = [Collecting(site)]
        ended.callback(some[0].kill)
        assert set(some[0].polled(len(PROVIDERS))) == PROVIDERS
        for _ in range(KILLS):
            while len(some) < 3:
                some.append(Collecting(site))
                ended.callback(some[-1].kill)
                some[-1].waits()
            before = holders(site.cache)
            poller = next(one for one in some if one.pid == before["soluno"])
            some.remove(poller)
            make_due(site.cache)
            poller.kill()
            after = taken_over(site.cache, poller.pid)
            taken = {name: after[name] for name, pid in before.items() if pid == poller.pid}
            told = [(name, one.pid) for one in some for name in one.polled(list(taken.values()).count(one.pid))]
            assert sorted(told) == sorted(taken.items())
            assert [one.polled_besides() for one in some] == [[], []]
