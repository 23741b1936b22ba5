"""Completion in the filter bar: what stands under the cursor, what it could become, and what it means. No widget."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from calls.filters import fold
from calls.filters.fields import FIELDS
from calls.filters.patterns import Pattern

MOST_CANDIDATES = 12


class Spot(NamedTuple):
    """The piece of text that the cursor stands at the end of: [start, end).

    `field` is None while a field's name may be typed, else the field whose value is typed. `typed` is the piece without
    quotes.
    """

    start: int
    end: int
    field: str | None
    typed: str


class Candidate(NamedTuple):
    """What the piece could become: `text` as it is written. `calls` is how many calls have the value, None if unknown."""

    text: str
    calls: int | None = None


def spot_at(text: str, cursor: int) -> Spot:
    """The piece of a filter under the cursor. Takes any text."""
    start, field, in_quotes = 0, None, False
    position = 0
    while position < cursor:
        character = text[position]
        if character == "\\":
            position += 1
        elif character == '"':
            in_quotes = not in_quotes
        elif in_quotes:
            pass
        elif character.isspace() or character in "()":
            start, field = position + 1, None
        elif character == "-" and position == start and field is None:
            start = position + 1
        elif character == ":" and field is None:
            field, start = text[start:position].lower(), position + 1
        elif character == "," and field is not None:
            start = position + 1
        position += 1
    typed = text[start:cursor].replace('"', "").replace("\\", "")
    return Spot(start, max(cursor, start), field if field in FIELDS else None if field is None else "", typed)


def hint_at(text: str, cursor: int) -> str:
    """What the clause under the cursor means, "" where there is nothing to explain."""
    spot = spot_at(text, cursor)
    if spot.field:
        return FIELDS[spot.field].hint
    exact = FIELDS.get(spot.typed.lower()) if spot.field is None else None
    return exact.hint if exact else ""


def candidates(spot: Spot, known: Iterable[tuple[str, int]]) -> tuple[Candidate, ...]:
    """What the piece could become, the likeliest first: fields by name, or values, those with the most calls first.

    `known` are values of the spot's field and how many cached calls have each.
    """
    if spot.field is None:
        typed = spot.typed.lower()
        return tuple(Candidate(f"{name}:") for name in FIELDS if typed and name.startswith(typed))[:MOST_CANDIDATES]
    if not spot.field:
        return ()
    field, typed = FIELDS[spot.field], fold(spot.typed)
    counts = dict(known)
    most_first = sorted(counts, key=lambda value: -counts[value])
    known_words = tuple(value for value in field.values if value not in counts)
    values = field.values if field.closed else (*most_first, *known_words)
    fitting = [value for value in values if fold(value).startswith(typed)]
    fitting += [value for value in values if typed and typed in fold(value) and value not in fitting]
    found = (Candidate(_written(value), counts.get(value)) for value in fitting if value)
    return tuple(found)[:MOST_CANDIDATES]


def accepted(text: str, spot: Spot, candidate: Candidate) -> tuple[str, int]:
    """The text with the piece replaced, and where the cursor then stands."""
    end = spot.start + len(candidate.text)
    return text[: spot.start] + candidate.text + text[spot.end :], end


def _written(value: str) -> str:
    return Pattern((value,)).text()
