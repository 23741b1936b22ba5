"""Reading a list whole: by start time, or newest first where the server ignores the query options.

The options are described for every list but declared for none of these, so each answer is checked against what was asked.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calls.model import Window
from calls.times import SECOND_MS
from providers.errors import BadAnswer, Rejected
from providers.portsip.notices import COUNT_TOO_SMALL, NARROWING_REFUSED, OPTIONS_IGNORED
from providers.portsip.odata import PAGE_ROWS, any_of, in_window, whole_seconds
from providers.portsip.rows import content_of, instant_of, started, text_of
from providers.portsip.session import PortsipSession

MOST_PAGES = 20_000
READS_WITHOUT_OPTIONS = 12
_DOES_NOT_ADVANCE = "the same rows come again and again instead of the next page"

log = logging.getLogger(__name__)


class NoSuchList(Rejected):
    """The server does not have this list: its version is older than the list."""


class _OptionsIgnored(Exception):
    """The server refuses `filter` or `orderby`, or answers as if they had not been sent."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What rows are asked for besides their time: those that meet one of the `conditions`, and that `search` finds."""

    conditions: tuple[str, ...] = ()
    search: str = ""

    def query(self, window: Window) -> Mapping[str, str]:
        """The query options of a page that begins with `window`."""
        searched = {"search": self.search} if self.search else {}
        return {"filter": any_of(window, self.conditions), **searched, "orderby": "started_at asc", "top": str(PAGE_ROWS)}

    @staticmethod
    def of(query: Mapping[str, str], window: Window) -> Narrowing:
        """The narrowing of a request that was made for a window. No quoted text can hold the window, so it parts the text."""
        edges = in_window(window)
        conditions = query["filter"].removeprefix(edges).removeprefix(" and ")
        return Narrowing(tuple(conditions.split(f" or {edges} and ")) if conditions else (), query.get("search", ""))


EVERYTHING = Narrowing()


@dataclass(frozen=True, slots=True)
class _Answered:
    """A page: its rows, each once, whether more may follow, and how many rows there are, which is only a hint."""

    rows: Sequence[Any]
    full: bool
    total: int


