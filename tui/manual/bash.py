"""The completion of bash: one function that needs nothing but bash itself."""

from __future__ import annotations

from collections.abc import Iterator

from tui.manual.tree import Command, Option
from tui.manual.words import filter_words, single_quoted

_HEAD = """# Completion of calltop for bash; made by: calltop completion bash
_calltop() {
    local line="${COMP_LINE:0:COMP_POINT}" current previous="" path="" word
    local commands="" options="" values="" filters="" files=""
    local -a words
    # The whole of what was typed: bash itself splits at the colons of a filter.
    read -r -a words <<<"$line"
    case "$line" in *[[:space:]]) words+=("") ;; esac
    current="${words[-1]}"
    unset 'words[-1]'
    for word in "${words[@]:1}"; do
        case "$path $word" in
"""
_MIDDLE = """        esac
        previous="$word"
    done
    case "$path" in
"""
_VALUES = """    esac
    case "$path $previous" in
"""
_TAIL = """    esac
    local IFS=$'\\n'
    if [ -n "$files" ]; then
        COMPREPLY=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
        return
    fi
    if [ -z "$values" ]; then
        values="$commands"
        case "$current" in -*) values="$options" ;; *) [ -n "$filters" ] && values="$_calltop_filters" ;; esac
    fi
    COMPREPLY=($(compgen -W "${values// /$'\\n'}" -- "$current"))
    # bash puts in only what follows the last colon.
    case "$COMP_WORDBREAKS" in *:*)
        local before="${current%"${current##*:}"}"
        COMPREPLY=("${COMPREPLY[@]#"$before"}")
    esac
    case "${COMPREPLY[*]}" in *:) compopt -o nospace 2>/dev/null ;; esac
}
complete -F _calltop calltop
"""


def bash_completion(root: Command) -> str:
    """What bash is to read."""
    filters = " ".join(word for word, _ in filter_words())
    body = [*_paths(root), _MIDDLE, *_choices(root), _VALUES, *_values(root)]
    return f"_calltop_filters={single_quoted(filters)}\n{_HEAD}{''.join(body)}{_TAIL}"


def _key(path: tuple[str, ...]) -> str:
    return "/".join(path)


def _paths(root: Command) -> Iterator[str]:
    """How a word leads from a command to the one under it."""
    for command in root.walk():
        if command.path:
            before, here = _key(command.path[:-1]), _key(command.path)
            yield f"            {single_quoted(f'{before} {command.name}')}) path={single_quoted(here)} ;;\n"


def _choices(root: Command) -> Iterator[str]:
    for command in root.walk():
        commands = " ".join(under.name for under in command.commands)
        options = " ".join(flag for option in command.options for flag in option.flags)
        values = " ".join(value for argument in command.arguments for value in argument.values)
        filters = " filters=1;" if any(argument.is_filter for argument in command.arguments) else ""
        yield (
            f"        {single_quoted(_key(command.path))})"
            f" commands={single_quoted(commands or values)}; options={single_quoted(options)};{filters} ;;\n"
        )


def _values(root: Command) -> Iterator[str]:
    for command in root.walk():
        for option in command.options:
            if option.takes_value:
                patterns = "|".join(single_quoted(f"{_key(command.path)} {flag}") for flag in option.flags)
                yield f"        {patterns}) {_value(option)} ;;\n"


def _value(option: Option) -> str:
    if option.is_file:
        return "files=1;"
    # A space: there is a value, and nothing is known of it.
    return f"values={single_quoted(' '.join(option.values) or ' ')};"
