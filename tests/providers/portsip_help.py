"""A small PortSIP server for tests: rows as given, the query options as documented, and habits that break them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import httpx

from calls.model import Record, Window
from calls.times import format_rfc3339
from providers.portsip import PortsipProvider, Settings, make
from providers.simulator.odata import instant_us, parse_filter
from providers.simulator.portsip.rows import LEG_FIELDS, SEARCHED, SESSION_FIELDS

BASE_URL = "https://pbx.example:8887"

ANSWERED = {
    "id": "878156644691742720",
    "caller": "102",
    "caller_display_name": "A",
    "callee": "103",
    "callee_display_name": "B",
    "started_at": "2024-08-20T06:00:59.457188Z",
    "rang_at": "2024-08-20T06:00:59.543647Z",
    "answered_at": "2024-08-20T06:01:01.965027Z",
    "ended_at": "2024-08-20T06:01:36.158919Z",
    "call_id": "JooRSqaUcdwZnsD7DNgA3Q..",
    "direction": "EXTENSION_CALL",
    "end_reason": "CALLER_DISCONNECT",
    "reroute_reason": "",
    "status_code": 0,
    "destination": "",
    "outbound_caller_id": "",
    "did_cid": "",
    "trunk": "",
    "duration": 35,
}
BUSY = {
    "id": "878156595253481472",
    "caller": "101",
    "caller_display_name": "C",
    "callee": "102",
    "callee_display_name": "A",
    "started_at": "2024-08-20T06:00:47.670813Z",
    "rang_at": "2024-08-20T06:00:47.701241Z",
    "answered_at": "",
    "ended_at": "2024-08-20T06:00:49.680179Z",
    "call_id": "zuRUKmbcjgfrNTrp46smiw..",
    "direction": "EXTENSION_CALL",
    "end_reason": "",
    "reroute_reason": "",
    "status_code": 486,
    "destination": "",
    "outbound_caller_id": "",
    "did_cid": "",
    "trunk": "",
    "duration": 0,
}
SAMPLE_DAY = Window(1_724_112_000_000, 1_724_198_400_000)  # 2024-08-20


def at(seconds: float) -> str:
    """A time of the sample day, in seconds after noon."""
    return format_rfc3339(1_724_155_200_000 + round(seconds * 1000))


def session(number: object, start: float = 0, **fields: Any) -> dict[str, Any]:
    """A session of the sample day, a missed inbound call unless told otherwise."""
    row = {"id": str(number), "caller": "+46701740630", "callee": "101", "direction": "INBOUND_CALL", "status_code": 487}
    return {**row, "started_at": at(start), "ended_at": at(start + 20), "duration": 0, **fields}


def leg(number: object, of: object, callee: str, start: float = 0, **fields: Any) -> dict[str, Any]:
    """A call log of a session."""
    return {**session(number, start), "session_id": str(of), "callee": callee, **fields}


class Pbx:
    """Answers `/api/cdrs` and `/api/calllogs`. `asked` are the requests for calls; habits are set as attributes."""

    def __init__(self, sessions: list[dict[str, Any]], legs: list[dict[str, Any]] | None = None) -> None:
        self.lists: dict[str, list[dict[str, Any]] | None] = {"/api/cdrs": sessions, "/api/calllogs": legs}
        self.asked: list[httpx.Request] = []
        self.obeys = {"filter", "search", "orderby", "skip", "top"}
        self.refuses_filters = False
        self.order: Callable[[dict[str, Any]], Any] = lambda row: row["started_at"]
        self.newest_first = True
        self.tenant: dict[str, Any] = {}
        self.before_each: Callable[[Pbx], None] = lambda pbx: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/tenant":
            return httpx.Response(200, json=self.tenant)
        self.asked.append(request)
        self.before_each(self)
        rows = self.lists.get(request.url.path)
        if rows is None:
            return httpx.Response(404, json={"errors": [{"code": "UNKNOWN", "message": "no such page"}]})
        query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items() if name in self.obeys}
        if self.refuses_filters and b"filter" in request.url.query:
            return httpx.Response(400, json={"errors": [{"code": "VALIDATE_FAILED"}]})
        rows = sorted(rows, key=self.order, reverse=self.newest_first and "orderby" not in query)
        if "filter" in query:
            fields = LEG_FIELDS if request.url.path == "/api/calllogs" else SESSION_FIELDS
            test = parse_filter(query["filter"], fields).test
            rows = [row for row in rows if test(_values(row))]
        if "search" in query:
            rows = [
                row for row in rows if any(query["search"].casefold() in str(row.get(name)).casefold() for name in SEARCHED)
            ]
        skip = int(query.get("skip", 0))
        return httpx.Response(200, json={"count": len(rows), "items": rows[skip : skip + int(query.get("top", 100))]})

    @property
    def queries(self) -> list[dict[str, str]]:
        """The query options of the requests, decoded."""
        return [{name: values[0] for name, values in parse_qs(request.url.query.decode()).items()} for request in self.asked]


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as filters are tried on it: times in microseconds, what is blank as None."""
    times = SESSION_FIELDS.times
    return {name: instant_us(value) if name in times and value else value or None for name, value in row.items()}


def provider(
    handler: Callable[[httpx.Request], httpx.Response], now: Callable[[], float] = lambda: 1_724_162_400.0, **settings: Any
) -> PortsipProvider:
    """A provider that talks to `handler` with a fixed token, unless the settings say otherwise."""
    chosen: Mapping[str, Any] = settings or {"token": "t1"}
    if "username" not in chosen:
        chosen = {"token": "t1", **chosen}
    read = Settings.model_validate({"kind": "portsip", "base_url": BASE_URL, **chosen})
    return make("pbx", read, http=httpx.MockTransport(handler), now=now)


async def fetched(reader: PortsipProvider, window: Window = SAMPLE_DAY) -> list[Record]:
    """All records of a reading."""
    return [record async for page in reader.fetch(window, {}) for record in page.records]
