"""Reading PortSIP's lists whole: by start, in the face of new rows, equal seconds, and servers that ignore what is asked."""

from __future__ import annotations

import random

import httpx
import pytest

from calls.model import Window
from providers.errors import BadAnswer, Refused, Rejected
from tests.providers.portsip_help import SAMPLE_DAY, Pbx, at, fetched, leg, provider, session

pytestmark = pytest.mark.anyio

NOON_MS = 1_724_155_200_000
HOUR = Window(NOON_MS, NOON_MS + 3_600_000)


def ids(pbx: Pbx) -> set[str]:
    return {row["id"] for row in pbx.lists["/api/cdrs"] or []}


async def test_requests_byte_for_byte() -> None:
    pbx = Pbx([session(1), session(2, 1)], [])
    await fetched(provider(pbx), HOUR)
    window = "filter=started_at%20ge%20%27{}%27%20and%20started_at%20lt%20%27{}%27&orderby=started_at%20asc&top=100"
    assert [(request.method, request.url.raw_path.decode()) for request in pbx.asked] == [
        ("GET", "/api/cdrs?" + window.format("2024-08-20T12%3A00%3A00Z", "2024-08-20T13%3A00%3A00Z")),
        ("GET", "/api/calllogs?" + window.format("2024-08-20T11%3A59%3A00Z", "2024-08-20T13%3A01%3A00Z")),
    ]
    assert pbx.asked[0].headers["authorization"] == "Bearer t1"
    assert pbx.asked[0].content == b""


async def test_many_rows_take_a_page_each_hundred_and_never_skip() -> None:
    pbx = Pbx([session(number, number * 7.3) for number in range(250)])
    records = await fetched(provider(pbx))
    assert {record.group for record in records} == ids(pbx)
    assert len(records) == 250
    sessions = [query for query in pbx.queries if query["filter"].startswith("started_at ge '2024-08-20T")]
    assert [query.get("skip") for query in sessions] == [None] * 3
    assert sessions[1]["filter"].split("'")[1] == at(99 * 7.3)[:19] + "Z"


@pytest.mark.acceptance(5)
@pytest.mark.parametrize("rows_in_the_second", [100, 101, 250])
@pytest.mark.parametrize("before", [0, 30])
async def test_more_rows_in_one_second_than_fit_a_page(rows_in_the_second: int, before: int) -> None:
    rows = [session(f"a{number}", number) for number in range(before)]
    rows += [session(f"b{number}", 100 + number / 1000) for number in range(rows_in_the_second)]
    rows += [session(f"c{number}", 200 + number) for number in range(150)]
    random.Random(1).shuffle(rows)
    pbx = Pbx(rows)
    records = await fetched(provider(pbx))
    assert sorted(record.group for record in records) == sorted(row["id"] for row in rows)


@pytest.mark.acceptance(4)
async def test_rows_that_appear_between_pages_are_neither_lost_nor_doubled() -> None:
    pbx = Pbx([session(number, number * 10) for number in range(250)])
    late = iter([session("late1", 3), session("late2", 990), session("late3", 2000)])

    def insert(server: Pbx) -> None:
        row = next(late, None)
        if row is not None and server.lists["/api/cdrs"] is not None:
            server.lists["/api/cdrs"].append(row)

    pbx.before_each = insert
    records = await fetched(provider(pbx))
    got = [record.group for record in records]
    assert len(got) == len(set(got))
    assert {str(number) for number in range(250)} | {"late1", "late2", "late3"} <= set(got)


async def test_rows_are_checked_against_the_window_and_not_only_asked_for() -> None:
    rows = [session("before", -0.001), session("first", 0), session("last", 3599.999), session("after", 3600)]
    records = await fetched(provider(Pbx(rows)), Window(NOON_MS, NOON_MS + 3_600_000))
    assert [record.group for record in records] == ["first", "last"]
    inside = Window(NOON_MS + 500, NOON_MS + 3_599_500)
    assert await fetched(provider(Pbx(rows)), inside) == []


