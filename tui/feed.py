"""What the interface needs from the rest of the program: a feed of snapshots, a poller, a clock.

The screen knows nothing else: not the cache's file, not the network, not the machine's time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import tzinfo
from typing import NamedTuple, Protocol, TypeVar

from calls.cache.reader import Reader
from calls.cache.snapshots import LiveSnapshot
from calls.filters import Filter
from calls.model import Window

T = TypeVar("T")
Told = Callable[[int, str], None]
"""How many missed calls were written about, and in one sentence what went wrong, "" when nothing did. That another process
keeps it waiting is told as well, before the rest."""


class FeedInterrupted(Exception):
    """A read was given up because of `Feed.interrupt`."""


class NothingCached(Exception):
    """There is no cache yet."""


class PlanSummary(NamedTuple):
    """What becomes of a filter at one provider.

    `sent` are the fields its API is asked with, `local` those applied here; `impossible` is a sentence when the provider
    cannot know, and then it is not asked. `requests` is how many would be sent.
    """

    provider: str
    sent: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    impossible: str = ""
    requests: int = 0


class AskProgress(NamedTuple):
    """How far asking one provider is: requests sent, new records kept; `error` is one sentence when it failed, `note` one when
    a part of the answer was not kept."""

    provider: str
    requests: int = 0
    inserted: int = 0
    finished: bool = False
    error: str = ""
    note: str = ""


class FillProgress(NamedTuple):
    """How far the loading of a provider's past is, counted in stretches of it.

    `state` is loading, waiting, paused, ended, done or failed; `reading` the stretch that is being asked for; `added` are
    records that were new; `next_ms` is when the next stretch is asked for, None when none is; `left_seconds` are the pauses
    still to come, so that it takes at least as long; `error` is why the last stretch failed, "" when it did not.
    """

    provider: str
    state: str
    reading: Window | None = None
    done: int = 0
    left: int = 0
    added: int = 0
    next_ms: int | None = None
    left_seconds: float = 0
    error: str = ""


class Feed(Protocol):
    """Snapshots of the cache. All but `another`, `interrupt` and `close` are called from one thread only, never the
    interface's own."""

    def version(self) -> int:
        """A number that changes when the cache does. Cheap: asked once a second."""
        ...

    def live(self, filter: Filter, now_ms: int) -> LiveSnapshot:  # noqa: A002 - the field's own term
        """The first screen under a filter, as of `now_ms`. May block for milliseconds.

        Raises `FeedInterrupted` after `interrupt`, and any other error with one sentence for the status line.
        """
        ...

    def read_ahead(self, seconds: float) -> LiveSnapshot | None:
        """The first screen without a filter, where it was read before anyone asked and is there within so long; else None.
        Only the thread that draws may ask, before any other asks the feed anything."""
        ...

    def values(self, field: str, typed: str) -> tuple[tuple[str, int], ...]:
        """Values of a filter's field among the cached calls that hold `typed`, and how many calls have each; the most
        frequent ones. May block like `live`."""
        ...

    def read(self, question: Callable[[Reader], T]) -> T:
        """The answer to any question to the cache. May block like `live`.

        Raises `FeedInterrupted` after `interrupt`, `NothingCached` while there is no cache, and any other error with one
        sentence for the status line.
        """
        ...

    def read_as_of(self, moment_ms: int, question: Callable[[Reader], T]) -> T:
        """The answer of the cache as it was at an instant. The first question at an instant may take seconds; raises like
        `read`, and OSError where there is no room for a copy."""
        ...

    @property
    def unknown_then(self) -> tuple[str, ...]:
        """The providers of which the instant last asked about knows nothing."""
        ...

    def another(self) -> Feed:
        """A feed of the same cache for another thread, to be closed by whoever asked for it."""
        ...

    def interrupt(self) -> None:
        """Makes a running read give up. Called from another thread; does nothing when none runs."""
        ...

    def close(self) -> None:
        """Gives back what the feed holds. Called once, when the interface has ended."""
        ...


class Poller(Protocol):
    """The collector as the interface sees it. Every method returns at once but `stop`.

    `trouble` is one sentence when polling could not begin or has ended, such as a configuration that cannot be used; else "".
    """

    @property
    def trouble(self) -> str: ...

    @property
    def waits(self) -> bool:
        """Whether that trouble is a wait for another process, which polling survives."""
        ...

    def at_rest(self) -> AbstractContextManager[None]:
        """Writes nothing meanwhile, so that nobody waits for a process that is stopped."""
        ...

    def begin(self) -> None:
        """Begins to poll; does nothing when it has begun already. The first frame does not wait for what this imports."""
        ...

    def poll_now(self) -> str:
        """Asks for a poll and returns one sentence: who is polled now, and who not before when."""
        ...

    def pause(self, paused: bool) -> None:
        """Holds back, or goes on with, the polls of this process."""
        ...

    def renew(self) -> None:
        """Polls what the configuration says now, which has changed."""
        ...

    def plan(self, wanted: Filter) -> tuple[PlanSummary, ...]:
        """What the providers would be asked for a filter; empty until they are known."""
        ...

    def ask(self, wanted: Filter) -> str:
        """Asks the providers for a filter's calls and returns one sentence: who is asked."""
        ...

    def asking(self) -> tuple[AskProgress, ...]:
        """How far the last asking is; empty when nothing was asked."""
        ...

    def stop_asking(self) -> None:
        """Gives up asking; what came is kept."""
        ...

    def fillings(self) -> tuple[FillProgress, ...]:
        """How far loading the past is, provider by provider; empty until polling has begun."""
        ...

    def load_past(self, provider: str, days: int) -> str:
        """Loads so many days of a provider's past, also after it was cancelled, and says in one sentence what will be."""
        ...

    def hold_past(self, provider: str, held: bool) -> None:
        """Holds back the loading of a provider's past, or goes on with it; live polls are not touched."""
        ...

    def cancel_past(self, provider: str) -> None:
        """Loads no more of a provider's past; what came is kept."""
        ...

    def stop(self, timeout_seconds: float) -> None:
        """Ends polling; returns when it has ended or the time is over."""
        ...


class Marker(Protocol):
    """Writes what people note about missed calls. Both methods return at once; `told` is called from another thread."""

    def mark(self, number_key: str, through_ms: int, note: str, told: Told) -> None:
        """Marks the missed calls that a caller made up to an instant as dealt with."""
        ...

    def unmark(self, number_key: str, through_ms: int, told: Told) -> None:
        """Takes such marks back."""
        ...

    def stop(self, timeout_seconds: float) -> None:
        """Writes what was asked for; returns when that is done or the time is over."""
        ...


class Clock(Protocol):
    """The time of day."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        ...


class SettingsChange(NamedTuple):
    """What a changed configuration means to a running interface. `words` is one sentence for the person, "" for nothing;
    None stands for what stays as it is; `polled` says whether the poller has to begin anew."""

    words: str = ""
    theme: str | None = None
    saved_filters: Mapping[str, str] | None = None
    zone: tzinfo | None = None
    intervals: Mapping[str, int] | None = None
    polled: bool = False
    keys: Mapping[str, tuple[str, ...]] | None = None


class Settings(Protocol):
    """The configuration as the interface sees it."""

    def touched(self) -> bool:
        """Whether it may have changed since the last look. Cheap: asked every other second."""
        ...

    def remark(self) -> str:
        """What the person should know of the configuration as it is, in one sentence; "" for nothing. Blocks like `change`."""
        ...

    def change(self) -> SettingsChange:
        """What has changed. Blocks; called from a thread of its own."""
        ...
