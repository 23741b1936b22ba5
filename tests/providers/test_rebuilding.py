"""Rebuilding the cache from its raw records gives the calls and the sums that polling gave, for every provider."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.database import Database
from calls.cache.writer import Writer
from providers.polling import ProviderPolling
from providers.registry import KINDS
from tests.providers.collecting import ManualClock
from tests.providers.exchange_help import client, simulated

pytestmark = pytest.mark.anyio
SHOWN = (
    "SELECT * FROM calls ORDER BY id",
    "SELECT * FROM legs ORDER BY id, position",
    "SELECT * FROM employee_hours ORDER BY started_ms, employee_id, extension_number",
    "SELECT * FROM hourly_totals ORDER BY 1, 2, 3, 4",
    "SELECT * FROM daily_totals ORDER BY 1, 2, 3, 4, 5",
    "SELECT * FROM contact ORDER BY 1",
    "SELECT * FROM fact ORDER BY 1, 2",
)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_rebuilt_cache_shows_the_same(tmp_path: Path, kind: str) -> None:
    simulator = simulated(days=1, calls_per_day=200)
    with closing(Database(tmp_path / "calltop.db")) as database:
        writer = Writer(database)
        provider = client(kind, simulator)
        source_id = writer.register([provider.source])[provider.source.name]
        polling = ProviderPolling(provider, writer, source_id, ManualClock(simulator.clock.now_ms()))
        for _ in range(2):
            assert (await polling.poll()).error is None
        before = [database.connection.execute(question).fetchall() for question in SHOWN]
        assert sum(map(len, before)) > 5
        with database.transaction() as connection:
            connection.execute("DELETE FROM call")
            connection.execute("DELETE FROM employee_bucket")
            connection.execute("DELETE FROM contact")
        writer.rebuild(provider, source_id)
        assert [database.connection.execute(question).fetchall() for question in SHOWN] == before
