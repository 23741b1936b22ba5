"""Unusual outbound calls, from the cache."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from calls.cache.known import KnownSource
from calls.cache.rows import calls_with_keys
from calls.cache.statements import chunks, marks
from calls.calendar import Calendar
from calls.filters import Filter, FilterContext
from calls.keys import EARLIEST_KEY, LATEST_KEY, first_key
from calls.metrics.reasons import NO_CALLS, NO_OUTBOUND
from calls.metrics.unusual import Outbound, Unusual, UnusualCall, UnusualLimits, reasons_by_key
from calls.text import normalise_number
from calls.times import MINUTE_MS

# A call's number of at most so many digits is an extension, and the person behind it.
_EXTENSION_DIGITS = 6
_UNTOLD = {"soluno": NO_OUTBOUND.reason, "dstny": NO_OUTBOUND.reason, "telecomx": NO_CALLS.reason}


def unusual(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    calendar: Calendar,
    limits: UnusualLimits,
    limit: int,
) -> Unusual:
    """The unusual ones of the outbound calls under a filter. What makes them so is looked for among all calls of that time."""
    calls, shown = _outbound(connection, wanted, context, limits)
    told = {name: known.source for name, known in sources.items()}
    found = {key: why for key, why in reasons_by_key(calls, told, calendar, limits).items() if key in shown}
    newest = sorted(found, reverse=True)[:limit]
    by_key = calls_with_keys(connection, newest, told)
    untold = {name: _UNTOLD[source.kind] for name, source in told.items() if source.kind in _UNTOLD}
    return Unusual(tuple(UnusualCall(by_key[key], tuple(found[key])) for key in newest), len(found), len(shown), untold)


def _outbound(
    connection: sqlite3.Connection, wanted: Filter, context: FilterContext, limits: UnusualLimits
) -> tuple[list[Outbound], set[int]]:
    """The outbound calls of a filter's time in its order, with those shortly before, and the keys of those under it."""
    condition = wanted.sql(context)
    reach = wanted.widest_reach(context)
    margin_ms = limits.burst_minutes * MINUTE_MS
    from_key = EARLIEST_KEY if reach.start_ms is None else first_key(reach.start_ms - margin_ms)
    to_key = LATEST_KEY if reach.end_ms is None else first_key(reach.end_ms + margin_ms)
    rows = connection.execute(
        "SELECT c.key, s.name, c.started_ms, c.ended_ms, e.text, a.number, b.number_key, c.leg_count,"
        f" ({condition.sql}) FROM call AS c NOT INDEXED CROSS JOIN source AS s ON s.id = c.source_id"
        " CROSS JOIN party AS a ON a.id = c.caller_party CROSS JOIN party AS b ON b.id = c.callee_party"
        " CROSS JOIN word AS e ON e.id = c.employee_word"
        " WHERE c.key >= ? AND c.key < ? AND c.direction = 'out' ORDER BY c.key",
        (*condition.params, from_key, to_key),
    ).fetchall()
    attempts = _attempts(connection, {row[0]: row[1] for row in rows if row[7] > 1}, context)
    calls = [
        Outbound(key, name, started_ms, ended_ms, _extension(caller) or employee, number_key, attempts.get(key, ()))
        for key, name, started_ms, ended_ms, employee, caller, number_key, _, _ in rows
    ]
    return calls, {row[0] for row in rows if row[8]}


def _extension(number: str) -> str:
    return number if number.isdigit() and len(number) <= _EXTENSION_DIGITS else ""


def _attempts(
    connection: sqlite3.Connection, providers: Mapping[int, str], context: FilterContext
) -> dict[int, tuple[tuple[int, int], ...]]:
    """The spans of the legs of some calls that go outside, by the calls' keys."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for key, started_ms, ended_ms, callee in _legs(connection, list(providers)):
        country = context.sources[providers[key]].country_code
        if ended_ms is not None and normalise_number(callee, country).startswith("+"):
            found[key].append((started_ms, ended_ms))
    return {key: tuple(spans) for key, spans in found.items()}


def _legs(connection: sqlite3.Connection, keys: Sequence[int]) -> Iterable[tuple[int, int, int | None, str]]:
    for some in chunks(keys):
        yield from connection.execute(
            "SELECT l.call_key, l.started_ms, l.ended_ms, w.text FROM leg AS l JOIN word AS w ON w.id = l.callee_word"
            f" WHERE l.call_key IN ({marks(some)})",
            tuple(some),
        )
