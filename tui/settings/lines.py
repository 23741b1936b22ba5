"""On which line of a TOML file a key stands; the parsers at hand do not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from tui.settings.layers import Key

# Strings and comments are stepped over whole, so that what looks like TOML inside them is not taken for it.
_PIECE = re.compile(
    r'"""(?:\\.|[^\\])*?"""+|' + r"'''.*?'''+|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|#[^\n]*|[\[\]{}\n]|[^\"'#\[\]{}\n]+",
    re.S,
)
_DEPTH = {"[": 1, "{": 1, "]": -1, "}": -1}


def lines_of(text: str) -> Mapping[Key, int]:
    """The line, from 1, of each key and table of a valid TOML text; of a key in an inline table its statement's."""
    found: dict[Key, int] = {}
    table: Key = ()
    for statement, line in _statements(text):
        if statement.startswith("["):
            header = statement[2:-2] if statement.startswith("[[") else statement[1:-1]
            table = _keys(f"{header} = 0")[-1]
            found.setdefault(table, line)
            continue
        for key in _keys(statement):
            found.setdefault((*table, *key), line)
    return found


def line_of(key: Key, lines: Mapping[Key, int]) -> int | None:
    """The line of a key, or of the table that should hold it; None when the file has neither."""
    return next((lines[key[:length]] for length in range(len(key), 0, -1) if key[:length] in lines), None)


def _statements(text: str) -> Iterator[tuple[str, int]]:
    """Each statement without its comments, and the line on which it begins."""
    parts: list[str] = []
    line, began, depth = 1, 1, 0
    for piece in [*_PIECE.findall(text.replace("\r\n", "\n")), "\n"]:
        if piece == "\n" and depth <= 0:
            if statement := "".join(parts).strip():
                yield statement, began
            parts, depth = [], 0
        elif not piece.startswith("#"):
            if not "".join(parts).strip():
                parts, began = [], line
            parts.append(piece)
            depth += _DEPTH.get(piece, 0)
        line += piece.count("\n")


def _keys(statement: str) -> list[Key]:
    """Every key that a statement sets, the outer ones first."""
    return list(_below((), tomllib.loads(statement)))


def _below(above: Key, table: Mapping[str, Any]) -> Iterator[Key]:
    for name, value in table.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _below((*above, name), value)
