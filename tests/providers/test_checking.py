"""A check asks once, tells what came back in words, and never repeats a sign-in that was refused."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from providers.checking import ProviderCheck, check_provider, skew_text
from providers.errors import Refused, SignInRefused, Unreachable
from providers.registry import KINDS, make_provider, parse_settings
from providers.settings import sign_in_digest
from providers.simulator import credentials
from tests.providers.exchange_help import client, simulated

pytestmark = pytest.mark.anyio
SECRET = "hunter2-very-secret"
TABLES: dict[str, dict[str, Any]] = {
    "soluno": {"kind": "soluno", "username": "me", "password": SECRET, "token_url": "https://api.soluno.se/token"},
    "portsip": {"kind": "portsip", "base_url": "https://pbx.example", "username": "me", "password": SECRET},
    "while1": {"kind": "while1", "base_url": "https://pbx.example", "token": SECRET, "api_key": SECRET + "-key"},
    "telecomx": {"kind": "telecomx", "username": "me", "password": SECRET},
    "dstny": {"kind": "dstny", "token": SECRET},
}


async def checked(kind: str, answer: Any, refused_before: str = "") -> ProviderCheck:
    settings = parse_settings(TABLES[kind])
    provider = make_provider(kind, settings, http=httpx.MockTransport(answer), now=lambda: 1_795_000_000.0)
    return await check_provider(provider, settings, refused_before)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_simulated_provider_is_well_and_says_what_can_be_read(kind: str) -> None:
    simulator = simulated(days=1, calls_per_day=200)
    provider = client(kind, simulator)
    check = await check_provider(provider, parse_settings(TABLES[kind]))
    assert check.well, check.problems
    assert check.facts is not None
    assert check.facts["calls"]
    assert check.asked
    assert all(request.status == 200 for request in check.asked)
    assert json.loads(json.dumps(check.json()))["facts"] == check.facts


async def test_what_is_amiss_although_it_answers_is_a_problem() -> None:
    user = credentials.PORTSIP_USER
    provider = client("portsip", simulated(days=0, calls_per_day=10), username=user.username, password=user.password)
    check = await check_provider(provider, parse_settings(TABLES["portsip"]))
    assert (check.well, check.failure) == (False, None)
    assert ("sees", "own calls") in check.lines()
    assert any("role Admin or QueueManager" in text for word, text in check.lines() if word == "problem")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_refusal_is_told_with_what_to_do_and_no_secret(kind: str) -> None:
    check = await checked(kind, lambda request: httpx.Response(401, json={"message": f"bad {SECRET}"}))
    assert isinstance(check.failure, Refused)
    told = json.dumps(check.json()) + repr(check.lines())
    assert "check" in str(check.failure)
    assert SECRET not in told


async def test_one_refused_sign_in_is_one_request() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(400, json={"errors": [{"code": "UNAUTHORIZED"}]})

    settings = parse_settings(TABLES["portsip"])
    refused = sign_in_digest(settings)
    check = await checked("portsip", answer)
    assert isinstance(check.failure, SignInRefused)
    assert len(asked) == 1
    assert check.failure_text.endswith("check the user name and password in the configuration")
    again = await checked("portsip", answer, refused)
    assert isinstance(again.failure, SignInRefused)
    assert "--sign-in-again" in str(again.failure)
    assert len(asked) == 1
    other = sign_in_digest(parse_settings({**TABLES["portsip"], "password": "another"}))
    await checked("portsip", answer, other)
    assert len(asked) == 2


async def test_what_is_asked_too_often_is_told_when_to_come_back() -> None:
    busy = await checked("dstny", lambda request: httpx.Response(429, headers={"Retry-After": "90"}))
    assert busy.failure_text.endswith("try again in 2 min")


async def test_a_clock_that_differs_is_told() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[], headers={"Date": "Sat, 18 Nov 2026 09:47:25 GMT"})

    check = await checked("dstny", answer)
    assert check.skew_seconds == 1_794_995_245 - 1_795_000_000
    assert check.problems == (
        f"the provider's clock is {-check.skew_seconds} s behind this machine's: check this machine's clock",
    )
    assert (skew_text(1), skew_text(40)) == ("as this machine's", "40 s ahead of this machine's")


async def test_what_nobody_foresaw_is_told_too() -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    check = await checked("dstny", lost)
    assert isinstance(check.failure, Unreachable)
    assert check.failure_text.endswith("check base_url and the network, or try later")
    assert [text.partition("(")[2] for word, text in check.lines() if word == "asked"] == ["3 times)"]

    def broken(request: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    assert "report it" in str((await checked("dstny", broken)).failure)
