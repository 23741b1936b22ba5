"""When to ask, and for which range."""

from __future__ import annotations

import itertools
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.cache import coverage
from calls.model import Window
from calls.times import local_date, local_day_window, parse_rfc3339
from providers import schedule
from providers.base import Pace
from providers.errors import (
    BadAnswer,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    SignInRefused,
    TimedOut,
    Unavailable,
    Unreachable,
)
from tests.calls.cache.help import DAY_MS, HOUR_MS, MINUTE_MS

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BUCHAREST = ZoneInfo("Europe/Bucharest")
NOON_MS = parse_rfc3339("2026-11-22T12:00:00+01:00")
MIDNIGHT_MS = NOON_MS - 12 * HOUR_MS
PACE = Pace()
KNOWN = (Window(NOON_MS - 9 * DAY_MS, NOON_MS - 20 * MINUTE_MS),)
COMPLETE_MS = NOON_MS - 20 * MINUTE_MS


def window(
    now_ms: int = NOON_MS,
    pace: Pace = PACE,
    covered: tuple[Window, ...] = KNOWN,
    complete_to_ms: int | None = COMPLETE_MS,
    longest_call_ms: int = 0,
) -> Window:
    return schedule.live_window(now_ms, pace, STOCKHOLM, covered, complete_to_ms, longest_call_ms)


def test_a_poll_reads_four_hours_and_what_came_since_the_watermark() -> None:
    assert window(complete_to_ms=NOON_MS) == Window(NOON_MS - 4 * HOUR_MS, NOON_MS + MINUTE_MS)
    assert window().start_ms == COMPLETE_MS - 4 * HOUR_MS


def test_a_longer_call_reaches_further_back_but_a_day_at_most() -> None:
    assert window(complete_to_ms=NOON_MS, longest_call_ms=6 * HOUR_MS).start_ms == NOON_MS - 6 * HOUR_MS - 10 * MINUTE_MS
    assert window(complete_to_ms=NOON_MS, longest_call_ms=3 * DAY_MS).start_ms == NOON_MS - DAY_MS


@pytest.mark.parametrize(("pause_ms", "back_ms"), [(6 * HOUR_MS, 10 * HOUR_MS), (23 * HOUR_MS, DAY_MS), (9 * DAY_MS, DAY_MS)])
def test_after_a_pause_it_catches_up_a_day_at_most(pause_ms: int, back_ms: int) -> None:
    assert window(complete_to_ms=NOON_MS - pause_ms).start_ms == NOON_MS - back_ms


def test_today_is_read_from_midnight_until_it_is_known() -> None:
    assert window(covered=(), complete_to_ms=None).start_ms == MIDNIGHT_MS
    assert window(covered=(Window(MIDNIGHT_MS + 1, NOON_MS),), complete_to_ms=NOON_MS).start_ms == MIDNIGHT_MS
    assert window(covered=(Window(MIDNIGHT_MS, NOON_MS),), complete_to_ms=NOON_MS).start_ms == NOON_MS - 4 * HOUR_MS
    early_ms = MIDNIGHT_MS + HOUR_MS
    assert window(early_ms, covered=(), complete_to_ms=None).start_ms == early_ms - 4 * HOUR_MS


def test_midnight_is_that_of_the_zone_on_a_day_of_25_hours() -> None:
    now_ms = parse_rfc3339("2026-10-25T23:30:00+01:00")
    assert window(now_ms, covered=(), complete_to_ms=None).start_ms == parse_rfc3339("2026-10-24T22:00:00Z")
    now_ms = parse_rfc3339("2026-03-29T12:00:00+02:00")
    assert window(now_ms, covered=(), complete_to_ms=None).start_ms == parse_rfc3339("2026-03-28T23:00:00Z")


def test_a_total_is_read_from_its_midnight() -> None:
    pace = Pace(whole_day=True)
    assert window(pace=pace).start_ms == MIDNIGHT_MS
    assert window(MIDNIGHT_MS + HOUR_MS, pace, complete_to_ms=MIDNIGHT_MS + HOUR_MS).start_ms == MIDNIGHT_MS - DAY_MS


@given(
    st.integers(0, 400 * DAY_MS),
    st.none() | st.integers(-2 * DAY_MS, 9 * DAY_MS),
    st.integers(0, 9 * DAY_MS),
    st.booleans(),
    st.booleans(),
)
def test_a_poll_never_reads_less_than_its_lookback(
    later_ms: int, behind_ms: int | None, longest_ms: int, whole_day: bool, known: bool
) -> None:
    now_ms = NOON_MS + later_ms
    complete_to_ms = None if behind_ms is None else now_ms - behind_ms
    covered = (Window(0, now_ms),) if known else ()
    found = window(now_ms, Pace(whole_day=whole_day), covered, complete_to_ms, longest_ms)
    assert found.start_ms <= now_ms - min(max(4 * HOUR_MS, longest_ms), DAY_MS)
    assert found.start_ms >= now_ms - 2 * DAY_MS - 2 * HOUR_MS
    assert found.end_ms == now_ms + MINUTE_MS
    proven, mark_ms = schedule.known_after(found, now_ms, PACE)
    assert proven == Window(found.start_ms, now_ms - 15 * MINUTE_MS)
    assert mark_ms == proven.end_ms


