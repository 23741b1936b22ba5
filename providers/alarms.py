"""Watches over the alerts beside the collector: looks, moves their course in the cache, and tells the webhooks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from calls.alerts import Look, Rule, Saying, Sink, quiet, sentence
from calls.alerts.looking import look
from calls.cache import alerts
from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.calendar import NO_CALENDAR, Calendar
from calls.times import format_rfc3339
from providers.clock import Clock

if TYPE_CHECKING:
    from providers.webhook import Webhook

log = logging.getLogger(__name__)

LOOK_SECONDS = 15
# What a receiver did not take is offered again for so long, then it is no news any more.
OFFERED_FOR_MS = 60 * 60_000


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule, the zone of its quiet hours, and where it is told when it goes to a webhook."""

    rule: Rule
    zone: ZoneInfo
    webhook: Webhook | None = None


class Alarms:
    """Looks every `LOOK_SECONDS` until it is cancelled. Lives in the event loop and the thread of the collector.

    Reading the figures happens in another thread, because over a large cache it can take longer than a poll may wait.
    """

    def __init__(self, database: Database, alarms: Sequence[Alarm], clock: Clock, calendar: Calendar = NO_CALENDAR) -> None:
        self._database = database
        self._alarms = {alarm.rule.name: alarm for alarm in alarms}
        self._clock = clock
        self._calendar = calendar
        self._untold: dict[str, Saying] = {}
        self._sending = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Looks for ever. Trouble with the cache is written down and ends nothing."""
        while True:
            await self._look_or_say_why_not()
            # A receiver that answers slowly holds up no look.
            sending = asyncio.create_task(self.tell())
            self._tasks.add(sending)
            sending.add_done_callback(self._tasks.discard)
            await self._clock.wait(self._clock.now_ms() + LOOK_SECONDS * 1000, asyncio.Event())

    async def once(self) -> None:
        """Looks once and tells, for a collector that ends then."""
        await self._look_or_say_why_not()
        await self.tell()

    async def _look_or_say_why_not(self) -> None:
        try:
            await self.look()
        except Exception:
            # A cache taken away may come back, and no fault in here may end the polling beside it.
            log.exception("the alerts could not be looked at")

    async def look(self) -> None:
        """Looks once at every rule that no other process looked at a moment ago."""
        now_ms = self._clock.now_ms()
        rules = alerts.due(self._database.connection, [alarm.rule for alarm in self._alarms.values()], now_ms)
        if not rules:
            return
        looks = await asyncio.to_thread(self._looks, rules, now_ms)
        with self._database.transaction() as connection:
            sayings = alerts.advance_all(connection, looks, now_ms)
        for saying in sayings:
            log.warning("alert %s %s: %s", saying.rule.name, _state(saying), sentence(saying.rule, saying.course))
            if Sink.WEBHOOK in saying.rule.sinks:
                self._untold[saying.rule.name] = saying

    def _looks(self, rules: Sequence[Rule], now_ms: int) -> list[Look]:
        reader = Reader(self._database.path, self._calendar)
        try:
            return [
                Look(rule, look(reader, rule, now_ms), quiet(rule.quiet, now_ms, self._alarms[rule.name].zone))
                for rule in rules
            ]
        finally:
            reader.close()

    async def tell(self) -> None:
        """Offers the webhooks what they have not taken yet; of one alert only the newest."""
        async with self._sending:
            for name, saying in list(self._untold.items()):
                webhook = self._alarms[name].webhook
                problem = await webhook.post(message(saying)) if webhook is not None else ""
                if problem:
                    log.warning("alert %s: its webhook was not told: %s", name, problem)
                kept = problem and self._clock.now_ms() - saying.at_ms < OFFERED_FOR_MS
                if not kept and self._untold.get(name) is saying:
                    del self._untold[name]

    async def close(self) -> None:
        """Gives up what is being told and closes the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        webhooks = [alarm.webhook for alarm in self._alarms.values() if alarm.webhook is not None]
        await asyncio.gather(*(webhook.close() for webhook in webhooks), return_exceptions=True)


def message(saying: Saying) -> dict[str, object]:
    """What a webhook gets: `text` for chat services, the rest for programs. The same `id` is the same event."""
    rule, course = saying.rule, saying.course
    words = f"calltop: {rule.name} {_state(saying)}: {sentence(rule, course)}"
    return {
        "text": words,
        "id": f"{rule.name}/{course.since_ms}/{saying.at_ms}",
        "alert": rule.name,
        "state": "resolved" if saying.resolved else "firing",
        "again": saying.again,
        "measure": rule.measure,
        "comparison": rule.comparison.value,
        "threshold": rule.threshold,
        "value": course.value,
        "provider": rule.provider,
        "since": format_rfc3339(course.since_ms),
        "at": format_rfc3339(saying.at_ms),
    }


def _state(saying: Saying) -> str:
    return "is resolved" if saying.resolved else "still fires" if saying.again else "fires"
