"""`calltop backfill`: load the past, newest first."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

from calls.times import DAY_MS
from tui.commands.ending import UPON_REQUEST, ended_by
from tui.commands.opening import age_ms, cache_of, say, tasks_of, writable
from tui.exit_codes import INTERRUPTED, PROVIDER_FAILED
from tui.lines.words import counted

if TYPE_CHECKING:
    from calls.cache.database import Database
    from calls.cache.writer import Writer
    from providers.clock import Clock
    from providers.collector import Task


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--since", default=None, metavar="AGE", help="how far back, such as 4d or 12w (default: as configured)")
    parser.add_argument("--provider", action="append", default=[], metavar="NAME", help="only this provider; may be repeated")
    parser.add_argument("--no-pacing", action="store_true", help="do not pause between requests")


def run(args: argparse.Namespace) -> int:
    """Loads what is missing. 3 when a provider failed; what was read before stays."""
    from calls.cache.writer import Writer

    wanted_ms = None if args.since is None else age_ms(args.since, "--since")
    clock, tasks = tasks_of(args, args.provider)

    async def load_all(database: Database) -> int:
        stop = asyncio.Event()
        made = tasks()
        try:
            with ended_by(UPON_REQUEST, stop.set, database):
                writer = Writer(database)
                ids = writer.register([task.provider.source for task in made])
                failed = await asyncio.gather(
                    *(
                        _load(task, writer, ids[task.provider.source.name], clock, stop, wanted_ms, pacing=not args.no_pacing)
                        for task in made
                    )
                )
        finally:
            await asyncio.gather(*(task.provider.close() for task in made), return_exceptions=True)
        if stop.is_set():
            return INTERRUPTED
        return PROVIDER_FAILED if any(failed) else 0

    with closing(writable(cache_of(args))) as database:
        return asyncio.run(load_all(database))


async def _load(
    task: Task, writer: Writer, source_id: int, clock: Clock, stop: asyncio.Event, wanted_ms: int | None, *, pacing: bool
) -> bool:
    """Whether the back-fill of one provider failed."""
    from providers.history import History, load
    from providers.polling import ProviderPolling

    name = task.provider.source.name
    span_ms = task.history_days * DAY_MS if wanted_ms is None else wanted_ms
    if task.retention_days and span_ms > task.retention_days * DAY_MS:
        say(f"{name}: calls are kept for {counted(task.retention_days, 'day')} (retention_days), so no more is loaded")
        span_ms = task.retention_days * DAY_MS
    now_ms = clock.now_ms()
    until_ms = now_ms - task.provider.pace.provisional_seconds * 1000
    history = History(ProviderPolling(task.provider, writer, source_id, clock), now_ms - span_ms, until_ms)
    total = len(history.missing())
    chosen = task.history_spacing_seconds
    spacing = task.provider.pace.backfill_spacing_seconds if chosen is None else chosen
    if pacing and total > 1:
        say(f"{name}: {total} stretches of time to read, about {round((total - 1) * spacing / 60)} min")
    failed, received = False, 0
    async for step in load(history, clock, spacing if pacing else 0, stop):
        failed = step.outcome.failure is not None and not history.floor_reached
        received += step.outcome.stored.received
        bar = progress_bar(total - step.left, total)
        say(f"{name}: {bar} {step.outcome.error or counted(received, 'record')}")
    if history.floor_reached:
        say(f"{name}: the provider goes no further back")
    if total == 0:
        say(f"{name}: nothing is missing")
    return failed


def progress_bar(done: int, total: int) -> str:
    """How much is done, as a bar of ten and a count."""
    filled = 10 * done // total if total else 10
    return f"[{'#' * filled}{'.' * (10 - filled)}] {done}/{total}"
