"""What the wall draws with, besides the symbols of the screens."""

from __future__ import annotations

from dataclasses import dataclass

from tui.lines.symbols import ASCII, Symbols


@dataclass(frozen=True, slots=True)
class Pen:
    """`half_blocks` are a full cell, its upper and its lower half, "" where there are none. `rising` are the heights of a bar
    from lowest to highest, `hanging` those of one that hangs from a line. `hatch` fills what is provisional, `crossed` the
    same for missed calls, and `unknown` stands where nobody knows; `strike` crosses out what is old. `mask` stands for a
    hidden digit, `page` and `here` for pages, `cut` for text that is left out."""

    half_blocks: str
    rising: str
    hanging: str
    hatch: str
    crossed: str
    unknown: str
    strike: str
    line: str
    mask: str
    page: str
    here: str
    cut: str


UNICODE_PEN = Pen("█▀▄", "▁▂▃▄▅▆▇█", "▀█", "╱", "╳", "╌", "━", "─", "•", "○", "●", "…")
ASCII_PEN = Pen("", ".:-=+*%#", "xX", "/", "x", "?", "=", "-", "*", ".", "o", "~")


def pen_of(symbols: Symbols) -> Pen:
    """The pen that goes with an alphabet."""
    return ASCII_PEN if symbols is ASCII else UNICODE_PEN
