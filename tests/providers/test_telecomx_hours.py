"""Telecom X: finding out what the keys of hours mean, and reading hour by hour where they mean nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime

import httpx
import pytest

from calls.model import Window
from tests.providers.telecomx_help import InboundCall, Statistics, provider, read, utc_ms, window

pytestmark = pytest.mark.anyio

NOW = "2025-11-20T12:10:00Z"
TODAY = window("2025-11-20T00:00:00+01:00", "2025-11-20T13:11:00+01:00")
YESTERDAY = window("2025-11-19T00:00:00+01:00", "2025-11-20T00:00:00+01:00")
AUTUMN = window("2025-10-26T00:00:00+02:00", "2025-10-27T00:00:00+01:00")
CALLS = [
    InboundCall("2025-11-19T08:10:00+01:00", 30),
    InboundCall("2025-11-19T10:10:00+01:00", 60),
    InboundCall("2025-11-19T10:50:00+01:00", 600, "e2"),
    InboundCall("2025-11-19T11:20:00+01:00", 20),
    InboundCall("2025-11-20T09:59:59.999+01:00", 20),
    InboundCall("2025-11-20T10:00:00+01:00", 20),
    InboundCall("2025-11-20T13:05:00+01:00", 20),
]


def plus_one(local: datetime) -> str:
    return str(local.hour + 1)


def in_utc(local: datetime) -> str:
    return str((local.hour + 23) % 24)


def dated(local: datetime) -> str:
    return f"{local:%Y-%m-%d %H}"


def asked(service: Statistics) -> list[tuple[str, str]]:
    return [(body["groupingInterval"], body["from"]) for body in service.bodies]


async def counted(
    service: Statistics, window: Window, state: Mapping[str, str] | None = None, now: str = NOW
) -> tuple[dict[int, int], Mapping[str, str]]:
    """Inbound calls by bucket start, and what the next fetch should know."""
    client = provider(service, now, hour_mode="auto")
    records, rejects = await read(client, window, state)
    assert rejects == []
    counts: dict[int, int] = {}
    for bucket in client.derive(records, frozenset()).buckets:
        counts[bucket.started_ms] = counts.get(bucket.started_ms, 0) + (bucket.inbound_calls or 0)
    return counts, client.next_state()


EXPECTED_TODAY = {utc_ms("2025-11-20T08:00:00Z"): 1, utc_ms("2025-11-20T09:00:00Z"): 1, utc_ms("2025-11-20T12:00:00Z"): 1}


async def test_keys_that_agree_are_trusted_from_then_on() -> None:
    service = Statistics(CALLS)
    counts, state = await counted(service, TODAY)
    assert counts == EXPECTED_TODAY
    assert asked(service) == [
        ("DAY", "2025-11-18T23:00:00.000Z"),
        ("HOUR", "2025-11-18T23:00:00.000Z"),
        ("DAY", "2025-11-19T09:00:00.000Z"),
        ("DAY", "2025-11-19T10:00:00.000Z"),
        ("HOUR", "2025-11-19T23:00:00.000Z"),
    ]
    assert state == {"hour_mode": "keyed", "checked": "2025-11-20"}
    assert await counted(service, TODAY, state) == (EXPECTED_TODAY, state)
    assert await counted(service, TODAY, state, now="2025-11-27T12:00:00Z") == (EXPECTED_TODAY, state)
    assert len(service.bodies) == 7


async def test_after_the_clocks_were_changed_the_keys_are_checked_again() -> None:
    service = Statistics(CALLS)
    _, state = await counted(service, TODAY, {"hour_mode": "keyed", "checked": "2025-10-20"})
    assert len(service.bodies) == 5
    assert state["checked"] == "2025-11-20"


@pytest.mark.parametrize(
    ("key_of", "proof"),
    [
        (plus_one, "the key 11 of 2025-11-19 is another hour"),
        (in_utc, "the key 9 of 2025-11-19 is another hour"),
        (dated, "the key 2025-11-19 08 is no hour"),
    ],
)
async def test_keys_that_disagree_are_not_needed(key_of: Callable[[datetime], str], proof: str) -> None:
    service = Statistics(CALLS, key_of)
    counts, state = await counted(service, TODAY)
    assert counts == EXPECTED_TODAY
    assert dict(state) == {
        "hour_mode": "windowed",
        "checked": "2025-11-20",
        "proof": proof,
        "read_hours": f"{TODAY.start_ms}-{utc_ms('2025-11-20T11:00:00Z')}",
    }
    hours = [body for body in service.bodies if body["from"] >= "2025-11-19T23"]
    assert [body["groupingInterval"] for body in hours] == ["DAY"] * 14
    assert (hours[0]["from"], hours[0]["to"]) == ("2025-11-19T23:00:00.000Z", "2025-11-19T23:59:59.999Z")


class Losing(Statistics):
    """Leaves the first call out of every answer by hour."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        everything = self.calls
        if json.loads(request.content)["groupingInterval"] == "HOUR":
            self.calls = everything[1:]
        try:
            return super().__call__(request)
        finally:
            self.calls = everything


