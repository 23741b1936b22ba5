"""A rule: what is measured, when that is too much or too little, for how long, and whom to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from calls.alerts.quiet import QuietHours
from calls.filters import Filter
from calls.times import MINUTE_MS

FEW_CALLS = 10


class Comparison(StrEnum):
    """How a value is held against the threshold."""

    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="

    def holds(self, value: float, threshold: float) -> bool:
        """Whether the value is on the wrong side."""
        match self:
            case Comparison.BELOW:
                return value < threshold
            case Comparison.AT_MOST:
                return value <= threshold
            case Comparison.ABOVE:
                return value > threshold
            case Comparison.AT_LEAST:
                return value >= threshold

    @property
    def words(self) -> str:
        """As it is read: "below", "at most", "above", "at least"."""
        return {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}[self.value]


class Sink(StrEnum):
    """Where an alert is said besides the screen: the terminal's bell, its desktop notice (OSC 9), a webhook."""

    SCREEN = "screen"
    BELL = "bell"
    DESKTOP = "desktop"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Rule:
    """One alert of the configuration.

    `measure` is the name of a metric or of one of `calls.alerts.measures.STANDING`. It is taken of the calls under
    `wanted`; `provider` names the one provider it speaks of, "" all. The alert fires when the value has been on the wrong
    side of `threshold` for `for_ms`, and is resolved when it has been on the right side of `clear` for `clear_for_ms`.
    Rates of fewer than `min_calls` calls alarm nobody. Firing is said at most once in `repeat_ms` (again while it lasts when
    `reminds`), and never in the quiet hours; what is still so at their end is said then.
    """

    name: str
    measure: str
    comparison: Comparison
    threshold: float
    wanted: Filter = field(default_factory=Filter)
    provider: str = ""
    clear: float | None = None
    for_ms: int = 0
    clear_for_ms: int = 0
    min_calls: int = FEW_CALLS
    repeat_ms: int = 15 * MINUTE_MS
    reminds: bool = False
    quiet: tuple[QuietHours, ...] = ()
    sinks: frozenset[Sink] = frozenset({Sink.SCREEN})

    def wrong(self, value: float) -> bool:
        """Whether a value is on the wrong side of the threshold."""
        return self.comparison.holds(value, self.threshold)

    def right(self, value: float) -> bool:
        """Whether a value is so good that a firing alert may end."""
        return not self.comparison.holds(value, self.threshold if self.clear is None else self.clear)
