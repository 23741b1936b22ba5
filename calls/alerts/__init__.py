"""Alerts: rules over figures, and the course each of them takes. Neither a screen nor a network is needed for them."""

from calls.alerts.course import Course, Known, Look, Phase, Reading, Saying, advance
from calls.alerts.quiet import QuietHours, quiet
from calls.alerts.rule import Comparison, Rule, Sink
from calls.alerts.status import AlertStatus
from calls.alerts.words import rule_words, sentence, value_words

__all__ = [
    "AlertStatus",
    "Comparison",
    "Course",
    "Known",
    "Look",
    "Phase",
    "QuietHours",
    "Reading",
    "Rule",
    "Saying",
    "Sink",
    "advance",
    "quiet",
    "rule_words",
    "sentence",
    "value_words",
]
