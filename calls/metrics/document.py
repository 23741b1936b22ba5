"""`docs/metrics.md`, made from the metrics themselves: `python -m calls.metrics.document > docs/metrics.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from calls.metrics.grades import Judgement
from calls.metrics.groups import GROUPINGS
from calls.metrics.metric import KINDS, Metric
from calls.metrics.past_weeks import ENOUGH_WEEKS, WEEKS
from calls.metrics.patience import AT_SECONDS
from calls.metrics.registry import METRICS
from calls.metrics.sample import DEFAULT_THRESHOLDS, REPEAT_WITHIN_HOURS
from calls.metrics.silence import ALARM_BELOW
from calls.metrics.typical import COMPARED, ENOUGH_CALLS
from calls.metrics.unusual import DEFAULT_LIMITS, RANGE_DIGITS

KIND_TITLES = {
    "soluno": "Soluno",
    "dstny": "Dstny",
    "telecomx": "Telecom X",
    "portsip": "PortSIP",
    "while1": "While1",
}
_INTRODUCTION = (
    "Made from the code by `python -m calls.metrics.document`. `calltop stats` prints these figures, and"
    " `calltop stats --explain NAME FILTER` lays one open: the formula with its numbers, the calls behind it, its coverage."
)
_STAFFING = (
    "**Staffing** (`--staffing`, setting `agents`): Erlang C. With load A in Erlang and N people, `B = A * B / (k + A * B)` for"
    " k from 1 to N, `C = N * B / (N - A * (1 - B))`; answered within t are `1 - C * exp(-(N - A) * t / h)`, h being the"
    " seconds that a call takes; the average wait is `C * h / (N - A)`."
)
_AS_OF = (
    "**As of** (`--as-of TIME` with `stats`, `calls` and `missed`): what the cache knew then. Records that came later are left"
    " out, changed ones are told by their version of then, and the calls are derived anew from both, in a copy of the cache"
    " that is removed afterwards. Coverage and marks are those of then; what was purged or erased since stays so."
)
_SIDES = {"in": "inbound", "out": "outbound", "any": "every direction"}


def page() -> str:
    """The whole page, with its last line break."""
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    yield from ("# Figures", "")
    yield from _paragraph(_INTRODUCTION)
    yield from _paragraph(
        f"Figures count calls, never legs, and can be asked by {', '.join(GROUPINGS[:-1])} or {GROUPINGS[-1]}; time is cut in"
        " each provider's own zone. A figure is never shown without its parts, its grade and how far the cache is complete. A"
        " ratio or a mean of no calls is `-`. A figure of several providers takes the worst of their grades; a provider that"
        " cannot tell it is left out and named, and what counts is then a lower bound."
    )
    yield from ("## Definitions", "")
    yield from table(("figure", "name", "unit", "counts", "definition", "formula"), map(_definition, METRICS.values()))
    yield ""
    yield from _paragraph(
        f"In time means within {DEFAULT_THRESHOLDS.service_seconds} s (`--service-seconds`); a short abandon hangs up before"
        f" {DEFAULT_THRESHOLDS.short_abandon_seconds} s (`--short-abandon-seconds`); a repeat comes within"
        f" {REPEAT_WITHIN_HOURS} h. A filter that names directions itself counts those instead."
    )
    yield from ("## Grades", "", "The numbers are explained below.", "")
    reasons: dict[str, int] = {}
    rows = [_grades(metric, reasons) for metric in METRICS.values()]
    yield from table(("figure", *(KIND_TITLES[kind] for kind in KINDS), "where a call was guessed"), rows)
    yield ""
    for reason, number in reasons.items():
        yield f"{number}. {reason[:1].upper()}{reason[1:]}."
    yield from ("", "## What stands beside the figures", "")
    for text in (_typical(), _silence(), _unusual(), _patience(), _STAFFING, _AS_OF):
        yield from _paragraph(text)


def _typical() -> str:
    return (
        f"**Today against typical** (`--typical`): {', '.join(metric.title.lower() for metric in COMPARED)}, over the whole"
        " hours of today that are complete and covered, beside the same hours of the same weekday in the last"
        f" {WEEKS} weeks. The typical range is the median with the lower and the upper quartile, between ranks interpolated. A"
        " week with a gap, a missing or repeated hour, or a holiday tells nothing; fewer than"
        f" {ENOUGH_WEEKS} weeks are not enough. A change is told only outside of the range, of a rate only from"
        f" {ENOUGH_CALLS} calls on."
    )


def _silence() -> str:
    return (
        "**Silence** (`--silence`): the chance of no inbound call since the last one is `exp(-lambda)`, lambda being the"
        " median calls of the same hours of the week, a part of an hour counting in part. It is judged only up to where calls"
        f" are complete; below {ALARM_BELOW * 100:g} % the line is called silent. A provider that does not answer, a poll that"
        " failed and a poll that nobody made are told apart from it."
    )


def _unusual() -> str:
    limits = DEFAULT_LIMITS
    return (
        f"**Unusual outbound calls** (`--unusual`): calls abroad outside of `opening_hours`; {limits.burst_calls} calls within"
        f" {limits.burst_minutes} minutes to numbers that differ in their last {RANGE_DIGITS} digits only;"
        f" {limits.parallel_calls} calls of one person, or attempts of one call, at once. Unusual is not wrong: the rows are"
        " shown, with the reason."
    )


def _patience() -> str:
    return (
        "**Patience** (`--patience`): the share of callers who would have hung up by then had nobody answered, after"
        f" {AT_SECONDS[0]} to {AT_SECONDS[-1]} seconds, by Kaplan and Meier: an answer says only that the patience was longer."
    )


def _paragraph(text: str) -> Iterator[str]:
    yield from wrap(text, 120, break_long_words=False, break_on_hyphens=False)
    yield ""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown."""
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _definition(metric: Metric) -> tuple[str, ...]:
    counted = "" if metric.name == "cost" else _SIDES[metric.side]
    return metric.title, f"`{metric.name}`", metric.unit.value, counted, metric.definition, f"`{metric.formula}`"


def _grades(metric: Metric, reasons: dict[str, int]) -> tuple[str, ...]:
    cells = (_grade(metric.grades[kind], reasons) for kind in KINDS)
    return metric.title, *cells, _grade(metric.guessed, reasons)


def _grade(judged: Judgement, reasons: dict[str, int]) -> str:
    if not judged.reason:
        return "exact" if judged.grade == 0 else judged.grade.word.replace("_", " ")
    number = reasons.setdefault(judged.reason, len(reasons) + 1)
    return f"{judged.grade.word.replace('_', ' ')} ({number})"


if __name__ == "__main__":
    sys.stdout.write(page())
