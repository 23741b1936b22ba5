"""`calltop collect`: poll without a screen."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from contextlib import closing
from typing import TYPE_CHECKING

from tui.commands.ending import ended_by
from tui.commands.opening import alarms_of, cache_of, say, tasks_of, writable
from tui.exit_codes import INTERRUPTED, PROVIDER_FAILED
from tui.paths import UsageError, config_path
from tui.settings.watch import LOOK_SECONDS, FileStamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from calls.cache.database import Database
    from providers.collector import Collector, Task
    from providers.renewal import RenewedCollector


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--once", action="store_true", help="poll every provider once, then end")
    parser.add_argument("--sign-in-again", action="store_true", help="with --once: repeat a sign-in that was refused before")
    parser.add_argument("--json", action="store_true", help="print one object per provider and poll")


def run(args: argparse.Namespace) -> int:
    """Polls until interrupted, or once. 3 when a provider failed at `--once`."""
    from providers.collector import Collector
    from providers.polling import PollOutcome
    from providers.renewal import RenewedCollector

    clock, tasks = tasks_of(args)

    def report(outcome: PollOutcome) -> None:
        if args.json:
            print(json.dumps(outcome.json(), ensure_ascii=False), flush=True)
        else:
            stored = outcome.stored
            done = f"{stored.received} received, {stored.inserted} new, {stored.updated} changed, {stored.rejected} unreadable"
            say(f"{outcome.provider}: {outcome.error or done}")

    async def poll(database: Database) -> int:
        def made(tasks: Sequence[Task]) -> Collector:
            return Collector(database, tasks, clock, report=report, alarms=alarms_of(args, clock)(database))

        if not args.once:
            await _go_on(args, RenewedCollector(made, tasks()), database)
            return 0
        with ended_by([signal.SIGINT], _interruption(), database):
            outcomes = await made(tasks()).once(sign_in_again=args.sign_in_again)
        for outcome in outcomes:
            report(outcome)
        return PROVIDER_FAILED if any(outcome.error for outcome in outcomes) else 0

    with closing(writable(cache_of(args))) as database:
        try:
            return asyncio.run(poll(database))
        except asyncio.CancelledError:
            return INTERRUPTED


async def _go_on(args: argparse.Namespace, collector: RenewedCollector, database: Database) -> None:
    """Polls until a signal, by the configuration as it is from one look to the next."""
    ends = ended_by([signal.SIGTERM, signal.SIGHUP], collector.stop, database, code=0)
    with ends, ended_by([signal.SIGINT], _interruption(), database):
        watching = asyncio.create_task(_watch(args, collector))
        try:
            await collector.run()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


def _interruption() -> Callable[[], object]:
    """What interrupts the running task."""
    task = asyncio.current_task()
    assert task is not None
    return task.cancel


async def _watch(args: argparse.Namespace, collector: RenewedCollector) -> None:
    stamp = FileStamp(config_path(args.config))
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if not stamp.changed():
            continue
        try:
            _, tasks = tasks_of(args)
            collector.renew(tasks())
            say("the configuration has changed, and is polled from now on")
        except UsageError as error:
            say(f"the changed configuration is not used: {error}")
