"""The parts of the screen of providers: the table of all, the facts and the calendar of one, and its answers."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from calls.cache.notices import Notice
from calls.times import SECOND_MS
from tui.lines.answers import (
    notice_detail,
    notice_lines,
    notice_spans,
    rejected_spans,
    request_detail,
    request_header,
    request_spans,
    request_time,
)
from tui.lines.calendar import calendar_lines
from tui.lines.line import Line, Role, Span
from tui.lines.providers import ProviderFacts, cached_words, fact_lines, table_columns, table_header, table_spans, what_to_do
from tui.lines.view import View
from tui.lines.words import grouped
from tui.provider_question import ProvidersSnapshot
from tui.widgets.framed import Framed
from tui.widgets.list_pane import ListPane

_COUNTDOWN_STEP_MS = 5 * SECOND_MS


class Part(StrEnum):
    """What is told of the chosen provider. The value is the name on the tab."""

    STATE = "state"
    COVERAGE = "coverage"
    REQUESTS = "requests"
    UNREADABLE = "unreadable"
    NOTICES = "notices"


class ProvidersTable(ListPane):
    """All providers, a line each."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="providers-table")
        self.facts: tuple[ProviderFacts, ...] | None = None

    @property
    def label(self) -> str:
        """What is listed."""
        return "providers"

    @property
    def chosen(self) -> ProviderFacts | None:
        """The provider chosen."""
        return self.facts[self.cursor.index] if self.facts and self.cursor.index < len(self.facts) else None

    def show_facts(self, facts: Sequence[ProviderFacts], view: View) -> None:
        """Takes new data."""
        self.facts = tuple(facts)
        self.cursor.update([one.name for one in facts])
        self.show(view)

    def stamp(self) -> object:
        """Countdowns run here."""
        return self.view.now_ms // _COUNTDOWN_STEP_MS

    def title(self) -> Sequence[Span]:
        """How many there are."""
        count = f" {grouped(len(self.facts))}" if self.facts else ""
        return (Span("providers", Role.STRONG), Span(count, Role.DIM))

    def head(self, width: int, height: int) -> Sequence[Line]:
        """Nothing."""
        return ()

    def has_header(self, width: int) -> bool:
        """Always."""
        return bool(self.facts)

    def header(self, width: int) -> Line:
        """The names of the columns."""
        return table_header(table_columns(width))

    def row(self, index: int, width: int) -> Sequence[Span]:
        """A provider."""
        assert self.facts is not None
        return table_spans(self.facts[index], table_columns(width), self.view)

    def empty_words(self) -> str:
        """Why there are no rows."""
        return "no provider is known yet: configure one, then press r" if self.facts is not None else ""

    def detail(self) -> str:
        """What is wrong with the chosen one, and what to do."""
        return what_to_do(self.chosen, self.view) if self.chosen else ""


