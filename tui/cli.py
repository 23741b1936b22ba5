"""The `calltop` command. Imports neither the interface nor the network until a command needs them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui import __version__

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Sequence

OK, NO_ANSWER, USAGE, PROVIDER_FAILED, INTERRUPTED = 0, 1, 2, 3, 130

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
EXIT_CODES = {
    OK: "fine",
    NO_ANSWER: "the question has no honest answer",
    USAGE: "usage or configuration",
    PROVIDER_FAILED: "a provider could not be reached or refused",
    INTERRUPTED: "interrupted",
}


def shared_options() -> argparse.ArgumentParser:
    """The options that every command has."""
    import argparse
    from pathlib import Path

    shared = argparse.ArgumentParser(add_help=False)
    for name, text in (
        ("--config", "configuration file (default: CALLTOP_CONFIG, else config.toml in your configuration folder)"),
        ("--cache", "cache file (default: CALLTOP_CACHE, else calltop.db in your data folder)"),
    ):
        shared.add_argument(name, type=Path, metavar="FILE", default=argparse.SUPPRESS, help=text)
    return shared


def build_parser(only: Collection[str] = COMMANDS.keys()) -> argparse.ArgumentParser:
    """The parser of every command. The options of commands not in `only` are left out, and their modules unread."""
    import argparse
    from importlib import import_module

    from tui.examples import examples_text, show_examples

    # The defaults of the whole are not those of a command: there, what was named before the command holds.
    shared, own = shared_options(), shared_options()
    codes = "\n".join(f"  {code:<4} {meaning}" for code, meaning in EXIT_CODES.items())
    parser = argparse.ArgumentParser(
        prog="calltop",
        description="top for phone calls. Without a command it opens the interface.",
        epilog=f"{examples_text('')}\n\nexit codes:\n{codes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[own],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"calltop {__version__}", help="print the version and end")
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    parser.set_defaults(config=None, cache=None, module="tui.commands.interface")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=summary,
            description=summary,
            parents=[shared],
            allow_abbrev=False,
        )
        command.set_defaults(module=module)
        if name in only:
            import_module(module).add_arguments(command)
            show_examples(command, name)
    return parser


def protect_exclusions(arguments: Sequence[str]) -> list[str]:
    """Lets `-status:missed` be a filter: with a space before it, the parser does not take it for an option."""
    import re

    return [f" {argument}" if re.match(r"-(\(|[a-z]+:)", argument) else argument for argument in arguments]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code. Standard output is data, standard error is narration."""
    given = sys.argv[1:] if arguments is None else arguments
    if given == ["--version"]:
        # Answered without a parser, which takes longer to import than Python takes to start.
        sys.stdout.write(f"calltop {__version__}\n")
        return OK
    from importlib import import_module

    from tui.paths import UsageError

    typed = protect_exclusions(given)
    args = build_parser([name for name in COMMANDS if name in typed]).parse_args(typed)
    try:
        code = import_module(args.module).run(args)
        sys.stdout.flush()
    except UsageError as error:
        sys.stderr.write(f"calltop: {error}\n")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has gone, as `head` does; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        from tui.commands.opening import cache_of
        from tui.faults import fault_words

        if (fault := fault_words(error, cache_of(args))) is None:
            raise
        words, code = fault
        sys.stderr.write(f"calltop: {words}\n")
    return int(code)
