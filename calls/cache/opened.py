"""An open cache: what every question to it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from calls.cache import coverage
from calls.cache.database import open_for_reading
from calls.cache.known import KnownSource, asked_sources
from calls.cache.rows import calls_with_keys, few_keys, page, with_legs
from calls.calendar import NO_CALENDAR, Calendar
from calls.filters import Filter, FilterContext
from calls.model import Call, Source

PAGE_ROWS = 500


class OpenedCache:
    """The cache at `path`, open to be read; see `calls.cache.reader.Reader`."""

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
        context = context_of(now_ms, sources)
        return context, asked_sources(wanted, context, sources)

    def context(self, now_ms: int) -> FilterContext:
        """What a filter needs to be read against this cache."""
        return context_of(now_ms, self.sources())

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


def context_of(now_ms: int, sources: Mapping[str, KnownSource]) -> FilterContext:
    """What a filter needs to be read against these providers."""
    return FilterContext(now_ms, {name: known.source for name, known in sources.items()})
