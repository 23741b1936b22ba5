"""Back-fill as a person sees and steers it: how far it is, held back, ended, reaching further."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from calls.model import Window
from providers.history import History, HistoryStep


class FillState(StrEnum):
    """What a back-fill does now."""

    LOADING = "loading"
    WAITING = "waiting"
    PAUSED = "paused"
    ENDED = "ended"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Backfill:
    """How far a provider's back-fill is, counted in stretches of its history.

    `reading` is the stretch that is being asked for. `added` are records that were new. `next_ms` is when the next stretch
    is asked for, None when none is. `error` is why the last stretch failed, "" when it did not. `spacing_seconds` is the pause
    after each stretch.
    """

    provider: str
    state: FillState
    reading: Window | None
    done: int
    left: int
    added: int
    next_ms: int | None
    error: str
    spacing_seconds: float = 0


class Filling:
    """The back-fill of one provider beside its live polls."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._paused = self._ended = False
        self._reading: Window | None = None
        self._done = self._added = 0
        self._error = ""

    def pause(self, paused: bool) -> None:
        """Holds back the next stretch, or goes on. A stretch that is being read is read to its end."""
        self._paused = paused

    def end(self) -> None:
        """Asks for no more; what came is kept, and what is missing is still known as missing."""
        self._ended = True

    def reach(self, since_ms: int) -> None:
        """Loads back to an instant, also when the back-fill was ended or asked for less."""
        self._ended = self._paused = False
        self.history.reach(since_ms)

    def wanted(self) -> tuple[Window, ...]:
        """The stretches to ask for now, newest first."""
        return () if self._paused or self._ended else self.history.missing()

    async def step(self) -> HistoryStep | None:
        """Reads the newest of them; None when there is none."""
        wanted = self.wanted()
        if not wanted:
            return None
        self._reading = wanted[0]
        try:
            step = await self.history.step()
        finally:
            self._reading = None
        if step is not None:
            failed = step.outcome.failure is not None
            self._done += not failed
            self._added += step.outcome.stored.inserted
            self._error = step.outcome.error or "" if failed else ""
        return step

    def progress(self, provider: str, next_ms: int, spacing_seconds: float) -> Backfill:
        """How far it is; `next_ms` is when the next stretch may be asked for."""
        left = len(self.history.missing())
        state = self._state(left)
        next_at_ms = next_ms if state in (FillState.WAITING, FillState.FAILED) else None
        return Backfill(provider, state, self._reading, self._done, left, self._added, next_at_ms, self._error, spacing_seconds)

    def _state(self, left: int) -> FillState:
        if self._reading is not None:
            return FillState.LOADING
        if not left:
            return FillState.DONE
        if self._ended:
            return FillState.ENDED
        if self._paused:
            return FillState.PAUSED
        return FillState.FAILED if self._error else FillState.WAITING
