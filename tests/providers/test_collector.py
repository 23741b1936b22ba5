"""The collector, driven by a clock that only a test moves."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from calls.cache.database import Database
from calls.model import Derived, Record
from providers.collector import Collector, Task
from providers.errors import RateLimited, Refused, Rejected, SignInRefused, Unavailable, Unreachable
from tests.calls.cache.help import DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS, NORTH, SOUTH, record
from tests.providers.collecting import SECOND_MS, Driven, FakeProvider, ManualClock, calls_every_hour, driven, settle

pytestmark = pytest.mark.anyio
POLL_MS = 5 * MINUTE_MS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calltop.db"


@pytest.fixture
async def clock() -> ManualClock:
    return ManualClock()


def task(provider: FakeProvider, history_days: int = 0, spacing_seconds: float | None = None) -> Task:
    return Task(provider, history_days=history_days, history_spacing_seconds=spacing_seconds)


async def test_it_polls_at_once_and_then_on_its_cadence(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.rows = calls_every_hour(1)
    async with driven(path, clock, task(provider)) as it:
        assert provider.live == [NOON_MS]
        assert it.count("call") > 10
        await it.move(3 * POLL_MS)
        assert provider.live == [NOON_MS + turn * POLL_MS for turn in range(4)]
        assert it.state("next_due_ms") == NOON_MS + 4 * POLL_MS
        assert it.state("complete_to_ms") == NOON_MS + 3 * POLL_MS - 15 * MINUTE_MS
        assert [outcome.stored.inserted for outcome in it.outcomes[1:]] == [0, 0, 0]
    assert provider.closed


@pytest.mark.parametrize("chance", [0.0, 0.999])
async def test_the_jitter_stays_within_a_tenth_and_above_the_cadence(path: Path, clock: ManualClock, chance: float) -> None:
    polite = FakeProvider(clock, cadence_seconds=300)
    quick = FakeProvider(clock, SOUTH)
    async with driven(path, clock, task(polite), task(quick), chance=chance) as it:
        await it.move(11 * MINUTE_MS, step_ms=SECOND_MS * 3)
        for provider, least in ((polite, POLL_MS), (quick, POLL_MS * 9 // 10)):
            assert least <= provider.live[1] - provider.live[0] <= POLL_MS * 11 // 10 + 3 * SECOND_MS


async def test_after_failures_it_backs_off_and_recovers(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.error = Unreachable("no route to host")
    async with driven(path, clock, task(provider), chance=0.0) as it:
        assert it.state("error") == "no route to host; calltop tries again by itself"
        await it.move(20 * MINUTE_MS)
        tries = [(at_ms - NOON_MS) // SECOND_MS for at_ms in provider.live]
        assert tries == [0, 30, 90, 210, 450, 930]
        assert it.state("failing_since_ms") == NOON_MS
        assert it.state("complete_to_ms") is None
        assert it.count("coverage") == 0
        provider.error = None
        await it.move(12 * MINUTE_MS)
        assert (it.state("error"), it.state("failing_since_ms")) == ("", None)
        good_ms = it.state("last_good_poll_ms")
        assert good_ms == provider.live[6]
        await it.move(POLL_MS)
        assert provider.live[7] - provider.live[6] <= POLL_MS


async def test_a_refused_sign_in_waits_for_the_person(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.error = SignInRefused("POST /token: 401")
    async with driven(path, clock, task(provider)) as it:
        await it.move(2 * HOUR_MS, step_ms=5 * MINUTE_MS)
        assert provider.live == [NOON_MS]
        assert it.state("next_due_ms") is None
        provider.error = None
        assert it.collector.poll_now(clock.now_ms()) == (["north"], {}, {})
        await it.move(POLL_MS)
        assert provider.live[1:] == [NOON_MS + 2 * HOUR_MS, NOON_MS + 2 * HOUR_MS + POLL_MS]


async def test_a_poll_that_is_asked_for_too_early_is_told_when(path: Path, clock: ManualClock) -> None:
    slow, quick = FakeProvider(clock, cadence_seconds=300), FakeProvider(clock, SOUTH, cadence_seconds=60)
    async with driven(path, clock, task(slow), task(quick)) as it:
        await it.move(90 * SECOND_MS)
        assert it.collector.poll_now(clock.now_ms()) == (["south"], {"north": NOON_MS + POLL_MS}, {})
        await settle()
        assert quick.live == [NOON_MS, NOON_MS + 90 * SECOND_MS]
        assert slow.live == [NOON_MS]
        assert it.collector.poll_now(clock.now_ms())[1]["south"] == NOON_MS + 150 * SECOND_MS


async def test_while_paused_nothing_is_asked_but_what_the_person_asks(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    async with driven(path, clock, task(provider, history_days=9, spacing_seconds=1)) as it:
        it.collector.pause(True)
        await settle()
        asked = len(provider.asked)
        await it.move(HOUR_MS, step_ms=MINUTE_MS)
        assert len(provider.asked) == asked
        it.collector.poll_now(clock.now_ms())
        await settle()
        assert provider.live == [NOON_MS, NOON_MS + HOUR_MS]
        it.collector.pause(False)
        await it.move(2 * POLL_MS)
        assert provider.live[2] == NOON_MS + HOUR_MS + POLL_MS
        assert provider.history


async def test_the_past_is_read_newest_first_with_pauses_between(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock, backfill_spacing_seconds=30)
    provider.rows = calls_every_hour(6)
    async with driven(path, clock, task(provider, history_days=4)) as it:
        assert provider.history == []
        await it.move(10 * MINUTE_MS)
        days = [window.start_ms for _, window in provider.history]
        midnight_ms = NOON_MS - 12 * HOUR_MS
        assert days == [midnight_ms - number * DAY_MS for number in range(1, 5)]
        at = [at_ms for at_ms, _ in provider.history]
        assert all(later - earlier >= 30 * SECOND_MS for earlier, later in itertools.pairwise(at))
        assert it.count("call") == 4 * 24 + 12
        assert it.state("complete_to_ms") == provider.live[-1] - 15 * MINUTE_MS
        assert it.count("coverage") == 1


async def test_the_past_is_left_alone_while_polls_fail(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    async with driven(path, clock, task(provider, history_days=30, spacing_seconds=15)) as it:
        await it.move(30 * SECOND_MS)
        read = len(provider.history)
        assert read > 0
        provider.error = Unavailable("503")
        await it.move(POLL_MS)
        assert it.state("failing_since_ms") is not None
        read = len(provider.history)
        await it.move(30 * MINUTE_MS)
        assert len(provider.history) == read
        provider.error = None
        await it.move(20 * MINUTE_MS)
        assert len(provider.history) > read


async def test_the_past_ends_where_the_provider_refuses_it(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock, backfill_days=7, backfill_spacing_seconds=15)
    midnight_ms = NOON_MS - 12 * HOUR_MS
    provider.floor_ms, provider.refusal = midnight_ms - 9 * DAY_MS, Rejected("422: too far back")
    async with driven(path, clock, task(provider, history_days=40)) as it:
        await it.move(3 * HOUR_MS, step_ms=MINUTE_MS)
        covered = it.database.connection.execute("SELECT start_ms FROM coverage").fetchall()
        assert covered == [(midnight_ms - 9 * DAY_MS,)]
        refused = [window for _, window in provider.history if window.start_ms < provider.floor_ms]
        assert [window.end_ms - window.start_ms for window in refused] == [7 * DAY_MS, DAY_MS]
        assert it.state("error") == ""


async def test_a_poll_that_breaks_off_keeps_its_rows_and_moves_nothing(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.rows = calls_every_hour(1)
    provider.half_read = Unavailable("503")
    async with driven(path, clock, task(provider)) as it:
        kept = it.count("call")
        assert kept > 10
        assert it.outcomes[0].stored.inserted == kept
        assert (it.count("coverage"), it.state("complete_to_ms"), it.state("provider_state")) == (0, None, "{}")
        provider.half_read = None
        await it.move(2 * MINUTE_MS)
        assert it.count("call") == kept
        assert it.count("coverage") == 1
        assert it.state("provider_state") == '{"asked": "2"}'
        assert provider.states[:2] == [{}, {}]


async def test_requests_are_counted_once(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    async with driven(path, clock, task(provider, history_days=3, spacing_seconds=15)) as it:
        await it.move(4 * POLL_MS)
        assert len(provider.history) == 3
        assert [outcome.requests for outcome in it.outcomes] == [2] * 5
        assert provider.requests == 2 * 5 + 2 * 3


async def test_two_collectors_on_one_cache_ask_once(path: Path, clock: ManualClock) -> None:
    first, second = FakeProvider(clock), FakeProvider(clock)
    async with driven(path, clock, task(second)) as waiting:
        pass
    clock.jump(HOUR_MS)
    one = Driven(path, clock, task(first))
    await settle()
    async with driven(path, clock, task(second)) as waiting:
        await waiting.move(2 * POLL_MS)
        assert len(first.live) == 3
        assert len(second.live) == 1
        _, _, elsewhere = waiting.collector.poll_now(clock.now_ms())
        assert list(elsewhere) == ["north"]
        last_ms = first.live[-1]
        await one.end()
        await waiting.move(MINUTE_MS)
        assert waiting.collector.poll_now(last_ms + 30 * SECOND_MS)[1] == {"north": last_ms + MINUTE_MS}
        await waiting.move(POLL_MS - MINUTE_MS)
        assert second.live[1:] == [last_ms + POLL_MS]
        assert len(first.live) == 3


async def test_when_the_poller_dies_in_its_first_poll_another_takes_over(path: Path, clock: ManualClock) -> None:
    first, second = FakeProvider(clock), FakeProvider(clock)
    first.hangs = True
    one = Driven(path, clock, task(first))
    await settle()
    async with driven(path, clock, task(second)) as waiting:
        await one.die()
        assert waiting.state("polling") == 1
        await waiting.move(2 * MINUTE_MS)
        assert len(second.live) == 1
        assert waiting.state("error") == ""
        assert waiting.count("coverage") == 1


async def test_a_refused_sign_in_is_not_repeated_by_the_next_poller(path: Path, clock: ManualClock) -> None:
    first, second = FakeProvider(clock), FakeProvider(clock)
    first.error = SignInRefused("POST /token: 401")
    one = Driven(path, clock, task(first))
    await settle()
    async with driven(path, clock, task(second)) as waiting:
        await one.end()
        await waiting.move(HOUR_MS, step_ms=MINUTE_MS)
        assert second.live == []
        waiting.collector.poll_now(clock.now_ms())
        await settle()
        assert len(second.live) == 1


async def test_who_takes_over_a_failing_provider_leaves_the_past_alone(path: Path, clock: ManualClock) -> None:
    first, second = FakeProvider(clock), FakeProvider(clock)
    async with driven(path, clock, task(first)) as it:
        first.error = Refused("401")
        await it.move(POLL_MS)
        second.error = Unavailable("503")
        async with driven(path, clock, task(second, history_days=9, spacing_seconds=0)) as waiting:
            await it.end()
            await waiting.move(70 * MINUTE_MS, step_ms=MINUTE_MS)
            assert second.live
            assert second.history == []


async def test_a_lost_lease_does_not_make_it_spin(path: Path, clock: ManualClock) -> None:
    provider, other = FakeProvider(clock), FakeProvider(clock)
    async with driven(path, clock, task(provider)) as it:
        await it.move(MINUTE_MS)
        it.database.connection.execute("UPDATE lease SET holder = 'elsewhere/1/1', heartbeat_ms = ?", (clock.now_ms(),))
        assert it.collector.poll_now(clock.now_ms() + MINUTE_MS)[0] == ["north"]
        waits = clock.waits
        await settle()
        assert clock.waits - waits < 5
        assert provider.live == [NOON_MS]
    assert other.asked == []


@pytest.mark.acceptance(14)
async def test_six_hours_of_sleep_are_caught_up_with_one_poll(path: Path, clock: ManualClock) -> None:
    providers = [FakeProvider(clock), FakeProvider(clock, SOUTH)]
    async with driven(path, clock, *(task(provider) for provider in providers)) as it:
        await it.move(2 * POLL_MS)
        for provider in providers:
            provider.rows = calls_every_hour(1, NOON_MS + 6 * HOUR_MS)
        clock.jump(6 * HOUR_MS)
        await it.move(4 * MINUTE_MS)
        for provider in providers:
            assert provider.live == [NOON_MS, NOON_MS + POLL_MS, NOON_MS + 2 * POLL_MS, NOON_MS + 2 * POLL_MS + 6 * HOUR_MS]
            window = provider.asked[-1][1]
            assert window.start_ms <= NOON_MS + 2 * POLL_MS - 4 * HOUR_MS
        assert it.count("coverage") == 2


async def test_stopping_gives_up_what_hangs(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.hangs = True
    it = Driven(path, clock, task(provider))
    await settle()
    assert provider.live == [NOON_MS]
    async with asyncio.timeout(5):
        await it.end()
    assert provider.closed


class Mistaken(FakeProvider):
    """A provider whose derivation does not foresee its rows."""

    mistaken = True

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived:
        if self.mistaken:
            raise KeyError("a field that nobody foresaw")
        return super().derive(records, facts)


async def test_a_mistake_in_a_derivation_ends_nothing(path: Path, clock: ManualClock) -> None:
    provider, healthy = Mistaken(clock), FakeProvider(clock, SOUTH)
    provider.rows = calls_every_hour(1)
    async with driven(path, clock, task(provider), task(healthy)) as it:
        error = it.state("error")
        assert isinstance(error, str)
        assert "KeyError" in error
        assert "a field" not in error
        assert (it.count("record"), it.state("complete_to_ms")) == (0, None)
        await it.move(2 * POLL_MS)
        assert len(provider.live) > 2
        assert len(healthy.live) == 3
        provider.mistaken = False
        await it.move(15 * MINUTE_MS)
        assert it.state("error") == ""
        assert it.count("call") > 10


async def test_trouble_with_the_cache_does_not_hurry_the_provider(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock, cadence_seconds=300)
    provider.rows = calls_every_hour(1)
    async with driven(path, clock, task(provider)) as it:
        store = it.collector._lives[0].polling._writer.store

        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        it.collector._lives[0].polling._writer.store = full  # type: ignore[method-assign,assignment]
        await it.move(20 * MINUTE_MS)
        assert [at_ms - NOON_MS for at_ms in provider.live] == [turn * POLL_MS for turn in range(5)]
        it.collector._lives[0].polling._writer.store = store  # type: ignore[method-assign]
        await it.move(POLL_MS)
        assert it.state("last_good_poll_ms") == NOON_MS + 5 * POLL_MS


async def test_a_limited_rate_is_kept(path: Path, clock: ManualClock) -> None:
    provider = FakeProvider(clock)
    provider.error = RateLimited("429", retry_after_seconds=600)
    async with driven(path, clock, task(provider), chance=0.0) as it:
        await it.move(20 * MINUTE_MS)
        assert [at_ms - NOON_MS for at_ms in provider.live] == [0, 10 * MINUTE_MS, 20 * MINUTE_MS]


async def test_once_polls_everything_one_time(path: Path, clock: ManualClock) -> None:
    good, bad = FakeProvider(clock), FakeProvider(clock, SOUTH)
    good.rows = [record("a", started_ms=NOON_MS - MINUTE_MS)]
    bad.error = Unreachable("no route to host")
    database = Database(path)
    outcomes = await Collector(database, [task(good), task(bad)], clock, chance=lambda: 0.5).once()
    assert [(outcome.provider, outcome.stored.inserted, outcome.error is None) for outcome in outcomes] == [
        ("north", 1, True),
        ("south", 0, False),
    ]
    assert database.connection.execute("SELECT count(*) FROM lease").fetchone() == (0,)
    assert good.closed
    assert bad.closed
    clock.jump(MINUTE_MS)
    again = FakeProvider(clock, cadence_seconds=300)
    async with driven(path, clock, task(again)) as it:
        await it.move(POLL_MS)
        assert again.live == [NOON_MS + POLL_MS]
    database.close()


async def test_once_says_who_polls_instead(path: Path, clock: ManualClock) -> None:
    async with driven(path, clock, task(FakeProvider(clock))) as it:
        database = Database(path)
        idle = FakeProvider(clock)
        [outcome] = await Collector(database, [task(idle)], clock).once()
        assert outcome.error is not None
        assert outcome.error.startswith("north is being polled by ")
        assert outcome.requests == 0
        assert idle.asked == []
        assert it.count("lease") == 1
        database.close()


async def test_a_plan_of_a_moment_ago_is_kept_after_a_restart(path: Path, clock: ManualClock) -> None:
    async with driven(path, clock, task(FakeProvider(clock))):
        pass
    clock.jump(MINUTE_MS)
    provider = FakeProvider(clock)
    async with driven(path, clock, task(provider)) as it:
        await it.move(POLL_MS)
        assert provider.live == [NOON_MS + POLL_MS]
    clock.jump(DAY_MS)
    provider = FakeProvider(clock, NORTH)
    async with driven(path, clock, task(provider)):
        assert provider.live == [clock.now_ms()]


async def test_calls_older_than_the_retention_become_figures_once_a_day_and_no_more_history_is_loaded(tmp_path: Path) -> None:
    clock = ManualClock()
    provider = FakeProvider(clock)
    provider.rows = calls_every_hour(days=6)
    task = Task(provider, poll_minutes=60, history_days=30, history_spacing_seconds=0, retention_days=3)
    async with driven(tmp_path / "calltop.db", clock, task) as it:
        await it.move(2 * HOUR_MS, 5 * MINUTE_MS)
        assert min(window.start_ms for _, window in provider.asked) >= NOON_MS - 4 * DAY_MS
        kept = it.count("call")
        assert 3 * 24 <= kept <= 4 * 24
        await it.move(DAY_MS, 15 * MINUTE_MS)
        assert it.count("call") <= kept
        figures = it.database.connection.execute("SELECT sum(calls) FROM hour_figure").fetchone()[0]
        assert figures >= 20
        assert figures + it.count("call") == kept
