"""`--as-of TIME`: a command asks the cache as it was. Imported when it is given."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from calls.cache.reader import Reader
from calls.filters.errors import ValueMistake
from calls.filters.moments import read_moment
from calls.times import HOUR_MS, format_rfc3339
from tui.commands import opening
from tui.past import PastCache
from tui.paths import UsageError
from tui.settings.early import display_zone
from tui.settings.reading import early_settings_of, layers_of

if TYPE_CHECKING:
    from calls.cache.writer import Deriver


def moment_of(args: argparse.Namespace, now_ms: int) -> int:
    """The instant that was named, in the zone of the times on the screen; of a whole day its end. Raises `UsageError`."""
    layers = layers_of(args)
    zone = display_zone(early_settings_of(layers), layers) or ZoneInfo("UTC")
    try:
        span = read_moment(args.as_of).span(now_ms, zone)
    except ValueMistake as error:
        raise UsageError(f"--as-of: {error.message}") from None
    if span.start_ms > now_ms:
        raise UsageError(f"--as-of {args.as_of!r} has not come yet")
    return min(span.end_ms - 1, now_ms) if span.end_ms - span.start_ms > HOUR_MS else span.start_ms


@contextmanager
def reader_as_of(args: argparse.Namespace, reader: Reader, moment_ms: int) -> Iterator[Reader]:
    """The cache as it was at an instant, read from a copy that is removed at the end."""
    opening.say(f"as of {format_rfc3339(moment_ms)}")
    with closing(PastCache(reader, moment_ms, derivers_of(args))) as past:
        if past.unknown:
            opening.say(f"{', '.join(past.unknown)} is left out: it is not configured, so its calls cannot be derived anew")
        for name, known in past.reader.sources().items():
            if known.purged_before_ms is not None:
                edge = format_rfc3339(known.purged_before_ms)
                opening.say(f"{name}: of calls before {edge} only hourly figures are kept, as they are now")
        yield past.reader


def derivers_of(args: argparse.Namespace) -> Mapping[str, Deriver]:
    """What makes calls of the records of each configured provider, by name. Asks nobody. Raises `UsageError`."""
    return asyncio.run(_derivers(args))


async def _derivers(args: argparse.Namespace) -> Mapping[str, Deriver]:
    _, tasks = opening.tasks_of(args)
    providers = [task.provider for task in tasks()]
    for provider in providers:
        await provider.close()
    return {provider.source.name: provider for provider in providers}
