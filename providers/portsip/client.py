"""The client of one PortSIP tenant: its sessions, the legs of their calls, and single rows in detail."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from calls.model import Derived, Record, Reject, Source, Window
from calls.text import clean
from providers.base import Pace, Page
from providers.errors import BadAnswer
from providers.portsip.calls import CallOfSession
from providers.portsip.paging import ListReader, NoSuchList
from providers.portsip.rows import LONGEST_REJECT, Detail, Row, content_of, details_in, read_row, unfamiliar
from providers.portsip.session import PortsipSession
from providers.portsip.settings import Settings
from providers.portsip.tls import PinnedCertificate, unverifying
from providers.settings import ProviderSettings
from providers.transport import Transport, trusting

SESSIONS_PATH, LEGS_PATH = "/cdrs", "/calllogs"
SESSION_KEY, LEG_KEY = "cdr:", "log:"
LEG_MARGIN_MS = 60_000
LONGEST_CALL_MS = 24 * 3600 * 1000
HISTORY_DAYS = 5 * 365
SESSIONS_TO_JUDGE = 10

log = logging.getLogger(__name__)


def make(
    name: str,
    settings: ProviderSettings,
    *,
    http: httpx.AsyncBaseTransport | None = None,
    now: Callable[[], float] = time.time,
) -> PortsipProvider:
    """The PortSIP provider called `name`."""
    assert isinstance(settings, Settings)
    return PortsipProvider(name, settings, http, now)


class PortsipProvider:
    """Sessions and legs of one tenant; a session with its legs is a call, under the session's id.

    The records of a call share its session id as their group. A record's `link` is its callee, so that learning that a
    number is a queue's or a menu's derives again the calls that rang it.
    """

    link_ms = 0

    def __init__(self, name: str, settings: Settings, http: httpx.AsyncBaseTransport | None, now: Callable[[], float]) -> None:
        self.source = Source(name, settings.kind, settings.timezone, settings.country_code)
        spacing = settings.backfill_spacing_seconds
        self.pace = Pace(backfill_spacing_seconds=1 if spacing is None else int(spacing), history_days=HISTORY_DAYS)
        self._now = now
        self._service_numbers = frozenset(map(clean, settings.service_numbers)) - {""}
        self._keeps_user_data = settings.keep_user_data
        self._noticed: set[str] = set()
        pin, context = None, None
        if settings.tls_fingerprint_sha256:
            pin = PinnedCertificate(settings.tls_fingerprint_sha256, trusting(settings.tls_ca_file))
            context = pin.context
        elif settings.tls_insecure_accept_any_certificate:
            log.warning("%s: any certificate is accepted, so whoever sits in between can read the password", name)
            context = unverifying()
        auth = settings.make_auth(now)
        self.transport = Transport(
            f"{settings.base_url}/api",
            auth=auth,
            http=http,
            ssl_context=context,
            ca_file=settings.tls_ca_file,
            timeout_seconds=settings.request_timeout_seconds,
            requests_per_minute=settings.requests_per_minute,
            now=now,
        )
        self._session = PortsipSession(self.transport, auth, pin)
        self._sessions = ListReader(self._session, SESSIONS_PATH)
        self._legs = ListReader(self._session, LEGS_PATH)

    def facts(self, records: Sequence[Record]) -> frozenset[str]:
        """The numbers of queues, ring groups and menus: those of the settings, and every `service_number` of a row."""
        named = (_row(record).service_number for record in records)
        return self._service_numbers | frozenset(number for number in named if number)

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived:
        """One call per session. Legs whose session is not there make no call."""
        sessions: dict[str, Row] = {}
        legs: defaultdict[str, list[Row]] = defaultdict(list)
        for record in records:
            if record.key.startswith(SESSION_KEY):
                sessions[record.group] = _row(record)
            else:
                legs[record.group].append(_row(record))
        services = facts | self._service_numbers
        found = (CallOfSession(session, legs[group], services).call(self.source) for group, session in sessions.items())
        return Derived(calls=tuple(found))

    async def fetch(self, window: Window, state: Mapping[str, str]) -> AsyncIterator[Page]:
        """The sessions that start in `window`, then all their legs.

        A leg may start long after its session, when the window is over; so legs are asked for until the last of these
        sessions has ended, and belong here by their session, whenever they start. Legs of other sessions are left to the
        window that those start in. Servers before 22.0.42 have no legs.
        """
        ends: dict[str, int] = {}
        async for rows in self._sessions.read(window):
            page, read = self._read_page(rows, SESSION_KEY, lambda row: row.started_ms in window)
            for row in read:
                ends[row.id] = self._end_of(row)
            if page.records or page.rejects:
                yield page
        if not ends:
            return
        around = Window(window.start_ms - LEG_MARGIN_MS, max(window.end_ms, *ends.values()) + LEG_MARGIN_MS)
        with_legs: set[str] = set()
        any_legs = False
        try:
            async for rows in self._legs.read(around):
                page, read = self._read_page(rows, LEG_KEY, lambda row: row.session_id in ends)
                any_legs = True
                with_legs.update(row.session_id for row in read)
                if page.records or page.rejects:
                    yield page
        except NoSuchList:
            log.info("%s: this version has no call logs, so calls are known as sessions only", self.source.name)
        if any_legs and len(ends) >= SESSIONS_TO_JUDGE and 2 * len(with_legs) < len(ends):
            log.warning("%s: only %d of %d sessions have call logs", self.source.name, len(with_legs), len(ends))

    def _end_of(self, session: Row) -> int:
        ended_ms = int(self._now() * 1000) if session.ended_ms is None else session.ended_ms
        return max(session.started_ms, min(ended_ms, session.started_ms + LONGEST_CALL_MS))

    def _read_page(self, rows: Sequence[Any], key: str, wanted: Callable[[Row], bool]) -> tuple[Page, list[Row]]:
        records: list[Record] = []
        rejects: list[Reject] = []
        read: list[Row] = []
        for payload in rows:
            try:
                row = read_row(payload, leg=key == LEG_KEY)
            except ValueError as error:
                rejects.append(Reject(clean(content_of(payload), LONGEST_REJECT), clean(str(error))))
                continue
            if not wanted(row):
                continue
            self._notice(unfamiliar(payload))
            if not self._keeps_user_data:
                payload = {name: value for name, value in payload.items() if name != "user_data"}
            read.append(row)
            records.append(Record(f"{key}{row.id}", row.session_id or row.id, row.started_ms, payload, row.callee))
        return Page(tuple(records), tuple(rejects)), read

    def _notice(self, found: frozenset[str]) -> None:
        news = found - self._noticed
        if news:
            self._noticed |= news
            log.warning("%s sends what its document does not name: %s", self.source.name, ", ".join(sorted(news)))

    async def session_detail(self, session_id: str) -> tuple[Detail, ...]:
        """`GET /cdrs/{id}`: the rows of one call with their cost; the vendor gives these rows no id."""
        return await self._detail(SESSIONS_PATH, session_id)

    async def leg_detail(self, leg_id: str) -> tuple[Detail, ...]:
        """`GET /calllogs/{id}`: one leg with its cost."""
        return await self._detail(LEGS_PATH, leg_id)

    async def _detail(self, path: str, row_id: str) -> tuple[Detail, ...]:
        answer = await self._session.get(f"{path}/{quote(row_id, safe='')}")
        if answer.status >= 400:
            raise self._session.refused(answer)
        try:
            return details_in(answer.json())
        except ValueError as error:
            raise BadAnswer(f"{answer.asked}: {error}") from None

    def next_state(self) -> Mapping[str, str]:
        return {}

    @property
    def requests(self) -> int:
        return self.transport.requests

    @property
    def skew_seconds(self) -> int | None:
        return self.transport.skew_seconds

    async def close(self) -> None:
        """Signs off and closes the connections."""
        await self._session.close()


def _row(record: Record) -> Row:
    return read_row(record.payload, leg=record.key.startswith(LEG_KEY))
