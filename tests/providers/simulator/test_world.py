"""The list of calls: the same for the same seed, shaped like a working week, and never in contradiction with itself."""

from __future__ import annotations

import ast
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import providers.simulator
from providers.simulator import World
from providers.simulator.world import PROVIDERS, PlacedCall
from providers.simulator.world.people import REGULARS
from providers.simulator.world.times import DAY_MS, STOCKHOLM, local, midnight_ms

MONDAY = date(2026, 11, 16)
FOLD_SUNDAY = date(2026, 10, 25)
GAP_SUNDAY = date(2026, 3, 29)
SECOND_US = 1_000_000


def calls_of(world: World, day: date) -> list[PlacedCall]:
    return [call for provider in PROVIDERS for call in world.day(day)[provider]]


def test_the_same_seed_gives_the_same_calls_and_another_seed_other_ones() -> None:
    first, again, other = World(7, MONDAY, 200), World(7, MONDAY, 200), World(8, MONDAY, 200)
    assert calls_of(first, MONDAY) == calls_of(again, MONDAY)
    assert calls_of(first, MONDAY) != calls_of(other, MONDAY)


def test_a_day_is_the_same_whatever_day_the_world_begins_with() -> None:
    late, early = World(7, MONDAY, 200), World(7, MONDAY - timedelta(days=9), 200)
    assert calls_of(late, MONDAY) == calls_of(early, MONDAY)


def test_the_order_of_showing_does_not_depend_on_when_somebody_looked() -> None:
    one, other = World(7, MONDAY, 200), World(7, MONDAY, 200)
    end_ms = midnight_ms(MONDAY) + 3 * DAY_MS
    for step in range(0, 3 * 24, 5):
        one.visible(midnight_ms(MONDAY) + step * 3_600_000)
    assert list(one.visible(end_ms)) == list(other.visible(end_ms))
    rows = [call for call in one.visible(end_ms) if call.provider == "while1"]
    assert [one.first_row_id(call) for call in rows] == [other.first_row_id(call) for call in rows]


def test_before_the_first_day_nothing_ever_happened() -> None:
    world = World(7, MONDAY, 200)
    assert calls_of(world, MONDAY - timedelta(days=1)) == []
    assert not world.visible(midnight_ms(MONDAY))


@pytest.mark.parametrize("size", [100, 400, 1000])
def test_a_working_day_has_about_the_calls_asked_for(size: int) -> None:
    week = World(7, MONDAY, size)
    counts = [len(calls_of(week, MONDAY + timedelta(days=offset))) for offset in range(7)]
    assert 0.85 * size < sum(counts[:5]) / 5 < 1.15 * size
    assert max(counts) == counts[0]
    assert max(counts[5:]) < 0.4 * min(counts[:5])


