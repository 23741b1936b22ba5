"""`calltop ask`: a filter as each API's own parameters, the answers merged into the cache and printed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import closing
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tui.commands import calls
from tui.commands.ending import UPON_REQUEST, ended_by
from tui.commands.opening import cache_of, read_filter, say, tasks_of, writable
from tui.commands.plan import requests_words
from tui.commands.statement import write_buckets
from tui.exit_codes import INTERRUPTED, NO_ANSWER, PROVIDER_FAILED
from tui.lines.words import counted
from tui.paths import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from calls.cache.database import Database
    from calls.filters import Filter
    from providers.asking import Asked
    from providers.clock import Clock
    from providers.collector import Task
    from providers.plan import Plan
    from providers.telecomx import TelecomXProvider


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options: those of `calltop calls`, and whom to ask."""
    calls.add_arguments(parser)
    parser.add_argument("--provider", action="append", default=[], metavar="NAME", help="only this provider; may be repeated")


def run(args: argparse.Namespace) -> int:
    """Asks, then prints what `calltop calls` prints. 1 when no provider can answer, 3 when one failed."""
    wanted = read_filter(args)
    if wanted.everything:
        raise UsageError("ask needs a filter; to load everything, run: calltop backfill")
    clock, tasks = tasks_of(args, args.provider)

    async def asking(database: Database) -> list[Asked] | None:
        return await _asked(database, wanted, clock, tasks())

    with closing(writable(cache_of(args))) as database:
        outcomes = asyncio.run(asking(database))
    if outcomes is None:
        return INTERRUPTED
    if not outcomes:
        say("no provider can answer this filter; calltop plan shows why")
        return NO_ANSWER
    calls.show(args, wanted, explains=False)
    return PROVIDER_FAILED if any(asked.error for asked in outcomes) else 0


async def _asked(database: Database, wanted: Filter, clock: Clock, tasks: list[Task]) -> list[Asked] | None:
    """How asking went for each provider that can answer; None when the person interrupted it. What came is kept."""
    from calls.cache.writer import Writer
    from providers.asking import ask_all, plans
    from providers.telecomx import TelecomXProvider

    providers = [task.provider for task in tasks]
    try:
        writer = Writer(database)
        ids = writer.register([provider.source for provider in providers])
        asking, shown = [], []
        for provider, plan in zip(providers, plans(providers, wanted, clock.now_ms()), strict=True):
            if isinstance(provider, TelecomXProvider) and provider.is_for_showing(plan):
                shown.append((provider, plan))
            elif plan.requests:
                asking.append((provider, plan, ids[plan.provider]))
            say(f"{plan.provider}: {requests_words(plan)}")
        work = asyncio.ensure_future(_both(ask_all(asking, writer, clock, _report), shown))
        try:
            with ended_by(UPON_REQUEST, work.cancel, database):
                return await work
        except asyncio.CancelledError:
            return None
    finally:
        await asyncio.gather(*(provider.close() for provider in providers), return_exceptions=True)


async def _both(asking: Awaitable[list[Asked]], shown: Sequence[tuple[TelecomXProvider, Plan]]) -> list[Asked]:
    """Asks everybody; totals that cannot be stored, because they leave calls out, are printed as narration."""
    from providers.asking import Asked
    from providers.errors import ProviderError

    outcomes = await asking
    for provider, plan in shown:
        before = provider.requests
        error: str | None = None
        try:
            buckets = await provider.statistics(plan)
            say(f"{plan.provider}: {plan.afterwards}")
            write_buckets(sys.stderr, buckets, ZoneInfo(provider.source.timezone), as_json=False)
        except ProviderError as failure:
            error = str(failure)
        outcomes.append(Asked(plan.provider, provider.requests - before, finished=True, error=error))
        _report(outcomes[-1])
    return outcomes


def _report(asked: Asked) -> None:
    if asked.finished:
        done = f"{counted(asked.requests, 'request')}, {asked.received} received, {asked.inserted} new"
        say(f"{asked.provider}: {asked.error or done}")
        if asked.note:
            say(f"{asked.provider}: {asked.note}")
