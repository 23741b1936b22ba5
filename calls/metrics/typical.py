"""Today against typical: the range in which a figure usually lies at the same hours of the same weekday."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from calls.metrics.counts import ANSWER_RATE, ANSWERED, MISSED, OFFERED
from calls.metrics.figures import Figure, Unit
from calls.metrics.metric import Metric
from calls.metrics.past_weeks import ENOUGH_WEEKS, quantile
from calls.metrics.tally import Tally
from calls.model import Window

# A rate of fewer calls jumps with each of them.
ENOUGH_CALLS = 10
COMPARED: tuple[Metric, ...] = (OFFERED, ANSWERED, MISSED, ANSWER_RATE)


class Change(StrEnum):
    """How a figure lies to its typical range; unknown where too few weeks or calls tell."""

    ABOVE = "above"
    BELOW = "below"
    WITHIN = "within"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Band:
    """The typical range of a value: median, lower and upper quartile, over so many weeks."""

    median: float
    low: float
    high: float
    weeks: int


@dataclass(frozen=True, slots=True)
class Against:
    """A figure of the completed part of today beside its typical range, None where fewer than `ENOUGH_WEEKS` tell."""

    figure: Figure
    typical: Band | None
    weeks: int
    change: Change

    @property
    def shows_badge(self) -> bool:
        """Whether the figure lies outside of what is typical, and enough is known to say so."""
        return self.change in (Change.ABOVE, Change.BELOW)

    @property
    def difference(self) -> float | None:
        """How far the value lies from the median, in the figure's own unit."""
        return None if self.typical is None or self.figure.value is None else self.figure.value - self.typical.median


@dataclass(frozen=True, slots=True)
class TypicalHour:
    """A local hour of today: its calls, None until it is complete, and the typical range of the offered ones."""

    window: Window
    offered: int | None
    answered: int | None
    typical: Band | None
    weeks: int


@dataclass(frozen=True, slots=True)
class TypicalDay:
    """Today of one provider, or of all (`provider` is "") against typical.

    `figures` are those of `COMPARED`, by name, over the whole hours of today that are complete and covered, `compared` from
    the first to the last of them, and over the same hours of the same weekday in `weeks` other weeks. `reason` says in one
    sentence why there is nothing to compare, else "". `left_out` are providers that a comparison of all is without.
    """

    provider: str
    figures: Mapping[str, Against]
    hours: tuple[TypicalHour, ...]
    compared: Window | None
    weeks: int
    reason: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typical:
    """Today against typical: all providers together, and each."""

    together: TypicalDay
    providers: tuple[TypicalDay, ...]


def band(samples: Sequence[float]) -> Band | None:
    """The typical range of some weeks' values, quartiles between ranks interpolated; None for fewer than `ENOUGH_WEEKS`."""
    if len(samples) < ENOUGH_WEEKS:
        return None
    low, middle, high = (quantile(samples, part) for part in (0.25, 0.5, 0.75))
    return Band(middle, low, high, len(samples))


def against(metric: Metric, today: Tally, weeks: Sequence[Tally], *, ordinary: bool = True) -> Against:
    """A metric of today's tally beside those of other weeks; a week without a value tells nothing.

    On a day that is not `ordinary`, such as a holiday, nothing is said of a change.
    """
    figure = metric.figure(today)
    values = [value for tally in weeks if (value := metric.figure(tally).value) is not None]
    typical = band(values)
    change = Change.UNKNOWN
    enough = figure.unit is not Unit.RATIO or figure.denominator >= ENOUGH_CALLS
    if ordinary and enough and typical is not None and figure.value is not None:
        change = Change.WITHIN
        if figure.value > typical.high:
            change = Change.ABOVE
        elif figure.value < typical.low:
            change = Change.BELOW
    return Against(figure, typical, len(values), change)
