"""PortSIP against the vendor's OpenAPI file: what the client asks, and what the simulator answers.

The file is not part of this project. `CALLTOP_PORTSIP_OPENAPI` names it; without it these tests are skipped.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from jsonschema import Draft202012Validator

from calls.filters import FilterContext, parse
from providers.portsip import PortsipProvider
from providers.portsip.reports import CUSTOM, REPORT_TYPES, Reports
from providers.portsip.rows import KNOWN_VALUES
from tests.providers.exchange_help import client, everything, read, simulated
from tests.providers.test_portsip_reports import order

VARIABLE = "CALLTOP_PORTSIP_OPENAPI"
QUERY_OPTIONS = {"filter", "search", "orderby", "skip", "top", "count"}
BEYOND = {"/recordings", "/recordings/{id}", "/tenant", "/auth/user", "/login/oauth/revoke"}
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not os.environ.get(VARIABLE), reason=f"{VARIABLE} does not name the vendor's OpenAPI file"),
]

Exchange = tuple[httpx.Request, httpx.Response]


@cache
def document() -> dict[str, Any]:
    # The alternatives of `oneOf` have no required member, so whatever fits one fits the others.
    text = Path(os.environ[VARIABLE]).read_text(encoding="utf-8").replace('"oneOf"', '"anyOf"')
    found: dict[str, Any] = json.loads(text)
    return found


def operation(request: httpx.Request) -> tuple[str, dict[str, Any]]:
    """The document's path and operation for a request; an empty operation for what is described elsewhere."""
    path = request.url.path.removeprefix("/portsip").removeprefix("/api")
    for template in [*document()["paths"], *BEYOND]:
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return template, document()["paths"].get(template, {}).get(request.method.lower(), {})
    raise AssertionError(f"{request.method} {path} is not in the document")


def without_blanks(value: Any) -> Any:
    """An answer without its empty members: the vendor's prose says that blank is how a list shows null."""
    if isinstance(value, dict):
        return {name: without_blanks(member) for name, member in value.items() if member not in (None, "")}
    return [without_blanks(item) for item in value] if isinstance(value, list) else value


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    """What of an answer is not as the schema says, but for values that later versions of the vendor's text add."""
    later = {each for values in KNOWN_VALUES.values() for each in values}
    errors = Draft202012Validator(schema).iter_errors(value)
    return [error.message for error in errors if not (error.validator == "enum" and error.instance in later)]


async def exchanges(**settings: Any) -> list[Exchange]:
    """Everything that a client asks of the simulator, and what it gets."""
    simulator = simulated(calls_per_day=150)
    provider = client("portsip", simulator, **{"auth": "sign_in", **settings})
    assert isinstance(provider, PortsipProvider)
    inner, seen = httpx.ASGITransport(app=simulator.app), []

    async def pass_on(request: httpx.Request) -> httpx.Response:
        response = await inner.handle_async_request(request)
        answer = httpx.Response(response.status_code, headers=response.headers, content=await response.aread())
        seen.append((request, answer))
        return answer

    provider.transport._http = httpx.MockTransport(pass_on)
    records = await read(provider, everything(simulator))
    context = FilterContext(simulator.clock.now_ms(), {provider.source.name: provider.source})
    for text in ("direction:in number:+46701740640", "Desk queue:8000", "id:1 or status:busy"):
        async for page in provider.ask(provider.plan(parse(text), context)):
            assert page.rejects == ()
    await provider.session_detail(next(record.group for record in records))
    await provider.leg_detail(next(record.key for record in records if record.key.startswith("log:"))[4:])
    await _reports(Reports(provider.transport))
    simulator.clock.advance(27 * 60_000)
    await read(provider, everything(simulator))
    await provider.check()
    await provider.close()
    return seen


async def _reports(reports: Reports) -> None:
    """Every type of call report, from the order to the file."""
    for kind in REPORT_TYPES:
        created = await reports.create(order(kind))
        assert (await reports.order(created)).line.type == kind
        await reports.update(created, order(kind, range=CUSTOM, started_ms=0, ended_ms=1000).changes())
    assert len(await reports.orders()) == len(REPORT_TYPES)
    [*_, done] = await reports.completed()
    await reports.completed_report(done.id)
    await reports.destroy_completed(done.id)
    await reports.destroy(created)


async def test_what_the_client_asks_is_in_the_document() -> None:
    asked = set()
    for request, _ in await exchanges():
        template, described = operation(request)
        asked.add((request.method, template))
        if not described:
            assert template in BEYOND
            continue
        declared = {each["name"] for each in described.get("parameters", []) if each["in"] == "query"}
        # The vendor describes the query options for every collection, and declares them for some.
        assert set(parse_qs(request.url.query.decode())) <= declared | (QUERY_OPTIONS if request.method == "GET" else set())
        body = described.get("requestBody")
        if body is None:
            assert request.content == b""
        else:
            schema = body["content"]["application/json"]["schema"]
            assert problems(schema, json.loads(request.content)) == []
            assert json.loads(request.content).keys() <= schema["properties"].keys()
        if described.get("security", document()["security"]):
            assert request.headers["authorization"].startswith("Bearer ")
    called = {("GET", path) for path in ("/cdrs", "/calllogs", "/cdrs/{id}", "/calllogs/{id}")}
    assert called | {("POST", "/auth/sign_in"), ("POST", "/auth/refresh_token")} <= asked


async def test_what_the_simulator_answers_is_in_the_document() -> None:
    checked = set()
    for request, response in await exchanges():
        template, described = operation(request)
        content = described.get("responses", {}).get(str(response.status_code), {}).get("content")
        if content is None:
            assert not (described and response.content), template
            continue
        schema = content["application/json"]["schema"]
        assert problems(schema, without_blanks(response.json())) == [], template
        checked.add(template)
    assert {"/cdrs", "/calllogs", "/cdrs/{id}", "/calllogs/{id}", "/auth/sign_in", "/auth/refresh_token"} <= checked
    assert {"/call_reports", "/call_reports/{id}", "/completed_call_reports", "/completed_call_reports/{id}"} <= checked


async def test_every_field_of_the_document_is_answered_and_known() -> None:
    by_template: dict[str, set[str]] = {}
    for request, response in await exchanges():
        template, described = operation(request)
        if described and request.method == "GET" and response.status_code == 200:
            body = response.json()
            rows = body.get("items", [body])
            by_template.setdefault(template, set()).update(name for row in rows for name in row)
    for template, names in by_template.items():
        schema = document()["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        properties = schema["properties"]
        fields = properties["items"]["items"]["properties"] if "items" in properties else properties
        assert names <= fields.keys(), template
        # One record need not have every field, but a list of many has.
        assert template.endswith("{id}") or names == fields.keys(), template
