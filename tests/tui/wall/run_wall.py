"""The wall over a cache file: `python -m tests.tui.wall.run_wall CACHE [--unattended] [--no-keyboard] [--moving]`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from calls.times import zone_named
from tests.tui.fake_feed import FixedClock, MovingClock
from tui.cache_feed import CacheFeed
from tui.wall.app import WallApp, run_wall
from tui.wall.plan import WallPlan


def main() -> int:
    """Runs it and returns its exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cache", type=Path)
    parser.add_argument("--unattended", action="store_true")
    parser.add_argument("--no-keyboard", action="store_true", help="standard input is at its end")
    parser.add_argument("--moving", action="store_true", help="the clock moves on")
    parser.add_argument("--dwell-seconds", type=float, default=86_400)
    options = parser.parse_args()
    if options.no_keyboard:
        reading, writing = os.pipe()
        os.close(writing)
        os.dup2(reading, 0)
    clock = MovingClock() if options.moving else FixedClock()
    plan = WallPlan(zone_named("Europe/Stockholm"), b"k" * 32, dwell_seconds=options.dwell_seconds)
    app = WallApp(
        CacheFeed(options.cache), None, plan, clock=clock, theme="calltop-dark", unattended=options.unattended, tick_seconds=1.0
    )
    return run_wall(app)


if __name__ == "__main__":
    sys.exit(main())
