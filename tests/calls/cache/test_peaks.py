"""The peaks that are kept by hour give what a walk through the calls gives, for any stretch of time and after any change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.cache import peaks
from calls.filters import Reach, SqlCondition
from calls.filters.conditions import FALSE, TRUE, all_of
from calls.model import Source
from calls.times import HOUR_MS, parse_rfc3339
from tests.calls.cache.help import DAY_MS, NORTH, SOUTH, Cache, FakeDeriver, a_cache, record

START_MS = parse_rfc3339("2026-10-24T22:30:00Z")
STEP_MS = HOUR_MS // 4
# Rarely in a year that no key can hold.
ABSURD = [parse_rfc3339(f"{year}-06-01T12:00:00Z") for year in ("0001", "1601", "2300", "9999")]
steps = st.integers(0, 50).map(lambda step: START_MS + step * STEP_MS if step <= 40 else ABSURD[step % len(ABSURD)])
# None, no length, one that ends before it starts, within an hour, over its end, and so long that only its own index finds it.
lengths = st.sampled_from([None, 0, -HOUR_MS, 1, STEP_MS, HOUR_MS, 2 * HOUR_MS, 2 * HOUR_MS + 1, 7 * HOUR_MS, 10**13])


@st.composite
def rows(draw: st.DrawFn) -> tuple[str, int, int | None]:
    started_ms, length_ms = draw(steps), draw(lengths)
    return f"r{draw(st.integers(0, 7))}", started_ms, None if length_ms is None else started_ms + length_ms


readings = st.tuples(st.sampled_from([NORTH, SOUTH]), st.lists(rows(), min_size=1, max_size=8, unique_by=lambda row: row[0]))
reaches = st.builds(Reach, st.one_of(st.none(), steps), st.one_of(st.none(), steps))


def walked(calls: Sequence[tuple[int, int | None]], reach: Reach) -> peaks.Peak | None:
    """At each start, how many of the calls that start within the reach are under way."""
    some = [
        (start, end)
        for start, end in calls
        if end is not None and end > start and (reach.start_ms is None or start >= reach.start_ms)
        and (reach.end_ms is None or start < reach.end_ms)
    ]  # fmt: skip
    counts = [peaks.Peak(sum(other <= start < end for other, end in some), start) for start, _ in some]
    return max(counts, key=lambda one: (one.calls, -one.at_ms), default=None)


kinds = st.sampled_from([TRUE, FALSE, *(SqlCondition("c.source_id = ? AND c.key % ? = 0", (1, one)) for one in (1, 2, 3))])


def read(cache: Cache, source: Source, some: Sequence[tuple[str, int, int | None]], read_ms: int) -> None:
    records = [record(key, started_ms=start, ended_ms=end) for key, start, end in some]
    cache.read(*records, read_ms=read_ms, deriver=FakeDeriver(source, link_ms=0))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(readings, min_size=1, max_size=4), st.one_of(st.none(), steps), st.lists(reaches, min_size=1, max_size=8))
def test_peaks_equal_a_walk_through_the_calls(
    history: list[tuple[Source, list[tuple[str, int, int | None]]]], purged_ms: int | None, asked: list[Reach]
) -> None:
    with TemporaryDirectory() as folder, a_cache(Path(folder) / "calltop.db", NORTH, SOUTH) as cache:
        cache.database.connection.execute("PRAGMA synchronous = OFF")
        for place, (source, some) in enumerate(history):
            read(cache, source, some, START_MS + place)
        if purged_ms is not None:
            cache.writer.purge(cache.ids[SOUTH.name], purged_ms)
        calls = cache.rows("SELECT started_ms, ended_ms FROM call")
        for reach in [Reach(), *asked]:
            assert peaks.peak(cache.database.connection, reach) == walked(calls, reach)


def within(reach: Reach) -> SqlCondition:
    edges = [("c.started_ms >= ?", reach.start_ms), ("c.started_ms < ?", reach.end_ms)]
    return all_of(SqlCondition(sql, (edge_ms,)) for sql, edge_ms in edges if edge_ms is not None)


@pytest.mark.parametrize("part_hours", [1, 3, 14 * 24])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=st.lists(readings, min_size=1, max_size=4), asked=st.lists(st.tuples(reaches, kinds), min_size=1, max_size=8))
def test_peaks_under_a_condition_equal_a_walk_through_its_calls(
    part_hours: int,
    history: list[tuple[Source, list[tuple[str, int, int | None]]]],
    asked: list[tuple[Reach, SqlCondition]],
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(peaks, "PART_MS", part_hours * HOUR_MS)
        with a_cache(Path(folder) / "calltop.db", NORTH, SOUTH) as cache:
            cache.database.connection.execute("PRAGMA synchronous = OFF")
            for place, (source, some) in enumerate(history):
                read(cache, source, some, START_MS + place)
            for reach, kind in asked:
                among = all_of((within(reach), kind))
                calls = cache.rows(f"SELECT started_ms, ended_ms FROM call AS c WHERE {among.sql}", *among.params)
                assert peaks.peak_among(cache.database.connection, reach, among) == walked(calls, reach)


def test_parts_in_which_fewer_calls_are_under_way_at_all_are_not_walked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []
    starts = peaks._Starts

    def counted(*arguments: Any) -> peaks._Starts:
        looked_at.append(arguments[1].start_ms)
        return starts(*arguments)

    monkeypatch.setattr(peaks, "_Starts", counted)
    # By day: two calls at once of which both count, then one of three, then two again.
    days = [(0, "in"), (0, "in"), (20, "in"), (20, "out"), (20, "out"), (40, "in"), (40, "in"), (60, "in")]
    with a_cache(tmp_path / "calltop.db", NORTH) as cache:
        cache.read(
            *(
                record(
                    f"r{place}", started_ms=START_MS + day * DAY_MS, ended_ms=START_MS + day * DAY_MS + 1, direction=direction
                )
                for place, (day, direction) in enumerate(days)
            ),
            deriver=FakeDeriver(link_ms=0),
        )
        looked_at.clear()
        found = peaks.peak_among(cache.database.connection, Reach(), SqlCondition("c.direction = 'in'"))
    assert found == peaks.Peak(2, START_MS)
    assert [(start_ms - START_MS) // DAY_MS + 1 for start_ms in looked_at] == [20, 0, 40]
