"""What a person changes of an ordered report: only what is named is sent, also of an order newer than the document."""

from __future__ import annotations

from typing import Any

import pytest

from providers.portsip.reports import CUSTOM, REPORT_TYPES, BadOrder, ReportChanges, Reports
from providers.portsip.reports.answers import Report, read_report
from tests.providers.exchange_help import client, simulated
from tests.providers.test_portsip_reports import FULL, filter_for, order, simulated_reports

pytestmark = pytest.mark.anyio

EDGES = {"range": CUSTOM, "started_at": "2026-10-01T00:00:00Z", "ended_at": "2026-10-02T00:00:00Z"}


def before(kind: str = "NORMAL", **changes: Any) -> Report:
    row = {"id": "1", "name": "weekly", "type": kind, "email": "a@b.example", "format": "CSV", "range": "TODAY"}
    return read_report({**row, "cron_expr": "", "filter": filter_for(kind) if kind in REPORT_TYPES else {"new": 1}, **changes})


@pytest.mark.parametrize(
    ("changes", "held", "body"),
    [
        ({"name": "n"}, {}, {"name": "n"}),
        ({"email": "c@d.example"}, {"type": "NEW"}, {"email": "c@d.example"}),
        ({"format": "HTML"}, {"range": "NEW_RANGE", "email": ""}, {"format": "HTML"}),
        ({"range": "LAST_MONTH"}, EDGES, {"range": "LAST_MONTH"}),
        ({"cron_expr": "0 6 * * 1"}, {}, {"cron_expr": "0 6 * * 1"}),
        (
            {"started_ms": 1_790_812_800_000 - 86_400_000},
            EDGES,
            {"started_at": "2026-09-30T00:00:00.000Z", "ended_at": "2026-10-02T00:00:00.000Z"},
        ),
        (
            {"range": CUSTOM, "started_ms": 0, "ended_ms": 1000},
            {},
            {"range": CUSTOM, "started_at": "1970-01-01T00:00:00.000Z", "ended_at": "1970-01-01T00:00:01.000Z"},
        ),
    ],
)
def test_only_what_is_named_is_sent(changes: dict[str, Any], held: dict[str, Any], body: dict[str, Any]) -> None:
    assert ReportChanges(**changes).body(before(**held)) == body


@pytest.mark.parametrize(
    ("changes", "held", "field"),
    [
        ({}, {}, "name, email"),
        ({"name": ""}, {}, "name"),
        ({"email": "nobody"}, {}, "email"),
        ({"format": "PDF"}, {}, "format"),
        ({"range": "LAST_YEAR"}, {}, "range"),
        ({"range": CUSTOM}, {}, "started_at"),
        ({"range": CUSTOM, "started_ms": 0}, {}, "started_at"),
        ({"started_ms": 0, "ended_ms": 1}, {}, "started_at"),
        ({"ended_ms": 0}, EDGES, "ended_at"),
        ({"cron_expr": ""}, {"cron_expr": "0 6 * * 1"}, "cron_expr: a schedule cannot be taken away"),
        ({"cron_expr": "61 6 * * 1"}, {}, "cron_expr"),
        ({"cron_expr": "0 6 * * 1"}, EDGES, "cron_expr"),
        ({"range": CUSTOM, "started_ms": 0, "ended_ms": 1}, {"cron_expr": "0 6 * * 1"}, "cron_expr"),
        ({"filter": {"groups": ["x"]}}, {}, "filter.groups"),
        ({"filter": {"from": "NUMBER", "from_value": ""}}, {}, "filter.from_value"),
        ({"filter": {"x": 1}}, {"type": "NEW"}, "filter: what a report of type NEW takes is not known"),
    ],
)
def test_a_change_that_cannot_be_is_said_before_anything_is_sent(
    changes: dict[str, Any], held: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadOrder) as caught:
        ReportChanges(**changes).body(before(**held))
    assert str(caught.value).startswith(field)
    assert "\n" not in str(caught.value)


def test_a_filter_is_sent_whole_and_values_go_with_their_choice() -> None:
    held = filter_for("NORMAL")
    changed = ReportChanges(filter={"from": "ANY", "duration": "ANY"}).body(before())["filter"]
    gone = {"from_value", "duration_from", "duration_to"}
    assert changed == {**{name: value for name, value in held.items() if name not in gone}, "from": "ANY", "duration": "ANY"}


def test_a_member_that_is_newer_than_the_document_stays_in_the_filter() -> None:
    report = before("QUEUE_PERFORMANCE", filter={"call_queues": ["8000"], "weekend": True})
    changed = ReportChanges(filter={"call_queues": ["8100"]}).body(report)
    assert changed == {"filter": {"call_queues": ["8100"], "weekend": True}}


@pytest.mark.parametrize(("kind", "name"), [(kind, each.name) for kind, parts in REPORT_TYPES.items() for each in parts])
async def test_each_member_of_each_filter_can_be_changed(kind: str, name: str) -> None:
    reports = simulated_reports()
    created = await reports.create(order(kind, cron_expr="0 6 * * 1"))
    value = {"from_value": "+45", "to_value": "+45", "groups": ["Support"], "call_queues": ["8100"]}.get(name, FULL.get(name))
    named = {name: value} | ({"to": "NUMBER"} if name == "to_value" else {})
    await reports.change(created, ReportChanges(filter=named))
    after = (await reports.order(created)).filter
    assert after == {**filter_for(kind), **named}


async def test_a_custom_range_can_be_given_up() -> None:
    reports = Reports(client("portsip", simulated(days=0)).transport)
    created = await reports.create(order(range=CUSTOM, started_ms=0, ended_ms=1000))
    await reports.change(created, ReportChanges(range="LAST_WEEK"))
    after = await reports.order(created)
    assert (after.range, after.started_ms, after.ended_ms) == ("LAST_WEEK", None, None)


def test_the_texts_of_a_filter_are_made_safe() -> None:
    held = before(filter={"from\x1b": "a\u202eb", "list": ["\x9bx", {"deep": {"deeper": [["far"]]}}], "n": 3}).filter
    assert held == {"from": "ab", "list": ["x", {"deep": {"deeper": []}}], "n": 3}
