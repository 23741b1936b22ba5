"""The data of the pictures: some days of the simulated providers, polled into a cache at fixed moments."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import httpx

from calls.cache import lease
from calls.cache.database import Database
from calls.cache.state import PollLog
from calls.cache.writer import Writer
from calls.filters import Filter
from calls.model import Window
from calls.times import parse_rfc3339, zone_named
from providers.asking import plans
from providers.base import Provider
from providers.history import History, load
from providers.polling import ProviderPolling
from providers.portsip import PortsipProvider
from providers.portsip.reports import ReportOrder, Reports
from providers.registry import make_provider, parse_settings
from providers.simulator.clock import SimulatorClock
from providers.simulator.simulator import Simulator
from tui.feed import AskProgress, FillProgress, PlanSummary
from tui.polling import summary

ZONE = zone_named("Europe/Stockholm")
NOW_MS = parse_rfc3339("2026-11-23T10:42:20+01:00")
SEED = 7
DAYS = 14
CALLS_PER_DAY = 1200
T = TypeVar("T")
BASE_URL = "http://127.0.0.1"
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
# Polled at the first of these moments only, this provider shows what being late looks like.
LATE_PROVIDER = "dstny"
POLLED_MS = (NOW_MS - 12 * MINUTE_MS, NOW_MS - 2 * MINUTE_MS)
NEXT_POLL_MS = NOW_MS + 3 * MINUTE_MS - 1000


# Of another machine, because this one's processes have other numbers at every run.
HOLDER = lease.Holder("monitor/1001/pictures", 1001)


class StillClock:
    """A clock that stands still until it is moved."""

    def __init__(self, instant_ms: int) -> None:
        self.instant_ms = instant_ms

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return self.instant_ms

    async def wait(self, until_ms: int, wake: asyncio.Event) -> None:
        """Moves on at once: nothing here has to be waited for."""
        self.instant_ms = max(self.instant_ms, until_ms)


class StillPoller:
    """Says what a poller says, with the plans of the simulated providers, and polls nothing."""

    trouble = ""
    waits = False

    def __init__(self) -> None:
        self._providers = _providers(_simulator(NOW_MS), lambda: NOW_MS / 1000)

    def at_rest(self) -> AbstractContextManager[None]:
        """It always is."""
        return nullcontext()

    def begin(self) -> None:
        """Nothing is polled."""

    def poll_now(self) -> str:
        """One sentence."""
        return "polling soluno, dstny, telecomx, portsip, while1"

    def pause(self, paused: bool) -> None:
        """Nothing is polled, so nothing is held back."""

    def renew(self) -> None:
        """Nothing."""

    def plan(self, wanted: Filter) -> tuple[PlanSummary, ...]:
        """What the simulated providers would be asked."""
        return tuple(summary(plan) for plan in plans(self._providers, wanted, NOW_MS))

    def ask(self, wanted: Filter) -> str:
        """Nobody is asked."""
        return "asking soluno, dstny, portsip, while1"

    def asking(self) -> tuple[AskProgress, ...]:
        """Nobody is asked."""
        return ()

    def stop_asking(self) -> None:
        """Nobody is asked, so nothing stops."""

    def fillings(self) -> tuple[FillProgress, ...]:
        """One provider is in the middle of its past, the others are done."""
        past = Window(NOW_MS - 33 * DAY_MS, NOW_MS - 32 * DAY_MS)
        loading = FillProgress("portsip", "loading", past, 61, 31, 74_902, None, 31 * 15)
        return (*(FillProgress(name, "done", done=92) for name in ("soluno", "dstny", "telecomx", "while1")), loading)

    def load_past(self, provider: str, days: int) -> str:
        """One sentence."""
        return f"loading {days} days of {provider}"

    def hold_past(self, provider: str, held: bool) -> None:
        """Nothing is loaded."""

    def cancel_past(self, provider: str) -> None:
        """Nothing is loaded."""

    def stop(self, timeout_seconds: float) -> None:
        """Nothing runs."""


class StillProviders:
    """The simulated providers at the moment of the pictures, with some reports ordered and done."""

    def __init__(self) -> None:
        self._simulator = _simulator(NOW_MS)
        self._asked = ThreadPoolExecutor(max_workers=1)
        self.with_provider("portsip", _order_reports).result()

    def providers(self) -> Sequence[Provider]:
        """All of them."""
        return _providers(self._simulator, lambda: NOW_MS / 1000)

    def with_provider(self, name: str, work: Callable[[Provider], Coroutine[Any, Any, T]]) -> Future[T]:
        """Does something with a provider."""
        provider = next(one for one in self.providers() if one.source.name == name)
        return self._asked.submit(lambda: asyncio.run(work(provider)))


async def _order_reports(provider: Provider) -> None:
    assert isinstance(provider, PortsipProvider)
    reports = Reports(provider.transport)
    for name, kind, cron_expr, wanted in (
        ("Support, weekly", "QUEUE_PERFORMANCE", "0 6 * * 1", {"call_queues": ["8000"]}),
        ("Missed yesterday", "NORMAL", "0 7 * * *", {"answer_state": "NOT_ANSWERED"}),
        ("Abandoned in November", "QUEUE_ABANDONED_CALLS", "", {"call_queues": ["8000", "8001"]}),
        ("All calls, October", "NORMAL", "", {}),
    ):
        await reports.create(ReportOrder(name, kind, "calls@pbx.example", cron_expr=cron_expr, filter=wanted))
    await reports.completed()


async def fill(cache: Path, days: int = DAYS, calls_per_day: int = CALLS_PER_DAY) -> None:
    """Reads the simulated providers into a new cache: today twice, all but one provider the second time, and the past."""
    database = Database(cache)
    try:
        for instant_ms in POLLED_MS:
            clock = StillClock(instant_ms)
            first = instant_ms == POLLED_MS[0]
            simulator = Simulator(SEED, days, calls_per_day, SimulatorClock(clock.now_ms(), speed=0))
            await _poll(database, clock, simulator, [] if first else [LATE_PROVIDER], days if first else 0)
        # How long a request took differs from run to run.
        database.connection.execute("UPDATE request SET elapsed_ms = 12 + id * 7 % 60")
        database.connection.commit()
    finally:
        database.close()


def derivers() -> Mapping[str, Provider]:
    """What derives the calls of the simulated providers' records, by name. Asks nobody."""
    return {one.source.name: one for one in _providers(_simulator(NOW_MS), lambda: NOW_MS / 1000)}