def test_the_day_has_a_morning_peak_and_a_dip_at_lunch() -> None:
    world = World(7, MONDAY, 1000)
    hours = Counter(
        local(call.started_us // 1000, STOCKHOLM).hour
        for offset in range(5)
        for call in calls_of(world, MONDAY + timedelta(days=offset))
    )
    assert hours[12] < 0.75 * min(hours[9], hours[10], hours[13], hours[14])
    assert max(hours, key=lambda hour: hours[hour]) in (9, 10)
    assert sum(hours[hour] for hour in range(8, 17)) > 0.8 * sum(hours.values())


def test_every_night_has_calls_and_most_have_one_over_midnight() -> None:
    world = World(7, MONDAY, 100)
    over_midnight = 0
    for offset in range(14):
        day = MONDAY + timedelta(days=offset)
        night_us = midnight_ms(day) * 1000, (midnight_ms(day) + 5 * 3_600_000) * 1000
        end_us = midnight_ms(day + timedelta(days=1)) * 1000
        calls = calls_of(world, day)
        assert sum(night_us[0] <= call.started_us < night_us[1] for call in calls) >= 5
        over_midnight += any(call.started_us < end_us < call.ended_us for call in calls)
    assert over_midnight >= 12


@pytest.mark.parametrize(("day", "hours"), [(FOLD_SUNDAY, 25), (GAP_SUNDAY, 23)])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_nights_of_the_clock_change_have_calls_before_after_and_across_it(day: date, hours: int, provider: str) -> None:
    change_us = (midnight_ms(day + timedelta(days=1)) - midnight_ms(day) == hours * 3_600_000) and (
        midnight_ms(day) // DAY_MS + 1
    ) * DAY_MS * 1000 + 3600 * SECOND_US
    calls = World(7, day, 100).day(day)[provider]
    hour_us = 3600 * SECOND_US
    assert sum(change_us - hour_us <= call.started_us < change_us for call in calls) >= 2
    assert sum(change_us <= call.started_us < change_us + hour_us for call in calls) >= 2
    assert any(call.started_us < change_us < call.ended_us for call in calls)


def test_ninety_days_hold_everything_that_can_happen() -> None:
    world = World(7, MONDAY - timedelta(days=91), 400)
    calls = list(world.visible(midnight_ms(MONDAY + timedelta(days=1))))
    seen = {(call.provider, call.direction, call.outcome) for call in calls}
    for provider in ("portsip", "while1"):
        for outcome in ("answered", "missed", "busy", "failed", "congestion"):
            assert (provider, "out", outcome) in seen
    assert {twist for call in calls if (twist := call.twist)} == {
        *("twin", "abandoned", "menu", "forwarded", "transfer", "sibling", "capacity")
    }
    assert max(call.ended_us - call.started_us for call in calls) > 3600 * SECOND_US
    starts = Counter((call.provider, call.started_us, call.ended_us) for call in calls if call.twist != "twin")
    assert any(count > 1 for (provider, _, _), count in starts.items() if provider == "soluno")
    late = [call for call in calls if call.visible_ms - call.ended_us // 1000 > 8 * 3_600_000]
    assert 0 < len(late) < len(calls) / 200


def test_about_a_fifth_of_inbound_calls_are_regulars_at_more_than_one_provider() -> None:
    world = World(7, MONDAY, 1000)
    inbound = [call for call in calls_of(world, MONDAY) if call.direction == "in" and call.provider != "telecomx"]
    numbers = {regular.number for regulars in REGULARS.values() for regular in regulars}
    regular = [call for call in inbound if call.caller.identity in numbers]
    assert 0.15 < len(regular) / len(inbound) < 0.30
    heard_at: dict[str, set[str]] = {}
    for call in regular:
        heard_at.setdefault(call.caller.identity, set()).add(call.provider)
    assert sum(len(providers) > 1 for providers in heard_at.values()) > 5
    assert 0.01 < sum(not call.caller.identity for call in inbound) / len(inbound) < 0.08


def test_some_missed_callers_are_rung_back_or_get_through_later_and_some_never() -> None:
    calls = calls_of(World(7, MONDAY, 1000), MONDAY)
    missed = [call for call in calls if call.direction == "in" and call.outcome == "missed" and call.caller.identity]
    missed = [call for call in missed if call.provider != "telecomx"]

    def later(call: PlacedCall, direction: str) -> bool:
        return any(
            other.direction == direction
            and other.outcome == "answered"
            and other.started_us > call.ended_us
            and call.caller.identity in (other.caller.identity, other.callee.identity)
            for other in calls
        )

    returned = sum(later(call, "out") for call in missed)
    got_through = sum(later(call, "in") and not later(call, "out") for call in missed)
    assert returned > len(missed) / 5
    assert got_through > 0
    assert sum(not later(call, "out") and not later(call, "in") for call in missed) > len(missed) / 10


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    day=st.dates(date(2024, 1, 1), date(2029, 12, 31)) | st.sampled_from([FOLD_SUNDAY, GAP_SUNDAY]),
    size=st.integers(1, 150),
)
def test_every_call_of_every_day_is_possible(seed: int, day: date, size: int) -> None:
    world = World(seed, day, size)
    begins_us, ends_us = midnight_ms(day) * 1000, midnight_ms(day + timedelta(days=1)) * 1000
    for provider, calls in world.day(day).items():
        assert [call.started_us for call in calls] == sorted(call.started_us for call in calls)
        assert len({call.serial for call in calls}) == len(calls)
        for call in calls:
            assert begins_us <= call.started_us < ends_us
            _check(provider, call)


def _check(provider: str, call: PlacedCall) -> None:
    assert call.provider == provider
    assert (call.outcome == "answered") == (call.person_answered_us() is not None)
    assert call.ended_us == max(leg.ended_us for leg in call.attempts)
    assert call.visible_ms >= call.ended_us // 1000 + 3000
    assert call.started_us <= min(leg.started_us for leg in call.attempts)
    unit_us = {"while1": SECOND_US, "portsip": 1}.get(provider, 1000)
    for leg in call.attempts:
        moments = [leg.started_us, leg.ringing_us, leg.answered_us, leg.ended_us]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)
        assert all(moment % unit_us == 0 for moment in known)
    if provider in ("soluno", "dstny"):
        assert call.outcome in ("answered", "missed")
        assert call.direction in ("in", "internal")


def test_callers_of_while1_never_ring_twice_within_minutes() -> None:
    world = World(3, MONDAY, 3000)
    last: dict[str, int] = {}
    for call in world.day(MONDAY)["while1"]:
        if call.direction == "in" and call.caller.identity:
            assert call.started_us - last.get(call.caller.identity, 0) > 180 * SECOND_US
            last[call.caller.identity] = call.started_us


def test_a_world_without_calls_is_refused() -> None:
    with pytest.raises(ValueError, match="0 calls a day"):
        World(7, MONDAY, 0)


def test_the_simulator_knows_nothing_of_the_clients_it_judges() -> None:
    folder = Path(providers.simulator.__file__).parent
    files = list(folder.rglob("*.py"))
    assert len(files) > 20
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.startswith(("providers", "calls", "tui", "httpx")) or name.startswith("providers.simulator")
                assert not name.startswith("uvicorn") or file.name == "server.py"