def test_the_past_is_proven_to_its_end_and_the_newest_minutes_never() -> None:
    past = Window(MIDNIGHT_MS - DAY_MS, MIDNIGHT_MS)
    assert schedule.known_after(past, NOON_MS, PACE) == (past, MIDNIGHT_MS)
    assert schedule.known_after(Window(NOON_MS - MINUTE_MS, NOON_MS), NOON_MS, PACE)[0].empty


CHANCES = st.floats(0, 1, exclude_max=True)


@given(st.floats(0.1, 1000), st.integers(1, 3600), CHANCES)
def test_the_interval_is_near_what_was_chosen_and_never_below_the_cadence(minutes: float, cadence: int, chance: float) -> None:
    seconds = schedule.interval_seconds(minutes, Pace(cadence_seconds=cadence), chance)
    wanted = max(minutes * 60, cadence)
    assert cadence <= seconds <= wanted * 1.1 + 1e-9
    assert seconds >= wanted * 0.9 - 1e-9


def test_the_interval_is_spread() -> None:
    assert schedule.interval_seconds(5, PACE, 0.0) == pytest.approx(270)
    assert schedule.interval_seconds(5, PACE, 0.5) == pytest.approx(300)
    assert schedule.interval_seconds(5, Pace(cadence_seconds=300), 0.0) == 300
    assert 300 < schedule.interval_seconds(5, Pace(cadence_seconds=300), 0.2) <= 330


SLOW = Pace(cadence_seconds=300)


@pytest.mark.parametrize(
    ("error", "failures", "pace", "seconds"),
    [
        (Unreachable("x"), 1, PACE, 30),
        (Unreachable("x"), 2, PACE, 60),
        (Unreachable("x"), 5, PACE, 480),
        (Unreachable("x"), 6, PACE, 900),
        (Unreachable("x"), 5000, PACE, 900),
        (Unreachable("x"), 1, SLOW, 30),
        (TimedOut("x"), 2, PACE, 60),
        (Unavailable("x"), 1, PACE, 60),
        (Unavailable("x"), 4, PACE, 240),
        (Unavailable("x"), 1, SLOW, 300),
        (Unavailable("x", retry_after_seconds=1000), 1, PACE, 1000),
        (BadAnswer("x"), 1, PACE, 60),
        (BadAnswer("x"), 6, PACE, 900),
        (RateLimited("x"), 1, PACE, 60),
        (RateLimited("x"), 2, PACE, 120),
        (RateLimited("x"), 3, PACE, 240),
        (RateLimited("x", retry_after_seconds=3), 1, PACE, 60),
        (RateLimited("x", retry_after_seconds=5000), 1, PACE, 5000),
        (RateLimited("x"), 1, SLOW, 300),
        (Rejected("x"), 1, PACE, 900),
        (Rejected("x"), 9, Pace(cadence_seconds=1800), 1800),
        (Refused("x"), 1, PACE, 3600),
        (SignInRefused("x"), 1, PACE, None),
    ],
)
def test_how_long_a_failed_poll_waits(error: ProviderError, failures: int, pace: Pace, seconds: float | None) -> None:
    assert schedule.retry_seconds(error, failures, pace, 0.0) == seconds
    late = schedule.retry_seconds(error, failures, pace, 0.99)
    if seconds is None:
        assert late is None
    else:
        assert late is not None
        assert seconds <= late <= seconds * 1.1


@pytest.mark.parametrize("zone", [STOCKHOLM, BUCHAREST])
@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [("2026-10-20", "2026-10-30", 25), ("2026-03-24", "2026-04-03", 23), ("2026-11-01", "2026-11-09", 24)],
)
def test_stretches_of_days_touch_and_begin_at_midnight(zone: ZoneInfo, first: str, last: str, hours: int) -> None:
    first_day, last_day = date.fromisoformat(first), date.fromisoformat(last)
    for days in (1, 3, 7, 40):
        found = list(schedule.history_windows(first_day, last_day, days, zone))
        assert len(found) == -(-((last_day - first_day).days + 1) // days)
        assert all(newer.start_ms == older.end_ms for newer, older in itertools.pairwise(found))
        for edge_ms in (found[0].end_ms, *(one.start_ms for one in found)):
            assert local_day_window(local_date(edge_ms, zone), zone).start_ms == edge_ms
    lengths = {one.end_ms - one.start_ms for one in schedule.history_windows(first_day, last_day, 1, zone)}
    assert lengths == {24 * HOUR_MS, hours * HOUR_MS}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=5), st.integers(1, 9), st.integers(0, 30 * 24))
def test_what_is_missing_is_asked_for_and_nothing_else(parts: list[tuple[int, int]], days: int, hours: int) -> None:
    start_ms = parse_rfc3339("2026-10-10T09:30:00+02:00")
    span = Window(start_ms, start_ms + hours * HOUR_MS)
    covered = tuple(Window(start_ms + at * DAY_MS // 2, start_ms + (at + length) * DAY_MS // 2) for at, length in parts)
    found = list(schedule.missing_history(span, days, STOCKHOLM, covered))
    assert found == sorted(found, reverse=True)
    assert not any(coverage.gaps((*found, *covered), span))
    assert all(coverage.gaps(covered, Window(one.start_ms, min(one.end_ms, span.end_ms))) for one in found)


def test_a_span_that_ends_at_midnight_does_not_ask_for_the_day_after() -> None:
    span = Window(MIDNIGHT_MS - 2 * DAY_MS, MIDNIGHT_MS)
    assert [one.end_ms for one in schedule.missing_history(span, 1, STOCKHOLM, ())] == [MIDNIGHT_MS, MIDNIGHT_MS - DAY_MS]
