"""The providers as the cache knows them: who they are, and how far each is complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from calls.filters import Filter, FilterContext
from calls.model import Call, Direction, Source, Status, Window

NAMING_FIELDS = frozenset({"provider", "customer"})


class KnownSource(NamedTuple):
    """A source as the cache has it: its id, and how far it is complete."""

    id: int
    source: Source
    complete_to_ms: int | None
    covered: tuple[Window, ...]
    purged_before_ms: int | None = None

    @property
    def calls_covered(self) -> tuple[Window, ...]:
        """The ranges of which the calls themselves are kept, not only hourly figures."""
        edge_ms = self.purged_before_ms
        if edge_ms is None:
            return self.covered
        cut = (Window(max(window.start_ms, edge_ms), window.end_ms) for window in self.covered)
        return tuple(window for window in cut if not window.empty)

    @property
    def gives_buckets(self) -> bool:
        """Whether this provider gives totals per employee instead of calls."""
        return self.source.kind == "telecomx"


def asked_sources(wanted: Filter, context: FilterContext, sources: Mapping[str, KnownSource]) -> dict[str, KnownSource]:
    """The providers that a filter can mean: one that it excludes by name has no part in the answer."""
    meant = wanted.only(NAMING_FIELDS).predicate(context)
    return {name: known for name, known in sources.items() if meant(call_at(known.source, 0))}


def call_at(source: Source, started_ms: int) -> Call:
    """A call of which nothing is known but its provider and its start, to try parts of filters on."""
    return Call(source.name, source.kind, "", started_ms, Direction.IN, Status.ANSWERED)


def asked_window(wanted: Filter, context: FilterContext, known: KnownSource) -> Window:
    """The range a figure speaks of: the filter's own, else all that is covered."""
    first_ms = known.covered[0].start_ms if known.covered else context.now_ms
    reach = wanted.reach(context, known.source.name)
    start_ms = first_ms if reach.start_ms is None else reach.start_ms
    end_ms = context.now_ms if reach.end_ms is None else min(reach.end_ms, context.now_ms)
    return Window(start_ms, max(start_ms, end_ms))
