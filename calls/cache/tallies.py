"""Sums over the cache: tallies of calls, and of employee buckets as if each were its calls."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from operator import attrgetter

from calls.cache import coverage
from calls.cache.known import KnownSource, asked_window
from calls.cache.sums import FIGURES_FROM, figures_hold, sums_for
from calls.filters import Filter, FilterContext
from calls.keys import HASH_BITS
from calls.metrics import WITHHELD_LABEL, Side, Tally, group_order, time_label
from calls.metrics.tally import COUNTS
from calls.model import Direction, Status, Window

# Totals per employee and hour know no single call, so only these clauses mean anything to them ("" is a bare word).
BUCKET_FIELDS = frozenset({"", "from", "to", "since", "on", "hour", "weekday", "direction", "employee", "customer", "provider"})


# One row per bucket and direction, under the names of the call table, so that a filter reads both alike. A bare word looks
# for the extension where it looks for a project.
_BUCKET_SIDE = """SELECT source_id, started_ms << {bits} AS key, started_ms, local_day, local_hour, employee_word,
    0 AS queue_word, extension_word AS project_word, 0 AS caller_party, 0 AS callee_party, '{direction}' AS direction,
    {side}_calls AS offered, {side}_answered AS answered, {side}_seconds AS talk_seconds, {busy} AS busy, {failed} AS failed,
    employee_name, extension_number, employee_id, extension_id
    FROM employee_bucket"""
_BUCKET_SIDES = " UNION ALL ".join(
    _BUCKET_SIDE.format(bits=HASH_BITS, direction=direction, side=side, busy=busy, failed=failed)
    for direction, side, busy, failed in (("in", "inbound", "inbound_busy", "0"), ("out", "outbound", "0", "outbound_failed"))
)
BUCKETS_FROM = f"({_BUCKET_SIDES}) AS c JOIN source AS s ON s.id = c.source_id"
CALLS_FROM = "call AS c JOIN source AS s ON s.id = c.source_id"

# The SQL that numbers the group of a call.
CALL_GROUPS = {
    # The sign keeps SQLite from walking the index on sources instead of the last calls.
    "provider": "+c.source_id",
    "queue": "c.queue_word",
    "employee": "c.employee_word",
    "number": f"iif(c.direction = '{Direction.OUT}', c.callee_party, c.caller_party)",
    "hour": "c.local_day * 24 + c.local_hour",
    "day": "c.local_day",
    "week": "c.local_day",
    "month": "c.local_day",
    "weekday": "(c.local_day + 6) % 7",
}
_BUCKET_GROUPS = {name: sql for name, sql in CALL_GROUPS.items() if name not in ("queue", "number")}
_ENDS = (Status.BUSY, Status.FAILED, Status.CONGESTION)
_ANSWERED = "c.status = 'answered'"
_CALL_COUNTS = (
    "count(*), sum(c.status = 'answered'), sum(c.talk_ms), sum(c.approximate),"
    + "".join(f" sum(c.status = '{status}')," for status in _ENDS)
    + " coalesce(sum(c.ring_ms), 0), count(c.ring_ms), coalesce(sum(iif(c.status = 'answered', c.wait_ms, NULL)), 0),"
    " count(iif(c.status = 'answered', c.wait_ms, NULL))"
)
# The same of what was summed by hour or day before.
_KEPT_COUNTS = (
    "sum(c.calls), sum(iif(c.status = 'answered', c.calls, 0)), sum(c.talk_ms), sum(c.approximate),"
    + "".join(f" sum(iif(c.status = '{status}', c.calls, 0))," for status in _ENDS)
    + f" sum(c.ring_ms), sum(c.rung), sum(iif({_ANSWERED}, c.wait_ms, 0)), sum(iif({_ANSWERED}, c.waited, 0))"
)
# And of totals per employee, which know neither congestion nor any ringing or waiting.
_BUCKET_COUNTS = (
    "sum(coalesce(c.offered, 0)), sum(coalesce(c.answered, 0)), sum(coalesce(c.talk_seconds, 0)) * 1000, 0,"
    " sum(coalesce(c.busy, 0)), sum(coalesce(c.failed, 0)), 0, 0, 0, 0, 0"
)
NO_KINDS: frozenset[str] = frozenset()
_counts_of = attrgetter(*COUNTS)
LABELS_REMEMBERED = 20_000
# How the numbers of a group are read as its labels.
_LABELS = {
    "provider": "SELECT id, name FROM source",
    "queue": "SELECT id, text FROM word",
    "employee": "SELECT id, text FROM word",
    "number": f"SELECT id, coalesce(nullif(number_key, ''), '{WITHHELD_LABEL}') FROM party",
}


def impossible_for_buckets(wanted: Filter) -> str:
    """Why a provider of totals cannot answer this filter, in one sentence; "" when it can."""
    clauses = [clause for part in wanted.clauses for clause in part.clauses()]
    if fields := sorted({clause.field for clause in clauses} - BUCKET_FIELDS):
        return f"knows employees and hours, not {' or '.join(fields)}"
    if any(value.text == Direction.INTERNAL for clause in clauses if clause.field == "direction" for value in clause.values):
        return "knows employees and hours, not internal calls apart"
    return ""


def names_direction(wanted: Filter) -> bool:
    """Whether a filter says itself which directions count."""
    return wanted.names("direction") or wanted.names("local")


def condition_of(wanted: Filter, context: FilterContext, side: Side) -> tuple[str, tuple[str | int, ...]]:
    """A filter as SQL with its bindings, narrowed to a side unless the filter names directions itself."""
    condition = wanted.sql(context)
    narrowed = side is not Side.ANY and not names_direction(wanted)
    return f"({condition.sql})" + (f" AND c.direction = '{side}'" if narrowed else ""), condition.params


def neutral(
    wanted: Filter, context: FilterContext, known: KnownSource, grouping: str | None = None, *, of_calls: bool = False
) -> Tally:
    """The tally of a source without any call: who was asked, and how completely; `of_calls` without hourly figures."""
    covered = known.covered if figures_hold(wanted, grouping) and not of_calls else known.calls_covered
    asked = asked_window(wanted, context, known)
    if known.complete_to_ms is not None and known.complete_to_ms < asked.end_ms:
        # What lies after the watermark is not a gap: `complete_to_ms` says it.
        asked = Window(asked.start_ms, max(asked.start_ms, known.complete_to_ms))
    return Tally(
        kinds=frozenset({known.source.kind}),
        complete_to_ms=known.complete_to_ms,
        gaps=coverage.gaps(covered, asked) if known.covered else (),
    )


def totals(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    side: Side = Side.IN,
    *,
    of_calls: bool = False,
) -> dict[str, Tally]:
    """One tally per source that can answer the filter, by name; `of_calls` counts only calls that are kept."""
    result = {
        name: neutral(wanted, context, known, of_calls=of_calls)
        for name, known in sources.items()
        if not (known.gives_buckets and impossible_for_buckets(wanted))
    }
    for _, name, tally in _sums(_Question(connection, wanted, context, side, of_calls), "provider"):
        if name in result:
            result[name] += replace(tally, kinds=result[name].kinds, complete_to_ms=result[name].complete_to_ms)
    return result


def groups(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    grouping: str,
) -> dict[str, Tally]:
    """Tallies by the label of their group, in the grouping's order. Raises KeyError for an unknown grouping."""
    if grouping == "provider":
        return totals(connection, wanted, context, sources)
    found = split(connection, wanted, context, sources, grouping)
    # How complete a group is depends on who takes part in it, which is the same for most groups.
    asked = {name: neutral(wanted, context, known, grouping) for name, known in sources.items()}
    takers = {frozenset(parts) for parts in found.values()}
    knowing = {names: Tally.total(asked[name] for name in names) for names in takers}
    return {label: summed(parts.values(), knowing[frozenset(parts)]) for label, parts in found.items()}


