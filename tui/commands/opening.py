"""What the commands that read or fill the cache have in common."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from calls.cache.database import BadCache, NoCache
from calls.cache.reader import Reader
from calls.cache.schema import CacheTooNew
from calls.filters import Filter, FilterError, parse
from calls.text import clean
from tui.exit_codes import NO_ANSWER
from tui.paths import UsageError, cache_path
from tui.settings.days import calendar_of
from tui.settings.early import display_zone
from tui.settings.reading import early_settings_of, layers_of

if TYPE_CHECKING:
    from calls.cache.database import Database
    from providers.alarms import Alarms
    from providers.clock import Clock, WallClock
    from providers.collector import Task


def say(text: str) -> None:
    """One line of narration on standard error."""
    print(f"calltop: {text}", file=sys.stderr, flush=True)


def add_filter(parser: argparse.ArgumentParser) -> None:
    """The filter, as the last words of the command."""
    parser.add_argument(
        "filter", nargs="*", metavar="FILTER", help="such as: direction:in status:missed since:today -number:+4672*"
    )


def add_as_of(parser: argparse.ArgumentParser) -> None:
    """The option of asking the cache as it was."""
    parser.add_argument(
        "--as-of",
        metavar="TIME",
        help="as the cache knew it then: 2026-11-22T14:30, yesterday (its end), or --as-of=-2h",
    )


def read_filter(args: argparse.Namespace) -> Filter:
    """The filter that was typed. Raises `UsageError`."""
    try:
        return parse(" ".join(args.filter))
    except FilterError as error:
        raise UsageError(f"filter: {error}") from None


def age_ms(text: str, option: str) -> int:
    """An age such as 36h, 4d or 12w, given to an option, in milliseconds. Raises `UsageError`."""
    import re

    match = re.fullmatch(r"(\d{1,5})([hdw])", text.strip())
    if match is None:
        raise UsageError(f"{option} {text!r} is no age; write it like 4d, 36h or 12w")
    return int(match[1]) * {"h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}[match[2]]


def cache_of(args: argparse.Namespace) -> Path:
    """The cache that flags, environment and configuration name."""
    return cache_path(early_settings_of(layers_of(args)).cache)


def now_ms(args: argparse.Namespace) -> int:
    """The present, shifted where the providers are simulated; with `--as-of` that instant. Raises `UsageError`."""
    present_ms = int((time.time() + early_settings_of(layers_of(args)).clock_offset_seconds) * 1000)
    if getattr(args, "as_of", None) is None:
        return present_ms
    from tui.commands.as_of import moment_of

    if "as_of_ms" not in args:
        args.as_of_ms = moment_of(args, present_ms)
    return int(args.as_of_ms)


@contextmanager
def reader_of(args: argparse.Namespace) -> Iterator[Reader]:
    """The cache, to read; with `--as-of` as it was. Ends the command with exit code 1 when there is none."""
    try:
        reader = Reader(cache_of(args), calendar_of(layers_of(args)))
    except (NoCache, BadCache, CacheTooNew) as error:
        say(str(error))
        raise SystemExit(NO_ANSWER) from None
    with closing(reader):
        if getattr(args, "as_of", None) is None:
            yield reader
            return
        from tui.commands.as_of import reader_as_of

        with reader_as_of(args, reader, now_ms(args)) as past:
            yield past


def writable(path: Path) -> Database:
    """The cache, to write to; a wait for another process that writes to it is told. Raises `BadCache`, `CacheTooNew`.

    To be opened outside of an event loop, which would keep an interrupt from who waits.
    """
    from calls.cache.database import Database

    return Database(path, waiting=lambda words: say(clean(words) or f"{clean(str(path))} is free; going on"))


def zones_of(reader: Reader) -> dict[str, ZoneInfo]:
    """The zone of each provider, by name."""
    return {name: ZoneInfo(known.source.timezone) for name, known in reader.sources().items()}


def tasks_of(args: argparse.Namespace, only: Sequence[str] = ()) -> tuple[WallClock, Callable[[], list[Task]]]:
    """The clock, and a maker of what is to be polled, called in the event loop that polls. Raises `UsageError`."""
    import logging

    from providers.clock import WallClock
    from providers.collector import Task
    from providers.registry import make_provider
    from tui.config import checked
    from tui.settings.privacy import public_secrets

    layers = layers_of(args)
    config = checked(layers)
    if not config.providers:
        raise UsageError(f"no provider is configured in {layers.path}; add one: calltop config init, or look at: calltop demo")
    if warning := public_secrets(layers):
        logging.getLogger(__name__).warning(warning)
    if unknown := [name for name in only if name not in config.providers]:
        raise UsageError(f"{unknown[0]} is not configured; there are {', '.join(config.providers)}")
    clock = WallClock(config.clock_offset_seconds)

    def tasks() -> list[Task]:
        return [
            Task(
                make_provider(name, settings, now=clock.now),
                settings=settings,
                retention_days=config.retention_days,
                poll_minutes=settings.poll_minutes,
                history_days=settings.backfill_days,
                history_spacing_seconds=getattr(args, "history_spacing_seconds", settings.backfill_spacing_seconds),
            )
            for name, settings in config.providers.items()
            if not only or name in only
        ]

    return clock, tasks


def alarms_of(args: argparse.Namespace, clock: Clock) -> Callable[[Database], Alarms | None]:
    """What makes the watch over the configured alerts, in the event loop that polls; None where there are none."""
    from providers.alarms import Alarm, Alarms
    from providers.webhook import Webhook
    from tui.config import checked

    def watch(database: Database) -> Alarms | None:
        layers = layers_of(args)
        config = checked(layers)
        zone = display_zone(config, layers) or ZoneInfo("UTC")
        alarms = [
            Alarm(settings.rule(name), zone, Webhook(settings.webhook_url) if settings.webhook_url is not None else None)
            for name, settings in config.alerts.items()
        ]
        return Alarms(database, alarms, clock, config.calendar()) if alarms else None

    return watch
