"""While1: token and hash, forms and JSON, the eighteen filters, pages, rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from providers.simulator import credentials
from providers.simulator.php import api_hash, http_build_query
from providers.simulator.while1.filters import FILTERS

from .help import asking, bearer, cdr, cdr_rows, make_simulator

pytestmark = pytest.mark.anyio

URL = "/while1/api/cdr"
TOKEN = bearer(credentials.WHILE1_TOKEN)
FIELDS = (
    *("id", "uniqueid", "linkedid", "time", "time_end", "caller_id", "source", "destination", "direction"),
    *("channel_formatted", "dstchannel_formatted", "customer_id", "user_fullname", "qname", "code"),
    *("call_status", "call_status_info", "call_codes", "accounting_code", "accounting_value", "comments"),
    *("monitor_files", "monitor_urls", "recording_file", "recording_url", "transfers", "project"),
    *("inbound_route", "inbound_route_id", "queue_log", "ivr_log", "external_id", "external_info", "agent_details"),
    *("is_recovered", "transcription_id", "transcription_text", "bill_duration", "duration", "bill_minutes"),
    *("ivr_duration", "hold_time", "ring_time"),
)
ALL_FILTERS = (
    *("date_between", "project_id", "user_id", "inbound_route_id", "direction", "call_status", "telephone_like"),
    *("telephone", "source", "destination", "hour_between", "from_id", "uniqueid", "linkedid"),
    *("has_transcription", "has_monitor_file", "has_recording_file", "external_id"),
)


def signed(parameters: dict[str, Any]) -> dict[str, Any]:
    return {**parameters, "api_hash": api_hash(parameters, credentials.WHILE1_API_KEY)}


def refusal(answer: httpx.Response, status: int = 200) -> str:
    assert answer.status_code == status
    body = answer.json()
    assert (body["has_error"], body["pagination"], body["results"]) == (True, [], [])
    return str(body["messages"][0])


async def test_without_the_token_nothing_is_served() -> None:
    async with asking(make_simulator()) as client:
        for headers in ({}, bearer("wrong")):
            assert refusal(await client.post(URL, json=signed({"page": 1}), headers=headers), 401) == "Invalid token"


@pytest.mark.parametrize("spoilt", [None, "", "0" * 32, api_hash({"page": 1}, "wrong key"), api_hash({"page": 2}, "x")])
async def test_a_wrong_hash_is_refused(spoilt: str | None) -> None:
    async with asking(make_simulator()) as client:
        answer = await client.post(URL, json={"page": 1, "filters": {}, "api_hash": spoilt}, headers=TOKEN)
    assert refusal(answer) == "Invalid api_hash"


async def test_the_hash_is_over_the_order_in_which_parameters_came() -> None:
    good = {"page": 1, "filters": {"direction": "IN", "from_id": 5}}
    turned = {"filters": {"from_id": 5, "direction": "IN"}, "page": 1}
    async with asking(make_simulator()) as client:
        assert not (await client.post(URL, json=signed(good), headers=TOKEN)).json()["has_error"]
        assert not (await client.post(URL, json=signed(turned), headers=TOKEN)).json()["has_error"]
        mixed = {**turned, "api_hash": api_hash(good, credentials.WHILE1_API_KEY)}
        assert refusal(await client.post(URL, json=mixed, headers=TOKEN)) == "Invalid api_hash"


async def test_the_same_question_as_json_as_a_form_and_by_get() -> None:
    parameters = {"page": 1, "filters": {"date_between": ["2026-10-25 00:00:00", "2026-10-25 23:59:59"], "direction": None}}
    text = http_build_query(signed(parameters))
    form = {**TOKEN, "Content-Type": "application/x-www-form-urlencoded"}
    async with asking(make_simulator()) as client:
        as_json = (await client.post(URL, json=signed(parameters), headers=TOKEN)).json()
        as_form = (await client.post(URL, content=text, headers=form)).json()
        by_get = (await client.get(f"{URL}?{text}", headers=TOKEN)).json()
        as_xml = await client.post(URL, content=text, headers={**TOKEN, "Content-Type": "text/xml"})
    assert len(as_json["results"]) > 5
    assert as_json == as_form == by_get
    assert refusal(as_xml) == "Invalid api_hash"


async def test_flat_json_keys_are_hashed_but_name_no_filter() -> None:
    flat = {"page": 1, "filters[date_between][0]": "2026-10-25 00:00:00", "filters[date_between][1]": "2026-10-25 23:59:59"}
    async with asking(make_simulator()) as client:
        unfiltered = (await cdr(client))["pagination"]["row_count"]
        body = (await client.post(URL, json=signed(flat), headers=TOKEN)).json()
    assert body["pagination"]["row_count"] == unfiltered > 100


@pytest.mark.parametrize("members", [{"action": "save"}, {"action": "info"}, {"data": {"id": 1}}, {"data": None}])
async def test_whatever_would_write_is_refused(members: dict[str, Any]) -> None:
    async with asking(make_simulator()) as client:
        answer = await cdr(client, {}, 1, **members)
    assert answer["has_error"]
    assert "refuses to write" in answer["messages"][0]


async def test_the_action_read_is_allowed() -> None:
    async with asking(make_simulator()) as client:
        assert not (await cdr(client, {}, 1, action="read"))["has_error"]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"from_idxx": 5}, "Invalid filter: from_idxx"),
        ({"from_idxx": None}, "Invalid filter: from_idxx"),
        ({"date_between": ["2026-10-25", "2026-10-26"]}, "Invalid filter value: date_between"),
        ({"date_between": ["2026-10-25T00:00:00", "2026-10-26T00:00:00"]}, "Invalid filter value: date_between"),
        ({"date_between": ["2026-10-25 00:00:00"]}, "Invalid filter value: date_between"),
        ({"date_between": "2026-10-25 00:00:00"}, "Invalid filter value: date_between"),
        ({"date_between": ["2026-02-30 00:00:00", "2026-10-26 00:00:00"]}, "Invalid filter value: date_between"),
        ({"date_between": ["2026-10-26 00:00:00", "2026-10-25 23:59:59"]}, "Invalid filter value: date_between"),
        ({"date_between": [None, "2026-10-25 23:59:59"]}, "Invalid filter value: date_between"),
        ({"hour_between": ["8 o'clock", "17"]}, "Invalid filter value: hour_between"),
        ({"direction": "in"}, "Invalid filter value: direction"),
        ({"call_status": "MISSED"}, "Invalid filter value: call_status"),
        ({"call_status": ["BUSY", "FAILED"]}, "Invalid filter value: call_status"),
        ({"from_id": "first"}, "Invalid filter value: from_id"),
        ({"from_id": -1}, "Invalid filter value: from_id"),
        ({"has_recording_file": "yes"}, "Invalid filter value: has_recording_file"),
        ({"telephone": ["0700000001"]}, "Invalid filter value: telephone"),
    ],
)
async def test_a_wrong_filter_is_refused_in_the_documents_shape(filters: dict[str, Any], message: str) -> None:
    async with asking(make_simulator()) as client:
        answer = await cdr(client, filters)
    assert answer == {"has_error": True, "messages": [message], "pagination": [], "results": []}


@pytest.mark.parametrize("page", [0, -1, "first", 1.5, True, None])
async def test_a_wrong_page_is_refused(page: Any) -> None:
    async with asking(make_simulator()) as client:
        answer = await client.post(URL, json=signed({"page": page}), headers=TOKEN)
    assert refusal(answer) == "Invalid page"


@pytest.mark.parametrize("body", ["[]", "{", '"x"', "\xff"])
async def test_a_body_that_is_no_json_object_is_refused(body: str) -> None:
    async with asking(make_simulator()) as client:
        headers = {**TOKEN, "Content-Type": "application/json"}
        assert refusal(await client.post(URL, content=body.encode("latin-1"), headers=headers)) == "Invalid JSON"
        assert (await client.put(URL, headers=TOKEN)).status_code == 405
        assert (await client.post("/while1/api/queues", headers=TOKEN)).status_code == 404


async def test_pages_hold_a_hundred_rows_and_together_all_of_them_newest_first() -> None:
    async with asking(make_simulator()) as client:
        first = await cdr(client)
        rows = await cdr_rows(client)
        beyond = await cdr(client, {}, first["pagination"]["max_page"] + 1)
        none = await cdr(client, {"uniqueid": "1.1"})
    pagination = first["pagination"]
    assert (len(first["results"]), pagination["page_size"], pagination["current_page"]) == (100, 100, 1)
    assert pagination["row_count"] == len(rows)
    assert pagination["max_page"] == -(-len(rows) // 100) > 1
    ids = [int(row["id"]) for row in rows]
    assert ids == list(range(29056 + len(rows) - 1, 29055, -1))
    assert beyond["results"] == []
    assert none["pagination"] == {"row_count": 0, "page_size": 100, "current_page": 0, "max_page": 0}


async def test_row_numbers_rise_with_the_moment_of_showing() -> None:
    simulator = make_simulator("2026-10-26T09:00:00Z")
    async with asking(simulator) as client:
        before = await cdr_rows(client)
        simulator.clock.advance(3_600_000)
        highest = max(int(row["id"]) for row in before)
        newer = await cdr_rows(client, {"from_id": highest + 1})
        everything = await cdr_rows(client)
    assert len(newer) > 10
    assert len(everything) == len(before) + len(newer)
    assert {row["id"] for row in before} < {row["id"] for row in everything}


async def test_comments_and_recordings_come_later_and_change_nothing_else() -> None:
    simulator = make_simulator("2026-10-26T09:30:00Z", days=0, calls_per_day=10_000)
    late = {"comments", "is_recovered", "recording_file", "recording_url", "transcription_id"}
    async with asking(simulator) as client:
        window = {"date_between": ["2026-10-26 10:30:00", "2026-10-26 11:30:00"]}
        before = {row["id"]: row for row in await cdr_rows(client, window)}
        simulator.clock.advance(3_600_000)
        after = {row["id"]: row for row in await cdr_rows(client, window)}
    changed = {name for key, row in before.items() for name in FIELDS if after[key][name] != row[name]}
    assert changed == late


async def test_rows_have_every_documented_field() -> None:
    async with asking(make_simulator(days=6, calls_per_day=1000)) as client:
        rows = await cdr_rows(client)
    for row in rows:
        assert sorted(row) == sorted(FIELDS)
        assert isinstance(row["id"], str)
        for name in ("bill_duration", "duration", "ivr_duration", "hold_time", "ring_time"):
            assert re.fullmatch(r"\d{2,}:\d{2}:\d{2}", row[name])
    statuses = {row["call_status"] for row in rows}
    assert statuses == {"ANSWERED", "NO ANSWER", "NOANSWER", "BUSY", "FAILED", "CONGESTION"}
    assert any(row["destination"] is None and row["uniqueid"] == row["linkedid"] for row in rows)
    assert any(row["uniqueid"].startswith("voce-") for row in rows)
    assert any(row["call_status"] == "ANSWERED" and row["direction"] == "IN" and not row["user_fullname"] for row in rows)
    failed = {row["call_status_info"] for row in rows if row["call_status"] == "FAILED"}
    assert any(re.search(r"DS:CHANUNAVAIL\|HC:(34|38|41|42)\|", info) for info in failed)
    assert any(re.search(r"DS:CONGESTION\|", info) for info in failed)
    assert any(re.search(r"DS:CHANUNAVAIL\|HC:(1|3|27|28)\|", info) for info in failed)


async def test_time_is_the_channels_epoch_on_romanian_clocks_also_in_the_repeated_hour() -> None:
    async with asking(make_simulator()) as client:
        rows = await cdr_rows(client)
    zone = ZoneInfo("Europe/Bucharest")
    passes = set()
    for row in rows:
        epoch = int(re.search(r"(\d{9,11})\.\d+$", row["uniqueid"])[1])  # type: ignore[index]
        assert datetime.fromtimestamp(epoch, zone).strftime("%Y-%m-%d %H:%M:%S") == row["time"]
        if row["time"].startswith("2026-10-25 03:"):
            passes.add(datetime.fromtimestamp(epoch, zone).fold)
    assert passes == {0, 1}


async def test_the_repeated_hour_matches_with_both_its_passes() -> None:
    async with asking(make_simulator()) as client:
        rows = await cdr_rows(client, {"date_between": ["2026-10-25 03:00:00", "2026-10-25 03:59:59"]})
        by_hour = await cdr_rows(client, {"hour_between": ["03:00", "03:59:59"]})
    assert len({int(row["uniqueid"].split("-")[-1].split(".")[0]) // 3600 for row in rows}) == 2
    assert {row["id"] for row in rows} <= {row["id"] for row in by_hour}


def matches(name: str, value: Any, row: dict[str, Any]) -> bool:
    """Each filter once more, from the document's words."""
    ends = [row["source"] or "", row["destination"] or ""]
    users = {f"Suport {index}": str(11 + index) for index in range(1, 5)}
    tests: dict[str, Callable[[], object]] = {
        "date_between": lambda: value[0] <= row["time"] <= value[1],
        "hour_between": lambda: value[0] <= row["time"][11:16] and row["time"][11:] <= value[1] + ":00",
        "project_id": lambda: row["project"] == "Centrala",
        "user_id": lambda: users.get(row["user_fullname"]) in value,
        "inbound_route_id": lambda: row["inbound_route_id"] in list(map(str, value)),
        "direction": lambda: row["direction"] == value,
        "call_status": lambda: row["call_status"].replace(" ", "") == value.replace(" ", ""),
        "telephone_like": lambda: any(value in end for end in ends),
        "telephone": lambda: value in ends,
        "source": lambda: value in ends[0],
        "destination": lambda: value in ends[1],
        "from_id": lambda: int(row["id"]) >= value,
        "uniqueid": lambda: row["uniqueid"] == value,
        "linkedid": lambda: row["linkedid"] == value,
        "external_id": lambda: row["external_id"] == value,
        "has_transcription": lambda: row["transcription_id"] is not None,
        "has_monitor_file": lambda: row["monitor_files"] is None,
        "has_recording_file": lambda: row["recording_url"] is not None,
    }
    return bool(tests[name]())


