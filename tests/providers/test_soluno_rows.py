"""Soluno and Dstny: what a row says, its key, and what is inferred from it."""

from __future__ import annotations

import itertools
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.model import Direction, Status
from providers.soluno.rows import read_page
from tests.providers.soluno_help import EVER, SAMPLE, Vendor, calls_of, changed, keys_of, provider, read, utc_ms, without

pytestmark = pytest.mark.anyio

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize("kind", ["soluno", "dstny"])
async def test_the_vendors_sample_reads_as_printed(kind: str) -> None:
    calls = await calls_of(SAMPLE, kind=kind)
    assert [call.started_ms for call in calls] == [
        utc_ms("2017-01-04T15:16:04.274Z"),
        utc_ms("2017-01-04T15:16:03.004Z"),
        utc_ms("2017-01-04T15:16:03.004Z"),
    ]
    assert [call.status for call in calls] == [Status.ANSWERED, Status.MISSED, Status.MISSED]
    assert [call.wait_ms for call in calls] == [6_005, 30_574, 30_574]
    assert [call.talk_ms for call in calls] == [80_885, 0, 0]
    assert [call.ring_ms for call in calls] == [0, 23_299, 30_574]
    assert [(call.ended_ms or 0) - call.started_ms for call in calls] == [86_890, 30_574, 30_574]
    assert [call.ringing_ms for call in calls] == [utc_ms("2017-01-04T15:16:10.279Z")] * 2 + [None]
    assert [call.answered_ms for call in calls] == [utc_ms("2017-01-04T15:16:10.279Z"), None, None]
    assert [(call.caller, call.callee, call.queue) for call in calls] == [
        ("+4672111111", "+4672555555", "622"),
        ("+4672222222", "+4672777777", "711"),
        ("+4672333333", "+4672888888", "800"),
    ]
    assert {(call.provider, call.kind, call.direction, call.approximate, call.doubt, call.legs) for call in calls} == {
        ("office", kind, Direction.IN, False, "", ())
    }


async def test_the_key_is_made_of_what_does_not_change() -> None:
    assert await keys_of(SAMPLE) == [
        "+4672111111|2017-01-04T15:16:04.274Z|622|+4672555555|0",
        "+4672222222|2017-01-04T15:16:03.004Z|711|+4672777777|0",
        "+4672333333|2017-01-04T15:16:03.004Z|800|+4672888888|0",
    ]
    answered = changed(SAMPLE[1], calleeAnswered="2017-01-04T16:16:20.000+01:00", received=None, stop=None)
    assert await keys_of([answered]) == await keys_of([SAMPLE[1]])
    [record] = (await read(provider(Vendor([answered]))))[0]
    assert record.group == record.key
    assert record.payload == answered


@pytest.mark.parametrize("none", [None, "", "null", " NULL "])
async def test_null_empty_missing_and_the_text_null_are_one(none: str | None) -> None:
    names = ("receivingNo", "received", "calleeAnswered")
    bare = without(changed(SAMPLE[1], calleeAnswered=None), "receivingNo", "received")
    row = changed(SAMPLE[1], **dict.fromkeys(names, none))
    assert await keys_of([row]) == await keys_of([bare])
    [call] = await calls_of([row])
    assert (call.queue, call.ringing_ms, call.answered_ms, call.status) == ("", None, None, Status.MISSED)
    assert call.ring_ms == call.wait_ms == 30_574


async def test_the_caller_may_be_withheld_and_the_callee_absent() -> None:
    [call] = await calls_of([changed(SAMPLE[1], callerNo=None, calleeNo="null")])
    assert (call.caller, call.callee, call.queue, call.direction) == ("", "711", "711", Direction.IN)


async def test_the_alias_of_dstnys_table_counts_only_where_the_right_name_is_missing() -> None:
    answered = "2017-01-04T16:16:20.000+01:00"
    alias = changed(without(SAMPLE[1], "calleeAnswered"), callerAnswered=answered)
    [call] = await calls_of([alias])
    assert (call.status, call.wait_ms, call.talk_ms) == (Status.ANSWERED, 16_996, 13_578)
    [call] = await calls_of([changed(alias, calleeAnswered=None)])
    assert call.status is Status.MISSED


async def test_received_is_no_answer() -> None:
    assert SAMPLE[1]["received"] is not None
    [call] = await calls_of([SAMPLE[1]])
    assert call.status is Status.MISSED


async def test_equal_rows_are_two_in_one_answer_and_one_in_two() -> None:
    assert await keys_of([SAMPLE[0], SAMPLE[0]]) == [
        "+4672111111|2017-01-04T15:16:04.274Z|622|+4672555555|0",
        "+4672111111|2017-01-04T15:16:04.274Z|622|+4672555555|1",
    ]
    assert await keys_of([SAMPLE[0]]) == await keys_of([SAMPLE[0]])


async def test_the_order_of_an_answer_changes_no_key() -> None:
    rows = [SAMPLE[1], changed(SAMPLE[1], stop="2017-01-04T16:16:40.000+01:00"), SAMPLE[2]]
    readings = []
    for order in itertools.permutations(rows):
        records, _ = await read(provider(Vendor(list(order))))
        readings.append({record.key: record.payload for record in records})
    assert all(reading == readings[0] for reading in readings)


