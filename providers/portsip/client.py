"""The client of one PortSIP tenant: its sessions, the legs of their calls, and single rows in detail."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from calls.filters import Filter, FilterContext
from calls.model import Derived, Record, Source, Window
from calls.text import clean
from providers.base import Pace, Page
from providers.errors import BadAnswer
from providers.plan import Plan
from providers.portsip.account import facts_of, zone_notice
from providers.portsip.asking import LEG_MARGIN_MS, LEGS_PATH, LONGEST_CALL_MS, SESSIONS_PATH, Asker, plan_of
from providers.portsip.calls import CallOfSession
from providers.portsip.notices import FEW_CALL_LOGS, NO_CALL_LOGS
from providers.portsip.pages import LEG_KEY, SESSION_KEY, PageReader
from providers.portsip.paging import ListReader, NoSuchList
from providers.portsip.rows import Detail, Row, details_in, read_row, text_of
from providers.portsip.session import PortsipSession
from providers.portsip.settings import Settings
from providers.portsip.tls import PinnedCertificate, unverifying
from providers.settings import ProviderSettings
from providers.transport import Transport, trusting

HISTORY_DAYS = 5 * 365
SESSIONS_TO_JUDGE = 10
RECORDINGS_PATH = "/recordings"

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

    supersedes = False

    def __init__(self, name: str, settings: Settings, http: httpx.AsyncBaseTransport | None, now: Callable[[], float]) -> None:
        self.source = Source(name, settings.kind, settings.timezone, settings.country_code)
        spacing = settings.backfill_spacing_seconds
        self.pace = Pace(backfill_spacing_seconds=1 if spacing is None else int(spacing), history_days=HISTORY_DAYS)
        self._now = now
        self._service_numbers = frozenset(map(clean, settings.service_numbers)) - {""}
        self._keeps_user_data = settings.keep_user_data
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
        self._zone_notice: str | None = None
        self._pages = PageReader(name, settings.keep_user_data)
        self._asker = Asker(self._sessions, self._legs, self._pages, self._end_of)

    def facts(self, records: Sequence[Record]) -> frozenset[str]:
        """The numbers of queues, ring groups and menus: those of the settings, and every `service_number` of a row."""
        named = (text_of(record.payload, "service_number") for record in records)
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
        self._pages.begin()
        ends: dict[str, int] = {}
        async for rows in self._sessions.read(window):
            page, read = self._pages.page(rows, SESSION_KEY, lambda row: row.started_ms in window, self._sessions.notices)
            for row in read:
                ends[row.id] = self._end_of(row)
            if page != Page(()):
                yield page
        if not ends:
            return
        around = Window(window.start_ms - LEG_MARGIN_MS, max(window.end_ms, *ends.values()) + LEG_MARGIN_MS)
        with_legs: set[str] = set()
        any_legs = False
        try:
            async for rows in self._legs.read(around):
                page, read = self._pages.page(rows, LEG_KEY, lambda row: row.session_id in ends, self._legs.notices)
                any_legs = True
                with_legs.update(row.session_id for row in read)
                if page != Page(()):
                    yield page
        except NoSuchList:
            log.info("%s: this version has no call logs, so calls are known as sessions only", self.source.name)
            yield Page((), notices=self._pages.news([NO_CALL_LOGS]))
        if any_legs and len(ends) >= SESSIONS_TO_JUDGE and 2 * len(with_legs) < len(ends):
            log.warning("%s: only %d of %d sessions have call logs", self.source.name, len(with_legs), len(ends))
            yield Page((), notices=self._pages.news([FEW_CALL_LOGS]))
        if self._zone_notice is None:
            self._zone_notice = await zone_notice(self._session, self.source.timezone)
        if self._zone_notice:
            yield Page((), notices=self._pages.news([self._zone_notice]))

    def plan(self, wanted: Filter, context: FilterContext) -> Plan:
        """What the lists are asked for a filter: its clauses as `filter` and `search`, its time in each alternative."""
        return plan_of(wanted, context, self.source, self.pace.history_days, self._keeps_user_data)

    def ask(self, plan: Plan) -> AsyncIterator[Page]:
        """The sessions that a plan's requests find, then all legs of each."""
        return self._asker.ask(plan)

    def _end_of(self, session: Row) -> int:
        ended_ms = int(self._now() * 1000) if session.ended_ms is None else session.ended_ms
        return max(session.started_ms, min(ended_ms, session.started_ms + LONGEST_CALL_MS))

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

    async def recordings(self, window: Window) -> AsyncIterator[Mapping[str, Any]]:
        """`GET /recordings`: the recordings of calls answered in `window`, as sent, but for whatever came unreadable.

        Asked for only when a person wants one; nothing of it is cached.
        """
        async for rows in ListReader(self._session, RECORDINGS_PATH).read(window):
            for row in rows:
                if isinstance(row, dict):
                    yield row

    async def recording_detail(self, recording_id: str) -> tuple[Detail, ...]:
        """`GET /recordings/{id}`: one recording, with the name, size and address of its file."""
        return await self._detail(RECORDINGS_PATH, recording_id)

    async def check(self) -> Mapping[str, str]:
        """Facts about the account and the tenant: `user`, `role`, `scope` ("all calls" or "own calls"), and the tenant's
        `timezone` and `currency`; versions without these answers leave them out. `calls` says that sessions can be read.
        """
        answer = await self._session.get(SESSIONS_PATH, {"top": "1"})
        if answer.status >= 400:
            raise self._session.refused(answer)
        facts = await facts_of(self._session, self.source.timezone)
        return {**facts, "calls": "sessions can be read"}

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
