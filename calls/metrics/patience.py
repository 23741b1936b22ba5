"""How long callers wait before they hang up, and how many people it takes to answer them in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calls.metrics.erlang import Staffing
from calls.metrics.figures import Figure
from calls.metrics.grades import Judgement
from calls.metrics.sample import Sample, calls_in, patience, shorter_than

AT_SECONDS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 600)


@dataclass(frozen=True, slots=True)
class PatiencePoint:
    """After so many seconds of waiting: the share of callers who would have hung up by then had nobody answered (None once
    nobody was left), and how many calls were still waiting."""

    seconds: int
    gone: float | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Patience:
    """The patience of the callers under a filter. `abandoned` is the figure with its grade and coverage; `half_gone_seconds` is
    when half of them would have hung up, None where that is not known."""

    answered_calls: int
    abandoned_calls: int
    points: tuple[PatiencePoint, ...]
    half_gone_seconds: int | None
    abandoned: Figure


def patience_of(sample: Sample, abandoned: Figure, at_seconds: Sequence[int] = AT_SECONDS) -> Patience:
    """The curve (Kaplan-Meier: an answer says only that the caller's patience was longer)."""
    answered, gone = sample.answered_waits, sample.abandoned_waits
    points = tuple(
        PatiencePoint(seconds, share, _waiting(sample, seconds)) for seconds, share in patience(answered, gone, at_seconds)
    )
    moments = sorted({-(-ticks // 2) for ticks, _ in gone})
    half = next((second for second, share in patience(answered, gone, moments) if share is not None and share >= 0.5), None)
    return Patience(calls_in(answered), calls_in(gone), points, half, abandoned)


def _waiting(sample: Sample, seconds: int) -> int:
    """Calls that still wait after so long: those answered or gone later."""
    # A wait of exactly so long is over then.
    over = sum(
        shorter_than(waits, seconds) + sum(calls for ticks, calls in waits if ticks == 2 * seconds)
        for waits in (sample.answered_waits, sample.abandoned_waits)
    )
    return calls_in(sample.answered_waits) + calls_in(sample.abandoned_waits) - over


@dataclass(frozen=True, slots=True)
class StaffedHour:
    """A local hour of the day: calls that came in it on average of so many `hours`, how long one takes, the load in Erlang,
    what the people there are give (None when they cannot keep up, or how many there are is not known), and the fewest who
    answer the part wanted in time (None without a load)."""

    hour: int
    hours: int
    calls: float
    handling_seconds: float
    erlangs: float
    given: Staffing | None
    needed: Staffing | None


@dataclass(frozen=True, slots=True)
class StaffingPlan:
    """A hint, by Erlang C, how many people answer the calls of each hour of the day. It holds for callers who wait for ever and
    people who only take calls; `judgement` says how far the calls and their length can be trusted."""

    hours: tuple[StaffedHour, ...]
    agents: int | None
    target: float
    threshold_seconds: int
    judgement: Judgement
    reason: str = ""
