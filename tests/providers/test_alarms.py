"""The watch over the alerts beside the collector: what it looks at, whom it tells, and that trouble ends nothing."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import SecretStr

from calls.alerts import Comparison, Phase, QuietHours, Rule, Sink
from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.filters import parse
from calls.model import Source
from providers.alarms import Alarm, Alarms
from providers.collector import Collector, Task
from providers.webhook import Webhook
from tests.calls.cache.help import MINUTE_MS, NOON_MS, record
from tests.providers.collecting import FakeProvider, ManualClock, settle

pytestmark = pytest.mark.anyio

SOLUNO = Source("north", "soluno", "Europe/Stockholm", "46")
ZONE = ZoneInfo("Europe/Stockholm")
MISSED = Rule("missed", "missed", Comparison.ABOVE, 2, parse("since:today"), sinks=frozenset({Sink.SCREEN, Sink.WEBHOOK}))


class Receiver:
    """A webhook's other end, which takes what it gets unless it is told not to."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, object]] = []
        self.status = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.status == 200:
            self.bodies.append(json.loads(request.content))
        return httpx.Response(self.status)

    @property
    def states(self) -> list[object]:
        return [body["state"] for body in self.bodies]


class Watched:
    """A provider with missed calls, a collector and its alarms."""

    def __init__(self, path: Path, *rules: Rule) -> None:
        self.clock = ManualClock()
        self.looking = ManualClock()
        self.receiver = Receiver()
        self.provider = FakeProvider(self.clock, SOLUNO)
        self.database = Database(path)
        self.collector = Collector(
            self.database, [Task(self.provider, history_days=0)], self.clock, alarms=self.alarms(self.database, *rules)
        )

    def alarms(self, database: Database, *rules: Rule) -> Alarms:
        hook = Webhook(SecretStr("https://chat.example/hook"), http=httpx.MockTransport(self.receiver))
        return Alarms(database, [Alarm(rule, ZONE, hook) for rule in rules], self.looking)

    def jump(self, milliseconds: int) -> None:
        self.clock.jump(milliseconds)
        self.looking.jump(milliseconds)

    async def looked(self) -> None:
        """Lets the watch look at what is in the cache now."""
        await until(lambda: self.looking.waits)
        self.looking.waits = 0
        self.looking.jump(MINUTE_MS)
        await until(lambda: self.looking.waits)

    async def polled(self) -> None:
        """Waits until a poll is in the cache."""
        now_ms = self.clock.now_ms()
        await until(
            lambda: self.database.connection.execute("SELECT last_good_poll_ms FROM poll_state").fetchone() == (now_ms,)
        )

    async def goes_down_for(self, minutes: int) -> None:
        """A good poll, then so many minutes later one that fails, with a look at the alerts."""
        await Collector(self.database, [Task(self.provider, history_days=0)], self.clock).once()
        self.provider.error = OSError("down")
        self.jump(minutes * MINUTE_MS)
        await self.collector.once()

    def misses(self, count: int) -> None:
        self.provider.rows += [
            record(f"m{number}", started_ms=NOON_MS - 60_000 - number, caller=f"070123456{number}") for number in range(count)
        ]


