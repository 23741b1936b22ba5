"""Metrics of service: answered in time, abandoned, not called back, ringing again."""

from __future__ import annotations

from collections.abc import Callable

from calls.metrics.figures import Unit
from calls.metrics.grades import EXACT
from calls.metrics.metric import Metric, Parts, Terms, grades
from calls.metrics.reasons import (
    ANSWERED_BY_SWITCH,
    NO_CALLS,
    NO_HANGUPS,
    PERHAPS_NO_OUTBOUND,
    RINGS_FROM_RECEIVED,
    WAITS_BY_SWITCH,
    WITHOUT_CAUSE,
)
from calls.metrics.sample import Sample, Thresholds, calls_in, shorter_than, within
from calls.metrics.tally import Tally

_WAITS = frozenset({"answered_waits", "abandoned_waits"})
_IN_TIME = "status:answered wait:<={service}s"
_GONE_IN_TIME = "status:missed wait:<={service}s"
# An answered call whose wait is unknown counts on neither side.
_KNOWN = "-(status:answered -wait:>=0s)"
_SERVICE_LEVELS = ("service_level", "service_level_negative", "service_level_positive", "service_level_handled")


def _service_level(
    suffix: str, title: str, definition: str, formula: str, rows: tuple[str, str], parts: Callable[[_Counts], Parts]
) -> Metric:
    name = f"service_level{suffix}"
    return Metric(
        name=name,
        title=title,
        unit=Unit.RATIO,
        definition=definition,
        formula=formula,
        inputs=("direction", "status", "wait_ms"),
        grades=grades(soluno=RINGS_FROM_RECEIVED, dstny=RINGS_FROM_RECEIVED, telecomx=NO_CALLS, while1=WAITS_BY_SWITCH),
        guessed=ANSWERED_BY_SWITCH,
        parts=lambda tally, sample, thresholds: parts(_Counts(tally, sample, thresholds)),
        needs=_WAITS,
        rows=rows,
        variants=tuple(other for other in _SERVICE_LEVELS if other != name),
        terms=lambda tally, sample, thresholds: _Counts(tally, sample, thresholds).terms(),
    )


class _Counts:
    """The counts that the variants put together."""

    def __init__(self, tally: Tally, sample: Sample, thresholds: Thresholds) -> None:
        self.answered = calls_in(sample.answered_waits)
        self.offered = tally.offered - (tally.answered - self.answered)
        self.in_time = within(sample.answered_waits, thresholds.service_seconds)
        self.gone_in_time = within(sample.abandoned_waits, thresholds.service_seconds)

    def terms(self) -> Terms:
        """The numbers by the words of the formulas."""
        return {
            "answered in time": self.in_time,
            "abandoned in time": self.gone_in_time,
            "offered": self.offered,
            "answered": self.answered,
        }


SERVICE_LEVEL = _service_level(
    "",
    "Service level",
    "The part of the offered calls that were answered within the threshold, abandons within it ignored.",
    "answered in time / (offered - abandoned in time)",
    (_IN_TIME, f"-({_GONE_IN_TIME}) {_KNOWN}"),
    lambda counts: Parts(counts.in_time, counts.offered - counts.gone_in_time),
)
SERVICE_LEVEL_NEGATIVE = _service_level(
    "_negative",
    "Service level, abandons count against",
    "The part of all offered calls that were answered within the threshold.",
    "answered in time / offered",
    (_IN_TIME, _KNOWN),
    lambda counts: Parts(counts.in_time, counts.offered),
)
SERVICE_LEVEL_POSITIVE = _service_level(
    "_positive",
    "Service level, early abandons count for",
    "The part of all offered calls that were answered or abandoned within the threshold.",
    "(answered in time + abandoned in time) / offered",
    ("status:answered,missed wait:<={service}s", _KNOWN),
    lambda counts: Parts(counts.in_time + counts.gone_in_time, counts.offered),
)
SERVICE_LEVEL_HANDLED = _service_level(
    "_handled",
    "Service level, answered only",
    "The part of the answered calls that were answered within the threshold.",
    "answered in time / answered",
    (_IN_TIME, "status:answered wait:>=0s"),
    lambda counts: Parts(counts.in_time, counts.answered),
)