async def test_hours_that_do_not_sum_up_to_the_day_are_not_trusted() -> None:
    counts, state = await counted(Losing(CALLS), TODAY)
    assert counts == EXPECTED_TODAY
    assert (state["hour_mode"], state["proof"]) == ("windowed", "the hours of 2025-11-19 do not sum up to the day")


async def test_a_live_poll_asks_the_current_and_the_previous_hour_again() -> None:
    service = Statistics(CALLS, dated)
    _, state = await counted(service, TODAY)
    service.asked.clear()
    later = Window(TODAY.start_ms, TODAY.end_ms + 300_000)
    counts, _ = await counted(service, later, state, now="2025-11-20T12:15:00Z")
    assert counts == {utc_ms("2025-11-20T12:00:00Z"): 1}
    assert asked(service) == [("DAY", "2025-11-20T11:00:00.000Z"), ("DAY", "2025-11-20T12:00:00.000Z")]
    service.asked.clear()
    _, after = await counted(service, YESTERDAY, state)
    assert len(service.bodies) == 24
    assert after == state


async def test_tomorrow_the_keys_get_another_chance() -> None:
    state = {"hour_mode": "windowed", "checked": "2025-11-19", "proof": "late rows"}
    assert await counted(Statistics(CALLS), TODAY, state) == (
        EXPECTED_TODAY,
        {"hour_mode": "keyed", "checked": "2025-11-20"},
    )


async def test_without_calls_the_keys_are_taken_for_hours_until_tomorrow() -> None:
    service = Statistics()
    _, state = await counted(service, TODAY)
    assert [grouping for grouping, _ in asked(service)] == ["DAY"] * 7 + ["HOUR"]
    assert state == {"hour_mode": "keyed", "checked": "2025-11-20", "proof": "no calls in 7 days"}
    await counted(service, TODAY, state)
    assert len(service.bodies) == 9


async def test_a_day_of_25_hours_teaches_nothing() -> None:
    service = Statistics([InboundCall("2025-10-25T10:10:00+02:00", 30), InboundCall("2025-10-26T10:10:00+01:00", 30)])
    await counted(service, window("2025-10-27T00:00:00+01:00", "2025-10-27T09:00:00+01:00"), now="2025-10-27T08:00:00Z")
    assert asked(service)[0] == ("DAY", "2025-10-24T22:00:00.000Z")


async def test_an_odd_key_met_later_changes_to_hour_by_hour() -> None:
    service = Statistics(CALLS, lambda local: str(local.hour) if local.day == 19 else plus_one(local) + "h")
    counts, state = await counted(service, TODAY)
    assert counts == EXPECTED_TODAY
    assert (state["hour_mode"], state["proof"]) == ("windowed", "the key '10h' is no hour of 2025-11-20")


async def test_hour_by_hour_the_repeated_hour_is_two_buckets() -> None:
    calls = [InboundCall("2025-10-26T00:30:00Z", 10), InboundCall("2025-10-26T01:30:00Z", 10)]
    client = provider(Statistics(calls, dated), hour_mode="windowed")
    records, _ = await read(client, AUTUMN)
    buckets = client.derive(records, frozenset()).buckets
    assert [(bucket.started_ms, bucket.merged_hours, bucket.inbound_calls) for bucket in buckets] == [
        (utc_ms("2025-10-26T00:00:00Z"), 1, 1),
        (utc_ms("2025-10-26T01:00:00Z"), 1, 1),
    ]
    assert [record.key for record in records] == [
        "|e1|x1|2025-10-26T00:00:00.000Z|HOUR|",
        "|e1|x1|2025-10-26T01:00:00.000Z|HOUR|",
    ]
    assert client.requests == 25
    assert client.next_state() == {}


@pytest.mark.parametrize(
    "state",
    [{"hour_mode": "x", "checked": "2025-11-20"}, {"hour_mode": "keyed", "checked": "?"}, {"read_hours": "a-b"}],
)
async def test_a_state_that_means_nothing_is_passed_over(state: dict[str, str]) -> None:
    for key_of in (None, dated):
        counts, _ = await counted(Statistics(CALLS, key_of), TODAY, state)
        assert counts == EXPECTED_TODAY