def split(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    grouping: str,
    side: Side = Side.IN,
    *,
    of_calls: bool = False,
) -> dict[str, dict[str, Tally]]:
    """Counts by the label of their group and by source, in the grouping's order, without completeness. Raises KeyError."""
    can_tell = {
        name
        for name, known in sources.items()
        if not (known.gives_buckets and (impossible_for_buckets(wanted) or grouping not in _BUCKET_GROUPS))
    }
    label_of = labels(connection, grouping)
    found: dict[str, dict[str, Tally]] = {}
    for value, name, tally in _sums(_Question(connection, wanted, context, side, of_calls), grouping):
        if name in can_tell:
            parts = found.setdefault(label_of(value), {})
            parts[name] = summed([parts[name], tally], tally) if name in parts else tally
    return dict(sorted(found.items(), key=lambda item: group_order(grouping, item[0])))


def labels(connection: sqlite3.Connection, grouping: str) -> Callable[[int], str]:
    """What the number of a group (`CALL_GROUPS`) is called."""
    if grouping in _LABELS:
        known: dict[int, str] = dict(connection.execute(_LABELS[grouping]).fetchall())
        return known.__getitem__
    return partial(_time_label, grouping)


def summed(some: Iterable[Tally], known: Tally) -> Tally:
    """The sum of counts, with the completeness of a known tally."""
    counts = list(some)
    if not counts:
        return known
    columns = zip(*map(_counts_of, counts), strict=True)
    offered, answered, talk_ms, doubtful, *more = _counts_of(counts[0]) if len(counts) == 1 else map(sum, columns)
    return Tally(offered, answered, talk_ms, doubtful, known.kinds, known.complete_to_ms, known.gaps, *more)


