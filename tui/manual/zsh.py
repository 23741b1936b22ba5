"""The completion of zsh."""

from __future__ import annotations

from collections.abc import Iterator

from tui.manual.tree import Argument, Command, Option
from tui.manual.words import filter_words, single_quoted


def zsh_completion(root: Command) -> str:
    """What zsh is to read."""
    return "\n".join(
        (
            "#compdef calltop",
            "# Completion of calltop for zsh; made by: calltop completion zsh",
            *_filters(),
            *(line for command in root.walk() for line in _function(command)),
            # Read by `source` it declares itself; in a folder of $fpath it is called.
            'if [ "$funcstack[1]" = "_calltop" ]; then',
            '    _calltop "$@"',
            "else",
            "    compdef _calltop calltop",
            "fi",
            "",
        )
    )


def _filters() -> Iterator[str]:
    yield "_calltop_filter() {"
    yield "    local -a fields clauses"
    yield "    fields=("
    for word, text in filter_words():
        if word.endswith(":"):
            yield f"        {single_quoted(_described(word.removesuffix(':'), text))}"
    yield "    )"
    yield "    clauses=("
    yield from (f"        {single_quoted(_escaped(word))}" for word, _ in filter_words() if not word.endswith(":"))
    yield "    )"
    yield "    _describe -t fields 'field of the filter' fields -S : -q"
    yield "    _describe -t clauses 'clause' clauses"
    yield "}"


def _function(command: Command) -> Iterator[str]:
    yield f"{_name(command)}() {{"
    lines = [single_quoted(text) for option in command.options for text in _options(option)]
    lines += [single_quoted(_argument(argument)) for argument in command.arguments]
    if command.commands:
        yield "    local state line"
        yield "    local -a commands"
        yield "    commands=("
        yield from (f"        {single_quoted(_described(under.name, under.text))}" for under in command.commands)
        yield "    )"
        lines += ["'1: :->command'", "'*:: :->rest'"]
    yield "    _arguments -C " + " ".join(f"\\\n        {line}" for line in lines)
    if command.commands:
        yield "    case $state in"
        yield "        command) _describe -t commands 'command' commands ;;"
        yield "        rest) case $line[1] in"
        yield from (f"            {under.name}) {_name(under)} ;;" for under in command.commands)
        yield "        esac ;;"
        yield "    esac"
    yield "}"


def _name(command: Command) -> str:
    return "_".join(("_calltop", *command.path))


def _described(word: str, text: str) -> str:
    return f"{_escaped(word)}:{text}"


def _escaped(word: str) -> str:
    return word.replace(":", "\\:")


def _options(option: Option) -> Iterator[str]:
    others = " ".join(option.flags)
    for flag in option.flags:
        exclusion = "*" if option.repeats else f"({others})"
        yield f"{exclusion}{flag}[{_bracketed(option.text)}]{_value(option)}"


def _value(option: Option) -> str:
    if not option.takes_value:
        return ""
    name = "value" if option.values else _bracketed(option.metavar).replace(":", "\\:")
    if option.is_file:
        return f":{name}:_files"
    return f":{name}:({' '.join(option.values)})" if option.values else f":{name}:"


def _argument(argument: Argument) -> str:
    count = "*" if argument.repeats else "1"
    if argument.is_filter:
        return f"{count}:filter:_calltop_filter"
    action = f"({' '.join(argument.values)})" if argument.values else ""
    return f"{count}{':' if argument.optional and not argument.repeats else ''}:{argument.metavar.lower()}:{action}"


def _bracketed(text: str) -> str:
    """Text that may stand in the brackets of a description."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
