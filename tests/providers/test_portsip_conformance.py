"""PortSIP's document, table by table, asked of the simulator by the client: options, fields, enums, details and errors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest

from calls.model import Direction, Record, Window
from providers.errors import ProviderError, Refused, Rejected, Unavailable
from providers.portsip import PortsipProvider
from providers.portsip.rows import KNOWN_FIELDS, KNOWN_VALUES, read_row
from providers.simulator import Simulator
from tests.providers.exchange_help import client, everything, read, simulated
from tests.providers.portsip_help import ANSWERED, SAMPLE_DAY, Pbx, at, fetched, leg, provider, session

pytestmark = pytest.mark.anyio

TEXTS = [
    "caller",
    "caller_domain",
    "caller_display_name",
    "callee",
    "callee_domain",
    "callee_display_name",
    "call_id",
    "direction",
    "end_reason",
    "reroute_reason",
    "destination",
    "outbound_caller_id",
    "did_cid",
    "trunk",
    "service_number",
    "user_data",
]


def asking(simulator: Simulator | None = None, **settings: Any) -> PortsipProvider:
    made = client("portsip", simulator or simulated(calls_per_day=150), **settings)
    assert isinstance(made, PortsipProvider)
    return made


async def listed(reader: PortsipProvider, path: str = "/cdrs", **query: str) -> dict[str, Any]:
    answer = await reader.transport.send("GET", path, query=query)
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.json()
    return body


async def test_each_query_option_does_what_is_documented() -> None:
    reader = asking()
    everything_ = await listed(reader)
    assert len(everything_["items"]) == min(100, everything_["count"])
    first = everything_["items"][0]
    assert [row["id"] for row in (await listed(reader, filter=f"id eq '{first['id']}'"))["items"]] == [first["id"]]
    assert all(
        row["direction"] == "INBOUND_CALL" for row in (await listed(reader, filter="direction eq 'INBOUND_CALL'"))["items"]
    )
    ordered = [row["started_at"] for row in (await listed(reader, orderby="started_at asc"))["items"]]
    assert [text[:19] for text in ordered] == sorted(text[:19] for text in ordered)
    one, two = await listed(reader, top="2"), await listed(reader, top="1", skip="1")
    assert one["items"][1]["id"] == two["items"][0]["id"]
    name = next(row["callee_display_name"] for row in everything_["items"] if row.get("callee_display_name"))
    assert 0 < (await listed(reader, search=name.upper()))["count"] < everything_["count"]
    assert (await listed(reader, count="true"))["count"] == everything_["count"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"filter": "started_at ge 2024-01-01"}, "must be quoted"),
        ({"filter": "nothing eq 'x'"}, "no field"),
        ({"filter": "caller like 'x'"}, "no operator"),
        ({"filter": "caller eq 'O'Brien'"}, "cannot be read|not expected"),
        ({"orderby": "nothing"}, "cannot order"),
        ({"top": "101"}, "from 1 to 100"),
        ({"top": "0"}, "from 1 to 100"),
        ({"skip": "-1"}, "from 0"),
        ({"$filter": "caller eq '1'"}, "unknown parameter"),
    ],
)
async def test_what_the_options_do_not_allow_is_refused(query: dict[str, str], words: str) -> None:
    answer = await asking().transport.send("GET", "/cdrs", query=query)
    assert answer.status == 400
    [error] = answer.json()["errors"]
    assert error["code"] == "VALIDATE_FAILED"
    assert any(word in error["message"] for word in words.split("|")), error["message"]


@pytest.mark.parametrize("name", TEXTS)
async def test_each_text_is_kept_as_sent_and_read(name: str) -> None:
    value = {"direction": "OUTBOUND_CALL", "end_reason": "CANCELLED", "reroute_reason": "TRANSFER"}.get(name, "O'Brien +1")
    [record] = await fetched(provider(Pbx([session(1) | {name: value}], []), keep_user_data=True))
    assert record.payload[name] == value
    assert name in KNOWN_FIELDS
    read_names = {"did_cid": "did", "caller_display_name": "caller_name", "callee_display_name": "callee_name"}
    row = read_row(record.payload, leg=False)
    if hasattr(row, read_names.get(name, name)):
        assert getattr(row, read_names.get(name, name)) == value


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in KNOWN_VALUES.items() for value in sorted(values)]
)
async def test_each_documented_value_raises_no_notice_and_makes_a_call(field: str, value: str) -> None:
    reader = provider(Pbx([session(1) | {field: value}], [leg("l1", 1, "101") | {field: value}]))
    pages = [page async for page in reader.fetch(SAMPLE_DAY, {})]
    assert [notice for page in pages for notice in page.notices] == []
    records = [record for page in pages for record in page.records]
    [call] = reader.derive(records, frozenset()).calls
    assert not call.approximate


@pytest.mark.parametrize(
    ("field", "value"), [("direction", "SIDEWAYS"), ("end_reason", "BORED"), ("reroute_reason", "x\x1b[31m"), ("mood", "fine")]
)
async def test_new_values_are_shown_and_never_fatal(field: str, value: str) -> None:
    reader = provider(Pbx([session(1) | {field: value}], []))
    pages = [page async for page in reader.fetch(SAMPLE_DAY, {})]
    records = [record for page in pages for record in page.records]
    assert records[0].payload[field] == value
    [call] = reader.derive(records, frozenset()).calls
    assert call.direction in Direction
    assert sum(len(page.notices) for page in pages) == 1
    assert all(notice.isprintable() for page in pages for notice in page.notices)


async def test_both_detail_shapes_with_cost_and_billed_account() -> None:
    simulator = simulated(calls_per_day=150)
    reader = asking(simulator)
    records = await read(reader, everything(simulator))
    calls = {call.id: call for call in reader.derive(records, reader.facts(records)).calls}
    outbound = next(call for call in calls.values() if call.direction is Direction.OUT and call.talk_ms)
    of_call = await reader.session_detail(outbound.id)
    assert len(of_call) == len(outbound.legs) == 1
    assert not {"id", "session_id"} & of_call[0].payload.keys()
    log = next(record for record in records if record.group == outbound.id and record.key.startswith("log:"))
    [of_leg] = await reader.leg_detail(log.key.removeprefix("log:"))
    assert (of_leg.payload["session_id"], of_leg.payload["id"]) == (outbound.id, log.key.removeprefix("log:"))
    assert of_leg.cost == of_call[0].cost
    assert isinstance(of_leg.cost, Decimal)
    assert of_leg.cost > 0
    assert of_leg.billed_account == outbound.caller
    inbound = next(call for call in calls.values() if len(call.legs) > 1)
    several = await reader.session_detail(inbound.id)
    assert len(several) == len(inbound.legs)
    with pytest.raises(Rejected, match="404"):
        await reader.session_detail("1")


async def test_recordings_are_asked_for_only_on_demand() -> None:
    simulator = simulated(calls_per_day=150)
    reader = asking(simulator)
    records = await read(reader, everything(simulator))
    assert not any("recordings" in trace.path for trace in reader.transport.history)
    sessions = {record.group: record for record in records if record.key.startswith("cdr:")}
    found = [row async for row in reader.recordings(everything(simulator))]
    assert found
    [detail] = await reader.recording_detail(found[0]["id"])
    session_id = detail.payload["file_name"].split("-")[1]
    assert sessions[session_id].payload["answered_at"] == found[0]["started_at"] == detail.payload["started_at"]
    assert detail.payload["file_url"].startswith("/api/blobs/")
    hour = Window(everything(simulator).start_ms, everything(simulator).start_ms + 3_600_000)
    assert len([row async for row in reader.recordings(hour)]) < len(found)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (httpx.Response(400, json={"errors": [{"code": "UNKNOWN", "message": "no"}]}), Rejected, "400"),
        (httpx.Response(400, json={}), Rejected, "400"),
        (httpx.Response(400, json={"errors": [{"code": "X", "message": "a"}, {"code": "Y"}]}), Rejected, "a; Y"),
        (httpx.Response(401, json={}), Refused, "401"),
        (httpx.Response(403, json={"errors": [{"code": "DENIED"}]}), Refused, "not allowed: DENIED"),
        (httpx.Response(404, json={}), Rejected, "404"),
        (httpx.Response(502, text="<html>Bad gateway</html>"), Unavailable, "502"),
    ],
)
async def test_each_error_is_told_in_one_line(
    answer: httpx.Response, kind: type[ProviderError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.transport.ATTEMPTS", 1)
    with pytest.raises(kind, match=words) as failed:
        await fetched(provider(lambda request: answer))
    assert "\n" not in str(failed.value)


async def test_what_the_document_prints_is_read_as_printed() -> None:
    """The answers printed in the document hold the word "text" in each text, and one time in all four."""
    time = "2017-07-21T17:32:28Z"
    printed: dict[str, object] = {**dict.fromkeys(TEXTS, "text")}
    printed |= {"direction": "INBOUND_CALL", "end_reason": "CALLER_DISCONNECTED"}
    printed |= {"reroute_reason": "TRANSFER", "status_code": 1, "duration": 1, "id": "NzAwNTUxOTA5NzczMTQ4MTYw"}
    printed |= dict.fromkeys(("started_at", "rang_at", "answered_at", "ended_at"), time)
    row = read_row({**printed, "session_id": "NzAwNTUxOTA5NzczMTQ4MTYw"}, leg=True)
    assert (row.id, row.session_id) == ("NzAwNTUxOTA5NzczMTQ4MTYw",) * 2
    assert row.started_ms == row.rang_ms == row.answered_ms == row.ended_ms == 1_500_658_348_000
    assert (row.caller, row.trunk, row.status_code, row.duration_seconds) == ("text", "text", 1, 1)


async def test_the_published_sample_has_the_published_times() -> None:
    reader = provider(Pbx([ANSWERED], []))
    records: list[Record] = await fetched(reader)
    [call] = reader.derive(records, frozenset()).calls
    assert (call.ring_ms, call.wait_ms, call.talk_ms) == (2422, 2508, 35_000)
    assert at(0).startswith("2024-08-20")
