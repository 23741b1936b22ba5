"""The layers of the configuration: a flag over the environment, the environment over the file, the file over the default.

Every reader of settings goes through here, so that there is one order. Imports nothing heavy: the first frame waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from providers.defaults import ELSEWHERE

Key = tuple[str, ...]
"""A setting's place: ("theme",), or ("providers", "head-office", "token")."""

PREFIX = "CALLTOP_"
DELIMITER = "__"
_NOTHING_GIVEN: Mapping[Key, str] = MappingProxyType({})
_NO_SETTINGS = frozenset({"CALLTOP_CONFIG"})


class Layers:
    """What was given, all together in `tree`, secrets included, and which variable or flag gave it where the file did not.

    It says nothing of itself when it is printed, so that no secret does.
    """

    __slots__ = ("flags", "path", "tree", "variables")

    def __init__(
        self,
        path: Path,
        tree: Mapping[str, Any],
        variables: Mapping[Key, str] = _NOTHING_GIVEN,
        flags: Mapping[Key, str] = _NOTHING_GIVEN,
    ) -> None:
        self.path = path
        self.tree = tree
        self.variables = variables
        self.flags = flags


def layered(
    path: Path, file: Mapping[str, Any], environment: Mapping[str, str], flags: Mapping[str, object] | None = None
) -> Layers:
    """The layers over a file's content. Flags that are None were not given; a variable without text counts as not set."""
    tree = _copied(file)
    variables: dict[Key, str] = {}
    for name, text in sorted(environment.items()):
        if text and name.upper().startswith(PREFIX) and name.upper() not in _NO_SETTINGS:
            key = _put(tree, name[len(PREFIX) :].lower().split(DELIMITER), text, variables)
            if key:
                variables[key] = name
    given = {(name,): value for name, value in (flags or {}).items() if value is not None}
    for (name,), value in given.items():
        tree[name] = value
    return Layers(path, tree, variables, {key: f"--{key[0].replace('_', '-')}" for key in given})


def variable_of(key: Key) -> str:
    """The environment variable of a setting: CALLTOP_THEME, CALLTOP_PROVIDERS__HEAD_OFFICE__TOKEN."""
    return PREFIX + DELIMITER.join(_plain(part) for part in key).upper()


def _put(tree: dict[str, Any], parts: list[str], text: str, variables: Mapping[Key, str]) -> Key:
    """Puts a variable's text into its place; the place, empty when the file has something else than a table on the way.

    A variable's name can hold neither capitals nor dashes, so `head_office` stands for the file's `head-office`.
    """
    place: list[str] = []
    table = tree
    for part in parts[:-1]:
        place.append(_spelling(table, part))
        inner = table.setdefault(place[-1], {})
        if not isinstance(inner, dict):
            return ()
        table = inner
    name = _spelling(table, parts[-1])
    plain = next((name.removesuffix(end) for end in ELSEWHERE if name.endswith(end)), name)
    for other in (plain, *(plain + end for end in ELSEWHERE)):
        # A secret from the environment stands in for the file's, wherever that one lies.
        if other != name and (*place, other) not in variables:
            table.pop(other, None)
    table[name] = text
    return (*place, name)


def _spelling(table: Mapping[str, Any], part: str) -> str:
    return next((name for name in table if name != part and _plain(name) == part), part)


def _plain(name: str) -> str:
    # Capitals first, as the variable has them: some letters are not the same after both.
    return "".join(letter if letter.isalnum() else "_" for letter in name.upper()).lower()


def _copied(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(value) if isinstance(value, dict) else value for name, value in table.items()}
