"""The week by hour and the coverage of groups of time, held against a walk through real hours and single calls."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from calls.cache import tallies
from calls.cache.reader import Reader
from calls.cache.writer import Reading
from calls.filters import parse
from calls.metrics import time_label
from calls.metrics.week import WeekMeasure
from calls.model import Record, Source, Window
from calls.times import day_hours, local_day_window, parse_rfc3339, to_local
from tests.calls.cache.help import DAY_MS, DESK, HOUR_MS, FakeDeriver, a_cache

NORTH = Source("north", "portsip", "Europe/Stockholm", "46")
SOUTH = Source("south", "while1", "Europe/Bucharest", "40")
# A Wednesday; ten days before lies the Sunday of 25 hours.
NOW_MS = parse_rfc3339("2026-11-04T09:40:00Z")
COMPLETE_TO_MS = NOW_MS - 7 * 60_000
FIRST_MS = NOW_MS - 20 * DAY_MS - 1000
# Read by nobody: three hours and a half of a Thursday.
GAP = Window(parse_rfc3339("2026-10-29T09:30:00Z"), parse_rfc3339("2026-10-29T13:00:00Z"))
COVERED = (Window(FIRST_MS, GAP.start_ms), Window(GAP.end_ms, COMPLETE_TO_MS))


def records(name: str, count: int) -> Iterator[Record]:
    chance = random.Random(name)
    for number in range(count):
        # Also in the gap: a call that somebody asked for extends no coverage.
        started_ms = chance.randrange(FIRST_MS, NOW_MS)
        status = "answered" if chance.random() < 0.7 else "missed"
        payload = {"direction": chance.choices(["in", "out"], [5, 1])[0], "status": status, "queue": chance.choice(["", "711"])}
        yield Record(f"{name}{number}", f"{name}{number}", started_ms, payload)


@pytest.fixture(scope="module", params=[SOUTH.timezone, NORTH.timezone])
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path, south = tmp_path_factory.mktemp("week") / "calltop.db", SOUTH._replace(timezone=request.param)
    with a_cache(path, NORTH, south) as cache:
        for source, count in ((NORTH, 1200), (south, 900)):
            some = tuple(records(source.name, count))
            for covered in COVERED:
                reading = Reading(some, (), NOW_MS, covered=covered, complete_to_ms=COMPLETE_TO_MS)
                cache.writer.store(FakeDeriver(source, link_ms=0), cache.ids[source.name], reading)
                some = ()
    with closing(Reader(path)) as made:
        yield made


def zones_of(reader: Reader) -> dict[str, ZoneInfo]:
    return {name: ZoneInfo(known.source.timezone) for name, known in reader.sources().items()}


def real_hours(zone: ZoneInfo) -> Iterator[tuple[date, Window]]:
    day = date(2026, 10, 14)
    while day <= date(2026, 11, 4):
        for window in day_hours(day, zone):
            yield day, window
        day += timedelta(days=1)


def is_covered(window: Window) -> bool:
    return any(known.start_ms <= window.start_ms and window.end_ms <= known.end_ms for known in COVERED)


@pytest.mark.parametrize("text", ["", "queue:711", "on:-6d..today", "since:2026-10-24 to:2026-10-26", "direction:out"])
@pytest.mark.parametrize("most_runs", [0, tallies.MOST_RUNS])
def test_every_hour_of_the_week_is_divided_by_how_often_it_was_covered(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, text: str, most_runs: int
) -> None:
    monkeypatch.setattr(tallies, "MOST_RUNS", most_runs)
    wanted = parse(text)
    context = reader.context(NOW_MS)
    times: dict[str, Counter[tuple[int, int]]] = {}
    offered: dict[str, Counter[tuple[int, int]]] = {}
    answered: Counter[tuple[int, int]] = Counter()
    calls = [call for call in reader.calls(wanted, NOW_MS) if call.direction == "in" or "direction" in text]
    for name, zone in zones_of(reader).items():
        reach = wanted.reach(context, name)
        times[name], offered[name] = Counter(), Counter()
        for day, window in real_hours(zone):
            asked = (reach.start_ms or 0) <= window.start_ms and window.end_ms <= (reach.end_ms or NOW_MS)
            # Every gap of these data lies outside of the hours that come twice.
            if asked and is_covered(window):
                place = day.weekday(), to_local(window.start_ms, zone).hour
                times[name][place] += 1
                here = [call for call in calls if call.provider == name and call.started_ms in window]
                offered[name][place] += len(here)
                answered[place] += sum(call.status == "answered" for call in here)
    found = reader.week(wanted, NOW_MS).hours
    assert found.keys() == times["north"].keys() | times["south"].keys()
    for place, hour in found.items():
        telling = [name for name in times if times[name][place]]
        assert hour.offered == sum(offered[name][place] for name in times)
        assert hour.answered == answered[place]
        assert hour.hours == max(times[name][place] for name in telling)
        assert hour.fewest_hours == min(times[name][place] for name in telling)
        assert hour.offered_per_hour == pytest.approx(sum(offered[name][place] / times[name][place] for name in telling))
        assert set(hour.left_out) == times.keys() - set(telling)
        assert hour.value(WeekMeasure.ANSWER_RATE) == (hour.answered / hour.offered if hour.offered else None)


def test_an_hour_that_came_twice_counts_twice_and_one_that_was_skipped_not_at_all(reader: Reader) -> None:
    hours = reader.week(parse("on:2026-10-25 provider:north"), NOW_MS).hours
    assert len(hours) == 24
    assert {place: hour.hours for place, hour in hours.items() if hour.hours > 1} == {(6, 2): 2}
    # Nothing is kept of a spring day, so nothing is told of its hours.
    assert not reader.week(parse("on:2026-03-29"), NOW_MS).hours


def test_each_provider_has_its_own_hour_that_came_twice(tmp_path: Path) -> None:
    day = date(2026, 10, 25)
    with a_cache(tmp_path / "calltop.db", NORTH, SOUTH) as cache:
        for source in (NORTH, SOUTH):
            # The same local hours are known of both.
            covered = local_day_window(day, ZoneInfo(source.timezone))
            calls = tuple(Record(f"{hour}", f"{hour}", covered.start_ms + hour * HOUR_MS, {}) for hour in range(25))
            reading = Reading(calls, (), NOW_MS, covered=covered, complete_to_ms=covered.end_ms)
            cache.writer.store(FakeDeriver(source, link_ms=0), cache.ids[source.name], reading)
    with closing(Reader(tmp_path / "calltop.db")) as reader:
        hours = reader.week(parse(""), NOW_MS).hours
    assert {place[1]: (hour.hours, hour.offered) for place, hour in hours.items() if hour.offered != 2} == {
        2: (2, 3),
        3: (2, 3),
    }
    assert all(hour.offered_per_hour == 2 for hour in hours.values())


@pytest.mark.parametrize("grouping", ["hour", "day", "week", "month", "weekday"])
@pytest.mark.parametrize("text", ["", "on:2026-10-25", "since:2026-10-29 queue:711"])
def test_a_stretch_tells_how_much_of_it_is_covered(reader: Reader, grouping: str, text: str) -> None:
    wanted, context = parse(text), reader.context(NOW_MS)
    seconds: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    late = set()
    for name, zone in zones_of(reader).items():
        reach = wanted.reach(context, name)
        asked = Window(max(reach.start_ms or FIRST_MS, FIRST_MS), min(reach.end_ms or NOW_MS, NOW_MS))
        for day, window in real_hours(zone):
            label = time_label(grouping, day.toordinal(), to_local(window.start_ms, zone).hour)
            part = overlap(window, asked)
            seconds[label] += part
            covered[label] += sum(
                overlap(Window(max(w.start_ms, asked.start_ms), min(w.end_ms, asked.end_ms)), window) for w in COVERED
            )
            if overlap(window, Window(max(asked.start_ms, COMPLETE_TO_MS), asked.end_ms)):
                late.add(label)
    found = reader.stretches(wanted, NOW_MS, grouping)
    assert {one.label for one in found} == {label for label, some in seconds.items() if some}
    assert all(one.seconds == seconds[one.label] and one.covered_seconds == covered[one.label] for one in found)
    assert {one.label for one in found if one.provisional} == late
    groups = list(reader.groups(wanted, NOW_MS, grouping))
    assert [one.label for one in found if one.label in groups] == groups


def overlap(one: Window, other: Window) -> int:
    return max(0, min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)) // 1000


def test_an_hour_of_the_gap_is_a_gap(reader: Reader) -> None:
    found = {one.label: one for one in reader.stretches(parse("on:2026-10-29 provider:north"), NOW_MS, "hour")}
    assert [label for label, one in found.items() if one.is_gap and label.startswith("2026-10-29")][:3] == [
        "2026-10-29T11", "2026-10-29T12", "2026-10-29T13",
    ]  # fmt: skip
    assert 0 < found["2026-10-29T10"].covered_seconds < found["2026-10-29T10"].seconds


def test_a_provider_of_totals_takes_part_where_it_can(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    start_ms = parse_rfc3339("2026-11-02T09:00:00Z")
    bucket = {"employee_id": "1", "employee_name": "Eva", "inbound_calls": 6, "inbound_answered": 4}
    with a_cache(path, DESK) as cache:
        record = Record("1", "1", start_ms, bucket)
        reading = Reading((record,), (), NOW_MS, covered=Window(start_ms - HOUR_MS, start_ms + HOUR_MS), complete_to_ms=NOW_MS)
        cache.writer.store(FakeDeriver(DESK), cache.ids["desk"], reading)
    with closing(Reader(path)) as made:
        hours = made.week(parse(""), NOW_MS).hours
        assert {place: (hour.offered, hour.answered) for place, hour in hours.items()} == {(0, 9): (0, 0), (0, 10): (6, 4)}
        assert not made.week(parse("queue:711"), NOW_MS).hours
        assert not made.stretches(parse("queue:711"), NOW_MS, "hour")
