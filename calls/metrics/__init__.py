"""Every figure: its name, its definition in words, its formula, its inputs and its grade."""

from calls.metrics.counts import ANSWER_RATE, ANSWERED, MISSED, OFFERED
from calls.metrics.durations import TALK_SECONDS
from calls.metrics.figures import Figure, Unit
from calls.metrics.grades import Grade, Judgement, worst
from calls.metrics.groups import (
    GROUPINGS,
    TIME_GROUPINGS,
    WITHHELD_LABEL,
    group_label,
    group_order,
    in_order,
    number_label,
    time_label,
)
from calls.metrics.metric import KINDS, Metric
from calls.metrics.registry import HEADLINE, METRICS
from calls.metrics.sample import DEFAULT_THRESHOLDS, Sample, Thresholds
from calls.metrics.tally import COUNTS, HEADLINE_COUNTS, Side, Tally

__all__ = [
    "ANSWERED",
    "ANSWER_RATE",
    "COUNTS",
    "DEFAULT_THRESHOLDS",
    "GROUPINGS",
    "HEADLINE",
    "HEADLINE_COUNTS",
    "KINDS",
    "METRICS",
    "MISSED",
    "OFFERED",
    "TALK_SECONDS",
    "TIME_GROUPINGS",
    "WITHHELD_LABEL",
    "Figure",
    "Grade",
    "Judgement",
    "Metric",
    "Sample",
    "Side",
    "Tally",
    "Thresholds",
    "Unit",
    "group_label",
    "group_order",
    "in_order",
    "number_label",
    "time_label",
    "worst",
]
