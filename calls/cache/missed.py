"""Unreturned missed calls: who rang in vain and has not been reached since."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from calls.cache.snapshots import CallBack
from calls.filters import Filter, FilterContext

# Direction and status are written out so that the partial index on missed calls fits the query.
_MISSED = "c.direction = 'in' AND c.status <> 'answered'"
# Before any call.
_EVER = -(1 << 62)
_OPEN = "(k.answered_ms IS NULL OR k.missed_ms >= k.answered_ms)"


def unreturned(connection: sqlite3.Connection, wanted: Filter, context: FilterContext) -> tuple[CallBack, ...]:
    """Callers with a missed call that no later answered call with them, in or out, at any provider, has settled.

    Oldest first. The filter narrows the missed calls; what settles them is looked for everywhere. Callers who are
    withheld or erased cannot be called back and are left out.
    """
    condition = wanted.sql(context)
    starts = [wanted.reach(context, name).start_ms for name in context.sources]
    known = [start for start in starts if start is not None]
    since_ms = min(known) if len(known) == len(starts) and known else _EVER
    rows = connection.execute(
        "SELECT p.number_key, p.number, p.name, c.started_ms, s.name FROM contact AS k"
        " CROSS JOIN party AS p ON p.number_key = k.number_key"
        " CROSS JOIN call AS c INDEXED BY call_missed ON c.caller_party = p.id"
        " CROSS JOIN source AS s ON s.id = c.source_id"
        f" WHERE {_OPEN} AND k.missed_ms >= ? AND k.number_key NOT GLOB 'erased-*' AND {_MISSED}"
        f" AND (k.answered_ms IS NULL OR c.started_ms >= k.answered_ms) AND ({condition.sql})"
        " ORDER BY c.started_ms",
        (since_ms, *condition.params),
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
