"""Reading whole past days again at night, because providers write and correct rows late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from calls.model import Window
from calls.times import local_day_window
from providers.polling import PollOutcome, ProviderPolling

DAYS_BACK = (1, 2)
WEEKLY_DAYS_BACK = 7
WEEKLY_ON = 0  # Monday
# After both hours in which clocks change.
BEGINS = timedelta(hours=4, minutes=15)


class Rereading:
    """Once a night the two days before are read again, and once a week the day a week before.

    A cache that never did so begins with the next night: its history is fresh.
    """

    def __init__(self, polling: ProviderPolling) -> None:
        self._polling = polling
        self._night: date | None = None
        self._waiting: list[Window] = []

    def due(self, now_ms: int) -> bool:
        """Whether a day is to be read again now."""
        self._look(now_ms)
        return bool(self._waiting)

    async def step(self, now_ms: int) -> PollOutcome | None:
        """Reads the next day again; None when none is due. A day that fails is due again."""
        if not self.due(now_ms):
            return None
        outcome = await self._polling.read_history(self._waiting[0])
        if outcome.failure is None or not outcome.failure.retryable:
            self._waiting.pop(0)
        if not self._waiting and self._night is not None:
            self._polling.log.note_reread(self._night.toordinal())
        return outcome

    def _look(self, now_ms: int) -> None:
        night = (datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(self._polling.zone) - BEGINS).date()
        last = self._polling.log.reread_day()
        if last is None:
            self._polling.log.note_reread(night.toordinal())
        elif night.toordinal() > last and night != self._night:
            self._night = night
            days_back = [*DAYS_BACK, *([WEEKLY_DAYS_BACK] if night.weekday() == WEEKLY_ON else [])]
            days = (local_day_window(night - timedelta(days=back), self._polling.zone) for back in days_back)
            covered = self._polling.log.covered()
            # A day that was never read is the back-fill's.
            self._waiting = [day for day in days if any(day.start_ms in window for window in covered)]
            if not self._waiting:
                self._polling.log.note_reread(night.toordinal())
