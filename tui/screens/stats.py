"""The figures: all of them, by group, by hour of the week, and today against what is typical; any of them explained."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path

from textual import events, on
from textual.geometry import Size
from textual.widget import Widget

from calls.filters import Filter
from calls.metrics import METRICS, Thresholds
from tui.actions import Place
from tui.bindings import bindings
from tui.exporting import Exportable
from tui.feed import Feed
from tui.lines.header import HeaderState
from tui.lines.stats.lens import Leads, LensRow
from tui.lines.stats.values import copied_words
from tui.lines.view import View
from tui.lines.words import time_words
from tui.messages import ActionPicked, TabPicked
from tui.screens.cache_screen import SHORT_BELOW_ROWS, CacheScreen
from tui.session import Session
from tui.stats.drilling import filter_of_group, filter_of_week_hour, filter_of_window
from tui.stats.question import GROUPINGS_IN_ORDER, Period, StatsQuestion
from tui.stats.reading import read_stats
from tui.stats.snapshot import StatsSnapshot
from tui.widgets.list_pane import ListPane
from tui.widgets.stats.chart_pane import ChartPane
from tui.widgets.stats.settings_bar import SettingsBar
from tui.widgets.stats.stats_grid import Pane, StatsGrid
from tui.widgets.tab_bar import TabBar

# Header, filter, its note, and the two lines at the bottom.
_ROWS_AROUND = 5
_SERVICE_STEP = 5


class StatsScreen(CacheScreen):
    """The screen of the figures."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    PLACE = Place.STATS
    BINDINGS = bindings(Place.SCREEN, Place.STATS)

    def __init__(self, session: Session) -> None:
        self._settings = StatsQuestion(agents=session.agents)
        super().__init__(session)
        self._shown: StatsSnapshot | None = None
        self._tab_bar = TabBar()
        self._settings_bar = SettingsBar(self.question())
        self.grid = StatsGrid(session.view())

    def question(self) -> StatsQuestion:
        """The settings of this screen under the filter of all."""
        return replace(self._settings, wanted=self.filter.active)

    @staticmethod
    def read(feed: Feed, question: StatsQuestion, now_ms: int) -> Generator[StatsSnapshot, None, StatsSnapshot]:
        """The figures, the quick ones first."""
        return read_stats(feed, question, now_ms)

    def body(self) -> Iterable[Widget]:
        """What is counted; tabs where there is room for one pane only; the panes."""
        return (self._settings_bar, self._tab_bar, self.grid)

    async def show_snapshot(self, snapshot: StatsSnapshot) -> None:
        """Shows it in the panes; what is still read stays as it was."""
        self.snapshot = snapshot.over(self._shown)
        self._shown = self.snapshot
        self.grid.show_snapshot(self.snapshot, self.session.view()._replace(now_ms=snapshot.taken_ms))

    def home(self) -> Widget:
        """The pane the person is in."""
        return self.grid.current

    def tick(self, view: View) -> None:
        """Draws what time alone changes."""
        self._show_settings()

    def detail(self) -> str:
        """One sentence about what is chosen."""
        pane = self.grid.current
        return pane.detail() if pane is not self.grid.figures or self.grid.figures.cursor.pinned else ""

    def copied(self) -> tuple[str, str]:
        """The chosen figure with what it is made of, its grade and its time; elsewhere the sentence about what is chosen."""
        grid, shown = self.grid, self._shown
        if grid.current not in (grid.figures, grid.lens):
            words = grid.current.detail()
            return words, "what is chosen" if words else ""
        metric = METRICS[self._settings.explained] if grid.current is grid.lens else grid.figures.metric
        figure = None if shown is None else shown.figures.get(metric.name)
        if shown is None or figure is None:
            return "", ""
        return ", ".join((copied_words(metric, figure), shown.question.time_words)), metric.title

    def exported(self) -> Exportable | None:
        """The table by group where the person is in it, else every figure."""
        from tui.stats.export import figures_export, groups_export

        if self._shown is None:
            return None
        groups = self.grid.groups
        return groups_export(self._shown, groups.ordered) if self.grid.current is groups else figures_export(self._shown)

    def action_export(self) -> None:
        """Writes what is shown to a file, once it is counted."""
        if self.asking and self.exported() is None:
            self.status.say("still counting; export it when all is there")
        else:
            super().action_export()

    def ask(self) -> None:
        """Asks, and says what is counted."""
        super().ask()
        self._show_settings()

    def _show_settings(self) -> None:
        self._settings_bar.show(self.question())
        if self.grid.alone:
            self._tab_bar.show(self.grid.tabs())

    # The past.

    def action_older_moment(self) -> None:
        """Shows what was known one round of polls before."""
        moments = self._moments
        shown_ms = self._settings.as_of_ms
        # The present knows what the newest of them knew.
        older = [moment for moment in moments[1:] if shown_ms is None or moment < shown_ms]
        if older:
            self._go_back_to(older[0])
        else:
            self.status.say("no earlier poll is known")

    def action_newer_moment(self) -> None:
        """Shows what was known one round of polls later."""
        shown_ms = self._settings.as_of_ms
        if shown_ms is None:
            self.status.say("this is the present")
            return
        newer = [moment for moment in self._moments[1:] if moment > shown_ms]
        self._go_back_to(newer[-1] if newer else None)

    def action_present(self) -> None:
        """Shows the present again."""
        self._go_back_to(None)

    def _go_back_to(self, moment_ms: int | None) -> None:
        view = self.session.view()
        words = "" if moment_ms is None else time_words(moment_ms, view.now_ms, view.zone)
        self.status.say(f"as the cache knew it at {words}; n goes back to the present" if words else "the present")
        self._change(replace(self._settings, as_of_ms=moment_ms))
        self._tick()

    @property
    def _moments(self) -> tuple[int, ...]:
        return self._shown.moments if self._shown is not None else ()

    def _header_state(self) -> HeaderState:
        view, moment_ms = self.session.view(), self._settings.as_of_ms
        then = "" if moment_ms is None else time_words(moment_ms, view.now_ms, view.zone)
        return super()._header_state()._replace(then=then)

    # What is counted.

    def action_longer_period(self) -> None:
        """Counts a longer time."""
        self._change_period(1)

    def action_shorter_period(self) -> None:
        """Counts a shorter time."""
        self._change_period(-1)

    def _change_period(self, steps: int) -> None:
        if self.question().names_time:
            self.status.say("the filter names its own time; take it out to choose a period here")
            return
        periods = list(Period)
        index = max(0, min(len(periods) - 1, periods.index(self._settings.period) + steps))
        self._change(replace(self._settings, period=periods[index]))

    def action_next_grouping(self) -> None:
        """Groups by the next thing."""
        self._change_grouping(1)

    def action_previous_grouping(self) -> None:
        """Groups by the thing before."""
        self._change_grouping(-1)

    def _change_grouping(self, steps: int) -> None:
        order = GROUPINGS_IN_ORDER
        grouping = order[(order.index(self._settings.grouping) + steps) % len(order)]
        self._change(replace(self._settings, grouping=grouping))

    def _change(self, settings: StatsQuestion) -> None:
        if settings != self._settings:
            self._settings = settings
            self.ask()

    def action_longer_service(self) -> None:
        """Gives more seconds to answer in time."""
        self._change_thresholds(_SERVICE_STEP, 0)

    def action_shorter_service(self) -> None:
        """Gives fewer seconds to answer in time."""
        self._change_thresholds(-_SERVICE_STEP, 0)

    def action_longer_short(self) -> None:
        """Counts longer waits as short abandons."""
        self._change_thresholds(0, 1)

    def action_shorter_short(self) -> None:
        """Counts only shorter waits as short abandons."""
        self._change_thresholds(0, -1)

    def _change_thresholds(self, service: int, short: int) -> None:
        before = self._settings.thresholds
        thresholds = Thresholds(
            max(_SERVICE_STEP, before.service_seconds + service), max(0, before.short_abandon_seconds + short)
        )
        self._change(replace(self._settings, thresholds=thresholds))
        self.status.say(
            f"in time is within {thresholds.service_seconds} s, a short abandon under {thresholds.short_abandon_seconds} s"
        )

    def action_sort_groups(self) -> None:
        """Sorts the table by the next column."""
        self.grid.groups.sort_by_next()

    def action_turn_order(self) -> None:
        """Sorts the table the other way round."""
        self.grid.groups.turn_order()

    def action_next_measure(self) -> None:
        """Shows something else on the map of the week."""
        self.status.say(f"the map of the week shows: {self.grid.week.next_measure()}")

    # Panes.

    @property
    def _room(self) -> Size:
        width, height = self.app.size
        return Size(width, height - _ROWS_AROUND - (height >= SHORT_BELOW_ROWS))

    def reflow(self) -> None:
        """Chooses between columns and tabs."""
        super().reflow()
        self.grid.reflow(self._room)
        self.set_class(self.grid.alone, "-tabs")
        self._show_settings()

    def _go_to(self, pane: Pane) -> None:
        self.grid.go_to(pane, self._room)
        self._show_settings()
        self.show_status()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remembers the pane."""
        if isinstance(event.widget, ListPane | ChartPane) and event.widget is not self.grid.current:
            self._go_to(event.widget)

    @on(ListPane.Chosen)
    @on(ChartPane.Chosen)
    def _chosen(self) -> None:
        if self.grid.lens_open and self.grid.current is self.grid.figures:
            self._explain(self.grid.figures.metric.name)
        self.show_status()

    @on(TabPicked)
    def _tab_picked(self, message: TabPicked) -> None:
        self._go_to(self.grid.in_reach[message.index])

    def action_next_view(self) -> None:
        """Goes to the next pane."""
        self._step(1)

    def action_previous_view(self) -> None:
        """Goes to the pane before."""
        self._step(-1)

    def _step(self, places: int) -> None:
        panes = self.grid.in_reach
        self._go_to(panes[(panes.index(self.grid.current) + places) % len(panes)])

    # What is behind it.

    def action_open(self) -> None:
        """Explains the chosen figure, or goes to the calls behind what is chosen."""
        pane = self.grid.current
        if pane is self.grid.figures:
            self._open_lens(self.grid.figures.metric.name)
        elif pane is self.grid.lens:
            self._follow(self.grid.lens.row_chosen)
        elif (behind := self._calls_behind(pane)) is not None:
            self.apply_filter(behind.text)
        else:
            self.status.say("nothing to open here")

    def _calls_behind(self, pane: Pane) -> Filter | None:
        """The filter of what is chosen in the table, on the map or in the chart of today."""
        grid, question = self.grid, self.question()
        if pane is grid.groups and (group := grid.groups.group) is not None and not group.gap:
            return filter_of_group(question, group.label)
        if pane is grid.week:
            return filter_of_week_hour(question, *grid.week.place)
        if pane is grid.today and grid.today.hours:
            return filter_of_window(question, grid.today.hours[grid.today.index].window)
        return None

    def _open_lens(self, name: str) -> None:
        self._explain(name)
        self.grid.open_lens(self._room)
        self._show_settings()
        self.show_keys()

    def _explain(self, name: str) -> None:
        self._change(replace(self._settings, explained=name))

    def _follow(self, row: LensRow) -> None:
        match row.leads:
            case Leads.METRIC:
                self._explain(row.target)
            case Leads.CALLS:
                self.apply_filter(row.target)
                self.post_message(ActionPicked("show_calls"))

    def leave(self) -> bool:
        """Closes the lens."""
        if not self.grid.close_lens(self._room):
            return False
        self._explain("")
        return True
