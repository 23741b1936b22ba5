"""The client of the call history API."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

import httpx

from calls.model import Derived, Record, Source, Window
from calls.text import clean
from providers.base import Pace, Page
from providers.errors import BadAnswer, ProviderError, RateLimited, Refused, Rejected, TimedOut, TooLarge
from providers.settings import ProviderSettings
from providers.soluno.calls import OwnNumbers, call_of
from providers.soluno.query import DAY_MS, MINUTE_MS, halves, pieces, query_of
from providers.soluno.rows import RowReader, read_page, rows_in
from providers.soluno.settings import Settings
from providers.transport import Answer, Transport, refusal

PATH = "/cdr/historik"
MANY_ROWS = 50_000
SLOW_ANSWER_MS = 60_000
CADENCE_SECONDS = 300
WAIT_AFTER_429_SECONDS = 300.0
MOST_CUTS = 200
_SUSPECT_ADVICE = "if that is their true number, take it out of suspect_row_counts"
_LONGEST_WINDOW = "longest_window_minutes"


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

    def __init__(self, name: str, settings: Settings, http: httpx.AsyncBaseTransport | None, now: Callable[[], float]) -> None:
        self.source = Source(name, settings.kind, settings.timezone, settings.country_code)
        spacing = settings.backfill_spacing_seconds
        self.pace = Pace(
            cadence_seconds=CADENCE_SECONDS,
            backfill_days=7,
            backfill_spacing_seconds=CADENCE_SECONDS if spacing is None else int(spacing),
            history_days=92,
        )
        self._zone = ZoneInfo(settings.query_timezone)
        self._suspect_row_counts = frozenset(settings.suspect_row_counts)
        self._own = OwnNumbers(settings)
        self._names = {self._own.comparable(number): clean(label) for number, label in settings.directory.items()}
        self._path = "" if settings.base_url.endswith(PATH) else PATH
        self._longest_ms: int | None = None
        self._longest_after_time_out_ms: int | None = None
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
        stored = state.get(_LONGEST_WINDOW, "")
        if self._longest_ms is None and stored.isascii() and stored.isdigit():
            self._longest_ms = max(MINUTE_MS, int(stored) * MINUTE_MS)
        limits = [limit_ms for limit_ms in (self._longest_ms, self._longest_after_time_out_ms) if limit_ms is not None]
        waiting = [*pieces(window, min(limits, default=None), self._zone)][::-1]
        cuts = 0
        while waiting:
            piece = waiting.pop()
            half_ms = max(MINUTE_MS, (piece.end_ms - piece.start_ms) // 2)
            parts = halves(piece, self._zone)
            try:
                rows = await self._rows(piece)
            except TooLarge:
                self._longest_ms = half_ms
                if not parts:
                    raise
            except TimedOut:
                self._longest_after_time_out_ms = max(DAY_MS, half_ms)
                raise
            else:
                if len(rows) > MANY_ROWS or self.transport.history[-1].elapsed_ms > SLOW_ANSWER_MS:
                    self._longest_ms = half_ms
                if len(rows) not in self._suspect_row_counts or not parts:
                    yield read_page(rows, piece, self._zone, self.source.country_code)
                    continue
                if cuts == MOST_CUTS:
                    raise BadAnswer(f"GET {PATH}: {len(rows)} rows come however short the range", advice=_SUSPECT_ADVICE)
            waiting += parts[::-1]
            cuts += 1

    async def _rows(self, window: Window) -> list[object]:
        query = query_of(window, self._zone)
        try:
            answer = await self.transport.send("GET", self._path, query=query)
        except RateLimited as error:
            if error.retry_after_seconds is None:
                error.retry_after_seconds = WAIT_AFTER_429_SECONDS
            raise
        if answer.status == 204:
            return []
        if answer.status >= 400:
            raise self._explained(answer, query)
        body = answer.json()
        try:
            return rows_in(body)
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
        return {} if self._longest_ms is None else {_LONGEST_WINDOW: str(self._longest_ms // MINUTE_MS)}

    @property
    def requests(self) -> int:
        return self.transport.requests

    @property
    def skew_seconds(self) -> int | None:
        return self.transport.skew_seconds

    async def close(self) -> None:
        await self.transport.close()
