"""The interface over the fake feed: `python -m tests.tui.run_fake [mood] [--ascii] [--moving]`."""

from __future__ import annotations

import argparse
import os
import random
import sys
import threading
from pathlib import Path

from calls.cache.snapshots import LiveSnapshot
from calls.filters import Filter
from tests.tui.fake_feed import ZONE, FakeFeed, FakePoller, FixedClock, MovingClock
from tui.app import CalltopApp, run_interface


class CrashingFeed(FakeFeed):
    """Answers with something that is not a snapshot."""

    def live(self, filter: Filter, now_ms: int) -> LiveSnapshot:  # noqa: A002
        token = "s3cret"
        return object() if token else super().live(filter, now_ms)  # type: ignore[return-value]


class NoisyFeed(FakeFeed):
    """Is never the same twice, and nor is anything it answers."""

    def version(self) -> int:
        self.touch()
        return super().version()

    def live(self, filter: Filter, now_ms: int) -> LiveSnapshot:  # noqa: A002
        snapshot = super().live(filter, now_ms)
        shuffled = random.sample(snapshot.merged, len(snapshot.merged))
        panes = tuple(pane._replace(newest=tuple(shuffled)) for pane in snapshot.panes)
        return snapshot._replace(panes=panes, merged=tuple(shuffled))


def _feed(clock: FixedClock, options: argparse.Namespace) -> FakeFeed:
    kind = CrashingFeed if options.crash else NoisyFeed if options.noisy else FakeFeed
    feed = kind(clock, options.mood, options.hostile)
    if options.hang:
        feed.deaf = True
        feed.released.clear()
    return feed


def _ending_input() -> None:
    """Puts a pipe in the place of standard input, and closes it after a while."""
    reading, writing = os.pipe()
    os.dup2(reading, 0)
    threading.Timer(3.0, os.close, (writing,)).start()


def main() -> int:
    """Runs it and returns its exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mood", nargs="?", default="mixed", choices=("mixed", "calm", "offline"))
    parser.add_argument("--moving", action="store_true", help="the clock moves on")
    parser.add_argument("--ascii", action="store_true")
    parser.add_argument("--hang", action="store_true", help="every read hangs for ever")
    parser.add_argument("--hostile", action="store_true", help="hostile text in the calls")
    parser.add_argument("--crash", action="store_true", help="the first answer is not a snapshot")
    parser.add_argument("--noisy", action="store_true", help="the whole screen changes all the time")
    parser.add_argument("--input-ends", action="store_true", help="standard input is a pipe that closes")
    parser.add_argument("--grace-seconds", type=float, default=4.0)
    parser.add_argument("--state-folder", type=Path, default=None)
    options = parser.parse_args()
    if options.input_ends:
        _ending_input()
    clock = MovingClock() if options.moving else FixedClock()
    feed = _feed(clock, options)
    app = CalltopApp(
        feed,
        FakePoller(),
        clock=clock,
        ascii_only=options.ascii,
        zone=ZONE,
        state_folder=options.state_folder,
        tick_seconds=0.02 if options.noisy else 1.0,
    )
    return run_interface(app, options.grace_seconds)


if __name__ == "__main__":
    sys.exit(main())