@pytest.mark.parametrize("ignored", [{"filter"}, {"orderby"}, {"filter", "orderby"}])
async def test_a_server_that_ignores_the_options_is_read_newest_first(
    ignored: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    rows = [session(number, number * 10) for number in range(450)] + [session("old", -7200)]
    pbx = Pbx(rows)
    pbx.obeys -= ignored
    window = Window(NOON_MS + 2_000_000, NOON_MS + 3_600_000)
    reader = provider(pbx)
    records = await fetched(reader, window)
    assert {record.group for record in records} == {str(number) for number in range(200, 360)}
    assert "ignores" in caplog.text
    pbx.asked.clear()
    assert len(await fetched(reader, window)) == 160
    assert [str(request.url.query) for request in pbx.asked if "cdrs" in request.url.path][:2] == [
        "b'top=100'",
        "b'top=100&skip=100'",
    ]


async def test_options_are_tried_again_after_a_while() -> None:
    pbx = Pbx([session(number, number) for number in range(30)])
    pbx.obeys -= {"orderby"}
    reader = provider(pbx)
    await fetched(reader)
    pbx.obeys |= {"orderby"}
    for _ in range(12):
        assert len(await fetched(reader)) == 30
    pbx.asked.clear()
    assert len(await fetched(reader)) == 30
    assert [sorted(query) for query in pbx.queries[:1]] == [["filter", "orderby", "top"]]
    assert sum(request.url.path == "/api/cdrs" for request in pbx.asked) == 1


async def test_a_page_that_comes_doubled_is_taken_once() -> None:
    rows = [session(number, 5) for number in range(250)]
    pbx = Pbx(rows)

    def doubled(request: httpx.Request) -> httpx.Response:
        answer = pbx(request)
        body = answer.json()
        if "items" not in body:
            return answer
        return httpx.Response(200, json={**body, "items": body["items"] * 2})

    records = await fetched(provider(doubled))
    assert sorted(record.group for record in records) == sorted(row["id"] for row in rows)


async def test_newest_first_stops_at_the_windows_start() -> None:
    pbx = Pbx([session(number, -number * 10) for number in range(2000)])
    pbx.obeys -= {"filter", "orderby"}
    records = await fetched(provider(pbx), Window(NOON_MS - 1_000_000, NOON_MS + 60_000))
    assert len(records) == 101
    sessions = [query for request, query in zip(pbx.asked, pbx.queries, strict=True) if request.url.path == "/api/cdrs"]
    assert [query.get("skip") for query in sessions] == [None, None, "100", "200"]


async def test_newest_by_their_end_misses_no_long_call() -> None:
    rows = [session(number, -number * 10) for number in range(400)]
    rows.append(session("long", -900, ended_at=at(100)))
    rows.append(session("long and early", -2500, ended_at=at(50)))
    pbx = Pbx(rows)
    pbx.obeys -= {"filter", "orderby"}
    pbx.order = lambda row: row["ended_at"]
    records = await fetched(provider(pbx), Window(NOON_MS - 1_000_000, NOON_MS + 60_000))
    assert {record.group for record in records} == {*map(str, range(101)), "long"}


async def test_oldest_first_is_read_to_the_end() -> None:
    pbx = Pbx([session(number, number * 10) for number in range(450)])
    pbx.obeys -= {"filter", "orderby"}
    pbx.newest_first = False
    records = await fetched(provider(pbx), Window(NOON_MS + 4_000_000, NOON_MS + 4_600_000))
    assert {record.group for record in records} == {str(number) for number in range(400, 450)}


@pytest.mark.acceptance(4)
async def test_new_rows_shift_a_newest_first_list_without_loss() -> None:
    pbx = Pbx([session(number, -number * 10) for number in range(300)])
    pbx.obeys -= {"filter", "orderby"}
    count = iter(range(1, 9))

    def insert(server: Pbx) -> None:
        assert server.lists["/api/cdrs"] is not None
        server.lists["/api/cdrs"].append(session(f"new{next(count)}", 30))

    pbx.before_each = insert
    records = await fetched(provider(pbx), SAMPLE_DAY)
    got = [record.group for record in records]
    assert len(got) == len(set(got))
    assert {str(number) for number in range(300)} <= set(got)


async def test_a_refused_filter_is_tried_once_without() -> None:
    pbx = Pbx([session(1)])
    pbx.refuses_filters = True
    reader = provider(pbx)
    assert [record.group for record in await fetched(reader)] == ["1"]
    await fetched(reader)
    assert (
        sum("filter" in query for request, query in zip(pbx.asked, pbx.queries, strict=True) if "cdrs" in str(request.url)) == 1
    )


async def test_a_server_that_repeats_a_page_forever_is_an_error() -> None:
    pbx = Pbx([session(number, 5) for number in range(150)])
    pbx.obeys -= {"skip"}
    with pytest.raises(BadAnswer, match="same rows come again"):
        await fetched(provider(pbx))
    assert len(pbx.asked) < 6
    pbx.obeys = set()
    pbx.asked.clear()
    with pytest.raises(BadAnswer, match="same rows come again"):
        await fetched(provider(pbx))
    assert len(pbx.asked) < 6


async def test_a_page_longer_than_asked_for_is_taken_whole() -> None:
    pbx = Pbx([session(number, number) for number in range(250)])
    pbx.obeys -= {"top"}
    big = Pbx([session(number, 5) for number in range(250)])
    pages = iter([httpx.Response(200, json={"count": 250, "items": big.lists["/api/cdrs"]})])
    records = await fetched(provider(lambda request: next(pages, httpx.Response(200, json={"count": 250, "items": []}))))
    assert len(records) == 250
    assert len(await fetched(provider(pbx))) == 250


@pytest.mark.parametrize("body", [{"count": 0, "items": []}, {"count": 0, "items": None}, {"count": 100, "items": []}])
async def test_an_empty_list_in_any_shape(body: dict[str, object]) -> None:
    assert await fetched(provider(lambda request: httpx.Response(200, json=body))) == []


@pytest.mark.parametrize("body", ["[]", '{"items": {}}', "{}", '"x"'])
async def test_an_answer_of_another_shape_is_refused(body: str) -> None:
    with pytest.raises(BadAnswer, match="no list of items"):
        await fetched(provider(lambda request: httpx.Response(200, text=body)))


async def test_an_error_with_an_empty_object_is_explained() -> None:
    with pytest.raises(Rejected, match="GET /api/cdrs: 400"):
        await fetched(provider(lambda request: httpx.Response(400, json={})))


async def test_a_wrong_address_is_no_old_version() -> None:
    with pytest.raises(Rejected, match="404, no such list; check base_url"):
        await fetched(provider(lambda request: httpx.Response(404, json={})))


async def test_a_role_that_may_not_look_is_explained() -> None:
    denied = {"errors": [{"code": "DENIED", "message": "blocked"}]}
    with pytest.raises(Refused, match="403, not allowed: blocked; the user needs the role"):
        await fetched(provider(lambda request: httpx.Response(403, json=denied)))


async def test_legs_are_read_by_start_too() -> None:
    legs = [leg(f"l{number}", 1, "101", number / 20) for number in range(230)]
    pbx = Pbx([session(1)], legs)
    records = await fetched(provider(pbx))
    assert len(records) == 231
    assert {record.group for record in records} == {"1"}
