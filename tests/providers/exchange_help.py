"""What the conformance tests of PortSIP and While1 share: a simulator, a client of it, and calls as the truth writes them."""

from __future__ import annotations

import itertools
import random
import tomllib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.writer import Reading, Stored, Writer
from calls.exports import call_json
from calls.filters import parse
from calls.model import Call, Record, Window
from providers.base import Provider
from providers.registry import make_provider, parse_settings
from providers.simulator import Simulator, SimulatorClock

Line = dict[str, Any]
PACED = ("portsip", "while1")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

AUTUMN = "2026-10-27T12:00:00Z"  # three days back lies the night of 25 October, in which an hour came twice
SPRING = "2026-03-31T12:00:00Z"


def instant_ms(text: str) -> int:
    """Milliseconds of an RFC 3339 time."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def simulated(now: str = AUTUMN, seed: int = 7, days: int = 3, calls_per_day: int = 1000) -> Simulator:
    """A simulator whose clock stands still until a test moves it."""
    return Simulator(seed, days, calls_per_day, SimulatorClock(instant_ms(now), speed=0))


def client(kind: str, simulator: Simulator, **settings: Any) -> Provider:
    """The provider that the simulator's own configuration describes, by its clock; `http` replaces the way to it."""
    http = settings.pop("http", None)
    table = tomllib.loads(simulator.config_text("http://127.0.0.1:8080"))["providers"][kind]
    return make_provider(
        kind,
        parse_settings({**table, **({"requests_per_minute": 6000} if kind in PACED else {}), **settings}),
        http=http or httpx.ASGITransport(app=simulator.app),
        now=lambda: simulator.clock.now_ms() / 1000,
    )


def everything(simulator: Simulator) -> Window:
    """From before the simulated world to a minute after now."""
    now_ms = simulator.clock.now_ms()
    return Window(now_ms - 6 * DAY_MS, now_ms + 60_000)


async def read(provider: Provider, window: Window) -> list[Record]:
    """All records of a window; every row has to be readable."""
    records: list[Record] = []
    async for page in provider.fetch(window, {}):
        records += page.records
        assert page.rejects == ()
    return records


def told(calls: Iterable[Call]) -> dict[str, Line]:
    """Calls by id, as the truth writes them."""
    return {call.id: call_json(call) for call in calls}


def truth(simulator: Simulator, kind: str, window: Window | None = None) -> dict[str, Line]:
    """What really happened, by id; with a window, what started in it."""
    lines = {line["id"]: line for line in simulator.truth() if line["kind"] == kind}
    return {key: line for key, line in lines.items() if window is None or instant_ms(line["started_at"]) in window}


def random_windows(simulator: Simulator, seed: int) -> list[Window]:
    """The simulated time cut into windows of all lengths, without a gap."""
    rng = random.Random(seed)
    whole = everything(simulator)
    edges = [whole.start_ms + 2 * DAY_MS]
    while edges[-1] < whole.end_ms:
        edges.append(edges[-1] + rng.choice([61_337, 600_000, HOUR_MS, 7_777_777, 5 * HOUR_MS]))
    return [Window(start_ms, end_ms) for start_ms, end_ms in itertools.pairwise(edges)]


class Cached:
    """A provider that is read into a real cache."""

    def __init__(self, folder: Path, provider: Provider, simulator: Simulator) -> None:
        self._path = folder / "calltop.db"
        self._database = Database(self._path)
        self._writer = Writer(self._database)
        self._provider = provider
        self._simulator = simulator
        self._source_id = self._writer.register([provider.source])[provider.source.name]
        self._state: dict[str, str] = {}

    async def read(self, window: Window) -> Stored:
        """One reading, stored as a poll stores it."""
        records: list[Record] = []
        async for page in self._provider.fetch(window, self._state):
            records += page.records
        self._state = dict(self._provider.next_state())
        reading = Reading(tuple(records), (), self._simulator.clock.now_ms(), provider_state=self._state)
        return self._writer.store(self._provider, self._source_id, reading)

    async def poll(self) -> Stored:
        """A live poll: four hours back, one minute ahead."""
        now_ms = self._simulator.clock.now_ms()
        return await self.read(Window(now_ms - 4 * HOUR_MS, now_ms + 60_000))

    def lines(self) -> dict[str, Line]:
        """Every cached call as the truth writes it."""
        reader = Reader(self._path)
        try:
            now_ms = self._simulator.clock.now_ms()
            return told(reader.calls(parse(""), now_ms))
        finally:
            reader.close()

    def close(self) -> None:
        """Closes the cache."""
        self._database.close()
