"""How the cache is asked for the Stats screen: what is quick first, so that nothing waits for what is slow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nlargest

from calls.cache.reader import Reader
from calls.cache.readings import PastReading
from calls.cache.snapshots import Standing
from calls.cache.stretches import Stretch
from calls.filters import parse
from calls.filters.patterns import Pattern
from calls.metrics import HEADLINE, HEADLINE_COUNTS, METRICS, TIME_GROUPINGS, Figure, Metric, Tally, group_order
from calls.metrics.lens import Lens
from calls.metrics.patience import Patience, StaffingPlan
from calls.metrics.typical import Typical
from calls.metrics.week import Week
from tui.feed import Feed, NothingCached, T
from tui.stats.question import StatsQuestion
from tui.stats.snapshot import Group, Groups, StatsSnapshot

MOST_READINGS = 2000
MOST_GROUPS = 5000
# Readings that lie no further apart belong to one round of all providers.
ROUND_MS = 30_000
NOT_CONFIGURED = "is not configured, so its calls cannot be derived as of then"


def read_stats(feed: Feed, question: StatsQuestion, now_ms: int) -> Generator[StatsSnapshot, None, StatsSnapshot]:
    """The answer in stages. Raises what `Feed.read` raises, but for a missing cache, which has nothing to tell."""
    moment_ms = now_ms if question.as_of_ms is None else question.as_of_ms
    unknown: tuple[str, ...] = ()

    def ask(part: Callable[[Reader, StatsQuestion, int], T]) -> T:
        if question.as_of_ms is None:
            return feed.read(lambda reader: part(reader, question, moment_ms))
        asked = without(question, unknown)
        return feed.read_as_of(question.as_of_ms, lambda reader: part(reader, asked, moment_ms))

    try:
        standing = feed.read(lambda reader: reader.standing(question.asked, now_ms))
        moments = feed.read(lambda reader: moments_of(reader.polls(MOST_READINGS)))
        if question.as_of_ms is not None:
            ask(lambda reader, question, now_ms: None)
            unknown = feed.unknown_then
        figures, left_out = ask(_headline)
        left_out = {**left_out, **dict.fromkeys(unknown, NOT_CONFIGURED)}
        snapshot = StatsSnapshot(question, moment_ms, standing, moments, figures, left_out)
        yield snapshot
        if question.explained:
            snapshot = replace(snapshot, lens=ask(_lens))
            yield snapshot
        snapshot = replace(snapshot, groups=ask(read_groups))
        yield snapshot
        snapshot = replace(snapshot, week=ask(_week), typical=ask(_typical))
        yield snapshot
        snapshot = replace(snapshot, figures=ask(_all_figures))
        yield snapshot
        return replace(snapshot, patience=ask(_patience), staffing=ask(_staffing))
    except NothingCached:
        return StatsSnapshot(question, now_ms, Standing(), (), {})


def without(question: StatsQuestion, providers: Collection[str]) -> StatsQuestion:
    """The question without these providers, of which nothing is known as of then."""
    if not providers:
        return question
    names = ",".join(Pattern((name,)).text() for name in providers)
    return replace(question, wanted=question.wanted.narrowed(parse(f"-provider:{names}")))


def moments_of(readings: Iterable[PastReading]) -> tuple[int, ...]:
    """The moments to go back to, the newest first: of readings that follow each other closely, such as those of one round of
    all providers, the last."""
    moments: list[int] = []
    before_ms: int | None = None
    for reading in readings:
        if before_ms is None or before_ms - reading.read_ms > ROUND_MS:
            moments.append(reading.read_ms)
        before_ms = reading.read_ms
    return tuple(moments)


def _week(reader: Reader, question: StatsQuestion, now_ms: int) -> Week:
    return reader.week(question.asked_for_week, now_ms)


def _typical(reader: Reader, question: StatsQuestion, now_ms: int) -> Typical:
    return reader.typical(question.wanted, now_ms)


def _all_figures(reader: Reader, question: StatsQuestion, now_ms: int) -> Mapping[str, Figure]:
    return _figures(reader, question, now_ms, [*METRICS.values()])


def _patience(reader: Reader, question: StatsQuestion, now_ms: int) -> Patience | None:
    return reader.patience(question.asked, now_ms, question.thresholds)


def _staffing(reader: Reader, question: StatsQuestion, now_ms: int) -> StaffingPlan:
    return reader.staffing(question.asked_for_staffing, now_ms, question.staff)


def _lens(reader: Reader, question: StatsQuestion, now_ms: int) -> Lens | None:
    return reader.lens(question.asked, now_ms, METRICS[question.explained], question.thresholds)


def _headline(reader: Reader, question: StatsQuestion, now_ms: int) -> tuple[Mapping[str, Figure], Mapping[str, str]]:
    return _figures(reader, question, now_ms, HEADLINE), reader.cannot_answer(question.asked)


def _figures(reader: Reader, question: StatsQuestion, now_ms: int, metrics: Sequence[Metric]) -> Mapping[str, Figure]:
    found = reader.figures(question.asked, now_ms, metrics, None, question.thresholds)
    # Where no provider can answer, there is nothing to tell of any.
    return next(iter(found.values()), {metric.name: metric.figure(Tally()) for metric in metrics})


def read_groups(reader: Reader, question: StatsQuestion, now_ms: int) -> Groups:
    """The table of the question's grouping; groups of time that are not known are gaps in it."""
    grouping, asked = question.grouping, question.asked
    tallies = reader.groups(asked, now_ms, grouping, HEADLINE_COUNTS)
    labels: Iterable[str] = tallies
    if len(tallies) > MOST_GROUPS:
        # Nobody reads on beyond so many, and a figure is dear among half a million numbers.
        most = set(nlargest(MOST_GROUPS, tallies, key=lambda label: tallies[label].offered))
        labels = (label for label in tallies if label in most)
    found = {label: {metric.name: metric.figure(tallies[label]) for metric in HEADLINE} for label in labels}
    left_out = reader.cannot_answer(asked, grouping)
    if grouping not in TIME_GROUPINGS:
        rows = tuple(Group(label, figures) for label, figures in found.items())
        return Groups(grouping, rows, left_out, len(tallies) - len(rows))
    stretches = reader.stretches(asked, now_ms, grouping)
    ordered = sorted(_timed(found, stretches), key=lambda row: group_order(grouping, row.label))
    return Groups(grouping, tuple(_joined(ordered)), left_out)


def _timed(found: Mapping[str, Mapping[str, Figure]], stretches: Iterable[Stretch]) -> Iterator[Group]:
    """A row for every group of time that was asked about; calls that were asked for outside of what is covered count too."""
    left = dict(found)
    for one in stretches:
        figures = left.pop(one.label, {})
        share = one.covered_seconds / one.seconds
        yield Group(one.label, figures, share, one.provisional, gap=one.is_gap and not figures)
    yield from (Group(label, figures, 0.0) for label, figures in left.items())


def _joined(rows: Iterable[Group]) -> Iterator[Group]:
    """The rows with neighbouring gaps as one."""
    gap: Group | None = None
    for row in rows:
        if row.gap:
            gap = row if gap is None else replace(gap, until=row.label)
            continue
        if gap is not None:
            yield gap
            gap = None
        yield row
    if gap is not None:
        yield gap
