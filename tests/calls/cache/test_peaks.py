"""The peaks that are kept by hour give what a walk through the calls gives, for any stretch of time and after any change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.cache import peaks
from calls.filters import Reach
from calls.model import Source
from calls.times import HOUR_MS, parse_rfc3339
from tests.calls.cache.help import NORTH, SOUTH, Cache, FakeDeriver, a_cache, record

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
