"""Which ranges of time the cache really holds. A range that is not covered is unknown, never empty."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from calls.filters import Filter, FilterContext
from calls.model import Window


def merge(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same instants as few, sorted, disjoint windows."""
    merged: list[Window] = []
    for window in sorted(window for window in windows if not window.empty):
        if merged and window.start_ms <= merged[-1].end_ms:
            merged[-1] = Window(merged[-1].start_ms, max(merged[-1].end_ms, window.end_ms))
        else:
            merged.append(window)
    return tuple(merged)


def gaps(covered: Iterable[Window], within: Window) -> tuple[Window, ...]:
    """The parts of `within` that no window covers, oldest first."""
    missing: list[Window] = []
    start_ms = within.start_ms
    for window in merge(covered):
        if window.end_ms <= start_ms:
            continue
        if window.start_ms >= within.end_ms:
            break
        if window.start_ms > start_ms:
            missing.append(Window(start_ms, window.start_ms))
        start_ms = window.end_ms
    if start_ms < within.end_ms:
        missing.append(Window(start_ms, within.end_ms))
    return tuple(missing)


def missing(
    wanted: Filter, context: FilterContext, provider: str, covered: Sequence[Window], complete_to_ms: int | None
) -> tuple[Window, ...]:
    """The stretches a filter asks a provider about that were never read completely, oldest first.

    A filter without a beginning asks for what is cached, so that it lacks nothing before that. What lies after the watermark
    is not missing: the watermark says it. A provider that was never read lacks nothing yet.
    """
    if not covered or complete_to_ms is None:
        return ()
    reach = wanted.reach(context, provider)
    start_ms = covered[0].start_ms if reach.start_ms is None else reach.start_ms
    end_ms = complete_to_ms if reach.end_ms is None else min(reach.end_ms, complete_to_ms)
    asked = Window(start_ms, end_ms)
    return () if asked.empty else gaps(covered, asked)


def read(connection: sqlite3.Connection, source_id: int) -> tuple[Window, ...]:
    """The covered ranges of a source, oldest first."""
    rows = connection.execute(
        "SELECT start_ms, end_ms FROM coverage WHERE source_id = ? ORDER BY start_ms", (source_id,)
    ).fetchall()
    return tuple(Window(start_ms, end_ms) for start_ms, end_ms in rows)


def extend(connection: sqlite3.Connection, source_id: int, window: Window, read_ms: int) -> None:
    """Notes that `window` was read completely at `read_ms`. Ranges that touch become one, read when its newest part was."""
    if window.empty:
        return
    touching = connection.execute(
        "SELECT start_ms, end_ms, read_ms FROM coverage WHERE source_id = ? AND start_ms <= ? AND end_ms >= ?",
        (source_id, window.end_ms, window.start_ms),
    ).fetchall()
    start_ms = min([window.start_ms, *(row[0] for row in touching)])
    end_ms = max([window.end_ms, *(row[1] for row in touching)])
    newest_ms = max([read_ms, *(row[2] for row in touching)])
    connection.executemany(
        "DELETE FROM coverage WHERE source_id = ? AND start_ms = ?", [(source_id, row[0]) for row in touching]
    )
    connection.execute("INSERT INTO coverage VALUES (?, ?, ?, ?)", (source_id, start_ms, end_ms, newest_ms))
