"""The collector in a thread of its own, for a program whose main thread draws a screen."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from calls.cache.database import Database
from providers.clock import Clock
from providers.collector import Collector, Task

log = logging.getLogger(__name__)


class BackgroundCollector:
    """Polls in a daemon thread, so that neither a slow provider nor a slow disk ever holds up the screen.

    `tasks` is called in that thread, because making providers imports the network. `zone` is the zone of the times in its
    sentences, the screen's own (None: the machine's). `trouble` is one sentence when the
    collector could not start, else "".
    """

    def __init__(self, cache: Path, tasks: Callable[[], Sequence[Task]], clock: Clock, zone: tzinfo | None = None) -> None:
        self._cache = cache
        self._tasks = tasks
        self._clock = clock
        self._collector: Collector | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = threading.Event()
        self._paused = False
        self._zone = zone
        self._thread = threading.Thread(target=self._run, name="calltop-collector", daemon=True)
        self.trouble = ""

    def start(self) -> None:
        """Begins to poll."""
        self._thread.start()

    def _run(self) -> None:
        try:
            asyncio.run(self._poll())
        except Exception as error:
            log.exception("the collector ended")
            self.trouble = f"polling has stopped: {error}"

    async def _poll(self) -> None:
        database = Database(self._cache)
        try:
            tasks = self._tasks()
            collector = Collector(database, tasks, self._clock)
            self._loop = asyncio.get_running_loop()
            self._collector = collector
            collector.pause(self._paused)
            if self._stopping.is_set():
                collector.stop()
            await collector.run()
        finally:
            self._collector = None
            database.close()

    def poll_now(self) -> str:
        """Asks for a poll; says in one sentence who is polled, and who not before when."""
        collector, loop = self._collector, self._loop
        if collector is None or loop is None:
            return self.trouble or "polling has not begun yet"
        now_ms = self._clock.now_ms()
        answer: list[str] = []
        done = threading.Event()

        def ask() -> None:
            polled, too_early, elsewhere = collector.poll_now(now_ms)
            answer.extend([f"polling {', '.join(polled)}"] if polled else [])
            answer.extend(f"{name} not before {self._time(at_ms)}" for name, at_ms in too_early.items())
            answer.extend([f"{', '.join(elsewhere)} polled by another calltop"] if elsewhere else [])
            done.set()

        loop.call_soon_threadsafe(ask)
        return "; ".join(answer) if done.wait(0.2) else "asked for a poll"

    def _time(self, at_ms: int) -> str:
        # The next whole minute: at the minute that is shown, the provider may be asked.
        return datetime.fromtimestamp(-(-at_ms // 60_000) * 60, UTC).astimezone(self._zone).strftime("%H:%M")

    def pause(self, paused: bool) -> None:
        """Holds back polls, or goes on with them."""
        self._paused = paused
        if self._collector is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._collector.pause, paused)

    def stop(self, timeout_seconds: float) -> None:
        """Ends polling; returns when it has ended or the time is over."""
        self._stopping.set()
        collector, loop = self._collector, self._loop
        if collector is not None and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(collector.stop)
        self._thread.join(timeout_seconds)
