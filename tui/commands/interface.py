"""`calltop`: the interface."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from providers.clock import WallClock
from tui import garbage
from tui.cache_feed import CacheFeed, no_derivers
from tui.paths import UsageError, cache_path, state_folder
from tui.settings.days import calendar_of, configured_agents
from tui.settings.early import alert_sinks, display_zone, poll_seconds
from tui.settings.reading import early_settings_of, layers_of

if TYPE_CHECKING:
    import argparse
    from zoneinfo import ZoneInfo

    from calls.cache.database import Database
    from calls.cache.writer import Deriver
    from providers.alarms import Alarms
    from providers.background import BackgroundCollector
    from providers.clock import Clock
    from providers.collector import Task
    from tui.desk import ReportDesk
    from tui.setting_up import Setup

LOG_BYTES = 1_000_000


def run(args: argparse.Namespace) -> int:
    """Opens the interface over the configured providers, over the cache alone where there are none, or, where there is no
    cache either, on the ways to begin."""
    layers = layers_of(args)
    path, cache = layers.path, cache_path(early_settings_of(layers).cache)
    configured = bool(layers.tree.get("providers"))
    note = "" if configured else f"no provider in {path}" if path.exists() else f"no configuration at {path}"
    return open_interface(args, cache, note=note, polls=configured, welcomes=not configured and not cache.exists(), adds=True)


def open_interface(
    args: argparse.Namespace, cache: Path, *, note: str = "", polls: bool = True, welcomes: bool = False, adds: bool = False
) -> int:
    """Opens the interface on `cache`, with a collector in the background when `polls`.

    `welcomes` begins with the ways to begin; `adds` says that providers may be added to the configuration.
    """
    # The interface is drawn on standard error, so that one has to be a terminal too.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("the interface needs a terminal; without one use calltop calls, stats, missed or collect")
    refuse_dumb(os.environ)
    layers = layers_of(args)
    settings = early_settings_of(layers)
    garbage.put_off()
    clock = WallClock(settings.clock_offset_seconds)
    feed = CacheFeed(cache, calendar_of(layers), partial(_derivers, args) if polls else no_derivers)
    feed.begin(clock.now_ms())
    log_to_file(state_folder() / "calltop.log")
    # Here and not at the top: the cache is read while these are imported.
    from tui.app import CalltopApp, run_interface
    from tui.marking import CacheMarker
    from tui.polling import CollectorPoller
    from tui.settings.watch import SettingsWatch

    zone = display_zone(settings, layers)

    collector = background_collector(args, cache, clock, zone)

    app = CalltopApp(
        feed,
        CollectorPoller(collector) if polls else None,
        clock=clock,
        open_desk=partial(_open_desk, collector),
        marker=CacheMarker(cache, clock),
        title_note=note,
        zone=zone,
        intervals=poll_seconds(layers),
        sinks=alert_sinks(layers),
        saved_filters=settings.filters,
        agents=configured_agents(layers),
        keys=settings.keys,
        ascii_only=settings.ascii or not speaks_utf8(os.environ),
        theme=settings.theme,
        state_folder=state_folder(),
        settings=SettingsWatch(lambda: layers_of(args), layers),
        polling=partial(CollectorPoller, collector),
        setup=partial(_setup, args, clock) if adds else None,
        welcomes=welcomes,
    )
    code = run_interface(app)
    return _demo() if app.wants_demo else code


def _setup(args: argparse.Namespace, clock: WallClock) -> Setup:
    """A provider in the making; importing what it needs takes a moment that only those pay who add one."""
    from tui.settings.adding import ProviderSetup

    return ProviderSetup(lambda: layers_of(args), clock.now)


def _demo() -> int:
    from tui.command_line import build_parser
    from tui.commands import demo

    return demo.run(build_parser().parse_args(["demo"]))


def _open_desk(collector: BackgroundCollector) -> ReportDesk:
    from tui.reports.desk import CollectorDesk

    return CollectorDesk(collector)


def background_collector(args: argparse.Namespace, cache: Path, clock: WallClock, zone: ZoneInfo | None) -> BackgroundCollector:
    """What polls, and watches over the alerts, beside a screen; not yet begun."""
    from providers.background import BackgroundCollector

    return BackgroundCollector(cache, lambda: _tasks(args), clock, zone, _alarms(args, clock))


def _derivers(args: argparse.Namespace) -> Mapping[str, Deriver]:
    """What derives the calls of the past anew; called in a reader's thread, when somebody looks back."""
    from tui.commands.as_of import derivers_of

    return derivers_of(args)


def _tasks(args: argparse.Namespace) -> list[Task]:
    """What to poll; called in the collector's thread, where importing the network holds up no first frame."""
    from tui.commands.opening import tasks_of

    _, tasks = tasks_of(args)
    return tasks()


def _alarms(args: argparse.Namespace, clock: Clock) -> Callable[[Database], Alarms | None]:
    """What watches over the alerts; made in the collector's thread for the same reason."""

    def made(database: Database) -> Alarms | None:
        from tui.commands.opening import alarms_of

        return alarms_of(args, clock)(database)

    return made


def speaks_utf8(environment: Mapping[str, str]) -> bool:
    """Whether the terminal's locale can show more than ASCII. Python's own encoding says UTF-8 even where it cannot."""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if value := environment.get(name):
            return value.lower().replace("-", "").endswith("utf8")
    return False


def refuse_dumb(environment: Mapping[str, str]) -> None:
    """Raises UsageError for a terminal that says it cannot move its cursor: a full screen would be a stream of signs on it."""
    if environment.get("TERM") == "dumb":
        raise UsageError(
            "TERM=dumb says that this terminal can show no full screen; use calltop status, or set TERM to its kind"
        )


def log_to_file(path: Path) -> None:
    """Sends every log line to a private file of bounded size: on the terminal it would tear the screen."""
    import logging
    import logging.handlers

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
