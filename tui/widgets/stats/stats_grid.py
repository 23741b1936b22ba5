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
from tui.widgets.stats.lens_pane import LensPane
from tui.widgets.stats.today_pane import TodayPane
from tui.widgets.stats.waiting_panes import PatiencePane, StaffingPane
from tui.widgets.stats.week_pane import WeekPane

TWO_COLUMNS_FROM = 110
SMALLEST_HEIGHT = 22
FIGURES_WIDTH = 66
# The week's seven days with their axis, and the frame.
CHART_HEIGHT = 10
LIST_HEIGHT = 17
# The figures with their header and frame, and in tall terminals a chart of a few rows below.
FIGURES_HEIGHT = 28
TALL_FROM = 37

Pane = ListPane | ChartPane


class StatsLayout(Layout):
    """Places the displayed children: one of them fills everything, several stand in their columns."""

    name = "stats"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """The placements."""
        assert isinstance(parent, StatsGrid)
        regions = parent.regions(size)
        return [WidgetPlacement(regions[child], NULL_OFFSET, Spacing(), child) for child in children if child in regions]


class StatsGrid(Container):
    """Holds the panes: several in sight, or the current one alone. The lens takes the place of the table and the chart."""

    def __init__(self, view: View) -> None:
        super().__init__(id="stats-panes")
        self.figures = FiguresPane(view)
        self.groups = GroupsPane(view)
        self.week = WeekPane(view)
        self.today = TodayPane(view)
        self.patience = PatiencePane(view)
        self.staffing = StaffingPane(view)
        self.lens = LensPane(view)
        self.current: Pane = self.figures
        self.alone = False
        self.lens_open = False
        self._tall = False
        self._chart: Pane = self.week
        self._layout = StatsLayout()

    @property
    def layout(self) -> Layout:
        """Ours, which no style sheet can name."""
        return self._layout

    def on_mount(self) -> None:
        """Adds the panes in the order of their places."""
        self.mount_all([*self.panes, self.lens])
        self.lens.display = False

    @property
    def charts(self) -> list[Pane]:
        """The panes of which one stands below the table."""
        return [self.week, self.today, self.patience, self.staffing]

    @property
    def panes(self) -> list[Pane]:
        """All panes in order; the lens comes and goes."""
        return [self.figures, self.groups, *self.charts]

    @property
    def in_reach(self) -> list[Pane]:
        """The panes that one can go to now."""
        return [self.figures, self.lens] if self.lens_open else self.panes

    def regions(self, size: Size) -> dict[Widget, Region]:
        """Where the panes in sight stand."""
        if self.alone:
            return {self.current: size.region}
        left = min(FIGURES_WIDTH, size.width * 48 // 100)
        right = size.width - left
        figures_height = FIGURES_HEIGHT if self._tall else size.height
        placed: dict[Widget, Region] = {self.figures: Region(0, 0, left, figures_height)}
        if self._tall:
            placed[self.today] = Region(0, figures_height, left, size.height - figures_height)
        if self.lens_open:
            placed[self.lens] = Region(left, 0, right, size.height)
            return placed
        low = CHART_HEIGHT if self._chart in (self.week, self.today) else min(LIST_HEIGHT, size.height // 2)
        placed[self.groups] = Region(left, 0, right, size.height - low)
        placed[self._chart] = Region(left, size.height - low, right, low)
        return placed

    def show_snapshot(self, snapshot: StatsSnapshot, view: View) -> None:
        """Takes new data."""
        for pane in (self.figures, self.groups, self.week, self.today, self.patience, self.staffing, self.lens):
            pane.show_snapshot(snapshot, view)

    def reflow(self, room: Size) -> None:
        """Chooses between columns and one pane alone; of the charts the one last looked at is in sight."""
        self.alone = room.width < TWO_COLUMNS_FROM or room.height < SMALLEST_HEIGHT
        self._tall = not self.alone and room.height >= TALL_FROM
        if self.current in self.charts and not (self._tall and self.current is self.today):
            self._chart = self.current
        if self._tall and self._chart is self.today:
            self._chart = self.week
        seen = self.regions(room)
        for pane in (*self.panes, self.lens):
            pane.display = pane in seen
        self.refresh(layout=True)
        self.current.redraw()

    def go_to(self, pane: Pane, room: Size) -> None:
        """Makes a pane the current one."""
        self.current = pane
        pane.display = True
        self.screen.set_focus(pane, scroll_visible=False)
        self.reflow(room)

    def open_lens(self, room: Size) -> None:
        """Opens the lens and goes to it."""
        self.lens_open = True
        self.go_to(self.lens, room)

    def close_lens(self, room: Size) -> bool:
        """Closes the lens; False when it is not open."""
        if not self.lens_open:
            return False
        self.lens_open = False
        self.go_to(self.figures, room)
        return True

    def tabs(self) -> Sequence[Tab]:
        """A tab per pane in reach."""
        return [Tab(pane.label, pane.label, None, pane is self.current) for pane in self.in_reach]
