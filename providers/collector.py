"""The collector: every provider polled on its cadence, by one process at a time, for as long as the program lives.

It runs in an event loop of its own, in the thread that writes the cache, and never touches the screen: what it learns, the
screen reads from the cache. It never stops trying.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from calls.cache import lease
from calls.cache.database import Database
from calls.cache.writer import Writer
from calls.times import DAY_MS, MINUTE_MS, SECOND_MS
from providers import schedule
from providers.asking import Asker
from providers.base import Provider
from providers.clock import Clock
from providers.filling import Backfill, Filling
from providers.history import History
from providers.polling import NOTHING, PollOutcome, ProviderPolling
from providers.rereading import Rereading
from providers.settings import ProviderSettings

if TYPE_CHECKING:
    from providers.alarms import Alarms

log = logging.getLogger(__name__)

TROUBLE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Task:
    """A provider and how it is to be polled. Of calls older than `retention_days` only hourly figures are kept; 0 keeps all."""

    provider: Provider
    settings: ProviderSettings | None = None
    poll_minutes: float = 5
    history_days: int = 92
    history_spacing_seconds: float | None = None
    retention_days: int = 0


@dataclass(slots=True)
class _Life:
    """What the loop of one provider knows."""

    task: Task
    polling: ProviderPolling
    filling: Filling
    rereading: Rereading
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    due_ms: int | None = 0
    history_due_ms: int = 0
    failures: int = 0
    asked_for: bool = False
    last_try_ms: int | None = None
    holder: str = ""


class Collector:
    """Polls providers into a cache until told to stop. Make it, run it and stop it in one event loop."""

    def __init__(
        self,
        database: Database,
        tasks: Sequence[Task],
        clock: Clock,
        *,
        chance: Callable[[], float] = random.random,
        report: Callable[[PollOutcome], None] = lambda outcome: None,
        alarms: Alarms | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._chance = chance
        self._report = report
        self._alarms = alarms
        self._holder = lease.Holder.of_this_process()
        self._stop = asyncio.Event()
        self._paused = False
        writer = Writer(database)
        ids = writer.register([task.provider.source for task in tasks])
        self._lives = [self._life(task, writer, ids) for task in tasks]
        self.asker = Asker([task.provider for task in tasks], writer, ids, clock)

    @property
    def providers(self) -> tuple[Provider, ...]:
        """The providers, in the order of their tasks."""
        return tuple(life.task.provider for life in self._lives)

    def _life(self, task: Task, writer: Writer, ids: Mapping[str, int]) -> _Life:
        polling = ProviderPolling(task.provider, writer, ids[task.provider.source.name], self._clock, task.settings)
        days = min(task.history_days, task.retention_days) if task.retention_days else task.history_days
        since_ms = self._clock.now_ms() - days * DAY_MS
        filling, rereading = Filling(History(polling, since_ms)), Rereading(polling)
        return _Life(task, polling, filling, rereading, last_try_ms=polling.log.last_try_ms())

    async def run(self) -> None:
        """Polls until `stop`."""
        for life in self._lives:
            life.due_ms = self._first_due_ms(life)
            life.failures = int(life.polling.log.failing())
        loops = [asyncio.create_task(self._live(life)) for life in self._lives]
        helpers: list[asyncio.Task[Any]] = [asyncio.create_task(self._beat()), asyncio.create_task(self._stop.wait())]
        if self._alarms is not None:
            helpers.append(asyncio.create_task(self._alarms.run()))
        try:
            done, _ = await asyncio.wait([*loops, *helpers], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in [*loops, *helpers]:
                task.cancel()
            await asyncio.gather(*loops, *helpers, return_exceptions=True)
            await self._close()

    async def once(self, *, sign_in_again: bool = False) -> list[PollOutcome]:
        """Polls every provider one time, whatever its cadence, and returns what came of it.

        `sign_in_again` repeats a sign-in that was refused.
        """
        beat = asyncio.create_task(self._beat())
        try:
            outcomes = list(await asyncio.gather(*(self._once(life, sign_in_again) for life in self._lives)))
            if self._alarms is not None:
                await self._alarms.once()
            return outcomes
        finally:
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)
            await self._close()

    def stop(self) -> None:
        """Ends `run`: what is being asked is given up."""
        self._stop.set()

    def pause(self, paused: bool) -> None:
        """Holds back polls, or goes on with them."""
        self._paused = paused
        for life in self._lives:
            life.wake.set()

    def poll_now(self, now_ms: int) -> tuple[list[str], dict[str, int], dict[str, str]]:
        """Asks for a poll of every provider that may be asked already.

        Returns the names polled now; for those asked too recently the earliest instant; and for those that another process
        polls its name.
        """
        polled: list[str] = []
        too_early: dict[str, int] = {}
        elsewhere: dict[str, str] = {}
        for life in self._lives:
            name = life.task.provider.source.name
            earliest_ms = (life.last_try_ms or 0) + life.task.provider.pace.cadence_seconds * SECOND_MS
            if life.holder:
                elsewhere[name] = life.holder
            elif now_ms < earliest_ms:
                too_early[name] = earliest_ms
            else:
                life.asked_for = True
                life.wake.set()
                polled.append(name)
        return polled, too_early, elsewhere

    def backfills(self) -> tuple[Backfill, ...]:
        """How far the back-fill of each provider is."""
        return tuple(
            life.filling.progress(
                life.task.provider.source.name, life.history_due_ms, self._history_spacing_ms(life) / SECOND_MS
            )
            for life in self._lives
        )

    def pause_backfill(self, provider: str, paused: bool) -> None:
        """Holds back a provider's history, or goes on with it; live polls are not touched. Raises KeyError."""
        life = self._life_of(provider)
        life.filling.pause(paused)
        life.wake.set()

    def end_backfill(self, provider: str) -> None:
        """Asks a provider for no more history until it is asked for again. Raises KeyError."""
        self._life_of(provider).filling.end()

    def backfill(self, provider: str, days: int) -> int:
        """Loads so many days of a provider's history; returns how many that will be, since older calls than
        `retention_days` are not kept. Raises KeyError."""
        life = self._life_of(provider)
        days = min(days, life.task.retention_days) if life.task.retention_days else days
        life.filling.reach(self._clock.now_ms() - days * DAY_MS)
        life.wake.set()
        return days

    def _life_of(self, provider: str) -> _Life:
        return {life.task.provider.source.name: life for life in self._lives}[provider]

    def _first_due_ms(self, life: _Life) -> int:
        """Now, unless another window polled a moment ago and its plan still holds."""
        now_ms = self._clock.now_ms()
        planned_ms = life.polling.log.next_due_ms()
        longest_ms = int(life.task.poll_minutes * MINUTE_MS * (1 + schedule.JITTER))
        if planned_ms is None or planned_ms > now_ms + longest_ms or life.polling.log.complete_to_ms() is None:
            return now_ms
        return planned_ms

    async def _live(self, life: _Life) -> None:
        while True:
            life.wake.clear()
            try:
                await self._turn(life)
                next_turn_ms = self._next_turn_ms(life)
            except Exception:
                # A full disk or a cache taken away may come back: nothing was stored, so nothing is lost by trying again.
                log.exception("polling %s failed", life.task.provider.source.name)
                next_turn_ms = self._put_off(life)
            await self._clock.wait(next_turn_ms, life.wake)

    def _put_off(self, life: _Life) -> int:
        """When to go on after trouble with the cache. The provider, which may be well, is not asked sooner for it."""
        now_ms = self._clock.now_ms()
        next_turn_ms = now_ms + TROUBLE_SECONDS * SECOND_MS
        asked_until_ms = (life.last_try_ms or 0) + life.task.provider.pace.cadence_seconds * SECOND_MS
        if life.due_ms is not None and life.due_ms <= now_ms:
            life.due_ms = max(next_turn_ms, asked_until_ms)
        life.history_due_ms = max(life.history_due_ms, now_ms + self._history_spacing_ms(life))
        return next_turn_ms

    def _take_over(self, life: _Life) -> None:
        """Goes on where another poller stopped; where that one waited for the person, so does this one."""
        state = life.polling.log
        life.last_try_ms = state.last_try_ms()
        life.failures = int(state.failing())
        life.due_ms = self._clock.now_ms() if life.last_try_ms is None else state.next_due_ms()

    async def _turn(self, life: _Life) -> None:
        now_ms = self._clock.now_ms()
        before = life.holder
        life.holder = lease.acquire(self._database, life.polling.source_id, self._holder, now_ms)
        if life.holder:
            life.asked_for = False
            return
        if before:
            self._take_over(life)
        life.polling.derive_anew()
        life.polling.keep_only(life.task.retention_days)
        if life.asked_for or (not self._paused and life.due_ms is not None and now_ms >= life.due_ms):
            asked_for, life.asked_for = life.asked_for, False
            await self._poll(life, asked_for)
        elif not self._paused and now_ms >= life.history_due_ms and not life.failures:
            await self._read_history(life)

    def _next_turn_ms(self, life: _Life) -> int:
        now_ms = self._clock.now_ms()
        beat_ms = now_ms + lease.HEARTBEAT_SECONDS * SECOND_MS
        if life.asked_for:
            return now_ms
        if life.holder or self._paused:
            return beat_ms
        turns = [beat_ms]
        if life.due_ms is not None:
            turns.append(life.due_ms)
        if not life.failures and (life.rereading.due(now_ms) or life.filling.wanted()):
            turns.append(life.history_due_ms)
        return min(turns)

    async def _poll(self, life: _Life, asked_for: bool) -> None:
        life.last_try_ms = self._clock.now_ms()
        outcome = await life.polling.poll(sign_in_again=asked_for)
        self._plan(life, outcome)
        self._report(outcome)

    def _plan(self, life: _Life, outcome: PollOutcome) -> None:
        pace = life.task.provider.pace
        now_ms = self._clock.now_ms()
        if outcome.failure is None:
            life.failures = 0
            seconds: float | None = schedule.interval_seconds(life.task.poll_minutes, pace, self._chance())
        else:
            life.failures += 1
            seconds = schedule.retry_seconds(outcome.failure, life.failures, pace, self._chance())
        life.due_ms = None if seconds is None else now_ms + int(seconds * SECOND_MS)
        life.history_due_ms = max(life.history_due_ms, now_ms + self._history_spacing_ms(life))
        life.polling.log.plan(life.due_ms)

    async def _read_history(self, life: _Life) -> None:
        outcome = await life.rereading.step(self._clock.now_ms())
        if outcome is None and (step := await life.filling.step()) is not None:
            outcome = step.outcome
        spacing_ms = self._history_spacing_ms(life)
        if outcome is not None and outcome.failure is not None:
            log.warning("history of %s: %s", life.task.provider.source.name, outcome.error)
            spacing_ms = max(spacing_ms, schedule.LONGEST_BACKOFF_SECONDS * SECOND_MS)
        life.history_due_ms = self._clock.now_ms() + spacing_ms

    def _history_spacing_ms(self, life: _Life) -> int:
        chosen = life.task.history_spacing_seconds
        seconds = life.task.provider.pace.backfill_spacing_seconds if chosen is None else chosen
        return int(seconds * SECOND_MS)

    async def _once(self, life: _Life, sign_in_again: bool) -> PollOutcome:
        holder = lease.acquire(self._database, life.polling.source_id, self._holder, self._clock.now_ms())
        if holder:
            source = life.task.provider.source
            sentence = f"{source.name} is being polled by {holder}; stop it, or read its cache"
            return PollOutcome(source.name, source.kind, 0, NOTHING, life.polling.log.complete_to_ms(), error=sentence)
        life.polling.derive_anew()
        life.polling.keep_only(life.task.retention_days)
        outcome = await life.polling.poll(sign_in_again=sign_in_again)
        self._plan(life, outcome)
        return outcome

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(lease.HEARTBEAT_SECONDS)
            for life in self._lives:
                if not life.holder:
                    with suppress(sqlite3.Error):
                        life.holder = lease.acquire(self._database, life.polling.source_id, self._holder, self._clock.now_ms())

    async def _close(self) -> None:
        self.asker.stop()
        if self._alarms is not None:
            await self._alarms.close()
        with suppress(sqlite3.Error):
            lease.release(self._database, self._holder)
        await asyncio.gather(*(life.task.provider.close() for life in self._lives), return_exceptions=True)
