"""What the Stats screen shows as an export: the rows of `calltop stats`, from the snapshot in sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calls.cache.reader import Reader
from calls.exports import write_file
from calls.metrics import METRICS, Figure
from tui.exporting import Exportable, Progress, Target
from tui.stats.question import StatsQuestion
from tui.stats.rows import FIGURE_COLUMNS, figure_rows
from tui.stats.snapshot import Group, StatsSnapshot


def figures_export(snapshot: StatsSnapshot) -> Exportable | None:
    """Every figure; None until all of them are counted."""
    if snapshot.figures.keys() < METRICS.keys():
        return None
    return _export("the figures", "figures", snapshot.question, {"": snapshot.figures}, None)


def groups_export(snapshot: StatsSnapshot, ordered: Sequence[Group]) -> Exportable | None:
    """The table in the order in sight; None until it is counted. What is not cached has no rows."""
    if snapshot.groups is None:
        return None
    grouping = snapshot.groups.grouping
    figures = {group.label: group.figures for group in ordered}
    return _export(f"the table by {grouping}", f"figures-by-{grouping}", snapshot.question, figures, grouping)


def _export(
    what: str, stem: str, question: StatsQuestion, figures: Mapping[str, Mapping[str, Figure]], grouping: str | None
) -> Exportable:
    rows = list(figure_rows(figures, grouping))

    def write(_reader: Reader, target: Target, progress: Progress) -> int:
        return write_file(target.path, target.format, FIGURE_COLUMNS, rows, progress=progress)

    return Exportable(f"{what}, {question.time_words}", "figure", stem, write)
