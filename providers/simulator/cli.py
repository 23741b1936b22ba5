"""`calltop simulate`: the simulated providers served on this machine until somebody stops them."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path

from providers.simulator.clock import SimulatorClock
from providers.simulator.faults import fault_list
from providers.simulator.simulator import Simulator
from providers.simulator.world.times import STOCKHOLM

USAGE_ERROR = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of `calltop simulate`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"faults:\n{fault_list()}"
    parser.add_argument("--port", type=int, default=0, metavar="P", help="port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="the same seed gives the same calls (default: 7)")
    parser.add_argument("--days", type=int, default=3, metavar="D", help="days of calls before today (default: 3)")
    parser.add_argument(
        "--calls-per-day", type=int, default=400, metavar="N", help="calls on a working day, all providers (default: 400)"
    )
    parser.add_argument(
        "--now", metavar="ISO", help="the simulator's time at start, such as 2026-11-22T10:42 (default: the machine's)"
    )
    parser.add_argument(
        "--speed", type=float, default=1.0, metavar="X", help="how fast its clock runs; readers keep to 1 (default: 1)"
    )
    parser.add_argument(
        "--faults",
        default="",
        metavar="SPEC",
        help="faults with the number of requests they meet, such as portsip:503:2,while1.cdr:html; all are listed below",
    )
    parser.add_argument(
        "--same-calls", action="store_true", help="PortSIP tells the calls that Telecom X counts, so that their sums are equal"
    )
    parser.add_argument(
        "--until-input-ends", action="store_true", help="end when standard input does, for a program that starts it"
    )
    parser.add_argument("--truth", type=Path, metavar="FILE", help="write the calls there, one JSON object a line")
    parser.add_argument("--write-config", type=Path, metavar="FILE", help="write the matching configuration there")


def _moment_ms(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--now {text!r} is no time: write it like 2026-11-22T10:42") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=STOCKHOLM)
    return int(moment.timestamp() * 1000)


def _simulator(args: argparse.Namespace) -> Simulator:
    if not 0 <= args.port <= 65535:
        raise ValueError(f"--port {args.port} is no port: use 0 to 65535")
    clock = SimulatorClock(None if args.now is None else _moment_ms(args.now), args.speed)
    return Simulator(args.seed, args.days, args.calls_per_day, clock, args.faults, same_calls=args.same_calls)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)


def _say(text: str) -> None:
    sys.stderr.write(f"calltop simulate: {text}\n")
    sys.stderr.flush()


def _end_with_input() -> None:
    """Ends this process when whoever started it has gone, however that came about."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def run(args: argparse.Namespace) -> int:
    """Serves until stopped. 0 when stopped, 2 for options that cannot be used, with one line on stderr."""
    from providers.simulator.server import serve

    if args.until_input_ends:
        threading.Thread(target=_end_with_input, name="calltop-input", daemon=True).start()
    try:
        simulator = _simulator(args)
    except (ValueError, OverflowError, OSError) as error:
        _say(str(error))
        return USAGE_ERROR

    def ready(base_url: str) -> None:
        if args.write_config is not None:
            _write_private(args.write_config, simulator.config_text(base_url))
        _say(f"five providers at {base_url}")

    try:
        serve(simulator, args.port, args.truth, ready)
    except OSError as error:
        where = f" {error.filename}" if error.filename else f" port {args.port}"
        _say(f"cannot use{where}: {error.strerror}")
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 0
    return 0