async def until(condition: Callable[[], object]) -> None:
    """Lets the loop and its threads work until something is so: each round waits for a thread of the same pool."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.to_thread(int)


async def test_an_alert_is_told_to_its_webhook_while_the_collector_runs(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    watched = Watched(path, MISSED)
    watched.misses(3)
    running = asyncio.create_task(watched.collector.run())
    await watched.polled()
    await watched.looked()
    await until(lambda: watched.receiver.bodies)
    body = watched.receiver.bodies[0]
    assert body["state"] == "firing"
    assert body["text"] == "calltop: missed fires: missed calls 3, should not be above 2"
    assert (body["value"], body["threshold"], body["comparison"]) == (3, 2, ">")
    assert "filter" not in body
    with closing(Reader(path)) as reader:
        assert [(one.name, one.phase) for one in reader.alerts()] == [("missed", Phase.FIRING)]
    watched.collector.stop()
    await running
    watched.database.close()


async def test_its_end_is_told_too(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "calltop.db", MISSED)
    watched.misses(3)
    await watched.collector.once()
    # The next day begins without a missed call.
    watched.jump(24 * 60 * MINUTE_MS)
    await Collector(watched.database, [Task(watched.provider, history_days=0)], watched.clock).once()
    alarms = watched.alarms(watched.database, MISSED)
    await alarms.once()
    await alarms.close()
    assert watched.receiver.states == ["firing", "resolved"]
    assert watched.receiver.bodies[1]["text"] == "calltop: missed is resolved: missed calls 0, should not be above 2"
    watched.database.close()


async def test_of_two_processes_one_tells(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    watched = Watched(path, MISSED)
    watched.misses(4)
    await watched.collector.once()
    assert watched.receiver.states == ["firing"]
    with closing(Database(path)) as database:
        other = watched.alarms(database, MISSED)
        await other.once()
        watched.jump(MINUTE_MS)
        await other.once()
        await other.close()
    assert watched.receiver.states == ["firing"]
    watched.database.close()


async def test_what_was_not_taken_is_offered_again_and_old_news_is_dropped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watched = Watched(tmp_path / "calltop.db", MISSED)
    watched.misses(4)
    watched.receiver.status = 500
    alarms = watched.alarms(watched.database, MISSED)
    await Collector(watched.database, [Task(watched.provider, history_days=0)], watched.clock).once()
    with caplog.at_level(logging.WARNING, "providers.alarms"):
        await alarms.once()
    assert "its webhook was not told" in caplog.text
    watched.receiver.status = 200
    await alarms.once()
    assert watched.receiver.states == ["firing"]
    watched.receiver.status = 500
    watched.jump(24 * 60 * MINUTE_MS)
    await Collector(watched.database, [Task(watched.provider, history_days=0)], watched.clock).once()
    await alarms.once()
    watched.jump(2 * 60 * MINUTE_MS)
    await alarms.tell()
    watched.receiver.status = 200
    await alarms.tell()
    assert watched.receiver.states == ["firing"]
    await alarms.close()
    watched.database.close()


async def test_in_quiet_hours_the_screen_knows_and_the_webhook_does_not(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    rule = Rule(**{name: getattr(MISSED, name) for name in ("name", "measure", "comparison", "threshold", "wanted", "sinks")},
                quiet=(QuietHours.parse("12:00-13:00"),))  # fmt: skip
    watched = Watched(path, rule)
    watched.misses(4)
    await watched.collector.once()
    with closing(Reader(path)) as reader:
        assert [one.firing for one in reader.alerts()] == [True]
    assert watched.receiver.bodies == []
    alarms = watched.alarms(watched.database, rule)
    watched.jump(60 * MINUTE_MS)
    await Collector(watched.database, [Task(watched.provider, history_days=0)], watched.clock).once()
    await alarms.once()
    await alarms.close()
    assert watched.receiver.states == ["firing"]
    watched.database.close()


@pytest.mark.parametrize(
    ("measure", "threshold", "fires"),
    [
        ("call_backs", 3, True),
        ("call_backs", 4, False),
        ("oldest_call_back_minutes", 45, True),
        ("oldest_call_back_minutes", 50, False),
        ("data_age_minutes", 40, True),
        ("data_age_minutes", 60, False),
        ("providers_down", 0, True),
        ("providers_down", 1, False),
    ],
)
async def test_what_stands_besides_the_figures_can_be_watched(
    tmp_path: Path, measure: str, threshold: float, fires: bool
) -> None:
    path = tmp_path / "calltop.db"
    watched = Watched(path, Rule("one", measure, Comparison.ABOVE, threshold))
    watched.misses(4)
    await watched.goes_down_for(45)
    with closing(Reader(path)) as reader:
        assert [one.firing for one in reader.alerts()] == [fires]
    watched.database.close()


async def test_a_figure_of_old_data_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    watched = Watched(path, MISSED)
    watched.misses(4)
    await watched.goes_down_for(45)
    with closing(Reader(path)) as reader:
        assert [one.phase for one in reader.alerts()] == [Phase.CALM]
    watched.database.close()


async def test_a_cache_taken_away_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "calltop.db"
    watched = Watched(path, MISSED)
    alarms = watched.alarms(watched.database, MISSED)
    path.rename(tmp_path / "away.db")
    running = asyncio.create_task(alarms.run())
    await until(lambda: "could not be looked at" in caplog.text)
    (tmp_path / "away.db").rename(path)
    watched.misses(3)
    await Collector(watched.database, [Task(watched.provider, history_days=0)], watched.clock).once()
    watched.jump(MINUTE_MS)
    await until(lambda: watched.receiver.bodies)
    running.cancel()
    await settle()
    await alarms.close()
    watched.database.close()
