"""Bars that lie: answered and not answered calls of a group, in block characters or in ASCII."""

from __future__ import annotations

from tui.lines.line import Role, Span, gap
from tui.lines.symbols import Symbols


def stacked_bar(
    answered: int, offered: int, peak: int, width: int, symbols: Symbols, *, provisional: bool = False
) -> tuple[Span, ...]:
    """A bar of the offered calls in exactly `width` cells, where `peak` calls fill them: the answered ones, then the others.

    A `provisional` bar is hatched because it may still grow. Some calls are never drawn as none.
    """
    if width <= 0 or peak <= 0 or offered <= 0:
        return (gap(width),)
    whole = max(1, round(offered / peak * width))
    missed_cells = round((offered - answered) / peak * width)
    if offered > answered:
        missed_cells = max(1 if answered == 0 or whole > 1 else 0, missed_cells)
    missed_cells = min(whole, missed_cells)
    block = symbols.hatch if provisional else symbols.lengths[-1]
    return (
        Span(block * (whole - missed_cells), Role.BAR),
        Span(symbols.rest * missed_cells, Role.BAD),
        gap(width - whole),
    )


def plain_bar(value: float, peak: float, width: int, symbols: Symbols, role: Role = Role.BAR) -> tuple[Span, ...]:
    """One bar in exactly `width` cells, its end to the eighth of a cell where the alphabet can."""
    if width <= 0 or peak <= 0 or value <= 0:
        return (gap(width),)
    steps = len(symbols.lengths)
    eighths = max(1, min(width * steps, round(value / peak * width * steps)))
    full, part = divmod(eighths, steps)
    text = symbols.lengths[-1] * full + (symbols.lengths[part - 1] if part else "")
    return (Span(text, role), gap(width - len(text)))
