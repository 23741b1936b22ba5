"""How long calls are kept: older ones become hourly figures without numbers and names, and do not come back."""

from __future__ import annotations

import sqlite3
from zoneinfo import ZoneInfo

from calls.cache import dictionaries, peaks, readings, removal, rollups
from calls.cache.localtimes import local_times
from calls.model import Record

_ADDED = (
    "ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, talk_ms = talk_ms + excluded.talk_ms,"
    " approximate = approximate + excluded.approximate"
)


def purged_before_ms(connection: sqlite3.Connection, source_id: int) -> int | None:
    """The instant before which a source's calls are no longer kept, None while all are."""
    row = connection.execute("SELECT purged_before_ms FROM poll_state WHERE source_id = ?", (source_id,)).fetchone()
    return row[0] if row else None


def purge(connection: sqlite3.Connection, source_id: int, before_ms: int) -> int:
    """Sums calls and totals that started before an instant into hourly figures and deletes them, with their records, older
    versions, marks and unreadable rows. Returns how many calls went."""
    span = (source_id, before_ms)
    (timezone,) = connection.execute("SELECT timezone FROM source WHERE id = ?", (source_id,)).fetchone()
    zone, times = ZoneInfo(timezone), local_times(timezone)
    connection.create_function("hour_start", 1, lambda started_ms: times[started_ms].hour_start_ms, deterministic=True)
    connection.execute(
        "INSERT INTO hour_figure SELECT source_id, hour_start(started_ms), local_day, local_hour, direction, status,"
        " queue_word, count(*), sum(talk_ms), sum(approximate) FROM call WHERE source_id = ?1 AND started_ms < ?2"
        f" GROUP BY 1, 2, 3, 4, 5, 6, 7 {_ADDED}",
        span,
    )
    for direction, side in (("in", "inbound"), ("out", "outbound")):
        for status, calls, seconds in (
            ("answered", f"coalesce({side}_answered, 0)", f"coalesce({side}_seconds, 0)"),
            ("missed", f"max(0, coalesce({side}_calls, 0) - coalesce({side}_answered, 0))", "0"),
        ):
            connection.execute(
                "INSERT INTO hour_figure SELECT source_id, hour_start(started_ms), local_day, local_hour, ?3, ?4, 0,"
                f" sum({calls}), sum({seconds}) * 1000, 0 FROM employee_bucket WHERE source_id = ?1 AND started_ms < ?2"
                f" GROUP BY 1, 2, 3, 4 HAVING sum({calls}) > 0 OR sum({seconds}) > 0 {_ADDED}",
                (*span, direction, status),
            )
    gone = "SELECT call_id FROM call WHERE source_id = ?1 AND started_ms < ?2"
    connection.execute(f"DELETE FROM mark WHERE source_id = ?1 AND call_id IN ({gone})", span)
    removal.remove_before(connection, source_id, before_ms)
    contacts = connection.execute(
        "SELECT number_key FROM party WHERE id IN (SELECT caller_party FROM call WHERE source_id = ?1 AND started_ms < ?2"
        " UNION SELECT callee_party FROM call WHERE source_id = ?1 AND started_ms < ?2)",
        span,
    ).fetchall()
    whole = "SELECT min(started_ms), max(ended_ms) FROM call WHERE source_id = ? AND started_ms < ? HAVING count(*) > 0"
    gone_span = connection.execute(whole, span).fetchall()
    deleted = connection.execute("DELETE FROM call WHERE source_id = ? AND started_ms < ?", span).rowcount
    rollups.drop_before(connection, source_id, before_ms, zone)
    peaks.refresh(connection, gone_span)
    rollups.count_contacts(connection, {key for (key,) in contacts} - {""})
    connection.execute("DELETE FROM employee_bucket WHERE source_id = ? AND started_ms < ?", span)
    connection.execute("DELETE FROM quarantine WHERE source_id = ? AND first_seen_ms < ?", span)
    readings.fold_before(connection, source_id, before_ms)
    connection.execute(
        "UPDATE poll_state SET purged_before_ms = max(coalesce(purged_before_ms, 0), ?2) WHERE source_id = ?1", span
    )
    dictionaries.forget_unused(connection)
    return deleted


def kept(rows: tuple[Record, ...], edge_ms: int | None) -> tuple[Record, ...]:
    """The records of calls that are kept: those of a call that began before the edge would bring a part of it back."""
    if edge_ms is None:
        return rows
    old = {row.group for row in rows if row.started_ms < edge_ms}
    return tuple(row for row in rows if row.group not in old)
