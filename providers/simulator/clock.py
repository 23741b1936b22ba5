"""The simulator's own time: starts where it is told to and moves on at its own speed, whatever the machine's clock says."""

from __future__ import annotations

import time
from collections.abc import Callable


class SimulatorClock:
    """A clock that reads `now_ms` when made (None: the machine's time) and then runs `speed` times as fast as real time.

    `monotonic` counts real seconds; a test passes one that stands still and moves the clock with `advance`.
    Raises ValueError for a negative speed.
    """

    def __init__(self, now_ms: int | None = None, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        if speed < 0:
            raise ValueError(f"a clock cannot run {speed} times as fast: use 0 or more")
        real_ms = int(time.time() * 1000)
        self._start_ms = real_ms if now_ms is None else now_ms
        self._monotonic = monotonic
        self._started = monotonic()
        self.speed = speed
        self.offset_seconds = 0 if now_ms is None else round((now_ms - real_ms) / 1000)

    def now_ms(self) -> int:
        """Milliseconds since the epoch, on this clock."""
        return self._start_ms + int((self._monotonic() - self._started) * self.speed * 1000)

    def advance(self, milliseconds: int) -> None:
        """Moves the clock forward at once."""
        self._start_ms += milliseconds

    def real_seconds_until(self, instant_ms: int) -> float | None:
        """How long a person waits until this clock shows `instant_ms`; None when it never will because it stands still."""
        left_ms = instant_ms - self.now_ms()
        if left_ms <= 0:
            return 0.0
        return None if self.speed == 0 else left_ms / 1000 / self.speed
