"""How many people the calls of each hour need, from a cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from calls.cache.reader import Reader
from calls.cache.staffing import MIXED_TIMES, NOT_COVERED, Staff, on_working_days
from calls.cache.writer import Reading
from calls.calendar import Calendar
from calls.filters import parse
from calls.metrics import Grade
from calls.metrics.erlang import agents_needed, staffing
from calls.model import Record, Source, Window
from calls.times import parse_rfc3339
from tests.calls.cache.help import DAY_MS, DESK, HOUR_MS, FakeDeriver, a_cache

PBX = Source("pbx", "portsip", "Europe/Stockholm", "46")
# A Friday noon in Stockholm; everything from Monday of two weeks before on is covered, but for one hour.
NOW_MS = parse_rfc3339("2026-11-27T11:30:00Z")
FIRST_MS = parse_rfc3339("2026-11-15T23:00:00Z")
GAP = Window(parse_rfc3339("2026-11-18T09:00:00Z"), parse_rfc3339("2026-11-18T10:00:00Z"))


def records() -> Iterator[Record]:
    """Twelve calls from ten to eleven on each day, of which ten are answered for four minutes; one at night on the 20th."""
    for day in range(12):
        ten_ms = FIRST_MS + day * DAY_MS + 10 * HOUR_MS
        for number in range(12):
            answered = number < 10
            payload = {"status": "answered" if answered else "missed", "talk_ms": 240_000 if answered else 0}
            yield Record(f"{day}-{number}", f"{day}-{number}", ten_ms + number * 60_000, payload)
    night_ms = parse_rfc3339("2026-11-20T02:00:00Z")
    yield Record("night", "night", night_ms, {"status": "answered", "talk_ms": 60_000})


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path = tmp_path_factory.mktemp("staffing") / "calltop.db"
    with a_cache(path, PBX, DESK) as cache:
        some = tuple(one for one in records() if one.started_ms not in GAP)
        for covered in (Window(FIRST_MS, GAP.start_ms), Window(GAP.end_ms, NOW_MS)):
            reading = Reading(some, (), NOW_MS, covered=covered, complete_to_ms=NOW_MS)
            cache.writer.store(FakeDeriver(PBX, link_ms=0), cache.ids["pbx"], reading)
    with closing(Reader(path, Calendar(frozenset({date(2026, 11, 19)})))) as made:
        yield made


@pytest.mark.parametrize(
    ("text", "ten", "three"),
    [
        # Twelve days, less a holiday, one hour that was never read, and the hours that today has not yet had.
        ("provider:pbx", 10, 11),
        ("provider:pbx weekday:mon", 2, 2),
        ("provider:pbx since:2026-11-23", 5, 5),
        ("provider:pbx on:2026-11-18,2026-11-19", None, 1),
    ],
)
def test_calls_are_averaged_over_the_hours_that_are_known(reader: Reader, text: str, ten: int | None, three: int) -> None:
    plan = reader.staffing(parse(text), NOW_MS, Staff(agents=2, target=0.8, threshold_seconds=20))
    by_hour = {hour.hour: hour for hour in plan.hours}
    assert by_hour[3].hours == three
    if ten is None:
        assert 10 not in by_hour
        return
    busy = by_hour[10]
    assert (busy.hours, busy.calls, busy.handling_seconds) == (ten, 12.0, 240.0)
    assert busy.erlangs == pytest.approx(0.8)
    assert busy.given == staffing(12, 3600, 240, 2, 20)
    assert busy.needed == agents_needed(12, 3600, 240, 20, 0.8)
    assert plan.judgement.grade is Grade.EXACT
    assert (by_hour[4].erlangs, by_hour[4].needed) == (0.0, None)


def test_what_follows_a_call_keeps_people_busy_too_and_one_is_too_few(reader: Reader) -> None:
    plan = reader.staffing(parse("provider:pbx hour:10"), NOW_MS, Staff(agents=1, wrap_up_seconds=120))
    (busy,) = plan.hours
    assert busy.handling_seconds == 360
    assert busy.erlangs == pytest.approx(1.2)
    assert busy.given is None


def test_without_a_number_of_agents_only_the_need_is_told(reader: Reader) -> None:
    (busy,) = reader.staffing(parse("hour:10 provider:pbx"), NOW_MS, Staff()).hours
    assert busy.given is None
    assert busy.needed is not None


def test_a_night_call_at_one_of_eleven_nights(reader: Reader) -> None:
    night = next(hour for hour in reader.staffing(parse("provider:pbx"), NOW_MS, Staff()).hours if hour.hour == 3)
    assert night.calls == pytest.approx(1 / 11)


def test_hours_that_cannot_be_counted_are_said(reader: Reader, tmp_path: Path) -> None:
    assert reader.staffing(parse("hour:10 or queue:711"), NOW_MS, Staff()).reason == MIXED_TIMES
    assert reader.staffing(parse("on:2025-01-01"), NOW_MS, Staff()).reason == NOT_COVERED


def test_how_long_callers_wait_is_asked_under_a_filter(reader: Reader) -> None:
    found = reader.patience(parse("provider:pbx"), NOW_MS)
    assert found is not None
    assert (found.answered_calls, found.abandoned_calls) == (0, 0)
    assert found.abandoned.grade is Grade.EXACT


@pytest.mark.parametrize("text", ["hour:8..17", "since:-7d queue:711", "queue:711 or weekday:sat"])
def test_working_days_are_asked_about_unless_the_filter_says_when(text: str) -> None:
    assert on_working_days(parse(text)) == parse(text)
    assert on_working_days(parse("queue:711")) == parse("queue:711 on:-27d..today weekday:mon..fri")
