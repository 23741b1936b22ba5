"""Soluno and Dstny: the document's tables, line by line, between the client and the simulated API."""

from __future__ import annotations

import tomllib
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from calls.filters import FilterContext, parse
from calls.model import Window
from calls.times import format_rfc3339, parse_rfc3339, to_local
from providers.base import Provider
from providers.errors import BadAnswer, ProviderError, RateLimited, Refused, Rejected, Unavailable
from providers.registry import make_provider, parse_settings
from providers.simulator import Simulator, credentials
from tests.providers.exchange_help import (
    AUTUMN,
    DAY_MS,
    SPRING,
    everything,
    instant_ms,
    random_windows,
    read,
    simulated,
    truth,
)
from tests.providers.simulator.help import asking, history

pytestmark = pytest.mark.anyio

STOCKHOLM = ZoneInfo("Europe/Stockholm")
KINDS = ["soluno", "dstny"]
NOTHING = (None, "", "null", "missing")


class Wire:
    """Passes requests on to the simulator and keeps them, with the answers."""

    def __init__(self, simulator: Simulator) -> None:
        self._inner = httpx.ASGITransport(app=simulator.app)
        self.exchanges: list[tuple[httpx.Request, httpx.Response]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        await response.aread()
        self.exchanges.append((request, response))
        return httpx.Response(response.status_code, headers=response.headers, content=response.content)


def on_the_wire(kind: str, simulator: Simulator, **settings: Any) -> tuple[Provider, Wire]:
    """A provider of the simulator's own configuration, and what it sends."""
    wire = Wire(simulator)
    table = tomllib.loads(simulator.config_text("http://127.0.0.1:8080"))["providers"][kind]
    made = make_provider(
        kind,
        parse_settings({**table, **settings}),
        http=httpx.MockTransport(wire),
        now=lambda: simulator.clock.now_ms() / 1000,
    )
    return made, wire


@pytest.mark.parametrize("now", [AUTUMN, SPRING], ids=["autumn", "spring"])
@pytest.mark.parametrize("kind", KINDS)
async def test_parameters_from_and_to_whatever_the_window(kind: str, now: str) -> None:
    simulator = simulated(now)
    provider, wire = on_the_wire(kind, simulator)
    keys: list[str] = []
    windows = random_windows(simulator, seed=3)
    for window in windows:
        keys += [record.key for record in await read(provider, window)]
    whole = Window(windows[0].start_ms, windows[-1].end_ms)
    assert sorted(keys) == sorted(truth(simulator, kind, whole))
    asked = [request for request, _ in wire.exchanges if request.method == "GET"]
    assert all(list(request.url.params) == ["from", "to"] for request in asked)
    assert all(b"+" not in request.url.query and b" " not in request.url.query for request in asked)
    assert all(response.status_code == 200 for _, response in wire.exchanges)
    assert len(asked) == len(windows)


def _wall(text: str) -> str:
    return f"{to_local(parse_rfc3339(text), STOCKHOLM):%Y-%m-%d %H:%M:%S.%f}"


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-10-26", "2026-10-26"),
        ("2026-10-24", "2026-10-25"),
        ("2026-10-26 08:00", "2026-10-26 17:00"),
        ("2026-10-25 08:00", "2026-10-26 17:00"),
        ("2026-10-25 00:00", "2026-10-25 23:59"),
        ("2026-10-25 01:30", "2026-10-25 02:30"),
    ],
)
async def test_both_forms_of_the_edges_include_their_ends(first: str, last: str) -> None:
    simulator = simulated(AUTUMN)
    async with asking(simulator) as http:
        rows = await history(http, first, last)
    upper = f"{last}:00.000000" if len(last) == 16 else f"{last} 23:59:59.999999"
    expected = [line for line in truth(simulator, "dstny").values() if first <= _wall(line["started_at"]) <= upper]
    assert len(rows) == len(expected) > 0
    assert sorted(instant_ms(row["start"]) for row in rows) == sorted(instant_ms(line["started_at"]) for line in expected)


