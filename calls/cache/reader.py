"""The only way out of the cache: frozen answers to whole questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from calls.cache import coverage
from calls.cache.database import open_for_reading
from calls.cache.known import KnownSource, asked_sources
from calls.cache.rows import calls_with_keys, few_keys, page, with_legs
from calls.calendar import NO_CALENDAR, Calendar
from calls.filters import Filter, FilterContext
from calls.later import Later
from calls.model import Call, RequestTrace, Source

if TYPE_CHECKING:
    from calls import metrics as known_metrics
    from calls.alerts import AlertStatus
    from calls.cache import (
        alerts,
        as_of,
        figures,
        holdings,
        lens,
        listing,
        live,
        missed,
        notices,
        readings,
        recorded,
        samples,
        silence,
        staffing,
        standing,
        stretches,
        tallies,
        typical,
        unusual,
        values,
        wall,
        week,
    )
    from calls.cache.holdings import Holding, RejectedRow
    from calls.cache.listing import Listing
    from calls.cache.notices import Notice
    from calls.cache.readings import PastReading
    from calls.cache.recorded import StoredRecord
    from calls.cache.snapshots import CallBack, LiveSnapshot, Settled, Standing, WithheldMisses
    from calls.cache.staffing import Staff
    from calls.cache.stretches import Stretch
    from calls.cache.wall_snapshot import WallQuestion, WallSnapshot
    from calls.cache.writer import Deriver
    from calls.metrics import Figure, Metric, Tally, Thresholds
    from calls.metrics import unusual as unusual_calls
    from calls.metrics.lens import Lens
    from calls.metrics.patience import Patience, StaffingPlan
    from calls.metrics.silence import Silence
    from calls.metrics.typical import Typical
    from calls.metrics.unusual import Unusual, UnusualLimits
    from calls.metrics.week import Week
else:
    # Most commands ask one kind of question, and start before they could import what the others need.
    alerts = Later("calls.cache.alerts")
    as_of = Later("calls.cache.as_of")
    figures = Later("calls.cache.figures")
    holdings = Later("calls.cache.holdings")
    lens = Later("calls.cache.lens")
    listing = Later("calls.cache.listing")
    live = Later("calls.cache.live")
    missed = Later("calls.cache.missed")
    notices = Later("calls.cache.notices")
    readings = Later("calls.cache.readings")
    recorded = Later("calls.cache.recorded")
    samples = Later("calls.cache.samples")
    silence = Later("calls.cache.silence")
    staffing = Later("calls.cache.staffing")
    standing = Later("calls.cache.standing")
    stretches = Later("calls.cache.stretches")
    tallies = Later("calls.cache.tallies")
    typical = Later("calls.cache.typical")
    unusual = Later("calls.cache.unusual")
    values = Later("calls.cache.values")
    wall = Later("calls.cache.wall")
    week = Later("calls.cache.week")
    known_metrics = Later("calls.metrics")
    unusual_calls = Later("calls.metrics.unusual")

PAGE_ROWS = 500


class Reader:
    """Reads the cache at `path` without ever writing it. One thread at a time; `interrupt` may come from another.

    `calendar` tells holidays and opening hours, and may be exchanged between two questions. Raises
    `calls.cache.database.NoCache`, `BadCache` and `calls.cache.schema.CacheTooNew` when it is made.
    """

    def __init__(self, path: Path, calendar: Calendar = NO_CALENDAR) -> None:
        self.path = path
        self.calendar = calendar
        self._connection = open_for_reading(path)

    def version(self) -> int:
        """A number that changes when another connection has changed the cache. Costs a few microseconds."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def interrupt(self) -> None:
        """Makes a running query give up with `sqlite3.OperationalError`."""
        self._connection.interrupt()

    def close(self) -> None:
        """Gives the file back."""
        self._connection.close()

    def sources(self) -> Mapping[str, KnownSource]:
        """The providers the cache knows, by name, in the order they were first seen."""
        rows = self._connection.execute(
            "SELECT s.id, s.name, s.kind, s.timezone, s.country_code, p.complete_to_ms, p.purged_before_ms"
            " FROM source AS s LEFT JOIN poll_state AS p ON p.source_id = s.id ORDER BY s.id"
        ).fetchall()
        return {
            row[1]: KnownSource(row[0], Source(*row[1:5]), row[5], coverage.read(self._connection, row[0]), row[6])
            for row in rows
        }

    def asked(self, wanted: Filter, now_ms: int) -> Mapping[str, KnownSource]:
        """The providers that a filter can mean."""
        return self._asking(wanted, now_ms)[1]

    def _asking(self, wanted: Filter, now_ms: int) -> tuple[FilterContext, Mapping[str, KnownSource]]:
        sources = self.sources()
        context = _context(now_ms, sources)
        return context, asked_sources(wanted, context, sources)

    def context(self, now_ms: int) -> FilterContext:
        """What a filter needs to be read against this cache."""
        return FilterContext(now_ms, {name: known.source for name, known in self.sources().items()})

    def calls(self, wanted: Filter, now_ms: int, limit: int | None = None) -> Iterator[Call]:
        """The calls under a filter, newest first, with their legs; read page by page, so that no transaction stays open."""
        context = self.context(now_ms)
        condition = wanted.sql(context)
        few = few_keys(self._connection, condition)
        if few is not None:
            yield from self._calls_of(few if limit is None else few[:limit], context)
            return
        before, left = None, limit
        while left is None or left > 0:
            rows_wanted = PAGE_ROWS if left is None else min(PAGE_ROWS, left)
            rows = page(self._connection, condition, rows_wanted, before_key=before)
            yield from with_legs(self._connection, rows, context.sources)
            if len(rows) < rows_wanted:
                return
            before = rows[-1][0]
            left = None if left is None else left - len(rows)

    def _calls_of(self, keys: Sequence[int], context: FilterContext) -> Iterator[Call]:
        for start in range(0, len(keys), PAGE_ROWS):
            some = keys[start : start + PAGE_ROWS]
            found = calls_with_keys(self._connection, some, context.sources)
            yield from (found[key] for key in some if key in found)

    def count(self, wanted: Filter, now_ms: int) -> int:
        """How many calls `calls` would give."""
        return sum(live.counts(self._connection, wanted, self.context(now_ms)).values())

    def listing(
        self, wanted: Filter, now_ms: int, order: str = "started", *, descending: bool = True, limit: int | None = None
    ) -> Listing:
        """The calls under a filter by position, for `calls_at`: all, or the first `limit`. Eight bytes a call; all may take
        long, see `interrupt`. Fewer than `rows.FEW_CALLS` are found at once, and are all of them whatever the limit.

        Raises KeyError for an order that is not one of `calls.cache.listing.ORDERS`.
        """
        version = self.version()
        condition = wanted.sql(self.context(now_ms))
        few = few_keys(self._connection, condition)
        limit = limit if few is None else None
        keys = listing.read_keys(self._connection, condition, order, descending=descending, limit=limit, few=few)
        return listing.Listing(wanted, order, descending, version, keys, whole=limit is None or len(keys) < limit)

    def calls_at(self, listed: Listing, position: int, count: int) -> tuple[Call | None, ...]:
        """The calls at `count` positions of a listing from `position` on, with their legs; None for one that is gone."""
        return tuple(listing.at(self._connection, listed, position, count, self.context(0).sources))

    def key_of(self, provider: str, call_id: str) -> int | None:
        """The key of a call, by which a listing has it; None for one that is not kept."""
        return listing.key_of(self._connection, provider, call_id)

    def records_of(self, provider: str, call_id: str) -> tuple[StoredRecord, ...]:
        """The records that a call was derived from, with their earlier versions; empty for a call that is not kept."""
        known = self.sources().get(provider)
        return () if known is None else recorded.records_of(self._connection, known.id, call_id)

    def totals(self, wanted: Filter, now_ms: int) -> dict[str, Tally]:
        """One tally per provider that can answer the filter."""
        context, sources = self._asking(wanted, now_ms)
        return tallies.totals(self._connection, wanted, context, sources)

    def groups(self, wanted: Filter, now_ms: int, grouping: str) -> dict[str, Tally]:
        """Tallies by group, in the grouping's order (`calls.metrics.GROUPINGS`)."""
        context, sources = self._asking(wanted, now_ms)
        return tallies.groups(self._connection, wanted, context, sources, grouping)

    def figures(
        self,
        wanted: Filter,
        now_ms: int,
        metrics: Sequence[Metric],
        grouping: str | None = None,
        thresholds: Thresholds | None = None,
    ) -> dict[str, dict[str, Figure]]:
        """Figures by name, by label of their group; without a grouping under the label "". See `calls.cache.figures`."""
        context, sources = self._asking(wanted, now_ms)
        return figures.figures(
            self._connection, wanted, context, sources, metrics, grouping, thresholds or known_metrics.DEFAULT_THRESHOLDS
        )

    def lens(self, wanted: Filter, now_ms: int, metric: Metric, thresholds: Thresholds | None = None) -> Lens | None:
        """A figure laid open: formula with its numbers, rows, coverage, grades and variants; None when no provider can answer
        the filter."""
        context, sources = self._asking(wanted, now_ms)

        def first(listing: Filter, count: int) -> Iterator[Call]:
            return self.calls(listing, now_ms, count)

        return lens.lens(
            self._connection, wanted, context, sources, metric, thresholds or known_metrics.DEFAULT_THRESHOLDS, first
        )

    def typical(self, wanted: Filter, now_ms: int) -> Typical:
        """Today against the same hours of the same weekday in the weeks before. Times of the filter are left aside."""
        context, sources = self._asking(wanted, now_ms)
        return typical.typical(self._connection, wanted, context, sources, self.calendar)

    def silence(self, now_ms: int) -> tuple[Silence, ...]:
        """How the line of each provider stands: heard, silent, or not known because it could not be polled."""
        return tuple(
            silence.silence(
                self._connection, known, standing.poll_state(self._connection, known, now_ms), now_ms, self.calendar
            )
            for known in self.sources().values()
        )

    def week(self, wanted: Filter, now_ms: int) -> Week:
        """The week by hour under a filter, in each provider's own zone, over the hours that are complete and covered."""
        context, sources = self._asking(wanted, now_ms)
        return week.week(self._connection, wanted, context, sources)

    def stretches(self, wanted: Filter, now_ms: int, grouping: str) -> tuple[Stretch, ...]:
        """How much of every group of time is covered, in order. Raises ValueError for a grouping that is not one of time."""
        context, sources = self._asking(wanted, now_ms)
        return stretches.stretches(wanted, context, sources, grouping)

    def patience(self, wanted: Filter, now_ms: int, thresholds: Thresholds | None = None) -> Patience | None:
        """How long the callers under a filter wait before they hang up; None when no provider can answer the filter."""
        context, sources = self._asking(wanted, now_ms)
        question = samples.Question(self._connection, wanted, context, sources, None)
        return staffing.callers_patience(question, thresholds or known_metrics.DEFAULT_THRESHOLDS)

    def staffing(self, wanted: Filter, now_ms: int, staff: Staff) -> StaffingPlan:
        """How many people the calls under a filter need, by hour of the day."""
        context, sources = self._asking(wanted, now_ms)
        return staffing.staffing_plan(self._connection, wanted, context, sources, self.calendar, staff)

    def unusual(self, wanted: Filter, now_ms: int, limits: UnusualLimits | None = None, limit: int = PAGE_ROWS) -> Unusual:
        """Unusual outbound calls under a filter, the newest first, each with why it is unusual."""
        context, sources = self._asking(wanted, now_ms)
        limits = limits or unusual_calls.DEFAULT_LIMITS
        return unusual.unusual(self._connection, wanted, context, sources, self.calendar, limits, limit)

    def cannot_answer(self, wanted: Filter, grouping: str | None = None) -> dict[str, str]:
        """Why providers are left out of a figure under this filter, by name."""
        reason = tallies.impossible_for_buckets(wanted)
        if not reason and grouping in ("queue", "number"):
            reason = f"knows employees and hours, not {grouping}s"
        asked = self.asked(wanted, 0)
        return {name: reason for name, known in asked.items() if reason and known.gives_buckets}

    def values(self, field: str, typed: str) -> tuple[tuple[str, int], ...]:
        """Values of a filter's field that hold `typed`, with their number of calls, the most frequent first."""
        return values.most_frequent(self._connection, field, typed)

    def notices(self) -> tuple[Notice, ...]:
        """What a person should know about the providers' answers, the newest first."""
        return notices.read(self._connection)

    def alerts(self) -> tuple[AlertStatus, ...]:
        """How every alert of the configuration stands, by name."""
        return alerts.read(self._connection)

    def requests(self, provider: str, limit: int) -> tuple[RequestTrace, ...]:
        """The newest requests to a provider, the newest first."""
        rows = self._connection.execute(
            "SELECT r.at_ms, r.method, r.path, r.status, r.received_bytes, r.elapsed_ms, r.error FROM request AS r"
            " JOIN source AS s ON s.id = r.source_id WHERE s.name = ? ORDER BY r.at_ms DESC, r.id DESC LIMIT ?",
            (provider, limit),
        )
        return tuple(RequestTrace(*row) for row in rows)

    def polls(self, limit: int = PAGE_ROWS, before_ms: int | None = None) -> tuple[PastReading, ...]:
        """The readings of the past, the newest first, before an instant when one is given: the steps of going back."""
        return readings.newest(self._connection, limit, before_ms)

    def holdings(self) -> tuple[Holding, ...]:
        """What is held of every provider, in the order they were first seen."""
        return holdings.holdings(self._connection, self.sources())

    def rejected(self, provider: str, limit: int = PAGE_ROWS) -> tuple[RejectedRow, ...]:
        """The newest rows of a provider that could not be read, the newest first."""
        known = self.sources().get(provider)
        return holdings.rejected(self._connection, known.id, limit) if known else ()

    def as_of(self, moment_ms: int, derivers: Mapping[str, Deriver], folder: Path) -> tuple[Reader, tuple[str, ...]]:
        """A reader of what the cache knew at an instant, which is its present; and the providers of which it knows nothing,
        because none of the derivers is theirs.

        It reads a copy in `folder`, an empty private one, which the caller removes after closing the reader. Making it takes
        as long as deriving anew what changed since.
        """
        path, unknown = as_of.copy_as_of(self.path, moment_ms, derivers, folder)
        return Reader(path, self.calendar), unknown

    def unreturned(self, wanted: Filter, now_ms: int) -> tuple[CallBack, ...]:
        """Who must be called back, oldest first."""
        return missed.unreturned(self._connection, wanted, self.context(now_ms))

    def settled(self, wanted: Filter, now_ms: int, limit: int = PAGE_ROWS) -> tuple[Settled, ...]:
        """Whose missed calls need no call back any more, and what settled them; the last settled first."""
        return missed.settled(self._connection, wanted, self.context(now_ms), limit)

    def withheld(self, wanted: Filter, now_ms: int) -> WithheldMisses:
        """Missed calls from hidden numbers."""
        return missed.withheld(self._connection, wanted, self.context(now_ms))

    def standing(self, wanted: Filter, now_ms: int) -> Standing:
        """How every provider stands, and what it lacks of a filter's range."""
        sources = self.sources()
        return standing.standing(self._connection, wanted, _context(now_ms, sources), sources)

    def wall(self, question: WallQuestion, now_ms: int) -> WallSnapshot:
        """The wall monitor, of one moment."""
        version = self.version()
        self._connection.execute("BEGIN")
        try:
            sources = self.sources()
            return wall.snapshot(self._connection, question, _context(now_ms, sources), sources, version, self.calendar)
        finally:
            self._connection.execute("ROLLBACK")

    def live(self, wanted: Filter, now_ms: int) -> LiveSnapshot:
        """The first screen, of one moment."""
        version = self.version()
        self._connection.execute("BEGIN")
        try:
            sources = self.sources()
            return live.snapshot(self._connection, wanted, _context(now_ms, sources), sources, version, self.calendar)
        finally:
            self._connection.execute("ROLLBACK")


def _context(now_ms: int, sources: Mapping[str, KnownSource]) -> FilterContext:
    return FilterContext(now_ms, {name: known.source for name, known in sources.items()})
