"""The collector as the interface's poller: its plans and its progress as the screens read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from calls.filters import Filter
from tui.feed import AskProgress, FillProgress, PlanSummary
from tui.lines.words import counted

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from providers.background import BackgroundCollector
    from providers.filling import Backfill
    from providers.plan import Plan

ANOTHER_FILE = "another file has taken the place of the cache; polling begins anew"


class CollectorPoller:
    """A collector in the background of the interface."""

    def __init__(self, collector: BackgroundCollector) -> None:
        self._collector = collector

    @property
    def trouble(self) -> str:
        """One sentence when polling could not begin or has ended, else ""."""
        return self._collector.trouble

    @property
    def waits(self) -> bool:
        """Whether that trouble is a wait for another process."""
        return self._collector.waits

    def at_rest(self) -> AbstractContextManager[None]:
        """Writes nothing meanwhile."""
        return self._collector.at_rest()

    def begin(self) -> None:
        """Begins to poll."""
        self._collector.start()

    def poll_now(self) -> str:
        """Asks for a poll."""
        return self._collector.poll_now()

    def pause(self, paused: bool) -> None:
        """Holds back polls, or goes on with them."""
        self._collector.pause(paused)

    def renew(self) -> None:
        """Polls what the configuration says now."""
        self._collector.renew()

    def plan(self, wanted: Filter) -> tuple[PlanSummary, ...]:
        """What the providers would be asked for a filter."""
        return tuple(summary(plan) for plan in self._collector.plans(wanted))

    def ask(self, wanted: Filter) -> str:
        """Asks the providers for a filter's calls."""
        return self._collector.ask(wanted)

    def asking(self) -> tuple[AskProgress, ...]:
        """How far the last asking is."""
        return tuple(
            AskProgress(asked.provider, asked.requests, asked.inserted, asked.finished, asked.error or "", asked.note)
            for asked in self._collector.asking()
        )

    def stop_asking(self) -> None:
        """Gives up asking."""
        self._collector.stop_asking()

    def fillings(self) -> tuple[FillProgress, ...]:
        """How far loading the past is."""
        return tuple(filling(one) for one in self._collector.told_backfills())

    def load_past(self, provider: str, days: int) -> str:
        """Loads so many days of a provider's past."""
        reached = self._collector.backfill(provider, days)
        if reached < days:
            return f"loading {counted(reached, 'day')} of {provider}: older calls are not kept (retention_days)"
        return f"loading {counted(days, 'day')} of {provider}"

    def hold_past(self, provider: str, held: bool) -> None:
        """Holds back a provider's past, or goes on with it."""
        self._collector.pause_backfill(provider, held)

    def cancel_past(self, provider: str) -> None:
        """Loads no more of a provider's past."""
        self._collector.end_backfill(provider)

    def stop(self, timeout_seconds: float) -> None:
        """Ends polling."""
        self._collector.stop(timeout_seconds)


def filling(told: Backfill) -> FillProgress:
    """A back-fill as the screen tells it."""
    return FillProgress(
        provider=told.provider,
        state=told.state.value,
        reading=told.reading,
        done=told.done,
        left=told.left,
        added=told.added,
        next_ms=told.next_ms,
        left_seconds=told.left * told.spacing_seconds,
        error=told.error,
    )


class WatchfulPoller(CollectorPoller):
    """A collector whose cache lies at `path`, which notices when another file has taken that place: it would go on writing
    into one that nobody reads any more."""

    def __init__(self, collector: BackgroundCollector, path: Path) -> None:
        super().__init__(collector)
        self._path = path
        self._identity: tuple[int, int] | None = None

    @property
    def trouble(self) -> str:
        """One sentence when polling could not begin, has ended, or fills a file that is no longer the cache; else ""."""
        try:
            status = self._path.stat()
        except OSError:
            # A cache that was taken away may come back as it was.
            return super().trouble
        identity = (status.st_dev, status.st_ino)
        if self._identity is None:
            self._identity = identity
        return super().trouble or (ANOTHER_FILE if identity != self._identity else "")


def summary(plan: Plan) -> PlanSummary:
    """A plan as the line under the filter bar tells it: by the names of the fields."""
    # It imports the network, which whoever has a plan has done already.
    from providers.plan import How

    sent = [clause.clause for clause in plan.clauses if clause.how in (How.SENT, How.NARROWED)]
    here = [clause.clause for clause in plan.clauses if clause.how is How.LOCAL]
    impossible = "; ".join(clause.why for clause in plan.impossible)
    return PlanSummary(plan.provider, _names(sent), _names(here), impossible, len(plan.requests))


def _names(clauses: list[str]) -> tuple[str, ...]:
    """The field of each clause, once; a clause of several fields or a bare word stands as it is written."""
    names = (text.partition(":")[0] if text.count(":") == 1 and " or " not in text else text for text in clauses)
    return tuple(dict.fromkeys(name.lstrip("-") for name in names))
