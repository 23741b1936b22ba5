"""What the tests of polling share: a clock that a test moves, a provider in memory, a collector that is driven by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from calls.cache.database import Database
from calls.cache.writer import Writer
from calls.filters import Filter, FilterContext
from calls.model import Record, Source, Window
from providers.base import Pace, Page
from providers.clock import Clock
from providers.collector import Collector, Task
from providers.errors import ProviderError
from providers.plan import ClausePlan, How, Plan, PlannedRequest, asked_window
from providers.polling import PollOutcome, ProviderPolling
from providers.transport import Transport
from tests.calls.cache.help import DAY_MS, MINUTE_MS, NOON_MS, NORTH, FakeDeriver, record

SECOND_MS = 1000
# Enough rounds for every task of a collector to come to rest.
_ROUNDS = 40


class ManualClock:
    """Time stands still until a test moves it."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self._now_ms = now_ms
        self._moved = asyncio.Event()
        self.waits = 0

    def now_ms(self) -> int:
        return self._now_ms

    async def wait(self, until_ms: int, wake: asyncio.Event) -> None:
        self.waits += 1
        while not wake.is_set() and self._now_ms < until_ms:
            waiting = [asyncio.create_task(wake.wait()), asyncio.create_task(self._moved.wait())]
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)

    def jump(self, milliseconds: int) -> None:
        """Moves the time and wakes who waits for it."""
        self._now_ms += milliseconds
        self._moved.set()
        self._moved = asyncio.Event()


async def settle() -> None:
    """Lets every task run until all of them wait."""
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)


class FakeProvider(FakeDeriver):
    """A provider in memory. `rows` are its records, `error` is raised at once, `half_read` after the first page."""

    def __init__(self, clock: Clock, source: Source = NORTH, **pace: Any) -> None:
        super().__init__(source)
        self.pace = Pace(**pace)
        self.rows: list[Record] = []
        self.error: Exception | None = None
        self.half_read: ProviderError | None = None
        self.floor_ms = 0
        self.refusal: ProviderError | None = None
        self.notices: tuple[str, ...] = ()
        self.supersedes = False
        self.transport = Transport("https://pbx.example")
        self.hangs = False
        self.closed = False
        self.asked: list[tuple[int, Window]] = []
        self.states: list[Mapping[str, str]] = []
        self.requests = 0
        self.skew_seconds: int | None = 0
        self._clock = clock

    async def fetch(self, window: Window, state: Mapping[str, str]) -> AsyncIterator[Page]:
        self.requests += 1
        self.asked.append((self._clock.now_ms(), window))
        self.states.append(state)
        if self.hangs:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        if self.refusal is not None and window.start_ms < self.floor_ms:
            raise self.refusal
        yield Page(tuple(row for row in self.rows if row.started_ms in window), notices=self.notices)
        self.requests += 1
        if self.half_read is not None:
            raise self.half_read
        yield Page(())

    def plan(self, wanted: Filter, context: FilterContext) -> Plan:
        window = asked_window(wanted, context, self.source, self.pace.history_days)
        clauses = tuple(ClausePlan(node.text, How.LOCAL) for node in wanted.clauses)
        return Plan(self.source.name, self.source.kind, window, clauses, (PlannedRequest("GET", "/calls"),))

    async def ask(self, plan: Plan) -> AsyncIterator[Page]:
        async for page in self.fetch(plan.window, {}):
            yield page

    async def check(self) -> Mapping[str, str]:
        return {}

    def next_state(self) -> Mapping[str, str]:
        return {"asked": str(len(self.asked))}

    async def close(self) -> None:
        self.closed = True

    @property
    def live(self) -> list[int]:
        """When it was polled live."""
        return [at_ms for at_ms, window in self.asked if window.end_ms > at_ms]

    @property
    def history(self) -> list[tuple[int, Window]]:
        """When it was asked for the past, and for what."""
        return [(at_ms, window) for at_ms, window in self.asked if window.end_ms <= at_ms]


class Driven:
    """A collector that runs while a test moves its clock."""

    def __init__(self, path: Path, clock: ManualClock, *tasks: Task, chance: Callable[[], float] = lambda: 0.5) -> None:
        self.database = Database(path)
        self.outcomes: list[PollOutcome] = []
        self.collector = Collector(self.database, tasks, clock, chance=chance, report=self.outcomes.append)
        self._clock = clock
        self._running = asyncio.create_task(self.collector.run())

    async def move(self, milliseconds: int, step_ms: int = 15 * SECOND_MS) -> None:
        """Lets time pass in steps."""
        await settle()
        for _ in range(milliseconds // step_ms):
            self._clock.jump(step_ms)
            await settle()

    def state(self, column: str, name: str = "north") -> object:
        """What the cache says about polling a provider."""
        question = f"SELECT {column} FROM poll_state JOIN source ON source.id = source_id WHERE name = ?"
        return self.database.connection.execute(question, (name,)).fetchone()[0]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.database.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    async def end(self) -> None:
        """Stops the collector and closes its cache."""
        self.collector.stop()
        await self._running
        self.database.close()

    async def die(self) -> None:
        """Ends without a goodbye: the lease stays, and what was under way is lost."""
        self.collector._close = _nothing  # type: ignore[method-assign]
        await self.end()


async def _nothing() -> None:
    return


@asynccontextmanager
async def driven(path: Path, clock: ManualClock, *tasks: Task, chance: float = 0.5) -> AsyncIterator[Driven]:
    """A running collector, stopped at the end."""
    made = Driven(path, clock, *tasks, chance=lambda: chance)
    try:
        await settle()
        yield made
    finally:
        await made.end()


@contextmanager
def polling_of(path: Path, provider: FakeProvider, clock: Clock) -> Iterator[ProviderPolling]:
    """The polling of one provider into a cache of its own."""
    database = Database(path)
    try:
        writer = Writer(database)
        ids = writer.register([provider.source])
        yield ProviderPolling(provider, writer, ids[provider.source.name], clock)
    finally:
        database.close()


def calls_every_hour(days: int, now_ms: int = NOON_MS) -> list[Record]:
    """One call an hour until a minute ago."""
    starts = range(now_ms - MINUTE_MS - days * DAY_MS, now_ms, 60 * MINUTE_MS)
    return [record(f"h{start_ms}", started_ms=start_ms) for start_ms in starts]
