"""The providers: how each does and what to do, what the cache holds of it, what was asked, and loading its past."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.types import CSSPathType
from textual.widget import Widget

from tui.actions import Place
from tui.bindings import bindings
from tui.feed import Feed
from tui.lines.bars import Tab
from tui.lines.providers import ProviderFacts, what_to_do
from tui.lines.view import View
from tui.lines.words import counted, grouped
from tui.messages import TabPicked
from tui.provider_question import ProvidersQuestion, ProvidersReading, ProvidersSnapshot
from tui.screens.cache_screen import CacheScreen
from tui.session import Session
from tui.widgets.list_pane import ListPane
from tui.widgets.prompt_line import PromptLine
from tui.widgets.provider_details import AnswersPane, CalendarPane, FactsPane, Part, ProvidersTable
from tui.widgets.tab_bar import TabBar

BESIDE_FROM_WIDTH = 110
USUAL_DAYS = 92
MOST_DAYS = 3_660
_BESIDE = (Part.REQUESTS, Part.UNREADABLE, Part.NOTICES)


class ProvidersScreen(CacheScreen):
    """The screen of providers."""

    CSS_PATH: ClassVar[CSSPathType | None] = [Path(__file__).with_name(name) for name in ("providers.tcss", "prompt.tcss")]
    PLACE = Place.PROVIDERS
    FILTERED = False
    BINDINGS = bindings(Place.SCREEN, Place.PROVIDERS)

    def __init__(self, session: Session) -> None:
        self._reading = ProvidersReading()
        super().__init__(session)
        view = session.view()
        self._tab_bar = TabBar()
        self._part = Part.STATE
        self.table = ProvidersTable(view)
        self.facts_pane = FactsPane(view)
        self.calendar = CalendarPane(view)
        self.answers = AnswersPane(view)
        self.prompt = PromptLine(session.symbols, len(str(MOST_DAYS)))

    def question(self) -> ProvidersQuestion:
        """The provider chosen."""
        return ProvidersQuestion(self.table.chosen.name if self.table.chosen else "")

    def read(self, feed: Feed, question: Any, now_ms: int) -> ProvidersSnapshot:  # type: ignore[override]
        """The answer; counts once what is held."""
        return self._reading.read(feed, question, now_ms)

    def body(self) -> Iterable[Widget]:
        """The table, and below it what is told of one provider."""
        yield self.table
        yield self._tab_bar
        yield Horizontal(Vertical(self.facts_pane, self.calendar, id="provider-left"), self.answers, id="provider-parts")

    def compose(self) -> ComposeResult:
        """The screen, and over its status line the line that asks for days."""
        yield from super().compose()
        yield self.prompt

    async def show_snapshot(self, snapshot: ProvidersSnapshot) -> None:
        """Shows it everywhere."""
        self._show_parts(self.session.view())

    def _facts(self) -> list[ProviderFacts]:
        snapshot: ProvidersSnapshot | None = self.snapshot
        if snapshot is None:
            return []
        poller = self.session.poller
        fillings = {one.provider: one for one in poller.fillings()} if poller else {}
        return [
            ProviderFacts(
                standing,
                holding,
                fillings.get(holding.source.name),
                poller is not None,
                snapshot.silence_of(holding.source.name),
            )
            for holding in snapshot.holdings
            if (standing := snapshot.standing_of(holding.source.name)) is not None
        ]

    def _show_parts(self, view: View) -> None:
        snapshot: ProvidersSnapshot | None = self.snapshot
        if snapshot is None:
            return
        self.table.show_facts(self._facts(), view)
        chosen = self.table.chosen
        known = chosen is None or snapshot.chosen == chosen.name
        for pane in (self.facts_pane, self.calendar):
            pane.show(chosen, snapshot.notices if known else (), view)
        self.answers.show_snapshot(snapshot if known else None, self._answers_part, view)
        self._show_tabs()
        if not known and not self.asking:
            self.ask()

    def home(self) -> Widget:
        """The table."""
        return self.table

    def tick(self, view: View) -> None:
        """Draws countdowns, and how far loading the past is."""
        if not self.paused:
            self._show_parts(view)

    def detail(self) -> str:
        """The chosen row."""
        if self.answers.has_focus:
            return self.answers.detail()
        return self.table.detail()

    def copied(self) -> tuple[str, str]:
        """The chosen row, or what is wrong with the chosen provider."""
        if self.answers.has_focus:
            return self.answers.detail(), f"the {'row' if self._answers_part is Part.UNREADABLE else 'line'}"
        chosen = self.table.chosen
        words = what_to_do(chosen, self.session.view()) if chosen else ""
        return (f"{chosen.name}: {words}" if chosen and words else "", "what is wrong")

    # Parts.

    @property
    def _beside(self) -> bool:
        return self.app.size.width >= BESIDE_FROM_WIDTH

    @property
    def _parts(self) -> tuple[Part, ...]:
        return _BESIDE if self._beside else tuple(Part)

    @property
    def _current_part(self) -> Part:
        return self._part if self._part in self._parts else self._parts[0]

    @property
    def _answers_part(self) -> Part:
        return self._current_part if self._current_part in _BESIDE else Part.REQUESTS

    def reflow(self) -> None:
        """Puts the parts beside each other, or one at a time behind tabs."""
        super().reflow()
        part = self._current_part
        self.set_class(self._beside, "-beside")
        for each in (Part.STATE, Part.COVERAGE):
            self.set_class(not self._beside and part is each, f"-{each.value}")
        self.set_class(not self._beside and part in _BESIDE, "-answers")
        self.table.styles.height = self._table_height()
        self._show_tabs()

    def _table_height(self) -> int:
        rows = len(self.snapshot.holdings) if self.snapshot else 1
        return max(4, min(rows + 3, self.app.size.height // 2))

    def _show_tabs(self) -> None:
        snapshot: ProvidersSnapshot | None = self.snapshot
        counts = {Part.UNREADABLE: len(snapshot.rejected), Part.NOTICES: len(snapshot.notices)} if snapshot else {}
        words = {each: f"{each.value} {grouped(counts[each])}" if counts.get(each) else each.value for each in Part}
        self._tab_bar.show([Tab(words[each], words[each], None, each is self._current_part) for each in self._parts])

    def _go_to(self, part: Part) -> None:
        self._part = part
        self.reflow()
        self._show_parts(self.session.view())
        if part not in _BESIDE and self.answers.has_focus:
            self.set_focus(self.table, scroll_visible=False)

    @on(TabPicked)
    def _tab_picked(self, message: TabPicked) -> None:
        self._go_to(self._parts[message.index])

    def action_next_part(self) -> None:
        """Goes to the next part."""
        parts = self._parts
        self._go_to(parts[(parts.index(self._current_part) + 1) % len(parts)])

    def action_previous_part(self) -> None:
        """Goes to the part before."""
        self._go_to(self._parts[self._parts.index(self._current_part) - 1])

    @on(ListPane.Chosen)
    def _chosen(self) -> None:
        if self.table.has_focus:
            self._show_parts(self.session.view())
        self.show_status()

    def action_open_answers(self) -> None:
        """Goes to the list of answers, to read on in it."""
        if self._current_part not in _BESIDE:
            self._go_to(Part.REQUESTS)
        self.set_focus(self.answers, scroll_visible=False)
        self.show_keys()

    def leave(self) -> bool:
        """Goes back to the table."""
        opened = self.answers.has_focus
        if opened:
            self.set_focus(self.table, scroll_visible=False)
        return opened

    # The past.

    def _steered(self) -> ProviderFacts | None:
        """The provider whose past can be steered from here; says why when there is none."""
        chosen = self.table.chosen
        if self.session.poller is None:
            self.status.say("this window only reads the cache: the past is loaded elsewhere")
        elif chosen is None:
            self.status.say("no provider is chosen")
        elif chosen.filling is None:
            self.status.say(self.session.poller.trouble or f"{chosen.name} is not polled by this window")
        else:
            return chosen
        return None

    def action_load_past(self) -> None:
        """Asks how many days of the past to load."""
        chosen = self._steered()
        if chosen is not None:
            self.prompt.ask(chosen.name, f"Load how many days of the past of {chosen.name}?", str(USUAL_DAYS))

    @on(PromptLine.Answered)
    def _days_given(self, message: PromptLine.Answered) -> None:
        poller, text = self.session.poller, message.text
        if poller is None:
            return
        if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_DAYS):
            self.status.say(f"a number of days from 1 to {grouped(MOST_DAYS)}, please; nothing was changed")
        else:
            self.status.say(poller.load_past(message.name, int(text)))

    @on(PromptLine.Closed)
    def _prompt_closed(self) -> None:
        self.set_focus(self.table, scroll_visible=False)

    def action_hold_past(self) -> None:
        """Holds back loading the past, or goes on with it."""
        chosen, poller = self._steered(), self.session.poller
        if chosen is None or chosen.filling is None or poller is None:
            return
        held = chosen.filling.state == "paused"
        poller.hold_past(chosen.name, not held)
        goes_on = f"loading the past of {chosen.name} goes on"
        self.status.say(goes_on if held else f"the past of {chosen.name} is held back; w goes on with it")

    def action_cancel_past(self) -> None:
        """Loads no more of the past; what came is kept."""
        chosen, poller = self._steered(), self.session.poller
        if chosen is None or chosen.filling is None or poller is None:
            return
        if not chosen.filling.left:
            self.status.say(f"nothing of the past of {chosen.name} is left to load; b reaches further back")
            return
        poller.cancel_past(chosen.name)
        left = counted(chosen.filling.left, "stretch", "stretches")
        self.status.say(f"{left} of {chosen.name} not loaded; what came is kept, b loads again")

    def typing_place(self) -> Place | None:
        """The line for days."""
        return Place.PROMPT if self.prompt.input.has_focus else super().typing_place()
