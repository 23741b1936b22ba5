"""PortSIP's call reports: every type with its own filter, every rule before it is sent, and files that are not trusted."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from calls.files import safe_name
from calls.times import parse_rfc3339
from providers.errors import BadAnswer, ProviderError, Refused, Rejected, Unavailable
from providers.portsip.reports import CUSTOM, RANGES, REPORT_TYPES, BadOrder, ReportOrder, Reports, read_filter_values
from providers.portsip.reports.answers import read_completed
from providers.transport import Credentials, Transport
from tests.providers.exchange_help import client, simulated

pytestmark = pytest.mark.anyio

FULL = {
    "from": "NUMBERS_START_WITH", "from_value": "+46", "to": "ANY", "answer_state": "ANSWERED", "duration": "TALK_DURATION",
    "duration_from": 10, "duration_to": 600, "type": "MOBILE", "groups": ["Sales"],
    "enable_exclude_calls_dropped_before_seconds": True, "exclude_calls_dropped_before_seconds": 5,
    "call_queues": ["8000"], "ring_groups": ["8100"],
}  # fmt: skip


def filter_for(kind: str) -> dict[str, Any]:
    return {each.name: FULL[each.name] for each in REPORT_TYPES[kind] if each.name in FULL}


def order(kind: str = "QUEUE_PERFORMANCE", **changes: Any) -> ReportOrder:
    values: dict[str, Any] = {"name": "weekly", "type": kind, "email": "a@b.example", "filter": filter_for(kind)}
    return ReportOrder(**{**values, **changes})


def simulated_reports() -> Reports:
    return Reports(client("portsip", simulated(days=2, calls_per_day=120)).transport)


@pytest.mark.parametrize("kind", REPORT_TYPES)
async def test_each_type_is_ordered_shown_changed_and_taken_back(kind: str) -> None:
    reports = simulated_reports()
    created = await reports.create(order(kind, cron_expr="0 6 * * 1"))
    [line] = await reports.orders()
    assert (line.id, line.type, line.status, line.cron_expr) == (created, kind, "SCHEDULED", "0 6 * * 1")
    shown = await reports.order(created)
    assert shown.filter == filter_for(kind)
    await reports.update(created, order(kind, name="monthly", range="LAST_MONTH").changes())
    assert (await reports.order(created)).range == "LAST_MONTH"
    assert [line.name for line in await reports.orders("month")] == ["monthly"]
    await reports.destroy(created)
    assert await reports.orders() == []


async def test_a_report_without_a_schedule_becomes_a_file_of_calls(tmp_path: Path) -> None:
    reports = simulated_reports()
    await reports.create(order("NORMAL", range="LAST_SEVEN_DAYS"))
    [done] = await reports.completed()
    assert (await reports.completed_report(done.id)) == done
    size = await reports.download(done, tmp_path / "report.csv")
    content = (tmp_path / "report.csv").read_bytes()
    assert size == len(content) == done.file_size
    assert stat.S_IMODE((tmp_path / "report.csv").stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert len(rows) > 10
    assert {"id", "caller", "started_at"} <= set(rows[0])
    await reports.destroy_completed(done.id)
    assert await reports.completed() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"type": "QUEUE_PERFORMANCES"}, "type"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@" + "b" * 130}, "email"),
        ({"format": "PDF"}, "format"),
        ({"range": "LAST_YEAR"}, "range"),
        ({"range": CUSTOM}, "started_at"),
        ({"range": CUSTOM, "started_ms": 5, "ended_ms": 5}, "ended_at"),
        ({"range": "TODAY", "started_ms": 5}, "started_at"),
        ({"range": CUSTOM, "started_ms": 5, "ended_ms": 6, "cron_expr": "0 6 * * 1"}, "cron_expr"),
        ({"cron_expr": "every monday"}, "cron_expr"),
        ({"filter": {}}, "filter.call_queues"),
        ({"filter": {"call_queues": ["12"]}}, "filter.call_queues"),
        ({"filter": {"call_queues": "8000"}}, "filter.call_queues"),
        ({"filter": {"call_queues": ["8000"], "ring_groups": ["8000"]}}, "filter.ring_groups"),
        (
            {"filter": {"call_queues": ["8000"], "enable_exclude_calls_dropped_before_seconds": True}},
            "filter.exclude_calls_dropped_before_seconds",
        ),
        (
            {"filter": {"call_queues": ["8000"], "exclude_calls_dropped_before_seconds": -1}},
            "filter.exclude_calls_dropped_before_seconds",
        ),
        ({"type": "NORMAL", "filter": {"from": "NUMBER"}}, "filter.from_value"),
        ({"type": "NORMAL", "filter": {"from_value": "1"}}, "filter.from_value"),
        ({"type": "NORMAL", "filter": {"to": "SOMEBODY"}}, "filter.to"),
        ({"type": "NORMAL", "filter": {"duration_from": 3}}, "filter.duration"),
        (
            {"type": "NORMAL", "filter": {"duration": "RING_DURATION", "duration_from": 9, "duration_to": 3}},
            "filter.duration_to",
        ),
        ({"type": "EXTENSION_GROUP_CALL_COST", "filter": {"groups": [""]}}, "filter.groups"),
    ],
)
def test_a_mistake_is_said_before_anything_is_sent(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadOrder) as caught:
        order(**({"kind": changes.pop("type")} if changes.get("type") in REPORT_TYPES else {}), **changes)
    assert str(caught.value).startswith(field)
    assert "\n" not in str(caught.value)


def test_every_range_is_taken() -> None:
    for name in RANGES:
        edges: dict[str, Any] = {"started_ms": 0, "ended_ms": 86_400_000} if name == CUSTOM else {}
        body = order(range=name, **edges).body()
        assert ("started_at" in body) is (name == CUSTOM)
    assert body["started_at"] == "1970-01-01T00:00:00.000Z"


def test_texts_become_the_values_of_a_filter() -> None:
    given = {"call_queues": "8000, 8100", "enable_exclude_calls_dropped_before_seconds": "yes"}
    given |= {"exclude_calls_dropped_before_seconds": "5"}
    assert read_filter_values("QUEUE_PERFORMANCE", given) == {
        "call_queues": ["8000", "8100"],
        "enable_exclude_calls_dropped_before_seconds": True,
        "exclude_calls_dropped_before_seconds": 5,
    }
    with pytest.raises(BadOrder, match=r"filter\.groups: a report of type NORMAL takes from,"):
        read_filter_values("NORMAL", {"groups": "x"})


@pytest.mark.parametrize("kind", REPORT_TYPES)
async def test_the_simulator_refuses_what_belongs_to_another_type(kind: str) -> None:
    transport = client("portsip", simulated(days=0)).transport
    strange = next(name for name in FULL if name not in {each.name for each in REPORT_TYPES[kind]})
    body = order(kind).body()
    body["filter"] = {**body["filter"], strange: FULL[strange]}
    answer = await transport.send("POST", "/call_reports", json_body=body)
    assert answer.status == 400
    assert f"filter.{strange}" in answer.body.decode()


async def test_an_id_nobody_knows_is_said_with_what_to_do() -> None:
    reports = simulated_reports()
    for attempt in (
        reports.order("1"),
        reports.destroy("../cdrs"),
        reports.completed_report("x y"),
        reports.destroy_completed("1"),
    ):
        with pytest.raises(Rejected, match="look up the id in the list"):
            await attempt
    with pytest.raises(Rejected, match="named by its id"):
        await reports.order(" ")
    with pytest.raises(Rejected, match="cannot be changed"):
        await reports.update("1", {"type": "NORMAL"})


class Token:
    """A fixed bearer token."""

    async def credentials(self, transport: Transport) -> Credentials:
        return Credentials(headers={"Authorization": "Bearer topsecret"})

    async def renew(self, transport: Transport) -> bool:
        return False

    def secrets(self) -> list[Any]:
        return []


def scripted(handler: Callable[[httpx.Request], httpx.Response], base_url: str = "https://pbx.example/api") -> Reports:
    return Reports(Transport(base_url, auth=Token(), http=httpx.MockTransport(handler)))


async def test_creating_is_never_sent_twice() -> None:
    asked: list[httpx.Request] = []

    def failing(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(503)

    with pytest.raises(Unavailable):
        await scripted(failing).create(order())
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "no list of reports"),
        ({"items": {}}, "no list of reports"),
        ({"items": [7]}, "holds no report"),
        ([], "no list of reports"),
    ],
)
async def test_a_list_of_the_wrong_shape_is_a_bad_answer(body: Any, told: str) -> None:
    with pytest.raises(BadAnswer, match=told):
        await scripted(lambda _: httpx.Response(200, json=body)).orders()


async def test_unknown_types_and_states_are_shown_and_hostile_texts_are_cleaned() -> None:
    row = {"id": 7, "name": "\x1b[31mred\u202e", "type": "NEW_TYPE", "status": "DREAMING", "cron_expr": None, "more": {}}
    [line] = await scripted(lambda _: httpx.Response(200, json={"items": [row], "count": "many"})).orders()
    assert (line.id, line.type, line.status, line.cron_expr) == ("7", "NEW_TYPE", "DREAMING", "")
    assert line.name.isprintable()
    assert "\x1b" not in line.name


async def test_a_list_is_read_to_its_end_and_one_that_never_ends_is_left() -> None:
    rows = [{"id": str(number), "name": "x"} for number in range(250)]

    def paged(request: httpx.Request) -> httpx.Response:
        skip = int(request.url.params["skip"])
        return httpx.Response(200, json={"items": rows[skip : skip + 100], "count": 1})

    assert len(await scripted(paged).orders()) == 250
    same = [{"id": str(number)} for number in range(100)]
    assert len(await scripted(lambda _: httpx.Response(200, json={"items": same})).orders()) == 100


def is_empty(folder: Path) -> bool:
    return not [*folder.iterdir()]


def completed(**changes: Any) -> Any:
    row = {"id": "1", "name": "n", "type": "NORMAL", "format": "CSV", "file_name": "n.csv", "file_url": "/api/blobs/n.csv"}
    return read_completed({**row, **changes})


@pytest.mark.parametrize(
    ("base", "file_url", "asked"),
    [
        ("https://pbx.example/api", "/api/blobs/n.csv", "https://pbx.example/api/blobs/n.csv"),
        ("https://pbx.example/api", "api/blobs/n.csv", "https://pbx.example/api/blobs/n.csv"),
        ("https://pbx.example/one/api", "/api/blobs/n.csv", "https://pbx.example/one/api/blobs/n.csv"),
        ("https://pbx.example/api", "https://pbx.example/files/n.csv", "https://pbx.example/files/n.csv"),
    ],
)
async def test_a_file_is_asked_for_without_the_token_first(base: str, file_url: str, asked: str, tmp_path: Path) -> None:
    seen: list[tuple[str, str | None]] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), request.headers.get("authorization")))
        return (
            httpx.Response(401)
            if len(seen) == 1
            else httpx.Response(200, content=b"a,b\n", headers={"content-type": "text/csv"})
        )

    assert await scripted(serve, base).download(completed(file_url=file_url), tmp_path / "f") == 4
    assert seen == [(asked, None), (asked, "Bearer topsecret")]


@pytest.mark.parametrize(
    ("changes", "answer", "error", "told"),
    [
        ({"file_url": "https://elsewhere.example/n.csv"}, b"", Rejected, "elsewhere.example, which is not the PBX"),
        ({"file_url": "//elsewhere.example/n.csv"}, b"", Rejected, "elsewhere.example, which is not the PBX"),
        ({"file_url": "http://pbx.example/n.csv"}, b"", Rejected, "which is not the PBX"),
        ({"file_url": "/api/../../etc/passwd"}, b"", Rejected, "leaves the PBX's folders"),
        ({"file_url": ""}, b"", Rejected, "has no file"),
        ({"file_url": "https://[x"}, b"", Rejected, "cannot be read as an address"),
        ({"file_size": 9}, b"a,b\n", BadAnswer, "4 bytes came of 9"),
    ],
)
async def test_a_file_that_is_not_what_it_should_be_is_not_kept(
    changes: dict[str, Any], answer: bytes, error: type[ProviderError], told: str, tmp_path: Path
) -> None:
    asked: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=answer, headers={"content-type": "text/csv"})

    with pytest.raises(error, match=told):
        await scripted(serve).download(completed(**changes), tmp_path / "f")
    assert is_empty(tmp_path)
    assert all(request.url.host == "pbx.example" for request in asked)


async def test_a_page_is_no_file_unless_the_report_is_one(tmp_path: Path) -> None:
    reports = scripted(lambda _: httpx.Response(200, html="<html>sign in</html>"))
    with pytest.raises(BadAnswer, match="a page came instead of the CSV file"):
        await reports.download(completed(), tmp_path / "f")
    assert await reports.download(completed(format="HTML"), tmp_path / "f") == len("<html>sign in</html>")


async def test_a_refusal_names_the_role() -> None:
    denied = {"errors": [{"code": "DENIED", "message": "no"}]}
    with pytest.raises(Refused, match="403, not allowed: no; the user needs the role Admin"):
        await scripted(lambda _: httpx.Response(403, json=denied)).create(order())


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("weekly.csv", "weekly.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.csv", "y.csv"),
        (".bashrc", "bashrc"),
        ("a\x1b[31m;rm -rf.csv", "a__31m_rm -rf.csv"),
        ("..", "report"),
        ("", "report"),
    ],
)
def test_the_name_of_a_file_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name, "report") == safe


def test_the_times_of_a_custom_range_are_sent_in_utc() -> None:
    start, end = parse_rfc3339("2026-11-01T00:00:00+01:00"), parse_rfc3339("2026-11-02T00:00:00+01:00")
    body = order(range=CUSTOM, started_ms=start, ended_ms=end).body()
    assert (body["started_at"], body["ended_at"]) == ("2026-10-31T23:00:00.000Z", "2026-11-01T23:00:00.000Z")
