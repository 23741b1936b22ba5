"""A program in a terminal of its own: keys go in, bytes come out, and /proc says what it takes."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SIZE = (160, 45)
DEADLINE_SECONDS = 60.0
# After so long without a byte a frame is over: the next one comes with the next tick of the clock at the earliest.
QUIET_SECONDS = 0.06


class Terminal:
    """The running program."""

    def __init__(self, pid: int, master: int) -> None:
        self.pid = pid
        self._master = master

    def milliseconds_until(self, text: str, started: float) -> float:
        """Milliseconds from `started` until a text stands in what was written. Raises TimeoutError."""
        wanted, seen = text.encode(), b""
        while wanted not in seen:
            if time.perf_counter() - started > DEADLINE_SECONDS:
                raise TimeoutError(f"{text!r} did not come")
            seen = seen[-4096:] + self._read(0.5)
        return (time.perf_counter() - started) * 1000

    def milliseconds_after(self, keys: bytes) -> float:
        """Milliseconds from keys until the last byte of the frame that they bring."""
        self.drain()
        started = last = time.perf_counter()
        os.write(self._master, keys)
        waits = DEADLINE_SECONDS
        while part := self._read(waits):
            assert part
            last, waits = time.perf_counter(), QUIET_SECONDS
        return (last - started) * 1000

    def bytes_within(self, seconds: float) -> int:
        """How many bytes are written in so many seconds."""
        ends, count = time.perf_counter() + seconds, 0
        while (left := ends - time.perf_counter()) > 0:
            count += len(self._read(left))
        return count

    def drain(self) -> None:
        """Reads what has been written, until it is quiet."""
        while self._read(QUIET_SECONDS):
            pass

    def cpu_seconds(self) -> float:
        """Processor time taken so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def anonymous_megabytes(self) -> float:
        """Memory that is the program's alone."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024

    def _read(self, seconds: float) -> bytes:
        if not select.select([self._master], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self._master, 1 << 16)
        except OSError:
            return b""


@contextmanager
def running(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[Terminal]:
    """Python with these arguments, in a terminal of its own, and gone at the end."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, *arguments],
        {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment},
        file_actions=[(os.POSIX_SPAWN_DUP2, slave, stream) for stream in (0, 1, 2)],
        setsid=True,
    )
    os.close(slave)
    try:
        yield Terminal(pid, master)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(master)
