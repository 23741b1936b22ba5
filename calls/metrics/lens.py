"""What is behind a figure: its formula with the numbers put in, the rows of both sides, and who tells it how well."""

from __future__ import annotations

import re
from dataclasses import dataclass

from calls.metrics.figures import Figure, Unit
from calls.metrics.metric import Metric, Terms
from calls.metrics.sample import Thresholds
from calls.model import Call

FIRST_ROWS = 5
# Where no filter can list the rows: what tells of them instead.
_INSTEAD = {
    "unreturned": "calltop missed lists these callers",
    "wait_median": "the wait itself, of the calls below",
    "wait_p90": "the wait itself, of the calls below",
    "peak_concurrent": "the calls under way at the moment of the peak",
    "busy_hour": "the calls that began in the 60 minutes from the moment of the peak",
    "repeat_caller": "calls whose number had called within 168 hours before",
    "traffic": "the seconds of the period, no calls",
}


@dataclass(frozen=True, slots=True)
class LensRows:
    """One side of a figure: so many calls, or `seconds` of the calls. `filter` lists the calls, of which `first` are the
    newest; None where no filter can, and then `instead` says what tells of them. Totals of employees are no calls: they count,
    and no row shows them."""

    count: int
    seconds: bool
    filter: str | None
    first: tuple[Call, ...] = ()
    instead: str = ""


@dataclass(frozen=True, slots=True)
class LensPart:
    """The figure of one provider with its own grade and coverage; without a figure, `reason` says why it gives none."""

    provider: str
    kind: str
    figure: Figure | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """Another metric that answers nearly the same question, and its figure of the same calls."""

    metric: Metric
    figure: Figure


@dataclass(frozen=True, slots=True)
class Lens:
    """A figure laid open. `filter` is the text of the filter that it is under; `worked` the formula with its numbers and the
    value, such as "129 / 142 = 90.8 %"."""

    metric: Metric
    filter: str
    thresholds: Thresholds
    figure: Figure
    worked: str
    numerator: LensRows
    denominator: LensRows
    parts: tuple[LensPart, ...]
    variants: tuple[Variant, ...]


def instead_of_rows(metric: Metric) -> str:
    """What tells of the rows that no filter can list."""
    return _INSTEAD.get(metric.name, "")


def counts_seconds(metric: Metric) -> tuple[bool, bool]:
    """Whether numerator and denominator are seconds and not calls."""
    return metric.unit not in (Unit.CALLS, Unit.RATIO), metric.unit is Unit.ERLANGS


def worked_formula(metric: Metric, terms: Terms, figure: Figure) -> str:
    """The formula with numbers in place of its words, and what comes of it; the value alone where no number can be put in."""
    value = value_text(figure)
    if not terms:
        return value
    words = sorted(terms, key=len, reverse=True)
    put_in = re.sub("|".join(map(re.escape, words)), lambda match: f"{terms[match[0]]:.12g}", metric.formula)
    return put_in if put_in == value else f"{put_in} = {value}"


def value_text(figure: Figure) -> str:
    """The value alone, in its unit: "90.8 %", "13", "35.5 s", "4.25 E", or "-"."""
    if figure.value is None:
        return "-"
    match figure.unit:
        case Unit.RATIO:
            return f"{figure.value * 100:.1f} %"
        case Unit.SECONDS | Unit.WAIT_SECONDS:
            return f"{figure.value} s"
        case Unit.MEAN_SECONDS:
            return f"{figure.value:g} s"
        case Unit.ERLANGS:
            return f"{figure.value:.4g} E"
    return f"{figure.value}"
