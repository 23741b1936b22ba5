"""What the tests of the Telecom X client share: the vendor's sample, and a small statistics service."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from calls.model import EmployeeBucket, Record, Reject, Window
from calls.times import parse_rfc3339
from providers.registry import make_provider, parse_settings
from providers.telecomx import TelecomXProvider
from providers.telecomx.request import COUNTER_FIELDS

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def _cell(*counts: int) -> dict[str, int]:
    return dict(zip(COUNTER_FIELDS, counts, strict=True))


def employee(
    data: Any, *, employee_id: str = "e1", name: str = "Bo Madsen", extension_id: str = "x1", number: str = "232"
) -> dict[str, Any]:
    """One entry of an answer."""
    ids = {"employeeId": employee_id, "employeeName": name, "extensionId": extension_id, "extensionNumber": number}
    return {**ids, "data": data}


SAMPLE = [
    employee(
        {
            "49": _cell(80, 14276, 66, 14, 0, 111, 27041, 0, 9, 0),
            "50": _cell(106, 33521, 85, 21, 0, 159, 45536, 0, 3, 0),
            "51": _cell(58, 13651, 39, 19, 0, 77, 11903, 0, 5, 0),
        },
        employee_id="5450f1834b75ff21032563a1",
        extension_id="5bf2b81b462b727cd09b05cd",
    ),
    employee(
        {
            "49": _cell(71, 8685, 63, 8, 1, 63, 9269, 0, 11, 1),
            "50": _cell(114, 17523, 96, 18, 0, 83, 11317, 0, 20, 0),
            "51": _cell(66, 14204, 60, 6, 0, 47, 5206, 0, 15, 5),
        },
        employee_id="53da4c7552b2dbf05521c09b",
        name="Benny Andersen",
        extension_id="5c5a97d983a3bc74d5891c51",
        number="289",
    ),
    employee(
        {
            "49": _cell(40, 9652, 36, 4, 0, 36, 9038, 0, 8, 3),
            "50": _cell(73, 31671, 66, 7, 0, 91, 17661, 0, 22, 8),
            "51": _cell(42, 13548, 31, 11, 0, 62, 7571, 0, 16, 5),
        },
        employee_id="534bf567221eb20000136767",
        name="Hans Hansen",
        extension_id="5c5aa35183a3bc74d5891cd1",
        number="302",
    ),
]


def utc_ms(text: str) -> int:
    """Milliseconds of an ISO time with offset."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def window(start: str, end: str) -> Window:
    """[start, end) from two ISO times with offset."""
    return Window(utc_ms(start), utc_ms(end))


@dataclass(frozen=True)
class InboundCall:
    """An answered inbound call of an employee."""

    start: str
    seconds: int
    employee_id: str = "e1"


class Statistics:
    """Counts inbound calls like the vendor; `key_of` says how it writes the local hour of a call."""

    def __init__(self, calls: Iterable[InboundCall] = (), key_of: Callable[[datetime], str] | None = None) -> None:
        self.calls = list(calls)
        self.key_of = key_of or (lambda local: str(local.hour))
        self.asked: list[httpx.Request] = []

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The requests for statistics, as JSON."""
        return [json.loads(request.content) for request in self.asked if request.url.path.endswith("/cdrstats")]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        body = json.loads(request.content)
        start_ms, end_ms = parse_rfc3339(body["from"]), parse_rfc3339(body["to"])
        employees: dict[str, dict[str, dict[str, int]]] = {}
        for call in self.calls:
            if start_ms <= utc_ms(call.start) <= end_ms:
                local = datetime.fromisoformat(call.start).astimezone(COPENHAGEN)
                key = self.key_of(local) if body["groupingInterval"] == "HOUR" else str(local.day)
                cell = employees.setdefault(call.employee_id, {}).setdefault(key, _cell(*[0] * 10))
                cell["inboundCalls"] += 1
                cell["inboundAnswered"] += 1
                cell["inboundSeconds"] += call.seconds
        return httpx.Response(200, json=[employee(data, employee_id=number) for number, data in employees.items()])


def answering(body: Any, status: int = 200, content_type: str = "") -> Callable[[httpx.Request], httpx.Response]:
    """A service that always answers the same."""
    headers = {"content-type": content_type} if content_type else {}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda request: httpx.Response(status, content=content, headers=headers)


def provider(
    service: Callable[[httpx.Request], httpx.Response] | None = None, now: str = "2025-11-20T12:10:00Z", **settings: Any
) -> TelecomXProvider:
    """A provider that asks `service`, by keys unless told otherwise."""
    data: Mapping[str, Any] = {"kind": "telecomx", "token": "t0ken", "hour_mode": "keyed", **settings}
    data = {name: value for name, value in data.items() if value is not None}
    http = httpx.MockTransport(service or Statistics())
    made = make_provider("desk", parse_settings(data), http=http, now=lambda: utc_ms(now) / 1000)
    assert isinstance(made, TelecomXProvider)
    return made


async def read(
    client: TelecomXProvider, asked: Window, state: Mapping[str, str] | None = None
) -> tuple[list[Record], list[Reject]]:
    """All records and rejects of one fetch."""
    records: list[Record] = []
    rejects: list[Reject] = []
    async for page in client.fetch(asked, state or {}):
        records += page.records
        rejects += page.rejects
    return records, rejects


async def buckets_of(body: Any, asked: Window, **settings: Any) -> list[EmployeeBucket]:
    """The buckets that an answer amounts to."""
    client = provider(answering(body), **settings)
    records, rejects = await read(client, asked)
    assert rejects == []
    return list(client.derive(records, client.facts(records)).buckets)
