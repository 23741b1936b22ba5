"""Metrics of load: how many calls at once, when it was busiest, how much the lines carried; and cost, which nobody tells."""

from __future__ import annotations

from calls.metrics.figures import Unit
from calls.metrics.grades import EXACT
from calls.metrics.metric import Metric, Parts, grades
from calls.metrics.reasons import (
    ANSWERED_BY_SWITCH,
    MINUTES_ONLY,
    NO_CALLS,
    NO_PRICE,
    NO_PRICE_IN_LIST,
    PERHAPS_RINGING,
    UNTIL_TRANSFER,
)
from calls.metrics.sample import Sample, Thresholds
from calls.metrics.tally import Side, Tally


def _traffic(tally: Tally, sample: Sample, thresholds: Thresholds) -> Parts:
    period = sample.period_seconds
    value = round(tally.talk_ms / 1000 / period, 4) if period else None
    return Parts(tally.talk_seconds, period, value)


PEAK_CONCURRENT = Metric(
    name="peak_concurrent",
    title="Peak concurrent calls",
    unit=Unit.CALLS,
    definition=(
        "The most calls under way at once, in every direction, from the start of each to its end; one that ends when another"
        " starts makes room for it."
    ),
    formula="maximum over time of calls with start <= t < stop",
    inputs=("started_ms", "ended_ms"),
    grades=grades(soluno=UNTIL_TRANSFER, dstny=UNTIL_TRANSFER, telecomx=NO_CALLS),
    guessed=EXACT,
    parts=lambda tally, sample, thresholds: Parts(sample.peak, sample.peak, at_ms=sample.peak_ms),
    whole=True,
    side=Side.ANY,
    needs=frozenset({"peak"}),
    rows=(None, ""),
)
BUSY_HOUR = Metric(
    name="busy_hour",
    title="Busy hour",
    unit=Unit.CALLS,
    definition=(
        "The offered calls of the busiest 60 minutes, which begin on any quarter of an hour; Telecom X gives whole hours only,"
        " which count as if all their calls came at the start."
    ),
    formula="maximum over quarters q of calls that start in [q, q + 60 minutes)",
    inputs=("direction", "started_ms"),
    grades=grades(),
    guessed=EXACT,
    parts=lambda tally, sample, thresholds: Parts(sample.busiest, sample.busiest, at_ms=sample.busiest_ms),
    whole=True,
    needs=frozenset({"busiest"}),
    rows=(None, ""),
)
TRAFFIC = Metric(
    name="traffic",
    title="Traffic",
    unit=Unit.ERLANGS,
    definition=(
        "The calls that were talking on average over the time asked about, in every direction: one Erlang is one line that"
        " is never free."
    ),
    formula="talk seconds / seconds of the period that the cache covers",
    inputs=("talk_ms", "started_ms"),
    grades=grades(soluno=UNTIL_TRANSFER, dstny=UNTIL_TRANSFER, telecomx=PERHAPS_RINGING),
    guessed=ANSWERED_BY_SWITCH,
    parts=_traffic,
    side=Side.ANY,
    needs=frozenset({"period_seconds"}),
    rows=("status:answered", None),
    terms=lambda tally, sample, thresholds: {
        "talk seconds": tally.talk_ms / 1000,
        "seconds of the period that the cache covers": sample.period_seconds,
    },
)
COST = Metric(
    name="cost",
    title="Cost",
    unit=Unit.CALLS,
    definition="What the calls cost, where a provider tells it; none does in the lists that calltop reads.",
    formula="not available",
    inputs=(),
    grades=grades(NO_PRICE, portsip=NO_PRICE_IN_LIST, while1=MINUTES_ONLY),
    guessed=EXACT,
    parts=lambda tally, sample, thresholds: Parts(0, 0),
    side=Side.ANY,
    rows=(None, None),
)
