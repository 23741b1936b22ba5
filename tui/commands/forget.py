"""`calltop forget`: erase a party from the cache, now and for the future.

The calls of an erased party still count, in every figure but one: nobody can call it back, so that its missed calls no longer
wait to be returned.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from calls.cache.database import NoCache
from calls.cache.reader import Reader
from calls.text import digits
from calls.times import format_rfc3339, local_date, local_day_window
from tui.commands.opening import age_ms, cache_of, now_ms, say, tasks_of, writable
from tui.exit_codes import NO_ANSWER
from tui.lines.words import counted
from tui.paths import UsageError

if TYPE_CHECKING:
    from calls.cache.database import Database

FEWEST_DIGITS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "number",
        metavar="NUMBER",
        nargs="?",
        help="in any spelling, such as +46701740605 or 070-174 06 05; its calls still count, and wait for no call back",
    )
    parser.add_argument(
        "--older-than", metavar="AGE", help="instead: calls older than that, such as 90d or 12w, become figures"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask first")


def run(args: argparse.Namespace) -> int:
    """Erases, and says how many records held the number. 1 when none did, which is remembered all the same."""
    import asyncio

    from calls.cache.writer import Writer

    if (args.number is None) is (args.older_than is None):
        raise UsageError("name either a number, or an age with --older-than")
    if args.older_than is None and len(digits(args.number)) < FEWEST_DIGITS:
        raise UsageError(f"{args.number!r} is no telephone number of {FEWEST_DIGITS} digits or more")
    path = cache_of(args)
    if not path.exists():
        raise UsageError(str(NoCache(path)))
    oldest_ms = None if args.older_than is None else age_ms(args.older_than, "--older-than")
    if not _is_sure(args):
        return NO_ANSWER
    if oldest_ms is not None:
        return _purge(path, oldest_ms, now_ms(args))
    clock, tasks = tasks_of(args)

    async def erase(database: Database) -> dict[str, int]:
        made = [task.provider for task in tasks()]
        try:
            return Writer(database).erase(args.number, {one.source.name: one for one in made}, clock.now_ms())
        finally:
            await asyncio.gather(*(provider.close() for provider in made), return_exceptions=True)

    with closing(writable(path)) as database:
        counts = asyncio.run(erase(database))
    for name, records in counts.items():
        if records:
            erased = counted(records, "record")
            say(f"{name}: erased from {erased}; the calls still count, but nobody can call this number back")
    if not any(counts.values()):
        say("no record held this number; should one come, it will be erased before it is kept")
    say("files that were exported before, and the providers' own records, are not touched")
    return 0 if any(counts.values()) else NO_ANSWER


def _purge(path: Path, oldest_ms: int, moment_ms: int) -> int:
    """Turns calls that began before the local day of that age into hourly figures, at every provider."""
    from calls.cache.writer import Writer

    with closing(writable(path)) as database, closing(Reader(path)) as reader:
        writer, gone = Writer(database), 0
        for name, known in reader.sources().items():
            zone = ZoneInfo(known.source.timezone)
            edge_ms = local_day_window(local_date(moment_ms - oldest_ms, zone), zone).start_ms
            calls = writer.purge(known.id, edge_ms)
            gone += calls
            say(f"{name}: {counted(calls, 'call')} from before {format_rfc3339(edge_ms)}: hourly figures are left")
        database.compact()
    return 0 if gone else NO_ANSWER


def _is_sure(args: argparse.Namespace) -> bool:
    if args.yes:
        return True
    what = "the number will be erased for good from every cached call"
    if args.older_than is not None:
        what = f"of calls older than {args.older_than} only hourly figures will stay"
    if not sys.stdin.isatty():
        raise UsageError(f"{what}; say so with --yes")
    sys.stderr.write(f"calltop: {what}. Go on? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
