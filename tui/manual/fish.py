"""The completion of fish."""

from __future__ import annotations

from collections.abc import Iterator

from tui.manual.tree import Command, Option
from tui.manual.words import filter_words


def fish_completion(root: Command) -> str:
    """What fish is to read."""
    return "\n".join(("# Completion of calltop for fish; made by: calltop completion fish", *_lines(root), ""))


def _lines(root: Command) -> Iterator[str]:
    yield from _path_function(root)
    yield "complete -c calltop -f"
    for command in root.walk():
        here = f"-n {_quoted('_calltop_at ' + _quoted(' '.join(command.path)))}"
        for under in command.commands:
            yield f"complete -c calltop {here} -a {under.name} -d {_quoted(under.text)}"
        for option in command.options:
            yield f"complete -c calltop {here} {_option(option)}"
        for argument in command.arguments:
            if argument.values:
                yield f"complete -c calltop {here} -a {_quoted(' '.join(argument.values))} -d {_quoted(argument.text)}"
            if argument.is_filter:
                yield f"complete -c calltop {here} -a '(_calltop_filters)'"
    yield "function _calltop_filters"
    for word, text in filter_words():
        yield f"    printf '%s\\t%s\\n' {_quoted(word)} {_quoted(text)}"
    yield "end"


def _path_function(root: Command) -> Iterator[str]:
    """A function that says whether the words typed so far lead to a command."""
    yield "function _calltop_at --argument-names wanted"
    yield "    set -l path ''"
    yield "    for word in (commandline -opc)[2..-1]"
    yield '        switch "$path $word"'
    for command in root.walk():
        if command.path:
            before, here = " ".join(command.path[:-1]), " ".join(command.path)
            yield f"            case {_quoted(f'{before} {command.name}')}"
            yield f"                set path {_quoted(here)}"
    yield "        end"
    yield "    end"
    yield '    test "$path" = "$wanted"'
    yield "end"


def _option(option: Option) -> str:
    flags = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
    value = ""
    if option.is_file:
        value = " -r -F"
    elif option.values:
        value = f" -x -a {_quoted(' '.join(option.values))}"
    elif option.takes_value:
        value = " -x"
    return f"{flags}{value} -d {_quoted(option.text)}"


def _quoted(text: str) -> str:
    """A word that fish takes as it is."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
