"""The snapshot behind the first screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache import lease
from calls.cache.lease import SILENT_AFTER_MS, Holder
from calls.cache.reader import Reader
from calls.cache.snapshots import EmployeeRow, LiveSnapshot, PaneSnapshot
from calls.cache.state import PollLog
from calls.filters import FilterContext, parse
from calls.model import Reject, Status
from calls.times import day_hours, local_date, parse_rfc3339, zone_named
from tests.calls.cache.busy import NOW_MS, SOURCES, Busy, fill
from tests.calls.cache.help import DAY_MS, DESK, HOUR_MS, NOON_MS, NORTH, SOUTH, Cache, FakeDeriver, a_cache, record


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Busy:
    return fill(tmp_path_factory.mktemp("live") / "calltop.db")


def look(path: Path, text: str = "", now_ms: int = NOW_MS) -> LiveSnapshot:
    with closing(Reader(path)) as reader:
        return reader.live(parse(text), now_ms)


def pane(snapshot: LiveSnapshot, name: str) -> PaneSnapshot:
    return next(one for one in snapshot.panes if one.source.name == name)


@pytest.mark.parametrize("text", ["", "direction:out", "status:missed,busy"])
def test_the_hours_of_a_day_of_25_hours(busy: Busy, text: str) -> None:
    snapshot = look(busy.path, text)
    wanted = parse(text).predicate(context_of(busy.path))
    for name in ("north", "south"):
        zone = zone_named(SOURCES[name].timezone)
        hours = day_hours(local_date(NOW_MS, zone), zone)
        assert len(hours) == 25
        today = [call for call in busy.calls if call.provider == name and wanted(call)]
        today = [call for call in today if call.direction == ("out" if text == "direction:out" else "in")]
        expected = tuple(
            (
                sum(call.started_ms in hour for call in today),
                sum(call.started_ms in hour and call.status is Status.ANSWERED for call in today),
            )
            for hour in hours
        )
        found = pane(snapshot, name)
        assert found.by_hour == expected
        assert sum(offered for offered, _ in expected) == found.today.offered > 30
        assert NOW_MS in hours[found.current_hour]


def context_of(path: Path) -> FilterContext:
    with closing(Reader(path)) as reader:
        return reader.context(NOW_MS)


@pytest.mark.parametrize(("now", "hours", "current"), [("2026-03-29T12:30:00Z", 23, 13), ("2026-11-22T23:30:00Z", 24, 0)])
def test_the_hour_that_runs(tmp_path: Path, now: str, hours: int, current: int) -> None:
    with a_cache(tmp_path / "calltop.db") as cache:
        now_ms = parse_rfc3339(now)
        cache.read(record("a", started_ms=now_ms - 1, status="answered"))
        found = pane(look(cache.path, now_ms=now_ms), "north")
        assert (len(found.by_hour), found.current_hour) == (hours, current)
        assert found.by_hour[current] == (1, 1)


def test_the_totals_of_a_provider_of_employees_have_hours_too(busy: Busy) -> None:
    found = pane(look(busy.path), "desk")
    zone = zone_named(DESK.timezone)
    hours = day_hours(local_date(NOW_MS, zone), zone)
    expected = [sum(bucket.inbound_calls or 0 for bucket in busy.buckets if bucket.started_ms in hour) for hour in hours]
    assert [offered for offered, _ in found.by_hour] == expected
    assert found.today.offered == sum(expected) > 0
    today = [bucket for bucket in busy.buckets if bucket.started_ms >= hours[0].start_ms and bucket.employee_id == "2"]
    assert found.employees[0] == EmployeeRow(
        "Bo Madsen", "102", sum(bucket.inbound_calls or 0 for bucket in today),
        sum(bucket.inbound_answered or 0 for bucket in today), 2 * len(today),
        sum((bucket.inbound_seconds or 0) + (bucket.outbound_seconds or 0) for bucket in today),
    )  # fmt: skip
    assert len(found.employees) == 2


def test_a_filter_that_totals_cannot_answer_is_said_and_counts_nothing(busy: Busy) -> None:
    snapshot = look(busy.path, "number:102")
    found = pane(snapshot, "desk")
    assert found.impossible == "knows employees and hours, not number"
    assert (found.employees, found.today.offered, sum(offered for offered, _ in found.by_hour)) == ((), 0, 0)
    assert pane(snapshot, "north").impossible == ""


def test_what_is_counted_and_what_is_newest(busy: Busy) -> None:
    snapshot = look(busy.path, "status:missed")
    missed = [call for call in busy.calls if call.status is Status.MISSED]
    for name in ("north", "south"):
        found = pane(snapshot, name)
        own = sorted((call for call in missed if call.provider == name), key=lambda call: -call.started_ms)
        assert found.matching == len(own)
        assert found.total == sum(call.provider == name for call in busy.calls)
        assert [call.started_ms for call in found.newest] == [call.started_ms for call in own[:60]]
        assert {call.provider for call in found.newest} == {name}
    newest = sorted((call.started_ms for call in missed), reverse=True)
    assert [call.started_ms for call in snapshot.merged] == newest[:60]
    assert (snapshot.matching, snapshot.total) == (len(missed), len(busy.calls))
    assert pane(snapshot, "desk").total == 0
    assert snapshot.today.offered == sum(pane(snapshot, name).today.offered for name in ("north", "south"))
    assert snapshot.cached_days == 41


def test_the_call_backs_are_those_of_six_days(busy: Busy) -> None:
    snapshot = look(busy.path)
    with closing(Reader(busy.path)) as reader:
        found = reader.unreturned(parse("since:-6d"), NOW_MS)
    assert snapshot.call_backs == found[:60]
    assert snapshot.call_back_count == len(found)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with a_cache(tmp_path / "calltop.db", NORTH, SOUTH) as made:
        yield made


def test_a_cache_without_a_poll_knows_nothing(cache: Cache) -> None:
    found = pane(look(cache.path, now_ms=NOON_MS), "north")
    assert (found.state.last_try_ms, found.state.complete_to_ms, found.state.poller, found.state.polling) == (
        None,
        None,
        "",
        False,
    )
    assert (found.today.offered, found.newest, found.covered) == (0, (), ())
    assert look(cache.path, now_ms=NOON_MS).cached_days == 0


def test_how_polling_stands(cache: Cache) -> None:
    log = PollLog(cache.database, cache.ids["north"])
    holder = Holder.of_this_process()
    lease.acquire(cache.database, cache.ids["north"], holder, NOON_MS)
    log.begin(NOON_MS)
    state = pane(look(cache.path, now_ms=NOON_MS), "north").state
    assert (state.polling, state.poller, state.last_try_ms, state.last_good_poll_ms) == (True, holder.name, NOON_MS, None)
    log.end(NOON_MS + 1, None, 7)
    log.plan(NOON_MS + 300_000)
    state = pane(look(cache.path, now_ms=NOON_MS), "north").state
    assert (state.polling, state.last_good_poll_ms, state.next_due_ms, state.skew_seconds) == (
        False,
        NOON_MS + 1,
        NOON_MS + 300_000,
        7,
    )
    log.end(NOON_MS + 2, "401; check the token", None)
    log.end(NOON_MS + 3, "403; check the token", None)
    state = pane(look(cache.path, now_ms=NOON_MS), "north").state
    assert (state.failing_since_ms, state.error, state.last_good_poll_ms) == (NOON_MS + 2, "403; check the token", NOON_MS + 1)
    assert state.skew_seconds == 7
    assert pane(look(cache.path, now_ms=NOON_MS), "south").state.error == ""


def test_a_poller_that_fell_silent_polls_no_longer(cache: Cache) -> None:
    log = PollLog(cache.database, cache.ids["north"])
    lease.acquire(cache.database, cache.ids["north"], Holder.of_this_process(), NOON_MS)
    log.begin(NOON_MS)
    log.plan(NOON_MS + 300_000)
    assert pane(look(cache.path, now_ms=NOON_MS + SILENT_AFTER_MS), "north").state.polling
    state = pane(look(cache.path, now_ms=NOON_MS + SILENT_AFTER_MS + 1), "north").state
    assert (state.polling, state.poller, state.next_due_ms, state.last_try_ms) == (False, "", None, NOON_MS)


def test_rejected_rows_are_counted(cache: Cache) -> None:
    cache.read(rejects=(Reject("{}", "no start"), Reject("[]", "no object")))
    cache.read(rejects=(Reject("{}", "no start"),), deriver=FakeDeriver(SOUTH))
    snapshot = look(cache.path, now_ms=NOON_MS)
    assert [one.state.rejected_records for one in snapshot.panes] == [2, 1]


def test_yesterday_is_not_today_in_each_zone(cache: Cache) -> None:
    late_ms = parse_rfc3339("2026-11-22T22:30:00Z")
    cache.read(record("a", started_ms=late_ms))
    cache.read(record("b", started_ms=late_ms), deriver=FakeDeriver(SOUTH))
    snapshot = look(cache.path, now_ms=late_ms - HOUR_MS)
    assert [one.today.offered for one in snapshot.panes] == [1, 0]
    snapshot = look(cache.path, now_ms=late_ms + DAY_MS)
    assert [one.today.offered for one in snapshot.panes] == [0, 0]
