"""The lens over a figure: everything that it is made of, from the cache."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping

from calls.cache import buckets, tallies
from calls.cache.figures import figures, worked
from calls.cache.known import KnownSource
from calls.cache.samples import Question
from calls.filters import Filter, FilterContext, parse
from calls.filters.nodes import conjunction
from calls.metrics import METRICS, Metric, Side, Thresholds
from calls.metrics.lens import FIRST_ROWS, Lens, LensPart, LensRows, Variant, counts_seconds, instead_of_rows, worked_formula
from calls.model import Call

First = Callable[[Filter, int], Iterable[Call]]


def lens(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    metric: Metric,
    thresholds: Thresholds,
    first: First,
) -> Lens | None:
    """A metric under a filter, laid open; None when no provider can answer the filter. `first` gives so many calls under a
    filter."""
    variants = [METRICS[name] for name in metric.variants]
    question = Question.by(None, connection, wanted, context, sources)
    found = {one.name: made_of for _, one, made_of in worked(question, [metric, *variants])}
    if not found:
        return None
    made_of = found[metric.name]
    figure = made_of.figure(metric, thresholds)
    numerator, denominator = row_filters(metric, wanted, thresholds)
    of_seconds = counts_seconds(metric)
    return Lens(
        metric,
        wanted.text,
        thresholds,
        figure,
        worked_formula(metric, metric.terms(made_of.tally, made_of.sample, thresholds), figure),
        _rows(metric, figure.numerator, numerator, first, seconds=of_seconds[0]),
        _rows(metric, figure.denominator, denominator, first, seconds=of_seconds[1]),
        tuple(_parts(connection, wanted, context, sources, metric, thresholds)),
        tuple(Variant(one, found[one.name].figure(one, thresholds)) for one in variants),
    )


def row_filters(metric: Metric, wanted: Filter, thresholds: Thresholds) -> tuple[Filter | None, Filter | None]:
    """The filters that list the calls behind numerator and denominator; None where no filter can."""
    side = Filter() if metric.side is Side.ANY or tallies.names_direction(wanted) else parse(f"direction:{metric.side}")
    base = wanted.narrowed(side)

    def of(text: str | None) -> Filter | None:
        if text is None:
            return None
        more = parse(text.format(service=thresholds.service_seconds, short=thresholds.short_abandon_seconds))
        new = [part for part in more.clauses if part not in base.clauses]
        return Filter(conjunction([*base.clauses, *new])) if base.clauses or new else base

    return of(metric.rows[0]), of(metric.rows[1])


def _rows(metric: Metric, count: int, listing: Filter | None, first: First, *, seconds: bool) -> LensRows:
    if listing is None:
        return LensRows(count, seconds, None, instead=instead_of_rows(metric))
    return LensRows(count, seconds, listing.text, tuple(first(listing, FIRST_ROWS)))


def _parts(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    metric: Metric,
    thresholds: Thresholds,
) -> Iterable[LensPart]:
    by_provider = figures(connection, wanted, context, sources, [metric], "provider", thresholds)
    for name, known in sources.items():
        kind = known.source.kind
        if name in by_provider:
            yield LensPart(name, kind, by_provider[name][metric.name])
        else:
            yield LensPart(name, kind, None, buckets.impossible(wanted))
