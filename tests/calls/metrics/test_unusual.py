"""Outbound calls that are unusual, and those just below it."""

from __future__ import annotations

import pytest

from calls.calendar import Calendar, parse_opening_hours
from calls.metrics.unusual import Outbound, is_abroad, reasons_by_key
from calls.model import Source
from calls.times import parse_rfc3339

NORTH = Source("north", "portsip", "Europe/Stockholm", "46")
CALENDAR = Calendar(opening=parse_opening_hours("mon-fri 08:00-17:00"))
NOON_MS = parse_rfc3339("2026-11-25T11:00:00Z")
SECOND_MS, MINUTE_MS = 1_000, 60_000


def call(key: int, started_ms: int, number: str = "+46701740605", who: str = "", seconds: int = 30) -> Outbound:
    return Outbound(key, "north", started_ms, started_ms + seconds * SECOND_MS, who, number)


def reasons(*calls: Outbound) -> dict[int, list[str]]:
    return reasons_by_key(sorted(calls, key=lambda one: one.started_ms), {"north": NORTH}, CALENDAR)


@pytest.mark.parametrize(
    ("moment", "number", "said"),
    [
        ("2026-11-25T02:10:00Z", "+9604211234", ["abroad outside of opening hours (Wed 03:10)"]),
        ("2026-11-28T11:00:00Z", "+9604211234", ["abroad outside of opening hours (Sat 12:00)"]),
        ("2026-11-25T11:00:00Z", "+9604211234", None),
        ("2026-11-25T02:10:00Z", "+46701740605", None),
        ("2026-11-25T02:10:00Z", "102", None),
        ("2026-11-25T02:10:00Z", "", None),
    ],
)
def test_calls_abroad_outside_of_opening_hours(moment: str, number: str, said: list[str] | None) -> None:
    assert reasons(call(1, parse_rfc3339(moment), number)).get(1) == said


def test_where_the_own_country_is_not_known_nothing_is_abroad() -> None:
    assert is_abroad("+9604211234", "46")
    assert not is_abroad("+9604211234", "")


def test_eight_calls_to_one_range_within_ten_minutes_are_a_burst() -> None:
    def to_range(count: int, spacing_ms: int) -> list[Outbound]:
        return [call(number, NOON_MS + number * spacing_ms, f"+96042112{number:02}") for number in range(count)]

    assert reasons(*to_range(7, MINUTE_MS)) == {}
    found = reasons(*to_range(8, MINUTE_MS))
    assert found == {key: ["8 calls to +960421… within 10 minutes"] for key in range(8)}
    # Eight calls in ten minutes and ten seconds are none, and other ranges are counted apart.
    assert reasons(*to_range(8, 86 * SECOND_MS)) == {}
    assert reasons(*(call(number, NOON_MS + number, f"+9604{number}110000") for number in range(8))) == {}
    # The calls of a longer burst say how many came together at most.
    assert {text for texts in reasons(*to_range(12, 30 * SECOND_MS)).values() for text in texts} == {
        "12 calls to +960421… within 10 minutes"
    }


def test_extensions_have_no_range() -> None:
    assert reasons(*(call(number, NOON_MS + number, f"10{number}") for number in range(9))) == {}


def test_three_calls_of_one_person_at_once() -> None:
    together = [call(number, NOON_MS + number * SECOND_MS, who="101") for number in range(3)]
    assert reasons(*together) == {key: ["3 calls at once from 101"] for key in range(3)}
    assert reasons(*together[:2], call(9, NOON_MS + 2 * SECOND_MS, who="102")) == {}
    # One that ends when another starts makes room for it.
    after = [call(number, NOON_MS + number * 30 * SECOND_MS, who="101") for number in range(7)]
    assert reasons(*after) == {}
    assert reasons(*(call(number, NOON_MS, who="") for number in range(5))) == {}


def test_three_attempts_at_once_within_one_call() -> None:
    spans = ((0, 30), (10, 40), (29, 60))
    busy = Outbound(1, "north", NOON_MS, None, "", "+46701740605", spans)
    assert reasons(busy) == {1: ["3 attempts at once in one call"]}
    assert reasons(Outbound(1, "north", NOON_MS, None, "", "+46701740605", (*spans[:2], (30, 60)))) == {}


def test_a_call_may_be_unusual_for_several_reasons() -> None:
    night_ms = parse_rfc3339("2026-11-25T02:00:00Z")
    found = reasons(*(call(number, night_ms, "+9604211234", who="101", seconds=90) for number in range(8)))
    assert [len(texts) for texts in found.values()] == [3] * 8
