"""How the providers stand: what every screen says beside its own matter."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING

from calls.cache import buckets, coverage
from calls.cache.known import KnownSource
from calls.cache.lease import SILENT_AFTER_MS
from calls.cache.snapshots import Alarm, PollState, ProviderStanding, Standing
from calls.filters import Filter, FilterContext
from calls.times import DAY_MS

if TYPE_CHECKING:
    from calls.alerts import AlertStatus

WATCHED_WITHIN_MS = 15 * 60_000


def standing(
    connection: sqlite3.Connection, wanted: Filter, context: FilterContext, sources: Mapping[str, KnownSource]
) -> Standing:
    """Every provider's state, and what it lacks of a filter's range."""
    providers = tuple(
        ProviderStanding(
            source=known.source,
            state=poll_state(connection, known, context.now_ms),
            missing=coverage.missing(wanted, context, name, known.calls_covered, known.complete_to_ms),
            impossible=buckets.impossible(wanted) if known.gives_buckets else "",
        )
        for name, known in sources.items()
    )
    days = cached_days(sources, context.now_ms)
    return Standing(providers, days, alarms(connection, context.now_ms), alert_states(connection))


def alarms(connection: sqlite3.Connection, now_ms: int) -> tuple[Alarm, ...]:
    """The alerts that fire, the longest first; one that nobody watches any more says nothing."""
    rows = connection.execute(
        "SELECT name, since_ms, sentence FROM alert WHERE phase = 'firing' AND looked_ms > ? ORDER BY since_ms, name",
        (now_ms - WATCHED_WITHIN_MS,),
    )
    return tuple(Alarm(*row) for row in rows)


def alert_states(connection: sqlite3.Connection) -> tuple[AlertStatus, ...]:
    """How every alert stands, by name."""
    rows = connection.execute("SELECT name, phase, since_ms, looked_ms, sentence, told FROM alert ORDER BY name").fetchall()
    if not rows:
        return ()
    # Only who has alerts waits for what they are made of.
    from calls.alerts import AlertStatus, Phase

    return tuple(AlertStatus(row[0], Phase(row[1]), *row[2:]) for row in rows)


def poll_state(connection: sqlite3.Connection, known: KnownSource, now_ms: int) -> PollState:
    """How polling a provider stands."""
    row = connection.execute(
        "SELECT last_good_poll_ms, last_try_ms, next_due_ms, complete_to_ms, failing_since_ms, error, polling, skew_seconds,"
        " coalesce(holder, ''), coalesce(heartbeat_ms, 0),"
        " (SELECT count(*) FROM quarantine AS q WHERE q.source_id = p.source_id)"
        " FROM poll_state AS p LEFT JOIN lease AS l ON l.source_id = p.source_id WHERE p.source_id = ?",
        (known.id,),
    ).fetchone()
    if row is None:
        return PollState()
    held = abs(now_ms - row[9]) <= SILENT_AFTER_MS
    return PollState(
        last_good_poll_ms=row[0],
        last_try_ms=row[1],
        next_due_ms=row[2] if held else None,
        complete_to_ms=row[3],
        failing_since_ms=row[4],
        error=row[5],
        polling=bool(row[6]) and held,
        poller=row[8] if held else "",
        rejected_records=row[10],
        skew_seconds=row[7],
    )


def cached_days(sources: Mapping[str, KnownSource], now_ms: int) -> int:
    """How many days back the cache reaches, counted up."""
    starts = [known.covered[0].start_ms for known in sources.values() if known.covered]
    return max(0, -(-(now_ms - min(starts)) // DAY_MS)) if starts else 0
