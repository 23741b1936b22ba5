"""A filter as requests to the lists, and the whole calls that the answers lead to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from calls.filters import Filter, FilterContext
from calls.model import Source, Window
from providers.base import Page
from providers.plan import How, Plan, PlannedRequest, asked_window, translated
from providers.portsip.notices import NO_CALL_LOGS
from providers.portsip.odata import compare
from providers.portsip.pages import LEG_KEY, SESSION_KEY, PageReader
from providers.portsip.paging import EVERYTHING, ListReader, Narrowing, NoSuchList
from providers.portsip.rows import Row
from providers.portsip.vocabulary import FILTER, JOINED, LEGS_FILTER, LEGS_SEARCH, SEARCH, TIME, Branch, Vocabulary

SESSIONS_PATH, LEGS_PATH = "/cdrs", "/calllogs"
LEG_MARGIN_MS = 60_000
LONGEST_CALL_MS = 24 * 3600 * 1000
IDS_PER_REQUEST = 15
_Item = TypeVar("_Item")
AFTERWARDS = "further pages by start time, then the call logs of the sessions found"
AFTERWARDS_OF_LEGS = "further pages by start time, the sessions of the call logs found, then all call logs of the sessions"


def plan_of(wanted: Filter, context: FilterContext, source: Source, history_days: int, keeps_user_data: bool) -> Plan:
    """What the lists are asked for a filter."""
    window = asked_window(wanted, context, source, history_days)
    words = Vocabulary(source, context.now_ms, window, keeps_user_data)
    reading = translated(wanted, context, source, words.translate, joined=JOINED)
    if not reading.parameters:
        window = Window(window.start_ms, window.start_ms)
    requests = () if window.empty else tuple(_requests(reading.parameters, window))
    by_legs = any(request.path == LEGS_PATH for request in requests)
    clauses = tuple(
        # A session found through its call logs is read without the other conditions.
        replace(clause, how=How.NARROWED, why="sessions are also found through their call logs, and checked here")
        if by_legs and clause.how is How.SENT and FILTER in clause.sent
        else replace(clause, sent=clause.sent.replace(f"{TIME}={TIME}", f"{FILTER}={TIME}", 1))
        for clause in reading.clauses
    )
    afterwards = (AFTERWARDS_OF_LEGS if by_legs else AFTERWARDS) if requests else ""
    return Plan(source.name, source.kind, window, clauses, requests, afterwards)


def _requests(branches: Sequence[Branch], window: Window) -> list[PlannedRequest]:
    """One request for all conditions on sessions, and one for each search and for each condition on call logs."""
    by_search: dict[tuple[str, str], list[str]] = {}
    for branch in branches:
        if LEGS_FILTER in branch or LEGS_SEARCH in branch:
            question, condition = (LEGS_PATH, branch.get(LEGS_SEARCH, "")), branch.get(LEGS_FILTER, "")
        else:
            question, condition = (SESSIONS_PATH, branch.get(SEARCH, "")), branch.get(FILTER, "")
        by_search.setdefault(question, []).append(condition)
    requests: list[PlannedRequest] = []
    for (path, search), conditions in by_search.items():
        # An alternative without a condition is everything, whatever the others ask for.
        narrowing = Narrowing(() if "" in conditions else tuple(dict.fromkeys(conditions)), search)
        asked = legs_window(window) if path == LEGS_PATH else window
        requests.append(PlannedRequest("GET", path, narrowing.query(asked)))
    return requests


def legs_window(window: Window) -> Window:
    """When the legs of sessions that start in a window may start."""
    return Window(window.start_ms - LEG_MARGIN_MS, window.end_ms + LONGEST_CALL_MS)


class Asker:
    """Sends the requests of plans. `end_of` tells when the last leg of a session may start."""

    def __init__(self, sessions: ListReader, legs: ListReader, pages: PageReader, end_of: Callable[[Row], int]) -> None:
        self._sessions = sessions
        self._legs = legs
        self._pages = pages
        self._end_of = end_of

    async def ask(self, plan: Plan) -> AsyncIterator[Page]:
        """The sessions that a plan's requests find, and the legs of each."""
        self._pages.begin()
        found: dict[str, Row] = {}
        known_by_legs: dict[str, None] = {}
        for request in plan.requests:
            if request.path == LEGS_PATH:
                narrowing = Narrowing.of(request.query, legs_window(plan.window))
                async for page in self._session_ids(legs_window(plan.window), narrowing, known_by_legs):
                    yield page
                continue
            async for page in self._found(plan.window, Narrowing.of(request.query, plan.window), found):
                yield page
        for ids in _batches([each for each in known_by_legs if each not in found], IDS_PER_REQUEST):
            narrowing = Narrowing(tuple(compare("id", "eq", each) for each in ids))
            async for page in self._found(plan.window, narrowing, found, frozenset(ids)):
                yield page
        whole = any(Narrowing.of(request.query, plan.window) == EVERYTHING for request in plan.requests)
        async for page in self._legs_of(list(found.values()), whole):
            yield page

    async def _found(
        self, window: Window, narrowing: Narrowing, found: dict[str, Row], only: frozenset[str] | None = None
    ) -> AsyncIterator[Page]:
        async for rows in self._sessions.read(window, narrowing):
            page, read = self._pages.page(
                rows,
                SESSION_KEY,
                lambda row: row.started_ms in window and row.id not in found and (only is None or row.id in only),
                self._sessions.notices,
            )
            found.update((row.id, row) for row in read)
            if page != Page(()):
                yield page

    async def _session_ids(self, window: Window, narrowing: Narrowing, known: dict[str, None]) -> AsyncIterator[Page]:
        """The sessions that the legs found belong to; the legs themselves come with their sessions."""
        try:
            async for rows in self._legs.read(window, narrowing):
                page, read = self._pages.page(rows, LEG_KEY, lambda row: True, self._legs.notices)
                known.update(dict.fromkeys(row.session_id for row in read))
                if page.notices:
                    yield Page((), notices=page.notices)
        except NoSuchList:
            if news := self._pages.news([NO_CALL_LOGS]):
                yield Page((), notices=news)

    async def _legs_of(self, sessions: list[Row], whole: bool) -> AsyncIterator[Page]:
        """All legs of the sessions: by their sessions' ids, or by time where the sessions are all of a time."""
        sessions.sort(key=lambda row: row.started_ms)
        size = max(1, len(sessions)) if whole else IDS_PER_REQUEST
        try:
            for some in _batches(sessions, size):
                around = Window(some[0].started_ms - LEG_MARGIN_MS, max(map(self._end_of, some)) + LEG_MARGIN_MS)
                narrowing = EVERYTHING if whole else Narrowing(tuple(compare("session_id", "eq", row.id) for row in some))
                async for rows in self._legs.read(around, narrowing):
                    page, _ = self._pages.page(rows, LEG_KEY, _legs_of(some), self._legs.notices)
                    if page != Page(()):
                        yield page
        except NoSuchList:
            if news := self._pages.news([NO_CALL_LOGS]):
                yield Page((), notices=news)


def _legs_of(sessions: Sequence[Row]) -> Callable[[Row], bool]:
    ids = {session.id for session in sessions}
    return lambda leg: leg.session_id in ids


def _batches(some: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    return (some[start : start + size] for start in range(0, len(some), size))
