"""How the interface ends: on request, on a signal, without its terminal, and in any case within seconds."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import termios
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType

from tui.feed import Feed, Marker, Poller
from tui.streams import let_go
from tui.terminal import private_file

GRACE_SECONDS = 4.0
CLOSING_SECONDS = 1.5
# Leave the alternate screen, show the cursor; mouse, paste, focus and keyboard reports off.
_RESTORE = b"\x1b[<u\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"


class Departure:
    """Sees to it that the process ends.

    SIGTERM and SIGHUP end the interface as `q` does, with the exit codes 143 and 129. Once the end has begun it may take
    `grace_seconds`; a thread that hangs, or a terminal that takes no more bytes, is then left behind.
    """

    def __init__(self, ask_to_exit: Callable[[int], None], grace_seconds: float = GRACE_SECONDS) -> None:
        self._ask_to_exit = ask_to_exit
        self._grace_seconds = grace_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = threading.Event()
        self._begun = False
        self._attributes = _terminal_attributes()
        self._handlers: dict[int, signal.Handlers | int | Callable[[int, FrameType | None], object] | None] = {}

    def __enter__(self) -> Departure:
        for number in (signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Names the running loop, to which a signal is handed over."""
        self._loop = loop

    def begin(self, code: int) -> None:
        """The end has been asked for: from now on the time runs."""
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._leave_behind, args=(code,), name="calltop-departure", daemon=True).start()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        # A plain handler and not the loop's: it runs even while the loop is stuck in a write to a stalled terminal.
        code = 128 + number
        self.begin(code)
        if self._loop is None:
            raise SystemExit(code)
        self._loop.call_soon_threadsafe(self._ask_to_exit, code)

    def _leave_behind(self, code: int) -> None:
        if self._ended.wait(self._grace_seconds):
            return
        _restore_terminal(self._attributes)
        os._exit(code)


def drop_what_cannot_be_written() -> None:
    """Lets go of what is still to be written to a terminal that has gone."""
    for stream in filter(None, (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)):
        try:
            stream.flush()
        except OSError:
            let_go(stream)


def _terminal_attributes() -> list[object] | None:
    try:
        return termios.tcgetattr(sys.__stdin__.fileno()) if sys.__stdin__ else None
    except (termios.error, ValueError, OSError):
        return None


def _restore_terminal(attributes: list[object] | None) -> None:
    """Gives the terminal back as far as it takes it: nothing here may wait."""
    try:
        if attributes is not None and sys.__stdin__:
            termios.tcsetattr(sys.__stdin__.fileno(), termios.TCSANOW, attributes)  # type: ignore[arg-type]
        if sys.__stderr__ and select.select([], [sys.__stderr__.fileno()], [], 0)[1]:
            os.write(sys.__stderr__.fileno(), _RESTORE)
    except (termios.error, ValueError, OSError):
        # The terminal has gone, and with it the need to restore it.
        return


def close_all(feed: Feed, poller: Poller | None, marker: Marker | None = None, seconds: float = CLOSING_SECONDS) -> None:
    """Writes what is still to be written, ends polling and gives back the cache.

    That is done in a thread which is not waited for longer than `seconds`.
    """

    def work() -> None:
        if marker is not None:
            marker.stop(seconds)
        if poller is not None:
            poller.stop(seconds)
        feed.close()

    closing = threading.Thread(target=work, name="calltop-closing", daemon=True)
    closing.start()
    closing.join(seconds)


def crash_report(error: BaseException, folder: Path | None) -> str:
    """Writes what went wrong to a file only its owner can read, without the values of variables, and says where.

    One line for the terminal.
    """
    summary = f"calltop ended on an error of its own: {type(error).__name__}"
    if folder is None:
        return summary
    path = folder / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        private_file(path, "".join(traceback.format_exception(error)))
    except OSError as problem:
        return f"{summary} (no log: {problem.strerror or type(problem).__name__})"
    return f"{summary}; the details are in {path}"
