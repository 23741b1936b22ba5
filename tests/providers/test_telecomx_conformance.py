"""Telecom X's document, table by table, asked of the simulator by the client."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.model import EmployeeBucket, Window
from providers.errors import Refused, Rejected
from providers.registry import make_provider, parse_settings
from providers.simulator import Simulator, credentials
from providers.simulator.world.shares import shares
from providers.telecomx import TelecomXProvider
from providers.telecomx.cells import read_cells, total
from providers.telecomx.request import COUNTER_FIELDS, EMPLOYEE_FIELDS
from providers.telecomx.statement import ALL_FIELDS, Statement
from tests.providers.simulator.help import make_simulator
from tests.providers.telecomx_help import COPENHAGEN, SAMPLE, utc_ms, window

pytestmark = pytest.mark.anyio

NOW = "2026-10-26T11:40:00Z"
NOW_MS = utc_ms(NOW)
AUTUMN = window("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00")
OCTOBER = window("2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00")
YEAR = window("2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00")


def client(simulator: Simulator | None = None, **options: Any) -> TelecomXProvider:
    table = {"token": credentials.TELECOMX_TOKEN, "base_url": "http://127.0.0.1:8080/telecomx", **options}
    http = httpx.ASGITransport(app=(simulator or make_simulator(NOW)).app)
    made = make_provider("desk", parse_settings({"kind": "telecomx", **table}), http=http, now=lambda: NOW_MS / 1000)
    assert isinstance(made, TelecomXProvider)
    return made


def summed(buckets: tuple[EmployeeBucket, ...]) -> dict[str, int]:
    return {name: sum(getattr(bucket, name) or 0 for bucket in buckets) for name in COUNTER_FIELDS.values()}


def recounted(simulator: Simulator, asked: Statement) -> dict[str, int]:
    """The totals, counted from the simulator's own calls."""
    assert asked.window is not None
    counts: Counter[str] = Counter(dict.fromkeys(COUNTER_FIELDS.values(), 0))
    window = asked.window
    for call in simulator.world.started_between("telecomx", window.start_ms, window.end_ms, NOW_MS):
        for share in shares(call):
            way = "outbound" if share.direction == "out" else "inbound"
            left_out = (
                (asked.ignore_local and share.local)
                or asked.direction not in ("BOTH", share.direction.upper())
                or share.seconds < (asked.ignore_below_seconds or 0)
            )
            if left_out:
                continue
            answered = share.outcome == "answered"
            counts[f"{way}_calls"] += 1
            counts[f"{way}_seconds"] += share.seconds
            counts[f"{way}_answered"] += answered
            counts[f"{way}_unanswered"] += not answered
            counts["outbound_failed"] += way == "outbound" and share.outcome == "failed"
            counts["inbound_busy"] += way == "inbound" and share.outcome == "busy"
    return dict(counts)


SIMULATOR = make_simulator(NOW)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["IN", "OUT", "BOTH"]),
    st.sampled_from([None, False, True]),
    st.sampled_from([None, 0, 1, 30, 120]),
    st.sampled_from(["HOUR", "DAY", "WEEK", "MONTH"]),
)
async def test_figures_equal_a_recount(direction: Any, local: bool | None, below: int | None, grouping: Any) -> None:
    asked = Statement(AUTUMN, grouping, direction=direction, ignore_local=local, ignore_below_seconds=below)
    asking = client(SIMULATOR, inbound_answered="derived")
    assert summed(await asking.ask_statement(asked)) == recounted(SIMULATOR, asked)


@pytest.mark.parametrize(("grouping", "asked"), [("HOUR", AUTUMN), ("DAY", OCTOBER), ("WEEK", OCTOBER), ("MONTH", YEAR)])
async def test_each_interval_lies_where_its_calls_are(grouping: Any, asked: Window) -> None:
    buckets = await client().ask_statement(Statement(asked, grouping))
    assert buckets
    for part in {Window(bucket.started_ms, bucket.ended_ms) for bucket in buckets}:
        inside = tuple(bucket for bucket in buckets if bucket.started_ms == part.start_ms)
        expected = recounted(make_simulator(NOW), Statement(part, "DAY"))
        assert summed(inside)["inbound_calls"] == expected["inbound_calls"]
    assert any(bucket.merged_hours == 2 for bucket in buckets) is (grouping == "HOUR")