async def test_numbers_that_hold_the_separator_are_not_taken_for_each_other() -> None:
    rows = [changed(SAMPLE[0], receivingNo="6|2", calleeNo="1"), changed(SAMPLE[0], receivingNo="6", calleeNo="2|1")]
    assert len(set(await keys_of(rows))) == 2


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2017-01-04T16:16:04+01:00", "2017-01-04T15:16:04Z"),
        ("2017-01-04T16:16:04.2749999+01:00", "2017-01-04T15:16:04.274Z"),
        ("2017-07-04T16:16:04.274+02:00", "2017-07-04T14:16:04.274Z"),
        ("2017-01-04T15:16:04.274Z", "2017-01-04T15:16:04.274Z"),
    ],
)
async def test_times_with_offset(text: str, utc: str) -> None:
    [call] = await calls_of([changed(SAMPLE[0], start=text)])
    assert call.started_ms == utc_ms(utc)


async def test_a_time_without_offset_is_local_and_says_so() -> None:
    row = changed(SAMPLE[1], start="2017-07-04T16:16:03.004", received="2017-07-04T16:16:10+02:00", stop="2017-07-04 16:16:33")
    [call] = await calls_of([row])
    assert (call.started_ms, call.ended_ms) == (utc_ms("2017-07-04T14:16:03.004Z"), utc_ms("2017-07-04T14:16:33Z"))
    assert call.approximate
    assert call.doubt == "a time came without its offset"


async def test_a_call_over_the_autumn_hour_lasts_as_long_as_it_did() -> None:
    times = {"start": "2025-10-26T02:58:00.000+02:00", "received": None}
    row = changed(SAMPLE[0], **times, calleeAnswered="2025-10-26T02:59:00+02:00", stop="2025-10-26T02:01:00+01:00")
    [call] = await calls_of([row])
    assert (call.wait_ms, call.talk_ms, call.doubt) == (60_000, 120_000, "")


async def test_durations_that_run_backwards_are_unknown_and_doubted() -> None:
    [call] = await calls_of([changed(SAMPLE[0], calleeAnswered="2017-01-04T16:16:01+01:00")])
    assert (call.ring_ms, call.wait_ms, call.doubt) == (None, None, "its times run backwards")
    [call] = await calls_of([changed(SAMPLE[0], stop="2017-01-04T16:16:05+01:00")])
    assert (call.talk_ms, call.wait_ms, call.approximate) == (0, 6_005, True)


async def test_a_call_without_end_may_still_go_on() -> None:
    answered, ringing = await calls_of([changed(SAMPLE[0], stop=None), changed(SAMPLE[1], stop="")])
    assert (answered.status, answered.talk_ms, answered.ended_ms) == (Status.ANSWERED, 0, None)
    assert (ringing.status, ringing.ring_ms, ringing.wait_ms) == (Status.MISSED, None, None)
    assert answered.approximate
    assert "no end" in ringing.doubt


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("text", "the row is no object"),
        (None, "the row is no object"),
        (without(SAMPLE[0], "start"), "start is missing"),
        (changed(SAMPLE[0], start="04/01/2017"), "start is no time: '04/01/2017'"),
        (changed(SAMPLE[0], start=1483542964), "start is no time: '1483542964'"),
        (changed(SAMPLE[0], start="9999-12-31T23:59:59+00:00"), "start is no likely time: '9999-12-31T23:59:59+00:00'"),
        (changed(SAMPLE[0], start="2017-02-30T10:00:00+01:00"), "start is no time: '2017-02-30T10:00:00+01:00'"),
        (changed(SAMPLE[0], stop="later"), "stop is no time: 'later'"),
        (changed(SAMPLE[0], stop="2017-01-04T16:17:31.1x"), "stop is no time: '2017-01-04T16:17:31.1x'"),
        (changed(SAMPLE[0], calleeAnswered=True), "calleeAnswered is no text"),
        (changed(SAMPLE[0], calleeNo={"a": 1}), "calleeNo is no text"),
    ],
)
async def test_a_row_that_cannot_be_read_is_kept_aside_and_stops_nothing(row: Any, reason: str) -> None:
    records, [reject] = await read(provider(Vendor([SAMPLE[1], row, SAMPLE[2]])))
    assert len(records) == 2
    assert reject.reason == reason
    assert json.loads(reject.payload) == row


async def test_hostile_rows_are_cut_and_cleaned() -> None:
    row = changed(SAMPLE[0], start="\x1b]0;x\x07", note="a" * 100_000)
    deep: Any = []
    for _ in range(3_000):
        deep = [deep]
    page = read_page([row, changed(SAMPLE[0], note=deep)], EVER, STOCKHOLM, "46")
    assert [len(reject.payload) <= 4_000 for reject in page.rejects] == [True, True]
    assert page.rejects[0].reason == "start is no time: ']0;x'"
    assert page.rejects[1].reason == "the row is nested too deeply"
    [call] = await calls_of([changed(SAMPLE[0], callerNo="+46\u202e72\x1b[31m1", receivingNo=622, extra={"new": [1]})])
    assert call.caller == "+4672 [31m1"
    assert call.queue == "622"


async def test_unknown_fields_are_kept_as_sent() -> None:
    row = changed(SAMPLE[0], transferredTo="102", tags=["a"])
    [record] = (await read(provider(Vendor([row]))))[0]
    assert record.payload == row


@given(
    st.lists(
        st.one_of(
            st.dictionaries(
                st.sampled_from(list(SAMPLE[0])),
                st.one_of(st.none(), st.text(max_size=30), st.integers(), st.sampled_from(list(SAMPLE[0].values()))),
            ),
            st.recursive(st.none() | st.booleans() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3)),
        ),
        max_size=12,
    )
)
def test_whatever_the_rows_each_is_a_record_or_a_reject(rows: list[Any]) -> None:
    page = read_page(rows, EVER, STOCKHOLM, "46")
    assert len(page.records) + len(page.rejects) == len(rows)
    assert len({record.key for record in page.records}) == len(page.records)
    client = provider()
    assert len(client.derive(page.records, client.facts(page.records)).calls) == len(page.records)
