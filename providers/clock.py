"""The time the collector lives by: the wall clock, or one that a test or a simulator sets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio

_LONGEST_NAP_SECONDS = 5.0


class Clock(Protocol):
    """A source of the time, and a way to wait for it."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        ...

    async def wait(self, until_ms: int, wake: asyncio.Event) -> None:
        """Returns at `until_ms`, or as soon as `wake` is set."""
        ...


class WallClock:
    """The machine's clock, shifted by `offset_seconds` when the providers are simulated at another time."""

    def __init__(self, offset_seconds: float = 0) -> None:
        self._offset_seconds = offset_seconds

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._offset_seconds

    def now_ms(self) -> int:
        return int(self.now() * 1000)

    async def wait(self, until_ms: int, wake: asyncio.Event) -> None:
        # Importing it takes long, and only who polls waits.
        import asyncio

        # Short naps, each followed by a look at the wall clock: a monotonic timer stands still while the machine sleeps.
        while not wake.is_set() and (left_ms := until_ms - self.now_ms()) > 0:
            try:
                async with asyncio.timeout(min(left_ms / 1000, _LONGEST_NAP_SECONDS)):
                    await wake.wait()
            except TimeoutError:
                continue