async def test_each_of_the_eighteen_filters_finds_what_it_says() -> None:
    assert sorted(FILTERS) == sorted(ALL_FILTERS)
    async with asking(make_simulator(days=6)) as client:
        rows = await cdr_rows(client)
        some = next(row for row in rows if row["external_id"])
        values: dict[str, Any] = {
            "date_between": ["2026-10-22 08:00:00", "2026-10-23 17:30:00"],
            "hour_between": ["08:00", "11:30"],
            "project_id": 5,
            "user_id": ["12", "13"],
            "inbound_route_id": [1, 3],
            "direction": "OUT",
            "call_status": "NO ANSWER",
            "telephone_like": "07000003",
            "telephone": some["destination"],
            "source": "0700000",
            "destination": "102",
            "from_id": int(some["id"]),
            "uniqueid": some["uniqueid"],
            "linkedid": next(row["linkedid"] for row in rows if row["uniqueid"] != row["linkedid"]),
            "external_id": some["external_id"],
            "has_transcription": 1,
            "has_monitor_file": "0",
            "has_recording_file": True,
        }
        for name, value in values.items():
            found = await cdr_rows(client, {name: value})
            assert found == [row for row in rows if matches(name, value, row)], name
            assert 0 < len(found) < len(rows), name
        both = await cdr_rows(client, {"direction": "IN", "call_status": "BUSY", "source": None, "telephone": ""})
    assert both == [row for row in rows if (row["direction"], row["call_status"]) == ("IN", "BUSY")]


async def test_a_call_id_sent_as_a_number_loses_its_zero_and_finds_nothing() -> None:
    async with asking(make_simulator(days=10)) as client:
        row = next(row for row in await cdr_rows(client) if re.fullmatch(r"\d+\.\d*0", row["uniqueid"]))
        assert len(await cdr_rows(client, {"uniqueid": row["uniqueid"]})) == 1
        assert await cdr_rows(client, {"uniqueid": float(row["uniqueid"])}) == []
