"""A command that waits for another process says so in one line, and goes on when it may."""

from __future__ import annotations

import queue
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache import lock
from tests.calls.cache.help import a_cache
from tests.calls.cache.stopped import stopped_writer
from tui.commands.opening import writable

LONG_SECONDS = 30.0


def test_a_command_that_waits_says_for_whom_and_when_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "calltop.db"
    with a_cache(path):
        pass
    said: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr("tui.commands.opening.say", said.put)

    def write() -> None:
        with closing(writable(path)):
            pass

    with ThreadPoolExecutor(1) as threads:
        with stopped_writer(path) as holder:
            writing = threads.submit(write)
            assert said.get(timeout=LONG_SECONDS).startswith(f"waiting for process {holder.pid} (")
        writing.result(LONG_SECONDS)
    assert said.get_nowait() == f"{path} is free; going on"
