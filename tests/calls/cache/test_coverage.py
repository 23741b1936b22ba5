"""Covered ranges, held against the plainest model there is: the set of their minutes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from calls.cache import coverage
from calls.model import Window
from tests.calls.cache.help import a_cache

WINDOWS = st.lists(st.builds(Window, st.integers(0, 60), st.integers(0, 60)), max_size=8)


def minutes(windows: tuple[Window, ...] | list[Window]) -> set[int]:
    return {minute for window in windows for minute in range(window.start_ms, window.end_ms)}


def as_few(windows: tuple[Window, ...]) -> bool:
    """Whether the windows are sorted, hold something, and do not even touch."""
    edges = [edge for window in windows for edge in (window.start_ms, window.end_ms)]
    return edges == sorted(set(edges))


@given(WINDOWS)
def test_merging_keeps_every_minute(windows: list[Window]) -> None:
    merged = coverage.merge(windows)
    assert minutes(merged) == minutes(windows)
    assert as_few(merged)


@given(WINDOWS, st.builds(Window, st.integers(0, 60), st.integers(0, 60)))
def test_gaps_are_the_minutes_that_nothing_covers(windows: list[Window], within: Window) -> None:
    missing = coverage.gaps(windows, within)
    assert minutes(missing) == minutes([within]) - minutes(windows)
    assert as_few(missing)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.builds(Window, st.integers(0, 60), st.integers(0, 60)), st.integers(0, 9)), max_size=8))
def test_what_was_read_is_kept_in_few_ranges(read: list[tuple[Window, int]]) -> None:
    with TemporaryDirectory() as folder, a_cache(Path(folder) / "calltop.db") as cache:
        connection = cache.database.connection
        connection.execute("PRAGMA synchronous = OFF")
        for window, read_ms in read:
            coverage.extend(connection, cache.ids["north"], window, read_ms)
        kept = coverage.read(connection, cache.ids["north"])
        assert minutes(kept) == minutes([window for window, _ in read])
        assert as_few(kept)
        newest = max((read_ms for window, read_ms in read if not window.empty), default=None)
        assert cache.rows("SELECT max(read_ms) FROM coverage") == [(newest,)]
