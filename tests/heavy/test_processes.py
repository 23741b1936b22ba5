"""Several processes on one cache: readers beside a writer, and a writer that is killed again and again.

`CALLTOP_HEAVY_SECONDS` and `CALLTOP_HEAVY_KILLS` make them run longer than CI does.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from calls.cache.database import Database
from calls.cache.writer import Writer
from tests.calls.cache.help import NORTH, FakeDeriver
from tests.heavy.histories import BATCH, START_SECONDS, keep_reading, keep_writing, write

SECONDS = float(os.environ.get("CALLTOP_HEAVY_SECONDS", "2"))
KILLS = int(os.environ.get("CALLTOP_HEAVY_KILLS", "4"))
READERS = 4
BATCHES = 60
SHOWN = (
    "SELECT * FROM calls ORDER BY id",
    "SELECT * FROM legs ORDER BY id, position",
    "SELECT * FROM coverage_ranges",
    "SELECT provider, complete_to_ms FROM providers",
    "SELECT * FROM hourly_totals ORDER BY 1, 2, 3, 4, 5",
    "SELECT * FROM contact ORDER BY 1",
)


def shown(path: Path) -> list[list[tuple[object, ...]]]:
    """What a cache holds, without the numbers it gave its texts."""
    with closing(sqlite3.connect(path)) as connection:
        return [connection.execute(question).fetchall() for question in SHOWN]


def test_four_readers_and_a_writer_never_meet_a_lock_or_half_a_batch(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    write(path, [])
    context = multiprocessing.get_context("spawn")
    ended, results = context.Event(), context.Queue()
    work = [keep_reading] * READERS + [keep_writing]
    ready = context.Barrier(len(work) + 1)
    some = [context.Process(target=one, args=(path, ready, ended, results)) for one in work]
    for process in some:
        process.start()
    ready.wait(START_SECONDS)
    context.Event().wait(SECONDS)
    ended.set()
    told = [results.get(timeout=60) for _ in some]
    for process in some:
        process.join(60)
    assert [what for what in told if what[0] == "trouble"] == []
    assert all(count > 0 for _, count in told)
    batches = next(count for what, count in told if what == "written")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM call").fetchone() == (batches * BATCH // 2,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_writer_that_is_killed_loses_nothing_it_said_and_keeps_no_half(tmp_path: Path) -> None:
    path, chance, first = tmp_path / "killed.db", random.Random(3), 0
    for _ in range(KILLS):
        command = [sys.executable, "-m", "tests.heavy.histories", str(path), str(first), str(BATCHES)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        # The kill falls somewhere into the batch after the one that was just said.
        acknowledged = -1
        for line in process.stdout:
            acknowledged = int(line)
            if chance.random() < 0.1:
                break
        process.kill()
        process.stdout.close()
        process.wait(60)
        with closing(sqlite3.connect(path)) as connection:
            per_batch = connection.execute("SELECT count(*) FROM calls GROUP BY queue").fetchall()
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert set(per_batch) == {(BATCH // 2,)}
        assert len(per_batch) > acknowledged
        # The batch that was being stored is stored again, as a poll after a crash does.
        first = max(0, len(per_batch) - 1)
    write(path, range(first, BATCHES))
    write(tmp_path / "whole.db", range(BATCHES))
    assert shown(path) == shown(tmp_path / "whole.db")
    with closing(Database(path)) as database:
        writer = Writer(database)
        writer.rebuild(FakeDeriver(NORTH, link_ms=0), writer.register([NORTH])[NORTH.name])
    assert shown(path) == shown(tmp_path / "whole.db")
