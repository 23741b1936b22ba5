"""The parser of the command line. What a command's options are is asked of its module when the command is used, not before."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from tui import __version__
from tui.cli import COMMANDS, INTERFACE
from tui.exit_codes import EXIT_CODES

_LEAST_COLUMNS = 20
_USUAL_COLUMNS = 80


class CommandParser(argparse.ArgumentParser):
    """A parser whose help ends with examples. With the name of a `module` it is that of a command: it is made, and the module
    imported, when it is first looked into."""

    def __init__(self, *, module: str = "", **options: Any) -> None:
        self._begun = False
        self._module, self._given = module, options
        if not module:
            self._make()

    def _make(self) -> None:
        self._begun = True
        # A formatter that is not told how wide the terminal is imports a library to find out.
        formatter = partial(argparse.RawDescriptionHelpFormatter, width=_columns())
        usual: dict[str, Any] = {"formatter_class": formatter, "allow_abbrev": False}
        super().__init__(**usual | self._given)
        if self._module:
            add_shared_options(self)
            self.set_defaults(module=self._module)
            import_module(self._module).add_arguments(self)

    def __getattr__(self, name: str) -> Any:
        if self._begun or name.startswith("__"):
            raise AttributeError(name)
        self._make()
        return getattr(self, name)

    def format_help(self) -> str:
        """The help, with the examples before whatever ends it."""
        from tui.examples import examples_text

        own = self.epilog
        self.epilog = "\n\n".join(part for part in (examples_text(self.prog.partition(" ")[2]), own) if part)
        try:
            return super().format_help()
        finally:
            self.epilog = own


def add_shared_options(parser: argparse.ArgumentParser) -> None:
    """Declares the options that every command has."""
    for name, text in (
        ("--config", "configuration file (default: CALLTOP_CONFIG, else config.toml in your configuration folder)"),
        ("--cache", "cache file (default: CALLTOP_CACHE, else calltop.db in your data folder)"),
    ):
        # The defaults of the whole are not those of a command: there, what was named before the command holds.
        parser.add_argument(name, type=Path, metavar="FILE", default=argparse.SUPPRESS, help=text)


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    codes = "\n".join(f"  {code:<4} {meaning}" for code, meaning in EXIT_CODES.items())
    parser = CommandParser(
        prog="calltop",
        description="top for phone calls. Without a command it opens the interface.",
        epilog=f"exit codes:\n{codes}",
    )
    add_shared_options(parser)
    parser.add_argument("--version", action="version", version=f"calltop {__version__}", help="print the version and end")
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    parser.set_defaults(**INTERFACE)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="calltop")
    for name, (module, summary) in COMMANDS.items():
        commands.add_parser(name, help=summary, description=summary, module=module)
    return parser


def _columns() -> int:
    """How wide help may be."""
    try:
        columns = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError, AttributeError):
        columns = 0
    return max((columns or _USUAL_COLUMNS) - 2, _LEAST_COLUMNS)
