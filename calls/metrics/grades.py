"""How far a figure can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple


class Grade(IntEnum):
    """Honesty of a figure, the best first: a merged figure takes the worst grade of its parts."""

    EXACT = 0
    APPROXIMATE = 1
    LOWER_BOUND = 2
    IMPOSSIBLE = 3

    @property
    def word(self) -> str:
        """As it stands in JSON: "exact", "approximate", "lower_bound", "impossible"."""
        return self.name.lower()


class Judgement(NamedTuple):
    """A grade and why, in one short sentence; an exact figure needs no reason."""

    grade: Grade
    reason: str = ""


EXACT = Judgement(Grade.EXACT)


def worst(judgements: Iterable[Judgement]) -> Judgement:
    """The judgement of a figure merged from parts; reasons of the same grade stand side by side. Exact without parts."""
    parts = list(judgements)
    grade = max((part.grade for part in parts), default=Grade.EXACT)
    reasons = dict.fromkeys(part.reason for part in parts if part.grade == grade and part.reason)
    return Judgement(grade, "; ".join(reasons))
