"""`calltop completion`: what a shell reads to complete calltop's words."""

from __future__ import annotations

import argparse
import sys

from tui.manual.bash import bash_completion
from tui.manual.fish import fish_completion
from tui.manual.tree import read
from tui.manual.zsh import zsh_completion

SHELLS = {"bash": bash_completion, "zsh": zsh_completion, "fish": fish_completion}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("shell", choices=tuple(SHELLS), metavar="SHELL", help="bash, zsh or fish")


def run(args: argparse.Namespace) -> int:
    """Prints the completion of one shell."""
    from tui.command_line import build_parser

    sys.stdout.write(SHELLS[args.shell](read(build_parser())))
    return 0
