"""What the interface needs from the rest of the program: a feed of snapshots, a poller, a clock.

The screen knows nothing else: not the cache's file, not the network, not the machine's time.
"""

from __future__ import annotations

from typing import Protocol

from calls.cache.snapshots import LiveSnapshot
from calls.filters import Filter


class FeedInterrupted(Exception):
    """`Feed.live` was given up because of `Feed.interrupt`."""


class Feed(Protocol):
    """Snapshots of the cache. `version` and `live` are called from one thread only, never the interface's own."""

    def version(self) -> int:
        """A number that changes when the cache does. Cheap: asked once a second."""
        ...

    def live(self, filter: Filter, now_ms: int) -> LiveSnapshot:  # noqa: A002 - the field's own term
        """The first screen under a filter, as of `now_ms`. May block for milliseconds.

        Raises `FeedInterrupted` after `interrupt`, and any other error with one sentence for the status line.
        """
        ...

    def interrupt(self) -> None:
        """Makes a running `live` give up. Called from another thread; does nothing when none runs."""
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

    def poll_now(self) -> str:
        """Asks for a poll and returns one sentence: who is polled now, and who not before when."""
        ...

    def pause(self, paused: bool) -> None:
        """Holds back, or goes on with, the polls of this process."""
        ...

    def stop(self, timeout_seconds: float) -> None:
        """Ends polling; returns when it has ended or the time is over."""
        ...


class Clock(Protocol):
    """The time of day."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        ...
