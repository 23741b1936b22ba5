"""Pages, sums and lists out of the cache, each held against counting by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.cache.opened import PAGE_ROWS
from calls.cache.reader import Reader
from calls.filters import parse
from calls.metrics import GROUPINGS, Tally, group_label, group_order, time_label
from calls.model import Call, Direction, EmployeeBucket, Status
from calls.times import format_rfc3339, local_date, local_hour, parse_rfc3339, zone_named
from tests.calls.cache.busy import NOW_MS, SOURCES, Busy, fill
from tests.calls.cache.help import DAY_MS, DESK, HOUR_MS, a_cache, record

Sums = dict[str, tuple[int, int, int, int]]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Busy:
    return fill(tmp_path_factory.mktemp("busy") / "calltop.db")


@pytest.fixture
def reader(busy: Busy) -> Iterator[Reader]:
    with closing(Reader(busy.path)) as made:
        yield made


def test_every_call_comes_once_newest_first(busy: Busy, reader: Reader) -> None:
    found = list(reader.calls(parse(""), NOW_MS))
    starts = [call.started_ms for call in found]
    assert starts == sorted(starts, reverse=True)
    assert len(found) > 4 * PAGE_ROWS
    assert {call.id: call for call in found} == {call.id: call for call in busy.calls}
    assert len(found) == len(busy.calls)


@pytest.mark.parametrize("limit", [0, 1, PAGE_ROWS - 1, PAGE_ROWS, PAGE_ROWS + 1, 2 * PAGE_ROWS, 10**9])
def test_a_limit_gives_the_newest(reader: Reader, limit: int) -> None:
    everything = list(reader.calls(parse("provider:north"), NOW_MS))
    assert list(reader.calls(parse("provider:north"), NOW_MS, limit)) == everything[:limit]


def test_calls_that_come_while_one_pages_disturb_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.cache.opened.PAGE_ROWS", 3)
    with a_cache(tmp_path / "calltop.db") as cache, closing(Reader(cache.path)) as reader:
        cache.read(*(record(f"a{number}", started_ms=NOW_MS - number) for number in range(9)))
        found: list[str] = []
        for call in reader.calls(parse(""), NOW_MS):
            found.append(call.id)
            cache.read(record(f"new{len(found)}", started_ms=NOW_MS + len(found)))
        assert found == [f"a{number}" for number in range(9)]


def counted(call: Call) -> tuple[int, int, int, int]:
    return 1, int(call.status is Status.ANSWERED), call.talk_ms, int(call.approximate)


def added(sums: Sums, label: str, values: tuple[int, int, int, int]) -> None:
    before = sums.get(label, (0, 0, 0, 0))
    sums[label] = (before[0] + values[0], before[1] + values[1], before[2] + values[2], before[3] + values[3])


def bucket_sides(bucket: EmployeeBucket) -> list[tuple[Direction, tuple[int, int, int, int]]]:
    return [
        (Direction.IN, (bucket.inbound_calls or 0, bucket.inbound_answered or 0, (bucket.inbound_seconds or 0) * 1000, 0)),
        (Direction.OUT, (bucket.outbound_calls or 0, bucket.outbound_answered or 0, (bucket.outbound_seconds or 0) * 1000, 0)),
    ]


def bucket_label(grouping: str, bucket: EmployeeBucket) -> str:
    if grouping == "provider":
        return DESK.name
    if grouping == "employee":
        return bucket.employee_name
    zone = zone_named(DESK.timezone)
    return time_label(grouping, local_date(bucket.started_ms, zone).toordinal(), local_hour(bucket.started_ms, zone))


def naive(
    busy: Busy,
    grouping: str,
    directions: set[Direction],
    keeps: Callable[[Call], bool],
    buckets: Callable[[EmployeeBucket], bool],
) -> Sums:
    """The sums by group, call by call and bucket by bucket."""
    sums: Sums = {}
    for call in busy.calls:
        if call.direction in directions and keeps(call):
            added(sums, group_label(grouping, call, SOURCES[call.provider]), counted(call))
    if grouping not in ("queue", "number"):
        for bucket in busy.buckets:
            for direction, values in bucket_sides(bucket):
                if direction in directions and buckets(bucket) and values[0]:
                    added(sums, bucket_label(grouping, bucket), values)
    return sums


def everything(_: object) -> bool:
    return True


def nothing(_: object) -> bool:
    return False


def on_the_long_day(thing: Call | EmployeeBucket) -> bool:
    return local_date(thing.started_ms, zone_named(SOURCES[thing.provider].timezone)).isoformat() == "2026-10-25"


def bo_talks(call: Call) -> bool:
    return call.employee == "Bo"


IN, OUT, ALL = {Direction.IN}, {Direction.OUT}, set(Direction)


@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize(
    ("text", "directions", "keeps", "buckets"),
    [
        ("", IN, everything, everything),
        ("direction:out", OUT, everything, everything),
        ("direction:in,out", IN | OUT, everything, everything),
        ("on:today", IN, on_the_long_day, on_the_long_day),
        ("status:missed", IN, lambda call: call.status is Status.MISSED, nothing),
        ("direction:in,out,internal", ALL, everything, nothing),
        ("number:102", IN, lambda call: "102" in (call.caller, call.callee), nothing),
        ('employee:"Bo"', IN, bo_talks, nothing),
        ("employee:Bo*", IN, bo_talks, lambda bucket: bucket.employee_name.startswith("Bo")),
    ],
)
def test_sums_equal_a_count_by_hand(
    busy: Busy,
    reader: Reader,
    grouping: str,
    text: str,
    directions: set[Direction],
    keeps: Callable[[Call], bool],
    buckets: Callable[[EmployeeBucket], bool],
) -> None:
    found = reader.groups(parse(text), NOW_MS, grouping)
    sums = {label: (one.offered, one.answered, one.talk_ms, one.doubtful) for label, one in found.items() if one.offered}
    assert sums == naive(busy, grouping, directions, keeps, buckets)
    assert sums
    if grouping != "provider":
        assert list(found) == sorted(found, key=lambda label: group_order(grouping, label))


# Whole minutes around the night of the clock change, and times as people type them.
moments = st.one_of(
    st.integers(-4 * 24 * 60, 0).map(lambda minutes: format_rfc3339(NOW_MS + minutes * 60_000)),
    st.sampled_from(["-30h", "-3d", "-90d", "-90m", "2026-10-25", "2026-10-24T22:00", "2026-10-25T03:30", "today"]),
)
times = st.one_of(
    moments.map("since:{}".format),
    moments.map("-since:{}".format),
    st.tuples(moments, moments).map(lambda both: "since:{} to:{}".format(*both)),
    st.tuples(moments, moments).map(lambda both: "(since:{} | to:{})".format(*both)),
)
kinds = st.sampled_from(
    ["", "status:missed", "-status:answered", "queue:711", "employee:bo", "weekday:sat", "hour:1..3", "102"]
)


@given(times, kinds, st.sampled_from(GROUPINGS))
def test_figures_of_any_stretch_are_those_of_its_calls(busy: Busy, text: str, kind: str, grouping: str) -> None:
    wanted = parse(f"{text} {kind} provider:north,south")
    with closing(Reader(busy.path)) as reader:
        keeps = wanted.predicate(reader.context(NOW_MS))
        found = reader.groups(wanted, NOW_MS, grouping)
        sums = {label: (one.offered, one.answered, one.talk_ms, one.doubtful) for label, one in found.items() if one.offered}
        assert sums == naive(busy, grouping, IN, keeps, nothing)
        assert reader.count(wanted, NOW_MS) == sum(map(keeps, busy.calls))


def test_the_repeated_hour_is_one_group_of_two_hours(busy: Busy, reader: Reader) -> None:
    first_ms = NOW_MS - NOW_MS % DAY_MS
    both = [
        call
        for call in busy.calls
        if call.provider == "north" and call.direction is Direction.IN and first_ms <= call.started_ms < first_ms + 2 * HOUR_MS
    ]
    assert reader.groups(parse("provider:north"), NOW_MS, "hour")["2026-10-25T02"].offered == len(both) > 20


def test_a_provider_of_totals_says_what_it_cannot_know(reader: Reader) -> None:
    assert reader.cannot_answer(parse("direction:in employee:Bo since:today")) == {}
    assert reader.cannot_answer(parse("number:102 status:missed")) == {
        "desk": "knows employees and hours, not number or status"
    }
    assert reader.cannot_answer(parse("direction:internal")) == {"desk": "knows employees and hours, not internal calls apart"}
    assert reader.cannot_answer(parse(""), "queue") == {"desk": "knows employees and hours, not queues"}
    assert "desk" not in reader.totals(parse("number:102"), NOW_MS)
    assert reader.totals(parse("direction:in"), NOW_MS)["desk"].offered > 0


def test_a_sum_says_how_complete_it_is(reader: Reader) -> None:
    found = reader.totals(parse("on:today"), NOW_MS)
    assert {one.complete_to_ms for one in found.values()} == {NOW_MS - 15 * 60_000}
    assert all(one.gaps == () for one in found.values())
    older = reader.totals(parse("since:2026-09-01"), NOW_MS)["north"]
    first_ms = parse_rfc3339("2026-09-01T00:00:00+02:00")
    assert [(gap.start_ms, gap.end_ms) for gap in older.gaps] == [(first_ms, NOW_MS - 41 * DAY_MS)]


def test_without_a_call_a_provider_is_still_counted_as_asked(reader: Reader) -> None:
    found = reader.totals(parse("number:nobody"), NOW_MS)
    assert found.keys() == {"north", "south"}
    assert Tally.total(found.values()).offered == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "102",
        "on:today 102",
        "since:-30h",
        "since:-3d to:-90m",
        "on:-9d..today direction:in",
        "queue:711",
        "employee:bo status:answered",
    ],
)
def test_as_many_calls_are_counted_as_are_listed(reader: Reader, text: str) -> None:
    wanted = parse(text)
    assert reader.count(wanted, NOW_MS) == sum(1 for _ in reader.calls(wanted, NOW_MS))
