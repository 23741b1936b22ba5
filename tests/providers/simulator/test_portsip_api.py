"""PortSIP: signing in, collections and their options, details, who sees what."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from providers.simulator import credentials

from .help import asking, bearer, instant_ms, make_simulator, oauth_form, portsip_headers, portsip_rows

pytestmark = pytest.mark.anyio

TOKEN = "/portsip/api/login/oauth/token"
SIGN_IN = "/portsip/api/auth/sign_in"
REFRESH = "/portsip/api/auth/refresh_token"
CDRS = "/portsip/api/cdrs"
SIGN_IN_BODY = {
    "username": credentials.PORTSIP.username,
    "password": credentials.PORTSIP.password,
    "domain": credentials.PORTSIP_DOMAIN,
}


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"password": "wrong"}, (400, "UNAUTHORIZED")),
        ({"username": "nobody"}, (400, "UNAUTHORIZED")),
        ({"username": ""}, (400, "VALIDATE_FAILED")),
        ({"domain": "other.example"}, (404, "UNKNOWN")),
        ({"client_id": "wrong"}, (400, "UNKNOWN")),
        ({"scope": "some"}, (400, "UNKNOWN")),
        ({"grant_type": "client_credentials"}, (400, "UNKNOWN")),
        ({"grant_type": "refresh_token", "refresh_token": "wrong"}, (400, "UNKNOWN")),
    ],
)
async def test_a_wrong_sign_in_is_refused(changes: dict[str, str], expected: tuple[int, str]) -> None:
    async with asking(make_simulator()) as client:
        assert code_of(await client.post(TOKEN, data={**oauth_form(), **changes})) == expected


async def test_the_token_endpoint_takes_forms_and_the_sign_in_json() -> None:
    async with asking(make_simulator()) as client:
        assert code_of(await client.post(TOKEN, json=oauth_form())) == (400, "UNKNOWN")
        assert code_of(await client.post(SIGN_IN, data=SIGN_IN_BODY)) == (400, "VALIDATE_FAILED")
        assert (await client.get(TOKEN)).status_code == 405
        signed = await client.post(SIGN_IN, json=SIGN_IN_BODY)
        assert set(signed.json()) == {"access_token", "expires_in", "refresh_token", "token_type"}
        assert (await client.get(CDRS, headers=bearer(signed.json()["access_token"]))).status_code == 200


async def test_a_second_factor_is_asked_for() -> None:
    owner = credentials.PORTSIP_SECOND_FACTOR
    body = {**SIGN_IN_BODY, "username": owner.username, "password": owner.password}
    async with asking(make_simulator()) as client:
        signed = await client.post(SIGN_IN, json=body)
    assert signed.json()["two_factor_enabled"] is True
    assert set(signed.json()) == {"two_factor_enabled", "token"}


async def test_an_address_is_blocked_after_five_wrong_passwords_and_free_later() -> None:
    simulator = make_simulator()
    async with asking(simulator) as client:
        good = await portsip_headers(client)
        for _ in range(5):
            assert code_of(await client.post(TOKEN, data=oauth_form(password="wrong"))) == (400, "UNAUTHORIZED")
        assert code_of(await client.post(TOKEN, data=oauth_form())) == (403, "DENIED")
        assert code_of(await client.get(CDRS, headers=good)) == (403, "DENIED")
        simulator.clock.advance(15 * 60_000)
        assert (await client.get(CDRS, headers=good)).status_code == 200


async def test_a_good_sign_in_forgives_wrong_passwords() -> None:
    async with asking(make_simulator()) as client:
        for _ in range(3):
            for _ in range(4):
                await client.post(TOKEN, data=oauth_form(password="wrong"))
            await portsip_headers(client)


async def test_access_ends_after_half_an_hour_and_is_renewed_once_per_refresh_token() -> None:
    simulator = make_simulator()
    async with asking(simulator) as client:
        tokens = (await client.post(TOKEN, data=oauth_form())).json()
        assert tokens["expires_in"] == 1800
        simulator.clock.advance(1_800_000)
        assert code_of(await client.get(CDRS, headers=bearer(tokens["access_token"]))) == (401, "UNAUTHORIZED")
        renewal = {
            "grant_type": "refresh_token",
            "refresh_token": tokens["refresh_token"],
            "client_id": credentials.PORTSIP_CLIENT_ID,
        }
        renewed = (await client.post(TOKEN, data=renewal)).json()
        assert (await client.get(CDRS, headers=bearer(renewed["access_token"]))).status_code == 200
        assert code_of(await client.post(TOKEN, data=renewal)) == (400, "UNKNOWN")
        again = await client.post(REFRESH, json={"refresh_token": renewed["refresh_token"]})
        assert (await client.get(CDRS, headers=bearer(again.json()["access_token"]))).status_code == 200


async def test_signing_off_ends_the_token() -> None:
    async with asking(make_simulator()) as client:
        headers = await portsip_headers(client)
        assert (await client.post("/portsip/api/login/oauth/revoke", headers=headers)).status_code == 200
        assert (await client.get(CDRS, headers=headers)).status_code == 401


async def test_only_the_paths_and_methods_of_the_document_exist() -> None:
    async with asking(make_simulator()) as client:
        headers = await portsip_headers(client)
        assert (await client.get("/portsip/cdrs", headers=headers)).status_code == 404
        assert (await client.get("/portsip/api/call_reports/1/2/3", headers=headers)).status_code == 404
        assert (await client.get("/portsip/api/cdrs/", headers=headers)).status_code == 404
        assert (await client.post(CDRS, headers=headers)).status_code == 405
        assert (await client.get(CDRS)).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "top=0",
        "top=101",
        "top=ten",
        "top=",
        "skip=-1",
        "count=yes",
        "$top=10",
        "page=2",
        "limit=10",
        "top=1&top=2",
        "orderby=nonsense",
        "filter=",
        "filter=caller%20eq%20102",
        "filter=session_id%20eq%20'1'",
    ],
)
async def test_a_wrong_option_is_refused(query: str) -> None:
    async with asking(make_simulator()) as client:
        headers = await portsip_headers(client)
        assert code_of(await client.get(f"{CDRS}?{query}", headers=headers)) == (400, "VALIDATE_FAILED")


async def test_a_page_holds_a_hundred_rows_newest_first_and_counts_all() -> None:
    async with asking(make_simulator()) as client:
        headers = await portsip_headers(client)
        page = (await client.get(CDRS, headers=headers)).json()
        everything = await portsip_rows(client, headers)
        few = (await client.get(CDRS, params={"top": "3", "skip": "2"}, headers=headers)).json()
    assert list(page) == ["count", "items"]
    assert len(page["items"]) == 100
    starts = [instant_ms(row["started_at"]) for row in page["items"]]
    assert starts == sorted(starts, reverse=True)
    assert page["count"] == few["count"] == len(everything) > 150
    assert few["items"] == everything[2:5]
    assert len({row["id"] for row in everything}) == len(everything)


async def test_the_documents_paging_by_start_time_finds_every_row_once() -> None:
    async with asking(make_simulator()) as client:
        headers = await portsip_headers(client)
        everything = {row["id"] for row in await portsip_rows(client, headers, "calllogs")}
        found: dict[str, dict[str, Any]] = {}
        since = "2026-10-22T22:00:00Z"
        while True:
            window = f"started_at ge '{since}' and started_at lt '2026-10-27T00:00:00Z'"
            url = f"/portsip/api/calllogs?filter={quote(window, safe='')}&orderby=started_at%20asc&top=100"
            items = (await client.get(url, headers=headers)).json()["items"]
            found |= {row["id"]: row for row in items}
            if len(items) < 100:
                break
            since = items[-1]["started_at"][:19] + "Z"
    starts = [instant_ms(row["started_at"]) for row in found.values()]
    assert set(found) == everything
    assert starts == sorted(starts)


async def test_filters_searches_and_orders_do_what_they_say() -> None:
    async with asking(make_simulator()) as client:
        headers = await portsip_headers(client)
        everything = await portsip_rows(client, headers)
        desk = await portsip_rows(client, headers, filter="caller eq '103' or callee eq '103'")
        long_calls = await portsip_rows(client, headers, filter="duration ge 300", orderby="duration desc")
        unanswered = await portsip_rows(client, headers, filter="answered_at lt '2000-01-01T00:00:00Z'")
        named = await portsip_rows(client, headers, search="SUPPORT 1")
    assert {row["id"] for row in desk} == {row["id"] for row in everything if "103" in (row.get("caller"), row["callee"])}
    assert [row["duration"] for row in long_calls] == sorted(
        (row["duration"] for row in everything if row["duration"] >= 300), reverse=True
    )
    assert unanswered == []
    assert named
    assert all("Support 1" in (row.get("caller_display_name") or "") + (row.get("callee_display_name") or "") for row in named)


async def test_blanks_are_null_empty_or_missing_and_times_have_up_to_six_digits() -> None:
    async with asking(make_simulator(days=20)) as client:
        headers = await portsip_headers(client)
        rows = await portsip_rows(client, headers)
    blank = {repr(row.get("service_number", "missing")) for row in rows} & {"''", "None", "'missing'"}
    assert blank == {"''", "None", "'missing'"}
    digits = {len(re.fullmatch(r"[^.]*?(?:\.(\d+))?Z", row["started_at"])[1] or "") for row in rows}  # type: ignore[index]
    assert digits == {0, 3, 6}
    assert {row["direction"] for row in rows} == {*("INBOUND_CALL", "OUTBOUND_CALL", "EXTENSION_CALL", "INBOUND_OUTBOUND_CALL")}
    assert "CALLER_DISCONNECT" in {row.get("end_reason") for row in rows}
    assert all(int(row["id"]) > 2**53 for row in rows)


async def test_the_end_reason_of_some_calls_comes_minutes_later() -> None:
    simulator = make_simulator("2026-10-26T09:00:00Z", days=0, calls_per_day=2000)
    async with asking(simulator) as client:
        headers = await portsip_headers(client)
        before = {row["id"]: row for row in await portsip_rows(client, headers)}
        simulator.clock.advance(240_000)
        after = {row["id"]: row for row in await portsip_rows(client, headers)}
    changed = {name for identity in before for name in after[identity] if after[identity][name] != before[identity].get(name)}
    assert changed == {"end_reason"}
    assert set(before) < set(after)


async def test_details_are_the_legs_without_ids_or_one_flat_log() -> None:
    async with asking(make_simulator()) as client:
        headers = await portsip_headers(client)
        logs = await portsip_rows(client, headers, "calllogs")
        session_id = next(log["session_id"] for log in logs if log.get("service_number") == "8000" and log["callee"] != "8000")
        legs = [log for log in logs if log["session_id"] == session_id]
        session = (await client.get(f"{CDRS}/{session_id}", headers=headers)).json()
        log = (await client.get(f"/portsip/api/calllogs/{quote(legs[0]['id'], safe='')}", headers=headers)).json()
        nobody = await client.get(f"{CDRS}/123", headers=headers)
    assert list(session) == ["items"]
    assert len(session["items"]) == len(legs) > 1
    assert all("id" not in item and "session_id" not in item and "cost" in item for item in session["items"])
    assert (log["id"], log["session_id"]) == (legs[0]["id"], session_id)
    assert "cost" in log
    assert code_of(nobody) == (404, "UNKNOWN")


async def test_a_queue_call_has_legs_for_menu_queue_and_people() -> None:
    async with asking(make_simulator()) as client:
        headers = await portsip_headers(client)
        logs = await portsip_rows(client, headers, "calllogs", orderby="started_at")
        sessions = {row["id"]: row for row in await portsip_rows(client, headers)}
    menus = [log for log in logs if log["callee"] == "5000"]
    queues = [log for log in logs if log["callee"] == "8000"]
    assert menus
    assert queues
    assert all(log["service_number"] == log["callee"] and log["answered_at"] for log in menus + queues)
    rung = [log for log in logs if log.get("service_number") == "8000" and log["callee"] != "8000"]
    assert {log["callee_display_name"] for log in rung} >= {"Support 1", "Support 2"}
    nobody_spoke = [
        session_id
        for session_id in {log["session_id"] for log in queues}
        if not any(log.get("answered_at") for log in rung if log["session_id"] == session_id)
    ]
    assert nobody_spoke
    assert all(sessions[session_id]["answered_at"] for session_id in nobody_spoke)


async def test_a_normal_user_sees_only_calls_of_the_own_extension() -> None:
    user = credentials.PORTSIP_USER
    async with asking(make_simulator()) as client:
        everything = await portsip_rows(client, await portsip_headers(client))
        managed = await portsip_rows(client, await portsip_headers(client, credentials.PORTSIP_MANAGER))
        headers = await portsip_headers(client, user)
        own = await portsip_rows(client, headers)
        own_again = await portsip_rows(client, headers, "user/cdrs")
        logs = await portsip_rows(client, headers, "calllogs")
        who = (await client.get("/portsip/api/auth/user", headers=headers)).json()
        foreign = next(row["id"] for row in everything if row not in own)
        hidden = await client.get(f"{CDRS}/{foreign}", headers=headers)
    assert managed == everything
    assert own == own_again
    assert 0 < len(own) < len(everything)
    for row in own:
        numbers = [row["caller"], *(log["callee"] for log in logs if log["session_id"] == row["id"])]
        assert user.extension in numbers
    assert who["role"] == user.role
    assert hidden.status_code == 404


async def test_the_tenant_tells_its_zone() -> None:
    async with asking(make_simulator()) as client:
        headers = await portsip_headers(client)
        tenant = (await client.get("/portsip/api/tenant", headers=headers)).json()
        admin = (await client.get("/portsip/api/auth/user", headers=headers)).json()
    assert tenant["timezone"] == "Europe/Stockholm"
    assert admin["role"] == "Admin"
