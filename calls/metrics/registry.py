"""The metrics, by name, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from calls.metrics.counts import ANSWER_RATE, ANSWERED, ASR, BUSY_CALLEE, MISSED, NER, OFFERED
from calls.metrics.durations import ACD, ASA, RING_TIME, TALK_SECONDS, WAIT_MEDIAN, WAIT_P90
from calls.metrics.loads import BUSY_HOUR, COST, PEAK_CONCURRENT, TRAFFIC
from calls.metrics.metric import Metric
from calls.metrics.service import (
    ABANDON_RATE,
    ABANDONED,
    REPEAT_CALLER,
    SERVICE_LEVEL,
    SERVICE_LEVEL_HANDLED,
    SERVICE_LEVEL_NEGATIVE,
    SERVICE_LEVEL_POSITIVE,
    UNRETURNED,
)

# The five that every sum of calls gives; a table by group shows these.
HEADLINE: tuple[Metric, ...] = (OFFERED, ANSWERED, MISSED, ANSWER_RATE, TALK_SECONDS)

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        *HEADLINE,
        UNRETURNED,
        ABANDONED,
        ABANDON_RATE,
        SERVICE_LEVEL,
        SERVICE_LEVEL_NEGATIVE,
        SERVICE_LEVEL_POSITIVE,
        SERVICE_LEVEL_HANDLED,
        ASA,
        WAIT_MEDIAN,
        WAIT_P90,
        RING_TIME,
        ACD,
        REPEAT_CALLER,
        BUSY_CALLEE,
        ASR,
        NER,
        PEAK_CONCURRENT,
        BUSY_HOUR,
        TRAFFIC,
        COST,
    )
}
