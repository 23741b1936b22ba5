"""Who waits for another process that writes is told which, and who reads does not wait."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from calls.cache import lock
from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.filters import parse
from tests.calls.cache.help import NOON_MS, a_cache, record
from tests.calls.cache.stopped import stopped_writer

LONG_SECONDS = 30.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cache of one call."""
    path = tmp_path / "calltop.db"
    with a_cache(path) as cache:
        cache.read(record("a"))
    return path


def opened(path: Path, words: queue.Queue[str]) -> None:
    with closing(Database(path, waiting=words.put)):
        pass


def test_who_waits_long_is_told_for_whom_and_then_that_it_is_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.01)
    words: queue.Queue[str] = queue.Queue()
    with ThreadPoolExecutor(1) as threads:
        with stopped_writer(path) as holder:
            waiting: Future[None] = threads.submit(opened, path, words)
            told = words.get(timeout=LONG_SECONDS)
            assert told == (
                f"waiting for process {holder.pid} (if it was stopped, let it go on: kill -CONT {holder.pid}),"
                f" which writes to {path}"
            )
            with closing(Reader(path)) as reader:
                assert [call.id for call in reader.calls(parse(""), NOON_MS)] == ["a"]
            assert not waiting.done()
        waiting.result(LONG_SECONDS)
    assert words.get_nowait() == ""
    assert words.empty()


def test_who_waits_shortly_is_told_nothing(path: Path) -> None:
    words: queue.Queue[str] = queue.Queue()
    with ThreadPoolExecutor(1) as threads:
        with stopped_writer(path):
            waiting = threads.submit(opened, path, words)
        waiting.result(LONG_SECONDS)
    assert words.empty()


def test_a_lock_that_names_nobody_is_waited_for_all_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.01)
    words: queue.Queue[str] = queue.Queue()
    with ThreadPoolExecutor(1) as threads:
        with stopped_writer(path):
            path.with_name(path.name + ".lock").write_bytes(b"\x1b[2J not a number")
            waiting = threads.submit(opened, path, words)
            assert words.get(timeout=LONG_SECONDS) == f"waiting for another program, which writes to {path}"
        waiting.result(LONG_SECONDS)


def test_who_is_interrupted_while_it_waits_leaves_no_file_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.01)
    told = threading.Event()

    def interrupted(words: str) -> None:
        told.set()
        if not words:
            raise KeyboardInterrupt

    with ThreadPoolExecutor(1) as threads:
        with stopped_writer(path):
            waiting = threads.submit(Database, path, interrupted)
            assert told.wait(LONG_SECONDS)
        with pytest.raises(KeyboardInterrupt):
            waiting.result(LONG_SECONDS)
    # The future keeps what was raised, and with it whatever was not closed.
    assert [link for link in open_files() if link.startswith(str(path))] == []


def open_files() -> list[str]:
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(descriptor.readlink()))
    return found
