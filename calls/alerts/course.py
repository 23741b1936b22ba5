"""The course of an alert: from a bad value to pending, firing and resolved, and what of it is said when.

A course is a value and `advance` a function of its arguments: whoever keeps the course (the cache does) may be restarted, and
several processes that look at the same course say a thing once between them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from calls.alerts.rule import Rule

# Between two looks at most so much counts as lasting: nobody watched a sleeping machine or a clock that was set.
LONGEST_STEP_MS = 10 * 60_000


class Phase(StrEnum):
    """Where an alert stands. A firing alert whose value is good again stays firing until that has lasted."""

    CALM = "calm"
    PENDING = "pending"
    FIRING = "firing"


class Known(StrEnum):
    """What a look gave: a value, the knowledge that there is nothing to complain of, or nothing that could be trusted."""

    VALUE = "value"
    NOTHING = "nothing"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at what a rule measures. `detail` says what the value was made of, such as "31/44"."""

    known: Known
    value: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A rule with what a look gave, and whether the moment lies in the rule's quiet hours."""

    rule: Rule
    reading: Reading
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """`since_ms` is when the phase began. `held_ms` is how long the value has leaned towards the next phase, None while it
    does not. `said` is the phase that was told last (calm or firing), `said_ms` when firing was told last."""

    phase: Phase = Phase.CALM
    since_ms: int = 0
    looked_ms: int = 0
    held_ms: int | None = None
    value: float | None = None
    detail: str = ""
    said: Phase = Phase.CALM
    said_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """What is to be told now: that a rule's alert fires, goes on firing (`again`), or is resolved."""

    rule: Rule
    course: Course
    at_ms: int
    again: bool = False

    @property
    def resolved(self) -> bool:
        """Whether it says that all is well again."""
        return self.course.phase is not Phase.FIRING


def advance(rule: Rule, course: Course, reading: Reading, now_ms: int, *, quiet: bool = False) -> tuple[Course, Saying | None]:
    """The course after a look, and what is to be said of it."""
    step_ms = min(max(0, now_ms - course.looked_ms), LONGEST_STEP_MS) if course.looked_ms else 0
    moved = replace(_moved(rule, course, reading, step_ms, now_ms), looked_ms=now_ms)
    return _said(rule, moved, now_ms, quiet)


def _moved(rule: Rule, course: Course, reading: Reading, step_ms: int, now_ms: int) -> Course:
    if reading.known is Known.STALE:
        return course
    told = replace(course, value=reading.value, detail=reading.detail)
    wrong = reading.value is not None and rule.wrong(reading.value)
    right = reading.value is None or rule.right(reading.value)
    if course.phase is Phase.FIRING:
        return _leaning(told, right, step_ms, rule.clear_for_ms, Phase.CALM, now_ms)
    if not wrong:
        return told if course.phase is Phase.CALM else replace(told, phase=Phase.CALM, since_ms=now_ms, held_ms=None)
    if course.phase is Phase.CALM:
        told = replace(told, phase=Phase.PENDING, since_ms=now_ms)
    return _leaning(told, wrong, step_ms, rule.for_ms, Phase.FIRING, now_ms)


def _leaning(course: Course, leans: bool, step_ms: int, needed_ms: int, towards: Phase, now_ms: int) -> Course:
    """The course whose value leans towards a phase, or away from it again; the count begins at the first such look."""
    if not leans:
        return replace(course, held_ms=None)
    held_ms = 0 if course.held_ms is None else course.held_ms + step_ms
    if held_ms >= needed_ms:
        return replace(course, phase=towards, since_ms=now_ms, held_ms=None)
    return replace(course, held_ms=held_ms)


def _said(rule: Rule, course: Course, now_ms: int, quiet: bool) -> tuple[Course, Saying | None]:
    if quiet:
        return course, None
    firing = course.phase is Phase.FIRING
    if not firing:
        if course.said is not Phase.FIRING:
            return course, None
        course = replace(course, said=Phase.CALM)
        return course, Saying(rule, course, now_ms)
    # A clock set back must not silence an alert until the old time has come again.
    waited = course.said_ms is None or now_ms - course.said_ms >= rule.repeat_ms or now_ms < course.said_ms
    again = course.said is Phase.FIRING
    if not waited or (again and not rule.reminds):
        return course, None
    course = replace(course, said=Phase.FIRING, said_ms=now_ms)
    return course, Saying(rule, course, now_ms, again)
