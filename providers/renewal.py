"""A collector that gives way to another one when what is to be polled has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from providers.collector import Collector, Task


class RenewedCollector:
    """Runs one collector after the other. Make it, run it and stop it in one event loop.

    When polls were due is kept in the cache, so that the next collector goes on where the one before stood.
    """

    def __init__(self, make: Callable[[Sequence[Task]], Collector], tasks: Sequence[Task]) -> None:
        self._make = make
        self._next: Sequence[Task] | None = tasks
        self._paused = self._stopped = False
        self.collector: Collector | None = None

    async def run(self) -> None:
        """Polls until `stop`, and closes every provider it was given."""
        while self._next is not None:
            tasks, self._next = self._next, None
            self.collector = self._make(tasks)
            self.collector.pause(self._paused)
            if self._stopped:
                self.collector.stop()
            await self.collector.run()

    def renew(self, tasks: Sequence[Task]) -> None:
        """Polls these from now on; what is being asked is given up, and asked again by the next collector."""
        if not self._stopped:
            self._next = tasks
            if self.collector is not None:
                self.collector.stop()

    def pause(self, paused: bool) -> None:
        """Holds back polls, or goes on with them."""
        self._paused = paused
        if self.collector is not None:
            self.collector.pause(paused)

    def stop(self) -> None:
        """Ends `run`."""
        self._stopped = True
        if self.collector is not None:
            self.collector.stop()
