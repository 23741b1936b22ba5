"""`calltop demo`: the interface over five simulated providers, with a cache that is thrown away."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from tui.paths import UsageError

ZONE = ZoneInfo("Europe/Stockholm")
BUSY_HOUR = "10:42"
SATURDAY = 5
NOTE = "demo: simulated providers"
HISTORY_SPACING_SECONDS = 0.25


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="the same seed gives the same calls (default: 7)")
    parser.add_argument("--days", type=int, default=92, metavar="D", help="days of calls before today (default: 92)")
    parser.add_argument(
        "--calls-per-day", type=int, default=900, metavar="N", help="calls on a working day, all providers (default: 900)"
    )
    parser.add_argument("--now", metavar="ISO", help="the demo's time at start (default: the latest working day, 10:42)")
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")


def busy_moment(today: date) -> str:
    """The middle of the morning on the latest working day."""
    day = today - timedelta(days=max(0, today.weekday() - SATURDAY + 1))
    return f"{day.isoformat()}T{BUSY_HOUR}"


def run(args: argparse.Namespace) -> int:
    """Opens the interface over the simulated providers."""
    from tui.commands.interface import open_interface

    with demo_site(args) as cache:
        return open_interface(args, cache, note=NOTE)


@contextmanager
def demo_site(args: argparse.Namespace) -> Iterator[Path]:
    """Serves the simulated providers from a process of their own, whose configuration `args` names then; gives the path of a
    cache that is thrown away."""
    args.now = args.now or busy_moment(datetime.now(ZONE).date())
    folders = tempfile.TemporaryDirectory(prefix="calltop-demo-")
    with _tidied_up(), folders as folder, simulated_providers(args, Path(folder)) as config:
        args.config = config
        # The simulated providers are ours to ask as fast as we like, and nobody waits an hour for a demo's history.
        args.history_spacing_seconds = HISTORY_SPACING_SECONDS
        yield Path(folder) / "calltop.db"


@contextmanager
def _tidied_up() -> Iterator[None]:
    """Lets a signal that would kill the process end what is begun in here, until the interface has its own way to end."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = [(number, signal.signal(number, end)) for number in (signal.SIGTERM, signal.SIGHUP)]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def simulated_providers(args: argparse.Namespace, folder: Path) -> Iterator[Path]:
    """The simulator in a process of its own, so that it takes no time from the screen; gives its configuration."""
    config = folder / "config.toml"
    command = [sys.executable, "-m", "tui", "simulate", "--until-input-ends", "--write-config", str(config)]
    for name in ("seed", "days", "calls_per_day", "now"):
        command += [f"--{name.replace('_', '-')}", str(getattr(args, name))]
    pipe = subprocess.PIPE
    # It ends with its input, which is ours to hold, so that it is not left behind by a process that is killed.
    with subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True, start_new_session=True) as process:  # noqa: S603
        try:
            assert process.stderr is not None
            said = process.stderr.readline().strip()
            if not config.exists():
                raise UsageError(said or "the simulated providers did not start")
            yield config
        finally:
            process.terminate()
