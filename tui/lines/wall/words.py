"""What the wall says in words. Every state has a word of its own, so that none is told by its colour alone."""

from __future__ import annotations

from calls.cache.wall_snapshot import WallProvider, WallSnapshot
from calls.metrics import Figure, Grade
from calls.metrics.figures import percent
from calls.times import MINUTE_MS
from tui.lines.health import symbol
from tui.lines.line import Role
from tui.lines.states import Health
from tui.lines.wall.rows import Said
from tui.lines.wall.view import WallView
from tui.lines.words import age_words, counted, grouped, time_words

FEW_CALLS = 10


def waiting_words(snapshot: WallSnapshot, view: WallView) -> Said:
    """How long the oldest caller has waited, and whether that is too long."""
    oldest_ms = snapshot.oldest_missed_ms
    if oldest_ms is None:
        return ("nobody waits", Role.GOOD) if snapshot.providers else ("", Role.DIM)
    age_ms = view.now_ms - oldest_ms
    limit = view.targets.call_back_minutes
    words = f"oldest {short_age(age_ms)}"
    if limit is not None and age_ms > limit * MINUTE_MS:
        return f"{words} {view.base.symbols.dot} too long", Role.BAD
    return words, Role.TEXT


def answered_words(figure: Figure | None, view: WallView) -> Said:
    """Of how many calls how many were answered, and how exactly that is known."""
    if figure is None or figure.value is None:
        return "no calls yet", Role.DIM
    return f"{sign(figure, view)}{grouped(figure.numerator)} of {grouped(figure.denominator)}", Role.TEXT


def target_words(figure: Figure | None, view: WallView) -> Said:
    """How the answer rate stands to its target."""
    target = view.targets.answer_rate
    if figure is None or figure.value is None or target is None:
        return "", Role.DIM
    goal = f"target {percent(round(target * 1000), 1000)} %"
    if figure.denominator < FEW_CALLS:
        return f"few calls {view.base.symbols.dot} {goal}", Role.DIM
    return (f"below {goal}", Role.BAD) if figure.value < target else (f"on {goal}", Role.GOOD)


def sign(figure: Figure, view: WallView) -> str:
    """The sign before a figure that is not exact."""
    symbols = view.base.symbols
    return {Grade.APPROXIMATE: symbols.approximate, Grade.LOWER_BOUND: symbols.at_least}.get(figure.grade, "")


def old_words(told_to_ms: int, view: WallView) -> Said:
    """Of when figures are that are not of now."""
    if not told_to_ms:
        return "no answer yet", Role.LATE
    age = short_age(view.now_ms - told_to_ms)
    return f"as of {time_words(told_to_ms, view.now_ms, view.base.zone)} {view.base.symbols.dot} {age} old", Role.LATE


def old_briefly(told_to_ms: int, view: WallView) -> str:
    """The same in fewer words, where more do not fit."""
    return f"{short_age(view.now_ms - told_to_ms)} old" if told_to_ms else ""


def short_age(milliseconds: int) -> str:
    """An age as short as it is still true: "40 min", "3 h", "2 d"."""
    words = age_words(milliseconds)
    if milliseconds < MINUTE_MS:
        return "0 min"
    return " ".join(words.split()[:2]) if milliseconds >= 10 * 60 * MINUTE_MS else words


def provider_words(provider: WallProvider, view: WallView) -> Said:
    """A provider's state: how old its data is, since when it is down, or that its line is silent."""
    name, state = provider.source.name, provider.state
    kind = view.health(provider)
    mark = symbol(kind, view.base.symbols)
    age_ms = view.now_ms - (state.last_good_poll_ms or view.now_ms)
    if kind is Health.DOWN:
        since_ms = state.last_good_poll_ms or state.failing_since_ms or view.now_ms
        return f"{mark} {name} down {short_age(view.now_ms - since_ms)}", Role.BAD
    if kind is Health.WAITING:
        return f"{mark} {name} not read yet", Role.DIM
    if kind is Health.LATE:
        return f"{mark} {name} late {view.base.symbols.dot} {short_age(age_ms)} old", Role.LATE
    if provider.silence.alarm:
        silent_ms = view.now_ms - (provider.silence.since_ms or view.now_ms)
        return f"{view.base.symbols.down} {name} silent {short_age(silent_ms)}", Role.BAD
    return f"{mark} {name} {short_age(age_ms)}", Role.GOOD


def missing_words(snapshot: WallSnapshot, view: WallView) -> str:
    """Which providers the figures are without, and since when; "" when they are of all, or when all are old."""
    if view.told_to_ms(snapshot) is not None:
        return ""
    lacking = [one for one in snapshot.providers if view.health(one) is not Health.FRESH]
    parts = []
    for provider in lacking:
        last_ms = provider.state.last_good_poll_ms
        since = f" since {time_words(last_ms, view.now_ms, view.base.zone)}" if last_ms else ""
        parts.append(f"{provider.source.name}{since}")
    return f"The figures are without {', '.join(parts)}." if parts else ""


def missed_words(offered: int, missed: int, view: WallView) -> Said:
    """How many calls there were, and how many of them were missed."""
    words = f"{counted(offered, 'call')} {view.base.symbols.dot} {grouped(missed)} missed"
    return words, Role.BAD if missed else Role.TEXT


def missed_briefly(missed: int) -> str:
    """The same in fewer words, where more do not fit."""
    return f"{grouped(missed)} missed"
