"""The state of each provider, and of all together, in words: for the screen, and for commands that have none."""

from __future__ import annotations

from datetime import tzinfo
from enum import StrEnum

from calls.cache.snapshots import PollState, Standing
from calls.metrics.silence import Silence
from calls.times import MINUTE_MS, SECOND_MS
from tui.lines.view import DEFAULT_INTERVAL_SECONDS, View
from tui.lines.words import time_words


class Health(StrEnum):
    """The four states of a provider."""

    FRESH = "fresh"
    LATE = "late"
    DOWN = "down"
    WAITING = "waiting"


def health(state: PollState, now_ms: int, interval_seconds: int = DEFAULT_INTERVAL_SECONDS) -> Health:
    """Down while polls fail; waiting before the first answer; late when the last good poll is older than two intervals."""
    if state.failing_since_ms is not None:
        return Health.DOWN
    if state.last_good_poll_ms is None:
        return Health.WAITING
    age_ms = now_ms - state.last_good_poll_ms
    return Health.LATE if age_ms > 2 * interval_seconds * SECOND_MS else Health.FRESH


def state_words(state: PollState, now_ms: int, interval_seconds: int, zone: tzinfo | None) -> str:
    """The words after the symbol: "10:40", "late 7 min", "down since 14:02", "waiting for the first answer".

    "late 7 min" counts from when the poll was due, not from the last good one.
    """
    kind = health(state, now_ms, interval_seconds)
    if kind is Health.DOWN:
        return f"down since {time_words(state.failing_since_ms or now_ms, now_ms, zone)}"
    if kind is Health.LATE and state.last_good_poll_ms is not None:
        late_minutes = (now_ms - state.last_good_poll_ms - interval_seconds * SECOND_MS) // MINUTE_MS
        return f"late {late_age(late_minutes)}"
    if kind is Health.FRESH and state.last_good_poll_ms is not None:
        return time_words(state.last_good_poll_ms, now_ms, zone)
    return "asking for the first time" if state.polling else "waiting for the first answer"


def late_age(minutes: int) -> str:
    """A lateness: minutes up to two hours, then hours, then days."""
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // 1440} d"


def kinds_of(standing: Standing, view: View) -> list[Health]:
    """The state of each provider, in their order."""
    return [health(one.state, view.now_ms, view.interval_seconds(one.source.name)) for one in standing.providers]


def offline_words(standing: Standing, view: View) -> str:
    """Why nothing new can come, in words; "" while some provider answers."""
    if not standing.providers:
        return ""
    kinds = set(kinds_of(standing, view))
    if kinds == {Health.DOWN}:
        return "no provider answers"
    if kinds <= {Health.DOWN, Health.LATE} and not any(one.state.poller for one in standing.providers):
        return "nobody polls"
    return ""


def offline_sentence(standing: Standing, view: View) -> str:
    """What that means for what is on the screen, "" while some provider answers."""
    why = offline_words(standing, view)
    if not why:
        return ""
    answers = [one.state.last_good_poll_ms for one in standing.providers if one.state.last_good_poll_ms is not None]
    if not answers:
        return f"Offline: {why}, and the cache has no answer from before."
    return f"Offline: {why}. What you see is the cache of {time_words(max(answers), view.now_ms, view.zone)}."


def silent_words(silence: Silence | None, view: View) -> str:
    """ "silent since 10:02 (unusual)" for a line on which calls should have come by now, else ""."""
    if silence is None or not silence.alarm or silence.since_ms is None:
        return ""
    return f"silent since {time_words(silence.since_ms, view.now_ms, view.zone)} (unusual)"


def alarm_sentence(standing: Standing, view: View) -> str:
    """What the alert says that fires the longest, and how many more fire; "" when all is quiet."""
    if not standing.alarms:
        return ""
    first, more = standing.alarms[0], len(standing.alarms) - 1
    others = f" ({more} more)" if more else ""
    return f"{first.name}: {first.sentence}, since {time_words(first.since_ms, view.now_ms, view.zone)}{others}"
