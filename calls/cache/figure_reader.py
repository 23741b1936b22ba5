"""The questions about figures that a cache answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from calls.cache.opened import PAGE_ROWS, OpenedCache
from calls.filters import Filter
from calls.later import Later
from calls.model import Call

if TYPE_CHECKING:
    from calls import metrics as known_metrics
    from calls.cache import (
        buckets,
        figures,
        lens,
        samples,
        silence,
        staffing,
        standing,
        stretches,
        tallies,
        typical,
        unusual,
        week,
    )
    from calls.cache.staffing import Staff
    from calls.cache.stretches import Stretch
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
    buckets = Later("calls.cache.buckets")
    figures = Later("calls.cache.figures")
    lens = Later("calls.cache.lens")
    samples = Later("calls.cache.samples")
    silence = Later("calls.cache.silence")
    staffing = Later("calls.cache.staffing")
    standing = Later("calls.cache.standing")
    stretches = Later("calls.cache.stretches")
    tallies = Later("calls.cache.tallies")
    typical = Later("calls.cache.typical")
    unusual = Later("calls.cache.unusual")
    week = Later("calls.cache.week")
    known_metrics = Later("calls.metrics")
    unusual_calls = Later("calls.metrics.unusual")


class FigureReader(OpenedCache):
    """Figures, and what stands beside them. Thresholds and limits that are not given are the usual ones."""

    def count(self, wanted: Filter, now_ms: int) -> int:
        """How many calls `calls` would give."""
        return sum(tallies.calls_by_source(self._connection, wanted, self.context(now_ms)).values())

    def totals(self, wanted: Filter, now_ms: int) -> dict[str, Tally]:
        """One tally per provider that can answer the filter."""
        context, sources = self._asking(wanted, now_ms)
        return tallies.totals(self._connection, wanted, context, sources)

    def groups(self, wanted: Filter, now_ms: int, grouping: str, counts: Sequence[str] | None = None) -> dict[str, Tally]:
        """Tallies by group, in the grouping's order (`calls.metrics.GROUPINGS`), with all counts; or, sooner, with
        `calls.metrics.HEADLINE_COUNTS` alone."""
        context, sources = self._asking(wanted, now_ms)
        return tallies.groups(self._connection, wanted, context, sources, grouping, counts or known_metrics.COUNTS)

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
        question = samples.Question.by(None, self._connection, wanted, context, sources)
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
        reason = buckets.impossible(wanted, grouping)
        asked = self.asked(wanted, 0)
        return {name: reason for name, known in asked.items() if reason and known.gives_buckets}
