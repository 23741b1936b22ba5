"""Totals per employee and hour, counted as if each were its calls."""

from __future__ import annotations

import sqlite3

from calls.cache.known import KnownSource
from calls.cache.sums import Sums
from calls.filters import Filter, FilterContext
from calls.keys import HASH_BITS
from calls.metrics.tally import COUNTS
from calls.model import Direction

# Totals know no single call, so only these clauses mean anything to them ("" is a bare word), and these groupings nothing.
_FIELDS = frozenset({"", "from", "to", "since", "on", "hour", "weekday", "direction", "employee", "customer", "provider"})
_UNKNOWN_GROUPINGS = frozenset({"queue", "number"})

# One row per bucket and direction, under the names of the call table, so that a filter reads both alike. A bare word looks
# for the extension where it looks for a project.
_SIDE = """SELECT source_id, started_ms << {bits} AS key, started_ms, local_day, local_hour, employee_word,
    0 AS queue_word, extension_word AS project_word, 0 AS caller_party, 0 AS callee_party, '{direction}' AS direction,
    {side}_calls AS offered, {side}_answered AS answered, {side}_seconds AS talk_seconds, {busy} AS busy, {failed} AS failed,
    employee_name, extension_number, employee_id, extension_id
    FROM employee_bucket"""
_SIDES = " UNION ALL ".join(
    _SIDE.format(bits=HASH_BITS, direction=direction, side=side, busy=busy, failed=failed)
    for direction, side, busy, failed in (("in", "inbound", "inbound_busy", "0"), ("out", "outbound", "0", "outbound_failed"))
)
# They know neither congestion nor any ringing or waiting.
_COUNTS = (
    "sum(coalesce(c.offered, 0))", "sum(coalesce(c.answered, 0))", "sum(coalesce(c.talk_seconds, 0)) * 1000", "0",
    "sum(coalesce(c.busy, 0))", "sum(coalesce(c.failed, 0))", "0", "0", "0", "0", "0",
)  # fmt: skip
BUCKETS = Sums(f"({_SIDES}) AS c", dict(zip(COUNTS, _COUNTS, strict=True)))


def impossible(wanted: Filter, grouping: str | None = None) -> str:
    """Why a provider of totals cannot answer this filter, or group by that, in one sentence; "" when it can."""
    clauses = [clause for part in wanted.clauses for clause in part.clauses()]
    if fields := sorted({clause.field for clause in clauses} - _FIELDS):
        return f"knows employees and hours, not {' or '.join(fields)}"
    if any(value.text == Direction.INTERNAL for clause in clauses if clause.field == "direction" for value in clause.values):
        return "knows employees and hours, not internal calls apart"
    return f"knows employees and hours, not {grouping}s" if grouping in _UNKNOWN_GROUPINGS else ""


def employees(
    connection: sqlite3.Connection, wanted: Filter, context: FilterContext, known: KnownSource
) -> list[tuple[str, str, int, int, int, int]]:
    """Employee, extension, inbound calls, inbound answered, outbound calls, talk seconds: by name and extension.

    A column whose direction the filter leaves out is 0.
    """
    if impossible(wanted):
        return []
    condition = wanted.sql(context)
    return connection.execute(
        "SELECT c.employee_name, c.extension_number, sum(iif(c.direction = 'in', coalesce(c.offered, 0), 0)),"
        " sum(iif(c.direction = 'in', coalesce(c.answered, 0), 0)), sum(iif(c.direction = 'out', coalesce(c.offered, 0), 0)),"
        f" sum(coalesce(c.talk_seconds, 0)) FROM {BUCKETS.table} WHERE c.source_id = ? AND ({condition.sql})"
        " GROUP BY c.employee_id, c.extension_id ORDER BY 1, 2",
        (known.id, *condition.params),
    ).fetchall()
