"""Every fault on every kind of request: once it has ended, one reading brings the cache level with one that never met it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from calls.cache.database import Database
from calls.cache.writer import Writer
from providers.base import Provider
from providers.errors import ProviderError, RateLimited
from providers.polling import PollOutcome, ProviderPolling
from providers.simulator import Simulator, SimulatorClock, credentials
from providers.simulator.faults import FAULTS
from tests.providers.exchange_help import AUTUMN, client, everything, instant_ms

pytestmark = pytest.mark.anyio

PARTS = {
    "soluno": ("historik", "token"),
    "dstny": ("historik",),
    "telecomx": ("cdrstats",),
    "portsip": ("cdrs", "calllogs", "token"),
    "while1": ("cdr",),
}
REQUESTS = [(kind, part) for kind, parts in PARTS.items() for part in parts]
# Faults that leave an answer which can be read, so that the poll itself goes well.
BENIGN = {"duplicate", "shuffled", "late", "changed", "wrong-type", "slow"}
NETWORK: dict[str, Callable[[httpx.Request], Exception]] = {
    "connect refused": lambda request: httpx.ConnectError("[Errno 111] Connection refused", request=request),
    "connect time-out": lambda request: httpx.ConnectTimeout("", request=request),
    "pool time-out": lambda request: httpx.PoolTimeout("", request=request),
    "send time-out": lambda request: httpx.WriteTimeout("", request=request),
    "wait time-out": lambda request: httpx.ReadTimeout("", request=request),
    "receive broken": lambda request: httpx.ReadError("", request=request),
    "protocol": lambda request: httpx.RemoteProtocolError("peer closed connection", request=request),
}
SECRETS = [value for name, value in vars(credentials).items() if name.isupper() and isinstance(value, str) and len(value) > 7]


class Wire(httpx.AsyncBaseTransport):
    """The simulator without a network, or a network that fails."""

    def __init__(self, simulator: Simulator) -> None:
        self._inner = httpx.ASGITransport(app=simulator.app)
        self.failure: Callable[[httpx.Request], Exception] | None = None
        self.part = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.failure is not None and self.part in request.url.path.split("/"):
            raise self.failure(request)
        return await self._inner.handle_async_request(request)


class StandingClock:
    """The simulator's time."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def now_ms(self) -> int:
        return self._simulator.clock.now_ms()

    async def wait(self, until_ms: int, wake: asyncio.Event) -> None:
        raise AssertionError("a reading waits for nothing")


async def no_sleep(_seconds: float) -> None:
    """A slow answer, in no time."""


@dataclass
class Site:
    """A simulated provider, a way to break the wire to it, and a real cache it is read into."""

    simulator: Simulator
    wire: Wire
    provider: Provider
    polling: ProviderPolling
    path: Path

    async def read(self) -> PollOutcome:
        """One reading of everything, a second after the one before."""
        self.simulator.clock.advance(1000)
        return await self.polling.read_history(everything(self.simulator))

    def known(self) -> list[tuple[Any, ...]]:
        """What the cache knows of calls, legs and employees, without the keys it gave them."""
        with closing(sqlite3.connect(self.path)) as connection:
            rows = connection.execute("SELECT * FROM calls ORDER BY id").fetchall()
            buckets = connection.execute("SELECT * FROM employee_hours ORDER BY 1, 2, 4, 6").fetchall()
            return [row[1:] for row in rows] + buckets


@contextmanager
def site_of(kind: str, folder: Path) -> Iterator[Site]:
    clock = SimulatorClock(instant_ms(AUTUMN), speed=0)
    simulator = Simulator(seed=7, days=1, calls_per_day=60, clock=clock, sleep=no_sleep)
    wire = Wire(simulator)
    provider = client(kind, simulator, http=wire, backfill_spacing_seconds=0)
    folder.mkdir()
    database = Database(folder / "calltop.db")
    writer = Writer(database)
    source_id = writer.register([provider.source])[provider.source.name]
    polling = ProviderPolling(provider, writer, source_id, StandingClock(simulator))
    try:
        yield Site(simulator, wire, provider, polling, folder / "calltop.db")
    finally:
        database.close()


@pytest.fixture(autouse=True)
def _small_giants(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is too large need not be large, for the limit to be met."""
    monkeypatch.setattr("providers.transport.MAX_ANSWER_BYTES", 200_000)
    monkeypatch.setattr("providers.simulator.faults.HUGE_BYTES", 400_000)


@pytest.fixture(params=REQUESTS, ids=lambda request: ".".join(request))
async def site(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    kind, part = request.param
    with site_of(kind, tmp_path / "faulty") as made:
        made.wire.part = part
        yield made
        await made.provider.close()


async def level(site: Site, tmp_path: Path) -> bool:
    """Whether the cache knows what a cache knows that was read once, without faults."""
    kind = site.provider.source.kind
    with site_of(kind, tmp_path / "clean") as clean:
        assert (await clean.read()).error is None
        await clean.provider.close()
        assert clean.known()
        return clean.known() == site.known()


def assert_tellable(outcome: PollOutcome) -> None:
    assert outcome.error is not None
    assert "\n" not in outcome.error
    assert len(outcome.error) < 400
    assert not [secret for secret in SECRETS if secret in outcome.error]
    assert "the log" not in outcome.error, "an error nobody foresaw"


@pytest.mark.parametrize("fault", FAULTS)
async def test_after_a_fault_one_reading_brings_the_cache_level(site: Site, fault: str, tmp_path: Path) -> None:
    kind, part = site.provider.source.kind, site.wire.part
    site.simulator.set_faults(f"{kind}.{part}:{fault}")
    outcome = await site.read()
    if outcome.error is not None:
        assert_tellable(outcome)
    else:
        assert fault in BENIGN or part == "token" or (kind, part) == ("portsip", "calllogs")
    if fault.startswith("429") and part != "token" and (kind, part) != ("portsip", "calllogs"):
        assert isinstance(outcome.failure, RateLimited)
        if fault != "429-bare":
            assert outcome.failure.retry_after_seconds == 1
    site.simulator.set_faults("")
    assert (await site.read()).error is None
    assert await level(site, tmp_path)


@pytest.mark.parametrize("failure", NETWORK)
async def test_after_a_failure_of_the_network_one_reading_brings_the_cache_level(
    site: Site, failure: str, tmp_path: Path
) -> None:
    site.wire.failure = NETWORK[failure]
    outcome = await site.read()
    assert_tellable(outcome)
    assert isinstance(outcome.failure, ProviderError)
    assert outcome.failure.retryable
    site.wire.failure = None
    assert (await site.read()).error is None
    assert await level(site, tmp_path)


async def test_a_good_history_survives_a_day_of_faults(site: Site, tmp_path: Path) -> None:
    kind, part = site.provider.source.kind, site.wire.part
    assert (await site.read()).error is None
    before = site.known()
    for fault in sorted(set(FAULTS) - BENIGN):
        site.simulator.set_faults(f"{kind}.{part}:{fault}:1")
        await site.read()
    assert site.known() == before
    site.simulator.set_faults("")
    await site.read()
    assert await level(site, tmp_path)
