"""Sums of ringing, waiting and every outcome; how long callers waited, by day."""

from __future__ import annotations

_TALLIES = {
    "hour_tally": ("hour_start", "", "min(local_day), min(local_hour)"),
    "queue_tally": ("day_start", ", queue_word", "min(local_day)"),
    "employee_tally": ("day_start", ", employee_word", "min(local_day)"),
}
_ZONE = "(SELECT timezone FROM source AS s WHERE s.id = source_id)"


def _extended(table: str, start: str, word: str, places: str) -> str:
    columns = " ".join(
        f"ALTER TABLE {table} ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0;"
        for name in ("ring_ms", "rung", "wait_ms", "waited")
    )
    return f"""{columns}
DELETE FROM {table};
INSERT INTO {table} SELECT source_id, {start}(started_ms, {_ZONE}) AS start_ms, direction, status{word}, {places}, count(*),
    sum(talk_ms), sum(approximate), coalesce(sum(ring_ms), 0), count(ring_ms), coalesce(sum(wait_ms), 0), count(wait_ms)
    FROM call GROUP BY source_id, start_ms, direction, status{word};
"""


SCRIPT = f"""
-- What the sums of calls hold besides: ringing and waiting time, and of how many calls each is known.
{"".join(_extended(table, *parts) for table, parts in _TALLIES.items())}

-- Calls by local day and by how long their caller waited for an answer, or until hanging up. A tick is twice the whole seconds,
-- and one more for a fraction, so that "at most" and "less than" some seconds can both be told.
CREATE TABLE wait_tally (
    source_id INTEGER NOT NULL REFERENCES source (id),
    started_ms INTEGER NOT NULL,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    wait_ticks INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (started_ms, source_id, direction, status, wait_ticks)
) STRICT, WITHOUT ROWID;
INSERT INTO wait_tally SELECT source_id, day_start(started_ms, {_ZONE}) AS start_ms, direction, status,
    wait_ms / 1000 * 2 + (wait_ms % 1000 > 0) AS ticks, min(local_day), count(*) FROM call WHERE wait_ms IS NOT NULL
    GROUP BY source_id, start_ms, direction, status, ticks;
"""
