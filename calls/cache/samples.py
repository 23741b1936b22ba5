"""What figures need that no sum of calls tells: how long callers waited, who rang again, who waits to be called, when it was
busiest."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from calls.cache import buckets, missed, peaks, tallies
from calls.cache.known import KnownSource, asked_window
from calls.cache.rollups import WAIT_TICKS
from calls.cache.stretches import seconds_by_group
from calls.cache.sums import Sums, stretch_of, waits_from_sums
from calls.cache.tallies import CALLS
from calls.filters import Filter, FilterContext, SqlCondition, parse
from calls.filters.conditions import TRUE
from calls.keys import EARLIEST_KEY, EARLIEST_MS, LATEST_KEY, first_key, last_key
from calls.metrics import TIME_GROUPINGS, Sample, Side
from calls.metrics.sample import NO_SAMPLE, REPEAT_WITHIN_HOURS, Waits
from calls.model import Window
from calls.times import HOUR_MS, QUARTER_MS

QUARTERS_OF_AN_HOUR = 4
ALL = ""
REPEAT_WITHIN_MS = REPEAT_WITHIN_HOURS * HOUR_MS
MISSED = "direction:in -status:answered"

_Values = dict[str, dict[str, Any]]


def _all(_number: int) -> str:
    return ALL


class Question(NamedTuple):
    """Whose calls are looked at, and by what they are grouped: `group` is the SQL that numbers the group of a call, `label_of`
    tells how the group with a number is called."""

    connection: sqlite3.Connection
    wanted: Filter
    context: FilterContext
    sources: Mapping[str, KnownSource]
    grouping: str | None
    group: str
    label_of: Callable[[int], str]

    @classmethod
    def by(
        cls,
        grouping: str | None,
        connection: sqlite3.Connection,
        wanted: Filter,
        context: FilterContext,
        sources: Mapping[str, KnownSource],
    ) -> Question:
        """Without a grouping all calls belong to the group "". Raises KeyError for an unknown one."""
        group = "0" if grouping is None else tallies.CALL_GROUPS[grouping]
        label_of = _all if grouping is None else tallies.labels(connection, grouping)
        return cls(connection, wanted, context, sources, grouping, group, label_of)

    def rows(
        self, columns: str, table: str = CALLS.table, side: Side = Side.IN, more: str = "", among: SqlCondition = TRUE
    ) -> sqlite3.Cursor:
        """Rows of the calls under the filter and one more condition, the group's number first."""
        condition, params = tallies.condition_of(self.wanted, self.context, side)
        return self.connection.execute(
            f"SELECT {self.group}, {columns} FROM {table} WHERE {condition} AND {among.sql} {more}", (*params, *among.params)
        )

    def sums(self, column: str, sums: Sums, more: str = "", among: SqlCondition = TRUE) -> sqlite3.Cursor:
        """How many calls under the filter have each value of a column: the group's number, the value, the calls."""
        # SQLite would sort by a constant too, so a single group is not named.
        by = "2" if self.grouping is None else "1, 2"
        return self.rows(f"{column}, {sums.offered}", sums.table, more=f"{more} GROUP BY {by}", among=among)


def samples(question: Question, needs: Collection[str], labels: Collection[str]) -> dict[str, Sample]:
    """The samples of the groups with these labels, with those fields of `Sample` that are needed."""
    found = dict.fromkeys(labels, NO_SAMPLE)

    def put(values: Mapping[str, Mapping[str, Any]]) -> None:
        for label in found.keys() & values.keys():
            found[label] = found[label]._replace(**values[label])

    if {"answered_waits", "abandoned_waits"} & set(needs):
        put(_waits(question))
    if "unreturned" in needs:
        put(_unreturned(question))
    if "repeats" in needs:
        put(_repeats(question))
    if "peak" in needs:
        put(_peaks(question))
    if "busiest" in needs:
        put(_busiest(question))
    if "period_seconds" in needs:
        put(_periods(question, labels))
    return found


def _waits(question: Question) -> _Values:
    counts: dict[str, tuple[Counter[int], Counter[int]]] = defaultdict(lambda: (Counter(), Counter()))

    def count(ticks: str, sums: Sums, among: SqlCondition, known: str = "") -> None:
        # One number for wait and outcome, because SQLite sorts by one in half the time of two.
        value = f"{ticks} * 2 + (c.status = 'answered')"
        for number, both, calls in question.sums(value, sums, f"{known} AND c.status IN ('answered', 'missed')", among):
            waited, answered = divmod(both, 2)
            counts[question.label_of(number)][answered][waited] += calls

    answer = waits_from_sums(question.wanted, question.context, question.grouping or "provider")
    if answer is not None:
        count("c.wait_ticks", answer.sums, answer.outside)
    for among in (TRUE,) if answer is None else answer.inside:
        count(f"({WAIT_TICKS})", CALLS, among, "AND c.wait_ms IS NOT NULL")
    return {
        label: {"answered_waits": _ascending(answered), "abandoned_waits": _ascending(abandoned)}
        for label, (abandoned, answered) in counts.items()
    }


def _ascending(counts: Counter[int]) -> Waits:
    return tuple(sorted(counts.items()))


def _unreturned(question: Question) -> _Values:
    """Missed calls with a number are counted as all but the withheld ones, which an index finds."""
    connection, wanted, context = question.connection, question.wanted, question.context
    # In this order none is more than the next when calls are stored meanwhile.
    counts = _by_label(
        question,
        unreturned=missed.unreturned_by_group(connection, wanted, context, question.group),
        withheld=missed.withheld_by_group(connection, wanted, context, question.group),
        missed=tallies.calls_by_group(connection, wanted.narrowed(parse(MISSED)), context, question.grouping or "provider"),
    )
    return {
        label: {"missed_known": found["missed"] - found["withheld"], "unreturned": found["unreturned"]}
        for label, found in counts.items()
    }


