"""The `calltop` command. Imports neither the interface nor the network until a command needs them."""

from __future__ import annotations

import sys
from types import SimpleNamespace

from tui import __version__, garbage
from tui.exit_codes import INTERRUPTED, OK, USAGE

# Importing `typing` takes longer than printing the version.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# Command: the module that does it, and its line in --help.
COMMANDS = {
    "demo": ("tui.commands.demo", "look at it: the interface over five simulated providers"),
    "wall": ("tui.commands.wall", "the wall monitor: large, masked, read-only, for a screen nobody sits at"),
    "check": ("tui.commands.check", "find out whether configuration, providers and cache are well, and what to do"),
    "config": ("tui.commands.config", "show, check and write the configuration"),
    "collect": ("tui.commands.collect", "poll without a screen"),
    "status": ("tui.commands.status", "print the live screen as plain text"),
    "calls": ("tui.commands.calls", "print cached calls"),
    "stats": ("tui.commands.stats", "print figures"),
    "missed": ("tui.commands.missed", "print who must be called back, oldest first"),
    "sql": ("tui.commands.sql", "ask the cache in SQL, read-only"),
    "plan": ("tui.commands.plan", "show what each provider would be asked for a filter"),
    "ask": ("tui.commands.ask", "ask the providers with a filter, keep the answer, and print it"),
    "backfill": ("tui.commands.backfill", "load the past"),
    "reports": ("tui.commands.reports", "PortSIP's call reports: order them, download their files"),
    "statement": ("tui.commands.statement", "Telecom X's statistics, with every parameter it has"),
    "forget": ("tui.commands.forget", "erase a party from the cache, now and for the future"),
    "completion": ("tui.commands.completion", "print the completion of bash, zsh or fish"),
    "simulate": ("providers.simulator.cli", "serve five simulated providers on this machine"),
}
# What holds where nothing else is typed.
INTERFACE = {"config": None, "cache": None, "ascii": False, "module": "tui.commands.interface"}


def protect_exclusions(arguments: Sequence[str]) -> list[str]:
    """Lets `-status:missed` be a filter: with a space before it, the parser does not take it for an option."""
    import re

    return [f" {argument}" if re.match(r"-(\(|[a-z]+:)", argument) else argument for argument in arguments]


def parsed(given: Sequence[str]) -> Any:
    """What was typed, as attributes. Nothing needs no parser, whose making takes a tenth of the time to the first frame."""
    if not given:
        return SimpleNamespace(**INTERFACE)
    from tui.command_line import build_parser

    return build_parser().parse_args(protect_exclusions(given))


def program() -> int:
    """`main` as a process of its own."""
    garbage.put_off()
    try:
        return main()
    finally:
        garbage.give_up()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code. Standard output is data, standard error is narration."""
    given = sys.argv[1:] if arguments is None else arguments
    if given == ["--version"]:
        # Answered without a parser, which takes longer to import than Python takes to start.
        sys.stdout.write(f"calltop {__version__}\n")
        return OK
    from importlib import import_module

    from tui.paths import UsageError

    args = parsed(given)
    run = import_module(args.module).run
    garbage.search()
    try:
        code = run(args)
        sys.stdout.flush()
    except UsageError as error:
        sys.stderr.write(f"calltop: {error}\n")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        from tui.streams import let_go

        # The reader of a pipe has gone, as `head` does.
        let_go(sys.stdout)
        return OK
    except Exception as error:
        from tui.commands.opening import cache_of
        from tui.faults import fault_words

        if (fault := fault_words(error, cache_of(args))) is None:
            raise
        words, code = fault
        sys.stderr.write(f"calltop: {words}\n")
    finally:
        garbage.search()
    return int(code)
