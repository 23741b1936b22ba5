"""The collector in a thread of its own, for a program whose main thread draws a screen."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from calls.cache.database import Database

if TYPE_CHECKING:
    from calls.filters import Filter
    from providers.alarms import Alarms
    from providers.asking import Asked
    from providers.base import Provider
    from providers.clock import Clock
    from providers.collector import Collector, Task
    from providers.filling import Backfill
    from providers.plan import Plan
    from providers.renewal import RenewedCollector

log = logging.getLogger(__name__)

_MOMENT_SECONDS = 0.2
_REST_SECONDS = 2.0
_T = TypeVar("_T")


class BackgroundCollector:
    """Polls in a daemon thread, so that neither a slow provider nor a slow disk ever holds up the screen.

    `tasks` is called in that thread, and the collector imported there, because both import the network. `zone` is the zone
    of the times in its sentences, the screen's own (None: the machine's). `alarms` makes what watches over the alerts.
    `trouble` is one sentence while the collector does not poll, as it could not start or `waits` for another process, else "".
    """

    def __init__(
        self,
        cache: Path,
        tasks: Callable[[], Sequence[Task]],
        clock: Clock,
        zone: tzinfo | None = None,
        alarms: Callable[[Database], Alarms | None] = lambda database: None,
    ) -> None:
        self._cache = cache
        self._tasks = tasks
        self._alarms = alarms
        self._clock = clock
        self._renewed: RenewedCollector | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = threading.Event()
        self._paused = False
        self._zone = zone
        self._thread = self._made_thread()
        self._told: tuple[Backfill, ...] = ()
        self.trouble = ""
        self.waits = False

    def _made_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name="calltop-collector", daemon=True)

    def start(self) -> None:
        """Begins to poll; does nothing when it has begun already."""
        if self._thread.ident is None:
            self._thread.start()

    def _run(self) -> None:
        try:
            asyncio.run(self._poll())
        except Exception as error:
            log.exception("the collector ended")
            self.trouble = f"polling has stopped: {error}"

    async def _poll(self) -> None:
        from providers.collector import Collector
        from providers.renewal import RenewedCollector

        database = Database(self._cache, waiting=self._wait)
        try:
            self._renewed = RenewedCollector(
                lambda tasks: Collector(database, tasks, self._clock, alarms=self._alarms(database)), self._tasks()
            )
            self._loop = asyncio.get_running_loop()
            self._renewed.pause(self._paused)
            if self._stopping.is_set():
                self._renewed.stop()
            await self._renewed.run()
        finally:
            self._renewed = None
            database.close()

    def _wait(self, words: str) -> None:
        self.waits = bool(words)
        self.trouble = words and f"nothing is polled here: {words}"

    def providers(self) -> tuple[Provider, ...]:
        """The providers; empty until they are known. To be asked in the collector's thread only, see `with_provider`."""
        collector = self._collector
        return collector.providers if collector is not None else ()

    def with_provider(self, name: str, work: Callable[[Provider], Coroutine[Any, Any, _T]]) -> Future[_T]:
        """Does something with a provider in the collector's thread. Raises LookupError when it is not there."""
        provider = next((provider for provider in self.providers() if provider.source.name == name), None)
        if provider is None or self._loop is None or self._loop.is_closed():
            raise LookupError(self.trouble or "polling has not begun yet; try again in a moment")
        return asyncio.run_coroutine_threadsafe(work(provider), self._loop)

    @property
    def _collector(self) -> Collector | None:
        renewed = self._renewed
        return renewed.collector if renewed is not None else None

    def renew(self) -> None:
        """Polls what is to be polled now, since that has changed. What cannot be made leaves alone what runs."""
        if not self._thread.is_alive() and not self._stopping.is_set():
            self.trouble = ""
            self._thread = self._made_thread()
            self._thread.start()
        elif self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._renew)

    def _renew(self) -> None:
        try:
            tasks = self._tasks()
        except Exception:
            log.exception("the changed configuration cannot be polled")
            return
        if self._renewed is not None and not self._stopping.is_set():
            self._renewed.renew(tasks)

    def plans(self, wanted: Filter) -> list[Plan]:
        """What each provider would be asked for a filter; empty until they are known."""
        collector = self._collector
        return collector.asker.plans(wanted) if collector is not None else []

    def ask(self, wanted: Filter) -> str:
        """Asks the providers for a filter's calls; says in one sentence who is asked."""
        collector = self._collector
        if collector is None:
            return self.trouble or "polling has not begun yet"
        asked: list[str] = []
        if not self._in_its_thread(lambda: asked.extend(collector.asker.begin(wanted))):
            return "asked the providers"
        return f"asking {', '.join(asked)}" if asked else "no provider can answer this filter"

    def asking(self) -> tuple[Asked, ...]:
        """How far the last asking is, provider by provider; empty when nothing was asked."""
        collector = self._collector
        return collector.asker.progress if collector is not None else ()

    def stop_asking(self) -> None:
        """Gives up asking; what came is kept."""
        if (collector := self._collector) is not None:
            self._in_its_thread(collector.asker.stop)

    def backfills(self) -> tuple[Backfill, ...]:
        """How far the back-fill of each provider is, as it was told last; empty until polling has begun."""
        collector = self._collector
        found: list[Backfill] = []
        if collector is not None:
            self._in_its_thread(lambda: found.extend(collector.backfills()))
        return tuple(found)

    def told_backfills(self) -> tuple[Backfill, ...]:
        """The same at once, as it stood when it was last asked for: a screen that asks every second never waits."""
        collector, loop = self._collector, self._loop
        if collector is None or loop is None or loop.is_closed():
            self._told = ()
        else:
            loop.call_soon_threadsafe(self._tell_backfills)
        return self._told

    def _tell_backfills(self) -> None:
        if self._collector is not None:
            self._told = self._collector.backfills()

    def pause_backfill(self, provider: str, paused: bool) -> None:
        """Holds back a provider's history, or goes on with it."""
        if (collector := self._collector) is not None:
            self._in_its_thread(lambda: collector.pause_backfill(provider, paused))

    def end_backfill(self, provider: str) -> None:
        """Asks a provider for no more history."""
        if (collector := self._collector) is not None:
            self._in_its_thread(lambda: collector.end_backfill(provider))

    def backfill(self, provider: str, days: int) -> int:
        """Loads so many days of a provider's history; how many that will be as far as is known by now."""
        reached = [days]
        if (collector := self._collector) is not None:
            self._in_its_thread(lambda: reached.append(collector.backfill(provider, days)))
        return reached[-1]

    def poll_now(self) -> str:
        """Asks for a poll; says in one sentence who is polled, and who not before when."""
        collector = self._collector
        if collector is None:
            return self.trouble or "polling has not begun yet"
        now_ms = self._clock.now_ms()
        answer: list[str] = []

        def ask() -> None:
            polled, too_early, elsewhere = collector.poll_now(now_ms)
            answer.extend([f"polling {', '.join(polled)}"] if polled else [])
            answer.extend(f"{name} not before {self._time(at_ms)}" for name, at_ms in too_early.items())
            answer.extend([f"{', '.join(elsewhere)} polled by another calltop"] if elsewhere else [])

        return "; ".join(answer) if self._in_its_thread(ask) else "asked for a poll"

    def _in_its_thread(self, work: Callable[[], object]) -> bool:
        """Does something in the collector's thread; whether it was done within a moment. The screen waits no longer."""
        done = threading.Event()

        def do() -> None:
            try:
                work()
            finally:
                done.set()

        if self._loop is None or self._loop.is_closed():
            return False
        self._loop.call_soon_threadsafe(do)
        return done.wait(_MOMENT_SECONDS)

    def _time(self, at_ms: int) -> str:
        # The next whole minute: at the minute that is shown, the provider may be asked.
        return datetime.fromtimestamp(-(-at_ms // 60_000) * 60, UTC).astimezone(self._zone).strftime("%H:%M")

    def pause(self, paused: bool) -> None:
        """Holds back polls, or goes on with them."""
        self._paused = paused
        if self._renewed is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._renewed.pause, paused)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Keeps the collector from doing anything, so that it writes nothing while the process is stopped: whoever else
        writes to the cache would wait for it."""
        resting, over = threading.Event(), threading.Event()

        def rest() -> None:
            resting.set()
            over.wait()

        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(rest)
            resting.wait(_REST_SECONDS)
        try:
            yield
        finally:
            over.set()

    def stop(self, timeout_seconds: float) -> None:
        """Ends polling; returns when it has ended or the time is over."""
        self._stopping.set()
        renewed, loop = self._renewed, self._loop
        if renewed is not None and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(renewed.stop)
        if self._thread.ident is not None:
            self._thread.join(timeout_seconds)
