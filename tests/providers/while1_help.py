"""A small While1 server for tests: strict about filters and the signature, with habits that pages of rows may have."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from calls.model import Call, Record, Window
from providers.while1 import Settings, While1Provider, make

ZONE = ZoneInfo("Europe/Bucharest")
BASE_URL = "https://office.example"
KEY = "your_api_key"
NOON_S = 1_710_403_200  # 2024-03-14 10:00 in Bucharest
DAY = Window(1_710_367_200_000, 1_710_453_600_000)  # 2024-03-14 in Bucharest

SAMPLE: dict[str, Any] = {
    "id": "29056",
    "uniqueid": "1710401324.480",
    "linkedid": "1710401324.480",
    "time": "2024-03-14 09:28:44",
    "time_end": "2024-03-14 09:29:00",
    "caller_id": '"John Doe" <0312000000>',
    "source": "0312285000",
    "destination": "0700000000",
    "direction": "OUT",
    "channel_formatted": "PJSIP/john-doe",
    "dstchannel_formatted": "",
    "customer_id": None,
    "user_fullname": "John Doe",
    "qname": None,
    "code": "outbound",
    "call_status": "FAILED",
    "call_status_info": "DS:CONGESTION|HC:34|HI:SIP 503 Service Unavailable",
    "call_codes": "out no answer",
    "accounting_code": None,
    "accounting_value": None,
    "comments": None,
    "monitor_files": None,
    "monitor_urls": None,
    "recording_file": None,
    "recording_url": None,
    "transfers": None,
    "project": "My Project",
    "inbound_route": None,
    "inbound_route_id": None,
    "queue_log": None,
    "ivr_log": None,
    "external_id": None,
    "external_info": None,
    "agent_details": None,
    "is_recovered": None,
    "transcription_id": None,
    "transcription_text": None,
    "bill_duration": "00:00:00",
    "duration": "00:00:15",
    "bill_minutes": 0,
    "ivr_duration": "00:00:00",
    "hold_time": "00:00:00",
    "ring_time": "00:00:00",
}


def local(epoch_s: int) -> str:
    """An instant on the provider's clocks."""
    return f"{datetime.fromtimestamp(epoch_s, UTC).astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def clock_face(seconds: int) -> str:
    """A duration as the provider writes it."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def row(number: int, start: int = 0, of: int | None = None, *, lasts: int = 20, talk: int = 0, **fields: Any) -> dict[str, Any]:
    """An unanswered incoming leg `start` seconds after ten o'clock; `of` is the start of its call's first leg."""
    epoch_s = NOON_S + start
    first_s = NOON_S + (start if of is None else of)
    return {
        **SAMPLE,
        "id": str(number),
        "uniqueid": f"{epoch_s}.{number}",
        "linkedid": f"{first_s}.{number if of is None else of}",
        "time": local(epoch_s),
        "time_end": local(epoch_s + lasts),
        "caller_id": '"Bakery" <0700000123>',
        "source": "0700000123",
        "destination": "101",
        "direction": "IN",
        "user_fullname": None,
        "call_status": "ANSWERED" if talk else "NO ANSWER",
        "call_status_info": None,
        "code": None,
        "call_codes": None,
        "duration": clock_face(lasts),
        "bill_duration": clock_face(talk),
        "ring_time": clock_face(lasts - talk),
        **fields,
    }


class Pbx:
    """Answers `POST /api/cdr`; `asked` are the bodies of the requests."""

    def __init__(self, rows: list[Any], page_rows: int = 100) -> None:
        self.rows = rows
        self.page_rows = page_rows
        self.newest_first = True
        self.says_pages = True
        self.before_each: Callable[[Pbx], None] = lambda pbx: None
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.before_each(self)
        assert request.method == "POST"
        body = json.loads(request.content)
        rows = [one for one in self.rows if self._matches(one, body.get("filters", {}))]
        rows.sort(key=lambda one: int(one["id"]), reverse=self.newest_first)
        first = (body["page"] - 1) * self.page_rows
        pages = -(-len(rows) // self.page_rows)
        pagination = {"row_count": len(rows), "page_size": self.page_rows, "current_page": body["page"], "max_page": pages}
        if not self.says_pages:
            pagination |= {"row_count": 0, "current_page": 0, "max_page": 0}
        results = rows[first : first + self.page_rows]
        return httpx.Response(200, json={"has_error": False, "messages": [], "pagination": pagination, "results": results})

    @staticmethod
    def _matches(one: dict[str, Any], filters: dict[str, Any]) -> bool:
        assert set(filters) <= {"date_between", "from_id"}
        if "from_id" in filters and int(one["id"]) < filters["from_id"]:
            return False
        low, high = filters.get("date_between", ("", "~"))
        return bool(low <= one["time"] <= high)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the requests."""
        return [json.loads(request.content) for request in self.requests]


def provider(
    handler: Callable[[httpx.Request], httpx.Response],
    now: Callable[[], float] = lambda: NOON_S + 10 * 86400.0,
    **settings: Any,
) -> While1Provider:
    """A provider that talks to `handler`, ten days after the test's rows unless told otherwise."""
    read = Settings.model_validate({"kind": "while1", "base_url": BASE_URL, "token": "t1", "api_key": KEY, **settings})
    return make("pbx", read, http=httpx.MockTransport(handler), now=now)


async def fetched(reader: While1Provider, window: Window = DAY, state: dict[str, str] | None = None) -> list[Record]:
    """All records of a reading."""
    return [record async for page in reader.fetch(window, state or {}) for record in page.records]


async def calls_of(rows: list[Any], window: Window = DAY, **settings: Any) -> dict[str, Call]:
    """The calls that a reading of these rows makes, by id."""
    reader = provider(Pbx(rows), **settings)
    records = await fetched(reader, window)
    return {call.id: call for call in reader.derive(records, reader.facts(records)).calls}
