"""The client of one While1 Voice PBX."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import httpx

from calls.filters import Filter, FilterContext
from calls.model import Derived, Direction, Record, Reject, Source, Window
from calls.text import clean
from calls.times import SECOND_MS
from providers.base import CHECKED_MS, Pace, Page
from providers.errors import BadAnswer, Rejected
from providers.plan import Plan
from providers.settings import ProviderSettings
from providers.transport import Transport
from providers.while1 import asking, recordings
from providers.while1.calls import call_of
from providers.while1.paging import InvalidFilter, RowReader, Wire
from providers.while1.request import date_between
from providers.while1.rows import Row, comparable, content_of, read_row, unfamiliar
from providers.while1.settings import Private, Settings
from providers.while1.siblings import Nearness, calls_among
from providers.while1.vocabulary import Ids

LINK_MS = 120_000
MOST_COMPLETED_SINGLY = 20
# Twenty calls have a few legs each, and each leg leads to two questions at most.
MOST_QUESTIONS = 400
ID_OVERLAP = 100
LONGEST_CALL_MS = 24 * 3600 * 1000
LONGEST_REJECT = 4_000
PRIVATE_FIELDS: frozenset[str] = frozenset(get_args(Private))
_CURSOR = "from_id"


def make(
    name: str,
    settings: ProviderSettings,
    *,
    http: httpx.AsyncBaseTransport | None = None,
    now: Callable[[], float] = time.time,
) -> While1Provider:
    """The While1 provider called `name`."""
    assert isinstance(settings, Settings)
    return While1Provider(name, settings, http, now)


class While1Provider:
    """Legs of one PBX; the legs of one `linkedid` are a call, with the stray legs that belong to it.

    A record is a leg. The link of an incoming one is its caller, so that stray legs are derived with the calls near them.
    """

    link_ms = LINK_MS

    supersedes = False

    def __init__(self, name: str, settings: Settings, http: httpx.AsyncBaseTransport | None, now: Callable[[], float]) -> None:
        self.source = Source(name, settings.kind, settings.timezone, settings.country_code)
        spacing = settings.backfill_spacing_seconds
        self.pace = Pace(backfill_spacing_seconds=1 if spacing is None else int(spacing))
        self._now = now
        self._zone = ZoneInfo(settings.timezone)
        self._internal_number = re.compile(settings.internal_number_pattern, re.ASCII)
        self._nearness = Nearness(settings.merge_null_destination_seconds * 1000, settings.merge_any_seconds * 1000)
        self._private = PRIVATE_FIELDS - settings.keep
        self._next_state: Mapping[str, str] = {}
        self.transport = Transport(
            settings.base_url,
            auth=settings.make_auth(),
            http=http,
            ca_file=settings.tls_ca_file,
            timeout_seconds=settings.request_timeout_seconds,
            requests_per_minute=settings.requests_per_minute,
            now=now,
        )
        self._signs = settings.signing_key is not None
        self._wire = Wire(settings.transport, settings.signing_key, settings.send_action)
        self._rows = RowReader(self.transport, self._wire)
        self._ids = Ids(settings.user_ids, settings.project_ids, settings.route_ids)

    def facts(self, records: Sequence[Record]) -> frozenset[str]:
        """Nothing: a leg tells no more than its own call."""
        return frozenset()

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived:
        """One call for each `linkedid`, but for those that belong to an answered call nearby."""
        legs = [self._row(record.payload) for record in records]
        found = calls_among(legs, self._nearness)
        return Derived(calls=tuple(call_of(parts, self.source) for parts in found))

    async def fetch(self, window: Window, state: Mapping[str, str]) -> AsyncIterator[Page]:
        """The legs of all calls that start in `window`, as late as a leg may start; and when the window reaches up to now,
        every row that is newer than the cursor in `state`, whenever its call started.

        A call starts with the oldest leg of its `linkedid`, which also carries the second of its first channel; so the legs
        of a call that began before the window are left to the window in which it began.
        """
        self._next_state = dict(state)
        live = window.end_ms > self._now() * 1000
        cursor = _row_number(state.get(_CURSOR, ""))
        newer: list[int] = []
        if live and cursor is not None:
            async for page in self._newer_than(cursor):
                newer += (int(record.key) for record in page.records)
                yield page
        within: list[int] = []
        async for page in self._started_in(window):
            within += (int(record.key) for record in page.records)
            yield page
        if live:
            # Without even the overlap the rows are numbered anew, and the cursor of the old numbers would hide them.
            known = [*newer, *within, *([cursor] if cursor is not None and (newer or not within) else [])]
            self._next_state = {_CURSOR: str(max(known))} if known else {}

    async def _newer_than(self, cursor: int) -> AsyncIterator[Page]:
        """Every row from a little before the cursor on."""
        try:
            async for rows in self._rows.read({"from_id": max(1, cursor - ID_OVERLAP)}):
                legs, rejects = self._read(rows)
                yield self._page(legs, rejects)
        except InvalidFilter as error:
            yield Page((), notices=(f"rows cannot be read by number, so very long calls may come late: {error}",))

    async def _started_in(self, window: Window) -> AsyncIterator[Page]:
        """The legs of the calls that start in `window`."""
        if window.empty:
            return
        legs: dict[int, tuple[Row, Mapping[str, Any]]] = {}
        asked = window
        while not asked.empty:
            async for rows in self._rows.read({"date_between": date_between(asked, self._zone)}):
                page_legs, rejects = self._read(rows)
                legs |= {leg[0].id: leg for leg in page_legs}
                if rejects:
                    yield Page((), rejects)
            groups = _groups_starting_in(window, (row for row, _ in legs.values()))
            asked = Window(asked.end_ms, max((_end_of(row) for row, _ in legs.values() if row.group in groups), default=0))
        yield self._page([leg for leg in legs.values() if leg[0].group in groups], ())

    def plan(self, wanted: Filter, context: FilterContext) -> Plan:
        """What the PBX is asked for a filter: its time, and what the other clauses say of single legs."""
        return asking.plan(wanted, context, self.source, self.pace.history_days, self._ids, self._wire)

    async def ask(self, plan: Plan) -> AsyncIterator[Page]:
        """The legs that a plan's requests find, and the other legs of their calls.

        Calls are completed one by one while there are few; of many, the time they lie in is read whole.
        """
        found: dict[int, Row] = {}
        for request in plan.requests:
            filters = asking.filters_of(request)
            if filters.keys() == {"date_between"}:
                async for page in self._started_in(plan.window):
                    yield page
                continue
            async for rows in self._rows.read(filters):
                legs, rejects = self._read(rows)
                found |= {leg.id: leg for leg, _ in legs}
                yield self._page(legs, rejects)
        if len({leg.group for leg in found.values()}) > MOST_COMPLETED_SINGLY:
            starts = [leg.call_started_ms for leg in found.values()]
            async for page in self._started_in(Window(min(starts) - LINK_MS, max(starts) + LINK_MS)):
                yield page
        else:
            async for page in self._completed(found):
                yield page

    async def _completed(self, found: dict[int, Row]) -> AsyncIterator[Page]:
        """The other legs of the calls of these legs, and of the calls that those belong to, until nothing new is found."""
        asked: set[tuple[str, str]] = set()
        waiting = [*found.values()]
        while waiting:
            if len(asked) > MOST_QUESTIONS:
                raise BadAnswer("POST /api/cdr: every question about the calls found brings ever more legs")
            news: list[Row] = []
            for filters in asking.questions_about(waiting, asked, LINK_MS, self._zone):
                async for rows in self._rows.read(filters):
                    legs, rejects = self._read(rows)
                    fresh = [leg for leg in legs if leg[0].id not in found]
                    found |= {leg.id: leg for leg, _ in fresh}
                    news += [leg for leg, _ in fresh]
                    yield self._page(fresh, rejects)
            waiting = news

    async def recording(self, call_id: str, path: Path) -> int:
        """Saves the recording of a call, readable by its owner only; its size in bytes. Only ever at a person's wish.

        Its address is asked for anew, because addresses of recordings open them for whoever holds them and are not kept.
        """
        async for rows in self._rows.read({"linkedid": call_id}):
            for address in recordings.addresses(rows):
                return await recordings.download(self.transport, address, path)
        raise Rejected(f"call {call_id} has no recording", advice="it may not be ready yet, or be kept elsewhere")

    async def check(self) -> Mapping[str, str]:
        """Reads the last quarter of an hour: `calls` says how many legs began in it, `requests` whether they are signed."""
        now_ms = int(self._now() * 1000)
        legs = 0
        async for rows in self._rows.read({"date_between": date_between(Window(now_ms - CHECKED_MS, now_ms), self._zone)}):
            legs += len(rows)
        signed = "signed with api_key" if self._signs else "not signed, since there is no api_key"
        return {"calls": f"{legs} legs in the last 15 minutes", "requests": signed}

    def _row(self, payload: Any) -> Row:
        return read_row(payload, self._zone, self._internal_number)

    def _read(self, rows: Sequence[Any]) -> tuple[list[tuple[Row, Mapping[str, Any]]], tuple[Reject, ...]]:
        legs: list[tuple[Row, Mapping[str, Any]]] = []
        rejects: list[Reject] = []
        for payload in rows:
            try:
                legs.append((self._row(payload), payload))
            except ValueError as error:
                rejects.append(Reject(clean(content_of(payload), LONGEST_REJECT), clean(str(error))))
        return legs, tuple(rejects)

    def _page(self, legs: Iterable[tuple[Row, Mapping[str, Any]]], rejects: tuple[Reject, ...]) -> Page:
        records: list[Record] = []
        notices: set[str] = set()
        for row, payload in legs:
            notices |= {f"rows hold what the document does not name: {found}" for found in unfamiliar(payload)}
            if "suspect" in row.doubt:
                notices.add(f"some rows are doubtful: {row.doubt}")
            link = comparable(row.source) if row.direction is Direction.IN else ""
            records.append(Record(str(row.id), row.group, row.started_ms, self._without_private(payload), link))
        return Page(tuple(records), rejects, tuple(sorted(notices)))

    def _without_private(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """The row with `true` in the place of what is private, so that it stays known that there was something."""
        hidden = {name: True for name in self._private if payload.get(name)}
        return {**payload, **hidden} if hidden else payload

    def next_state(self) -> Mapping[str, str]:
        return self._next_state

    @property
    def requests(self) -> int:
        return self.transport.requests

    @property
    def skew_seconds(self) -> int | None:
        return self.transport.skew_seconds

    async def close(self) -> None:
        """Closes the connections; the API has no session to end."""
        await self.transport.close()


def _groups_starting_in(window: Window, legs: Iterable[Row]) -> frozenset[str]:
    starts: dict[str, int] = {}
    for row in legs:
        starts[row.group] = min(starts.get(row.group, row.call_started_ms), row.call_started_ms)
    return frozenset(group for group, start_ms in starts.items() if start_ms in window)


def _end_of(row: Row) -> int:
    """When the second is over in which the leg ended, as far as that is likely."""
    ended_ms = row.started_ms if row.ended_ms is None else min(row.ended_ms, row.started_ms + LONGEST_CALL_MS)
    return ended_ms + SECOND_MS


def _row_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
