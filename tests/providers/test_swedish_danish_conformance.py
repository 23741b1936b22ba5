"""Soluno, Dstny and Telecom X against the simulated providers: what is read is what happened."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import Any

import httpx
import pytest

from calls.model import Call, EmployeeBucket, Record, Reject, Window
from calls.times import format_rfc3339
from providers.base import Provider
from providers.errors import ProviderError
from providers.registry import make_provider, parse_settings
from providers.simulator import Simulator, SimulatorClock
from tests.providers.soluno_help import utc_ms

pytestmark = pytest.mark.anyio

AUTUMN = ("2026-10-27T10:20:00+01:00", 3)
SPRING = ("2026-03-30T16:05:00+02:00", 3)
PLAIN = ("2026-11-23T15:00:00+01:00", 3)
CLOCKS = pytest.mark.parametrize("when", [AUTUMN, SPRING, PLAIN], ids=["autumn", "spring", "plain"])


def simulator(when: tuple[str, int], faults: str = "") -> Simulator:
    """A simulator whose clock stands still."""
    now, days = when
    return Simulator(seed=11, days=days, calls_per_day=500, clock=SimulatorClock(utc_ms(now), speed=0), faults=faults)


def provider(kind: str, simulated: Simulator, **settings: Any) -> Provider:
    """The provider that the simulator's own configuration describes."""
    tables = tomllib.loads(simulated.config_text("http://127.0.0.1:8899"))["providers"]
    [table] = [table for table in tables.values() if table["kind"] == kind]
    return make_provider(
        kind,
        parse_settings({**table, **settings}),
        http=httpx.ASGITransport(app=simulated.app),
        now=lambda: simulated.clock.now_ms() / 1000,
    )


async def read(client: Provider, simulated: Simulator) -> tuple[list[Record], list[Reject]]:
    """Everything there is, in one fetch."""
    now_ms = simulated.clock.now_ms()
    records: list[Record] = []
    rejects: list[Reject] = []
    async for page in client.fetch(Window(now_ms - 5 * 86_400_000, now_ms + 60_000), {}):
        records += page.records
        rejects += page.rejects
    return records, rejects


def seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else (milliseconds + 500) // 1000


