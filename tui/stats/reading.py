"""How the cache is asked for the Stats screen: what is quick first, so that nothing waits for what is slow."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from calls.cache.reader import Reader
from calls.cache.snapshots import Standing
from calls.cache.stretches import Stretch
from calls.metrics import HEADLINE, METRICS, TIME_GROUPINGS, Figure, Metric, group_order
from calls.metrics.lens import Lens
from tui.feed import Feed, NothingCached
from tui.stats.question import StatsQuestion
from tui.stats.snapshot import Group, Groups, StatsSnapshot


def read_stats(feed: Feed, question: StatsQuestion, now_ms: int) -> Generator[StatsSnapshot, None, StatsSnapshot]:
    """The answer in stages. Raises what `Feed.read` raises, but for a missing cache, which has nothing to tell."""
    try:
        snapshot = feed.read(lambda reader: _headline(reader, question, now_ms))
        yield snapshot
        if question.explained:
            snapshot = replace(snapshot, lens=feed.read(lambda reader: _lens(reader, question, now_ms)))
            yield snapshot
        snapshot = replace(snapshot, groups=feed.read(lambda reader: read_groups(reader, question, now_ms)))
        yield snapshot
        snapshot = replace(snapshot, week=feed.read(lambda reader: reader.week(question.asked_for_week, now_ms)))
        snapshot = replace(snapshot, typical=feed.read(lambda reader: reader.typical(question.wanted, now_ms)))
        yield snapshot
        figures = feed.read(lambda reader: _figures(reader, question, now_ms, [*METRICS.values()]))
        snapshot = replace(snapshot, figures=figures)
        yield snapshot
        patience = feed.read(lambda reader: reader.patience(question.asked, now_ms, question.thresholds))
        staffing = feed.read(lambda reader: reader.staffing(question.asked_for_staffing, now_ms, question.staff))
        return replace(snapshot, patience=patience, staffing=staffing)
    except NothingCached:
        return StatsSnapshot(question, now_ms, Standing(), {})


def _lens(reader: Reader, question: StatsQuestion, now_ms: int) -> Lens | None:
    return reader.lens(question.asked, now_ms, METRICS[question.explained], question.thresholds)


def _headline(reader: Reader, question: StatsQuestion, now_ms: int) -> StatsSnapshot:
    return StatsSnapshot(
        question,
        now_ms,
        reader.standing(question.asked, now_ms),
        _figures(reader, question, now_ms, HEADLINE),
        reader.cannot_answer(question.asked),
    )


def _figures(reader: Reader, question: StatsQuestion, now_ms: int, metrics: Sequence[Metric]) -> Mapping[str, Figure]:
    found = reader.figures(question.asked, now_ms, metrics, None, question.thresholds)
    return next(iter(found.values()), {})


def read_groups(reader: Reader, question: StatsQuestion, now_ms: int) -> Groups:
    """The table of the question's grouping; groups of time that are not known are gaps in it."""
    grouping, asked = question.grouping, question.asked
    found = reader.figures(asked, now_ms, HEADLINE, grouping, question.thresholds)
    left_out = reader.cannot_answer(asked, grouping)
    if grouping not in TIME_GROUPINGS:
        return Groups(grouping, tuple(Group(label, figures) for label, figures in found.items()), left_out)
    stretches = reader.stretches(asked, now_ms, grouping)
    rows = sorted(_timed(found, stretches), key=lambda row: group_order(grouping, row.label))
    return Groups(grouping, tuple(_joined(rows)), left_out)


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
