"""The interface over a real collector and cache, with a provider in memory: `python -m tests.tui.run_collecting CACHE`."""

from __future__ import annotations

import sys
from pathlib import Path

from calls.model import Source
from providers.background import BackgroundCollector
from providers.clock import WallClock
from providers.collector import Task
from tests.providers.collecting import FakeProvider
from tui.app import CalltopApp, run_interface
from tui.cache_feed import CacheFeed
from tui.polling import CollectorPoller

DAYS = 3_000
SOURCE = Source("north", "soluno", "Europe/Stockholm", "46")


def main() -> int:
    """Runs it, with a past that takes minutes to load, and returns its exit code."""
    cache, clock = Path(sys.argv[1]), WallClock()
    tasks = [Task(FakeProvider(clock, SOURCE), history_days=DAYS, history_spacing_seconds=0.01)]
    collector = BackgroundCollector(cache, lambda: tasks, clock)
    app = CalltopApp(CacheFeed(cache), CollectorPoller(collector), clock=clock)
    return run_interface(app, 1.0)
