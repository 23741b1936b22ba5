"""What a metric is: one object, from which the figure, the help text and the documentation are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from calls.metrics.figures import Figure, Unit
from calls.metrics.grades import EXACT, Grade, Judgement, worst
from calls.metrics.sample import DEFAULT_THRESHOLDS, NO_SAMPLE, Sample, Thresholds
from calls.metrics.tally import Side, Tally

KINDS = ("soluno", "dstny", "telecomx", "portsip", "while1")


class Parts(NamedTuple):
    """Numerator and denominator, and the value where it is not made of both. `at_ms` is the moment that a peak speaks of."""

    numerator: int
    denominator: int
    value: int | float | None = None
    at_ms: int | None = None


PartsOf = Callable[[Tally, Sample, Thresholds], Parts]
Terms = Mapping[str, int | float]
TermsOf = Callable[[Tally, Sample, Thresholds], Terms]


def no_terms(tally: Tally, sample: Sample, thresholds: Thresholds) -> Terms:
    """Of a formula in which no number can be put."""
    return {}


class Metric(NamedTuple):
    """A figure's definition.

    `inputs` are the fields of a call it is made from. `grades` judge it by the kind of provider; `guessed` is the judgement
    where some of the calls were derived by guessing. `parts` gives numerator and denominator; for a `whole`, which is no part
    of anything, they are the same. `side` says which calls count unless a filter does; `needs` names the fields of a
    `Sample` that it takes, beside the tally. `rows` are filters that list the calls behind numerator and denominator, "" for
    all that count, None where no filter can; {service} and {short} stand for the thresholds. `variants` are other metrics that
    answer nearly the same question. `terms` gives the numbers that stand for the words of the formula.
    """

    name: str
    title: str
    unit: Unit
    definition: str
    formula: str
    inputs: tuple[str, ...]
    grades: Mapping[str, Judgement]
    guessed: Judgement
    parts: PartsOf
    whole: bool = False
    side: Side = Side.IN
    needs: frozenset[str] = frozenset()
    rows: tuple[str | None, str | None] = ("", "")
    variants: tuple[str, ...] = ()
    terms: TermsOf = no_terms

    def judgement(self, tally: Tally) -> Judgement:
        """How far the figure of this tally can be trusted. Raises KeyError for an unknown kind of provider."""
        judged = [self.grades[kind] for kind in sorted(tally.kinds)]
        if tally.doubtful:
            judged.append(self.guessed)
        return judged[0] if len(judged) == 1 else worst(judged)

    def can_tell(self, kind: str) -> bool:
        """Whether a kind of provider gives what the figure is made of. Raises KeyError for an unknown one."""
        return self.grades[kind].grade is not Grade.IMPOSSIBLE

    def figure(
        self,
        tally: Tally,
        sample: Sample = NO_SAMPLE,
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
        left_out: Judgement | None = None,
    ) -> Figure:
        """The metric of some calls.

        A ratio or a mean of no calls has no value; neither has a count of no calls where completeness is unknown, or where
        the providers asked cannot know. `left_out` says why a provider is not in the tally although it was asked: a count
        without it is a lower bound.
        """
        judged = self.judgement(tally)
        parts = self.parts(tally, sample, thresholds)
        value = self._value(parts)
        if not tally.offered and tally.complete_to_ms is None:
            value = None
        if judged.grade is Grade.IMPOSSIBLE:
            parts, value = Parts(0, 0), None
        elif left_out is not None:
            judged = self._without(judged, left_out)
        return Figure(
            value,
            parts.numerator,
            parts.denominator,
            self.unit,
            judged.grade,
            judged.reason,
            tally.complete_to_ms,
            tally.gaps,
            self.whole,
            parts.at_ms,
        )

    def _without(self, judged: Judgement, left_out: Judgement) -> Judgement:
        adds_up = self.unit in (Unit.CALLS, Unit.SECONDS, Unit.ERLANGS)
        grade = max(judged.grade, Grade.LOWER_BOUND) if adds_up else judged.grade
        return Judgement(grade, "; ".join(text for text in (judged.reason, f"left out: {left_out.reason}") if text))

    def _value(self, parts: Parts) -> int | float | None:
        if parts.value is not None:
            return parts.value
        match self.unit:
            case Unit.RATIO:
                return parts.numerator / parts.denominator if parts.denominator else None
            case Unit.MEAN_SECONDS:
                return None
        return parts.numerator


def grades(others: Judgement = EXACT, **by_kind: Judgement) -> Mapping[str, Judgement]:
    """A judgement by kind of provider; `others` for those that are not named."""
    return {kind: by_kind.get(kind, others) for kind in KINDS}


def approximate(reason: str) -> Judgement:
    return Judgement(Grade.APPROXIMATE, reason)


def lower_bound(reason: str) -> Judgement:
    return Judgement(Grade.LOWER_BOUND, reason)


def impossible(reason: str) -> Judgement:
    return Judgement(Grade.IMPOSSIBLE, reason)
