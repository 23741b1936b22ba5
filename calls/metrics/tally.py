"""The sums that figures are made of. Sums can be added where rates cannot, so groups and providers merge without loss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from operator import add
from typing import Any, NamedTuple

from calls.model import Window

COUNTS = (
    "offered", "answered", "talk_ms", "doubtful", "busy", "failed", "congestion", "ring_ms", "rung", "wait_ms", "waited",
)  # fmt: skip
"""The counts of a tally: its first fields."""
HEADLINE_COUNTS = COUNTS[:4]
"""Those that the headline figures are made of."""


class Side(StrEnum):
    """Which calls a figure counts unless the filter names directions itself."""

    IN = "in"
    OUT = "out"
    ANY = "any"


class Tally(NamedTuple):
    """Counts over some calls (never legs), inbound ones unless their filter names a direction.

    `doubtful` of the offered calls had a derivation that had to guess. `ring_ms` is the ringing time of the `rung` calls where
    it is known, `wait_ms` the time until the answer of the `waited` answered calls where it is known. `kinds` are those of the
    providers asked, also of those without a call; without kinds nobody was asked and the tally is neutral in a sum. All calls
    started before `complete_to_ms` are believed counted, None when that is unknown for a provider; `gaps` are ranges the cache
    lacks.
    """

    offered: int = 0
    answered: int = 0
    talk_ms: int = 0
    doubtful: int = 0
    busy: int = 0
    failed: int = 0
    congestion: int = 0
    ring_ms: int = 0
    rung: int = 0
    wait_ms: int = 0
    waited: int = 0
    kinds: frozenset[str] = frozenset()
    complete_to_ms: int | None = None
    gaps: tuple[Window, ...] = ()

    @property
    def unanswered(self) -> int:
        """Calls that rang or waited until the caller gave up: those with status missed."""
        return self.missed - self.busy - self.failed - self.congestion

    @property
    def missed(self) -> int:
        """Calls that no person answered, whatever their status."""
        return self.offered - self.answered

    @property
    def talk_seconds(self) -> int:
        """Talk time in whole seconds, rounded to the nearest."""
        return (self.talk_ms + 500) // 1000

    @property
    def counts(self) -> tuple[int, ...]:
        """Its counts alone, as `COUNTS` names them."""
        values: tuple[Any, ...] = self
        return values[: len(COUNTS)]

    def counting(self, counts: Sequence[int]) -> Tally:
        """The same with other counts, in the order of `COUNTS` or of `HEADLINE_COUNTS`; what is not given is 0."""
        no_more = (0,) * (len(COUNTS) - len(counts))
        return Tally._make((*counts, *no_more, self.kinds, self.complete_to_ms, self.gaps))

    def __add__(self, other: Tally) -> Tally:  # type: ignore[override]
        if not other.kinds or not self.kinds:
            complete_to_ms = (self if self.kinds else other).complete_to_ms
        else:
            edges = (self.complete_to_ms, other.complete_to_ms)
            complete_to_ms = None if edges[0] is None or edges[1] is None else min(edges[0], edges[1])
        known = Tally(kinds=self.kinds | other.kinds, complete_to_ms=complete_to_ms, gaps=_union(self.gaps + other.gaps))
        return known.counting(tuple(map(add, self.counts, other.counts)))

    @classmethod
    def total(cls, tallies: Iterable[Tally]) -> Tally:
        """The sum of tallies of separate sets of calls."""
        result = Tally()
        for tally in tallies:
            result += tally
        return result


def _union(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    merged: list[Window] = []
    for window in sorted(window for window in windows if not window.empty):
        if merged and window.start_ms <= merged[-1].end_ms:
            merged[-1] = Window(merged[-1].start_ms, max(merged[-1].end_ms, window.end_ms))
        else:
            merged.append(window)
    return tuple(merged)
