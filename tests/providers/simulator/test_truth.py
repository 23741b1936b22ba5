"""The truth equals what the APIs serve, read once more from the vendors' pages."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from providers.simulator import Simulator

from .help import asking, cdr_rows, history, instant_ms, make_simulator, portsip_headers, portsip_rows, statistics
from .readings import portsip_lines, soluno_lines, while1_lines

pytestmark = pytest.mark.anyio

KEYS = (
    *("provider", "kind", "id", "started_at", "ringing_at", "answered_at", "ended_at", "direction", "status"),
    *("caller", "caller_name", "callee", "callee_name", "queue", "employee"),
    *("talk_seconds", "ring_seconds", "wait_seconds", "legs"),
)
MOMENTS = ["2026-10-26T11:40:00Z", "2026-03-30T18:00:00Z", "2026-11-23T09:41:30Z"]


@pytest.fixture(scope="module", params=MOMENTS)
def simulator(request: pytest.FixtureRequest) -> Simulator:
    """Three nights: the one with the repeated hour, the one with the missing hour, and an ordinary one."""
    return make_simulator(request.param, days=3)


def truth_of(simulator: Simulator, provider: str) -> dict[str, dict[str, Any]]:
    lines = [line for line in simulator.truth() if line["provider"] == provider]
    found = {line["id"]: line for line in lines}
    assert len(found) == len(lines) > 80
    return found


@pytest.mark.parametrize("provider", ["soluno", "dstny"])
async def test_soluno_and_dstny_rows_read_as_the_truth_says(simulator: Simulator, provider: str) -> None:
    async with asking(simulator) as client:
        rows = await history(client, "2026-01-01", "2026-12-31", provider)
    assert soluno_lines(rows, provider) == truth_of(simulator, provider)


async def test_portsip_rows_read_as_the_truth_says(simulator: Simulator) -> None:
    async with asking(simulator) as client:
        headers = await portsip_headers(client)
        sessions = await portsip_rows(client, headers, "cdrs")
        logs = await portsip_rows(client, headers, "calllogs", orderby="started_at asc")
    assert portsip_lines(sessions, logs) == truth_of(simulator, "portsip")


async def test_while1_rows_read_as_the_truth_says(simulator: Simulator) -> None:
    async with asking(simulator) as client:
        rows = await cdr_rows(client)
    assert while1_lines(rows) == truth_of(simulator, "while1")


@pytest.mark.parametrize("grouping", ["HOUR", "DAY"])
async def test_telecomx_totals_are_the_sums_of_the_truth(simulator: Simulator, grouping: str) -> None:
    async with asking(simulator) as client:
        served = (await statistics(client, from_="2026-01-01T00:00:00Z", groupingInterval=grouping)).json()
    counted: Counter[tuple[str, str, str]] = Counter()
    for line in simulator.truth():
        if line["provider"] == "telecomx":
            local = datetime.fromisoformat(line["started_at"]).astimezone(ZoneInfo("Europe/Copenhagen"))
            key = str(local.hour if grouping == "HOUR" else local.day)
            where = line["extension_id"], key
            way = "outbound" if line["direction"] == "out" else "inbound"
            counted[*where, f"{way}Calls"] += 1
            counted[*where, f"{way}Seconds"] += line["talk_seconds"]
            counted[*where, f"{way}Unanswered"] += line["status"] != "answered"
            if way == "outbound":
                counted[*where, "outboundAnswered"] += line["status"] == "answered"
                counted[*where, "outboundFailed"] += line["status"] == "failed"
            else:
                counted[*where, "inboundBusy"] += line["status"] == "busy"
    totals = Counter(
        {
            (row["extensionId"], key, name): value
            for row in served
            for key, cell in row["data"].items()
            for name, value in cell.items()
        }
    )
    assert +counted == +totals
    assert sum(value for (_, _, name), value in totals.items() if name.endswith("Calls")) > 100


def test_a_line_has_exactly_the_documented_keys_in_their_order(simulator: Simulator) -> None:
    for line in simulator.truth():
        extra = ("employee_id", "extension_id", "extension_number", "local") if line["provider"] == "telecomx" else ()
        assert tuple(line) == KEYS + extra


def test_the_truth_grows_as_calls_become_visible_and_no_line_changes() -> None:
    simulator = make_simulator("2026-11-23T09:41:30Z", days=1)
    before = simulator.truth()
    then_ms = simulator.clock.now_ms()
    simulator.clock.advance(3_600_000)
    after = simulator.truth()
    assert len(after) > len(before) + 20
    assert after[: len(before)] == before
    assert simulator.truth(shown_after_ms=then_ms) == after[len(before) :]


def test_soluno_calls_older_than_its_history_have_no_line() -> None:
    simulator = make_simulator("2026-11-23T12:00:00Z", days=100, calls_per_day=20)
    floor_ms = instant_ms("2026-08-23T00:00:00+02:00")
    started = [(line["provider"], instant_ms(line["started_at"])) for line in simulator.truth()]
    assert min(ms for provider, ms in started if provider == "soluno") >= floor_ms
    assert min(ms for provider, ms in started if provider == "portsip") < floor_ms - 5 * 86_400_000