async def _poll(database: Database, clock: StillClock, simulator: Simulator, without: Sequence[str], history_days: int) -> None:
    providers = [one for one in _providers(simulator, lambda: clock.now_ms() / 1000) if one.source.name not in without]
    writer = Writer(database)
    try:
        ids = writer.register([provider.source for provider in providers])
        for provider in providers:
            source_id = ids[provider.source.name]
            polling = ProviderPolling(provider, writer, source_id, clock)
            await polling.poll()
            if history_days:
                async for _step in load(History(polling, clock.now_ms() - history_days * DAY_MS), clock, 0, asyncio.Event()):
                    pass
            lease.acquire(database, source_id, HOLDER, NOW_MS)
            PollLog(database, source_id).plan(NEXT_POLL_MS)
    finally:
        for provider in providers:
            await provider.close()


def _simulator(now_ms: int) -> Simulator:
    return Simulator(SEED, DAYS, CALLS_PER_DAY, SimulatorClock(now_ms, speed=0))


def _providers(simulator: Simulator, now: Callable[[], float]) -> list[Provider]:
    tables = tomllib.loads(simulator.config_text(BASE_URL))["providers"]
    transport = httpx.ASGITransport(app=simulator.app)
    return [make_provider(name, parse_settings(table), http=transport, now=now) for name, table in tables.items()]
