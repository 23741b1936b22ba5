"""Whether a line is silent, told apart from polls that fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from calls.cache.reader import Reader
from calls.cache.state import PollLog
from calls.cache.writer import Reading
from calls.calendar import NO_CALENDAR, Calendar
from calls.filters import parse
from calls.metrics.past_weeks import HOLIDAY
from calls.metrics.silence import LineState, Silence, chance_text
from calls.model import Record, Source, Window
from calls.times import parse_rfc3339
from tests.calls.cache.help import DAY_MS, DESK, HOUR_MS, MINUTE_MS, Cache, FakeDeriver, a_cache

NORTH = Source("north", "portsip", "Europe/Stockholm", "46")
# A Friday. Every hour from ten to thirteen has nine calls in every week before; the last call of today comes at ten.
LAST_MS = parse_rfc3339("2027-02-26T09:00:00Z")


def weeks_of_nine_calls(weeks: int, hours: int = 3) -> Iterator[Record]:
    for week in range(1, weeks + 1):
        for hour in range(hours):
            for number in range(9):
                started_ms = LAST_MS - week * 7 * DAY_MS + hour * HOUR_MS + number * 6 * MINUTE_MS
                yield Record(f"{week}-{hour}-{number}", f"{week}-{hour}-{number}", started_ms, {"status": "answered"})
    yield Record("last", "last", LAST_MS, {"status": "missed"})
    # The line is judged by those who ring in: that people ring out says nothing of it.
    yield Record("out", "out", LAST_MS + 20 * MINUTE_MS, {"status": "answered", "direction": "out"})


def fill(cache: Cache, minutes: float, weeks: int = 11, first_ms: int = LAST_MS - 80 * DAY_MS) -> int:
    """A cache that is complete up to so long after the last call; that instant."""
    complete_to_ms = LAST_MS + int(minutes * MINUTE_MS)
    some = tuple(record for record in weeks_of_nine_calls(weeks) if record.started_ms < complete_to_ms)
    reading = Reading(some, (), complete_to_ms, covered=Window(first_ms, complete_to_ms), complete_to_ms=complete_to_ms)
    cache.writer.store(FakeDeriver(NORTH, link_ms=0), cache.ids["north"], reading)
    PollLog(cache.database, cache.ids["north"]).end(complete_to_ms, None, 0)
    return complete_to_ms


def judged(cache: Cache, now_ms: int, calendar: Calendar = NO_CALENDAR) -> Silence:
    with closing(Reader(cache.path, calendar)) as reader:
        (found,) = reader.silence(now_ms)
        assert reader.live(parse("status:busy"), now_ms).panes[0].silence == found
    return found


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with a_cache(tmp_path / "calltop.db", NORTH) as made:
        yield made


def test_the_worked_example_nine_calls_an_hour_and_48_minutes_without_one(cache: Cache) -> None:
    now_ms = fill(cache, 48)
    found = judged(cache, now_ms)
    assert (found.state, found.alarm, found.weeks) == (LineState.SILENT, True, 11)
    assert (found.since_ms, found.until_ms) == (LAST_MS, now_ms)
    assert found.expected_calls == pytest.approx(7.2)
    assert found.probability == pytest.approx(0.000747, rel=1e-3)
    assert "no call for 48 min where 7.2 are usual (chance 0.075 %)" in found.reason


def test_just_above_a_thousandth_there_is_no_alarm(cache: Cache) -> None:
    found = judged(cache, fill(cache, 46))
    assert found.probability == pytest.approx(0.001008, rel=1e-3)
    assert (found.state, found.reason) == (LineState.HEARD, "")


def test_silence_is_judged_only_up_to_where_calls_are_complete(cache: Cache) -> None:
    complete_to_ms = fill(cache, 20)
    found = judged(cache, complete_to_ms + 9 * MINUTE_MS)
    assert found.until_ms == complete_to_ms
    assert found.expected_calls == pytest.approx(3.0)
    assert found.state is LineState.HEARD


@pytest.mark.parametrize(
    ("age_minutes", "state", "said"),
    [
        (1, LineState.POLL_FAILED, "the last poll failed: 401, check the token"),
        (45, LineState.DOWN, "has not answered for 45 min: 401, check the token"),
    ],
)
def test_a_provider_that_fails_is_no_silent_line(cache: Cache, age_minutes: int, state: LineState, said: str) -> None:
    now_ms = fill(cache, 48)
    PollLog(cache.database, cache.ids["north"]).end(now_ms, "401, check the token", None)
    found = judged(cache, now_ms + age_minutes * MINUTE_MS)
    assert (found.state, found.alarm) == (state, False)
    assert said in found.reason
    assert found.probability is not None


def test_nobody_polling_is_no_silent_line_either(cache: Cache) -> None:
    found = judged(cache, fill(cache, 48) + 60 * MINUTE_MS)
    assert (found.state, found.alarm) == (LineState.LATE, False)
    assert "nobody has polled for 60 min" in found.reason


def test_four_weeks_of_what_is_usual_are_needed(cache: Cache) -> None:
    now_ms = fill(cache, 48, weeks=3, first_ms=LAST_MS - 22 * DAY_MS)
    found = judged(cache, now_ms)
    assert (found.state, found.probability, found.weeks) == (LineState.UNKNOWN, None, 3)
    assert found.reason == "not enough weeks to tell what is usual: 3 of at least 4"


def test_what_was_not_read_is_no_silence(cache: Cache) -> None:
    """The hour after the last call was never read: the silence begins where reading began again."""
    fill(cache, 5)
    complete_to_ms = LAST_MS + 48 * MINUTE_MS
    begin_ms = LAST_MS + 40 * MINUTE_MS
    reading = Reading((), (), complete_to_ms, covered=Window(begin_ms, complete_to_ms), complete_to_ms=complete_to_ms)
    cache.writer.store(FakeDeriver(NORTH, link_ms=0), cache.ids["north"], reading)
    PollLog(cache.database, cache.ids["north"]).end(complete_to_ms, None, 0)
    found = judged(cache, complete_to_ms)
    assert found.expected_calls == pytest.approx(1.2)
    assert (found.since_ms, found.state) == (begin_ms, LineState.HEARD)


def test_a_holiday_is_quiet_and_teaches_nothing(cache: Cache) -> None:
    now_ms = fill(cache, 48)
    today = judged(cache, now_ms, Calendar(frozenset({date(2027, 2, 26)})))
    assert (today.state, today.reason) == (LineState.UNKNOWN, HOLIDAY)
    quiet = Calendar(frozenset(date.fromordinal(date(2027, 2, 26).toordinal() - 7 * week) for week in range(1, 11)))
    assert judged(cache, now_ms, quiet).state is LineState.UNKNOWN


def test_weeks_that_are_no_longer_kept_as_calls_still_tell(cache: Cache) -> None:
    now_ms = fill(cache, 48)
    cache.writer.purge(cache.ids["north"], LAST_MS - 10 * DAY_MS)
    assert judged(cache, now_ms).expected_calls == pytest.approx(7.2)


def test_a_provider_of_totals_is_judged_by_its_hours(tmp_path: Path) -> None:
    def total(started_ms: int, calls: int) -> Record:
        payload = {"employee_id": "1", "inbound_calls": calls, "inbound_answered": calls}
        return Record(str(started_ms), str(started_ms), started_ms, payload)

    with a_cache(tmp_path / "calltop.db", DESK) as cache:
        weeks = [total(LAST_MS - week * 7 * DAY_MS + hour * HOUR_MS, 9) for week in range(1, 9) for hour in range(3)]
        records = (*weeks, total(LAST_MS, 4), total(LAST_MS + HOUR_MS, 0))
        now_ms = LAST_MS + 2 * HOUR_MS
        reading = Reading(records, (), now_ms, covered=Window(LAST_MS - 60 * DAY_MS, now_ms), complete_to_ms=now_ms)
        cache.writer.store(FakeDeriver(DESK), cache.ids["desk"], reading)
        PollLog(cache.database, cache.ids["desk"]).end(now_ms, None, 0)
        found = judged(cache, now_ms)
    assert found.expected_calls == pytest.approx(9.0)
    assert (found.since_ms, found.state) == (LAST_MS + HOUR_MS, LineState.SILENT)


def test_a_provider_that_was_never_read_is_unknown(cache: Cache) -> None:
    found = judged(cache, LAST_MS)
    assert (found.state, found.since_ms, found.reason) == (LineState.UNKNOWN, None, "never read yet")


def test_a_chance_is_told_in_two_digits() -> None:
    assert [chance_text(one) for one in (0.000747, 0.00001, 0.5)] == ["0.075 %", "below 0.01 %", "50 %"]
