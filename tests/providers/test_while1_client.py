"""The While1 client: what it asks, how it pages, what it remembers, and what it makes of refusals."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from pydantic import ValidationError

from calls.model import Window
from providers.errors import BadAnswer, ProviderError, Refused, Rejected
from providers.registry import make_provider, parse_settings
from providers.while1 import Settings
from providers.while1.signature import signature
from tests.providers.while1_help import BASE_URL, DAY, KEY, NOON_S, SAMPLE, Pbx, calls_of, fetched, provider, row

pytestmark = pytest.mark.anyio

AFTERWARDS = NOON_S + 10 * 86400.0


def live(seconds: float = 4 * 3600) -> Window:
    """A window that reaches up to a minute after the provider's now, as a live poll's does."""
    return Window(int((AFTERWARDS - seconds) * 1000), int((AFTERWARDS + 60) * 1000))


async def test_request_byte_for_byte() -> None:
    pbx = Pbx([SAMPLE])
    await fetched(provider(pbx))
    (request,) = pbx.requests
    assert (request.method, str(request.url)) == ("POST", "https://office.example/api/cdr")
    assert request.headers["authorization"] == "Bearer t1"
    assert request.headers["content-type"].startswith("application/json")
    expected = signature({"page": 1, "filters": {"date_between": ["2024-03-14 00:00:00", "2024-03-14 23:59:59"]}}, KEY)
    unsigned = '{"page":1,"filters":{"date_between":["2024-03-14 00:00:00","2024-03-14 23:59:59"]}'
    assert request.content.decode() == f'{unsigned},"api_hash":"{expected}"}}'


async def test_form_transport_byte_for_byte() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"has_error": False, "messages": [], "pagination": {}, "results": []})

    await fetched(provider(answer, transport="form"))
    assert sent[0].headers["content-type"] == "application/x-www-form-urlencoded"
    content = sent[0].content.decode()
    assert content.startswith(
        "page=1&filters%5Bdate_between%5D%5B0%5D=2024-03-14%2000%3A00%3A00"
        "&filters%5Bdate_between%5D%5B1%5D=2024-03-14%2023%3A59%3A59&api_hash="
    )
    pairs = dict(parse_qsl(content))
    assert pairs.pop("api_hash") == signature(pairs, KEY)


@pytest.mark.parametrize("settings", [{"api_key": None}, {"auth": "bearer"}])
async def test_without_a_key_nothing_is_signed(settings: dict[str, Any]) -> None:
    pbx = Pbx([])
    await fetched(provider(pbx, **settings))
    assert list(pbx.asked[0]) == ["page", "filters"]


async def test_the_action_of_older_documents_can_be_sent_and_only_reads() -> None:
    pbx = Pbx([])
    await fetched(provider(pbx, send_action="read"))
    body = pbx.asked[0]
    assert list(body) == ["action", "page", "filters", "api_hash"]
    assert body["action"] == "read"
    assert body["api_hash"] == signature({name: value for name, value in body.items() if name != "api_hash"}, KEY)
    with pytest.raises(ValidationError, match="send_action"):
        provider(pbx, send_action="save")


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://office.example", "https://office.example/api/cdr"),
        ("https://office.example/", "https://office.example/api/cdr"),
        ("https://office.example/api", "https://office.example/api/cdr"),
        ("https://office.example/api/cdr", "https://office.example/api/cdr"),
        ("https://voice.example/tenant/office/api/", "https://voice.example/tenant/office/api/cdr"),
        ("https://voice.example/tenant/office", "https://voice.example/tenant/office/api/cdr"),
    ],
)
async def test_base_url_with_prefix_and_with_or_without_api(address: str, asked: str) -> None:
    pbx = Pbx([])
    await fetched(provider(pbx, base_url=address))
    assert str(pbx.requests[0].url) == asked


async def test_records_are_legs() -> None:
    pbx = Pbx([row(7), row(8, 5, direction="OUT"), row(9, 9, source="anonymous"), row(10, 9, source="101", destination="102")])
    records = {record.key: record for record in await fetched(provider(pbx))}
    first = records["7"]
    assert (first.group, first.started_ms, first.link) == (f"{NOON_S}.7", NOON_S * 1000, "700000123")
    assert first.payload == row(7)
    assert [records[key].link for key in ("8", "9", "10")] == ["", "", ""]


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("says_pages", [True, False])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250, 300])
async def test_every_page_is_read(newest_first: bool, says_pages: bool, count: int) -> None:
    pbx = Pbx([row(number, number) for number in range(1, count + 1)])
    pbx.newest_first, pbx.says_pages = newest_first, says_pages
    assert {record.key for record in await fetched(provider(pbx))} == {str(number) for number in range(1, count + 1)}
    assert [body["page"] for body in pbx.asked] == list(range(1, len(pbx.asked) + 1))


@pytest.mark.acceptance(4)
@pytest.mark.parametrize("newest_first", [True, False])
async def test_rows_that_appear_between_pages_are_neither_lost_nor_doubled(newest_first: bool) -> None:
    pbx = Pbx([row(number, number) for number in range(1, 251)])
    pbx.newest_first = newest_first

    def insert(server: Pbx) -> None:
        number = 1000 + len(server.requests)
        server.rows.append(row(number, number))

    pbx.before_each = insert
    records = await fetched(provider(pbx))
    got = [record.key for record in records]
    assert len(got) == len(set(got))
    assert {str(number) for number in range(1, 251)} <= set(got)


async def test_a_server_that_repeats_its_first_page_is_an_error() -> None:
    asked: list[int] = []

    def repeating(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content)["page"])
        rows = [row(number, number) for number in range(100)]
        return httpx.Response(200, json={"has_error": False, "pagination": {"page_size": 100}, "results": rows})

    with pytest.raises(BadAnswer, match="same rows come again"):
        await fetched(provider(repeating))
    assert asked == [1, 2, 3]


async def test_a_smaller_page_size_is_taken_as_said() -> None:
    pbx = Pbx([row(number, number) for number in range(1, 71)], page_rows=20)
    pbx.says_pages = False
    assert len(await fetched(provider(pbx))) == 70
    assert len(pbx.asked) == 4


async def test_the_printed_answer_that_counts_nothing_and_holds_a_row() -> None:
    pagination = {"row_count": 0, "page_size": 100, "current_page": 0, "max_page": 0}
    body = {"has_error": False, "messages": [], "pagination": pagination, "results": [SAMPLE]}
    records = await fetched(provider(lambda request: httpx.Response(200, json=body)))
    assert [record.key for record in records] == ["29056"]


async def test_a_call_is_whole_though_its_legs_start_after_the_window() -> None:
    end = (DAY.end_ms // 1000) - NOON_S
    long = row(1, end - 10, end - 10, lasts=400, talk=5)
    later = row(2, end + 100, end - 10, lasts=30)
    latest = row(3, end + 380, end - 10, lasts=600)
    beyond = row(4, end + 900, end - 10)
    other = row(5, end + 5)
    pbx = Pbx([long, later, latest, beyond, other])
    assert {record.key for record in await fetched(provider(pbx))} == {"1", "2", "3", "4"}
    ranges = [body["filters"]["date_between"] for body in pbx.asked]
    assert ranges[1:] == [["2024-03-15 00:00:00", "2024-03-15 00:06:30"], ["2024-03-15 00:06:31", "2024-03-15 00:16:20"]]
    following = Window(DAY.end_ms, DAY.end_ms + 86_400_000)
    assert {record.key for record in await fetched(provider(pbx), following)} == {"5"}


@pytest.mark.acceptance(6)
async def test_a_window_inside_the_repeated_hour_holds_its_own_rows_only() -> None:
    first = {**row(1), "time": "2025-10-26 03:30:00", "uniqueid": "1761438600.1", "linkedid": "1761438600.1"}
    second = {**row(2), "time": "2025-10-26 03:30:00", "uniqueid": "1761442200.2", "linkedid": "1761442200.2"}
    pbx = Pbx([first, second])
    now = lambda: 1_762_000_000.0  # noqa: E731
    one_hour = 3_600_000
    early = await fetched(provider(pbx, now), Window(1_761_436_800_000, 1_761_436_800_000 + one_hour))
    late = await fetched(provider(pbx, now), Window(1_761_440_400_000, 1_761_440_400_000 + one_hour))
    assert [record.key for record in early] == ["1"]
    assert [record.key for record in late] == ["2"]
    assert late[0].started_ms - early[0].started_ms == one_hour


async def test_new_rows_are_read_by_number_whenever_they_began() -> None:
    days_ago = row(500, 0)
    pbx = Pbx([row(number, 10 * 86400 - 600) for number in range(1, 4)] + [days_ago])
    reader = provider(pbx)
    records = await fetched(reader, live(), {"from_id": "450"})
    assert {record.key for record in records} == {"1", "2", "3", "500"}
    assert pbx.asked[0]["filters"] == {"from_id": 350}
    assert list(pbx.asked[1]["filters"]) == ["date_between"]
    assert reader.next_state() == {"from_id": "500"}


async def test_the_first_reading_learns_the_cursor_from_the_window() -> None:
    pbx = Pbx([row(number, 10 * 86400 - 600) for number in (41, 29056, 7)])
    reader = provider(pbx)
    await fetched(reader, live())
    assert [list(body["filters"]) for body in pbx.asked] == [["date_between"]]
    assert reader.next_state() == {"from_id": "29056"}
    await fetched(reader, live(), dict(reader.next_state()))
    assert pbx.asked[1]["filters"] == {"from_id": 28956}
    quiet = provider(Pbx([]))
    await fetched(quiet, live())
    assert quiet.next_state() == {}


async def test_history_neither_reads_by_number_nor_moves_the_cursor() -> None:
    pbx = Pbx([row(900)])
    reader = provider(pbx)
    await fetched(reader, DAY, {"from_id": "450"})
    assert [list(body["filters"]) for body in pbx.asked] == [["date_between"]]
    assert reader.next_state() == {"from_id": "450"}
    await fetched(reader, DAY)
    assert reader.next_state() == {}


async def test_rows_numbered_anew_do_not_vanish_behind_the_cursor() -> None:
    reader = provider(Pbx([row(3, 10 * 86400 - 600)]))
    assert len(await fetched(reader, live(), {"from_id": "29056"})) == 1
    assert reader.next_state() == {"from_id": "3"}
    quiet = provider(Pbx([]))
    await fetched(quiet, live(), {"from_id": "29056"})
    assert quiet.next_state() == {"from_id": "29056"}


async def test_a_reading_that_breaks_off_moves_nothing() -> None:
    pbx = Pbx([row(number, 10 * 86400 - 600) for number in range(1, 250)])

    def breaking(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if len(pbx.requests) == 2 else pbx(request)

    reader = provider(breaking)
    with pytest.raises(Rejected, match="404"):
        await fetched(reader, live(), {"from_id": "5"})
    assert reader.next_state() == {"from_id": "5"}


@pytest.mark.parametrize("state", [{"from_id": "x"}, {"from_id": "9" * 30}, {"other": "1"}])
async def test_a_state_that_makes_no_sense_is_no_state(state: dict[str, str]) -> None:
    pbx = Pbx([])
    await fetched(provider(pbx), live(), state)
    assert [list(body["filters"]) for body in pbx.asked] == [["date_between"]]


def failing(message: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json={"has_error": True, "messages": [message], "pagination": [], "results": []})


@pytest.mark.parametrize("status", [200, 400])
async def test_an_unknown_filter_is_named(status: int) -> None:
    with pytest.raises(Rejected, match="POST /api/cdr: refused: Invalid filter: from_idxx"):
        await fetched(provider(lambda request: failing("Invalid filter: from_idxx", status)))


async def test_without_reading_by_number_the_rest_goes_on() -> None:
    pbx = Pbx([row(7, 10 * 86400 - 600)])
    reader = provider(lambda request: failing("Invalid filter: from_id") if b"from_id" in request.content else pbx(request))
    pages = [page async for page in reader.fetch(live(), {"from_id": "5"})]
    assert [record.key for page in pages for record in page.records] == ["7"]
    (notice,) = (notice for page in pages for notice in page.notices)
    assert "cannot be read by number" in notice


async def test_an_error_of_unknown_meaning_is_the_credentials_the_second_time() -> None:
    answers = [failing("Hash gresit t1 your_api_key"), failing("Hash gresit")]
    reader = provider(lambda request: answers.pop(0))
    with pytest.raises(ProviderError, match=r"refused: Hash gresit \*\*\* \*\*\*; if it says so again, check token") as first:
        await fetched(reader)
    assert not isinstance(first.value, Refused)
    with pytest.raises(Refused, match="refused twice in a row: Hash gresit; check token, api_key and base_url"):
        await fetched(reader)


async def test_an_error_of_unknown_meaning_is_forgotten_after_an_answer() -> None:
    pbx = Pbx([])
    answers = [failing("overload"), None, failing("overload")]

    def answer(request: httpx.Request) -> httpx.Response:
        return answers.pop(0) or pbx(request)

    reader = provider(answer)
    with pytest.raises(ProviderError):
        await fetched(reader)
    await fetched(reader)
    with pytest.raises(ProviderError, match="overload; if it says so again"):
        await fetched(reader)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("body", ["", '{"has_error":true,"messages":["nu"]}', "<html>no</html>"])
async def test_refused_credentials(status: int, body: str) -> None:
    with pytest.raises(Refused, match=f"POST /api/cdr: {status}, not allowed"):
        await fetched(provider(lambda request: httpx.Response(status, text=body)))


async def test_a_new_address_is_not_followed() -> None:
    asked: list[str] = []

    def moved(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": "https://voice.example/tenant/office/api/cdr"})

    with pytest.raises(Rejected, match=r"redirected to voice\.example; set base_url"):
        await fetched(provider(moved))
    assert asked == ["https://office.example/api/cdr"]


@pytest.mark.parametrize(
    "body", ["[]", '{"has_error":false}', '{"has_error":false,"results":{}}', "<html></html>", '{"has_error":false,"resu']
)
async def test_an_answer_of_another_shape_is_refused(body: str) -> None:
    with pytest.raises(BadAnswer):
        await fetched(provider(lambda request: httpx.Response(200, text=body)))


async def test_unreadable_rows_are_set_aside_and_do_not_stop_the_page() -> None:
    rows = [row(1), {**row(2), "time": "once"}, "x", {**row(4), "id": ""}]
    body = {"has_error": False, "messages": [], "pagination": [], "results": rows}
    reader = provider(lambda request: httpx.Response(200, json=body))
    pages = [page async for page in reader.fetch(DAY, {})]
    assert [record.key for page in pages for record in page.records] == ["1"]
    reasons = [reject.reason for page in pages for reject in page.rejects]
    assert reasons == ["time is no local time: 'once'", "the row is no object", "id is no row number"]


async def test_private_fields_are_not_kept_unless_asked_for() -> None:
    sent = row(
        1,
        recording_url="https://office.example/secret",
        monitor_urls="https://a\nhttps://b",
        transcription_text="hello",
        transcription_id="5",
        comments="rude",
        external_info="x",
    )
    (record,) = await fetched(provider(Pbx([sent])))
    assert "secret" not in str(record.payload)
    assert [record.payload[name] for name in ("recording_url", "monitor_urls", "transcription_text", "comments")] == [True] * 4
    (record,) = await fetched(provider(Pbx([sent]), keep=["comments"]))
    assert (record.payload["comments"], record.payload["recording_url"]) == ("rude", True)
    (call,) = (await calls_of([sent])).values()
    assert (call.has_recording, call.has_monitor, call.has_transcription) == (True, True, True)
    (record,) = await fetched(provider(Pbx([row(1)])))
    assert record.payload == row(1)


async def test_new_fields_raise_one_notice_and_stay_in_the_record() -> None:
    reader = provider(Pbx([row(number, number, project_alias="x") for number in range(3)]))
    pages = [page async for page in reader.fetch(DAY, {})]
    assert pages[0].records[0].payload["project_alias"] == "x"
    assert {notice for page in pages for notice in page.notices} == {"rows hold what the document does not name: project_alias"}


async def test_made_from_a_configuration() -> None:
    settings = parse_settings({"kind": "while1", "base_url": BASE_URL, "token": "t1"})
    reader = make_provider("office", settings)
    assert (reader.source.timezone, reader.source.country_code, reader.link_ms) == ("Europe/Bucharest", "40", 120_000)
    assert (reader.requests, reader.skew_seconds, reader.next_state()) == (0, None, {})
    await reader.close()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"token": None}, "token"),
        ({"token": " "}, "token is empty"),
        ({"auth": "bearer_hash", "api_key": None}, "auth bearer_hash needs api_key"),
        ({"internal_number_pattern": "("}, "no regular expression"),
        ({"base_url": "http://office.example"}, "in the clear"),
        ({"merge_any_seconds": 300}, "less than or equal to 120"),
        ({"keep": ["everything"]}, "keep"),
    ],
)
def test_settings_that_cannot_work(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings.model_validate({"kind": "while1", "base_url": BASE_URL, "token": "t1", "api_key": KEY, **changes})
