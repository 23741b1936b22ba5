"""The criterion of time: the one that the screens themselves ask with, and so apart from what only people ask for."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from calls.filters.conditions import (
    FALSE,
    CallTest,
    FilterContext,
    Reach,
    SqlCondition,
    all_of,
    per_source,
    predicate_per_source,
)
from calls.filters.moments import Moment, TimeOfDay
from calls.keys import first_key, last_key
from calls.model import Source, Window

TIME_FIELDS = frozenset({"from", "to", "since", "on"})
"""The fields that name a stretch of time."""


@dataclass(frozen=True, slots=True)
class Started:
    """When a call started: from the beginning of `first`, to the end of `last`, each in the provider's own zone.

    `text` is the canonical spelling; an end without a moment is open.
    """

    text: str
    first: Moment | None = None
    last: Moment | None = None

    def reach(self, now_ms: int, source: Source) -> Reach:
        """The instants it means for one provider."""
        zone = ZoneInfo(source.timezone)
        start = None if self.first is None else self.first.span(now_ms, zone).start_ms
        return Reach(start, None if self.last is None else self.last.span(now_ms, zone).end_ms)

    def window(self, now_ms: int, source: Source, otherwise: Window) -> Window:
        """The instants it means for one provider, inside a window that closes its open ends."""
        return self.reach(now_ms, source).of(otherwise)

    def notes(self, context: FilterContext) -> list[str]:
        """What the reader should know about how the time was read: it may not exist in a zone."""
        found: list[str] = []
        for moment in (self.first, self.last):
            for zone in sorted({source.timezone for source in context.sources.values()}):
                if isinstance(moment, TimeOfDay) and moment.in_gap(context.now_ms, ZoneInfo(zone)):
                    note = f"{moment.text} does not exist in {zone}, where the clocks went forward: read as one hour later"
                    found += [note] if note not in found else []
        return found

    def sql(self, context: FilterContext) -> SqlCondition:
        reaches = [self.reach(context.now_ms, source) for source in context.sources.values()]
        if not reaches:
            return FALSE
        widest = reaches[0]
        for other in reaches[1:]:
            widest = widest.beside(other)
        if all(other == widest for other in reaches):
            return _between(widest)
        # The widest range is said beside the alternatives, so that the index on time serves them all.
        each = per_source(context, lambda source: _between(self.reach(context.now_ms, source)))
        return all_of([_between(widest), each])

    def predicate(self, context: FilterContext) -> CallTest:
        def of(source: Source) -> CallTest:
            reach = self.reach(context.now_ms, source)
            return lambda call: (
                (reach.start_ms is None or call.started_ms >= reach.start_ms)
                and (reach.end_ms is None or call.started_ms < reach.end_ms)
            )

        return predicate_per_source(context, of)


def _between(reach: Reach) -> SqlCondition:
    # The key finds the calls, in the order of time; the start itself decides, also where no key can hold it.
    start_ms, end_ms = reach.start_ms, reach.end_ms
    start = [] if start_ms is None else [SqlCondition("c.key >= ? AND c.started_ms >= ?", (first_key(start_ms), start_ms))]
    end = [] if end_ms is None else [SqlCondition("c.key <= ? AND c.started_ms < ?", (last_key(end_ms), end_ms))]
    return all_of([*start, *end])
