"""The interface over a real cache, filled from the simulated providers at a fixed moment."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from screenshots import data
from tests.tui.driving import TICK_SECONDS, WIDE, Driven
from tests.tui.fake_feed import FakePoller, FixedClock
from tui.app import CalltopApp
from tui.cache_feed import CacheFeed

DAYS = 3
CALLS_PER_DAY = 400


@cache
def _filled() -> Path:
    path = Path(mkdtemp(prefix="calltop-filled-")) / "calltop.db"
    # In a thread of its own, because the test that asks first may run in an event loop already.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(data.fill(path, DAYS, CALLS_PER_DAY))).result()
    return path


def filled_cache(folder: Path) -> Path:
    """A cache of its own for a test, with three days of calls; `data.NOW_MS` is its present."""
    copy = folder / "calltop.db"
    shutil.copyfile(_filled(), copy)
    return copy


@asynccontextmanager
async def driven_over(
    cache_file: Path,
    size: tuple[int, int] = WIDE,
    *,
    ascii_only: bool = False,
    ready: bool = True,
    make: Callable[..., CalltopApp] = CalltopApp,
    **options: Any,
) -> AsyncIterator[Driven[CacheFeed]]:
    """The interface over a cache file, with the live screen's first snapshot on it unless `ready` is False. `options` go to
    the interface."""
    clock = FixedClock(data.NOW_MS)
    feed, poller = CacheFeed(cache_file, derivers=data.derivers), FakePoller()
    app = make(feed, poller, clock=clock, zone=data.ZONE, ascii_only=ascii_only, tick_seconds=TICK_SECONDS, **options)
    async with app.run_test(size=size) as pilot:
        session = Driven(app, pilot, feed, poller, clock)
        if ready:
            await session.until(lambda: app.current_screen.ready and app.focused is app.current_screen.home())
        yield session
    feed.close()
