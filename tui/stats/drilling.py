"""From a row or a cell of the Stats screen to the filter of the calls behind it."""

from __future__ import annotations

from calls.filters import Filter, parse
from calls.filters.fields import WEEKDAY_NAMES
from calls.filters.patterns import Pattern
from calls.model import Window
from calls.times import format_rfc3339
from tui.stats.question import StatsQuestion

# A group of these lies within every period that has it.
_WITHIN_PERIOD = ("hour", "day")
_BY_TIME = (*_WITHIN_PERIOD, "week", "month")


def filter_of_group(question: StatsQuestion, label: str) -> Filter:
    """The calls of a group under a question."""
    grouping = question.grouping
    if grouping in _BY_TIME:
        clause = f"on:{label}"
    elif grouping == "weekday":
        clause = f"weekday:{label.lower()}"
    else:
        clause = f"{grouping}:{Pattern((label,)).text()}"
    shorter = grouping in _WITHIN_PERIOD and not question.names_time
    return (question.wanted if shorter else question.asked).narrowed(parse(clause))


def filter_of_week_hour(question: StatsQuestion, weekday: int, hour: int) -> Filter:
    """The calls of an hour of the week under a question."""
    return question.asked_for_week.narrowed(parse(f"weekday:{WEEKDAY_NAMES[weekday]} hour:{hour}"))


def filter_of_window(question: StatsQuestion, window: Window) -> Filter:
    """The calls of a stretch of whole seconds under a question."""
    first, last = (format_rfc3339(edge_ms).replace(".000Z", "Z") for edge_ms in (window.start_ms, window.end_ms - 1000))
    return question.wanted.narrowed(parse(f"from:{first} to:{last}"))
