"""The client of the call statistics."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import httpx

from calls.model import Derived, Record, Reject, Source, Window
from calls.times import HOUR_MS, day_hours, local_date, local_day_window
from providers.base import Pace, Page
from providers.errors import BadAnswer, ProviderError, Refused, Rejected
from providers.settings import ProviderSettings
from providers.telecomx.buckets import KeysAreNoHours, bucket_of, keyed_page, windowed_page
from providers.telecomx.calibration import Calibration, Mode, calibrate
from providers.telecomx.cells import Cell, read_cells
from providers.telecomx.request import Grouping, Scope, body_of
from providers.telecomx.settings import Settings
from providers.transport import Answer, Transport, refusal

PATH = "/pbx/cdrstats"
FILE_TYPES = ("text/csv", "text/html", "excel", "spreadsheet", "octet-stream")
_READ_HOURS = "read_hours"


def make(
    name: str,
    settings: ProviderSettings,
    *,
    http: httpx.AsyncBaseTransport | None = None,
    now: Callable[[], float] = time.time,
) -> TelecomXProvider:
    """The Telecom X provider called `name`."""
    assert isinstance(settings, Settings)
    return TelecomXProvider(name, settings, http, now)


class TelecomXProvider:
    """Totals per employee and hour of one customer: every answer replaces what was known of its hours."""

    link_ms = 0

    def __init__(self, name: str, settings: Settings, http: httpx.AsyncBaseTransport | None, now: Callable[[], float]) -> None:
        self.source = Source(name, settings.kind, settings.timezone, settings.country_code)
        spacing = settings.backfill_spacing_seconds
        self.pace = Pace(
            lookback_seconds=3600,
            whole_day=True,
            backfill_days=1,
            backfill_spacing_seconds=10 if spacing is None else int(spacing),
        )
        self._settings = settings
        self._scope = Scope(settings.customer or "", settings.employees)
        self._zone = ZoneInfo(settings.timezone)
        self._now = now
        self._state: dict[str, str] = {}
        self._auth = settings.make_auth(now)
        self.transport = Transport(
            settings.base_url,
            auth=self._auth,
            http=http,
            ca_file=settings.tls_ca_file,
            timeout_seconds=settings.request_timeout_seconds,
            now=now,
        )

    def facts(self, records: Sequence[Record]) -> frozenset[str]:
        return frozenset()

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived:
        rule = self._settings.inbound_answered
        return Derived(buckets=tuple(bucket_of(record, self.source, self._zone, rule) for record in records))

    async def fetch(self, window: Window, state: Mapping[str, str]) -> AsyncIterator[Page]:
        """The buckets of all hours that overlap `window`: a page per local day, or per hour where keys cannot be trusted.

        An employee or hour that an answer leaves out is unknown, not zero, so nothing is said of it.
        """
        self._state = dict(state)
        if window.empty:
            return
        mode = await self._mode()
        day, last_day = local_date(window.start_ms, self._zone), local_date(window.end_ms - 1, self._zone)
        while day <= last_day:
            if mode == "keyed":
                cells, rejects = await self._ask(local_day_window(day, self._zone), "HOUR")
                strict = self._settings.hour_mode == "auto"
                try:
                    page = keyed_page(cells, day, self._zone, window, self._scope, strict=strict)
                    yield Page(page.records, (*page.rejects, *rejects))
                except KeysAreNoHours as odd:
                    mode = "windowed"
                    self._state |= Calibration("windowed", self._today(), str(odd)).state()
            if mode == "windowed":
                async for page in self._hour_by_hour(day, window):
                    yield page
            day += timedelta(days=1)
        if mode == "windowed":
            self._remember_hours(window)

    def _today(self) -> date:
        return local_date(int(self._now() * 1000), self._zone)

    async def _mode(self) -> Mode:
        if self._settings.hour_mode != "auto":
            self._state = {name: text for name, text in self._state.items() if name == _READ_HOURS}
            return self._settings.hour_mode
        calibration = Calibration.from_state(self._state)
        if calibration is None or not calibration.holds(self._today(), self._zone):

            async def ask(window: Window, grouping: Grouping) -> list[Cell]:
                return (await self._ask(window, grouping))[0]

            calibration = await calibrate(ask, self._today(), self._zone)
            kept = {_READ_HOURS: self._state[_READ_HOURS]} if _READ_HOURS in self._state else {}
            self._state = kept | calibration.state()
        return calibration.mode

    async def _hour_by_hour(self, day: date, window: Window) -> AsyncIterator[Page]:
        known = self._known_hours(window)
        now_ms = int(self._now() * 1000)
        for hour in day_hours(day, self._zone):
            asked = hour.start_ms < min(window.end_ms, now_ms) and hour.end_ms > window.start_ms
            if asked and not (known.start_ms <= hour.start_ms and hour.end_ms <= known.end_ms):
                cells, rejects = await self._ask(hour, "DAY")
                page = windowed_page(cells, hour, day, self._scope)
                yield Page(page.records, tuple(rejects))

    def _known_hours(self, window: Window) -> Window:
        """The hours that a live poll need not ask again, because they were over for an hour when they were read.

        History is always read whole.
        """
        if window.end_ms <= self._now() * 1000:
            return Window(0, 0)
        start, _, end = self._state.get(_READ_HOURS, "").partition("-")
        return Window(int(start), int(end)) if start.isdecimal() and end.isdecimal() else Window(0, 0)

    def _remember_hours(self, window: Window) -> None:
        now_ms = int(self._now() * 1000)
        if window.end_ms <= now_ms:
            return
        known = self._known_hours(window)
        start_ms = (
            min(known.start_ms, window.start_ms) if known.start_ms <= window.start_ms <= known.end_ms else window.start_ms
        )
        end_ms = now_ms // HOUR_MS * HOUR_MS - HOUR_MS
        if end_ms > start_ms:
            self._state[_READ_HOURS] = f"{start_ms}-{end_ms}"

    async def _ask(self, window: Window, grouping: Grouping) -> tuple[list[Cell], list[Reject]]:
        body = body_of(window, grouping, self._scope)
        answer = await self.transport.send("POST", PATH, json_body=body)
        if answer.status == 403 and await self._auth.renew(self.transport):
            answer = await self.transport.send("POST", PATH, json_body=body)
        if answer.status >= 400:
            raise self._explained(answer, body)
        if any(kind in answer.media_type for kind in FILE_TYPES):
            raise BadAnswer(f"{answer.asked}: the answer is {answer.media_type}, JSON was asked for")
        entries = answer.json()
        if not isinstance(entries, list):
            said = self.transport.said(answer)
            raise BadAnswer(f"{answer.asked}: the answer is no list of employees{': ' + said if said else ''}")
        return read_cells(entries)

    def _explained(self, answer: Answer, body: Mapping[str, object]) -> ProviderError:
        said = self.transport.said(answer)
        if answer.status == 403:
            return Refused(
                f"{answer.asked}: 403, {said or 'not allowed'}",
                advice="use the token of an employee with access level VIEWER or higher, and check that it is still valid",
            )
        if answer.status == 422 and said == "from":
            what = f"{answer.asked}: 422, the range {body['from']} to {body['to']} was refused"
            return Rejected(what, advice="ask for a shorter history")
        if answer.status == 422 and said in ("format", "groupingInterval"):
            return Rejected(f"{answer.asked}: 422, {said} was refused", advice="report this as a fault of calltop")
        return refusal(answer, said)

    def next_state(self) -> Mapping[str, str]:
        return dict(self._state)

    @property
    def requests(self) -> int:
        return self.transport.requests

    @property
    def skew_seconds(self) -> int | None:
        return self.transport.skew_seconds

    async def close(self) -> None:
        await self.transport.close()
