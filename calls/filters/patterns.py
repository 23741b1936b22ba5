"""Text values with wildcards: how they are written, and how they match, alike in Python and in SQL."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import NamedTuple


class Wild(Enum):
    """A wildcard: any run of characters, or exactly one."""

    RUN = "*"
    ONE = "?"


Piece = str | Wild
_NEEDS_QUOTES = re.compile(r'[\s"(),\\*?]')
_ESCAPED = re.compile(r'(["\\*?])')


def fold(text: str) -> str:
    """Text as it is compared where case does not matter."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


class Pattern(NamedTuple):
    """A text to compare with, as literals and wildcards in turn: never two literals or two runs side by side."""

    pieces: tuple[Piece, ...]

    @staticmethod
    def of(pieces: list[Piece]) -> Pattern:
        """Neighbouring literals join, neighbouring runs are one, white space is trimmed and single."""
        joined: list[Piece] = []
        for piece in pieces:
            if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                joined[-1] += piece
            elif not (piece is Wild.RUN and joined and joined[-1] is Wild.RUN) and piece != "":
                joined.append(piece)
        joined = [re.sub(r"\s+", " ", piece) if isinstance(piece, str) else piece for piece in joined]
        if joined and isinstance(joined[0], str):
            joined[0] = joined[0].lstrip()
        if joined and isinstance(joined[-1], str):
            joined[-1] = joined[-1].rstrip()
        return Pattern(tuple(piece for piece in joined if piece != ""))

    @property
    def wild(self) -> bool:
        """Whether it has a wildcard."""
        return any(isinstance(piece, Wild) for piece in self.pieces)

    @property
    def literal(self) -> str:
        """The text without wildcards: the whole value when it has none."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))

    @property
    def longest_literal(self) -> str:
        """The longest text that everything it matches must contain."""
        return max((piece for piece in self.pieces if isinstance(piece, str)), key=len, default="")

    @property
    def caseless(self) -> bool:
        """Whether it holds digits and signs only, so that upper and lower case cannot matter."""
        literal = self.literal
        return literal.isascii() and not any(character.isalpha() for character in literal)

    def folded(self) -> Pattern:
        """The same pattern for text that went through `fold`."""
        return Pattern(tuple(fold(piece) if isinstance(piece, str) else piece for piece in self.pieces))

    def text(self, *, bare: bool = False) -> str:
        """As it is written in a filter, in quotes where it must be; `bare` for a word without a field."""
        plain = "".join(piece if isinstance(piece, str) else piece.value for piece in self.pieces)
        needed = not plain or bool(_NEEDS_QUOTES.search(self.literal)) or plain[0] in "<>"
        if bare:
            needed = needed or ":" in plain or plain.startswith("-") or plain.lower() in {"or", "and"}
        if not needed:
            return plain
        parts = (_ESCAPED.sub(r"\\\1", piece) if isinstance(piece, str) else piece.value for piece in self.pieces)
        return f'"{"".join(parts)}"'

    def glob(self) -> str:
        """For SQLite's GLOB, which is sensitive to case."""
        return "".join(re.sub(r"([\[*?])", r"[\1]", piece) if isinstance(piece, str) else piece.value for piece in self.pieces)

    def matcher(self) -> Callable[[str], bool]:
        """Whether a whole text matches, sensitive to case."""
        if not self.wild:
            literal = self.literal
            return lambda text: text == literal
        match = re.compile(self._expression("."), re.DOTALL).fullmatch
        return lambda text: match(text) is not None

    def finder(self) -> Callable[[str], bool]:
        """Whether a part of one line of a text matches, sensitive to case."""
        edges = Pattern(self.pieces[_runs_at_start(self.pieces) : len(self.pieces) - _runs_at_start(self.pieces[::-1])])
        if not edges.wild:
            literal = edges.literal
            return lambda text: literal in text
        search = re.compile(edges._expression("[^\n]")).search
        return lambda text: search(text) is not None

    def _expression(self, any_character: str) -> str:
        # Each run takes as little as it can and never gives back, so that many runs cost no more than one.
        parts: list[str] = []
        run = ""
        for piece in self.pieces:
            if piece is Wild.RUN:
                parts.append(f"(?>{run})" if run else "")
                run = f"{any_character}*?"
            else:
                run += any_character if isinstance(piece, Wild) else re.escape(piece)
        ends_in_run = bool(self.pieces) and self.pieces[-1] is Wild.RUN
        if ends_in_run:
            return "".join(parts) + f"{any_character}*"
        return "".join(parts) + run


def _runs_at_start(pieces: tuple[Piece, ...]) -> int:
    return 1 if pieces and pieces[0] is Wild.RUN else 0


def _from_glob(glob: str) -> Pattern:
    parts = re.findall(r"\[.\]|.", glob, re.DOTALL)
    return Pattern(tuple(part[1] if len(part) == 3 else Wild(part) if part in "*?" else part for part in parts))


@lru_cache(maxsize=256)
def _whole(glob: str) -> Callable[[str], bool]:
    return _from_glob(glob).matcher()


@lru_cache(maxsize=256)
def _part(glob: str) -> Callable[[str], bool]:
    return _from_glob(glob).finder()


def _matches(glob: str, text: str) -> bool:
    return _whole(glob)(text)


def _found_in(glob: str, text: str) -> bool:
    return _part(glob)(text)


def register_functions(connection: sqlite3.Connection) -> None:
    """Gives a connection the SQL functions that conditions made from filters call."""
    connection.create_function("fold", 1, fold, deterministic=True)
    connection.create_function("matches", 2, _matches, deterministic=True)
    connection.create_function("found_in", 2, _found_in, deterministic=True)
