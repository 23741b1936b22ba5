"""Lists of values in SQL statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
CHUNK = 400  # well below SQLite's limit of bound parameters, also when each is bound twice


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in runs that fit into one statement."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def marks(items: Sequence[object]) -> str:
    """As many placeholders as items."""
    return ",".join("?" * len(items))
