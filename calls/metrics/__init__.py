"""Every figure: its name, its definition in words, its formula, its inputs and its grade."""

from calls.metrics.figures import Figure, Unit
from calls.metrics.grades import Grade, Judgement, worst
from calls.metrics.groups import GROUPINGS, TIME_GROUPINGS, WITHHELD_LABEL, group_label, group_order, number_label, time_label
from calls.metrics.registry import ANSWER_RATE, ANSWERED, METRICS, MISSED, OFFERED, TALK_SECONDS, Metric
from calls.metrics.tally import Tally

__all__ = [
    "ANSWERED",
    "ANSWER_RATE",
    "GROUPINGS",
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
    "Tally",
    "Unit",
    "group_label",
    "group_order",
    "number_label",
    "time_label",
    "worst",
]
