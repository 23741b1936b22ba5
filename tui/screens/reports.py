"""The Reports screen: statistics that the providers make themselves, ordered, changed, taken back and saved as files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual import on
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from calls.cache.snapshots import Standing
from calls.files import safe_name
from calls.filters import Filter
from tui.actions import Action, Place
from tui.bindings import bindings
from tui.desk import DeskError, FileRow, OrderRow, ReportDesk, ReportLists, Values
from tui.feed import Feed, NothingCached
from tui.forms import FormField
from tui.lines.reports import size_words
from tui.reports.shared_fields import path_field, place, with_provider
from tui.screens.cache_screen import CacheScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.form import FormScreen
from tui.session import Session
from tui.widgets.list_pane import ListPane
from tui.widgets.report_panes import FilesPane, OrdersPane

ASKING = "asking"
READING_ONLY = "this window only reads the cache: reports are asked for from a calltop that polls"
NO_PROVIDER = "reports are PortSIP's and Telecom X's, and neither is configured"
NO_ORDERS = "only PortSIP makes reports to order, and none is configured; w asks Telecom X for a statement"
_SIDE_BY_SIDE_FROM = 140


@dataclass(frozen=True, slots=True)
class ReportsSnapshot:
    """All that the cache tells this screen: how the providers stand."""

    standing: Standing


class Received(Message):
    """So much of a file has come."""

    def __init__(self, name: str, received: int, expected: int | None) -> None:
        super().__init__()
        self.name = name
        self.received = received
        self.expected = expected

    def can_replace(self, message: Message) -> bool:
        """A newer count makes a waiting one needless."""
        return isinstance(message, Received)


class ReportsScreen(CacheScreen):
    """Two lists: what is ordered, and the files that are done."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    PLACE = Place.REPORTS
    FILTERED = False
    BINDINGS = bindings(Place.SCREEN, Place.REPORTS)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.desk = session.open_desk() if session.open_desk is not None else None
        self.orders = OrdersPane(session.view(), "orders")
        self.files = FilesPane(session.view(), "report-files")
        self._lists = ReportLists()
        self._asked = self._waiting = False

    def question(self) -> Filter:
        """How the providers stand towards everything."""
        return Filter()

    @staticmethod
    def read(feed: Feed, question: Filter, now_ms: int) -> ReportsSnapshot:
        """How the providers stand."""
        try:
            return ReportsSnapshot(feed.read(lambda reader: reader.standing(question, now_ms)))
        except NothingCached:
            return ReportsSnapshot(Standing())

    def body(self) -> Iterable[Widget]:
        """Both lists."""
        yield Container(self.orders, self.files, id="report-lists")

    def home(self) -> Widget:
        """The list the person is in."""
        return self.files if self.files.has_focus else self.orders

    async def show_snapshot(self, snapshot: ReportsSnapshot) -> None:
        """Asks for the lists as soon as the providers are known."""
        desk = self.desk
        if desk is None or self._asked or not (desk.report_providers() or desk.statement_providers()):
            self._show_lists(self._waiting_words(desk))
        else:
            self._asked = True
            self._refresh()

    def reflow(self) -> None:
        """Side by side where there is room."""
        super().reflow()
        self.set_class(self.app.size.width >= _SIDE_BY_SIDE_FROM, "-side")

    def detail(self) -> str:
        """The chosen row."""
        pane = self._pane
        return pane.detail() if pane.cursor.pinned else ""

    def copied(self) -> tuple[str, str]:
        """The chosen row's id, by which `calltop reports` knows it."""
        chosen = self._pane.chosen
        return (chosen.id, f"the id {chosen.id}") if chosen else ("", "")

    @property
    def _pane(self) -> OrdersPane | FilesPane:
        return self.files if self.files.has_focus else self.orders

    @on(ListPane.Chosen)
    def _chosen(self) -> None:
        self.show_status()

    def _waiting_words(self, desk: ReportDesk | None) -> str:
        if desk is None:
            return READING_ONLY
        if self._asked:
            return ""
        if self.session.poller is not None and self.session.poller.trouble:
            return self.session.poller.trouble
        known = self.snapshot.standing.providers
        kinds = {one.source.kind for one in known}
        return NO_PROVIDER if known and not kinds & {"portsip", "telecomx"} else "waiting for the providers"

    # The lists.

    def action_poll_now(self) -> None:
        """Asks for the lists again."""
        if self.desk is None:
            self.status.say(READING_ONLY)
        else:
            self._refresh()

    def _refresh(self) -> None:
        desk = self.desk
        assert desk is not None
        if not desk.report_providers():
            self._show_lists(NO_ORDERS if desk.statement_providers() else NO_PROVIDER)
            return
        self._show_lists(f"{ASKING} {', '.join(desk.report_providers())}")
        self._waiting = True
        self._do(self._ask(desk), "lists")

    async def _ask(self, desk: ReportDesk) -> None:
        try:
            self._lists = await desk.lists()
        finally:
            self._waiting = False
        self._show_lists("")

    @property
    def asking(self) -> bool:
        """Whether an answer of the cache or of a provider is still to come."""
        return super().asking or self._waiting

    def _show_lists(self, note: str) -> None:
        wrong = "; ".join(self._lists.errors.values())
        view = self.session.view()
        empty = ("nothing is ordered; n orders a report", "no file is done") if self._asked else ("", "")
        self.orders.show_rows(self._lists.orders, note or wrong, empty[0], view)
        self.files.show_rows(self._lists.files, note or wrong, empty[1], view)
        self.show_status()

    def _do(self, work: Coroutine[Any, Any, None], group: str) -> None:
        """Does something at the desk without holding up the screen; what goes wrong is said in the status line."""

        async def guarded() -> None:
            try:
                await work
            except DeskError as error:
                self.status.say(str(error))

        self.run_worker(guarded(), name=group, group=group, description=group, exclusive=True, exit_on_error=False)

    # What the person does.

    def action_next_list(self) -> None:
        """Goes to the other list."""
        self.set_focus(self.orders if self.files.has_focus else self.files)
        self.show_keys()

    def action_new_report(self) -> None:
        """Orders a report."""
        desk = self._desk_for(lambda desk: desk.report_providers(), NO_ORDERS)
        if desk is None:
            return
        names = desk.report_providers()

        async def send(values: Values) -> Mapping[str, str]:
            return await _told(desk.create(values.get("provider", names[0]), values))

        title = f"Order a report at {names[0]}" if len(names) == 1 else "Order a report"
        fields = with_provider(desk.order_fields, names)
        self._fill_in(title, fields, send, "ordered; the PBX sends a mail when it is done")

    def action_open_report(self) -> None:
        """Changes the chosen order, or saves the chosen file."""
        if self.files.has_focus:
            self.action_save_file()
        elif (desk := self.desk) is not None and (row := self.orders.chosen) is not None:
            self._do(self._change(desk, row), "change")

    async def _change(self, desk: ReportDesk, row: OrderRow) -> None:
        self.status.say(f"asking {row.provider} for the order")
        fields = await desk.change_fields(row)
        before = {field.name: field.first_value for field in fields({})}
        self.status.hush()

        async def send(values: Values) -> Mapping[str, str]:
            return await _told(desk.change(row, before, values))

        self._fill_in(f"Change {row.name} at {row.provider}", fields, send, f"{row.name} is changed")

    def action_destroy_report(self) -> None:
        """Takes the chosen order back, or removes the chosen file, after a question."""
        desk, row = self.desk, self._pane.chosen
        if desk is None or row is None:
            self.status.say("choose an order or a file first")
            return
        what = "order" if isinstance(row, OrderRow) else "file"

        def answered(sure: bool | None) -> None:
            if sure:
                self._do(self._destroy(desk, row, what), "destroy")

        question = f"The {what} {row.name!r} at {row.provider} will be gone for everybody. Go on?"
        self.app.push_screen(ConfirmScreen(question), answered)

    async def _destroy(self, desk: ReportDesk, row: OrderRow | FileRow, what: str) -> None:
        await desk.destroy(row)
        self.status.say(f"the {what} {row.name} is gone")
        await self._ask(desk)

    def action_save_file(self) -> None:
        """Saves the chosen file."""
        desk, row = self.desk, self.files.chosen
        if desk is None or row is None:
            self.status.say("no file is done yet: choose one of the files first")
            return

        def received(count: int, expected: int | None) -> None:
            self.post_message(Received(row.name, count, expected))

        async def send(values: Values) -> Mapping[str, str]:
            return await self._saved(values["path"], lambda path: desk.download(row, path, received))

        default = Path.cwd() / safe_name(row.file_name, f"report-{row.id}")
        self._fill_in(f"Save {row.name}", lambda _values: (path_field(default),), send, "")

    def action_save_statement(self) -> None:
        """Asks Telecom X for its statistics as a file."""
        desk = self._desk_for(lambda desk: desk.statement_providers(), "statements are Telecom X's, and none is configured")
        if desk is None:
            return
        names = desk.statement_providers()
        path = path_field(Path.cwd() / "statement.csv")

        async def send(values: Values) -> Mapping[str, str]:
            provider = values.get("provider", names[0])
            return await self._saved(values["path"], lambda path: desk.statement(provider, values, path))

        fields = with_provider(lambda values: (*desk.statement_fields(values), path), names)
        self._fill_in("Save a statement of Telecom X", fields, send, "")

    async def _saved(self, text: str, save: Callable[[Path], Awaitable[int]]) -> Mapping[str, str]:
        path, wrong = place(text)
        if wrong:
            return {"path": wrong}
        size = 0

        async def do() -> None:
            nonlocal size
            size = await save(path)

        wrong_values = await _told(do())
        if not wrong_values:
            self.status.say(f"{size_words(size)} in {path}")
        return wrong_values

    @on(Received)
    def _received(self, message: Received) -> None:
        share = f" of {size_words(message.expected)}" if message.expected else ""
        self.status.say(f"{message.name}: {size_words(message.received)}{share}")

    def _desk_for(self, names: Callable[[ReportDesk], Sequence[str]], words: str) -> ReportDesk | None:
        desk = self.desk
        if desk is None:
            self.status.say(READING_ONLY)
        elif not names(desk):
            self.status.say(words)
        else:
            return desk
        return None

    def _fill_in(
        self,
        title: str,
        fields: Callable[[Values], Sequence[FormField]],
        send: Callable[[Values], Awaitable[Mapping[str, str]]],
        done: str,
    ) -> None:
        def ended(values: Values | None) -> None:
            if values is not None:
                if done:
                    self.status.say(done)
                    self._refresh()
                self.show_keys()

        self.app.push_screen(FormScreen(title, fields, self.session.symbols, send), ended)

    def own_keys(self) -> list[Action]:
        """What enter does depends on the list."""
        label = "save" if self.files.has_focus else "change"
        return [action._replace(label=label) if action.name == "open_report" else action for action in super().own_keys()]


async def _told(work: Awaitable[object]) -> Mapping[str, str]:
    """Does something for a form: what is wrong, by field and under "" for the whole; empty when it was done."""
    try:
        await work
    except DeskError as error:
        return {"": str(error), **error.fields}
    return {}
