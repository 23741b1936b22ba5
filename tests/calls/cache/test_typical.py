"""Today against typical, held against a computation that goes through the calls one by one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from zoneinfo import ZoneInfo

import pytest

from calls.cache.reader import Reader
from calls.cache.typical import NOTHING_YET, TIMES_WITHIN
from calls.cache.writer import Reading
from calls.calendar import Calendar
from calls.filters import parse
from calls.metrics.past_weeks import HOLIDAY
from calls.metrics.typical import Change, TypicalDay
from calls.model import Call, Record, Source, Window
from calls.times import day_hours, local_date, local_day_window, parse_rfc3339, to_local
from tests.calls.cache.help import DAY_MS, DESK, HOUR_MS, FakeDeriver, a_cache

NORTH = Source("north", "portsip", "Europe/Stockholm", "46")
SOUTH = Source("south", "while1", "Europe/Bucharest", "40")
ZONES = {source.name: ZoneInfo(source.timezone) for source in (NORTH, SOUTH)}
# A Sunday; five weeks before lies the day of 25 hours.
NOW_MS = parse_rfc3339("2026-11-29T14:40:00Z")
COMPLETE_TO_MS = NOW_MS - 5 * 60_000
TODAY = date(2026, 11, 29)
FIRST_MS = NOW_MS - 80 * DAY_MS
# One hour of one Sunday was never read.
GAP = Window(parse_rfc3339("2026-11-15T09:30:00Z"), parse_rfc3339("2026-11-15T10:30:00Z"))
CALENDAR = Calendar(frozenset({date(2026, 11, 1)}))


def records(name: str, count: int) -> Iterator[Record]:
    chance = random.Random(name)
    for number in range(count):
        day = chance.randrange(12)
        started_ms = NOW_MS - day * 7 * DAY_MS - chance.randrange(20 * HOUR_MS)
        if FIRST_MS <= started_ms < COMPLETE_TO_MS and started_ms not in GAP:
            answered = chance.random() < 0.7
            payload = {
                "direction": chance.choices(["in", "out"], [4, 1])[0],
                "status": "answered" if answered else "missed",
                "queue": chance.choice(["", "711"]),
            }
            yield Record(f"{name}{number}", f"{name}{number}", started_ms, payload)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path = tmp_path_factory.mktemp("typical") / "calltop.db"
    with a_cache(path, NORTH, SOUTH) as cache:
        for source, count in ((NORTH, 1500), (SOUTH, 1000)):
            some = tuple(records(source.name, count))
            for covered in (Window(FIRST_MS, GAP.start_ms), Window(GAP.end_ms, COMPLETE_TO_MS)):
                reading = Reading(some, (), NOW_MS, covered=covered, complete_to_ms=COMPLETE_TO_MS)
                cache.writer.store(FakeDeriver(source, link_ms=0), cache.ids[source.name], reading)
                some = ()
    with closing(Reader(path, CALENDAR)) as made:
        yield made


def counts(calls: Sequence[Call], name: str, day: date, hours: range) -> tuple[int, int]:
    zone = ZONES[name]
    some = [
        call
        for call in calls
        if call.provider == name
        and call.direction == "in"
        and local_date(call.started_ms, zone) == day
        and to_local(call.started_ms, zone).hour in hours
    ]
    return len(some), sum(call.status == "answered" for call in some)


def weeks_known(name: str, hours: range) -> list[date]:
    """The Sundays before whose hours are all covered, come once, and are no holiday."""
    found = []
    for step in range(1, 12):
        day = TODAY - timedelta(weeks=step)
        windows = [window for window in day_hours(day, ZONES[name]) if to_local(window.start_ms, ZONES[name]).hour in hours]
        whole = all(
            window.start_ms >= FIRST_MS and (window.end_ms <= GAP.start_ms or window.start_ms >= GAP.end_ms)
            for window in windows
        )
        if whole and len(windows) == len(hours) and not CALENDAR.is_holiday(name, day):
            found.append(day)
    return found


def whole_hours(name: str) -> range:
    return range(to_local(COMPLETE_TO_MS, ZONES[name]).hour)


@pytest.mark.parametrize("text", ["", "queue:711", "since:today queue:711"])
def test_every_band_equals_the_weeks_counted_call_by_call(reader: Reader, text: str) -> None:
    calls = list(reader.calls(parse("queue:711" if text else ""), NOW_MS))
    found = reader.typical(parse(text), NOW_MS)
    for day in found.providers:
        hours = whole_hours(day.provider)
        weeks = weeks_known(day.provider, hours)
        assert 4 <= len(weeks) == day.weeks < 11
        before = [counts(calls, day.provider, week, hours) for week in weeks]
        today = counts(calls, day.provider, TODAY, hours)
        expect(day, today, before)
        zone = ZONES[day.provider]
        assert day.compared == Window(
            local_day_window(TODAY, zone).start_ms, local_day_window(TODAY, zone).start_ms + len(hours) * HOUR_MS
        )
        for number, hour in enumerate(day.hours):
            just = range(number, number + 1)
            assert (hour.offered, hour.answered) == (
                counts(calls, day.provider, TODAY, just) if number in hours else (None, None)
            )
            samples = [counts(calls, day.provider, week, just)[0] for week in weeks_known(day.provider, just)]
            assert hour.weeks == len(samples)
            assert hour.typical is not None
            low, _, high = quantiles(samples, n=4, method="inclusive")
            assert (hour.typical.median, hour.typical.low, hour.typical.high) == pytest.approx((median(samples), low, high))


VALUES: dict[str, Callable[[int, int], float]] = {
    "offered": lambda offered, answered: offered,
    "answered": lambda offered, answered: answered,
    "missed": lambda offered, answered: offered - answered,
    "answer_rate": lambda offered, answered: answered / offered,
}


def expect(day: TypicalDay, today: tuple[int, int], before: list[tuple[int, int]]) -> None:
    for name, value in VALUES.items():
        found, samples = day.figures[name], [value(*week) for week in before]
        now = value(*today)
        low, _, high = quantiles(samples, n=4, method="inclusive")
        assert found.figure.value == now
        assert found.typical is not None
        assert (found.typical.median, found.typical.low, found.typical.high) == pytest.approx((median(samples), low, high))
        assert found.change is (Change.ABOVE if now > high else Change.BELOW if now < low else Change.WITHIN)
    assert day.reason == ""


def test_all_providers_together_are_compared_over_the_weeks_that_all_know(reader: Reader) -> None:
    calls = list(reader.calls(parse(""), NOW_MS))
    day = reader.typical(parse(""), NOW_MS).together
    weeks = set.intersection(*(set(weeks_known(name, whole_hours(name))) for name in ZONES))

    def both(on: date) -> tuple[int, int]:
        parts = [counts(calls, name, on, whole_hours(name)) for name in ZONES]
        return sum(offered for offered, _ in parts), sum(answered for _, answered in parts)

    assert day.weeks == len(weeks)
    expect(day, both(TODAY), [both(week) for week in weeks])


def test_the_hours_of_all_providers_are_those_that_are_today_everywhere(reader: Reader) -> None:
    calls = list(reader.calls(parse(""), NOW_MS))
    hours = reader.typical(parse(""), NOW_MS).together.hours
    # The first hour of the day in Bucharest is still yesterday in Stockholm, whose last one is tomorrow there.
    assert [hour.window for hour in hours] == list(day_hours(TODAY, ZONES["north"]))[:23]
    for number, hour in enumerate(hours):
        just = {"north": range(number, number + 1), "south": range(number + 1, number + 2)}
        now = [counts(calls, name, TODAY, just[name]) for name in ZONES]
        known = hour.window.end_ms <= COMPLETE_TO_MS
        assert (hour.offered, hour.answered) == (tuple(map(sum, zip(*now, strict=True))) if known else (None, None))
        weeks = set.intersection(*(set(weeks_known(name, just[name])) for name in ZONES))
        samples = [sum(counts(calls, name, week, just[name])[0] for name in ZONES) for week in weeks]
        assert hour.weeks == len(samples)
        assert hour.typical is not None
        assert hour.typical.median == median(samples)


def test_on_a_holiday_nothing_is_said_of_a_change(reader: Reader) -> None:
    before = reader.calendar
    reader.calendar = Calendar(holidays_of={"north": frozenset({TODAY})})
    try:
        found = reader.typical(parse(""), NOW_MS)
    finally:
        reader.calendar = before
    north = next(day for day in found.providers if day.provider == "north")
    assert north.reason == HOLIDAY
    assert {figure.change for figure in north.figures.values()} == {Change.UNKNOWN}
    assert found.together.left_out == ("north",)


def test_times_within_an_alternative_cannot_be_compared(reader: Reader) -> None:
    found = reader.typical(parse("since:today or queue:711"), NOW_MS)
    assert {day.reason for day in (found.together, *found.providers)} == {TIMES_WITHIN}


def test_just_after_midnight_nothing_is_complete(reader: Reader) -> None:
    midnight_ms = local_day_window(TODAY, ZONES["north"]).start_ms
    found = reader.typical(parse(""), midnight_ms + 30 * 60_000)
    north = next(day for day in found.providers if day.provider == "north")
    assert (north.reason, north.figures) == (NOTHING_YET, {})


def test_few_weeks_are_not_enough_and_an_empty_cache_knows_nothing(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db", NORTH, DESK) as cache:
        covered = Window(NOW_MS - 22 * DAY_MS, NOW_MS)
        reading = Reading((), (), NOW_MS, covered=covered, complete_to_ms=NOW_MS)
        cache.writer.store(FakeDeriver(NORTH), cache.ids["north"], reading)
        with closing(Reader(cache.path)) as reader:
            found = reader.typical(parse("queue:711"), NOW_MS)
    north, desk = found.providers
    assert (north.weeks, north.reason) == (3, "not enough weeks to compare with: 3 of at least 4")
    assert (north.figures["offered"].figure.value, north.figures["offered"].change) == (0, Change.UNKNOWN)
    assert north.figures["answer_rate"].figure.value is None
    assert desk.reason == "knows employees and hours, not queue"
    assert found.together.figures == {}
