"""What can be completed besides commands and options: the fields of the filter, and their values."""

from __future__ import annotations

from calls.filters.fields import FIELDS


def filter_words() -> tuple[tuple[str, str], ...]:
    """Beginnings of clauses, each with what it means: "direction:", and "direction:in" where all values are known."""
    words: list[tuple[str, str]] = []
    for field in FIELDS.values():
        words.append((f"{field.name}:", field.hint))
        words += [(f"{field.name}:{value}", "") for value in field.values]
    return tuple(words)


def single_quoted(text: str) -> str:
    """A word that a POSIX shell takes as it is."""
    return "'" + text.replace("'", "'\\''") + "'"