@lru_cache(maxsize=LABELS_REMEMBERED)
def _time_label(grouping: str, number: int) -> str:
    if grouping == "hour":
        return time_label(grouping, number // 24, number % 24)
    # The first of January of year 1 was a Monday, so weekday w is that of ordinal w + 1.
    return time_label(grouping, number + 1 if grouping == "weekday" else number, 0)


def _sums(question: _Question, grouping: str) -> list[tuple[int, str, Tally]]:
    """Every provider's sums by the number of a group: of its calls, its totals per employee, and calls no longer kept."""
    group = CALL_GROUPS[grouping]
    rows = _call_sums(question, grouping, group)
    if grouping in _BUCKET_GROUPS:
        rows += _bucket_sums(question, group)
    if figures_hold(question.wanted, grouping) and not question.of_calls:
        rows += _grouped(question, group, _KEPT_COUNTS, FIGURES_FROM)
    return rows


@dataclass(frozen=True, slots=True)
class _Question:
    """What every count of one answer asks with."""

    connection: sqlite3.Connection
    wanted: Filter
    context: FilterContext
    side: Side = Side.IN
    of_calls: bool = False


def _call_sums(question: _Question, grouping: str, group: str) -> list[tuple[int, str, Tally]]:
    if (table := sums_for(question.wanted, question.context, grouping)) is not None:
        return _grouped(question, group, _KEPT_COUNTS, table)
    return _grouped(question, group, _CALL_COUNTS, CALLS_FROM)


def _bucket_sums(question: _Question, group: str) -> list[tuple[int, str, Tally]]:
    if impossible_for_buckets(question.wanted):
        return []
    return _grouped(question, group, _BUCKET_COUNTS, BUCKETS_FROM)


def _grouped(question: _Question, group: str, counts: str, table: str) -> list[tuple[int, str, Tally]]:
    """Sums by group and provider, where there was a call."""
    condition, params = condition_of(question.wanted, question.context, question.side)
    rows = question.connection.execute(
        f"SELECT {group}, s.name, {counts} FROM {table} WHERE {condition} GROUP BY 1, c.source_id", params
    ).fetchall()
    return [
        (value, name, Tally(offered, answered, talk_ms, doubtful, NO_KINDS, None, (), *more))
        for value, name, offered, answered, talk_ms, doubtful, *more in rows
        if offered
    ]


def quarters(
    connection: sqlite3.Connection, wanted: Filter, context: FilterContext, quarter_ms: int
) -> dict[str, dict[int, tuple[int, int]]]:
    """Offered and answered by source and by the instant at which a quarter of an hour begins; sums of a whole hour stand at its
    first quarter."""
    found: dict[str, dict[int, tuple[int, int]]] = {name: {} for name in context.sources}
    question = _Question(connection, wanted, context)
    group = f"c.started_ms / {quarter_ms} * {quarter_ms}"
    rows = _call_sums(question, "hour", group) + _bucket_sums(question, group)
    for start_ms, name, tally in rows:
        found[name][start_ms] = (tally.offered, tally.answered)
    return found


def by_local_hour(
    connection: sqlite3.Connection, wanted: Filter, context: FilterContext, side: Side = Side.IN
) -> dict[str, dict[int, Tally]]:
    """Counts by source and by local hour, `local_day * 24 + local_hour`, without completeness."""
    found: dict[str, dict[int, Tally]] = {name: {} for name in context.sources}
    for number, name, tally in _sums(_Question(connection, wanted, context, side), "hour"):
        of_source = found[name]
        # Calls that are kept and figures of those that are not may share an hour.
        of_source[number] = summed([of_source[number], tally], tally) if number in of_source else tally
    return found


def employees(
    connection: sqlite3.Connection, wanted: Filter, context: FilterContext, known: KnownSource
) -> list[tuple[str, str, int, int, int, int]]:
    """Employee, extension, inbound calls, inbound answered, outbound calls, talk seconds: the busiest first.

    A column whose direction the filter leaves out is 0.
    """
    if impossible_for_buckets(wanted):
        return []
    condition = wanted.sql(context)
    return connection.execute(
        "SELECT c.employee_name, c.extension_number, sum(iif(c.direction = 'in', coalesce(c.offered, 0), 0)),"
        " sum(iif(c.direction = 'in', coalesce(c.answered, 0), 0)), sum(iif(c.direction = 'out', coalesce(c.offered, 0), 0)),"
        f" sum(coalesce(c.talk_seconds, 0)) FROM {BUCKETS_FROM} WHERE c.source_id = ? AND ({condition.sql})"
        " GROUP BY c.employee_id, c.extension_id ORDER BY 1, 2",
        (known.id, *condition.params),
    ).fetchall()
