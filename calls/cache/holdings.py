"""What the cache holds of every provider: how many calls and records, which days whole, and which rows nobody could read."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from calls.cache import coverage
from calls.cache.known import KnownSource
from calls.model import Source, Window
from calls.text import clean
from calls.times import local_date, local_day_window

LONGEST_PAYLOAD = 2_000


class DayState(StrEnum):
    """How much of a local day the cache holds; `BEYOND` is before all that it holds."""

    WHOLE = "whole"
    PARTLY = "partly"
    GAP = "gap"
    NOT_YET = "not yet"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Holding:
    """What the cache holds of one provider. `calls` counts calls, or the hours of employees where the provider gives only
    those; `floor_ms` is the instant before which nothing can be had: the provider knows nothing there, or it is no longer
    kept. `reasons` are those of the rows in quarantine with their number, the most frequent first."""

    source: Source
    calls: int
    records: int
    covered: tuple[Window, ...]
    complete_to_ms: int | None
    floor_ms: int | None
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not be read: the text that came, cleaned and cut, and why."""

    first_seen_ms: int
    reason: str
    payload: str


def holdings(connection: sqlite3.Connection, sources: Mapping[str, KnownSource]) -> tuple[Holding, ...]:
    """Every provider's, in the order they were first seen."""
    return tuple(_holding(connection, known) for known in sources.values())


def _holding(connection: sqlite3.Connection, known: KnownSource) -> Holding:
    table = "employee_bucket" if known.gives_buckets else "call"
    (calls,) = connection.execute(f"SELECT count(*) FROM {table} WHERE source_id = ?", (known.id,)).fetchone()
    (records,) = connection.execute("SELECT count(*) FROM record WHERE source_id = ?", (known.id,)).fetchone()
    floor = connection.execute("SELECT history_floor_ms FROM poll_state WHERE source_id = ?", (known.id,)).fetchone()
    floors = [edge for edge in (floor[0] if floor else None, known.purged_before_ms) if edge is not None]
    reasons = connection.execute(
        "SELECT reason, count(*) FROM quarantine WHERE source_id = ? GROUP BY reason ORDER BY 2 DESC, 1", (known.id,)
    ).fetchall()
    return Holding(
        source=known.source,
        calls=calls,
        records=records,
        covered=known.calls_covered,
        complete_to_ms=known.complete_to_ms,
        floor_ms=max(floors, default=None),
        reasons=tuple((clean(reason), count) for reason, count in reasons),
    )


def rejected(connection: sqlite3.Connection, source_id: int, limit: int) -> tuple[RejectedRow, ...]:
    """The newest rows of a source that could not be read, the newest first."""
    rows = connection.execute(
        "SELECT first_seen_ms, reason, substr(payload, 1, ?) FROM quarantine WHERE source_id = ?"
        " ORDER BY first_seen_ms DESC, id DESC LIMIT ?",
        (LONGEST_PAYLOAD, source_id, limit),
    )
    return tuple(RejectedRow(seen_ms, clean(reason), clean(payload, LONGEST_PAYLOAD)) for seen_ms, reason, payload in rows)


def days_held(holding: Holding, first: date, last: date) -> tuple[DayState, ...]:
    """The state of each local day of a provider from `first` to `last`, both included."""
    zone = ZoneInfo(holding.source.timezone)
    count = (last - first).days + 1
    return tuple(_day_held(holding, local_day_window(first + timedelta(days=index), zone)) for index in range(count))


def _day_held(holding: Holding, day: Window) -> DayState:
    complete_to_ms = holding.complete_to_ms
    edges = [holding.floor_ms, holding.covered[0].start_ms if holding.covered else None]
    if any(edge is not None and day.end_ms <= edge for edge in edges):
        return DayState.BEYOND
    if complete_to_ms is None or day.start_ms >= complete_to_ms:
        return DayState.NOT_YET
    known = Window(max(day.start_ms, holding.floor_ms or day.start_ms), min(day.end_ms, complete_to_ms))
    missing = coverage.gaps(holding.covered, known)
    if not missing:
        return DayState.WHOLE if day.end_ms <= complete_to_ms else DayState.NOT_YET
    return DayState.GAP if missing == (known,) else DayState.PARTLY


def first_day(holding: Holding, now_ms: int) -> date:
    """The first local day of which anything is held; today when nothing is."""
    zone = ZoneInfo(holding.source.timezone)
    return local_date(holding.covered[0].start_ms if holding.covered else now_ms, zone)


def gap_days(states: Sequence[DayState]) -> int:
    """How many of these days are missing or not whole."""
    return sum(state in (DayState.GAP, DayState.PARTLY) for state in states)
