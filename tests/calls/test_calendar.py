"""Holidays and opening hours."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from calls.calendar import Calendar, parse_opening_hours

CALENDAR = Calendar(
    frozenset({date(2026, 12, 25)}),
    {"north": frozenset({date(2026, 6, 19)})},
    parse_opening_hours("Mon-Fri 08:00-17:00, sat 10:00-14:00"),
)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-27T08:00", True),
        ("2026-11-27T07:59", False),
        ("2026-11-27T16:59", True),
        ("2026-11-27T17:00", False),
        ("2026-11-28T10:30", True),
        ("2026-11-28T09:30", False),
        ("2026-11-29T12:00", False),
        ("2026-12-25T12:00", False),
    ],
)
def test_the_hours_of_a_week(moment: str, is_open: bool) -> None:
    assert CALENDAR.is_open("south", datetime.fromisoformat(moment)) is is_open


def test_a_holiday_of_one_provider_is_an_ordinary_day_of_others() -> None:
    day = date(2026, 6, 19)
    assert (CALENDAR.is_holiday("north", day), CALENDAR.is_holiday("south", day)) == (True, False)
    assert CALENDAR.is_open("south", datetime.fromisoformat("2026-06-19T09:00")) is True
    assert CALENDAR.is_open("north", datetime.fromisoformat("2026-06-19T09:00")) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mon",
        "mon-fri",
        "mon-fri 8-17",
        "fri-mon 08:00-17:00",
        "mon 17:00-08:00",
        "mon 08:00-25:00",
        "foo 08:00-17:00",
        "mon 08:77-17:00",
        "mon 08:00-17:00,",
    ],
)
def test_hours_that_cannot_be_read_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match="mon-fri 08:00-17:00") as caught:
        parse_opening_hours(text)
    assert "\n" not in str(caught.value)
