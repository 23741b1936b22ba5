"""Sums of all outcomes together, each in the order in which it is grouped."""

from __future__ import annotations

_COUNTS = (
    "offered", "answered", "talk_ms", "doubtful", "busy", "failed", "congestion", "ring_ms", "rung", "wait_ms", "waited",
)  # fmt: skip
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
"""
