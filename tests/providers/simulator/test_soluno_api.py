"""Soluno and Dstny: credentials, the two edges, what a row looks like."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest

from providers.simulator import credentials

from .help import asking, bearer, history, make_simulator, soluno_token

pytestmark = pytest.mark.anyio

DSTNY = bearer(credentials.DSTNY_TOKEN)
FIELDS = {"callerNo", "start", "receivingNo", "received", "calleeNo", "calleeAnswered", "stop"}


async def ask(client: httpx.AsyncClient, query: str, provider: str = "dstny") -> httpx.Response:
    return await client.get(f"/{provider}/cdr/historik?{query}", headers=DSTNY)


@pytest.mark.parametrize(
    "headers",
    [{}, bearer("wrong"), {"Authorization": "Basic eDp5"}, {"Authorization": credentials.DSTNY_TOKEN}],
)
@pytest.mark.parametrize("provider", ["soluno", "dstny"])
async def test_without_a_good_token_there_is_nothing(provider: str, headers: dict[str, str]) -> None:
    async with asking(make_simulator()) as client:
        answer = await client.get(f"/{provider}/cdr/historik?from=2026-10-26&to=2026-10-26", headers=headers)
    assert answer.status_code == 401
    assert "Message" in answer.json()


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password", "username": credentials.SOLUNO.username, "password": "wrong"}, "invalid_grant"),
        ({"grant_type": "password", "username": "nobody", "password": credentials.SOLUNO.password}, "invalid_grant"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
async def test_soluno_refuses_a_wrong_sign_in(form: dict[str, str], error: str) -> None:
    async with asking(make_simulator()) as client:
        answer = await client.post("/soluno/token", data=form)
        as_json = await client.post("/soluno/token", json=form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert (as_json.status_code, as_json.json()["error"]) == (400, "invalid_request")


async def test_a_token_ends_after_half_an_hour() -> None:
    simulator = make_simulator()
    async with asking(simulator) as client:
        headers = bearer(await soluno_token(client))
        url = "/soluno/cdr/historik?from=2026-10-26&to=2026-10-26"
        statuses = [(await client.get(url, headers=headers)).status_code]
        simulator.clock.advance(1_799_000)
        statuses.append((await client.get(url, headers=headers)).status_code)
        simulator.clock.advance(1_000)
        statuses.append((await client.get(url, headers=headers)).status_code)
    assert statuses == [200, 200, 401]


async def test_dstny_gives_no_tokens() -> None:
    async with asking(make_simulator()) as client:
        assert (await client.post("/dstny/token", data={"grant_type": "password"})).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2026-10-26",
        "to=2026-10-26",
        "from=&to=2026-10-26",
        "from=2026-10-26&to=2026-10-26&page=1",
        "from=2026-10-26&from=2026-10-25&to=2026-10-26",
        "from=2026-10-26T08%3A00&to=2026-10-26",
        "from=2026-10-26%2008%3A00%3A00&to=2026-10-26",
        "from=2026-10-26%2008%3A00Z&to=2026-10-26",
        "from=2026-10-26%2024%3A00&to=2026-10-27",
        "from=2026-02-30&to=2026-10-26",
        "from=26-10-2026&to=2026-10-26",
        "from=2026-10-27&to=2026-10-26",
        "from=2026-10-26%2017%3A00&to=2026-10-26%2008%3A00",
    ],
)
async def test_a_wrong_question_is_refused(query: str) -> None:
    async with asking(make_simulator()) as client:
        assert (await ask(client, query)).status_code == 400


@pytest.mark.parametrize("space", ["%20", "+"])
async def test_the_documented_forms_are_taken(space: str) -> None:
    async with asking(make_simulator()) as client:
        whole_day = await ask(client, "from=2026-10-26&to=2026-10-26")
        hours = await ask(client, f"from=2026-10-26{space}08:00&to=2026-10-26{space}11%3A00")
        days = await ask(client, f"from=2026-10-23{space}08:00&to=2026-10-26{space}17:00")
    assert len(hours.json()) < len(whole_day.json()) < len(days.json())
    assert len(hours.json()) > 10


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
async def test_other_methods_are_not_allowed(method: str) -> None:
    async with asking(make_simulator()) as client:
        answer = await client.request(method, "/dstny/cdr/historik?from=2026-10-26&to=2026-10-26", headers=DSTNY)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


async def test_both_edges_are_included_to_the_first_instant_of_the_last_minute() -> None:
    simulator = make_simulator(calls_per_day=4000)
    async with asking(simulator) as client:
        rows = await history(client, "2026-10-26 09:00", "2026-10-26 09:30")
        whole = await history(client, "2026-10-26", "2026-10-26")
    starts = [row["start"] for row in rows]
    assert starts
    assert all("2026-10-26T09:00:00.000" <= start[:23] <= "2026-10-26T09:30:00.000" for start in starts)
    inside = [row for row in whole if "2026-10-26T09:00:00.000" <= row["start"][:23] <= "2026-10-26T09:30:00.000"]
    assert sorted(starts) == sorted(row["start"] for row in inside)


async def test_the_repeated_hour_matches_with_both_its_passes() -> None:
    async with asking(make_simulator()) as client:
        rows = await history(client, "2026-10-25 02:00", "2026-10-25 03:00")
    offsets = [row["start"][-6:] for row in rows]
    assert offsets.count("+02:00") >= 2
    assert offsets.count("+01:00") >= 2
    assert all(row["start"].startswith("2026-10-25T02:") for row in rows)


async def test_the_missing_hour_holds_nothing() -> None:
    async with asking(make_simulator("2026-03-30T10:00:00Z")) as client:
        assert await history(client, "2026-03-29 02:00", "2026-03-29 03:00") == []
        around = await history(client, "2026-03-29 01:00", "2026-03-29 04:00")
    assert {row["start"][-6:] for row in around} == {"+01:00", "+02:00"}


async def test_rows_have_the_seven_fields_and_say_nothing_in_every_way() -> None:
    async with asking(make_simulator(days=60, calls_per_day=300)) as client:
        rows = await history(client, "2026-08-01", "2026-10-26")
    seen: set[tuple[str, object]] = set()
    for row in rows:
        assert set(row) <= FIELDS
        assert FIELDS - set(row) <= {"receivingNo"}
        seen |= {
            (name, row.get(name, "missing")) for name in FIELDS if row.get(name, "missing") in (None, "", "missing", "null")
        }
        for name in ("start", "received", "calleeAnswered", "stop"):
            if row[name] not in (None, "null"):
                assert datetime.fromisoformat(row[name]).utcoffset() in (timedelta(hours=1), timedelta(hours=2))
                assert row[name][19] == "."
                assert len(row[name]) == 29
    assert seen >= {("receivingNo", None), ("receivingNo", ""), ("receivingNo", "missing")}
    assert seen >= {("callerNo", None), ("callerNo", ""), ("calleeNo", None), ("calleeNo", "")}
    assert seen >= {("received", None), ("received", "null"), ("calleeAnswered", None), ("calleeAnswered", "null")}


async def test_rows_are_not_in_the_order_of_their_start_and_two_may_be_equal() -> None:
    async with asking(make_simulator(days=60, calls_per_day=400)) as client:
        rows = await history(client, "2026-08-01", "2026-10-26", "soluno")
    starts = [row["start"] for row in rows]
    assert starts not in (sorted(starts), sorted(starts, reverse=True))
    assert len({tuple(sorted(row.items(), key=str)) for row in rows}) < len(rows)


async def test_nothing_older_than_ninety_two_days_is_served() -> None:
    async with asking(make_simulator("2026-11-23T12:00:00Z", days=100, calls_per_day=30)) as client:
        rows = await history(client, "2026-08-01", "2026-11-23")
        older = await history(client, "2026-08-01", "2026-08-22")
    assert min(row["start"] for row in rows).startswith("2026-08-23T")
    assert older == []


async def test_a_row_appears_only_after_its_call_has_ended() -> None:
    simulator = make_simulator("2026-10-26T09:00:00Z")
    async with asking(simulator) as client:
        for _ in range(10):
            simulator.clock.advance(120_000)
            rows = await history(client, "2026-10-26", "2026-10-26")
            latest = max(datetime.fromisoformat(row["stop"]).timestamp() for row in rows)
            assert latest * 1000 + 3000 <= simulator.clock.now_ms()
