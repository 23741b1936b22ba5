"""Metrics that count calls: offered, answered, missed, busy, and how many of the outbound ones got through."""

from __future__ import annotations

from calls.metrics.figures import Unit
from calls.metrics.grades import EXACT
from calls.metrics.metric import Metric, Parts, grades
from calls.metrics.reasons import (
    ANSWERED_BY_SWITCH,
    BY_HANGUP_CAUSE,
    BY_SIP_CODE,
    DERIVED_ANSWERS,
    FAILED_ONLY,
    NO_CALLS,
    NO_CAUSE,
    NO_OUTBOUND,
    ONCE_PER_EMPLOYEE,
)
from calls.metrics.tally import Side

OFFERED = Metric(
    name="offered",
    title="Offered calls",
    unit=Unit.CALLS,
    definition="Calls that came in, each counted once however many legs it had; a filter may name another direction.",
    formula="number of calls",
    inputs=("direction",),
    grades=grades(telecomx=ONCE_PER_EMPLOYEE),
    guessed=EXACT,
    parts=lambda tally, sample, thresholds: Parts(tally.offered, tally.offered),
    whole=True,
    terms=lambda tally, sample, thresholds: {"number of calls": tally.offered},
)
ANSWERED = Metric(
    name="answered",
    title="Answered calls",
    unit=Unit.CALLS,
    definition="Offered calls that a person answered on any leg; menus, queues and announcements are not persons.",
    formula="number of offered calls with status answered",
    inputs=("direction", "status"),
    grades=grades(telecomx=DERIVED_ANSWERS),
    guessed=ANSWERED_BY_SWITCH,
    parts=lambda tally, sample, thresholds: Parts(tally.answered, tally.offered),
    rows=("status:answered", ""),
    terms=lambda tally, sample, thresholds: {"number of offered calls with status answered": tally.answered},
)
MISSED = Metric(
    name="missed",
    title="Missed calls",
    unit=Unit.CALLS,
    definition="Offered calls that no person answered on any leg, whatever the reason: unanswered, busy, failed or congestion.",
    formula="offered - answered",
    inputs=("direction", "status"),
    grades=grades(telecomx=DERIVED_ANSWERS),
    guessed=ANSWERED_BY_SWITCH,
    parts=lambda tally, sample, thresholds: Parts(tally.missed, tally.offered),
    rows=("-status:answered", ""),
    terms=lambda tally, sample, thresholds: {"offered": tally.offered, "answered": tally.answered},
)
ANSWER_RATE = Metric(
    name="answer_rate",
    title="Answer rate",
    unit=Unit.RATIO,
    definition="The part of the offered calls that a person answered.",
    formula="answered / offered",
    inputs=("direction", "status"),
    grades=grades(telecomx=DERIVED_ANSWERS),
    guessed=ANSWERED_BY_SWITCH,
    parts=lambda tally, sample, thresholds: Parts(tally.answered, tally.offered),
    rows=("status:answered", ""),
    terms=lambda tally, sample, thresholds: {"offered": tally.offered, "answered": tally.answered},
)
BUSY_CALLEE = Metric(
    name="busy_callee",
    title="Busy callee",
    unit=Unit.CALLS,
    definition="Offered calls that ended because the callee was busy.",
    formula="number of offered calls with status busy",
    inputs=("direction", "status"),
    grades=grades(soluno=NO_CAUSE, dstny=NO_CAUSE, telecomx=NO_CALLS),
    guessed=EXACT,
    parts=lambda tally, sample, thresholds: Parts(tally.busy, tally.offered),
    rows=("status:busy", ""),
    terms=lambda tally, sample, thresholds: {"number of offered calls with status busy": tally.busy},
)
ASR = Metric(
    name="asr",
    title="ASR",
    unit=Unit.RATIO,
    definition=("Answer-seizure ratio (ITU-T E.411): the part of the outbound calls that were answered."),
    formula="answered / seizures",
    inputs=("direction", "status"),
    grades=grades(soluno=NO_OUTBOUND, dstny=NO_OUTBOUND),
    guessed=EXACT,
    parts=lambda tally, sample, thresholds: Parts(tally.answered, tally.offered),
    side=Side.OUT,
    rows=("status:answered", ""),
    variants=("ner",),
    terms=lambda tally, sample, thresholds: {"answered": tally.answered, "seizures": tally.offered},
)
NER = Metric(
    name="ner",
    title="NER",
    unit=Unit.RATIO,
    definition=(
        "Network effectiveness ratio (ITU-T E.425): the part of the outbound calls that the network brought to the callee, who"
        " answered, was busy, rejected or let it ring. Never less than the ASR."
    ),
    formula="(answered + busy + no answer) / seizures",
    inputs=("direction", "status"),
    grades=grades(soluno=NO_OUTBOUND, dstny=NO_OUTBOUND, telecomx=FAILED_ONLY, portsip=BY_SIP_CODE, while1=BY_HANGUP_CAUSE),
    guessed=EXACT,
    parts=lambda tally, sample, thresholds: Parts(tally.offered - tally.failed - tally.congestion, tally.offered),
    side=Side.OUT,
    rows=("status:answered,busy,missed", ""),
    variants=("asr",),
    terms=lambda tally, sample, thresholds: {
        "answered": tally.answered,
        "busy": tally.busy,
        "no answer": tally.unanswered,
        "seizures": tally.offered,
    },
)