FIELDS: dict[str, tuple[str, bool]] = {
    "callerNo": ("caller", False),
    "start": ("started_at", True),
    "receivingNo": ("queue", False),
    "received": ("ringing_at", True),
    "calleeNo": ("callee", False),
    "calleeAnswered": ("answered_at", True),
    "stop": ("ended_at", True),
}
"""Each field of the document: the key of the truth that it tells, and whether it is a time."""


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("kind", KINDS)
async def test_field_by_field_the_answer_tells_the_truth(kind: str, field: str) -> None:
    simulator = simulated(days=6)
    provider, _ = on_the_wire(kind, simulator)
    lines = truth(simulator, kind)
    records = await read(provider, everything(simulator))
    key, is_time = FIELDS[field]
    seen = set()
    for record in records:
        value = record.payload.get(field, "missing")
        expected = lines[record.key][key]
        seen.add(value if value in NOTHING else "something")
        if field == "calleeNo" and value in NOTHING:
            assert expected == (lines[record.key]["queue"])
        elif value in NOTHING:
            assert expected is None
        else:
            assert expected == (format_rfc3339(instant_ms(value)) if is_time else value)
    assert "something" in seen
    assert (seen == {"something"}) is (field in ("start", "stop"))
    assert "missing" not in seen or field == "receivingNo"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "error", "words", "requests"),
    [
        ("400", Rejected, "400, the range .* was refused: simulated 400; check query_timezone", 1),
        ("401", Refused, "401, ", 2),
        ("403", Refused, "403, not allowed: simulated 403; ask the vendor whether the call log service is ordered", 1),
        ("404", Rejected, "404, no such address: simulated 404; check base_url", 1),
        ("429-bare", RateLimited, "429, too many requests", 1),
        ("500", Unavailable, "the provider answered 500", 3),
        ("502", Unavailable, "the provider answered 502", 3),
        ("503", Unavailable, "the provider answered 503", 3),
        ("html", BadAnswer, "HTML", None),
        ("truncated", BadAnswer, "cut or broken JSON", None),
        ("empty", BadAnswer, "an empty body", None),
    ],
)
async def test_errors_one_by_one(kind: str, fault: str, error: type[ProviderError], words: str, requests: int | None) -> None:
    simulator = simulated(calls_per_day=200)
    provider, wire = on_the_wire(kind, simulator)
    whole = await read(provider, everything(simulator))
    wire.exchanges.clear()
    simulator.set_faults(f"{kind}.historik:{fault}")
    with pytest.raises(error, match=f"^GET /{kind}/cdr/historik: .*{words}"):
        await read(provider, everything(simulator))
    data = [request for request, _ in wire.exchanges if request.method == "GET"]
    # A token that was given by hand cannot be renewed, so it is not tried twice.
    assert requests is None or len(data) == (1 if (kind, fault) == ("dstny", "401") else requests)
    simulator.set_faults("")
    assert await read(provider, everything(simulator)) == whole


async def test_the_password_buys_a_token_that_is_renewed_when_it_ends() -> None:
    simulator = simulated(calls_per_day=200)
    provider, wire = on_the_wire("soluno", simulator)
    for minutes in (0, 10, 18, 40):
        simulator.clock.advance(minutes * 60_000)
        await read(provider, everything(simulator))
    paths = [request.url.path.rsplit("/", 1)[-1] for request, _ in wire.exchanges]
    assert paths == ["token", "historik", "historik", "historik", "token", "historik"]
    assert all("grant_type=password" in request.content.decode() for request, _ in wire.exchanges[:1])


@pytest.mark.parametrize(
    ("kind", "settings", "requests"),
    [
        ("soluno", {"password": "wrong"}, ["token"]),
        ("soluno", {"auth": "bearer_static", "token": "wrong"}, ["historik"]),
        ("dstny", {"token": "wrong"}, ["historik"]),
        ("dstny", {"auth": "none"}, ["historik"]),
        ("dstny", {"auth": "basic", "username": "bo", "password": "pw"}, ["historik"]),
        ("dstny", {"auth": "query", "query_name": "key"}, ["historik"]),
    ],
)
async def test_refused_credentials_are_not_tried_again(kind: str, settings: dict[str, str], requests: list[str]) -> None:
    simulator = simulated(calls_per_day=200)
    provider, wire = on_the_wire(kind, simulator, **settings)
    with pytest.raises(Refused) as caught:
        await read(provider, everything(simulator))
    assert [request.url.path.rsplit("/", 1)[-1] for request, _ in wire.exchanges] == requests
    assert not any(secret in str(caught.value) for secret in ("wrong", "pw", credentials.DSTNY_TOKEN))


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer "])
async def test_a_header_of_ones_own_signs_in_too(prefix: str) -> None:
    simulator = simulated(calls_per_day=200)
    settings = {"auth": "header", "header_name": "Authorization", "header_prefix": prefix}
    provider, wire = on_the_wire("dstny", simulator, **settings)
    try:
        await read(provider, everything(simulator))
    except Refused:
        assert prefix == "bearer "
    assert wire.exchanges[0][0].headers["authorization"] == prefix + credentials.DSTNY_TOKEN


async def test_three_months_back_and_no_further() -> None:
    simulator = simulated("2026-11-23T12:00:00Z", days=100, calls_per_day=60)
    provider, wire = on_the_wire("dstny", simulator)
    context = FilterContext(simulator.clock.now_ms(), {"dstny": provider.source})
    found = [record.key async for page in provider.ask(provider.plan(parse(""), context)) for record in page.records]
    assert len(wire.exchanges) == 1
    kept = Window(context.now_ms - 92 * DAY_MS, context.now_ms + 1)
    assert sorted(found) == sorted(truth(simulator, "dstny", kept))
    assert min(found, key=lambda key: key.split("|")[1]).split("|")[1].startswith("2026-08-23T")
