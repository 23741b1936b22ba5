"""Where the panes stand: provider panes row by row, the merged list wide below them, the call-back list at the right."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Container
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from calls.cache.snapshots import LiveSnapshot
from tui.lines.bars import Tab
from tui.lines.view import View
from tui.widgets.call_backs_pane import CallBacksPane
from tui.widgets.list_pane import ListPane
from tui.widgets.merged_pane import MergedPane
from tui.widgets.provider_pane import ProviderPane

THREE_COLUMNS_FROM = 150
TWO_COLUMNS_FROM = 100
SMALLEST_PANE_HEIGHT = 6


def columns_for(width: int, height: int, providers: int) -> int:
    """How many columns the grid has at this size: 3, 2, or 1, which means one pane at a time behind tabs."""
    columns = 3 if width >= THREE_COLUMNS_FROM else 2 if width >= TWO_COLUMNS_FROM else 1
    if columns > 1 and height // row_count(providers, columns) < SMALLEST_PANE_HEIGHT:
        return 1
    return columns


def row_count(providers: int, columns: int) -> int:
    """Rows of a grid with so many provider panes, the merged list and the call-back list."""
    # What is left in the last provider row decides where the two lists go.
    rest = providers % columns
    full = providers // columns
    return full + (1 if rest != columns - 1 else 2)


def arrange(providers: int, columns: int, size: Size) -> list[Region]:
    """The regions of the provider panes in order, then of the merged list, then of the call-back list."""
    rows = row_count(providers, columns)
    xs = [size.width * column // columns for column in range(columns + 1)]
    ys = [size.height * row // rows for row in range(rows + 1)]

    def region(column: int, row: int, across: int = 1, down: int = 1) -> Region:
        return Region(xs[column], ys[row], xs[column + across] - xs[column], ys[row + down] - ys[row])

    regions = [region(index % columns, index // columns) for index in range(providers)]
    rest = providers % columns
    last = columns - 1
    if rest == last:
        # One place is free beside the providers: the call-back list takes it and the one below.
        regions.append(region(0, rows - 1, across=last))
        regions.append(region(last, rows - 2, down=2))
    else:
        regions.append(region(rest, rows - 1, across=last - rest))
        regions.append(region(last, rows - 1))
    return regions


class PaneLayout(Layout):
    """Places the displayed children: one of them fills everything, several stand in the grid."""

    name = "panes"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """The placements, in the order of the children: providers, merged list, call-back list."""
        shown = [child for child in children if child.display]
        if len(shown) < 3:
            regions = [size.region for _ in shown]
        else:
            providers = len(shown) - 2
            columns = max(2, columns_for(size.width, size.height, providers))
            regions = arrange(providers, columns, size)
        return [WidgetPlacement(region, NULL_OFFSET, Spacing(), child) for child, region in zip(shown, regions, strict=True)]


class PaneGrid(Container):
    """Holds the panes: all of them in a grid, or the current one alone."""

    def __init__(self, view: View) -> None:
        super().__init__(id="panes")
        self.merged = MergedPane(view)
        self.call_backs = CallBacksPane(view)
        self.current: ListPane = self.merged
        self.zoomed = False
        self.alone = False
        self._layout = PaneLayout()

    @property
    def layout(self) -> Layout:
        """Ours, which no style sheet can name."""
        return self._layout

    def on_mount(self) -> None:
        """Adds the panes that there are before any data, unseen until data comes."""
        self.visible = False
        self.mount_all([self.merged, self.call_backs])

    @property
    def providers(self) -> list[ProviderPane]:
        """The provider panes in order."""
        return list(self.query_children(ProviderPane))

    @property
    def panes(self) -> list[ListPane]:
        """All panes in order."""
        return [*self.providers, self.merged, self.call_backs]

    async def show_snapshot(self, snapshot: LiveSnapshot, view: View) -> None:
        """Takes new data, and other panes when the providers are others."""
        known = {pane.label: pane for pane in self.providers}
        if [pane.source.name for pane in snapshot.panes] == list(known):
            for pane in snapshot.panes:
                known[pane.source.name].show_pane(pane, view)
        else:
            if self.current in known.values():
                self.current = self.merged
            await self.remove_children(ProviderPane)
            await self.mount_all([ProviderPane(pane, view) for pane in snapshot.panes], before=0)
        self.merged.show_snapshot(snapshot, view)
        self.call_backs.show_snapshot(snapshot, view)
        self.visible = True

    def tick(self, view: View) -> None:
        """Draws what time alone changes."""
        for pane in self.panes:
            pane.tick(view)

    def reflow(self, room: Size) -> None:
        """Chooses between the grid and one pane alone."""
        providers = self.providers
        self.alone = self.zoomed or columns_for(room.width, room.height, len(providers)) == 1
        for pane in [*providers, self.merged, self.call_backs]:
            pane.zoomed = self.zoomed and pane is self.current
            pane.display = not self.alone or pane is self.current
        self.current.redraw()

    def go_to(self, pane: ListPane, room: Size) -> None:
        """Makes a pane the current one."""
        self.current = pane
        pane.display = True
        self.screen.set_focus(pane, scroll_visible=False)
        self.reflow(room)

    def tabs(self) -> Sequence[Tab]:
        """A tab per pane."""
        return [Tab(pane.label, pane.short_label, pane.tab_symbol(), pane is self.current) for pane in self.panes]