def _repeats(question: Question) -> _Values:
    """An earlier call of the same number counts whatever the filter says of it."""
    reach = question.wanted.widest_reach(question.context)
    from_key = EARLIEST_KEY if reach.start_ms is None else first_key(reach.start_ms - REPEAT_WITHIN_MS)
    to_key = LATEST_KEY if reach.end_ms is None else last_key(reach.end_ms)
    condition, params = tallies.condition_of(question.wanted, question.context, Side.IN)
    latest = _latest_calls(question.connection)
    known: dict[int, int] = defaultdict(int)
    # Most have called before, so that the others are counted.
    first: dict[int, int] = defaultdict(int)
    for number, party, started_ms in question.connection.execute(
        f"SELECT iif({condition}, {question.group}, NULL), c.caller_party, c.started_ms FROM {CALLS.table}"
        " WHERE c.direction = 'in' AND c.key >= ? AND c.key <= ? ORDER BY c.key",
        (*params, from_key, to_key),
    ):
        if (last := latest.get(party)) is None:
            continue
        if number is not None:
            known[number] += 1
            if started_ms - last[0] > REPEAT_WITHIN_MS:
                first[number] += 1
        last[0] = started_ms
    counts = _by_label(question, known=known, first=first)
    return {
        label: {"callers_known": found["known"], "repeats": found["known"] - found["first"]} for label, found in counts.items()
    }


def _latest_calls(connection: sqlite3.Connection) -> dict[int, list[int]]:
    """By party, when its number last called: one place for all parties with the same number, none for those without."""
    places: dict[str, list[int]] = {}
    parties = connection.execute("SELECT id, number_key FROM party WHERE number_key <> ''")
    return {party: places.setdefault(number_key, [EARLIEST_MS]) for party, number_key in parties}


def _by_label(question: Question, **counts: Mapping[int, int]) -> _Values:
    """Counts by the number of a group, each with the name of its field, as values by label."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(counts, 0))
    for name, calls_by_number in counts.items():
        for number, calls in calls_by_number.items():
            found[question.label_of(number)][name] += calls
    return found


def _peaks(question: Question) -> _Values:
    """The peaks of the groups. In a group of time every call under way counts, also one that began before it."""
    if question.grouping is None:
        highest = _highest_peak(question)
        return {} if highest is None else {ALL: {"peak": highest.calls, "peak_ms": highest.at_ms}}
    together = question.grouping in TIME_GROUPINGS
    under_way: dict[str, peaks.UnderWay] = defaultdict(peaks.UnderWay)
    found: dict[str, tuple[int, int]] = {}
    # A call without an end may go on, but how long nobody knows; one without a length is never under way.
    more = "AND c.ended_ms > c.started_ms ORDER BY c.started_ms"
    labels: dict[int, str] = {}
    for number, started_ms, ended_ms in question.rows("c.started_ms, c.ended_ms", side=Side.ANY, more=more):
        label = labels.get(number)
        if label is None:
            label = labels[number] = question.label_of(number)
        calls = under_way[ALL if together else label].with_one_more(started_ms, ended_ms)
        if calls > found.get(label, (0, 0))[0]:
            found[label] = (calls, started_ms)
    return {label: {"peak": calls, "peak_ms": at_ms} for label, (calls, at_ms) in found.items()}


def _highest_peak(question: Question) -> peaks.Peak | None:
    reach = stretch_of(question.wanted, question.context)
    if reach is not None:
        return peaks.peak(question.connection, reach)
    among = question.wanted.sql(question.context)
    return peaks.peak_among(question.connection, question.wanted.widest_reach(question.context), among)


def _busiest(question: Question) -> _Values:
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    tables = [CALLS]
    if not buckets.impossible(question.wanted, question.grouping):
        tables.append(buckets.BUCKETS)
    for sums in tables:
        for number, quarter, some in question.sums(f"c.started_ms / {QUARTER_MS}", sums):
            counts[question.label_of(number)][quarter] += some
    return {label: _busiest_of(quarters) for label, quarters in counts.items() if quarters.total()}


def _busiest_of(quarters: Counter[int]) -> dict[str, Any]:
    first = {start for quarter in quarters for start in range(quarter - QUARTERS_OF_AN_HOUR + 1, quarter + 1)}
    calls, start = max((sum(quarters.get(start + step, 0) for step in range(QUARTERS_OF_AN_HOUR)), -start) for start in first)
    return {"busiest": calls, "busiest_ms": -start * QUARTER_MS}


def _periods(question: Question, labels: Collection[str]) -> _Values:
    """How many seconds of each group's time the cache covers; of several sources the one that covers most."""
    periods: dict[str, int] = defaultdict(int)
    for name, known in question.sources.items():
        asked = asked_window(question.wanted, question.context, known)
        windows = [_both(window, asked) for window in known.calls_covered]
        if question.grouping in TIME_GROUPINGS:
            zone = ZoneInfo(known.source.timezone)
            of_source = sum((seconds_by_group(question.grouping, window, zone) for window in windows), Counter[str]())
        else:
            whole = sum(window.end_ms - window.start_ms for window in windows if not window.empty) // 1000
            # Queues, employees and numbers have the whole time.
            of_source = Counter(dict.fromkeys([name] if question.grouping == "provider" else labels, whole))
        for label, seconds in of_source.items():
            periods[label] = max(periods[label], seconds)
    return {label: {"period_seconds": seconds} for label, seconds in periods.items()}


def _both(one: Window, other: Window) -> Window:
    return Window(max(one.start_ms, other.start_ms), min(one.end_ms, other.end_ms))
