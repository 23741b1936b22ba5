"""A line of the screen: runs of text with roles, measured in terminal cells.

A role says what a text is ("late", "dim"), and the theme decides how that looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size


# A text is measured some five times for one screen, and most of them stand on the next one too.
@lru_cache(maxsize=1 << 13)
def cells(text: str) -> int:
    """How many cells a text covers."""
    return len(text) if text.isascii() and text.isprintable() else cell_len(text)


class Role(StrEnum):
    """What a run of text is."""

    TEXT = "text"
    STRONG = "strong"
    DIM = "dim"
    FAINT = "faint"
    ACCENT = "accent"
    GOOD = "good"
    LATE = "late"
    BAD = "bad"
    BAR = "bar"
    BADGE = "badge"
    ALARM = "alarm"


class Ground(StrEnum):
    """What a whole line lies on."""

    PLAIN = "plain"
    STRIP = "strip"
    CURSOR = "cursor"


class Span(NamedTuple):
    """A run of text with one role. It lies on its line's ground unless it names its own."""

    text: str
    role: Role = Role.TEXT
    ground: Ground | None = None

    @property
    def width(self) -> int:
        """Cells the text covers."""
        return cells(self.text)


class Line(NamedTuple):
    """One row of the screen, or a part of one."""

    spans: tuple[Span, ...] = ()
    ground: Ground = Ground.PLAIN

    @property
    def width(self) -> int:
        """Cells the line covers."""
        return sum(span.width for span in self.spans)

    @property
    def plain(self) -> str:
        """The text without roles."""
        return "".join(span.text for span in self.spans)


def crop(text: str, width: int, mark: str = "…") -> str:
    """The text in at most `width` cells; a cut is marked at its end."""
    if width <= 0:
        return ""
    if cells(text) <= width:
        return text
    mark_width = cells(mark)
    if width <= mark_width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - mark_width).rstrip() + mark


def left(text: str, width: int, mark: str = "…") -> str:
    """The text in exactly `width` cells, against the left edge."""
    cut = crop(text, width, mark)
    return cut + " " * (max(0, width) - cells(cut))


def right(text: str, width: int, mark: str = "…") -> str:
    """The text in exactly `width` cells, against the right edge."""
    cut = crop(text, width, mark)
    return " " * (max(0, width) - cells(cut)) + cut


def gap(width: int) -> Span:
    """Empty cells."""
    return Span(" " * max(0, width))


def crop_spans(spans: Iterable[Span], width: int, mark: str = "…") -> tuple[Span, ...]:
    """The spans in at most `width` cells; a cut is marked at its end."""
    whole = tuple(spans)
    if sum(span.width for span in whole) <= width:
        return whole
    if width <= 0:
        return ()
    room = max(0, width - cells(mark))
    kept: list[Span] = []
    for span in whole:
        if span.width > room:
            text = set_cell_size(span.text, room).rstrip() + mark
            kept.append(Span(set_cell_size(text, min(width, cells(text))), span.role, span.ground))
            break
        kept.append(span)
        room -= span.width
    return tuple(kept)


def wrap(text: str, width: int, lines: int, mark: str = "…") -> tuple[str, ...]:
    """The text in at most `lines` rows of `width` cells, broken between words; what is left over is cut and marked."""
    rows: list[str] = []
    rest = text.split()
    while rest and len(rows) < lines - 1:
        row = rest.pop(0)
        while rest and cells(row) + 1 + cells(rest[0]) <= width:
            row += " " + rest.pop(0)
        rows.append(crop(row, width, mark))
    if rest:
        rows.append(crop(" ".join(rest), width, mark))
    return tuple(rows)
