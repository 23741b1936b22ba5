"""What is said about a filter that cannot be read: one line with the place and the nearest right spelling."""

from __future__ import annotations

from collections.abc import Iterable

from calls.text import clean

MAX_QUOTED_LENGTH = 40


class FilterError(ValueError):
    """A filter that cannot be read. Its text is one line, free of control characters.

    `message` says what is wrong, `column` where (the first character is 1), `suggestion` holds the nearest right
    spelling or "".
    """

    def __init__(self, message: str, column: int, suggestion: str = "") -> None:
        super().__init__(message, column, suggestion)
        self.message = message
        self.column = column
        self.suggestion = suggestion

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion}?" if self.suggestion else ""
        return f"column {self.column}: {self.message}{hint}"


class ValueMistake(Exception):
    """A value its field cannot read; the parser adds the column and raises `FilterError`."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion


def quoted(text: str) -> str:
    """What a person typed, safe and short enough to be repeated in a message."""
    safe = clean(text)
    return f"'{safe}'" if len(safe) <= MAX_QUOTED_LENGTH else f"'{safe[:MAX_QUOTED_LENGTH]}…'"


def nearest(typed: str, candidates: Iterable[str]) -> str:
    """The candidate that was probably meant, or ""."""
    typed = typed.lower()[:MAX_QUOTED_LENGTH]
    known = tuple(candidates)
    if not typed:
        return ""
    # Imported here because a filter is nearly always right, and start-up is felt.
    from difflib import get_close_matches

    close = get_close_matches(typed, known, n=1, cutoff=0.6)
    if close:
        return close[0]
    related = [name for name in known if name.startswith(typed) or typed.startswith(name)]
    return min(related, key=len) if related else ""
