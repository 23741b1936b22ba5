"""The only way out of the cache: frozen answers to whole questions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from calls.cache.figure_reader import FigureReader
from calls.cache.opened import PAGE_ROWS, context_of
from calls.cache.rows import few_keys
from calls.filters import Filter
from calls.later import Later
from calls.model import Call, RequestTrace

if TYPE_CHECKING:
    from calls.alerts import AlertStatus
    from calls.cache import (
        as_of,
        holdings,
        listing,
        live,
        missed,
        notices,
        readings,
        recorded,
        standing,
        values,
        wall,
    )
    from calls.cache.holdings import Holding, RejectedRow
    from calls.cache.listing import Listing
    from calls.cache.notices import Notice
    from calls.cache.readings import PastReading
    from calls.cache.recorded import StoredRecord
    from calls.cache.snapshots import CallBack, LiveSnapshot, Settled, Standing, WithheldMisses
    from calls.cache.wall_snapshot import WallQuestion, WallSnapshot
    from calls.cache.writer import Deriver
else:
    # Most commands ask one kind of question, and start before they could import what the others need.
    as_of = Later("calls.cache.as_of")
    holdings = Later("calls.cache.holdings")
    listing = Later("calls.cache.listing")
    live = Later("calls.cache.live")
    missed = Later("calls.cache.missed")
    notices = Later("calls.cache.notices")
    readings = Later("calls.cache.readings")
    recorded = Later("calls.cache.recorded")
    standing = Later("calls.cache.standing")
    values = Later("calls.cache.values")
    wall = Later("calls.cache.wall")


class Reader(FigureReader):
    """Reads the cache at `path` without ever writing it. One thread at a time; `interrupt` may come from another.

    `calendar` tells holidays and opening hours, and may be exchanged between two questions. Raises
    `calls.cache.database.NoCache`, `BadCache` and `calls.cache.schema.CacheTooNew` when it is made.
    """

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

    def values(self, field: str, typed: str) -> tuple[tuple[str, int], ...]:
        """Values of a filter's field that hold `typed`, with their number of calls, the most frequent first."""
        return values.most_frequent(self._connection, field, typed)

    def notices(self) -> tuple[Notice, ...]:
        """What a person should know about the providers' answers, the newest first."""
        return notices.read(self._connection)

    def alerts(self) -> tuple[AlertStatus, ...]:
        """How every alert of the configuration stands, by name."""
        return standing.alert_states(self._connection)

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
        return standing.standing(self._connection, wanted, context_of(now_ms, sources), sources)

    def wall(self, question: WallQuestion, now_ms: int) -> WallSnapshot:
        """The wall monitor, of one moment."""
        version = self.version()
        self._connection.execute("BEGIN")
        try:
            sources = self.sources()
            return wall.snapshot(self._connection, question, context_of(now_ms, sources), sources, version, self.calendar)
        finally:
            self._connection.execute("ROLLBACK")

    def live(self, wanted: Filter, now_ms: int) -> LiveSnapshot:
        """The first screen, of one moment."""
        version = self.version()
        self._connection.execute("BEGIN")
        try:
            sources = self.sources()
            return live.snapshot(self._connection, wanted, context_of(now_ms, sources), sources, version, self.calendar)
        finally:
            self._connection.execute("ROLLBACK")
