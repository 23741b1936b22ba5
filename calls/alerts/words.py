"""What is said of an alert: "answer rate 71 % (31/44), should not be below 80 %"."""

from __future__ import annotations

from calls.alerts.course import Course
from calls.alerts.measures import STANDING
from calls.alerts.rule import Rule
from calls.metrics import METRICS, Unit
from calls.metrics.figures import NO_VALUE, clock, percent, spaced


def measure_words(measure: str) -> str:
    """What is measured, in words."""
    if measure in STANDING:
        return STANDING[measure].title
    title = METRICS[measure].title
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def value_words(measure: str, value: float | None) -> str:
    """A value with its unit: "71 %", "0:35", "12", "40 min"; "-" for none."""
    if value is None:
        return NO_VALUE
    unit = STANDING[measure].unit if measure in STANDING else METRICS[measure].unit
    match unit:
        case Unit.RATIO:
            return f"{percent(round(value * 10_000), 10_000)} %"
        case Unit.SECONDS | Unit.MEAN_SECONDS | Unit.WAIT_SECONDS:
            return clock(round(value))
        case Unit.ERLANGS:
            return f"{value:.2f} E"
        case "minutes":
            return f"{spaced(round(value))} min"
    return spaced(round(value)) if float(value).is_integer() else f"{value:g}"


def rule_words(rule: Rule) -> str:
    """What a rule allows: "should not be below 80 %"."""
    return f"should not be {rule.comparison.words} {value_words(rule.measure, rule.threshold)}"


def sentence(rule: Rule, course: Course) -> str:
    """What was measured last, of what, and what is allowed."""
    of = f" ({course.detail})" if course.detail else ""
    where = f" at {rule.provider}" if rule.provider else ""
    value = value_words(rule.measure, course.value)
    return f"{measure_words(rule.measure)}{where} {value}{of}, {rule_words(rule)}"
