"""The interface as a process that polls: a request that hangs, a line that takes no more bytes, a machine that slept."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic

import pytest

from calls.cache.database import BadCache, NoCache
from calls.cache.reader import Reader
from providers import clock as clocks
from providers.clock import WallClock
from tests.tui.pseudo_terminal import DEADLINE_SECONDS, Terminal, interface
from tests.tui.test_process import assert_restored

QUIT_SECONDS = 2.0
SIX_HOURS_SECONDS = 6 * 3600


@contextmanager
def silent_server() -> Iterator[tuple[int, threading.Event]]:
    """A server that takes connections and never answers: its port, and whether something was asked."""
    asked = threading.Event()
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                    kept.append(connection)
                    if connection.recv(1):
                        asked.set()
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield server.getsockname()[1], asked
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for connection in kept:
                connection.close()


def configured(folder: Path, port: int) -> dict[str, str]:
    path = folder / "config.toml"
    path.write_text(
        f'[providers.slow]\nkind = "while1"\nbase_url = "http://127.0.0.1:{port}"\ntoken = "t0ken"\napi_key = "k3y"\n'
        "request_timeout_seconds = 60\n"
    )
    path.chmod(0o600)
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    return {**{name: str(folder / "home") for name in names}, "CALLTOP_CONFIG": str(path)}


@pytest.mark.parametrize(("number", "code"), [(None, 0), (signal.SIGTERM, 143)])
def test_a_request_that_hangs_does_not_hold_up_the_end(tmp_path: Path, number: signal.Signals | None, code: int) -> None:
    with silent_server() as (port, asked), interface(module="tui.cli", environment=configured(tmp_path, port)) as terminal:
        terminal.until(lambda: asked.is_set() and "q quit" in terminal.text)
        began = monotonic()
        if number:
            terminal.signal(number)
        else:
            terminal.send(b"q")
        assert terminal.until_ended() == code
        assert monotonic() - began < QUIT_SECONDS + 1.0
        assert_restored(terminal)
        assert b"t0ken" not in terminal.bytes
        assert b"Traceback" not in terminal.bytes


def test_a_line_that_takes_no_more_bytes_does_not_stop_the_polling(tmp_path: Path) -> None:
    cache = tmp_path / "calltop.db"
    with interface(str(cache), module="tests.tui.run_collecting", size=(200, 60)) as terminal:
        terminal.until(lambda: "1 fresh" in terminal.text)
        # Each change of the colours repaints all; nobody reads, so the terminal fills and the interface hangs in a write.
        fill(terminal)
        before = oldest_ms(cache)
        deadline = monotonic() + DEADLINE_SECONDS
        while oldest_ms(cache) >= before:
            assert monotonic() < deadline, "polling stands still"
            threading.Event().wait(0.05)
        terminal.signal(signal.SIGTERM)
        assert terminal.until_ended_unread() == 143


def fill(terminal: Terminal) -> None:
    for _ in range(20):
        terminal.send(b"t")
    terminal.until_stalled()


def oldest_ms(cache: Path) -> int:
    """The first instant of which anything is cached."""
    try:
        with closing(Reader(cache)) as reader:
            covered = reader.sources()["north"].covered
    except (NoCache, BadCache, KeyError):
        return 0
    return covered[0].start_ms if covered else 0


@pytest.mark.anyio
async def test_after_the_machine_slept_the_clock_is_looked_at_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "_LONGEST_NAP_SECONDS", 0.01)
    real, slept = time.time, 0

    def now() -> float:
        return real() + slept

    monkeypatch.setattr(time, "time", now)
    clock = WallClock()
    waiting = asyncio.create_task(clock.wait(clock.now_ms() + SIX_HOURS_SECONDS * 1000, asyncio.Event()))
    await asyncio.sleep(0)
    assert not waiting.done()
    slept = SIX_HOURS_SECONDS
    await asyncio.wait_for(waiting, DEADLINE_SECONDS)


def test_a_nap_is_short_enough_to_notice_that_the_machine_woke() -> None:
    assert clocks._LONGEST_NAP_SECONDS <= 5
