"""How a command that polls ends when it is asked to, also while it waits for another process that writes to the cache."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from tui.exit_codes import INTERRUPTED

if TYPE_CHECKING:
    from calls.cache.database import Database

UPON_REQUEST = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def ended_by(
    numbers: Sequence[signal.Signals], ask: Callable[[], object], database: Database, code: int = INTERRUPTED
) -> Iterator[None]:
    """On one of these signals asks the running loop to end; while that is held up by another process, which may never let it
    go on, the whole process ends with an exit code."""
    loop = asyncio.get_running_loop()

    def asked(number: int, frame: FrameType | None) -> None:
        if database.waits:
            # Who waits to write has written nothing yet: nothing is lost, and another poller takes over as after a crash.
            sys.stdout.flush()
            os._exit(code)
        loop.call_soon_threadsafe(ask)

    before = [(number, signal.signal(number, asked)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
