"""The client of the call statistics."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx

from calls.filters import Filter, FilterContext
from calls.model import Derived, EmployeeBucket, Record, Reject, Source, Window
from calls.text import clean
from calls.times import HOUR_MS, day_hours, local_date, local_day_window
from providers.base import Pace, Page
from providers.errors import BadAnswer, ProviderError, Refused, Rejected
from providers.files import save
from providers.plan import Plan, asked_window
from providers.settings import ProviderSettings
from providers.telecomx import asking
from providers.telecomx.buckets import KeysAreNoHours, bucket_from, bucket_of, counted_once, keyed_page, windowed_page
from providers.telecomx.calibration import Calibration, Mode, calibrate
from providers.telecomx.cells import Cell, read_cells
from providers.telecomx.files import read_csv, read_workbook
from providers.telecomx.notices import ODD_KEYS, notices_of
from providers.telecomx.request import Grouping, Scope, body_of
from providers.telecomx.settings import Settings
from providers.telecomx.statement import Statement
from providers.telecomx.vocabulary import Directory, Vocabulary
from providers.transport import Answer, Transport, refusal

FILE_TYPES = ("text/csv", "text/html", "excel", "spreadsheet", "octet-stream")
TOO_LOW = frozenset({"NO_LOGIN", "PERSONAL"})
"""Access levels that may not read the statistics."""
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

    supersedes = False

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
        self._directory = Directory()
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
        once = counted_once(records, self._zone)
        return Derived(buckets=tuple(bucket_of(record, self.source, self._zone, rule) for record in once))

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
                    yield Page(page.records, (*page.rejects, *rejects), notices_of(cells))
                except KeysAreNoHours as odd:
                    yield Page((), notices=(ODD_KEYS,))
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
                page = windowed_page(cells, hour, day, self._zone, self._scope)
                yield Page(page.records, tuple(rejects), notices_of(cells))

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

    def plan(self, wanted: Filter, context: FilterContext) -> Plan:
        """What is asked for a filter: hours of whole local days, or totals that leave calls out and are not stored."""
        window = asked_window(wanted, context, self.source, self.pace.history_days)
        allowed = self._scope.employees
        words = Vocabulary(self.source, context.now_ms, window, self._zone, self._directory, allowed)
        calibration = Calibration.from_state(self._state)
        mode: Mode = "keyed" if calibration is None else calibration.mode
        if self._settings.hour_mode != "auto":
            mode = self._settings.hour_mode
        return asking.plan(wanted, context, words, self._scope, mode)

    async def ask(self, plan: Plan) -> AsyncIterator[Page]:
        """The hours that a plan asks for, as records, where no call is left out of them.

        Totals narrowed by direction, length or local calls would overwrite whole ones, so they bring no records here:
        `statistics` gives them.
        """
        for request in plan.requests:
            if not asking.is_whole(request):
                continue
            window, body = asking.window_of(request), request.json_body or {}
            cells, rejects = await self._sent(body)
            day = local_date(window.start_ms, self._zone)
            if body["groupingInterval"] == "HOUR":
                page = keyed_page(cells, day, self._zone, plan.window, self._scope, strict=False)
            else:
                page = windowed_page(cells, window, day, self._zone, self._scope)
            yield Page(page.records, (*page.rejects, *rejects), notices_of(cells))

    def is_for_showing(self, plan: Plan) -> bool:
        """Whether a plan's totals leave calls out, so that `statistics` gives them and `ask` stores nothing."""
        return not all(map(asking.is_whole, plan.requests))

    async def statistics(self, plan: Plan) -> tuple[EmployeeBucket, ...]:
        """The totals of a plan's requests, for showing: nothing of them is stored. Raises `ProviderError`."""
        found: list[EmployeeBucket] = []
        for request in plan.requests:
            body = request.json_body or {}
            window = asking.window_of(request)
            statement = Statement(window, "HOUR" if body["groupingInterval"] == "HOUR" else "DAY")
            cells, _ = await self._sent(body)
            found += self._buckets(cells, statement)
        return tuple(found)

    async def ask_statement(self, statement: Statement) -> tuple[EmployeeBucket, ...]:
        """The answer to any request of the document in JSON. Raises ValueError for a request that must not be sent."""
        if statement.format != "JSON":
            raise ValueError("a file is fetched with download")
        cells, _ = await self._sent(statement.body(self._zone))
        return tuple(self._buckets(cells, statement))

    async def download(self, statement: Statement, path: Path) -> tuple[int, list[Cell]]:
        """Saves the answer as a CSV file or a workbook, as received, and reads it: its bytes, and its cells.

        The file is kept when its rows cannot be read, which raises `BadAnswer`.
        """
        if statement.format == "JSON":
            raise ValueError("a file is CSV or EXCEL")
        body = statement.body(self._zone)
        answer = await self._answered(body)
        size = save(answer.body, path)
        try:
            entries = read_csv(answer.body) if statement.format == "CSV" else read_workbook(answer.body)
        except ValueError as error:
            raise BadAnswer(f"{answer.asked}: {error}; the file was saved as received ({size} bytes)") from None
        return size, read_cells(entries)[0]

    async def check(self) -> Mapping[str, str]:
        """What the vendor says of the token (page api:auth:validatetoken): `level`, `employee`, `customer`; and `calls`, how
        many employees the statistics of this hour name, where the level allows them."""
        answer = await self.transport.send("GET", "/auth/validateToken")
        if answer.status >= 400:
            raise self._explained(answer, {})
        said = answer.json()
        if not isinstance(said, dict) or said.get("success") is False:
            raise BadAnswer(f"{answer.asked}: the answer does not describe the token")
        names = {"level": "accessLevel", "employee": "employee", "customer": "customer"}
        facts = {name: clean(said.get(member)) for name, member in names.items() if said.get(member)}
        if facts.get("level") in TOO_LOW:
            problem = f"the access level {facts['level']} is too low: use the token of an employee with VIEWER or higher"
            return {**facts, "problem": problem}
        hour_ms = int(self._now() * 1000) // HOUR_MS * HOUR_MS
        cells, _ = await self._ask(Window(hour_ms, hour_ms + HOUR_MS), "DAY")
        return {
            **facts,
            "calls": f"totals of {len({cell.employee.get('employeeId') for cell in cells})} employees in this hour",
        }

    def _buckets(self, cells: Sequence[Cell], statement: Statement) -> Iterator[EmployeeBucket]:
        for cell in cells:
            try:
                window = statement.interval(cell.interval, self._zone)
            except ValueError as error:
                raise BadAnswer(f"POST {asking.PATH}: {clean(str(error))}") from None
            twice = statement.grouping == "HOUR" and window.end_ms - window.start_ms > HOUR_MS
            rule = self._settings.inbound_answered
            yield bucket_from(self.source, cell.employee, cell.counters, window, 2 if twice else 1, rule)

    async def _ask(self, window: Window, grouping: Grouping) -> tuple[list[Cell], list[Reject]]:
        return await self._sent(body_of(window, grouping, self._scope))

    async def _answered(self, body: Mapping[str, object]) -> Answer:
        answer = await self.transport.send("POST", asking.PATH, json_body=body)
        if answer.status == 403 and await self._auth.renew(self.transport):
            answer = await self.transport.send("POST", asking.PATH, json_body=body)
        if answer.status >= 400:
            raise self._explained(answer, body)
        return answer

    async def _sent(self, body: Mapping[str, object]) -> tuple[list[Cell], list[Reject]]:
        answer = await self._answered(body)
        if any(kind in answer.media_type for kind in FILE_TYPES):
            raise BadAnswer(f"{answer.asked}: the answer is {answer.media_type}, JSON was asked for")
        entries = answer.json()
        if not isinstance(entries, list):
            said = self.transport.said(answer)
            raise BadAnswer(f"{answer.asked}: the answer is no list of employees{': ' + said if said else ''}")
        cells, rejects = read_cells(entries)
        for cell in cells:
            self._directory.learn(cell.employee)
        return cells, rejects

    def _explained(self, answer: Answer, body: Mapping[str, object]) -> ProviderError:
        said = self.transport.said(answer)
        if answer.status == 403:
            return Refused(
                f"{answer.asked}: 403, {said or 'not allowed'}",
                advice="use the token of an employee with access level VIEWER or higher, and check that it is still valid",
            )
        if answer.status == 422 and said == "from":
            what = f"{answer.asked}: 422, the range {body.get('from', 'midnight')} to {body.get('to', 'midnight')} was refused"
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
