"""A command that polls ends when it is asked to, whether its loop runs or another process holds it up."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.database import Database
from tests.calls.cache.stopped import stopped_writer
from tui.commands.ending import ended_by

CODE = 7
_WAITS = f"""
import asyncio, pathlib, signal, sys
from calls.cache import lock
from calls.cache.database import Database
from tui.commands.ending import ended_by
lock.PATIENCE_SECONDS = 0.01
database = Database(pathlib.Path(sys.argv[1]), waiting=lambda words: print(words, flush=True))
async def write():
    with ended_by([signal.Signals(int(sys.argv[2]))], print, database, code={CODE}):
        print("open", flush=True)
        sys.stdin.readline()
        with database.transaction():
            print("written")
asyncio.run(write())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_wait_for_a_stopped_process_ends_at_once(tmp_path: Path, number: signal.Signals) -> None:
    path, pipe = tmp_path / "calltop.db", subprocess.PIPE
    command = [sys.executable, "-c", _WAITS, str(path), str(int(number))]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with stopped_writer(path):
            process.stdin.write("go on\n")
            process.stdin.flush()
            assert process.stdout.readline().startswith("waiting for process ")
            process.send_signal(number)
            told, _ = process.communicate(timeout=20)
    assert (process.returncode, told) == (CODE, "")


def test_otherwise_the_loop_is_asked_and_the_handler_before_comes_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)

    async def asked(database: Database) -> None:
        ends = asyncio.Event()
        with ended_by([signal.SIGTERM], ends.set, database):
            os.kill(os.getpid(), signal.SIGTERM)
            await ends.wait()

    with closing(Database(tmp_path / "calltop.db")) as database:
        asyncio.run(asyncio.wait_for(asked(database), 20))
    assert signal.getsignal(signal.SIGTERM) == before
