"""`calltop`: the interface."""

from __future__ import annotations

import argparse
import logging
import logging.handlers
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from calls.filters import FilterError, try_parse
from calls.text import clean
from calls.times import zone_named
from providers.background import BackgroundCollector
from providers.clock import WallClock
from tui.paths import UsageError, cache_path, clock_offset_seconds, config_path, read_config, state_folder

if TYPE_CHECKING:
    from providers.collector import Task

LOG_BYTES = 1_000_000


def run(args: argparse.Namespace) -> int:
    """Opens the interface over the configured providers, or over the cache alone when there is no configuration."""
    path = config_path(args.config)
    config = read_config(path)
    cache = cache_path(args.cache, config)
    if not path.exists() and not cache.exists():
        raise UsageError(f"there is no configuration at {path} yet; look at the demo first: calltop demo")
    return open_interface(args, cache, note="" if path.exists() else f"no configuration at {path}", polls=path.exists())


def open_interface(args: argparse.Namespace, cache: Path, *, note: str = "", polls: bool = True) -> int:
    """Opens the interface on `cache`, with a collector in the background when `polls`."""
    # The interface is drawn on standard error, so that one has to be a terminal too.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("the interface needs a terminal; without one use calltop calls, stats, missed or collect")
    config = read_config(config_path(args.config))
    log_to_file(state_folder() / "calltop.log")
    from tui.app import CalltopApp, run_interface
    from tui.cache_feed import CacheFeed
    from tui.polling import CollectorPoller

    clock = WallClock(clock_offset_seconds(config))
    zone = display_zone(config)
    collector = BackgroundCollector(cache, lambda: _tasks(args), clock, zone) if polls else None
    if collector is not None:
        collector.start()
    app = CalltopApp(
        CacheFeed(cache),
        None if collector is None else CollectorPoller(collector),
        clock=clock,
        title_note=note,
        zone=zone,
        intervals=poll_seconds(config),
        saved_filters=saved_filters(config),
        ascii_only=getattr(args, "ascii", False) or bool(config.get("ascii")) or not speaks_utf8(os.environ),
        theme=os.environ.get("CALLTOP_THEME") or str(config.get("theme") or "calltop-dark"),
        state_folder=state_folder(),
    )
    return run_interface(app)


def display_zone(config: Mapping[str, Any]) -> ZoneInfo | None:
    """The zone of the times on the screen: `display_timezone`, else the one most providers live in, else the machine's."""
    if named := os.environ.get("CALLTOP_DISPLAY_TIMEZONE") or config.get("display_timezone"):
        return _zone(str(named))
    zones = Counter(str(table["timezone"]) for table in _provider_tables(config).values() if table.get("timezone"))
    return _zone(zones.most_common(1)[0][0]) if zones else None


def _zone(name: str) -> ZoneInfo:
    try:
        return zone_named(name)
    except ValueError as error:
        raise UsageError(str(error)) from None


def poll_seconds(config: Mapping[str, Any]) -> dict[str, int]:
    """Seconds between two polls of each provider, as far as the file names them."""
    minutes = {name: table.get("poll_minutes") for name, table in _provider_tables(config).items()}
    return {name: int(value * 60) for name, value in minutes.items() if isinstance(value, int | float)}


def saved_filters(config: Mapping[str, Any]) -> dict[str, str]:
    """The person's filters by name. Raises `UsageError` for one that cannot be read."""
    table = config.get("filters", {})
    if not isinstance(table, dict):
        raise UsageError('filters: write them as a table: [filters], then for example today = "since:today"')
    for name, text in table.items():
        reading = try_parse(str(text))
        if isinstance(reading, FilterError):
            raise UsageError(f"filters.{name}: {reading}")
    return {clean(name): str(text) for name, text in table.items()}


def _provider_tables(config: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    tables = config.get("providers")
    return {name: table for name, table in tables.items() if isinstance(table, dict)} if isinstance(tables, dict) else {}


def _tasks(args: argparse.Namespace) -> list[Task]:
    """What to poll; called in the collector's thread, where importing the network holds up no first frame."""
    from tui.commands.opening import tasks_of

    _, tasks = tasks_of(args)
    return tasks()


def speaks_utf8(environment: Mapping[str, str]) -> bool:
    """Whether the terminal's locale can show more than ASCII. Python's own encoding says UTF-8 even where it cannot."""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if value := environment.get(name):
            return value.lower().replace("-", "").endswith("utf8")
    return False


def log_to_file(path: Path) -> None:
    """Sends every log line to a private file of bounded size: on the terminal it would tear the screen."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
