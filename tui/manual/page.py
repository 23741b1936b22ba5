"""Writes `docs/calltop.1`, the manual page: python -m tui.manual.page > docs/calltop.1"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from calls.filters.fields import FIELDS
from tui import __version__
from tui.command_line import build_parser
from tui.examples import EXAMPLES, Example
from tui.exit_codes import EXIT_CODES
from tui.manual.tree import Argument, Command, Option, read

_ENVIRONMENT = (
    ("CALLTOP_CONFIG", "The configuration file, where --config names none."),
    ("CALLTOP_CACHE", "The cache file, where --cache names none."),
    ("CALLTOP_...", "Every other setting of the configuration, such as CALLTOP_RETENTION_DAYS; see docs/configuration.md."),
    ("NO_COLOR", "Where it is set, the interface is drawn without colours."),
)
_FILES = (
    ("config.toml", "The configuration, in your configuration folder; calltop config path says where."),
    ("calltop.db", "The cache, in your data folder: one SQLite file that only you can read."),
    ("calltop.log", "What went wrong in the interface, in your state folder; at most two megabytes."),
)


def manual_page() -> str:
    """The page in the language of man(7)."""
    root = read(build_parser())
    return "\n".join((*_head(root), *_commands(root), *_rest())) + "\n"


def _head(root: Command) -> Iterator[str]:
    yield '.\\" Made from the code by python -m tui.manual.page.'
    yield f'.TH CALLTOP 1 "" "calltop {__version__}" "User Commands"'
    yield ".SH NAME"
    yield "calltop \\- top for phone calls"
    yield ".SH SYNOPSIS"
    yield from _synopsis(root)
    yield ".br"
    yield "\\fBcalltop\\fR \\fICOMMAND\\fR [options]"
    yield ".SH DESCRIPTION"
    yield escaped(
        "calltop polls call records from telephony providers (Soluno, Dstny, Telecom X, PortSIP, While1), keeps them in a local"
        " cache, and shows what came in, what was missed, who must be called back, and whether the lines are up."
    )
    yield ".PP"
    yield escaped(
        "Without a command it opens the interface; ? explains its keys. Standard output is data, standard error narration."
    )
    yield ".SH OPTIONS"
    yield from _words(root)


def _commands(root: Command) -> Iterator[str]:
    yield ".SH COMMANDS"
    for command in root.walk():
        if not command.path:
            continue
        yield f".SS {escaped(' '.join(('calltop', *command.path)))}"
        yield from _sentence(command.text)
        if command.commands:
            continue
        yield ".PP"
        yield from _synopsis(command)
        yield from _words(command)


def _rest() -> Iterator[str]:
    yield ".SH FILTER"
    yield escaped("field:value narrows, -field:value excludes, a comma means either, * is a wildcard. or and parentheses work.")
    yield escaped("Bare words are looked for in numbers and names. The fields:")
    for field in FIELDS.values():
        yield from _item(f"\\fB{escaped(field.name)}\\fR", field.hint)
    yield ".SH EXIT STATUS"
    for code, meaning in EXIT_CODES.items():
        yield from _item(f"\\fB{code}\\fR", meaning)
    yield ".SH ENVIRONMENT"
    for name, text in _ENVIRONMENT:
        yield from _item(f"\\fB{escaped(name)}\\fR", text)
    yield ".SH FILES"
    for name, text in _FILES:
        yield from _item(f"\\fI{escaped(name)}\\fR", text)
    yield ".SH EXAMPLES"
    for example in (example for some in EXAMPLES.values() for example in some):
        yield from _example(example)


def _example(example: Example) -> Iterator[str]:
    yield ".PP"
    yield from _sentence(example.text)
    yield ".PP"
    yield ".nf"
    yield ".RS"
    yield escaped(example.line)
    yield ".RE"
    yield ".fi"


def _synopsis(command: Command) -> Iterator[str]:
    parts = [f"\\fB{escaped(' '.join(('calltop', *command.path)))}\\fR"]
    parts += ["[options]"] if command.options else []
    parts += [_argument(argument) for argument in command.arguments]
    yield " ".join(parts)


def _argument(argument: Argument) -> str:
    word = f"\\fI{escaped(argument.metavar)}\\fR" + ("..." if argument.repeats else "")
    return f"[{word}]" if argument.optional else word


def _words(command: Command) -> Iterator[str]:
    for argument in command.arguments:
        yield from _item(_argument(argument), argument.text)
    for option in command.options:
        # Every command has the first ones; they are told once.
        if not command.path or option.flags[0] not in ("-h", "--config", "--cache"):
            yield from _item(_option(option), option.text)


def _option(option: Option) -> str:
    flags = ", ".join(f"\\fB{escaped(flag)}\\fR" for flag in option.flags)
    return f"{flags} \\fI{escaped(option.metavar)}\\fR" if option.takes_value else flags


def _item(term: str, text: str) -> Iterator[str]:
    yield ".TP"
    yield term
    yield escaped(" ".join(text.split()))


def _sentence(text: str) -> Iterator[str]:
    plain = " ".join(text.split())
    if plain:
        yield escaped(plain[0].upper() + plain[1:] + ("" if plain.endswith((".", "?")) else "."))


def escaped(text: str) -> str:
    """Text that man(7) takes for nothing but text."""
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", safe)


if __name__ == "__main__":
    sys.stdout.write(manual_page())
