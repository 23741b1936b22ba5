"""The PortSIP client: whole calls whatever the window, versions without call logs, details, settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from calls.model import Reject, Window
from providers.errors import Refused, Rejected
from providers.portsip import Settings
from providers.portsip.tls import fingerprint_of
from providers.registry import make_provider, parse_settings
from tests.providers.portsip_help import ANSWERED, BASE_URL, BUSY, SAMPLE_DAY, Pbx, at, fetched, leg, provider, session

pytestmark = pytest.mark.anyio

NOON_MS = 1_724_155_200_000
HOUR = Window(NOON_MS, NOON_MS + 3_600_000)


async def test_records_of_sessions_and_legs() -> None:
    pbx = Pbx([ANSWERED, BUSY], [leg("l1", ANSWERED["id"], "103", -21540)])
    records = {record.key: record for record in await fetched(provider(pbx))}
    assert set(records) == {"cdr:878156644691742720", "cdr:878156595253481472", "log:l1"}
    first = records["cdr:878156644691742720"]
    assert (first.group, first.link, first.started_ms) == ("878156644691742720", "103", 1_724_133_659_457)
    assert first.payload == ANSWERED
    assert (records["log:l1"].group, records["log:l1"].link) == ("878156644691742720", "103")


async def test_a_call_is_whole_though_its_legs_start_after_the_window() -> None:
    long = session(1, 3590, ended_at=at(9000))
    pbx = Pbx([long], [leg("l1", 1, "101", 3590), leg("l2", 1, "102", 5000), leg("l3", 1, "103", 8999)])
    assert {record.key for record in await fetched(provider(pbx), HOUR)} == {"cdr:1", "log:l1", "log:l2", "log:l3"}


async def test_legs_of_a_call_that_began_before_the_window_are_left_to_that_window() -> None:
    pbx = Pbx([session(1, -10, ended_at=at(900)), session(2, 5)], [leg("l1", 1, "101", 30), leg("l2", 2, "102", 5)])
    assert {record.key for record in await fetched(provider(pbx), HOUR)} == {"cdr:2", "log:l2"}
    before = Window(NOON_MS - 3_600_000, NOON_MS)
    assert {record.key for record in await fetched(provider(pbx), before)} == {"cdr:1", "log:l1"}


async def test_a_leg_that_starts_a_moment_before_its_session_is_found() -> None:
    pbx = Pbx([session(1, 0)], [leg("l1", 1, "101", -0.2)])
    assert {record.key for record in await fetched(provider(pbx), HOUR)} == {"cdr:1", "log:l1"}


async def test_the_legs_of_an_open_call_are_read_up_to_now_and_no_further_than_a_day() -> None:
    pbx = Pbx([session(1, 3590, ended_at="")], [leg("l1", 1, "101", 7000)])
    assert len(await fetched(provider(pbx, lambda: NOON_MS / 1000 + 7200), HOUR)) == 2
    assert pbx.queries[-1]["filter"].endswith("started_at lt '2024-08-20T14:01:00Z'")
    await fetched(provider(pbx, lambda: NOON_MS / 1000 + 90 * 86400), HOUR)
    assert pbx.queries[-1]["filter"].endswith("started_at lt '2024-08-21T13:00:50Z'")


async def test_an_old_version_without_call_logs_is_no_error() -> None:
    pbx = Pbx([session(1)], None)
    reader = provider(pbx)
    assert [record.key for record in await fetched(reader)] == ["cdr:1"]
    pbx.lists["/api/calllogs"] = [leg("l1", 1, "101")]
    assert [record.key for record in await fetched(reader)] == ["cdr:1", "log:l1"]


async def test_without_sessions_no_legs_are_asked_for() -> None:
    pbx = Pbx([], [leg("l1", 1, "101")])
    assert await fetched(provider(pbx)) == []
    assert len(pbx.asked) == 1


async def test_unreadable_rows_are_set_aside_and_do_not_stop_the_page() -> None:
    rows: list[Any] = [session(1), {**session(2), "started_at": "then"}, 7, {**session(4), "id": None}]
    answers = iter([rows, [leg("l1", "", "101"), leg("l2", 1, "\x1b102")], []])
    reader = provider(lambda request: httpx.Response(200, json={"count": 4, "items": next(answers)}))
    pages = [page async for page in reader.fetch(SAMPLE_DAY, {})]
    assert [record.key for page in pages for record in page.records] == ["cdr:1", "log:l2"]
    rejects = [reject for page in pages for reject in page.rejects]
    assert [reject.reason for reject in rejects] == [
        "started_at is no time: 'then'",
        "the row is no object",
        "id is missing or no text",
        "session_id is missing or no text",
    ]
    assert rejects[1] == Reject("7", "the row is no object")
    assert '"started_at": "then"' in rejects[0].payload


async def test_a_giant_unreadable_row_is_cut() -> None:
    row = {**session(1), "started_at": "x" * 100_000}
    reader = provider(lambda request: httpx.Response(200, json={"count": 1, "items": [row]}))
    (page,) = [page async for page in reader.fetch(SAMPLE_DAY, {})]
    assert len(page.rejects[0].payload) == 4_000


async def test_user_data_is_kept_only_when_asked_for() -> None:
    row = session(1, user_data="user-data=abc;service-number=1111")
    (record,) = await fetched(provider(Pbx([row])))
    assert "user_data" not in record.payload
    (record,) = await fetched(provider(Pbx([row]), keep_user_data=True))
    assert record.payload == row


async def test_new_fields_and_values_raise_one_notice_and_stay_in_the_record(caplog: pytest.LogCaptureFixture) -> None:
    rows = [session(number, number, mood="fine", reroute_reason="NEW_REASON") for number in range(3)]
    reader = provider(Pbx(rows))
    records = await fetched(reader)
    assert records[0].payload["mood"] == "fine"
    await fetched(reader)
    notices = [record.getMessage() for record in caplog.records if "does not name" in record.getMessage()]
    assert notices == ["pbx sends what its document does not name: mood, reroute_reason=NEW_REASON"]


async def test_call_logs_of_other_sessions_are_told(caplog: pytest.LogCaptureFixture) -> None:
    sessions = [session(number, number) for number in range(20)]
    pbx = Pbx(sessions, [leg(f"l{number}", f"other{number}", "101", number) for number in range(20)])
    await fetched(provider(pbx))
    assert "only 0 of 20 sessions have call logs" in caplog.text


async def test_details_of_a_call_and_a_leg() -> None:
    asked: list[str] = []

    def detail(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        if "cdrs" in request.url.path:
            return httpx.Response(200, json={"items": [{"caller": "101", "cost": 0.25, "billed_account": "101"}]})
        return httpx.Response(200, json={"id": "x", "session_id": "1", "cost": 1, "billed_account": "102"})

    reader = provider(detail)
    (of_call,) = await reader.session_detail("NzAw/NTUx=")
    (of_leg,) = await reader.leg_detail("x y")
    assert (str(of_call.cost), of_leg.billed_account) == ("0.25", "102")
    assert asked == ["/api/cdrs/NzAw%2FNTUx%3D", "/api/calllogs/x%20y"]


async def test_a_detail_that_is_gone_is_refused() -> None:
    with pytest.raises(Rejected, match="GET /api/cdrs/1: 404"):
        await provider(lambda request: httpx.Response(404, json={})).session_detail("1")
    with pytest.raises(Refused, match="403"):
        await provider(lambda request: httpx.Response(403, json={})).leg_detail("1")


@pytest.mark.parametrize(
    "address",
    [BASE_URL, f"{BASE_URL}/", f"{BASE_URL}/api", f"{BASE_URL}/api/"],
)
async def test_base_url_with_or_without_api(address: str) -> None:
    pbx = Pbx([])
    await fetched(provider(pbx, base_url=address))
    assert str(pbx.asked[0].url).startswith(f"{BASE_URL}/api/cdrs?")


async def test_base_url_may_have_a_prefix() -> None:
    pbx = Pbx([])
    pbx.lists["/tenant/a/api/cdrs"] = []
    await fetched(provider(pbx, base_url="https://pbx.example/tenant/a/api"))
    assert pbx.asked[0].url.path == "/tenant/a/api/cdrs"


async def test_made_from_a_configuration() -> None:
    data = {"kind": "portsip", "base_url": BASE_URL, "username": "bo", "password": "p", "timezone": "Europe/Stockholm"}
    settings = parse_settings(data)
    reader = make_provider("office", settings)
    assert (reader.source.name, reader.source.kind, reader.source.timezone) == ("office", "portsip", "Europe/Stockholm")
    assert (reader.link_ms, reader.requests, reader.skew_seconds, reader.next_state()) == (0, 0, None, {})
    assert reader.pace.backfill_days == 1
    await reader.close()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "auth oauth_password needs username and password"),
        ({"username": "bo"}, "auth oauth_password needs password"),
        ({"auth": "token_static"}, "auth token_static needs token"),
        ({"auth": "sign_in", "password": "p"}, "auth sign_in needs username"),
        ({"token": "t", "tls_fingerprint_sha256": "ab"}, "64 hexadecimal digits"),
        (
            {"token": "t", "tls_fingerprint_sha256": "a" * 64, "tls_insecure_accept_any_certificate": True},
            "contradicts the other tls settings",
        ),
        ({"token": "t", "base_url": "http://pbx.example:8888"}, "in the clear"),
        ({"token": "t", "flavour": "mint"}, "Extra inputs"),
    ],
)
def test_settings_that_cannot_work(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings.model_validate({"kind": "portsip", "base_url": BASE_URL, **changes})


def test_secrets_do_not_show_in_settings() -> None:
    settings = Settings.model_validate({"kind": "portsip", "base_url": BASE_URL, "username": "bo", "password": "hunter22"})
    assert "hunter22" not in repr(settings) + str(settings.model_dump())


@pytest.mark.parametrize(
    "text", ["ab" * 32, ":".join(["AB"] * 32), f"SHA256:{'ab' * 32}", f"sha256 Fingerprint={':'.join(['AB'] * 32)}"]
)
def test_fingerprints_in_any_spelling(text: str) -> None:
    assert fingerprint_of(text) == "ab" * 32


def test_accepting_any_certificate_is_said_aloud(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    provider(Pbx([]), tls_insecure_accept_any_certificate=True)
    assert "any certificate is accepted" in caplog.text
