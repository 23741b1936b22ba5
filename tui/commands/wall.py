"""`calltop wall`: the wall monitor."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from providers.clock import WallClock
from tui.commands import demo
from tui.commands.interface import background_collector, log_to_file, refuse_dumb, speaks_utf8
from tui.paths import UsageError, cache_path, state_folder
from tui.settings.early import display_zone, poll_seconds
from tui.settings.reading import early_settings_of, layers_of

if TYPE_CHECKING:
    from providers.background import BackgroundCollector
    from tui.config import Config
    from tui.wall.plan import WallPlan

LOG_FILE = "wall.log"
KEY_FILE = "wall.key"
KEY_BYTES = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--demo", action="store_true", help="over five simulated providers, without any configuration")
    parser.add_argument(
        "--unattended", action="store_true", help="without a keyboard: the end of standard input does not end the wall"
    )
    parser.add_argument("--page", metavar="NAME", help="begin with this page: today, call-backs, hours, providers, filter:NAME")
    demo.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Shows the wall until it is ended; exit codes as the interface has them."""
    if args.demo:
        with demo.demo_site(args) as cache:
            return _show(args, cache, note="demo", polls=True)
    layers = layers_of(args)
    cache = cache_path(early_settings_of(layers).cache)
    if not layers.path.exists() and not cache.exists():
        raise UsageError(f"there is no configuration at {layers.path} yet; look at the demo first: calltop wall --demo")
    return _show(args, cache, note="", polls=layers.path.exists())


def _show(args: argparse.Namespace, cache: Path, note: str, *, polls: bool) -> int:
    # The picture is drawn on standard error; keys come from standard input, where there is a keyboard.
    needed = (sys.stderr,) if args.unattended else (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream.isatty() for stream in needed):
        raise UsageError("the wall needs a terminal; without a keyboard start it with --unattended and standard error on one")
    refuse_dumb(os.environ)
    from tui.cache_feed import CacheFeed
    from tui.config import checked
    from tui.polling import WatchfulPoller
    from tui.wall.app import WallApp, run_wall

    layers = layers_of(args)
    config = checked(layers)
    log_to_file(state_folder() / LOG_FILE)
    clock = WallClock(config.clock_offset_seconds)
    zone = display_zone(config, layers)

    def polling() -> WatchfulPoller:
        collector: BackgroundCollector = background_collector(args, cache, clock, zone)
        collector.start()
        return WatchfulPoller(collector, cache)

    app = WallApp(
        CacheFeed(cache, config.calendar()),
        polling if polls and config.providers else None,
        wall_plan(config, zone or _local_zone(), tag_key(state_folder() / KEY_FILE), args.page),
        clock=clock,
        intervals=poll_seconds(layers),
        note=note,
        ascii_only=config.ascii or not speaks_utf8(os.environ),
        theme=config.theme,
        state_folder=state_folder(),
        unattended=args.unattended,
    )
    return run_wall(app)


def wall_plan(config: Config, zone: ZoneInfo, tag_key: bytes, first_page: str | None = None) -> WallPlan:
    """The wall as it is configured. Raises `UsageError` for a first page that it does not have."""
    from calls.alerts import QuietHours
    from calls.filters import parse
    from tui.lines.wall.view import Targets
    from tui.wall.plan import WallPlan

    wall = config.wall
    pages = wall.pages
    if first_page is not None:
        if first_page not in pages:
            raise UsageError(f"--page {first_page!r} is no page of this wall; it has {', '.join(pages)}")
        at = pages.index(first_page)
        pages = (*pages[at:], *pages[:at])
    return WallPlan(
        zone=zone,
        tag_key=tag_key,
        pages=pages,
        dwell_seconds=wall.dwell_seconds,
        targets=Targets(wall.target_answer_rate or None, wall.call_back_minutes or None, wall.wait_seconds or None),
        night=tuple(QuietHours.parse(text) for text in wall.night_hours),
        drift_minutes=wall.drift_minutes,
        reveals=wall.reveal,
        saved={name: parse(text) for name, text in config.filters.items()},
        sinks={name: frozenset(settings.sinks) for name, settings in config.alerts.items()},
    )


def _local_zone() -> ZoneInfo:
    """The machine's zone where it is known by name, else UTC."""
    try:
        return ZoneInfo(str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2] or os.environ.get("TZ") or "UTC")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def tag_key(path: Path) -> bytes:
    """This installation's key for the words that stand for callers, made when there is none."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        key = b""
    if len(key) == KEY_BYTES:
        return key
    key = os.urandom(KEY_BYTES)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    return key
