"""PortSIP's simulated call reports, told by the document alone: what is refused, and which calls a file holds."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from providers.simulator import Simulator
from tests.providers.exchange_help import instant_ms, simulated

pytestmark = pytest.mark.anyio

BASE = "/portsip/api"
ORDERS, COMPLETED = f"{BASE}/call_reports", f"{BASE}/completed_call_reports"
ORDER = {"name": "n", "type": "NORMAL", "email": "a@b.example", "format": "CSV", "range": "LAST_THIRTY_DAYS", "filter": {}}
QUEUE = {**ORDER, "type": "QUEUE_PERFORMANCE", "filter": {"call_queues": ["8000"]}}
EDGES = {"range": "CUSTOM", "started_at": "2026-10-26T08:00:00Z", "ended_at": "2026-10-26T10:30:00+01:00"}


@asynccontextmanager
async def signed_in(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client that holds a token of the configured account."""
    table = tomllib.loads(simulator.config_text("http://127.0.0.1"))["providers"]["portsip"]
    transport = httpx.ASGITransport(app=simulator.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        who = {name: table[name] for name in ("username", "password", "domain")}
        token = (await client.post(f"{BASE}/auth/sign_in", json=who)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


async def made(client: httpx.AsyncClient, **changes: Any) -> list[dict[str, str]]:
    """The rows of the file that an order becomes."""
    assert (await client.post(ORDERS, json={**ORDER, **changes})).status_code == 201
    done = (await client.get(COMPLETED)).json()["items"][-1]
    file = await client.get(f"/portsip{done['file_url']}")
    assert (len(file.content), file.headers["content-type"]) == (done["file_size"], "text/csv")
    return list(csv.DictReader(io.StringIO(file.text)))


async def sessions(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """Every call of `/cdrs` by id."""
    found: dict[str, dict[str, Any]] = {}
    while True:
        page = (await client.get(f"{BASE}/cdrs?skip={len(found)}&orderby=started_at")).json()["items"]
        found |= {row["id"]: row for row in page}
        if len(page) < 100:
            return found


@pytest.mark.parametrize(
    ("body", "named"),
    [
        *(({name: value for name, value in ORDER.items() if name != left_out}, left_out) for left_out in ORDER),
        ({**ORDER, "type": "NEW"}, "type"),
        ({**ORDER, "type": ["NORMAL"]}, "type"),
        ({**ORDER, "format": "PDF"}, "format"),
        ({**ORDER, "range": "LAST_YEAR"}, "range"),
        ({**ORDER, "range": "CUSTOM"}, "started_at"),
        ({**ORDER, "range": "CUSTOM", "started_at": EDGES["started_at"]}, "ended_at"),
        ({**ORDER, **EDGES, "range": "TODAY"}, "CUSTOM"),
        ({**ORDER, **EDGES, "ended_at": EDGES["started_at"]}, "ended_at"),
        ({**ORDER, **EDGES, "ended_at": "2026-10-26"}, "ended_at"),
        ({**ORDER, "email": "x" * 120 + "@long.example"}, "email"),
        ({**ORDER, "cron_expr": "monday"}, "cron_expr"),
        ({**ORDER, "status": "RUNNING"}, "status"),
        ({**ORDER, "filter": []}, "filter"),
        ({**ORDER, "filter": {"call_queues": ["8000"]}}, "filter.call_queues"),
        ({**ORDER, "filter": {"from": "NUMBER"}}, "filter.from_value"),
        ({**ORDER, "filter": {"to": "NUMBERS_CONTAIN", "to_value": 7}}, "filter.to_value"),
        ({**ORDER, "filter": {"to": ["ANY"]}}, "filter.to"),
        ({**ORDER, "filter": {"answer_state": {}}}, "filter.answer_state"),
        ({**ORDER, "filter": {"duration_to": -1}}, "filter.duration_to"),
        ({**QUEUE, "filter": {"call_queues": []}}, "filter.call_queues"),
        ({**QUEUE, "filter": {"call_queues": [8000]}}, "filter.call_queues"),
        ({**QUEUE, "filter": {"call_queues": ["80"]}}, "filter.call_queues"),
        ({**QUEUE, "filter": {"call_queues": ["8000"], "enable_exclude_calls_dropped_before_seconds": 1}}, "filter.enable"),
        ({**ORDER, "type": "EXTENSION_GROUP_CALL_COST", "filter": {"groups": "Sales"}}, "filter.groups"),
        ({**ORDER, "type": "RING_GROUP_STATISTICS", "filter": {"ring_groups": [""]}}, "filter.ring_groups"),
    ],
)
async def test_an_order_that_the_document_does_not_allow_is_refused(body: dict[str, Any], named: str) -> None:
    async with signed_in(simulated(days=0)) as client:
        answer = await client.post(ORDERS, json=body)
        assert answer.status_code == 400
        [error] = answer.json()["errors"]
        assert error["code"] == "VALIDATE_FAILED"
        assert named in error["message"]
        assert (await client.get(ORDERS)).json() == {"count": 0, "items": []}


async def test_reports_want_a_token_and_ids_and_methods_that_there_are() -> None:
    async with signed_in(simulated(days=0)) as client:
        for method, path, status in (
            ("GET", f"{ORDERS}/1", 404),
            ("POST", f"{ORDERS}/1", 404),
            ("POST", f"{ORDERS}/1/destroy", 400),
            ("POST", f"{COMPLETED}/1/destroy", 400),
            ("GET", f"{COMPLETED}/1", 404),
            ("POST", COMPLETED, 405),
            ("DELETE", ORDERS, 405),
            ("GET", f"{BASE}/blobs/reports/1.csv", 404),
        ):
            assert (await client.request(method, path, json={})).status_code == status, (method, path)
        del client.headers["Authorization"]
        for path in (ORDERS, COMPLETED, f"{BASE}/blobs/reports/1.csv"):
            assert (await client.get(path)).status_code == 401


async def test_the_type_stays_and_the_rest_can_change() -> None:
    async with signed_in(simulated(days=0)) as client:
        identity = (await client.post(ORDERS, json={**ORDER, "cron_expr": "0 6 * * 1"})).json()["id"]
        assert (await client.post(f"{ORDERS}/{identity}", json={"type": "NORMAL"})).status_code == 400
        assert (await client.post(f"{ORDERS}/{identity}", json={"filter": {"groups": ["x"]}})).status_code == 400
        changed = await client.post(f"{ORDERS}/{identity}", json=EDGES)
        assert (changed.status_code, changed.content) == (200, b"")
        assert (await client.post(f"{ORDERS}/{identity}", json={"range": "TODAY"})).status_code == 200
        shown = (await client.get(f"{ORDERS}/{identity}")).json()
        assert shown == {**ORDER, "id": identity, "range": "TODAY", "cron_expr": "0 6 * * 1", "status": "SCHEDULED"}
        gone = await client.post(f"{ORDERS}/{identity}/destroy")
        assert (gone.status_code, gone.content) == (204, b"")


async def test_lists_are_filtered_searched_sorted_and_paged() -> None:
    async with signed_in(simulated(days=0)) as client:
        for name in ("beta", "alpha", "Alphabet"):
            await client.post(ORDERS, json={**(QUEUE if name == "beta" else ORDER), "name": name})

        async def names(path: str, query: str) -> list[str]:
            return [row["name"] for row in (await client.get(f"{path}?{query}")).json()["items"]]

        assert await names(ORDERS, "orderby=name%20desc") == ["beta", "alpha", "Alphabet"]
        assert await names(ORDERS, "search=ALPHA&orderby=name") == ["Alphabet", "alpha"]
        assert await names(ORDERS, "filter=type%20eq%20%27QUEUE_PERFORMANCE%27") == ["beta"]
        assert await names(COMPLETED, "filter=completed_at%20lt%20%272000-01-01T00%3A00%3A00Z%27") == []
        assert await names(COMPLETED, "orderby=file_size%20desc,name&skip=1&top=1") == ["alpha"]
        for query in ("top=0", "top=101", "skip=-1", "filter=size%20eq%201", "orderby=size", "filter=", "count=true", "x=1"):
            assert (await client.get(f"{ORDERS}?{query}")).status_code == 400, query


async def test_a_file_holds_the_calls_of_its_range_and_filter_and_no_others() -> None:
    async with signed_in(simulated(days=3, calls_per_day=300)) as client:
        known = await sessions(client)
        start_ms, end_ms = instant_ms(EDGES["started_at"]), instant_ms(EDGES["ended_at"])
        rows = await made(client, **EDGES)
        within = {key for key, row in known.items() if start_ms <= instant_ms(row["started_at"]) < end_ms}
        assert within
        assert {row["id"] for row in rows} == within
        everything = {row["id"] for row in await made(client, range="LAST_SEVEN_DAYS")}
        today = {row["id"] for row in await made(client, range="TODAY")}
        assert today
        assert today.isdisjoint(everything)
        assert {row["id"] for row in await made(client, range="YESTERDAY")} < everything
        assert everything | today == set(known)


@pytest.mark.parametrize(
    ("chosen", "test"),
    [
        ({"answer_state": "NOT_ANSWERED"}, lambda row: not row.get("answered_at")),
        ({"answer_state": "ANSWERED"}, lambda row: bool(row.get("answered_at"))),
        ({"from": "NUMBERS_START_WITH", "from_value": "+467"}, lambda row: (row.get("caller") or "").startswith("+467")),
        ({"to": "NUMBERS_CONTAIN", "to_value": "46"}, lambda row: "46" in (row.get("callee") or "")),
        (
            {"from": "EXTENSION_OR_EXTENSION_RANGE", "from_value": "101-103"},
            lambda row: row.get("caller") in ("101", "102", "103"),
        ),
        ({"from": "EXTERNAL_NUMBERS"}, lambda row: row["direction"].startswith("INBOUND")),
        ({"to": "EXTERNAL_NUMBERS"}, lambda row: row["direction"] == "OUTBOUND_CALL"),
        (
            {"duration": "TALK_DURATION", "duration_from": 20, "duration_to": 60},
            lambda row: 20 <= row["duration"] <= 60,
        ),
    ],
)
async def test_each_member_of_a_filter_of_calls_counts(chosen: dict[str, Any], test: Any) -> None:
    async with signed_in(simulated(days=2, calls_per_day=200)) as client:
        known = await sessions(client)
        found = {row["id"] for part in ("LAST_SEVEN_DAYS", "TODAY") for row in await made(client, range=part, filter=chosen)}
        expected = {key for key, row in known.items() if test(row)}
        assert 0 < len(expected) < len(known)
        assert found == expected


async def test_a_queues_file_holds_that_queues_calls() -> None:
    async with signed_in(simulated(days=2, calls_per_day=200)) as client:
        legs = (await client.get(f"{BASE}/calllogs?top=100")).json()["items"]
        queue = next(row["service_number"] for row in legs if row.get("service_number"))
        with_queue = {row["session_id"] for row in legs if row.get("service_number") == queue}
        parts = ("LAST_SEVEN_DAYS", "TODAY")
        kind = {"type": "QUEUE_PERFORMANCE", "filter": {"call_queues": [queue]}}
        found = {row["id"] for part in parts for row in await made(client, range=part, **kind)}
        assert with_queue <= found
        assert len(found) < len(await sessions(client))