@pytest.mark.parametrize("name", ALL_FIELDS)
async def test_each_field_alone(name: str, tmp_path: Path) -> None:
    fields = (name,) if name in EMPLOYEE_FIELDS[::2] else ("extensionId", name)
    asked = Statement(AUTUMN, "DAY", fields=fields)
    answer = await client().ask_statement(asked)
    if name in COUNTER_FIELDS:
        own = {COUNTER_FIELDS[name]: recounted(make_simulator(NOW), asked)[COUNTER_FIELDS[name]]}
        own = {"inbound_answered": 0} if name == "inboundAnswered" else own
        assert summed(answer) == dict.fromkeys(COUNTER_FIELDS.values(), 0) | own
        assert all(getattr(bucket, other) is None for bucket in answer for other in COUNTER_FIELDS.values() if other not in own)
    else:
        attribute = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
        assert all(getattr(bucket, attribute) for bucket in answer)


async def test_employee_employees_and_customer() -> None:
    everyone = await client().ask_statement(Statement(AUTUMN))
    ids = sorted({bucket.employee_id for bucket in everyone})
    for asked, expected in (
        (Statement(AUTUMN, employee=ids[0]), ids[:1]),
        (Statement(AUTUMN, employees=tuple(ids[:2])), ids[:2]),
        (Statement(AUTUMN, customer=credentials.TELECOMX_CUSTOMER), ids),
    ):
        cells, _ = await client()._sent(asked.body(COPENHAGEN))
        assert sorted({cell.employee_id for cell in cells}) == expected
    by_default, _ = await client()._sent(Statement().body(COPENHAGEN))
    today = Statement(window("2026-10-26T00:00:00+01:00", "2026-10-27T00:00:00+01:00"))
    assert by_default == (await client()._sent(today.body(COPENHAGEN)))[0] != []


@pytest.mark.parametrize("format_", ["CSV", "EXCEL"])
async def test_a_file_holds_what_json_says(format_: Any, tmp_path: Path) -> None:
    asked = Statement(AUTUMN, "HOUR", sort="extensionNumber")
    expected, _ = await client()._sent(asked.body(COPENHAGEN))
    path = tmp_path / "statistics"
    size, cells = await client().download(Statement(AUTUMN, "HOUR", sort="extensionNumber", format=format_), path)
    assert path.stat().st_size == size > 0
    assert [(cell.employee, cell.interval, total([cell])) for cell in cells] == [
        (cell.employee, cell.interval, total([cell])) for cell in expected
    ]


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("format", "XML", "422, format was refused"),
        ("from", "2020-01-01-T00:00:00.000Z", "422, the range 2020-01-01-T00:00:00.000Z to "),
        ("groupingInterval", "YEAR", "422, groupingInterval was refused"),
    ],
)
async def test_each_refusal_of_the_error_table(member: str, value: str, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        await client()._sent({**Statement(AUTUMN).body(COPENHAGEN), member: value})


async def test_too_low_a_level_is_refused_and_told() -> None:
    personal = client(token=credentials.TELECOMX_PERSONAL_TOKEN)
    with pytest.raises(Refused, match="access level VIEWER or higher"):
        await personal.ask_statement(Statement(AUTUMN))
    facts = await personal.check()
    assert (facts["level"], "VIEWER or higher" in facts["problem"], "calls" in facts) == ("PERSONAL", True, False)
    facts = await client().check()
    assert "problem" not in facts
    assert facts["calls"].startswith("totals of ")
    assert (facts["level"], facts["customer"], len(facts["employee"])) == ("VIEWER", credentials.TELECOMX_CUSTOMER, 24)
    with pytest.raises(Refused):
        await client(token="wrong").check()


def test_the_printed_example_has_the_printed_values() -> None:
    cells, rejects = read_cells(SAMPLE)
    assert rejects == []
    sums = total(cells)
    printed = (650, 156731, 542, 108, 1, 729, 144542, 0, 109, 22)
    assert tuple(sums[name] for name in COUNTER_FIELDS.values()) == printed