def instant(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else format_rfc3339(milliseconds)


def line(call: Call) -> dict[str, Any]:
    """The call with the keys of the truth."""
    return {
        "provider": call.provider,
        "kind": call.kind,
        "id": call.id,
        "started_at": instant(call.started_ms),
        "ringing_at": instant(call.ringing_ms),
        "answered_at": instant(call.answered_ms),
        "ended_at": instant(call.ended_ms),
        "direction": call.direction.value,
        "status": call.status.value,
        "caller": call.caller or None,
        "caller_name": call.caller_name or None,
        "callee": call.callee or None,
        "callee_name": call.callee_name or None,
        "queue": call.queue or None,
        "employee": call.employee or None,
        "talk_seconds": seconds(call.talk_ms),
        "ring_seconds": seconds(call.ring_ms),
        "wait_seconds": seconds(call.wait_ms),
        "legs": call.leg_count,
    }


def by_id(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lines, key=lambda line: str(line["id"]))


@CLOCKS
@pytest.mark.parametrize("kind", ["soluno", "dstny"])
async def test_every_call_is_read_as_it_was(kind: str, when: tuple[str, int]) -> None:
    simulated = simulator(when)
    client = provider(kind, simulated)
    records, rejects = await read(client, simulated)
    calls = client.derive(records, client.facts(records)).calls
    truth = [line for line in simulated.truth() if line["kind"] == kind]
    assert rejects == []
    assert len(truth) > 50
    assert by_id([line(call) for call in calls]) == by_id(truth)
    assert not any(call.approximate for call in calls)
    await client.close()


@pytest.mark.parametrize("kind", ["soluno", "dstny"])
async def test_the_repeated_hour_is_read_pass_by_pass(kind: str) -> None:
    simulated = simulator(AUTUMN)
    client = provider(kind, simulated)
    keys: list[str] = []
    for start in ("2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"):
        async for page in client.fetch(Window(utc_ms(start), utc_ms(start) + 1_800_000), {}):
            keys += [record.key for record in page.records]
    truth = [line["id"] for line in simulated.truth() if line["kind"] == kind]
    expected = [key for key in truth if "2026-10-25T00:00" <= key.split("|")[1] < "2026-10-25T02:00"]
    assert expected
    assert sorted(keys) == sorted(expected)
    await client.close()


def sums(buckets: tuple[EmployeeBucket, ...]) -> Counter[tuple[str, str, int, str]]:
    """The counters by employee, extension, hour and name."""
    counted: Counter[tuple[str, str, int, str]] = Counter()
    for bucket in buckets:
        place = (bucket.employee_id, bucket.extension_id, bucket.started_ms)
        for name in ("outbound_calls", "outbound_seconds", "outbound_answered", "outbound_unanswered", "outbound_failed"):
            counted[(*place, name)] += getattr(bucket, name) or 0
        for name in ("inbound_calls", "inbound_seconds", "inbound_answered", "inbound_unanswered", "inbound_busy"):
            counted[(*place, name)] += getattr(bucket, name) or 0
    return +counted


def true_sums(lines: list[dict[str, Any]], *, merged: bool) -> Counter[tuple[str, str, int, str]]:
    """What the counters of the truth must be; `merged` puts both passes of the repeated hour into one."""
    counted: Counter[tuple[str, str, int, str]] = Counter()
    second_pass = (utc_ms("2026-10-25T01:00:00Z"), utc_ms("2026-10-25T02:00:00Z"))
    for share in lines:
        start_ms = utc_ms(share["started_at"])
        hour_ms = start_ms - start_ms % 3_600_000
        if merged and second_pass[0] <= start_ms < second_pass[1]:
            hour_ms -= 3_600_000
        place = (share["employee_id"], share["extension_id"], hour_ms)
        way = "outbound" if share["direction"] == "out" else "inbound"
        counted[(*place, f"{way}_calls")] += 1
        counted[(*place, f"{way}_seconds")] += share["talk_seconds"]
        counted[(*place, f"{way}_{'answered' if share['status'] == 'answered' else 'unanswered'}")] += 1
        if (way, share["status"]) in (("outbound", "failed"), ("inbound", "busy")):
            counted[(*place, f"{way}_{share['status']}")] += 1
    return +counted


@CLOCKS
@pytest.mark.parametrize("hour_mode", ["auto", "keyed", "windowed"])
async def test_the_buckets_are_the_sums_of_the_truth(when: tuple[str, int], hour_mode: str) -> None:
    simulated = simulator(when)
    client = provider("telecomx", simulated, hour_mode=hour_mode)
    records, rejects = await read(client, simulated)
    truth = [line for line in simulated.truth() if line["kind"] == "telecomx"]
    assert rejects == []
    assert len(truth) > 50
    buckets = client.derive(records, frozenset()).buckets
    assert sums(buckets) == true_sums(truth, merged=hour_mode != "windowed")
    assert [bucket.merged_hours for bucket in buckets if bucket.merged_hours != 1] == [2] * sum(
        bucket.started_ms == utc_ms("2026-10-25T00:00:00Z") and hour_mode != "windowed" for bucket in buckets
    )
    if hour_mode == "auto":
        assert client.next_state()["hour_mode"] == "keyed"
    await client.close()


@pytest.mark.parametrize("kind", ["soluno", "dstny", "telecomx"])
async def test_reading_again_gives_the_same_records_and_the_clock_is_seen(kind: str) -> None:
    simulated = simulator(PLAIN)
    client = provider(kind, simulated)
    first, again = await read(client, simulated), await read(client, simulated)
    assert {record.key: record for record in first[0]} == {record.key: record for record in again[0]}
    assert client.skew_seconds == 0
    await client.close()


@pytest.mark.parametrize("kind", ["soluno", "dstny", "telecomx"])
@pytest.mark.parametrize(
    "fault",
    [
        "401:9",
        "403:9",
        "404",
        "422",
        "429",
        "500",
        "502",
        "503",
        "504",
        "html",
        "html-502",
        "empty",
        "truncated",
        "reset",
        "redirect",
    ],
)
async def test_after_a_fault_everything_is_there(kind: str, fault: str) -> None:
    simulated = simulator(PLAIN)
    client = provider(kind, simulated)
    before = {record.key for record in (await read(client, simulated))[0]}
    simulated.set_faults(f"{kind}:{fault}")
    with pytest.raises(ProviderError) as caught:
        await read(client, simulated)
    assert "; " in str(caught.value)
    simulated.set_faults("")
    records, rejects = await read(client, simulated)
    assert {record.key for record in records} == before
    assert rejects == []
    await client.close()


@pytest.mark.parametrize("kind", ["soluno", "dstny", "telecomx"])
@pytest.mark.parametrize("fault", ["wrong-type", "shuffled", "503:1", "429:1"])
async def test_what_a_client_can_live_with(kind: str, fault: str) -> None:
    simulated = simulator(PLAIN)
    client = provider(kind, simulated)
    before = await read(client, simulated)
    simulated.set_faults(f"{kind}:{fault}")
    during = await read(client, simulated)
    assert {record.key: record for record in during[0]} == {record.key: record for record in before[0]}
    await client.close()


async def test_entries_that_come_twice_are_not_counted_twice() -> None:
    simulated = simulator(PLAIN)
    client = provider("telecomx", simulated, hour_mode="keyed")
    before, _ = await read(client, simulated)
    simulated.set_faults("telecomx:duplicate")
    records, rejects = await read(client, simulated)
    assert records == before
    assert len(rejects) == len(before)
    await client.close()
