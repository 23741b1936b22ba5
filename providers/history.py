"""Back-fill: loading the past, newest first, one stretch at a time, resumable because coverage says what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from calls.model import Window
from providers import schedule
from providers.clock import Clock
from providers.errors import Rejected
from providers.polling import PollOutcome, ProviderPolling


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One stretch that was asked for. `left` is how many are still missing after it, `goes_on` whether to ask for them now."""

    window: Window
    outcome: PollOutcome
    left: int
    goes_on: bool


class History:
    """The past of one provider, from `since_ms` to `until_ms`; without an end, to the watermark that live polls have set."""

    def __init__(self, polling: ProviderPolling, since_ms: int, until_ms: int | None = None) -> None:
        self.polling = polling
        self._since_ms = since_ms
        self._until_ms = until_ms
        self._days: int | None = None
        self.floor_reached = False
        self._set_aside: list[Window] = []

    def reach(self, since_ms: int) -> None:
        """Goes back to an instant from now on, and asks again for what a provider refused."""
        self._since_ms = since_ms
        self.floor_reached = False
        self._set_aside.clear()

    def missing(self) -> tuple[Window, ...]:
        """The stretches still to read, newest first; those that failed come after the others."""
        floor_ms = self.polling.log.history_floor_ms()
        since_ms = self._since_ms if floor_ms is None else max(self._since_ms, floor_ms)
        until_ms = self.polling.log.complete_to_ms()
        if self._until_ms is not None:
            # What cannot be known yet would stay missing however often it is read.
            until_ms = min(self._until_ms, self.polling.known_until_ms())
        if self.floor_reached or until_ms is None or until_ms <= since_ms:
            return ()
        days = self._days or self.polling.provider.pace.backfill_days
        covered = self.polling.log.covered()
        found = list(schedule.missing_history(Window(since_ms, until_ms), days, self.polling.zone, covered))
        failed = [window for window in self._set_aside if window in found]
        return (*(window for window in found if window not in failed), *failed)

    async def step(self) -> HistoryStep | None:
        """Reads the newest missing stretch; None when nothing is missing. One that fails is set aside for the older ones.

        A stretch that the provider refuses is tried again day by day; a refused day ends the history where newer days were
        read before, because vendors answer that way to dates beyond what they keep.
        """
        missing = self.missing()
        if not missing:
            return None
        outcome = await self.polling.read_history(missing[0])
        goes_on = outcome.failure is None
        if not goes_on:
            self._set_aside = [*(window for window in self._set_aside if window != missing[0]), missing[0]]
        if type(outcome.failure) is Rejected and self.polling.log.covered():
            self.floor_reached = 1 in (self._days, self.polling.provider.pace.backfill_days)
            self._days, goes_on = 1, not self.floor_reached
            if self.floor_reached:
                self.polling.log.note_history_floor(missing[0].end_ms)
        return HistoryStep(missing[0], outcome, len(self.missing()), goes_on)


async def load(history: History, clock: Clock, spacing_seconds: float, stop: asyncio.Event) -> AsyncIterator[HistoryStep]:
    """Reads all that is missing, with a pause after each stretch, until done, stopped, or failed."""
    while not stop.is_set():
        step = await history.step()
        if step is None:
            return
        yield step
        if not step.goes_on:
            return
        if step.left and spacing_seconds:
            await clock.wait(clock.now_ms() + int(spacing_seconds * 1000), stop)
