"""The table of groups: by hour, day, weekday, week, month, queue, employee, number or provider."""

from __future__ import annotations

from collections.abc import Sequence

from calls.metrics import HEADLINE, TIME_GROUPINGS
from tui.lines.line import Line, Role, Span
from tui.lines.stats.groups import (
    LABEL,
    SORTS,
    GroupColumns,
    group_columns,
    group_header,
    group_sentence,
    group_spans,
    label_words,
    peak_of,
    sorted_groups,
)
from tui.lines.view import View
from tui.lines.words import counted, grouped
from tui.stats.snapshot import Group, StatsSnapshot
from tui.widgets.list_pane import ListPane

_BY_CALLS = HEADLINE[0].name


class GroupsPane(ListPane):
    """One row per group; time in its order, everything else the most calls first, until the person sorts."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="groups")
        self.grouping = "hour"
        self._rows: list[Group] = []
        self._groups: tuple[Group, ...] = ()
        self._left_out: tuple[str, ...] = ()
        self._fewer_calls = 0
        self._known = False
        self._peak = 0
        self._columns = GroupColumns(0, (), 0)
        self._sorts: dict[str, tuple[str, bool]] = {}

    @property
    def label(self) -> str:
        """The name on the pane's tab."""
        return f"by {self.grouping}"

    @property
    def sort(self) -> tuple[str, bool]:
        """The column sorted by, and whether from the highest down. Each grouping keeps its own."""
        usual = (LABEL, False) if self.grouping in TIME_GROUPINGS else (_BY_CALLS, True)
        return self._sorts.get(self.grouping, usual)

    @property
    def group(self) -> Group | None:
        """The chosen group."""
        return self._rows[self.cursor.index] if self._rows else None

    @property
    def ordered(self) -> Sequence[Group]:
        """The groups in the order shown."""
        return self._rows

    def show_snapshot(self, snapshot: StatsSnapshot, view: View) -> None:
        """Takes new data; groups that are still counted leave the table empty."""
        groups = snapshot.groups
        self.grouping = snapshot.question.grouping
        self._known = groups is not None
        self._groups = () if groups is None else groups.rows
        self._left_out = () if groups is None else tuple(groups.left_out)
        self._fewer_calls = 0 if groups is None else groups.fewer_calls
        self._peak = peak_of(self._groups)
        self._put_in_order()
        self.show(view)

    def _put_in_order(self) -> None:
        self._rows = sorted_groups(self._groups, *self.sort)
        self.cursor.update([group.label for group in self._rows])

    def sort_by_next(self) -> None:
        """Sorts by the next column."""
        name = SORTS[(SORTS.index(self.sort[0]) + 1) % len(SORTS)]
        self._sort_by(name, name != LABEL)

    def turn_order(self) -> None:
        """Sorts the other way round."""
        self._sort_by(self.sort[0], not self.sort[1])

    def _sort_by(self, name: str, descending: bool) -> None:
        self._sorts[self.grouping] = (name, descending)
        self._put_in_order()
        self._chosen()

    def title(self) -> Sequence[Span]:
        """What the rows are, how many, and who is left out."""
        spans = [Span(self.label, Role.STRONG)]
        if self._known and self.grouping not in TIME_GROUPINGS:
            words = counted(len(self._rows) + self._fewer_calls, self.grouping)
            shown = f", the {grouped(len(self._rows))} with the most calls" if self._fewer_calls else ""
            spans.append(Span(f"  {words}{shown}", Role.DIM))
        if self._left_out:
            spans.append(Span(f"  without {', '.join(self._left_out)}", Role.LATE))
        return spans

    def has_header(self, width: int) -> bool:
        """The columns are always named."""
        return True

    def prepare(self, shown: range, width: int) -> None:
        """Chooses the columns."""
        labels = (label_words(self.grouping, self._rows[index].label) for index in shown if not self._rows[index].gap)
        self._columns = group_columns(labels, width)

    def header(self, width: int) -> Line:
        """The names of the columns."""
        return group_header(self._columns, self.grouping, *self.sort, self.view.symbols)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """One group."""
        return group_spans(self._rows[index], self.grouping, self._columns, self._peak, width, self.view)

    def empty_words(self) -> str:
        """Why there are no rows."""
        return "no calls under this filter" if self._known else "counting ..."

    def detail(self) -> str:
        """One sentence about the chosen group."""
        group = self.group
        return "" if group is None else group_sentence(group, self.grouping, self.view)
