"""Figures over the cache: every metric that was asked for, of everything or by group."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from calls.cache import tallies
from calls.cache.known import KnownSource
from calls.cache.samples import ALL, Question, samples
from calls.filters import Filter, FilterContext
from calls.metrics import DEFAULT_THRESHOLDS, Figure, Judgement, Metric, Sample, Side, Tally, Thresholds, worst

Figures = dict[str, Figure]


def figures(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    metrics: Sequence[Metric],
    grouping: str | None = None,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> dict[str, Figures]:
    """Figures by name, by label of their group, in the grouping's order; without a grouping under the label "", unless no
    provider can answer the filter.

    Groups are those that have calls of the kind which the first metric counts. A figure holds the calls of the providers that
    can tell it. Raises KeyError for an unknown grouping.
    """
    question = Question.by(grouping, connection, wanted, context, sources)
    answer: dict[str, Figures] = {}
    for label, metric, made_of in worked(question, metrics):
        answer.setdefault(label, {})[metric.name] = made_of.figure(metric, thresholds)
    return answer


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What a figure is made of: sums, what was found call by call, and why some providers are not in it."""

    tally: Tally
    sample: Sample
    left_out: Judgement | None = None

    def figure(self, metric: Metric, thresholds: Thresholds) -> Figure:
        """The figure."""
        return metric.figure(self.tally, self.sample, thresholds, self.left_out)


def worked(question: Question, metrics: Sequence[Metric]) -> Iterator[tuple[str, Metric, MadeOf]]:
    """What every metric is made of in every group, by label, in the grouping's order."""
    needs = frozenset[str]().union(*(metric.needs for metric in metrics))
    sides = {metric.side for metric in metrics}
    counted = {side: _tallies(question, side, of_calls=False) for side in sides}
    kept = {side: _tallies(question, side, of_calls=True) for side in {metric.side for metric in metrics if metric.needs}}
    labels = counted[metrics[0].side]
    found = samples(question, needs, labels)
    merging = _Merging(question)
    for label in labels:
        names = frozenset(name for side in counted.values() for name in side.get(label, ()))
        # Metrics of the same calls at the same providers share their sums.
        sums: dict[tuple[Side, bool, frozenset[str]], Tally] = {}
        for metric in metrics:
            base = merging.base(metric, names)
            shared = (metric.side, bool(metric.needs), base.telling)
            tally = sums.get(shared)
            if tally is None:
                tally = base.sum_of(counted[metric.side].get(label, {}))
                if metric.needs:
                    tally = base.sum_of_kept(kept[metric.side].get(label, {}), tally)
                sums[shared] = tally
            yield label, metric, MadeOf(tally, found[label], base.left_out)


@dataclass(frozen=True, slots=True)
class _Base:
    """What the figures of one metric have in common wherever the same sources take part: who can tell, how completely, and why
    the others are left out."""

    telling: frozenset[str]
    tally: Tally
    left_out: Judgement | None

    def sum_of(self, parts: Mapping[str, Tally]) -> Tally:
        """The counts of those that can tell."""
        return tallies.summed((tally for name, tally in parts.items() if name in self.telling), self.tally)

    def sum_of_kept(self, parts: Mapping[str, Tally], counted: Tally) -> Tally:
        """The same of calls that are kept; where all that were counted are gone, nothing is known of them."""
        kept = self.sum_of(parts)
        return kept._replace(complete_to_ms=None) if counted.offered and not kept.offered else kept


class _Merging:
    """Tells how figures of several sources are put together."""

    def __init__(self, question: Question) -> None:
        self._sources = question.sources
        self._neutral = {
            of_calls: {
                name: tallies.neutral(question.wanted, question.context, known, question.grouping, of_calls=of_calls)
                for name, known in question.sources.items()
            }
            for of_calls in (False, True)
        }
        self._bases: dict[tuple[str, frozenset[str]], _Base] = {}

    def base(self, metric: Metric, names: frozenset[str]) -> _Base:
        """For a metric of a group in which these sources take part."""
        key = (metric.name, names)
        if key not in self._bases:
            self._bases[key] = self._made(metric, names)
        return self._bases[key]

    def _made(self, metric: Metric, names: frozenset[str]) -> _Base:
        neutral = self._neutral[bool(metric.needs)]
        telling = frozenset(name for name in names if metric.can_tell(self._sources[name].source.kind))
        silent = [neutral[name] for name in sorted(names - telling)]
        if not telling:
            return _Base(telling, Tally.total(silent), None)
        left_out = worst(metric.judgement(tally) for tally in silent) if silent else None
        return _Base(telling, Tally.total(neutral[name] for name in sorted(telling)), left_out)


def _tallies(question: Question, side: Side, *, of_calls: bool) -> dict[str, dict[str, Tally]]:
    """Counts by label and by source."""
    asked = (question.connection, question.wanted, question.context, question.sources)
    if question.grouping in (None, "provider"):
        found = tallies.totals(*asked, side, of_calls=of_calls)
        if question.grouping == "provider":
            return {name: {name: tally} for name, tally in found.items()}
        return {ALL: found} if found else {}
    return tallies.split(*asked, question.grouping, side, of_calls=of_calls)
