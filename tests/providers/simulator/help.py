"""What the simulator's tests share: a simulator whose clock stands still, and ways to ask its APIs over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx

from providers.simulator import Simulator, SimulatorClock, credentials
from providers.simulator.credentials import Account
from providers.simulator.php import api_hash

# A Monday noon after the night in which the clocks went back.
NOW = "2026-10-26T11:40:00Z"


def instant_ms(text: str) -> int:
    """Milliseconds of an RFC 3339 time."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def make_simulator(now: str = NOW, seed: int = 7, days: int = 3, calls_per_day: int = 400, faults: str = "") -> Simulator:
    """A simulator whose clock stands still at `now` until a test moves it."""
    return Simulator(seed, days, calls_per_day, SimulatorClock(instant_ms(now), speed=0), faults)


@asynccontextmanager
async def asking(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the simulator's application, without a network."""
    transport = httpx.ASGITransport(app=simulator.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://simulator") as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


async def history(client: httpx.AsyncClient, first: str, last: str, provider: str = "dstny") -> list[dict[str, Any]]:
    """The call history between two edges, which must be a good answer."""
    headers = bearer(credentials.DSTNY_TOKEN if provider == "dstny" else await soluno_token(client))
    answer = await client.get(f"/{provider}/cdr/historik", params={"from": first, "to": last}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def soluno_token(client: httpx.AsyncClient) -> str:
    """A token for Soluno's password."""
    account = credentials.SOLUNO
    form = {"grant_type": "password", "username": account.username, "password": account.password}
    answer = await client.post("/soluno/token", data=form)
    return str(answer.json()["access_token"])


async def statistics(client: httpx.AsyncClient, token: str = credentials.TELECOMX_TOKEN, **body: Any) -> httpx.Response:
    """Telecom X's answer to a statistics request; `from_` stands for `from`."""
    members = {name.rstrip("_"): value for name, value in body.items()}
    return await client.post("/telecomx/pbx/cdrstats", params={"token": token}, json=members)


def oauth_form(account: Account = credentials.PORTSIP, **changes: str) -> dict[str, str]:
    """The form of PortSIP's password grant."""
    form = {
        "grant_type": "password",
        "username": account.username,
        "password": account.password,
        "scope": "all",
        "client_id": credentials.PORTSIP_CLIENT_ID,
        "domain": credentials.PORTSIP_DOMAIN,
    }
    return {**form, **changes}


async def portsip_headers(client: httpx.AsyncClient, account: Account = credentials.PORTSIP) -> dict[str, str]:
    """The header of somebody who signed in to PortSIP."""
    answer = await client.post("/portsip/api/login/oauth/token", data=oauth_form(account))
    assert answer.status_code == 200, answer.text
    return bearer(answer.json()["access_token"])


async def portsip_rows(
    client: httpx.AsyncClient, headers: dict[str, str], path: str = "cdrs", **options: str
) -> list[dict[str, Any]]:
    """All rows of a PortSIP collection, page by page."""
    rows: list[dict[str, Any]] = []
    while True:
        answer = await client.get(f"/portsip/api/{path}", params={**options, "skip": str(len(rows))}, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()["items"]
        rows += page
        if len(page) < 100:
            return rows


async def cdr(
    client: httpx.AsyncClient, filters: dict[str, Any] | None = None, page: int = 1, **members: Any
) -> dict[str, Any]:
    """While1's answer to a well signed request."""
    parameters: dict[str, Any] = {"page": page, "filters": filters or {}, **members}
    parameters["api_hash"] = api_hash(parameters, credentials.WHILE1_API_KEY)
    answer = await client.post("/while1/api/cdr", json=parameters, headers=bearer(credentials.WHILE1_TOKEN))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def cdr_rows(client: httpx.AsyncClient, filters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """All of While1's rows that match, page by page."""
    rows: list[dict[str, Any]] = []
    page = 1
    while True:
        answer = await cdr(client, filters, page)
        assert not answer["has_error"], answer["messages"]
        rows += answer["results"]
        if page >= answer["pagination"]["max_page"]:
            return rows
        page += 1
