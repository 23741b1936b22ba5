"""Where the panes of the Stats screen stand: figures left, the table and a chart right; in narrow terminals one alone."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Container
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tui.lines.bars import Tab
from tui.lines.view import View
from tui.stats.snapshot import StatsSnapshot
from tui.widgets.list_pane import ListPane
from tui.widgets.stats.chart_pane import ChartPane
from tui.widgets.stats.figures_pane import FiguresPane
from tui.widgets.stats.groups_pane import GroupsPane
from tui.widgets.stats.today_pane import TodayPane
from tui.widgets.stats.week_pane import WeekPane

TWO_COLUMNS_FROM = 110
SMALLEST_HEIGHT = 22
FIGURES_WIDTH = 66
# The week's seven days with their axis, and the frame.
CHART_HEIGHT = 10
# The figures with their header and frame, and a chart of a few rows below.
TALL_FROM = 37
LOW_CHART_FROM = 28

Pane = ListPane | ChartPane


def arrange(size: Size, count: int) -> list[Region]:
    """The regions of figures, table, chart, and in tall terminals of a second chart under the figures."""
    left = min(FIGURES_WIDTH, size.width * 45 // 100)
    low = max(CHART_HEIGHT, size.height // 3 if count == 3 else 0)
    low = min(low, CHART_HEIGHT + 2)
    figures_height = LOW_CHART_FROM if count > 3 else size.height
    regions = [
        Region(0, 0, left, figures_height),
        Region(left, 0, size.width - left, size.height - low),
        Region(left, size.height - low, size.width - left, low),
    ]
    if count > 3:
        regions.append(Region(0, figures_height, left, size.height - figures_height))
    return regions


class StatsLayout(Layout):
    """Places the displayed children: one of them fills everything, several stand in their columns."""

    name = "stats"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """The placements."""
        shown = [child for child in children if child.display]
        regions = [size.region for _ in shown] if len(shown) < 3 else arrange(size, len(shown))
        return [WidgetPlacement(region, NULL_OFFSET, Spacing(), child) for child, region in zip(shown, regions, strict=False)]


class StatsGrid(Container):
    """Holds the panes: several in sight, or the current one alone."""

    def __init__(self, view: View) -> None:
        super().__init__(id="stats-panes")
        self.figures = FiguresPane(view)
        self.groups = GroupsPane(view)
        self.week = WeekPane(view)
        self.today = TodayPane(view)
        self.current: Pane = self.figures
        self.alone = False
        self._chart: ChartPane = self.week
        self._layout = StatsLayout()

    @property
    def layout(self) -> Layout:
        """Ours, which no style sheet can name."""
        return self._layout

    def on_mount(self) -> None:
        """Adds the panes in the order of their places."""
        self.mount_all(self.panes)

    @property
    def panes(self) -> list[Pane]:
        """All panes in order."""
        return [self.figures, self.groups, self.week, self.today]

    def show_snapshot(self, snapshot: StatsSnapshot, view: View) -> None:
        """Takes new data."""
        self.figures.show_snapshot(snapshot, view)
        self.groups.show_snapshot(snapshot, view)
        self.week.show_snapshot(snapshot, view)
        self.today.show_snapshot(snapshot, view)

    def reflow(self, room: Size) -> None:
        """Chooses between columns and one pane alone; of the charts the one last looked at is in sight."""
        self.alone = room.width < TWO_COLUMNS_FROM or room.height < SMALLEST_HEIGHT
        tall = room.height >= TALL_FROM
        if isinstance(self.current, ChartPane) and not (tall and self.current is self.today):
            self._chart = self.current
        if tall and self._chart is self.today:
            self._chart = self.week
        seen = {self.figures, self.groups, self._chart} | ({self.today} if tall else set())
        for pane in self.panes:
            pane.display = pane is self.current if self.alone else pane in seen
        self.current.redraw()

    def go_to(self, pane: Pane, room: Size) -> None:
        """Makes a pane the current one."""
        self.current = pane
        pane.display = True
        self.screen.set_focus(pane, scroll_visible=False)
        self.reflow(room)

    def tabs(self) -> Sequence[Tab]:
        """A tab per pane."""
        return [Tab(pane.label, pane.label, None, pane is self.current) for pane in self.panes]