class FactsPane(Framed):
    """Everything about one provider."""

    def __init__(self, view: View, *, id: str = "provider-facts") -> None:  # noqa: A002 - Textual's own term
        super().__init__(view, id=id)
        self.facts: ProviderFacts | None = None
        self.notices: tuple[Notice, ...] = ()

    def show(self, facts: ProviderFacts | None, notices: tuple[Notice, ...], view: View) -> None:
        """Shows another provider or another moment."""
        self.facts, self.notices, self.view = facts, notices, view
        self.redraw()

    def title(self) -> Sequence[Span]:
        """Which provider, and what it is."""
        if self.facts is None:
            return (Span("state", Role.DIM),)
        source = self.facts.standing.source
        return (Span(source.name, Role.STRONG), Span(f" {source.kind} {self.view.symbols.dot} {source.timezone}", Role.DIM))

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The facts, and the newest notices as far as there is room."""
        if self.facts is None:
            return ()
        lines = fact_lines(self.facts, width, self.view)
        if self.notices and height > len(lines) + 2:
            lines += [Line(), *notice_lines(self.notices, width, self.view)]
        return lines


class CalendarPane(FactsPane):
    """Which days of one provider the cache holds."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="provider-calendar")

    def title(self) -> Sequence[Span]:
        """From when to when."""
        words = f" {cached_words(self.facts.holding, self.view)}" if self.facts else ""
        return (Span("coverage", Role.STRONG), Span(words, Role.DIM))

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The days."""
        return calendar_lines(self.facts.holding, width, height, self.view) if self.facts else ()


class AnswersPane(ListPane):
    """The requests to the chosen provider, the rows that could not be read, or the notices about it."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="provider-answers")
        self.part = Part.REQUESTS
        self.snapshot: ProvidersSnapshot | None = None
        self._times = 0

    @property
    def label(self) -> str:
        """What is listed."""
        return self.part.value

    def show_snapshot(self, snapshot: ProvidersSnapshot | None, part: Part, view: View) -> None:
        """Takes new data; another list or another provider begins at its top."""
        before = (self.part, self.snapshot.chosen if self.snapshot else "")
        self.snapshot, self.part = snapshot, part
        if snapshot is None or before != (part, snapshot.chosen):
            self.cursor.to_newest()
        self.cursor.update(self._keys())
        self.show(view)

    def _keys(self) -> list[str]:
        if self.snapshot is None:
            return []
        if self.part is Part.UNREADABLE:
            return [f"{row.first_seen_ms} {row.payload}" for row in self.snapshot.rejected]
        if self.part is Part.NOTICES:
            return [notice.text for notice in self.snapshot.notices]
        return [f"{trace.at_ms} {trace.method} {trace.path} {index}" for index, trace in enumerate(self.snapshot.requests)]

    def title(self) -> Sequence[Span]:
        """What is listed, of whom."""
        name = {Part.UNREADABLE: "rows nobody could read", Part.NOTICES: "notices"}.get(self.part, "requests")
        chosen = self.snapshot.chosen if self.snapshot else ""
        return (Span(name, Role.STRONG), Span(f" {grouped(len(self.cursor.keys))} {self.view.symbols.dot} {chosen}", Role.DIM))

    def head(self, width: int, height: int) -> Sequence[Line]:
        """Nothing: the rows speak for themselves."""
        return ()

    def has_header(self, width: int) -> bool:
        """Requests have columns."""
        return self.part not in (Part.UNREADABLE, Part.NOTICES) and bool(self.cursor.keys)

    def prepare(self, shown: range, width: int) -> None:
        """Chooses the width of the time column."""
        traces = self.snapshot.requests if self.snapshot else ()
        self._times = max((len(request_time(trace, self.view)) for trace in traces), default=0)

    def header(self, width: int) -> Line:
        """The names of the columns."""
        return request_header(self._times, width)

    def row(self, index: int, width: int) -> Sequence[Span]:
        """One of them."""
        assert self.snapshot is not None
        if self.part is Part.UNREADABLE:
            return rejected_spans(self.snapshot.rejected[index], width, self.view)
        if self.part is Part.NOTICES:
            return notice_spans(self.snapshot.notices[index], width, self.view)
        return request_spans(self.snapshot.requests[index], self._times, width, self.view)

    def empty_words(self) -> str:
        """Why there are no rows."""
        if self.snapshot is None:
            return ""
        return {
            Part.UNREADABLE: "every row could be read",
            Part.NOTICES: "nothing is to be said about its answers",
        }.get(self.part, "nothing was asked yet")

    def detail(self) -> str:
        """The chosen row in full."""
        if self.snapshot is None or not self.cursor.keys:
            return ""
        index = self.cursor.index
        if self.part is Part.UNREADABLE:
            row = self.snapshot.rejected[index]
            return f"{row.reason}: {row.payload}"
        if self.part is Part.NOTICES:
            return notice_detail(self.snapshot.notices[index], self.view)
        return request_detail(self.snapshot.requests[index], self.view)
