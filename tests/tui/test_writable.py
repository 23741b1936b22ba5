"""A command that waits for another process says so in one line, and goes on when it may."""

from __future__ import annotations

import io
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache import lock
from calls.model import RequestTrace
from providers.base import Provider
from providers.checking import ProviderCheck
from providers.errors import SignInRefused
from providers.settings import ProviderSettings
from tests.calls.cache.help import a_cache
from tests.calls.cache.stopped import stopped_writer
from tui.cli import main
from tui.commands.opening import writable

LONG_SECONDS = 10.0
CONFIG = '[providers.pbx]\nkind = "while1"\nbase_url = "http://127.0.0.1:9"\ntoken = "t"\n'


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


async def refusing(_provider: Provider, settings: ProviderSettings, _refused: str) -> ProviderCheck:
    """A provider that was asked and refused the sign-in, which `calltop check` keeps in the cache."""
    trace = RequestTrace(0, "GET", "/", 401, 0, 0, "")
    return ProviderCheck("pbx", settings.kind, "UTC", (trace,), failure=SignInRefused("refused"))


class Impatient(io.StringIO):
    """A person who presses ctrl+c as soon as a wait is told."""

    def write(self, text: str) -> int:
        if "waiting for" in text:
            os.kill(os.getpid(), signal.SIGINT)
        return super().write(text)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT means what it means in a shell, whoever runs the tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "number:102"],
        ["backfill", "--since", "1d"],
        ["check"],
        ["collect", "--once"],
        ["forget", "+46701740605", "--yes"],
        ["forget", "--older-than", "90d", "--yes"],
        ["missed", "--done", "+46701740605"],
    ],
)
def test_one_interrupt_ends_a_command_that_waits(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, config = tmp_path / "calltop.db", tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    with a_cache(path):
        pass
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(sys, "stderr", Impatient())
    monkeypatch.setattr("providers.checking.check_provider", refusing)
    rescued = threading.Event()
    with stopped_writer(path) as holder:

        def rescue() -> None:
            rescued.set()
            holder.send_signal(signal.SIGCONT)

        # Whoever cannot be interrupted gets the cache in the end.
        late = threading.Timer(LONG_SECONDS, rescue)
        late.start()
        try:
            assert main(["--config", str(config), "--cache", str(path), *arguments]) == 130
        finally:
            late.cancel()
        assert not rescued.is_set()
