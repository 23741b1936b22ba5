"""Tallies over the cache: of calls, read from their sums where these tell the same, and of totals per employee."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from json import dumps
from typing import Any, NamedTuple, TypeVar

from calls.cache import buckets, coverage
from calls.cache.known import KnownSource, asked_window
from calls.cache.sums import FIGURES, Sums, answer_from_sums, figures_hold
from calls.cache.totals import OUTCOMES_COUNTED
from calls.filters import Filter, FilterContext, SqlCondition
from calls.filters.conditions import TRUE, all_of, any_of, from_sources
from calls.metrics import WITHHELD_LABEL, Side, Tally, in_order, time_label
from calls.metrics.tally import COUNTS
from calls.metrics.week import HOURS_OF_DAY, HOURS_OF_WEEK
from calls.model import Direction, Window
from calls.times import QUARTER_MS

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
_CALL_COUNTS = (
    "count(*)", "sum(c.status = 'answered')", "sum(c.talk_ms)", "sum(c.approximate)",
    *(f"sum(c.status = '{status}')" for status in OUTCOMES_COUNTED), "coalesce(sum(c.ring_ms), 0)", "count(c.ring_ms)",
    "coalesce(sum(iif(c.status = 'answered', c.wait_ms, NULL)), 0)", "count(iif(c.status = 'answered', c.wait_ms, NULL))",
)  # fmt: skip
CALLS = Sums("call AS c", dict(zip(COUNTS, _CALL_COUNTS, strict=True)))
_HOUR = "c.started_ms, c.local_day, c.local_hour"
LABELS_REMEMBERED = 20_000
# So many comparisons still cost less than looking every number up.
MOST_RUNS = 8
# Numbers that follow each other without a gap, from the first to the last of each run.
Runs = tuple[tuple[int, int], ...]
# The number of a group, the id of its provider (or several: "1,4"), and its counts.
_Row = tuple[Any, ...]
_Key = TypeVar("_Key", bound=Hashable)
_NONE = Tally()
# How the numbers of groups are read as their labels, each when it is met; and all at once where most are.
_LABEL = {
    "provider": "SELECT name FROM source WHERE id = ?",
    "queue": "SELECT text FROM word WHERE id = ?",
    "employee": "SELECT text FROM word WHERE id = ?",
}
_NUMBER_LABELS = f"SELECT id, coalesce(nullif(number_key, ''), '{WITHHELD_LABEL}') FROM party"


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
        if not (known.gives_buckets and buckets.impossible(wanted))
    }
    rows = _rows_by(lambda row: row[1], _sums(_Question(connection, wanted, context, side, of_calls), "provider"))
    return {name: _tally(known, rows.get(sources[name].id, ())) for name, known in result.items()}


def groups(
    connection: sqlite3.Connection,
    wanted: Filter,
    context: FilterContext,
    sources: Mapping[str, KnownSource],
    grouping: str,
    counts: Sequence[str] = COUNTS,
) -> dict[str, Tally]:
    """Tallies by the label of their group, in the grouping's order; `counts` are `COUNTS` or, which is quicker,
    `HEADLINE_COUNTS`. Raises KeyError for an unknown grouping."""
    if grouping == "provider":
        return totals(connection, wanted, context, sources)
    neutral_of = {known.id: neutral(wanted, context, known, grouping) for known in sources.values()}
    label_of = labels(connection, grouping)
    question = _Question(connection, wanted, context, counts=counts)
    parts = _rows_by(lambda row: label_of(row[0]), _sums(question, grouping, together=True))
    # How complete a group is depends on who takes part in it, which is the same for most groups.
    known_by: dict[str | int, Tally] = {}
    found: dict[str, Tally] = {}
    for label in in_order(grouping, parts):
        rows = parts[label]
        takers = rows[0][1] if len(rows) == 1 else ",".join(str(row[1]) for row in rows)
        if (known := known_by.get(takers)) is None:
            ids = set(map(int, str(takers).split(",")))
            known = known_by[takers] = Tally.total(neutral_of[one] for one in sorted(ids))
        found[label] = known.counting(rows[0][2:]) if len(rows) == 1 else _tally(known, rows)
    return found


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
        known.id: name for name, known in sources.items() if not (known.gives_buckets and buckets.impossible(wanted, grouping))
    }
    label_of = labels(connection, grouping)
    parts = _rows_by(
        lambda row: (label_of(row[0]), row[1]), _sums(_Question(connection, wanted, context, side, of_calls), grouping)
    )
    found: dict[str, dict[str, Tally]] = {}
    for (label, source_id), rows in parts.items():
        if (name := can_tell.get(source_id)) is not None:
            found.setdefault(label, {})[name] = _tally(_NONE, rows)
    return {label: found[label] for label in in_order(grouping, found)}


def labels(connection: sqlite3.Connection, grouping: str) -> Callable[[int], str]:
    """What the number of a group (`CALL_GROUPS`) is called."""
    if grouping == "number":
        known: dict[int, str] = dict(connection.execute(_NUMBER_LABELS).fetchall())
        return known.__getitem__
    if grouping in _LABEL:
        return cache(lambda number: str(connection.execute(_LABEL[grouping], (number,)).fetchone()[0]))
    return partial(_time_label, grouping)


def summed(some: Iterable[Tally], known: Tally) -> Tally:
    """The sum of counts, with the completeness of a known tally."""
    counts = [tally.counts for tally in some]
    return known.counting(_added_up(counts)) if counts else known


def _tally(known: Tally, rows: Sequence[_Row]) -> Tally:
    """The sum of the counts of rows, with the completeness of a known tally."""
    return known.counting(_added_up([row[2:] for row in rows])) if rows else known


def _added_up(counts: Sequence[Sequence[int]]) -> Sequence[int]:
    return counts[0] if len(counts) == 1 else tuple(map(sum, zip(*counts, strict=True)))


def _rows_by(key_of: Callable[[_Row], _Key], rows: Iterable[_Row]) -> dict[_Key, list[_Row]]:
    found: dict[_Key, list[_Row]] = {}
    for row in rows:
        found.setdefault(key_of(row), []).append(row)
    return found


@lru_cache(maxsize=LABELS_REMEMBERED)
def _time_label(grouping: str, number: int) -> str:
    if grouping == "hour":
        return time_label(grouping, number // 24, number % 24)
    # The first of January of year 1 was a Monday, so weekday w is that of ordinal w + 1.
    return time_label(grouping, number + 1 if grouping == "weekday" else number, 0)


def _sums(question: _Question, grouping: str, *, together: bool = False) -> list[_Row]:
    """Every provider's sums by the number of a group: of its calls, its totals per employee, and calls no longer kept; those of
    several providers `together` where that is quicker."""
    group = CALL_GROUPS[grouping]
    rows = _call_sums(question, grouping, group, together=together) + _bucket_sums(question, grouping, group)
    if figures_hold(question.wanted, grouping) and not question.of_calls:
        rows += _grouped(question, group, FIGURES)
    return rows


class _Question(NamedTuple):
    """What every count of one answer asks with; `among` is a further condition."""

    connection: sqlite3.Connection
    wanted: Filter
    context: FilterContext
    side: Side = Side.IN
    of_calls: bool = False
    counts: Sequence[str] = COUNTS
    among: SqlCondition = TRUE

    def narrowed(self, condition: SqlCondition) -> _Question:
        """The same of the calls under one more condition."""
        return self if condition == TRUE else self._replace(among=all_of((self.among, condition)))


def _call_sums(question: _Question, grouping: str, group: str, *, together: bool = False) -> list[_Row]:
    """Sums of calls by the SQL of a group; sums that tell no less than those of the grouping are taken."""
    answer = answer_from_sums(question.wanted, question.context, grouping)
    if answer is None:
        return _grouped(question, group, CALLS)
    sums, by, outside = answer.sums, "1, c.source_id", question.narrowed(answer.outside)
    apart = outside.among.names_providers or question.wanted.sql(question.context).names_providers
    if sums.together is not None and together and not apart:
        sums, by = sums.together, ""
    elif sums.together is not None and group == CALL_GROUPS["hour"]:
        # In the order in which they lie, so that nothing has to be sorted.
        by = f"{_HOUR}, c.source_id"
    rows = _grouped(outside, group, sums, by)
    return rows + [row for condition in answer.inside for row in _grouped(question.narrowed(condition), group, CALLS)]


def _bucket_sums(question: _Question, grouping: str, group: str) -> list[_Row]:
    return [] if buckets.impossible(question.wanted, grouping) else _grouped(question, group, buckets.BUCKETS)


def _grouped(question: _Question, group: str, sums: Sums, by: str = "1, c.source_id") -> list[_Row]:
    """Sums by group and provider, where there was a call; as they are where they are not to be added up `by` anything."""
    condition, params = condition_of(question.wanted, question.context, question.side)
    counts = ", ".join(sums.counts[name] for name in question.counts)
    rows = question.connection.execute(
        f"SELECT {group}, c.source_id, {counts} FROM {sums.table} WHERE {condition} AND {question.among.sql}"
        + (f" GROUP BY {by}" if by else ""),
        (*params, *question.among.params),
    ).fetchall()
    return [row for row in rows if row[2]]


def quarters(connection: sqlite3.Connection, wanted: Filter, context: FilterContext) -> dict[str, dict[int, tuple[int, int]]]:
    """Offered and answered by source and by the instant at which a quarter of an hour begins; sums of a whole hour stand at its
    first quarter."""
    question = _Question(connection, wanted, context)
    group = f"c.started_ms / {QUARTER_MS} * {QUARTER_MS}"
    found: dict[str, dict[int, tuple[int, int]]] = {name: {} for name in context.sources}
    names = _names(connection)
    rows = _call_sums(question, "hour", group) + _bucket_sums(question, "hour", group)
    for start_ms, source_id, offered, answered, *_ in rows:
        found[names[source_id]][start_ms] = (offered, answered)
    return found


def by_local_hour(
    connection: sqlite3.Connection, wanted: Filter, context: FilterContext, side: Side = Side.IN
) -> dict[str, dict[int, Tally]]:
    """Counts by source and by local hour, `local_day * 24 + local_hour`, without completeness."""
    names = _names(connection)
    found: dict[str, dict[int, Tally]] = {name: {} for name in context.sources}
    # Calls that are kept and figures of those that are not may share an hour.
    parts = _rows_by(lambda row: (row[0], row[1]), _sums(_Question(connection, wanted, context, side), "hour"))
    for (number, source_id), rows in parts.items():
        found[names[source_id]][number] = _tally(_NONE, rows)
    return found


def calls_by_hour_of_week(
    connection: sqlite3.Connection, wanted: Filter, context: FilterContext, runs: Mapping[str, Runs], *, together: bool
) -> list[tuple[int, int | str, int, int]]:
    """Hour of the week (0 is Monday's first), source's id, offered and answered, of the calls in certain local hours, given by
    provider and numbered as `by_local_hour` does. An hour and a source may stand there in several parts; `together`,
    parts may be of several sources, whose ids they name: "1,4"."""
    sharing: dict[Runs, list[str]] = {}
    for name, some in runs.items():
        sharing.setdefault(some, []).append(name)
    number = CALL_GROUPS["hour"]
    among = any_of(all_of((from_sources(names, context), _is_in(number, some))) for some, names in sharing.items())
    question = _Question(connection, wanted, context, counts=COUNTS[:2], among=among)
    # The first of January of year 1, whose ordinal is 1, was a Monday.
    place = f"({number} - {HOURS_OF_DAY}) % {HOURS_OF_WEEK}"
    rows = _call_sums(question, "hour", place, together=together) + _bucket_sums(question, "hour", place)
    return rows + (_grouped(question, place, FIGURES) if figures_hold(wanted, "hour") else [])


def _is_in(number: str, runs: Runs) -> SqlCondition:
    """Whether a number lies in one of the runs."""
    if len(runs) <= MOST_RUNS:
        return any_of(SqlCondition(f"{number} BETWEEN ? AND ?", run) for run in runs)
    every = [one for first, last in runs for one in range(first, last + 1)]
    return SqlCondition(f"{number} IN (SELECT value FROM json_each(?))", (dumps(every),))


def calls_by_source(connection: sqlite3.Connection, wanted: Filter, context: FilterContext) -> dict[str, int]:
    """How many kept calls are under a filter, by name of their source; 0 for a name that is not there."""
    names = _names(connection)
    found: dict[str, int] = defaultdict(int)
    for source_id, calls in calls_by_group(connection, wanted, context, "provider").items():
        found[names[source_id]] = calls
    return found


def calls_by_group(connection: sqlite3.Connection, wanted: Filter, context: FilterContext, grouping: str) -> Mapping[int, int]:
    """How many kept calls are under a filter, by the number of their group."""
    question = _Question(connection, wanted, context, Side.ANY, counts=COUNTS[:1])
    found: dict[int, int] = defaultdict(int)
    for number, _, calls in _call_sums(question, grouping, CALL_GROUPS[grouping]):
        found[number] += calls
    return found


def _names(connection: sqlite3.Connection) -> Mapping[int, str]:
    return dict(connection.execute("SELECT id, name FROM source").fetchall())
