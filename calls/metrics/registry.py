"""The metrics: one object each, from which the figure, the help text and the documentation are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calls.metrics.figures import Figure, Unit
from calls.metrics.grades import EXACT, Grade, Judgement, worst
from calls.metrics.tally import Tally

KINDS = ("soluno", "dstny", "telecomx", "portsip", "while1")


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure's definition.

    `inputs` are the fields of a call it is made from. `grades` judge it by the kind of provider; `guessed` is the judgement
    where some of the calls were derived by guessing. `parts` gives numerator and denominator of a tally; for a `whole`,
    which is no part of anything, they are the same.
    """

    name: str
    title: str
    unit: Unit
    definition: str
    formula: str
    inputs: tuple[str, ...]
    grades: Mapping[str, Judgement]
    guessed: Judgement
    parts: Callable[[Tally], tuple[int, int]]
    whole: bool = False

    def judgement(self, tally: Tally) -> Judgement:
        """How far the figure of this tally can be trusted. Raises KeyError for an unknown kind of provider."""
        judged = [self.grades[kind] for kind in sorted(tally.kinds)]
        return worst([*judged, *([self.guessed] if tally.doubtful else [])])

    def figure(self, tally: Tally) -> Figure:
        """The metric of some calls.

        A ratio of no calls has no value; neither has a count of no calls where completeness is unknown, or where the
        providers asked cannot know.
        """
        judged = self.judgement(tally)
        numerator, denominator = self.parts(tally)
        value: int | float | None = numerator
        if self.unit is Unit.RATIO:
            value = numerator / denominator if denominator else None
        elif not tally.offered and tally.complete_to_ms is None:
            value = None
        if judged.grade is Grade.IMPOSSIBLE:
            value = None
        return Figure(
            value,
            numerator,
            denominator,
            self.unit,
            judged.grade,
            judged.reason,
            tally.complete_to_ms,
            tally.gaps,
            self.whole,
        )


def _grades(others: Judgement = EXACT, **by_kind: Judgement) -> Mapping[str, Judgement]:
    return {kind: by_kind.get(kind, others) for kind in KINDS}


def _approximate(reason: str) -> Judgement:
    return Judgement(Grade.APPROXIMATE, reason)


_ONCE_PER_EMPLOYEE = _approximate("Telecom X counts per employee, so one call to a group may count once for each")
_DERIVED_ANSWERS = _approximate("Telecom X answers are calls less unanswered, per employee")
_UNTIL_TRANSFER = Judgement(Grade.LOWER_BOUND, "Soluno and Dstny end a call at its transfer")
_PERHAPS_RINGING = _approximate("Telecom X may count ringing as talk")
_ANSWERED_BY_SWITCH = _approximate("a menu or a queue may have answered some of the calls before a person did")

OFFERED = Metric(
    name="offered",
    title="Offered calls",
    unit=Unit.CALLS,
    definition="Calls that came in, each counted once however many legs it had; a filter may name another direction.",
    formula="number of calls",
    inputs=("direction",),
    grades=_grades(telecomx=_ONCE_PER_EMPLOYEE),
    guessed=EXACT,
    parts=lambda tally: (tally.offered, tally.offered),
    whole=True,
)
ANSWERED = Metric(
    name="answered",
    title="Answered calls",
    unit=Unit.CALLS,
    definition="Offered calls that a person answered on any leg; menus, queues and announcements are not persons.",
    formula="number of offered calls with status answered",
    inputs=("direction", "status"),
    grades=_grades(telecomx=_DERIVED_ANSWERS),
    guessed=_ANSWERED_BY_SWITCH,
    parts=lambda tally: (tally.answered, tally.offered),
)
MISSED = Metric(
    name="missed",
    title="Missed calls",
    unit=Unit.CALLS,
    definition="Offered calls that no person answered on any leg, whatever the reason: unanswered, busy, failed or congestion.",
    formula="offered - answered",
    inputs=("direction", "status"),
    grades=_grades(telecomx=_DERIVED_ANSWERS),
    guessed=_ANSWERED_BY_SWITCH,
    parts=lambda tally: (tally.missed, tally.offered),
)
ANSWER_RATE = Metric(
    name="answer_rate",
    title="Answer rate",
    unit=Unit.RATIO,
    definition="The part of the offered calls that a person answered.",
    formula="answered / offered",
    inputs=("direction", "status"),
    grades=_grades(telecomx=_DERIVED_ANSWERS),
    guessed=_ANSWERED_BY_SWITCH,
    parts=lambda tally: (tally.answered, tally.offered),
)
TALK_SECONDS = Metric(
    name="talk_seconds",
    title="Talk time",
    unit=Unit.SECONDS,
    definition="Time spent talking in the offered calls, summed and then rounded to whole seconds.",
    formula="sum of talk time",
    inputs=("direction", "talk_ms"),
    grades=_grades(soluno=_UNTIL_TRANSFER, dstny=_UNTIL_TRANSFER, telecomx=_PERHAPS_RINGING),
    guessed=_ANSWERED_BY_SWITCH,
    parts=lambda tally: (tally.talk_seconds, tally.answered),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in (OFFERED, ANSWERED, MISSED, ANSWER_RATE, TALK_SECONDS)}
