"""The call-back list: who rang in vain and has not been reached since, what settled the others, and notes of what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.types import CSSPathType
from textual.widget import Widget

from calls.cache.snapshots import CallBack
from calls.filters.made import calls_with
from tui.actions import Action, Place, actions_of
from tui.bindings import bindings
from tui.exporting import Exportable
from tui.feed import Feed
from tui.lines.bars import Tab
from tui.lines.view import View
from tui.lines.words import grouped, number_words
from tui.messages import TabPicked
from tui.missed_question import MissedList, MissedQuestion, MissedReading, MissedSnapshot
from tui.screens.cache_screen import CacheScreen
from tui.session import Session
from tui.widgets.caller_pane import CallerPane
from tui.widgets.list_pane import ListPane
from tui.widgets.missed_pane import MissedPane
from tui.widgets.prompt_line import PromptLine
from tui.widgets.tab_bar import TabBar

BESIDE_FROM_WIDTH = 110
LONGEST_NOTE = 500
_LISTS = tuple(MissedList)


@dataclass(frozen=True, slots=True)
class _Noted:
    """A caller marked, or to be marked, as dealt with."""

    row: CallBack
    through_ms: int


class MarkTold(Message):
    """What came of writing a note."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


class MissedScreen(CacheScreen):
    """The screen of missed calls."""

    CSS_PATH: ClassVar[CSSPathType | None] = [Path(__file__).with_name(name) for name in ("missed.tcss", "prompt.tcss")]
    PLACE = Place.MISSED
    BINDINGS = bindings(Place.SCREEN, Place.MISSED)

    def __init__(self, session: Session) -> None:
        self._reading = MissedReading()
        super().__init__(session)
        self._shown = MissedList.WAITING
        self._all_days = False
        self._tab_bar = TabBar()
        self.list = MissedPane(session.view())
        self.caller = CallerPane(session.view())
        self.prompt = PromptLine(session.symbols, LONGEST_NOTE)
        self._asked_about: _Noted | None = None
        self._last_noted: _Noted | None = None

    def question(self) -> MissedQuestion:
        """The list shown, and the calls of the caller chosen in it."""
        chosen = self.list.chosen
        caller = chosen.number_key if chosen and self._list_is_current else ""
        return MissedQuestion(self.filter.active, self._shown, self._all_days, caller)

    def read(self, feed: Feed, question: Any, now_ms: int) -> MissedSnapshot:  # type: ignore[override]
        """The answer; remembers the lists between two callers."""
        return self._reading.read(feed, question, now_ms)

    @property
    def _list_is_current(self) -> bool:
        return self.snapshot is not None and self.snapshot.shown is self._shown

    def body(self) -> Iterable[Widget]:
        """The tabs, the list, and the caller's calls beside it or in its place."""
        yield self._tab_bar
        yield Horizontal(self.list, self.caller, id="missed-panes")

    def compose(self) -> ComposeResult:
        """The screen, and over its status line the line that asks for a note."""
        yield from super().compose()
        yield self.prompt

    async def show_snapshot(self, snapshot: MissedSnapshot) -> None:
        """Shows the list and the caller's calls."""
        self.list.show_snapshot(snapshot, not self.filter.active.everything, self.session.view())
        self._show_caller()
        self._show_tabs()

    def _show_caller(self) -> None:
        chosen = self.list.chosen
        known = chosen is not None and self.snapshot.caller == chosen.number_key
        self.caller.show_caller(chosen, self.snapshot.calls if known else None, self.session.view())
        if chosen is not None and not known and not self.asking:
            self.ask()

    def home(self) -> Widget:
        """The list, or the caller's calls where they are alone."""
        return self.caller if self.has_class("-caller") else self.list

    def tick(self, view: View) -> None:
        """Draws the ages."""
        self.list.tick(view)
        self.caller.tick(view)

    def detail(self) -> str:
        """The chosen caller or call, once the person has chosen one."""
        pane = self._pane
        return pane.detail() if pane.cursor.pinned else ""

    def copied(self) -> tuple[str, str]:
        """The caller's number."""
        number = self._pane.number() or self.list.number()
        return number, number_words(number)

    def exported(self) -> Exportable:
        """The list shown."""
        from tui.missed_export import missed_export

        return missed_export(self.question(), self.session.clock.now_ms())

    @property
    def _pane(self) -> ListPane:
        return self.caller if self.caller.has_focus else self.list

    # Lists and panes.

    def reflow(self) -> None:
        """Puts the caller's calls beside the list, or in its place."""
        super().reflow()
        self.set_class(self.app.size.width < BESIDE_FROM_WIDTH, "-alone")
        self._show_tabs()

    def _show_tabs(self) -> None:
        snapshot: MissedSnapshot | None = self.snapshot
        counts: dict[MissedList, int] = {}
        if snapshot is not None:
            counts = {MissedList.WAITING: len(snapshot.waiting), MissedList.WITHHELD: snapshot.withheld.calls}
        words = {each: f"{each.value} {grouped(counts[each])}" if each in counts else each.value for each in _LISTS}
        self._tab_bar.show([Tab(words[each], words[each], None, each is self._shown) for each in _LISTS])

    def _go_to_list(self, wanted: MissedList) -> None:
        self._leave_caller()
        if wanted is not self._shown:
            self._shown = wanted
            self._show_tabs()
            self.ask()

    @on(TabPicked)
    def _tab_picked(self, message: TabPicked) -> None:
        self._go_to_list(_LISTS[message.index])

    def action_next_misses(self) -> None:
        """Goes to the next list."""
        self._go_to_list(_LISTS[(_LISTS.index(self._shown) + 1) % len(_LISTS)])

    def action_previous_misses(self) -> None:
        """Goes to the list before."""
        self._go_to_list(_LISTS[_LISTS.index(self._shown) - 1])

    def action_older_misses(self) -> None:
        """Shows missed calls of all days, or of the last ones."""
        if self.snapshot is not None and self.snapshot.ranged:
            self.status.say("the filter says which days; clear it with esc to choose here")
            return
        self._all_days = not self._all_days
        self.ask()

    @on(ListPane.Chosen)
    def _chosen(self) -> None:
        if self.snapshot is not None and self.list.has_focus:
            self._show_caller()
        self.show_status()

    def action_open_caller(self) -> None:
        """Goes to the caller's calls."""
        if self.list.chosen is None:
            self.status.say("no caller is chosen")
            return
        self.add_class("-caller")
        self.set_focus(self.caller, scroll_visible=False)
        self.show_keys()

    def leave(self) -> bool:
        """Goes back to the list."""
        return self._leave_caller()

    def _leave_caller(self) -> bool:
        opened = self.has_class("-caller") or self.caller.has_focus
        self.remove_class("-caller")
        if self.caller.has_focus:
            self.set_focus(self.list, scroll_visible=False)
        return opened

    def action_filter_caller(self) -> None:
        """Filters on the caller's number, besides what is filtered already."""
        chosen = self.list.chosen
        if chosen is None:
            self.status.say("no caller is chosen")
            return
        wanted = self.filter.active.without(("number", "caller")).narrowed(calls_with(chosen.number_key))
        self.apply_filter(wanted.text)

    # Notes.

    def action_mark_done(self) -> None:
        """Asks for a note, and marks the chosen caller as dealt with."""
        chosen = self.list.chosen
        if self.session.marker is None:
            self.status.say("this window only reads the cache: nothing is noted from here")
        elif chosen is None or self._shown is not MissedList.WAITING:
            self.status.say("choose somebody who waits to be called back first")
        else:
            # What comes in while the note is typed is not dealt with yet.
            self._asked_about = _Noted(chosen, chosen.last_missed_ms)
            self.prompt.ask("note", f"{number_words(chosen.caller)} dealt with; a note for the others:")

    @on(PromptLine.Answered)
    def _noted(self, message: PromptLine.Answered) -> None:
        asked, marker = self._asked_about, self.session.marker
        if asked is None or marker is None:
            return
        name = number_words(asked.row.caller)
        self._last_noted = asked
        done = f"{name} is dealt with; D takes that back"
        marker.mark(asked.row.number_key, asked.through_ms, message.text, self._teller(done))

    @on(PromptLine.Closed)
    def _prompt_closed(self) -> None:
        self.set_focus(self.home(), scroll_visible=False)

    def action_unmark_done(self) -> None:
        """Takes back the note about the chosen caller, else the last one."""
        marker, noted = self.session.marker, self._chosen_note() or self._last_noted
        if marker is None:
            self.status.say("this window only reads the cache: nothing is noted from here")
        elif noted is None:
            self.status.say("no note to take back: choose one among the settled")
        else:
            self._last_noted = None
            words = f"{number_words(noted.row.caller)} waits to be called back again"
            marker.unmark(noted.row.number_key, noted.through_ms, self._teller(words))

    def _chosen_note(self) -> _Noted | None:
        if self._shown is not MissedList.SETTLED or not self._list_is_current or self.list.chosen is None:
            return None
        one = self.snapshot.settled[self.list.cursor.index]
        return _Noted(one.missed, one.missed.last_missed_ms) if one.mark else None

    def _teller(self, words: str) -> Any:
        def told(calls: int, trouble: str) -> None:
            if trouble:
                said = f"not written: {trouble}"
            else:
                said = words if calls else "nothing was written: the calls are no longer kept"
            self.post_message(MarkTold(said))

        return told

    @on(MarkTold)
    def _mark_told(self, message: MarkTold) -> None:
        self.status.say(message.words)
        self.ask()

    # Keys.

    def typing_place(self) -> Place | None:
        """The filter bar, or the line for a note."""
        return Place.PROMPT if self.prompt.input.has_focus else super().typing_place()

    def own_keys(self) -> list[Action]:
        """What can be done in the list shown."""
        without = {"mark_done"} if self._shown is not MissedList.WAITING else set()
        return [action for action in actions_of(Place.MISSED) if action.footer and action.name not in without]
