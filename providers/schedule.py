"""When to ask a provider and for which range: pure rules, without a clock, a network or a cache."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from calls.cache import coverage
from calls.model import Window
from calls.times import DAY_MS, MINUTE_MS, SECOND_MS, local_date, local_day_window
from providers.base import Pace
from providers.errors import ProviderError, RateLimited, Refused, Rejected, SignInRefused, Unreachable

LOOKBACK_MARGIN_MS = 10 * MINUTE_MS
LONGEST_LOOKBACK_MS = DAY_MS
AHEAD_MS = MINUTE_MS

JITTER = 0.1
FIRST_BACKOFF_SECONDS = 30
LONGEST_BACKOFF_SECONDS = 15 * 60
REFUSED_SECONDS = 60 * 60


def live_window(
    now_ms: int, pace: Pace, zone: ZoneInfo, covered: tuple[Window, ...], complete_to_ms: int | None, longest_call_ms: int
) -> Window:
    """The range a live poll reads.

    It reaches back by the longest recent call, because rows appear when a call ends but windows work on its start; to the
    watermark after a pause, at most a day; and to local midnight while today is not known from its beginning.
    """
    lookback_ms = min(max(pace.lookback_seconds * SECOND_MS, longest_call_ms + LOOKBACK_MARGIN_MS), LONGEST_LOOKBACK_MS)
    start_ms = now_ms - lookback_ms
    if complete_to_ms is not None and complete_to_ms < now_ms:
        start_ms = max(min(start_ms, complete_to_ms - lookback_ms), now_ms - LONGEST_LOOKBACK_MS)
    midnight_ms = local_day_window(local_date(now_ms, zone), zone).start_ms
    if midnight_ms < start_ms and coverage.gaps(covered, Window(midnight_ms, start_ms)):
        start_ms = midnight_ms
    if pace.whole_day:
        start_ms = local_day_window(local_date(start_ms, zone), zone).start_ms
    return Window(start_ms, now_ms + AHEAD_MS)


def known_after(window: Window, now_ms: int, pace: Pace) -> tuple[Window, int]:
    """What a complete reading of `window` begun at `now_ms` proves: the covered range, and the watermark.

    The newest minutes stay provisional, because providers write rows late.
    """
    complete_to_ms = min(window.end_ms, now_ms - pace.provisional_seconds * SECOND_MS)
    return Window(window.start_ms, complete_to_ms), complete_to_ms


def interval_seconds(poll_minutes: float, pace: Pace, chance: float) -> float:
    """Seconds to the next poll: the chosen cadence with up to 10 % jitter, never below the provider's own. `chance` is in
    [0, 1)."""
    seconds = poll_minutes * 60 * (1 - JITTER + 2 * JITTER * chance)
    if seconds >= pace.cadence_seconds:
        return seconds
    return pace.cadence_seconds * (1 + JITTER * chance)


def retry_seconds(error: ProviderError, failures: int, pace: Pace, chance: float) -> float | None:
    """Seconds until a failed poll is tried again, None when only the person can help. `failures` counts this one too."""
    if isinstance(error, SignInRefused):
        return None
    if isinstance(error, Refused):
        return REFUSED_SECONDS
    if isinstance(error, Rejected):
        return max(LONGEST_BACKOFF_SECONDS, pace.cadence_seconds)
    backoff: float = min(FIRST_BACKOFF_SECONDS * 2 ** min(failures - 1, 10), LONGEST_BACKOFF_SECONDS)
    if isinstance(error, RateLimited):
        backoff = max(2 * backoff, error.retry_after_seconds or pace.cadence_seconds)
    elif error.retry_after_seconds is not None:
        backoff = max(backoff, error.retry_after_seconds)
    if not isinstance(error, Unreachable):
        backoff = max(backoff, pace.cadence_seconds)
    return backoff * (1 + JITTER * chance)


def history_windows(first_day: date, last_day: date, days: int, zone: ZoneInfo) -> Iterator[Window]:
    """The local days from `first_day` to `last_day` in windows of at most `days` days, newest first."""
    end_day = last_day
    while end_day >= first_day:
        start_day = max(first_day, end_day - timedelta(days=days - 1))
        yield Window(local_day_window(start_day, zone).start_ms, local_day_window(end_day, zone).end_ms)
        end_day = start_day - timedelta(days=1)


def missing_history(span: Window, days: int, zone: ZoneInfo, covered: tuple[Window, ...]) -> Iterator[Window]:
    """The windows of whole local days, at most `days` each, that hold something unread within `span`, newest first."""
    first_day, last_day = local_date(span.start_ms, zone), local_date(span.end_ms, zone)
    for window in history_windows(first_day, last_day, days, zone):
        if coverage.gaps(covered, Window(window.start_ms, min(window.end_ms, span.end_ms))):
            yield window
