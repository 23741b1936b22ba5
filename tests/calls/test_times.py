"""Instants and local time, against the switch days of the tz database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.model import Window
from calls.times import (
    HOUR_MS,
    day_hours,
    format_rfc3339,
    from_local,
    local_date,
    local_day_window,
    local_hour,
    naive_window,
    parse_naive,
    parse_rfc3339,
    to_local,
    zone_named,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BUCHAREST = ZoneInfo("Europe/Bucharest")
AUTUMN = date(2025, 10, 26)
SPRING = date(2026, 3, 29)
ZONES = [STOCKHOLM, BUCHAREST, *map(ZoneInfo, ("UTC", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Cairo"))]
ms_values = st.integers(parse_rfc3339("1995-01-01T00:00:00Z"), parse_rfc3339("2036-12-31T00:00:00Z"))


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("2026-11-22T10:39:04Z", "2026-11-22T10:39:04.000Z"),
        ("2026-11-22T10:39:04.1Z", "2026-11-22T10:39:04.100Z"),
        ("2026-11-22T10:39:04.123999999Z", "2026-11-22T10:39:04.123Z"),
        ("2026-11-22T11:39:04+01:00", "2026-11-22T10:39:04.000Z"),
        ("2026-11-22 05:09:04.5-05:30", "2026-11-22T10:39:04.500Z"),
        ("2027-01-01T00:30:00+01:00", "2026-12-31T23:30:00.000Z"),
        ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
        ("2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00.000Z"),
    ],
)
def test_rfc3339_is_read_to_whole_milliseconds(text: str, same_as: str) -> None:
    assert format_rfc3339(parse_rfc3339(text)) == same_as


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22T10:39:04",
        "2026-11-22T10:39Z",
        "2026-11-22",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T10:60:00Z",
        "2026-11-22T10:39:60Z",
        "2026-11-22T10:39:04+24:00",
        "2026-11-22T10:39:04+01:60",
        "2026-11-22T10:39:04.Z",
        "2026-11-22T10:39:04.1234567890Z",
        "2026-11-22T10:39:04Z\n",
        "٢٠٢٦-11-22T10:39:04Z",
    ],
)
def test_what_is_not_rfc3339_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"RFC 3339|no such time|month|day|year"):
        parse_rfc3339(text)


@given(st.integers(parse_rfc3339("0001-01-01T00:00:00Z"), parse_rfc3339("9999-12-31T23:59:59.999Z")))
def test_rfc3339_round_trip(ms: int) -> None:
    text = format_rfc3339(ms)
    assert parse_rfc3339(text) == ms
    assert len(text) == 24


@given(st.text())
def test_rfc3339_refuses_or_agrees_with_the_standard_library(text: str) -> None:
    try:
        ms = parse_rfc3339(text)
    except ValueError:
        return
    assert datetime.fromisoformat(text).timestamp() * 1000 == pytest.approx(ms, abs=1)


@pytest.mark.acceptance(6)
def test_naive_rows_of_the_repeated_hour_follow_their_own_epoch() -> None:
    first = parse_naive("2025-10-26 03:30:00", BUCHAREST, near_ms=1761438600_000)
    second = parse_naive("2025-10-26 03:30:00", BUCHAREST, near_ms=1761442200_000)
    assert format_rfc3339(first.ms) == "2025-10-26T00:30:00.000Z"
    assert format_rfc3339(second.ms) == "2025-10-26T01:30:00.000Z"
    assert not first.ambiguous
    assert not second.ambiguous


def test_a_naive_row_of_the_repeated_hour_without_an_epoch_takes_the_first_pass_and_says_so() -> None:
    row = parse_naive("2025-10-26 02:30:00", STOCKHOLM)
    assert (format_rfc3339(row.ms), row.ambiguous, row.in_gap) == ("2025-10-26T00:30:00.000Z", True, False)


def test_a_naive_row_in_the_gap_moves_forward_and_says_so() -> None:
    row = parse_naive("2026-03-29 02:30:00", STOCKHOLM, near_ms=0)
    assert (to_local(row.ms, STOCKHOLM).isoformat(), row.ambiguous, row.in_gap) == ("2026-03-29T03:30:00+02:00", False, True)


@pytest.mark.parametrize("text", ["", "2026-11-22T10:00:00", "2026-11-22 10:00", "2026-02-30 10:00:00", "2026-11-22 25:00:00"])
def test_what_is_not_a_naive_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"YYYY|day|hour"):
        parse_naive(text, STOCKHOLM)


@given(ms_values, st.sampled_from(ZONES))
def test_a_rendered_naive_time_near_its_instant_is_that_instant(ms: int, zone: ZoneInfo) -> None:
    whole = ms // 1000 * 1000
    row = parse_naive(f"{to_local(whole, zone):%Y-%m-%d %H:%M:%S}", zone, near_ms=whole)
    assert (row.ms, row.ambiguous, row.in_gap) == (whole, False, False)


def test_from_local_chooses_the_pass_it_is_told() -> None:
    half_past_two = datetime.fromisoformat("2025-10-26T02:30")
    assert from_local(half_past_two, STOCKHOLM) == parse_rfc3339("2025-10-26T02:30:00+02:00")
    assert from_local(half_past_two, STOCKHOLM, second_pass=True) == parse_rfc3339("2025-10-26T02:30:00+01:00")
    missing = datetime.fromisoformat("2026-03-29T02:30")
    assert from_local(missing, STOCKHOLM) == from_local(missing, STOCKHOLM, second_pass=True)
    assert from_local(missing, STOCKHOLM) == parse_rfc3339("2026-03-29T03:30:00+02:00")


@pytest.mark.acceptance(7)
def test_a_window_with_edges_in_the_repeated_hour_widens() -> None:
    window = Window(parse_rfc3339("2025-10-26T00:20:00Z"), parse_rfc3339("2025-10-26T01:10:00Z"))
    low, high = naive_window(window, STOCKHOLM)
    assert (f"{low:%H:%M:%S}", f"{high:%H:%M:%S}") == ("02:00:00", "02:59:59")


def test_a_window_with_plain_edges_stays() -> None:
    window = Window(parse_rfc3339("2026-11-22T08:15:00Z"), parse_rfc3339("2026-11-22T10:20:30Z"))
    assert naive_window(window, BUCHAREST) == (
        datetime.fromisoformat("2026-11-22T10:15"),
        datetime.fromisoformat("2026-11-22T12:20:30"),
    )


@given(ms_values, st.integers(0, 5 * HOUR_MS), st.floats(0, 1), st.sampled_from(ZONES))
def test_every_instant_of_a_window_lies_between_its_naive_edges(ms: int, length: int, part: float, zone: ZoneInfo) -> None:
    low, high = naive_window(Window(ms, ms + length), zone)
    inside = to_local(ms + int(length * part), zone).replace(tzinfo=None)
    # A window over the switch that both begins and ends outside the repeated hour still holds its times between.
    assert low <= inside <= high


@given(st.integers(-4 * HOUR_MS, 4 * HOUR_MS), st.integers(0, 4 * HOUR_MS), st.floats(0, 1), st.sampled_from(ZONES))
def test_windows_about_the_autumn_switch(offset: int, length: int, part: float, zone: ZoneInfo) -> None:
    start = parse_rfc3339("2025-10-26T01:00:00Z") + offset
    low, high = naive_window(Window(start, start + length), zone)
    assert low <= to_local(start + int(length * part), zone).replace(tzinfo=None) <= high


@pytest.mark.acceptance(8)
@pytest.mark.parametrize(
    ("day", "zone", "start", "end", "hours"),
    [
        (AUTUMN, "Europe/Stockholm", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z", 25),
        (AUTUMN, "Europe/Copenhagen", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z", 25),
        (AUTUMN, "Europe/Bucharest", "2025-10-25T21:00:00Z", "2025-10-26T22:00:00Z", 25),
        (SPRING, "Europe/Stockholm", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
        (SPRING, "Europe/Copenhagen", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
        (SPRING, "Europe/Bucharest", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z", 23),
        (date(2026, 11, 22), "Europe/Stockholm", "2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z", 24),
    ],
)
def test_local_days_have_their_real_length(day: date, zone: str, start: str, end: str, hours: int) -> None:
    assert local_day_window(day, ZoneInfo(zone)) == Window(parse_rfc3339(start), parse_rfc3339(end))
    assert len(day_hours(day, ZoneInfo(zone))) == hours


def test_the_autumn_day_has_its_repeated_hour_twice_and_the_spring_day_lacks_one() -> None:
    autumn = [local_hour(hour.start_ms, BUCHAREST) for hour in day_hours(AUTUMN, BUCHAREST)]
    spring = [local_hour(hour.start_ms, STOCKHOLM) for hour in day_hours(SPRING, STOCKHOLM)]
    assert autumn == [0, 1, 2, 3, 3, *range(4, 24)]
    assert spring == [0, 1, *range(3, 24)]


@given(st.dates(date(1995, 1, 1), date(2036, 1, 1)), st.sampled_from(ZONES))
def test_days_tile_time_and_their_hours_tile_them(day: date, zone: ZoneInfo) -> None:
    whole = local_day_window(day, zone)
    assert whole.end_ms == local_day_window(day + timedelta(days=1), zone).start_ms
    hours = day_hours(day, zone)
    assert (hours[0].start_ms, hours[-1].end_ms) == (whole.start_ms, whole.end_ms)
    for hour, following in pairwise(hours):
        assert hour.end_ms == following.start_ms
    for hour in hours:
        assert local_hour(hour.start_ms, zone) == local_hour(hour.end_ms - 1, zone)
        assert local_date(hour.start_ms, zone) == local_date(hour.end_ms - 1, zone) == day


def test_the_first_and_the_last_day_of_the_calendar_have_windows() -> None:
    assert local_day_window(date.min, STOCKHOLM).start_ms < local_day_window(date.max, STOCKHOLM).end_ms


def test_a_call_belongs_to_the_local_day_of_its_start() -> None:
    assert local_date(parse_rfc3339("2026-11-22T23:30:00Z"), STOCKHOLM) == date(2026, 11, 23)
    assert local_date(parse_rfc3339("2026-11-22T23:30:00Z"), ZoneInfo("UTC")) == date(2026, 11, 22)


@pytest.mark.parametrize("name", ["", "Europe/Gothenburg", "../etc/passwd", "Europe", "\x00"])
def test_an_unknown_zone_is_named_in_one_line(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone is named") as caught:
        zone_named(name)
    assert "\n" not in str(caught.value)


def test_a_known_zone_is_found() -> None:
    moment = datetime(2026, 7, 1, tzinfo=UTC).astimezone(zone_named("Europe/Bucharest"))
    assert moment.hour == 3
