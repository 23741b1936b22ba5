"""Telecom X: what an answer says, and the hours it says it of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.model import COUNTERS
from providers.telecomx.cells import counts_in, joined, read_cells, total
from providers.telecomx.request import COUNTER_FIELDS
from tests.providers.telecomx_help import SAMPLE, answering, buckets_of, employee, provider, read, utc_ms, window

pytestmark = pytest.mark.anyio

DAY = window("2025-11-19T00:00:00+01:00", "2025-11-20T00:00:00+01:00")
AUTUMN = window("2025-10-26T00:00:00+02:00", "2025-10-27T00:00:00+01:00")
SPRING = window("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00")
CELL = SAMPLE[0]["data"]["49"]


def test_the_vendors_sample_sums_up_as_printed() -> None:
    cells, rejects = read_cells(SAMPLE)
    assert rejects == []
    sums = {key: total(cell for cell in cells if cell.interval == key) for key in ("49", "50", "51")}
    names = ["outbound_calls", "outbound_answered", "outbound_unanswered", "outbound_failed", "outbound_seconds"]
    names += ["inbound_calls", "inbound_answered", "inbound_unanswered", "inbound_busy", "inbound_seconds"]
    assert [[sums[key][name] for name in names] for key in ("49", "50", "51")] == [
        [191, 165, 26, 1, 32613, 210, 0, 28, 4, 45348],
        [293, 247, 46, 0, 82715, 333, 0, 45, 8, 74514],
        [166, 130, 36, 0, 41403, 186, 0, 36, 10, 24680],
    ]
    assert [total(cells)[name] for name in names] == [650, 542, 108, 1, 156731, 729, 0, 109, 22, 144542]
    assert tuple(COUNTER_FIELDS.values()) == COUNTERS


async def test_the_vendors_cell_as_a_bucket() -> None:
    entry = {**SAMPLE[0], "data": {"9": CELL}}
    [bucket] = await buckets_of([entry], DAY)
    assert (bucket.provider, bucket.employee_name, bucket.extension_number) == ("desk", "Bo Madsen", "232")
    assert (bucket.employee_id, bucket.extension_id) == ("5450f1834b75ff21032563a1", "5bf2b81b462b727cd09b05cd")
    assert bucket.started_ms == utc_ms("2025-11-19T08:00:00Z")
    assert (bucket.ended_ms - bucket.started_ms, bucket.merged_hours) == (3_600_000, 1)
    assert (bucket.outbound_calls, bucket.outbound_seconds, bucket.outbound_answered) == (80, 14276, 66)
    assert (bucket.outbound_unanswered, bucket.outbound_failed) == (14, 0)
    assert (bucket.inbound_calls, bucket.inbound_seconds, bucket.inbound_unanswered, bucket.inbound_busy) == (111, 27041, 9, 0)
    assert (bucket.inbound_answered, bucket.inbound_answered_derived) == (102, True)


@pytest.mark.parametrize(
    ("counters", "rule", "answered", "derived"),
    [
        ({}, "auto", 102, True),
        ({}, "field", 0, False),
        ({"inboundAnswered": 100}, "auto", 100, False),
        ({"inboundAnswered": 100}, "derived", 102, True),
        ({"inboundSeconds": 0}, "auto", 0, False),
        ({"inboundAnswered": None}, "auto", None, False),
        ({"inboundCalls": None}, "auto", 0, False),
        ({"inboundUnanswered": 112}, "auto", 0, False),
        ({"inboundUnanswered": None}, "derived", 0, False),
    ],
)
async def test_answered_inbound_calls(counters: dict[str, Any], rule: str, answered: int | None, derived: bool) -> None:
    [bucket] = await buckets_of([employee({"9": {**CELL, **counters}})], DAY, inbound_answered=rule)
    assert (bucket.inbound_answered, bucket.inbound_answered_derived) == (answered, derived)


async def test_a_counter_left_out_is_unknown() -> None:
    [bucket] = await buckets_of([employee({"9": {"inboundCalls": 3}})], DAY)
    assert {name: getattr(bucket, name) for name in COUNTERS} == {**dict.fromkeys(COUNTERS), "inbound_calls": 3}


async def test_the_key_of_a_record_and_what_it_keeps() -> None:
    entry = {**employee({"9": {**CELL, "newCounter": 4}}), "colour": "red"}
    [record] = (await read(provider(answering([entry]), customer="c1"), DAY))[0]
    assert record.key == record.group == "c1|e1|x1|2025-11-19T08:00:00.000Z|HOUR|"
    assert record.link == ""
    assert record.payload == {
        "day": "2025-11-19",
        "grouping": "HOUR",
        "interval": "9",
        "employee": {name: value for name, value in entry.items() if name != "data"},
        "counters": {**CELL, "newCounter": 4},
    }


async def test_the_same_employee_with_two_extensions_is_two_buckets() -> None:
    entries = [employee({"9": CELL}), employee({"9": CELL}, extension_id="x2", number="233")]
    assert [bucket.extension_number for bucket in await buckets_of(entries, DAY)] == ["232", "233"]


async def test_a_total_that_shrinks_and_an_employee_who_is_left_out() -> None:
    first = {r.key: r for r in (await read(provider(answering([employee({"9": CELL, "10": CELL})])), DAY))[0]}
    second = {r.key: r for r in (await read(provider(answering([employee({"9": {**CELL, "inboundCalls": 1}})])), DAY))[0]}
    assert set(second) < set(first)
    assert second["|e1|x1|2025-11-19T08:00:00.000Z|HOUR|"].payload["counters"]["inboundCalls"] == 1


async def test_key_order_and_empty_data_mean_nothing() -> None:
    entries = [employee({"10": CELL, "9": CELL, "09": CELL}), employee({}, employee_id="e2")]
    records, [reject] = await read(provider(answering(entries)), DAY)
    assert sorted(record.started_ms for record in records) == [utc_ms("2025-11-19T08:00:00Z"), utc_ms("2025-11-19T09:00:00Z")]
    assert reject.reason == "the same hour came twice"


async def test_hours_outside_the_window_are_left_out() -> None:
    every_hour = [employee({str(hour): CELL for hour in range(24)})]
    part = window("2025-11-19T09:30:00+01:00", "2025-11-19T11:00:00+01:00")
    starts = [bucket.started_ms for bucket in await buckets_of(every_hour, part)]
    assert starts == [utc_ms("2025-11-19T08:00:00Z"), utc_ms("2025-11-19T09:00:00Z")]


@pytest.mark.acceptance(8)
async def test_the_repeated_hour_of_autumn_is_one_bucket_of_two_hours() -> None:
    buckets = await buckets_of([employee({str(hour): CELL for hour in range(24)})], AUTUMN)
    assert len(buckets) == 24
    assert sum(bucket.ended_ms - bucket.started_ms for bucket in buckets) == 25 * 3_600_000
    [merged] = [bucket for bucket in buckets if bucket.merged_hours == 2]
    assert (merged.started_ms, merged.ended_ms) == (utc_ms("2025-10-26T00:00:00Z"), utc_ms("2025-10-26T02:00:00Z"))
    assert [bucket.started_ms for bucket in buckets[3:4]] == [utc_ms("2025-10-26T02:00:00Z")]


async def test_after_the_gap_of_spring_the_keys_are_still_the_clocks() -> None:
    buckets = await buckets_of([employee({"1": CELL, "2": dict.fromkeys(CELL, 0), "3": CELL, "23": CELL})], SPRING)
    assert [bucket.started_ms for bucket in buckets] == [
        utc_ms("2026-03-29T00:00:00Z"),
        utc_ms("2026-03-29T01:00:00Z"),
        utc_ms("2026-03-29T21:00:00Z"),
    ]
    _, [reject] = await read(provider(answering([employee({"2": CELL})])), SPRING)
    assert reject.reason == "the key '2' is no hour of 2026-03-29"


@pytest.mark.parametrize("key", ["24", "-1", "2025-11-19T09", "9.0", "", "09:00", "1763539200000", "٩"])
async def test_a_key_that_is_no_hour_is_kept_aside(key: str) -> None:
    records, [reject] = await read(provider(answering([employee({key: CELL, "9": CELL})])), DAY)
    assert len(records) == 1
    assert "is no hour of 2025-11-19" in reject.reason
    assert json.loads(reject.payload)["data"] == {key: CELL}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("text", "the entry is no object"),
        ({"employeeId": "e1"}, "the employee has no data"),
        ({"employeeId": "e1", "data": []}, "the employee has no data"),
        ({"employeeName": "Bo", "data": {"9": CELL}}, "neither employee nor extension has an id"),
        ({"employeeId": {"$oid": "e1"}, "data": {"9": CELL}}, "employeeId is no id"),
        (employee({"9": 5}), "an interval holds no counters"),
        (employee({"9": {"inboundCalls": -1}}), "inboundCalls is no count: '-1'"),
        (employee({"9": {"inboundCalls": 1.5}}), "inboundCalls is no count: '1.5'"),
        (employee({"9": {"inboundCalls": True}}), "inboundCalls is no count: 'True'"),
        (employee({"9": {"inboundCalls": "many"}}), "inboundCalls is no count: 'many'"),
        (employee({"9": {"outboundSeconds": 2**63}}), "outboundSeconds is no count: '9223372036854775808'"),
    ],
)
async def test_what_cannot_be_read_is_kept_aside_and_stops_nothing(entry: Any, reason: str) -> None:
    records, [reject] = await read(provider(answering([entry, employee({"9": CELL}, employee_id="e2")])), DAY)
    assert len(records) == 1
    assert reject.reason == reason
    assert json.loads(reject.payload) == entry


async def test_the_same_employee_twice_counts_once() -> None:
    records, [reject] = await read(provider(answering([employee({"9": CELL}), employee({"9": CELL})])), DAY)
    assert len(records) == 1
    assert reject.reason == "the same employee and extension came twice"


def test_counts_written_otherwise() -> None:
    counts = counts_in({"inboundCalls": "12", "inboundSeconds": 60.0, "inboundBusy": None})
    assert (counts["inbound_calls"], counts["inbound_seconds"], counts["inbound_busy"]) == (12, 60, None)


def test_intervals_of_one_asked_hour_are_joined() -> None:
    cells, _ = read_cells([employee({"18": {"inboundCalls": 1}, "19": {"inboundCalls": 2, "inboundBusy": 1}})])
    [cell] = joined(cells)
    assert cell.counters == {"inboundCalls": 3, "inboundBusy": 1}


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
COUNTS = st.dictionaries(st.sampled_from([*CELL, "new"]), LEAVES, max_size=4)
DATA = st.dictionaries(st.text(max_size=3), LEAVES | COUNTS, max_size=4)


@given(DATA, LEAVES | st.lists(LEAVES, max_size=2) | COUNTS)
def test_whatever_the_entries_every_cell_is_kept_somewhere(data: dict[str, Any], entry: Any) -> None:
    cells, rejects = read_cells([employee(data), entry])
    assert len(cells) + len(rejects) == len(data) + 1
    assert all(set(counts_in(cell.counters)) == set(COUNTERS) for cell in cells)


async def test_hostile_names_are_cleaned() -> None:
    [bucket] = await buckets_of([employee({"9": CELL}, name="Bo\x1b[2J\u202e", number="[@click=app.quit]")], DAY)
    assert bucket.employee_name == "Bo [2J"
    deep: Any = []
    for _ in range(3_000):
        deep = [deep]
    cells, rejects = read_cells([{**employee({"9": CELL}), "note": deep}, employee({"9": {**CELL, "note": deep}})])
    assert cells == []
    assert {reject.reason for reject in rejects} == {"the row is nested too deeply"}
