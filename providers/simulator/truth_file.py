"""The truth as a file that grows: one JSON object a line, appended as calls become visible."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from providers.simulator.simulator import Simulator

# A machine that slept wakes up to a clock that moved: no wait is longer than this.
_LONGEST_WAIT_SECONDS = 3600.0


class TruthFile:
    """Writes the truth of a simulator to `path` (mode 0600, replaced). Raises OSError when it cannot be written."""

    def __init__(self, simulator: Simulator, path: Path) -> None:
        self._simulator = simulator
        self._shown_ms: int | None = None
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.fchmod(descriptor, 0o600)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")

    def write(self) -> None:
        """Appends the calls that became visible since the last time."""
        now_ms = self._simulator.clock.now_ms()
        lines = self._simulator.truth(self._shown_ms, now_ms)
        self._file.writelines(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
        self._file.flush()
        self._shown_ms = now_ms

    async def keep_writing(self) -> None:
        """Waits for the next call to become visible, writes it, and so on until it is cancelled."""
        clock = self._simulator.clock
        while True:
            next_ms = self._simulator.world.next_visible_ms(clock.now_ms() if self._shown_ms is None else self._shown_ms)
            seconds = clock.real_seconds_until(next_ms)
            await asyncio.sleep(_LONGEST_WAIT_SECONDS if seconds is None else min(seconds, _LONGEST_WAIT_SECONDS))
            self.write()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
