"""Metrics of time: talking, ringing, waiting."""

from __future__ import annotations

from calls.metrics.figures import Unit
from calls.metrics.metric import Metric, Parts, grades
from calls.metrics.reasons import (
    ANSWERED_BY_SWITCH,
    NO_CALLS,
    PERHAPS_RINGING,
    RINGS_FROM_RECEIVED,
    UNTIL_TRANSFER,
    WAITS_BY_SWITCH,
)
from calls.metrics.sample import Sample, calls_in, percentile

_ANSWERED_AFTER = "status:answered wait:>=0s"


def _mean(total_ms: int, count: int) -> Parts:
    """Seconds to the millisecond over some calls."""
    value = round(total_ms / count / 1000, 3) if count else None
    return Parts((total_ms + 500) // 1000, count, value)


def _wait(sample: Sample, percent: int) -> Parts:
    seconds = percentile(sample.answered_waits, percent)
    return Parts(seconds or 0, calls_in(sample.answered_waits), seconds)


TALK_SECONDS = Metric(
    name="talk_seconds",
    title="Talk time",
    unit=Unit.SECONDS,
    definition="Time spent talking in the offered calls, summed and then rounded to whole seconds.",
    formula="sum of talk time",
    inputs=("direction", "talk_ms"),
    grades=grades(soluno=UNTIL_TRANSFER, dstny=UNTIL_TRANSFER, telecomx=PERHAPS_RINGING),
    guessed=ANSWERED_BY_SWITCH,
    parts=lambda tally, sample, thresholds: Parts(tally.talk_seconds, tally.answered),
    rows=("status:answered", "status:answered"),
    terms=lambda tally, sample, thresholds: {"sum of talk time": tally.talk_ms / 1000},
)
ACD = Metric(
    name="acd",
    title="ACD",
    unit=Unit.MEAN_SECONDS,
    definition="Average call duration (also ALOC): the talk time of an answered call.",
    formula="talk time / answered",
    inputs=("direction", "status", "talk_ms"),
    grades=grades(soluno=UNTIL_TRANSFER, dstny=UNTIL_TRANSFER, telecomx=PERHAPS_RINGING),
    guessed=ANSWERED_BY_SWITCH,
    parts=lambda tally, sample, thresholds: _mean(tally.talk_ms, tally.answered),
    rows=("status:answered", "status:answered"),
    terms=lambda tally, sample, thresholds: {"talk time": tally.talk_ms / 1000, "answered": tally.answered},
)
RING_TIME = Metric(
    name="ring_time",
    title="Ring time",
    unit=Unit.MEAN_SECONDS,
    definition="How long an offered call rang on average, until it was answered or ended.",
    formula="sum of (answered or ended - ringing) / calls that rang",
    inputs=("direction", "ring_ms"),
    grades=grades(soluno=RINGS_FROM_RECEIVED, dstny=RINGS_FROM_RECEIVED, telecomx=NO_CALLS),
    guessed=ANSWERED_BY_SWITCH,
    parts=lambda tally, sample, thresholds: _mean(tally.ring_ms, tally.rung),
    rows=("ring:>=0s", "ring:>=0s"),
    terms=lambda tally, sample, thresholds: {
        "sum of (answered or ended - ringing)": tally.ring_ms / 1000,
        "calls that rang": tally.rung,
    },
)
ASA = Metric(
    name="asa",
    title="ASA",
    unit=Unit.MEAN_SECONDS,
    definition=(
        "Average speed of answer: how long a caller waited for a person to answer, from the start of the call, menus included."
    ),
    formula="sum of wait of answered / answered",
    inputs=("direction", "status", "wait_ms"),
    grades=grades(telecomx=NO_CALLS, while1=WAITS_BY_SWITCH),
    guessed=ANSWERED_BY_SWITCH,
    parts=lambda tally, sample, thresholds: _mean(tally.wait_ms, tally.waited),
    rows=(_ANSWERED_AFTER, _ANSWERED_AFTER),
    variants=("wait_median", "wait_p90"),
    terms=lambda tally, sample, thresholds: {"sum of wait of answered": tally.wait_ms / 1000, "answered": tally.waited},
)
WAIT_MEDIAN = Metric(
    name="wait_median",
    title="Wait, median",
    unit=Unit.WAIT_SECONDS,
    definition="The wait that half of the answered callers did not exceed, in seconds rounded up, menus included.",
    formula="50th percentile of wait of answered, nearest rank",
    inputs=("direction", "status", "wait_ms"),
    grades=grades(telecomx=NO_CALLS, while1=WAITS_BY_SWITCH),
    guessed=ANSWERED_BY_SWITCH,
    parts=lambda tally, sample, thresholds: _wait(sample, 50),
    needs=frozenset({"answered_waits"}),
    rows=(None, _ANSWERED_AFTER),
    variants=("asa", "wait_p90"),
)
WAIT_P90 = Metric(
    name="wait_p90",
    title="Wait, 90 %",
    unit=Unit.WAIT_SECONDS,
    definition="The wait that nine in ten answered callers did not exceed, in seconds rounded up, menus included.",
    formula="90th percentile of wait of answered, nearest rank",
    inputs=("direction", "status", "wait_ms"),
    grades=grades(telecomx=NO_CALLS, while1=WAITS_BY_SWITCH),
    guessed=ANSWERED_BY_SWITCH,
    parts=lambda tally, sample, thresholds: _wait(sample, 90),
    needs=frozenset({"answered_waits"}),
    rows=(None, _ANSWERED_AFTER),
    variants=("asa", "wait_median"),
)