class ListReader:
    """Reads `/cdrs` or `/calllogs`, at most 100 rows per request, each row once.

    `notices` say what is odd about the last reading.
    """

    def __init__(self, session: PortsipSession, path: str) -> None:
        self._session = session
        self._path = path
        self._reads_without_options = 0
        self.notices: list[str] = []

    async def read(self, window: Window, narrowing: Narrowing = EVERYTHING) -> AsyncIterator[list[Any]]:
        """The rows that start in `window`, page by page; rows outside it, or outside `narrowing`, may be among them.

        A server that refuses the narrowing is asked for the window alone. One that does not obey the query options at all is
        asked without them, and with them again after some readings. Raises `NoSuchList` when there is no such list, and
        `ProviderError`.
        """
        seen: set[str] = set()
        self.notices = []
        if self._reads_without_options <= 0 and narrowing != EVERYTHING:
            try:
                async for rows in self._by_start(window, seen, narrowing):
                    yield rows
            except _OptionsIgnored as ignored:
                log.info("GET %s: %s; asking for the time alone", self._path, ignored)
                self.notices.append(NARROWING_REFUSED)
            else:
                return
        if self._reads_without_options <= 0:
            try:
                async for rows in self._by_start(window, seen, EVERYTHING):
                    yield rows
            except _OptionsIgnored as ignored:
                self._reads_without_options = READS_WITHOUT_OPTIONS
                log.warning("GET %s: %s; reading newest first instead, which takes more requests", self._path, ignored)
            else:
                return
        self.notices.append(OPTIONS_IGNORED)
        async for rows in self._newest_first(window, seen):
            yield rows
        self._reads_without_options -= 1

    async def _by_start(self, window: Window, seen: set[str], narrowing: Narrowing) -> AsyncIterator[list[Any]]:
        """Pages in order of start. Each begins in the second of the last row, so that rows inserted meanwhile shift nothing.

        `skip` is used only inside a second that has more rows than a page.
        """
        low_ms, skip = whole_seconds(window.start_ms), 0
        for _ in range(MOST_PAGES):
            asked = Window(low_ms, window.end_ms)
            answered = await self._ask(narrowing.query(asked), skip)
            starts = _starts(answered.rows)
            _check_obedience(starts, asked)
            unseen = _unseen(answered.rows, seen)
            if unseen:
                yield unseen
            if not answered.full:
                return
            last_second_ms = whole_seconds(starts[-1]) if starts else low_ms
            if last_second_ms > low_ms:
                low_ms, skip = last_second_ms, 0
            elif unseen or skip == 0:
                skip += len(answered.rows)
            else:
                raise BadAnswer(f"GET {self._path}: {_DOES_NOT_ADVANCE}")
        raise BadAnswer(f"GET {self._path}: the list does not end")

    async def _newest_first(self, window: Window, seen: set[str]) -> AsyncIterator[list[Any]]:
        """Pages from the newest on, until one is wholly older than the window.

        Where the order turns out to be another, everything is read. New rows push others to later pages, where they repeat.
        """
        skip, falls, stalled = 0, 0, False
        for _ in range(MOST_PAGES):
            answered = await self._ask({"top": str(PAGE_ROWS)}, skip)
            pairs = itertools.pairwise(_starts(answered.rows))
            falls += sum((before > after) - (before < after) for before, after in pairs)
            unseen = _unseen(answered.rows, seen)
            if unseen:
                yield unseen
            skip += len(answered.rows)
            more = answered.full or (unseen and answered.total > skip)
            if not more or (falls >= 0 and _older(answered.rows, window)):
                return
            if not unseen and stalled:
                raise BadAnswer(f"GET {self._path}: {_DOES_NOT_ADVANCE}")
            stalled = not unseen
        raise BadAnswer(f"GET {self._path}: the list does not end")

    async def _ask(self, query: Mapping[str, str], skip: int) -> _Answered:
        answer = await self._session.get(self._path, {**query, **({"skip": str(skip)} if skip else {})})
        if answer.status == 404:
            raise NoSuchList(f"{answer.asked}: 404, no such list")
        if answer.status == 400 and "filter" in query:
            raise _OptionsIgnored("the server refuses the query options")
        if answer.status >= 400:
            raise self._session.refused(answer)
        body = answer.json()
        rows = body.get("items") if isinstance(body, dict) else None
        total = body.get("count") if isinstance(body, dict) else None
        if rows is None and total == 0:
            rows = []
        if not isinstance(rows, list):
            raise BadAnswer(f"{answer.asked}: the answer holds no list of items")
        full = len(rows) >= PAGE_ROWS
        each = _unseen(rows, set())
        if isinstance(total, int) and total < len(each):
            self.notices.append(COUNT_TOO_SMALL)
        return _Answered(each, full, total if isinstance(total, int) else 0)


def _check_obedience(starts: Sequence[int], asked: Window) -> None:
    """Raises `_OptionsIgnored` unless all rows lie in the range asked for, in order, looked at by the second.

    Within a second a server that sorts times as text may differ, because it writes 0, 3 or 6 digits of a fraction.
    """
    widened = Window(whole_seconds(asked.start_ms), -whole_seconds(-asked.end_ms))
    if not all(start_ms in widened for start_ms in starts):
        raise _OptionsIgnored("the server ignores the filter")
    seconds = [start_ms // SECOND_MS for start_ms in starts]
    if any(before > after for before, after in itertools.pairwise(seconds)):
        raise _OptionsIgnored("the server ignores the order asked for")


def _starts(rows: Sequence[Any]) -> list[int]:
    return [start_ms for start_ms in map(started, rows) if start_ms is not None]


def _unseen(rows: Sequence[Any], seen: set[str]) -> list[Any]:
    unseen = []
    for row in rows:
        identity = text_of(row, "id") if isinstance(row, dict) else ""
        identity = identity or content_of(row)
        if identity not in seen:
            seen.add(identity)
            unseen.append(row)
    return unseen


def _older(rows: Sequence[Any], window: Window) -> bool:
    """Whether no later page can hold a row of the window, in a list that is sorted by start or by end, newest first."""
    starts = _starts(rows)
    if not starts or max(starts) >= window.start_ms:
        return False
    return any(_ended(row) < window.start_ms for row in rows if started(row) is not None)


def _ended(row: Any) -> int:
    try:
        ended_ms = instant_of(row, "ended_at")
    except ValueError:
        ended_ms = None
    return ended_ms if ended_ms is not None else started(row) or 0
