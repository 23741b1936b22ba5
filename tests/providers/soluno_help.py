"""What the tests of the Soluno and Dstny client share: the vendors' sample, and a scripted provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from calls.model import Call, Record, Reject, Window
from providers.registry import make_provider, parse_settings
from providers.soluno import SolunoProvider

SAMPLE: list[dict[str, Any]] = [
    {
        "callerNo": "+4672111111",
        "start": "2017-01-04T16:16:04.274+01:00",
        "receivingNo": "622",
        "received": "2017-01-04T16:16:10.279+01:00",
        "calleeNo": "+4672555555",
        "calleeAnswered": "2017-01-04T16:16:10.279+01:00",
        "stop": "2017-01-04T16:17:31.164+01:00",
    },
    {
        "callerNo": "+4672222222",
        "start": "2017-01-04T16:16:03.004+01:00",
        "receivingNo": "711",
        "received": "2017-01-04T16:16:10.279+01:00",
        "calleeNo": "+4672777777",
        "calleeAnswered": None,
        "stop": "2017-01-04T16:16:33.578+01:00",
    },
    {
        "callerNo": "+4672333333",
        "start": "2017-01-04T16:16:03.004+01:00",
        "receivingNo": "800",
        "received": None,
        "calleeNo": "+4672888888",
        "calleeAnswered": None,
        "stop": "2017-01-04T16:16:33.578+01:00",
    },
]


def utc_ms(text: str) -> int:
    """Milliseconds of an ISO time with offset."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def window(start: str, end: str) -> Window:
    """[start, end) from two ISO times with offset."""
    return Window(utc_ms(start), utc_ms(end))


SAMPLE_DAY = window("2017-01-04T00:00:00+01:00", "2017-01-05T00:00:00+01:00")
EVER = Window(0, utc_ms("2100-01-01T00:00:00Z"))


class Vendor:
    """Answers every request with `answer`, a body or a function of the request, and keeps the request lines."""

    def __init__(self, answer: Any = None) -> None:
        self.answer: Any = [] if answer is None else answer
        self.asked: list[httpx.Request] = []

    @property
    def lines(self) -> list[str]:
        """Path and query of each request, as on the wire."""
        return [request.url.raw_path.decode() for request in self.asked]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answer(request) if callable(self.answer) else self.answer
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(200, content=json.dumps(answer).encode())


def provider(
    vendor: Callable[[httpx.Request], httpx.Response] | None = None, kind: str = "soluno", **settings: Any
) -> SolunoProvider:
    """A provider that asks `vendor`."""
    data: Mapping[str, Any] = {"kind": kind, **({"token": "t0ken"} if "auth" not in settings else {}), **settings}
    made = make_provider("office", parse_settings(data), http=httpx.MockTransport(vendor or Vendor()))
    assert isinstance(made, SolunoProvider)
    return made


async def read(client: SolunoProvider, asked: Window = EVER) -> tuple[list[Record], list[Reject]]:
    """All records and rejects of one fetch."""
    records: list[Record] = []
    rejects: list[Reject] = []
    async for page in client.fetch(asked, {}):
        records += page.records
        rejects += page.rejects
    return records, rejects


async def calls_of(rows: Any, facts: frozenset[str] = frozenset(), **settings: Any) -> list[Call]:
    """The calls that an answer of `rows` amounts to, in the answer's order of starts."""
    client = provider(Vendor(rows), **settings)
    records, rejects = await read(client)
    assert rejects == []
    return list(client.derive(records, facts).calls)


async def keys_of(rows: Any) -> list[str]:
    """The sorted keys of an answer's records."""
    return sorted(record.key for record in (await read(provider(Vendor(rows))))[0])


def changed(row: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """The row with some fields replaced."""
    return {**row, **fields}


def without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The row without some fields."""
    return {name: value for name, value in row.items() if name not in names}
