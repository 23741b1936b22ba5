"""Groups of calls and their labels."""

from __future__ import annotations

from datetime import date

import pytest

from calls.filters import FilterContext, parse
from calls.metrics import GROUPINGS, TIME_GROUPINGS, group_label, group_order, time_label
from calls.model import Call, Direction, Source, Status
from calls.times import parse_rfc3339

SOURCE = Source("head-office", "portsip", "Europe/Stockholm", "46")


def a_call(started: str, direction: Direction = Direction.IN, **texts: str) -> Call:
    return Call("head-office", "portsip", "1", parse_rfc3339(started), direction, Status.ANSWERED, **texts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("grouping", "label"),
    [("hour", "2026-11-23T00"), ("day", "2026-11-23"), ("week", "2026-W48"), ("month", "2026-11"), ("weekday", "Mon")],
)
def test_time_is_cut_in_the_zone_of_the_provider(grouping: str, label: str) -> None:
    assert group_label(grouping, a_call("2026-11-22T23:30:00Z"), SOURCE) == label


@pytest.mark.acceptance(10)
@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2020, 12, 31), "2020-W53"),
        (date(2021, 1, 3), "2020-W53"),
        (date(2027, 1, 1), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
    ],
)
def test_weeks_at_the_turn_of_the_year(day: date, week: str) -> None:
    assert time_label("week", day.toordinal(), 12) == week


def test_both_passes_of_the_repeated_hour_are_one_group() -> None:
    passes = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]
    assert {group_label("hour", a_call(at), SOURCE) for at in passes} == {"2026-10-25T02"}


@pytest.mark.parametrize("grouping", ["hour", "day", "week", "month"])
def test_a_label_of_time_finds_its_group_as_a_filter(grouping: str) -> None:
    context = FilterContext(parse_rfc3339("2026-11-22T10:00:00Z"), {SOURCE.name: SOURCE})
    call = a_call("2026-10-25T01:30:00Z")
    assert parse(f"on:{group_label(grouping, call, SOURCE)}").predicate(context)(call)


def test_groups_by_who() -> None:
    call = a_call("2026-11-22T10:00:00Z", caller="070-1740605", callee="102", queue="622", employee="Bo Madsen")
    labels = [group_label(grouping, call, SOURCE) for grouping in ("provider", "queue", "employee", "number")]
    assert labels == ["head-office", "622", "Bo Madsen", "+46701740605"]


def test_the_number_is_that_of_the_other_party() -> None:
    outbound = a_call("2026-11-22T10:00:00Z", Direction.OUT, caller="102", callee="0701740605")
    assert group_label("number", outbound, SOURCE) == "+46701740605"
    assert group_label("number", a_call("2026-11-22T10:00:00Z", caller="Anonymous"), SOURCE) == "withheld"


def test_groups_sort_as_people_expect() -> None:
    assert sorted(["Sun", "Mon", "Wed"], key=lambda label: group_order("weekday", label)) == ["Mon", "Wed", "Sun"]
    assert sorted(["", "bo", "Anna"], key=lambda label: group_order("employee", label)) == ["Anna", "bo", ""]
    assert sorted(["withheld", "102"], key=lambda label: group_order("number", label)) == ["102", "withheld"]
    labels = [time_label("hour", date(2026, 9, 30).toordinal(), 23), time_label("hour", date(2026, 10, 1).toordinal(), 0)]
    assert sorted(labels, key=lambda label: group_order("hour", label)) == labels


def test_an_unknown_grouping_is_named_with_the_known_ones() -> None:
    call = a_call("2026-11-22T10:00:00Z")
    with pytest.raises(ValueError, match="cannot group by colour: use one of provider, hour"):
        group_label("colour", call, SOURCE)
    with pytest.raises(ValueError, match="queue is not a grouping by time"):
        time_label("queue", 1, 0)
    assert {group_label(grouping, call, SOURCE) is not None for grouping in GROUPINGS} == {True}
    assert set(TIME_GROUPINGS) < set(GROUPINGS)
