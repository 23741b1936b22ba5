"""The command line as values: what the parser knows, for those who describe it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

_FILE = "FILE"


@dataclass(frozen=True, slots=True)
class Option:
    """A flag with its spellings; `metavar` is "" for one that takes no value, `values` are all there are, if that is known."""

    flags: tuple[str, ...]
    metavar: str
    values: tuple[str, ...]
    text: str
    repeats: bool = False

    @property
    def takes_value(self) -> bool:
        """Whether a word follows it."""
        return bool(self.metavar)

    @property
    def is_file(self) -> bool:
        """Whether that word is a file's name."""
        return self.metavar == _FILE


@dataclass(frozen=True, slots=True)
class Argument:
    """A word without a flag."""

    metavar: str
    values: tuple[str, ...]
    text: str
    optional: bool
    repeats: bool

    @property
    def is_filter(self) -> bool:
        """Whether it is a filter of calls."""
        return self.metavar == "FILTER"


@dataclass(frozen=True, slots=True)
class Command:
    """A command and those under it. `path` are its words after the program's name, none for the program itself."""

    path: tuple[str, ...]
    text: str
    options: tuple[Option, ...]
    arguments: tuple[Argument, ...]
    commands: tuple[Command, ...]

    @property
    def name(self) -> str:
        """The last word of its path."""
        return self.path[-1] if self.path else ""

    def walk(self) -> Iterator[Command]:
        """The command, then every one under it."""
        yield self
        for command in self.commands:
            yield from command.walk()


def read(parser: argparse.ArgumentParser, path: tuple[str, ...] = (), text: str = "") -> Command:
    """What a parser knows. It is read from the parser's own list, because argparse tells it in no other way."""
    options: list[Option] = []
    arguments: list[Argument] = []
    commands: list[Command] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            texts = {choice.dest: choice.help or "" for choice in action._choices_actions}
            commands += [read(under, (*path, name), texts[name]) for name, under in action.choices.items()]
        elif action.help is argparse.SUPPRESS:
            continue
        elif action.option_strings:
            options.append(_option(parser, action))
        else:
            arguments.append(_argument(parser, action))
    return Command(path, text or parser.description or "", tuple(options), tuple(arguments), tuple(commands))


def _option(parser: argparse.ArgumentParser, action: argparse.Action) -> Option:
    takes_value = action.nargs != 0
    return Option(
        tuple(action.option_strings),
        _metavar(action) if takes_value else "",
        _values(action) if takes_value else (),
        _text(parser, action),
        repeats=isinstance(action, argparse._AppendAction),
    )


def _argument(parser: argparse.ArgumentParser, action: argparse.Action) -> Argument:
    return Argument(
        _metavar(action),
        _values(action),
        _text(parser, action),
        optional=action.nargs in ("?", "*"),
        repeats=action.nargs in ("*", "+"),
    )


def _metavar(action: argparse.Action) -> str:
    if action.metavar is not None:
        return action.metavar if isinstance(action.metavar, str) else " ".join(action.metavar)
    return "|".join(_values(action)) or action.dest.upper()


def _values(action: argparse.Action) -> tuple[str, ...]:
    return tuple(str(choice) for choice in action.choices or () if str(choice))


def _text(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    # The help may name the option's own values, such as its default.
    return parser._get_formatter()._expand_help(action) if action.help else ""
