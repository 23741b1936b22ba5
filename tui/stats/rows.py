"""Figures as rows of an export: one row per figure, of all calls or of each group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from calls.exports import Column, Value, ValueKind
from calls.metrics import Figure

_ALL_CALLS = "all"
FIGURE_COLUMNS = (
    Column("group"),
    Column("metric"),
    Column("value", ValueKind.NUMBER),
    Column("numerator", ValueKind.WHOLE),
    Column("denominator", ValueKind.WHOLE),
    Column("grade"),
    Column("complete_to", ValueKind.INSTANT),
    Column("at", ValueKind.INSTANT),
)


def figure_rows(figures: Mapping[str, Mapping[str, Figure]], grouping: str | None) -> Iterator[tuple[Value, ...]]:
    """The figures of each group by name, in the order of `FIGURE_COLUMNS`; without a grouping the one group is "all"."""
    for label, group in figures.items():
        for name, figure in group.items():
            yield (
                label or (_ALL_CALLS if grouping is None else ""),
                name,
                figure.value,
                figure.numerator,
                figure.denominator,
                figure.grade.word,
                figure.complete_to_ms,
                figure.at_ms,
            )
