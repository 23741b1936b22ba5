"""The client of the call history API."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import httpx

from calls.filters import Filter, FilterContext
from calls.model import Derived, Record, Source, Window
from calls.text import clean
from calls.times import DAY_MS, MINUTE_MS
from providers.base import CHECKED_MS, Pace, Page
from providers.errors import BadAnswer, ProviderError, RateLimited, Refused, Rejected, TimedOut, TooLarge
from providers.plan import Plan, PlannedRequest, asked_window, translated
from providers.settings import ProviderSettings
from providers.soluno.calls import OwnNumbers, call_of
from providers.soluno.notices import ONLY_INBOUND, WRAPPED, suspect_count, unfamiliar_fields
from providers.soluno.query import halves, pieces, query_of
from providers.soluno.rows import RowReader, read_page, rows_in
from providers.soluno.settings import Settings
from providers.soluno.vocabulary import Vocabulary
from providers.transport import Answer, Transport, refusal

PATH = "/cdr/historik"
MANY_ROWS = 50_000
SLOW_ANSWER_MS = 60_000
CADENCE_SECONDS = 300
WAIT_AFTER_429_SECONDS = 300.0
MOST_CUTS = 200
_SUSPECT_ADVICE = "if that is their true number, take it out of suspect_row_counts"
_LONGEST_WINDOW = "longest_window_minutes"
_OWN_CALLERS = "own_callers_seen"
AFTERWARDS = "an answer that may have been cut off is asked again in two halves"


def make(
    name: str,
    settings: ProviderSettings,
    *,
    http: httpx.AsyncBaseTransport | None = None,
    now: Callable[[], float] = time.time,
) -> SolunoProvider:
    """The Soluno or Dstny provider called `name`."""
    assert isinstance(settings, Settings)
    return SolunoProvider(name, settings, http, now)


class SolunoProvider:
    """Call history of one organisation: one row is one call, as its first person had it.

    The vendors say that call data may be fetched every five minutes and three months back.
    """

    link_ms = 0
    supersedes = True
    """A stored row that a complete reading of its range no longer brings was replaced by one with another number."""

    def __init__(self, name: str, settings: Settings, http: httpx.AsyncBaseTransport | None, now: Callable[[], float]) -> None:
        self.source = Source(name, settings.kind, settings.timezone, settings.country_code)
        spacing = settings.backfill_spacing_seconds
        self.pace = Pace(
            cadence_seconds=CADENCE_SECONDS,
            backfill_days=7,
            backfill_spacing_seconds=CADENCE_SECONDS if spacing is None else int(spacing),
            history_days=92,
        )
        self._now = now
        self._zone = ZoneInfo(settings.query_timezone)
        self._suspect_row_counts = frozenset(settings.suspect_row_counts)
        self._own = OwnNumbers(settings)
        self._names = {self._own.comparable(number): clean(label) for number, label in settings.directory.items()}
        self._path = "" if settings.base_url.endswith(PATH) else PATH
        self._longest_ms: int | None = None
        self._longest_after_time_out_ms: int | None = None
        self._own_callers_seen = False
        self.transport = Transport(
            settings.base_url,
            auth=settings.make_auth(now),
            http=http,
            ca_file=settings.tls_ca_file,
            timeout_seconds=settings.request_timeout_seconds,
            now=now,
        )

    def facts(self, records: Sequence[Record]) -> frozenset[str]:
        return self._own.learned(RowReader(record.payload, self._zone).row() for record in records)

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived:
        rows = [(RowReader(record.payload, self._zone).row(), record.key) for record in records]
        return Derived(
            calls=tuple(call_of(row, key, self.source, self._own.direction(row, facts), self._names) for row, key in rows)
        )

    async def fetch(self, window: Window, state: Mapping[str, str]) -> AsyncIterator[Page]:
        """All rows of calls that start in `window`, one page per request.

        One request where the answer is of a bearable size; an answer that may have been cut off is asked again in two
        halves, and after an answer that was very large or slow the windows stay half as long.
        """
        self._recall(state)
        rows_seen = False
        async for page in self._pages(window):
            rows_seen = rows_seen or bool(page.records)
            self._own_callers_seen = self._own_callers_seen or any(map(self._own.configured, _callers(page)))
            yield page
        if rows_seen and not self._own_callers_seen:
            yield Page((), notices=(ONLY_INBOUND,))

    def plan(self, wanted: Filter, context: FilterContext) -> Plan:
        """What the API is asked for a filter: its time as `from` and `to`, everything when it names none."""
        window = asked_window(wanted, context, self.source, self.pace.history_days)
        oldest_ms = context.now_ms - self.pace.history_days * DAY_MS
        words = Vocabulary(self.source, context.now_ms, window, oldest_ms, self._zone)
        reading = translated(wanted, context, self.source, words.translate)
        if not reading.parameters:
            window = Window(window.start_ms, window.start_ms)
        requests = tuple(PlannedRequest("GET", self._path, query_of(piece, self._zone)) for piece in self._pieces(window))
        afterwards = AFTERWARDS if requests else ""
        return Plan(self.source.name, self.source.kind, window, reading.clauses, requests, afterwards)

    async def ask(self, plan: Plan) -> AsyncIterator[Page]:
        """The rows of the stretch that a plan asks for; nothing when it has no requests."""
        if plan.requests:
            async for page in self._pages(plan.window):
                yield page

    async def check(self) -> Mapping[str, str]:
        """Reads the last quarter of an hour: `calls` says how many calls it holds, `direction` how calls out are told apart."""
        now_ms = int(self._now() * 1000)
        rows, _ = await self._rows(Window(now_ms - CHECKED_MS, now_ms))
        told_apart = "by own_numbers" if self._own.listed else "as far as calls teach it, since own_numbers is empty"
        return {"calls": f"{len(rows)} in the last 15 minutes", "direction": f"calls out are told apart {told_apart}"}

    def _recall(self, state: Mapping[str, str]) -> None:
        stored = state.get(_LONGEST_WINDOW, "")
        if self._longest_ms is None and stored.isascii() and stored.isdigit():
            self._longest_ms = max(MINUTE_MS, int(stored) * MINUTE_MS)
        self._own_callers_seen = self._own_callers_seen or state.get(_OWN_CALLERS) == "yes"

    def _pieces(self, window: Window) -> list[Window]:
        """A window in stretches that the API can bear, oldest first."""
        limits = [limit_ms for limit_ms in (self._longest_ms, self._longest_after_time_out_ms) if limit_ms is not None]
        return list(pieces(window, min(limits, default=None), self._zone))

    async def _pages(self, window: Window) -> AsyncIterator[Page]:
        waiting = self._pieces(window)[::-1]
        notices: tuple[str, ...] = ()
        cuts = 0
        longest_before_ms = self._longest_ms
        while waiting:
            piece = waiting.pop()
            half_ms = max(MINUTE_MS, (piece.end_ms - piece.start_ms) // 2)
            parts = halves(piece, self._zone)
            try:
                rows, wrapped = await self._rows(piece)
            except TooLarge:
                if not parts:
                    # What is too large however short the range says nothing about ranges.
                    self._longest_ms = longest_before_ms
                    raise
                self._longest_ms = half_ms
            except TimedOut:
                self._longest_after_time_out_ms = max(DAY_MS, half_ms)
                raise
            else:
                if len(rows) > MANY_ROWS or self.transport.history[-1].elapsed_ms > SLOW_ANSWER_MS:
                    self._longest_ms = half_ms
                if len(rows) not in self._suspect_row_counts or not parts:
                    page = read_page(rows, piece, self._zone, self.source.country_code)
                    notices += (*([WRAPPED] if wrapped else []), *unfamiliar_fields(rows))
                    yield replace(page, notices=tuple(dict.fromkeys(notices)))
                    notices = ()
                    continue
                if cuts == MOST_CUTS:
                    raise BadAnswer(f"GET {PATH}: {len(rows)} rows come however short the range", advice=_SUSPECT_ADVICE)
                notices += (suspect_count(len(rows)),)
            waiting += parts[::-1]
            cuts += 1

    async def _rows(self, window: Window) -> tuple[list[object], bool]:
        """The rows of an answer, and whether they came wrapped in an object."""
        query = query_of(window, self._zone)
        try:
            answer = await self.transport.send("GET", self._path, query=query)
        except RateLimited as error:
            if error.retry_after_seconds is None:
                error.retry_after_seconds = WAIT_AFTER_429_SECONDS
            raise
        if answer.status == 204:
            return [], False
        if answer.status >= 400:
            raise self._explained(answer, query)
        body = answer.json()
        try:
            return rows_in(body), isinstance(body, dict)
        except ValueError as error:
            said = self.transport.said(answer)
            raise BadAnswer(f"{answer.asked}: {error}{': ' + said if said and isinstance(body, dict) else ''}") from None

    def _explained(self, answer: Answer, query: Mapping[str, str]) -> ProviderError:
        said = self.transport.said(answer)
        colon = f": {said}" if said else ""
        if answer.status == 400:
            what = f"{answer.asked}: 400, the range {query['from']} to {query['to']} was refused{colon}"
            return Rejected(what, advice="check query_timezone, and ask for a range within the last three months")
        if answer.status == 401:
            return Refused(f"{answer.asked}: 401, the credentials were refused{colon}")
        if answer.status == 403:
            advice = "ask the vendor whether the call log service is ordered and this machine's address allowed"
            return Refused(f"{answer.asked}: 403, not allowed{colon}", advice=advice)
        return refusal(answer, said)

    def next_state(self) -> Mapping[str, str]:
        known = {} if self._longest_ms is None else {_LONGEST_WINDOW: str(self._longest_ms // MINUTE_MS)}
        return {**known, **({_OWN_CALLERS: "yes"} if self._own_callers_seen else {})}

    @property
    def requests(self) -> int:
        return self.transport.requests

    @property
    def skew_seconds(self) -> int | None:
        return self.transport.skew_seconds

    async def close(self) -> None:
        await self.transport.close()


def _callers(page: Page) -> Iterator[str]:
    return (record.link for record in page.records)
