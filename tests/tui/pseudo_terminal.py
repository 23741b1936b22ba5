"""A real pseudo-terminal around the interface: keys go in, bytes come out, and a screen is made of them."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pyte

DEADLINE_SECONDS = 20.0
ROOT = Path(__file__).parents[2]


class Terminal:
    """The interface as a child process, seen through its terminal."""

    def __init__(self, pid: int, master: int, size: tuple[int, int]) -> None:
        self.pid = pid
        self.master = master
        self.bytes = b""
        self.code: int | None = None
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    @property
    def cursor_hidden(self) -> bool:
        return bool(self._screen.cursor.hidden)

    def send(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def resize(self, columns: int, rows: int) -> None:
        self._screen.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hang_up(self) -> None:
        """The window is closed."""
        os.close(self.master)
        self.master = -1

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def local_modes(self) -> int:
        """The terminal's modes: echo, line by line, signals."""
        modes = termios.tcgetattr(self.master)[3]
        assert isinstance(modes, int)
        return modes

    def change_local_modes(self, added: int) -> None:
        """Sets more of the terminal's modes, as a shell does."""
        attributes = termios.tcgetattr(self.master)
        attributes[3] |= added
        termios.tcsetattr(self.master, termios.TCSANOW, attributes)

    def until(self, condition: Callable[[], object]) -> None:
        """Reads until something is so."""
        deadline = monotonic() + DEADLINE_SECONDS
        while not condition():
            if monotonic() > deadline:
                raise AssertionError(f"did not happen within {DEADLINE_SECONDS} s; the screen:\n{self.text}")
            self._read(0.05)

    def until_ended(self) -> int:
        """Reads until the process has ended; its exit code, negative after a signal that killed it."""
        self.until(self.ended)
        assert self.code is not None
        return self.code

    def ended(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
                self._read_all()
        return self.code is not None

    def until_stalled(self) -> None:
        """Waits, without reading, until the terminal takes no more bytes."""
        waiting = -1
        deadline = monotonic() + DEADLINE_SECONDS
        while monotonic() < deadline:
            select.select([], [], [], 0.2)
            now = struct.unpack("i", fcntl.ioctl(self.master, termios.FIONREAD, b"\0" * 4))[0]
            if now == waiting and now > 0:
                return
            waiting = now
        raise AssertionError("the terminal never filled")

    def until_ended_unread(self) -> int:
        """Waits for the end of the process without reading what it writes."""
        deadline = monotonic() + DEADLINE_SECONDS
        while self.code is None:
            assert monotonic() < deadline, "it did not end"
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
            select.select([], [], [], 0.05)
        return self.code

    def silent(self) -> bool:
        """Whether nothing comes for two looks at the clock, after what has come."""
        self._read_all()
        before = len(self.bytes)
        self._read(2.2)
        return len(self.bytes) == before

    def stopped(self) -> bool:
        """Whether the process has been stopped, as by ctrl+z."""
        pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
        if not pid or not os.WIFSTOPPED(status):
            return False
        self._read_all()
        return True

    def _read_all(self) -> None:
        """Takes all that has come."""
        while self._read(0):
            pass

    def _read(self, seconds: float) -> bool:
        """Takes what comes first within so long; whether anything came. One piece only: a process may write without end."""
        if self.master < 0:
            select.select([], [], [], seconds)
            return False
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            # Nobody has the terminal open any more, which is to be read at once.
            select.select([], [], [], seconds)
            return False
        self.bytes += data
        self._stream.feed(data)
        return bool(data)

    def kill(self) -> None:
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.master >= 0:
            os.close(self.master)


@contextmanager
def interface(
    *arguments: str,
    size: tuple[int, int] = (120, 35),
    environment: Mapping[str, str] | None = None,
    module: str = "tests.tui.run_fake",
) -> Iterator[Terminal]:
    """Starts the interface over the fake feed, or another `module`, in a terminal of its own, and leaves nothing behind."""
    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    variables = {
        **os.environ,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        **(environment or {}),
    }
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", _START.format(module=module), *arguments],
        variables,
        file_actions=[(os.POSIX_SPAWN_DUP2, slave, 0), (os.POSIX_SPAWN_DUP2, slave, 1), (os.POSIX_SPAWN_DUP2, slave, 2)],
        setsid=True,
    )
    os.close(slave)
    terminal = Terminal(pid, master, size)
    try:
        yield terminal
    finally:
        terminal.kill()


# A new session's first terminal becomes its controlling one, so that closing it sends SIGHUP as in life.
_START = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from {module} import main
sys.exit(main())
"""