def _abandoned(tally: Tally, sample: Sample, thresholds: Thresholds) -> Parts:
    short = shorter_than(sample.abandoned_waits, thresholds.short_abandon_seconds)
    return Parts(tally.unanswered - short, tally.offered - short)


def _abandon_terms(tally: Tally, sample: Sample, thresholds: Thresholds) -> Terms:
    short = shorter_than(sample.abandoned_waits, thresholds.short_abandon_seconds)
    return {
        "missed by hanging up": tally.unanswered,
        "abandoned": tally.unanswered - short,
        "short abandons": short,
        "offered": tally.offered,
    }


_ABANDON_ROWS = ("status:missed -wait:<{short}s", "-(status:missed wait:<{short}s)")
ABANDONED = Metric(
    name="abandoned",
    title="Abandoned calls",
    unit=Unit.CALLS,
    definition="Offered calls whose caller hung up unanswered; who hung up sooner than the threshold counts on neither side.",
    formula="missed by hanging up - short abandons",
    inputs=("direction", "status", "wait_ms"),
    grades=grades(soluno=WITHOUT_CAUSE, dstny=WITHOUT_CAUSE, telecomx=NO_HANGUPS, while1=WAITS_BY_SWITCH),
    guessed=ANSWERED_BY_SWITCH,
    parts=_abandoned,
    needs=_WAITS,
    rows=_ABANDON_ROWS,
    variants=("abandon_rate", "missed"),
    terms=_abandon_terms,
)
ABANDON_RATE = Metric(
    name="abandon_rate",
    title="Abandon rate",
    unit=Unit.RATIO,
    definition="The part of the offered calls whose caller hung up unanswered, short abandons left out of both.",
    formula="abandoned / (offered - short abandons)",
    inputs=("direction", "status", "wait_ms"),
    grades=ABANDONED.grades,
    guessed=ANSWERED_BY_SWITCH,
    parts=_abandoned,
    needs=_WAITS,
    rows=_ABANDON_ROWS,
    variants=("abandoned", "missed"),
    terms=_abandon_terms,
)
UNRETURNED = Metric(
    name="unreturned",
    title="Unreturned calls",
    unit=Unit.CALLS,
    definition=(
        "Missed calls from a number that has since neither been reached by an answered outbound call nor got through, at any"
        " provider, and that nobody has marked as dealt with; hidden numbers are left out."
    ),
    formula="missed calls with a number and without a later answered call with it",
    inputs=("direction", "status", "caller", "started_ms"),
    grades=grades(soluno=PERHAPS_NO_OUTBOUND, dstny=PERHAPS_NO_OUTBOUND, telecomx=NO_CALLS),
    guessed=ANSWERED_BY_SWITCH,
    parts=lambda tally, sample, thresholds: Parts(sample.unreturned, sample.missed_known),
    needs=frozenset({"unreturned"}),
    rows=(None, "direction:in -status:answered -caller:withheld"),
    terms=lambda tally, sample, thresholds: {
        "missed calls with a number and without a later answered call with it": sample.unreturned
    },
)
REPEAT_CALLER = Metric(
    name="repeat_caller",
    title="Repeat callers",
    unit=Unit.CALLS,
    definition=(
        "Offered calls from a number that had called within 168 hours before, at any provider; hidden numbers are left out."
    ),
    formula="calls with an earlier call of their number within 168 hours",
    inputs=("direction", "caller", "started_ms"),
    grades=grades(telecomx=NO_CALLS),
    guessed=EXACT,
    parts=lambda tally, sample, thresholds: Parts(sample.repeats, sample.callers_known),
    needs=frozenset({"repeats"}),
    rows=(None, "direction:in -caller:withheld"),
    terms=lambda tally, sample, thresholds: {"calls with an earlier call of their number within 168 hours": sample.repeats},
)
