"""A process that was stopped while it wrote to a cache."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HOLD = (
    "import sys, pathlib; from calls.cache.database import Database; database = Database(pathlib.Path(sys.argv[1]))\n"
    "with database.transaction(): print('held', flush=True); sys.stdin.read()"
)


@contextmanager
def stopped_writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that was stopped while it wrote; it ends when it goes on."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        process.stdin.close()
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
