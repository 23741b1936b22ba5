"""Telecom X: who may ask, what the body may say, what the totals look like."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest

from providers.simulator import credentials
from providers.simulator.statistics import COUNTERS, NAMES

from .help import asking, make_simulator, statistics

pytestmark = pytest.mark.anyio

DAY = {"from_": "2026-10-24T22:00:00.000Z", "to": "2026-10-25T22:59:59.999Z"}
LOGIN = {"username": credentials.TELECOMX.username, "password": credentials.TELECOMX.password, "cookie": False}


async def served(body: dict[str, Any], now: str = "2026-10-26T11:40:00Z", days: int = 3) -> list[dict[str, Any]]:
    async with asking(make_simulator(now, days=days)) as client:
        answer = await statistics(client, **body)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def total(rows: list[dict[str, Any]], counter: str) -> int:
    return sum(cell[counter] for row in rows for cell in row["data"].values())


async def test_the_token_comes_with_the_query_and_nowhere_else() -> None:
    async with asking(make_simulator()) as client:
        headers = {"Authorization": f"Bearer {credentials.TELECOMX_TOKEN}"}
        assert (await client.post("/telecomx/pbx/cdrstats", json={}, headers=headers)).status_code == 401
        assert (await statistics(client, token="wrong")).status_code == 401
        assert (await statistics(client)).status_code == 200


async def test_a_personal_employee_may_not_see_statistics() -> None:
    async with asking(make_simulator()) as client:
        answer = await statistics(client, token=credentials.TELECOMX_PERSONAL_TOKEN)
    assert (answer.status_code, answer.json()["message"]) == (403, "access_denied")


async def test_another_customer_is_not_for_us() -> None:
    async with asking(make_simulator()) as client:
        assert (await statistics(client, customer="534bf567221eb20000136767")).status_code == 403
        assert (await statistics(client, customer=credentials.TELECOMX_CUSTOMER)).status_code == 200


async def test_a_login_lasts_fifteen_minutes() -> None:
    simulator = make_simulator()
    async with asking(simulator) as client:
        login = await client.post("/telecomx/auth/login", json=LOGIN)
        assert login.json()["expiresInMinutes"] == 15
        assert login.json()["accessLevel"] == "VIEWER"
        token = login.json()["token"]
        valid = await client.get("/telecomx/auth/validateToken", params={"token": token})
        assert (valid.json()["success"], valid.json()["accessLevel"]) == (True, "VIEWER")
        simulator.clock.advance(15 * 60_000)
        assert (await statistics(client, token=token)).status_code == 401
        simple = await client.get("/telecomx/auth/validateToken", params={"token": token, "simple": "true"})
        assert simple.status_code == 403


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"username": "nobody"}])
async def test_a_wrong_login_is_refused(wrong: dict[str, str]) -> None:
    async with asking(make_simulator()) as client:
        answer = await client.post("/telecomx/auth/login", json={**LOGIN, **wrong})
    assert (answer.status_code, answer.json()["message"]) == (403, "access_denied")


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"format": "XML"}, 422, "format"),
        ({"format": "json"}, 422, "format"),
        ({"groupingInterval": "YEAR"}, 422, "groupingInterval"),
        ({"groupingInterval": "hour"}, 422, "groupingInterval"),
        ({"from_": "2020-01-01-T00:00:00.000Z"}, 422, "from"),
        ({"from_": "2020-01-01"}, 422, "from"),
        ({"from_": 1577836800}, 422, "from"),
        ({"from_": None}, 422, "from"),
        ({"to": "2026-10-26T00.00.00Z"}, 422, "from"),
        ({"from_": "2026-10-26T00:00:00Z", "to": "2026-10-25T00:00:00Z"}, 422, "from"),
        ({"direction": "in"}, 400, "bad_request"),
        ({"ignoreBelow": "10"}, 400, "bad_request"),
        ({"ignoreBelow": -1}, 400, "bad_request"),
        ({"ignoreLocal": 1}, 400, "bad_request"),
        ({"fields": ["employeeName", "calls"]}, 400, "bad_request"),
        ({"fields": []}, 400, "bad_request"),
        ({"fields": ["inboundCalls"], "sort": "employeeName"}, 400, "bad_request"),
        ({"sort": "inboundCalls"}, 400, "bad_request"),
        ({"employee": "a", "employees": ["b"]}, 400, "bad_request"),
        ({"employees": []}, 400, "bad_request"),
        ({"unknown": 1}, 400, "bad_request"),
    ],
)
async def test_a_wrong_body_is_refused(body: dict[str, Any], status: int, message: str) -> None:
    async with asking(make_simulator()) as client:
        answer = await statistics(client, **body)
    assert (answer.status_code, answer.json()["message"]) == (status, message)


async def test_only_a_json_object_posted_without_other_parameters_is_read() -> None:
    url = f"/telecomx/pbx/cdrstats?token={credentials.TELECOMX_TOKEN}"
    async with asking(make_simulator()) as client:
        assert (await client.post(url, content="{}", headers={"Content-Type": "text/plain"})).status_code == 400
        assert (await client.post(url, json=[])).status_code == 400
        assert (await client.post(url, content="{from: 1}", headers={"Content-Type": "application/json"})).status_code == 400
        assert (await client.post(f"{url}&page=2", json={})).status_code == 400
        assert (await client.get(url)).status_code == 405


async def test_the_default_is_the_danish_day_by_day() -> None:
    rows = await served({})
    assert {key for row in rows for key in row["data"]} == {"26"}
    assert total(rows, "inboundCalls") > 10
    explicit = {"from_": "2026-10-25T23:00:00Z", "to": "2026-10-26T22:59:59.999Z", "groupingInterval": "DAY"}
    assert rows == await served({**explicit, "direction": "BOTH", "format": "JSON"})


async def test_the_repeated_hour_is_one_bucket() -> None:
    hours = await served({**DAY, "groupingInterval": "HOUR"})
    days = await served({**DAY, "groupingInterval": "DAY"})
    assert {key for row in hours for key in row["data"]} <= {str(hour) for hour in range(24)}
    assert {key for row in days for key in row["data"]} == {"25"}
    for counter in COUNTERS:
        assert total(hours, counter) == total(days, counter)
    first_pass = await served({"from_": "2026-10-25T00:00:00Z", "to": "2026-10-25T00:59:59.999Z", "groupingInterval": "HOUR"})
    second_pass = await served({"from_": "2026-10-25T01:00:00Z", "to": "2026-10-25T01:59:59.999Z", "groupingInterval": "HOUR"})
    both = sum(cell["inboundCalls"] + cell["outboundCalls"] for row in hours for key, cell in row["data"].items() if key == "2")
    parts = [total(rows, "inboundCalls") + total(rows, "outboundCalls") for rows in (first_pass, second_pass)]
    assert min(parts) > 0
    assert both == sum(parts)


async def test_weeks_are_iso_weeks_and_keys_rise_as_numbers() -> None:
    body = {"from_": "2026-12-20T23:00:00Z", "to": "2027-01-10T22:59:59.999Z", "groupingInterval": "WEEK"}
    rows = await served(body, "2027-01-11T12:00:00Z", days=30)
    keys = [key for row in rows for key in row["data"]]
    assert set(keys) == {"52", "53", "1"}
    assert all(list(row["data"]) == sorted(row["data"], key=int) for row in rows)
    months = await served({**body, "groupingInterval": "MONTH"}, "2027-01-11T12:00:00Z", days=30)
    assert {key for row in months for key in row["data"]} == {"12", "1"}


async def test_answers_look_like_the_documents_example() -> None:
    rows = await served({**DAY, "groupingInterval": "DAY"})
    assert [row["extensionNumber"] for row in rows] == sorted(row["extensionNumber"] for row in rows)
    assert len({row["employeeId"] for row in rows}) == len(rows) - 1
    for row in rows:
        assert list(row) == [*NAMES, "data"]
        assert len(row["employeeId"]) == len(row["extensionId"]) == 24
        for cell in row["data"].values():
            assert list(cell) == list(COUNTERS)
            assert cell["inboundAnswered"] == 0
            assert cell["outboundCalls"] == cell["outboundAnswered"] + cell["outboundUnanswered"]
            assert cell["outboundFailed"] <= cell["outboundUnanswered"]
            assert cell["inboundBusy"] <= cell["inboundUnanswered"] <= cell["inboundCalls"]


async def test_each_member_of_the_body_does_what_it_says() -> None:
    wide = {"from_": "2026-10-22T22:00:00Z"}
    rows = await served(wide)
    inbound, outbound = await served({**wide, "direction": "IN"}), await served({**wide, "direction": "OUT"})
    assert (total(inbound, "outboundCalls"), total(outbound, "inboundCalls")) == (0, 0)
    assert total(inbound, "inboundCalls") == total(rows, "inboundCalls")
    assert total(outbound, "outboundSeconds") == total(rows, "outboundSeconds")
    no_local = await served({**wide, "ignoreLocal": True})
    local_out, local_in = (total(rows, f"{way}Calls") - total(no_local, f"{way}Calls") for way in ("outbound", "inbound"))
    assert local_out == local_in > 0
    long_calls = await served({**wide, "ignoreBelow": 60})
    assert total(long_calls, "inboundUnanswered") == 0
    assert 0 < total(long_calls, "inboundCalls") < total(rows, "inboundCalls")
    one = rows[0]["employeeId"]
    assert await served({**wide, "employee": one}) == [row for row in rows if row["employeeId"] == one]
    assert len(await served({**wide, "employees": [one, rows[2]["employeeId"]]})) == 3
    few = await served({**wide, "fields": ["employeeName", "inboundCalls"], "sort": "employeeName"})
    assert [list(row) for row in few] == [["employeeName", "data"]] * len(rows)
    assert [row["employeeName"] for row in few] == sorted(row["employeeName"] for row in rows)
    assert all(list(cell) == ["inboundCalls"] for row in few for cell in row["data"].values())


async def test_a_bucket_grows_by_itself() -> None:
    simulator = make_simulator("2026-10-26T09:00:00Z")
    async with asking(simulator) as client:
        before = (await statistics(client)).json()
        simulator.clock.advance(3_600_000)
        after = (await statistics(client)).json()
    assert total(after, "inboundCalls") > total(before, "inboundCalls")


async def test_files_hold_the_same_table() -> None:
    fields = ["employeeName", "extensionNumber", "inboundCalls"]
    async with asking(make_simulator()) as client:
        rows = (await statistics(client, fields=fields)).json()
        text = await statistics(client, fields=fields, format="CSV")
        book = await statistics(client, fields=fields, format="EXCEL")
    assert text.headers["content-type"].startswith("text/csv")
    table = list(csv.reader(io.StringIO(text.content.decode())))
    assert table[0] == ["employeeName", "extensionNumber", "interval", "inboundCalls"]
    expected = [
        [row["employeeName"], row["extensionNumber"], key, str(cell["inboundCalls"])]
        for row in rows
        for key, cell in row["data"].items()
    ]
    assert table[1:] == expected
    assert "spreadsheetml" in book.headers["content-type"]
    sheet = zipfile.ZipFile(io.BytesIO(book.content)).read("xl/worksheets/sheet1.xml").decode()
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    lines = [["".join(cell.itertext()) for cell in row] for row in ElementTree.fromstring(sheet).iter(f"{space}row")]
    assert lines == table
