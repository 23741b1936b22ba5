"""Unreturned missed calls: who rang in vain and has not been reached since."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from calls.cache.snapshots import CallBack
from calls.cache.tallies import CALLS_FROM
from calls.filters import Filter, FilterContext

# Direction and status are written out so that the partial index on missed calls fits the query.
_MISSED = "c.direction = 'in' AND c.status <> 'answered' AND c.caller_key <> '' AND c.caller_key NOT GLOB 'erased-*'"


def unreturned(connection: sqlite3.Connection, wanted: Filter, context: FilterContext) -> tuple[CallBack, ...]:
    """Callers with a missed call that no later answered call with them, in or out, at any provider, has settled.

    Oldest first. The filter narrows the missed calls; what settles them is looked for everywhere. Callers who are
    withheld or erased cannot be called back and are left out.
    """
    condition = wanted.sql(context)
    rows = connection.execute(
        "SELECT c.caller_key, c.caller, c.caller_name, c.started_ms, s.name"
        f" FROM {CALLS_FROM} WHERE {_MISSED} AND ({condition.sql})"
        " AND NOT EXISTS (SELECT 1 FROM call AS later WHERE later.caller_key = c.caller_key AND later.caller_key <> ''"
        "   AND later.started_ms > c.started_ms AND later.direction = 'in' AND later.status = 'answered')"
        " AND NOT EXISTS (SELECT 1 FROM call AS later WHERE later.callee_key = c.caller_key AND later.callee_key <> ''"
        "   AND later.started_ms > c.started_ms AND later.direction = 'out' AND later.status = 'answered')"
        " ORDER BY c.started_ms",
        condition.params,
    ).fetchall()
    tries: dict[str, list[tuple[str, str, int, str]]] = defaultdict(list)
    for key, caller, name, started_ms, provider in rows:
        tries[key].append((caller, name, started_ms, provider))
    return tuple(
        CallBack(
            caller=some[-1][0],
            caller_name=next((name for _, name, _, _ in reversed(some) if name), ""),
            first_missed_ms=some[0][2],
            last_missed_ms=some[-1][2],
            tries=len(some),
            providers=tuple(dict.fromkeys(provider for *_, provider in some)),
        )
        for some in tries.values()
    )
