"""Missed calls: who rang in vain and has not been reached since, and what settled the others."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from calls.cache.rows import calls_with_keys
from calls.cache.snapshots import CallBack, Mark, Settled, WithheldMisses
from calls.filters import Filter, FilterContext
from calls.filters.made import since_days
from calls.keys import EARLIEST_MS, HASH_BITS, LATEST_MS, first_key, place_ms
from calls.model import Source

SHORT_RING_MS = 5_000
# Who has not been called back for so long has found another way: neither screen nor alert speaks of older missed calls.
CALL_BACK_SINCE = since_days(6)
CHECK_FIRST = "one short ring from abroad: check before calling back"

# Direction and status are written out so that the partial index on missed calls fits the query.
MISSED = "c.direction = 'in' AND c.status <> 'answered'"
_OPEN = "(k.answered_ms IS NULL OR k.missed_ms >= k.answered_ms)"
_NOT_CLOSED = "(k.answered_ms IS NULL OR c.started_ms >= k.answered_ms)"
# The same by the key, so that calls before are not even looked up.
_AFTER_THE_LAST_TALK = f"c.key >= max(min(coalesce(k.answered_ms, {EARLIEST_MS}), {place_ms(LATEST_MS)}), ?) << {HASH_BITS}"
_MARK = "(SELECT 1 FROM mark AS m WHERE m.source_id = c.source_id AND m.call_id = c.call_id)"
_CALLS_OF_CONTACTS = (
    "contact AS k CROSS JOIN party AS p ON p.number_key = k.number_key"
    " CROSS JOIN call AS c INDEXED BY call_missed ON c.caller_party = p.id"
)
_MISSED_SINCE = "k.missed_ms >= ? AND k.number_key NOT GLOB 'erased-*'"
_WAITING = f"{_MISSED_SINCE} AND {_OPEN} AND {MISSED} AND {_NOT_CLOSED} AND {_AFTER_THE_LAST_TALK} AND NOT EXISTS {_MARK}"
_TRIES = (
    "SELECT p.number_key, p.number, p.name, c.started_ms, s.name, coalesce(c.ring_ms, c.wait_ms)"
    f" FROM {_CALLS_OF_CONTACTS} CROSS JOIN source AS s ON s.id = c.source_id"
)
_WITHHELD = (
    f"party AS p CROSS JOIN call AS c INDEXED BY call_missed ON c.caller_party = p.id WHERE p.number_key = '' AND {MISSED}"
)
_Try = tuple[str, str, str, int, str, int | None]


def unreturned(connection: sqlite3.Connection, wanted: Filter, context: FilterContext) -> tuple[CallBack, ...]:
    """Callers with a missed call that no later answered call with them, in or out, at any provider, has settled, and that
    nobody has marked as dealt with.

    Oldest first. The filter narrows the missed calls; what settles them is looked for everywhere. Callers who are
    withheld or erased cannot be called back and are left out.
    """
    return oldest_unreturned(connection, wanted, context, None)[0]


def oldest_unreturned(
    connection: sqlite3.Connection, wanted: Filter, context: FilterContext, limit: int | None
) -> tuple[tuple[CallBack, ...], int]:
    """The first of `unreturned`, and how many there are in all."""
    if not context.sources:
        return (), 0
    condition = wanted.sql(context)
    since_ms = _since_ms(wanted, context)
    rows = connection.execute(
        f"{_TRIES} WHERE {_WAITING} AND ({condition.sql}) ORDER BY c.started_ms",
        (since_ms, place_ms(since_ms), *condition.params),
    ).fetchall()
    callers = _by_caller(rows)
    return tuple(_call_back(some, context.sources) for some in islice(callers.values(), limit)), len(callers)


def unreturned_by_group(connection: sqlite3.Connection, wanted: Filter, context: FilterContext, group: str) -> dict[int, int]:
    """How many missed calls make up `unreturned`, by the number of their group, which this SQL gives."""
    condition = wanted.sql(context)
    since_ms = _since_ms(wanted, context)
    return dict(
        connection.execute(
            f"SELECT {group}, count(*) FROM {_CALLS_OF_CONTACTS} WHERE {_WAITING} AND ({condition.sql}) GROUP BY 1",
            (since_ms, place_ms(since_ms), *condition.params),
        ).fetchall()
    )


def settled(connection: sqlite3.Connection, wanted: Filter, context: FilterContext, limit: int) -> tuple[Settled, ...]:
    """Callers whose missed calls need no call back any more, with what settled them; the last settled first."""
    if not context.sources:
        return ()
    condition = wanted.sql(context)
    asked = (_since_ms(wanted, context), *condition.params)
    closed = connection.execute(
        f"{_TRIES} WHERE {_MISSED_SINCE} AND {MISSED} AND c.started_ms < k.answered_ms AND ({condition.sql})"
        " ORDER BY c.started_ms",
        asked,
    ).fetchall()
    marked = connection.execute(
        f"{_TRIES} WHERE {_MISSED_SINCE} AND {MISSED} AND {_NOT_CLOSED} AND EXISTS {_MARK} AND ({condition.sql})"
        " ORDER BY c.started_ms",
        asked,
    ).fetchall()
    found = [
        Settled(_call_back(some, context.sources), mark=_mark(connection, key, some[-1][3]))
        for key, some in _by_caller(marked).items()
    ]
    closing = {_closing_key(connection, key, some[-1][3]): some for key, some in _by_caller(closed).items()}
    calls = calls_with_keys(connection, list(closing), context.sources)
    found += [Settled(_call_back(some, context.sources), by=calls[key]) for key, some in closing.items()]
    return tuple(sorted(found, key=lambda one: -one.settled_ms)[:limit])


def withheld(connection: sqlite3.Connection, wanted: Filter, context: FilterContext) -> WithheldMisses:
    """Missed calls under a filter whose callers hid their number."""
    if not context.sources:
        return WithheldMisses(0, 0, 0)
    condition = wanted.sql(context)
    row = connection.execute(
        "SELECT count(*), coalesce(min(c.started_ms), 0), coalesce(max(c.started_ms), 0)"
        f" FROM {_WITHHELD} AND ({condition.sql})",
        condition.params,
    ).fetchone()
    return WithheldMisses(*row)


def withheld_by_group(connection: sqlite3.Connection, wanted: Filter, context: FilterContext, group: str) -> dict[int, int]:
    """How many missed calls `withheld` tells of, by the number of their group, which this SQL gives."""
    condition = wanted.sql(context)
    return dict(
        connection.execute(
            f"SELECT {group}, count(*) FROM {_WITHHELD} AND ({condition.sql}) GROUP BY 1", condition.params
        ).fetchall()
    )


def _since_ms(wanted: Filter, context: FilterContext) -> int:
    """Before it no missed call can match, at any provider."""
    start_ms = wanted.widest_reach(context).start_ms
    return EARLIEST_MS if start_ms is None else start_ms


def _by_caller(rows: Iterable[_Try]) -> dict[str, list[_Try]]:
    tries: dict[str, list[_Try]] = defaultdict(list)
    for row in rows:
        tries[row[0]].append(row)
    return tries


def _call_back(tries: list[_Try], sources: Mapping[str, Source]) -> CallBack:
    key, caller, name, last_missed_ms, provider, rang_ms = tries[-1]
    once = len(tries) == 1
    check_first = once and rang_ms is not None and rang_ms <= SHORT_RING_MS and _from_abroad(key, sources[provider])
    return CallBack(
        caller=caller,
        caller_name=name or next((name for _, _, name, *_ in reversed(tries) if name), ""),
        first_missed_ms=tries[0][3],
        last_missed_ms=last_missed_ms,
        tries=len(tries),
        providers=(provider,) if once else tuple(dict.fromkeys(row[4] for row in tries)),
        number_key=key,
        check_first=CHECK_FIRST if check_first else "",
    )


def _from_abroad(number_key: str, source: Source) -> bool:
    return number_key.startswith("+") and not number_key.startswith(f"+{source.country_code}")


def _mark(connection: sqlite3.Connection, number_key: str, missed_ms: int) -> Mark:
    row: Any = connection.execute(
        "SELECT m.marked_ms, m.who, m.note FROM party AS p CROSS JOIN call AS c INDEXED BY call_missed"
        " ON c.caller_party = p.id JOIN mark AS m ON m.source_id = c.source_id AND m.call_id = c.call_id"
        f" WHERE p.number_key = ? AND {MISSED} AND c.started_ms = ? ORDER BY m.marked_ms DESC LIMIT 1",
        (number_key, missed_ms),
    ).fetchone()
    return Mark(*row)


def _closing_key(connection: sqlite3.Connection, number_key: str, missed_ms: int) -> int:
    """The first answered call with a number, in or out, that began after an instant; its contact says that there is one."""
    row = connection.execute(
        "SELECT min(key) FROM ("
        " SELECT c.key FROM party AS p CROSS JOIN call AS c INDEXED BY call_by_caller ON c.caller_party = p.id AND c.key > ?3"
        "  WHERE p.number_key = ?1 AND c.direction = 'in' AND c.status = 'answered' AND c.started_ms > ?2"
        " UNION ALL SELECT c.key FROM party AS p CROSS JOIN call AS c INDEXED BY call_by_callee ON c.callee_party = p.id"
        "  AND c.key > ?3 WHERE p.number_key = ?1 AND c.direction = 'out' AND c.status = 'answered' AND c.started_ms > ?2)",
        (number_key, missed_ms, first_key(missed_ms)),
    ).fetchone()
    return int(row[0])
