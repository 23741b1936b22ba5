"""Sums of all outcomes together, each in the order in which it is grouped; how many calls were under way at once."""

from __future__ import annotations

_COUNTS = (
    "offered", "answered", "talk_ms", "doubtful", "busy", "failed", "congestion", "ring_ms", "rung", "wait_ms", "waited",
)  # fmt: skip
_INTEGERS = "\n".join(f"    {name} INTEGER NOT NULL," for name in _COUNTS)
_ADDED_UP = ", ".join(f"sum({name})" for name in _COUNTS)
_ANSWERED = "status = 'answered'"
_SUMS = (
    f"sum(calls), sum(iif({_ANSWERED}, calls, 0)), sum(talk_ms), sum(approximate),"
    " sum(iif(status = 'busy', calls, 0)), sum(iif(status = 'failed', calls, 0)), sum(iif(status = 'congestion', calls, 0)),"
    f" sum(ring_ms), sum(rung), sum(iif({_ANSWERED}, wait_ms, 0)), sum(iif({_ANSWERED}, waited, 0))"
)


def _total(name: str, source: str, *key: str) -> str:
    """A table of sums, filled from the sums by outcome."""
    kinds = {column: "TEXT" if column == "direction" else "INTEGER" for column in (*key, *_COUNTS)}
    columns = "\n".join(f"    {column} {kind} NOT NULL," for column, kind in kinds.items())
    kept = ", ".join(key)
    return f"""
CREATE TABLE {name} (
{columns}
    PRIMARY KEY ({kept})
) STRICT, WITHOUT ROWID;
INSERT INTO {name} SELECT {kept}, {_SUMS} FROM {source} GROUP BY {kept};
"""


SCRIPT = f"""
-- What a figure counts of calls, whatever their outcome: by hour, by day, by queue and day, by employee and day. The ringing
-- time is that of all calls, the waiting time that of answered ones.
{_total("hour_total", "hour_tally", "direction", "started_ms", "local_day", "local_hour", "source_id")}
{_total("day_total", "queue_tally", "direction", "started_ms", "local_day", "source_id")}
{_total("queue_total", "queue_tally", "queue_word", "source_id", "started_ms", "local_day", "direction")}
{_total("employee_total", "employee_tally", "employee_word", "source_id", "started_ms", "local_day", "direction")}

-- Those by hour of all providers together, with the ids of the providers.
CREATE TABLE hour_together (
    direction TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    local_day INTEGER NOT NULL,
    local_hour INTEGER NOT NULL,
    source_ids TEXT NOT NULL,
{_INTEGERS}
    PRIMARY KEY (direction, started_ms, local_day, local_hour)
) STRICT, WITHOUT ROWID;
INSERT INTO hour_together SELECT direction, started_ms, local_day, local_hour, group_concat(source_id), {_ADDED_UP}
    FROM hour_total GROUP BY direction, started_ms, local_day, local_hour;

-- The most calls under way at once when one of them started, by hour (UTC), of all providers and directions; and when first.
CREATE TABLE hour_peak (
    started_ms INTEGER PRIMARY KEY,
    peak INTEGER NOT NULL,
    peak_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX call_long ON call (started_ms) WHERE ended_ms - started_ms > 7200000;
INSERT INTO hour_peak SELECT hour, calls, at_ms FROM (
    SELECT hour, calls, at_ms, row_number() OVER (PARTITION BY hour ORDER BY calls DESC, at_ms) AS place FROM (
        SELECT at_ms, step, at_ms - (at_ms % 3600000 + 3600000) % 3600000 AS hour,
            sum(step) OVER (ORDER BY at_ms, step ROWS UNBOUNDED PRECEDING) AS calls FROM (
            SELECT started_ms AS at_ms, 1 AS step FROM call WHERE ended_ms > started_ms
            UNION ALL SELECT ended_ms, -1 FROM call WHERE ended_ms > started_ms
        )
    ) WHERE step = 1
) WHERE place = 1;
"""
