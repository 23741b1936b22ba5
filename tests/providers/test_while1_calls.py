"""While1's legs as calls: what belongs together, who answered, and what each figure is."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.model import Call, Direction, Record, Status
from providers.while1.rows import read_row
from tests.providers.while1_help import NOON_S, SAMPLE, ZONE, Pbx, provider, row

READER = provider(Pbx([]))
INTERNAL = re.compile(r"^\d{2,5}$")


def derived(rows: Sequence[dict[str, Any]]) -> dict[str, Call]:
    records = [Record(one["id"], read_row(one, ZONE, INTERNAL).group, 0, one) for one in rows]
    return {call.id: call for call in READER.derive(records, frozenset()).calls}


def only(*rows: dict[str, Any]) -> Call:
    (call,) = derived(rows).values()
    return call


def agent(number: int, start: int = 0, of: int = 0, **fields: Any) -> dict[str, Any]:
    """A leg that an agent answered."""
    return row(number, start, of, **{"lasts": 60, "talk": 50, "user_fullname": f"Agent {number}", **fields})


def call_id(start: int = 0, number: int = 0) -> str:
    return f"{NOON_S + start}.{number}"


def test_printed_sample() -> None:
    call = only(SAMPLE)
    assert call.id == "1710401324.480"
    assert (call.started_ms, call.direction, call.status, call.talk_ms) == (
        1_710_401_324_000,
        Direction.OUT,
        Status.CONGESTION,
        0,
    )
    assert (call.caller, call.caller_name, call.callee, call.project) == ("0312285000", "John Doe", "0700000000", "My Project")
    assert (call.ended_ms, call.leg_count, call.approximate) == (1_710_401_339_000, 1, False)


def test_legs_of_one_linkedid_are_one_call() -> None:
    call = only(
        row(1, 0, 0, lasts=10, qname="suport", destination="102"),
        row(2, 0, 0, lasts=0, qname="suport", destination="103"),
        agent(3, qname="suport", destination="104", ring_time="00:00:04", lasts=70),
        agent(4, 70, 0, lasts=45, talk=40, destination="105", ring_time="00:00:05"),
    )
    assert (call.id, call.status, call.leg_count) == (call_id(), Status.ANSWERED, 4)
    assert (call.started_ms, call.answered_ms) == (NOON_S * 1000, (NOON_S + 20) * 1000)
    assert call.ended_ms == (NOON_S + 115) * 1000
    assert (call.callee, call.queue, call.employee) == ("104", "suport", "Agent 3")
    assert (call.talk_ms, call.ring_ms, call.wait_ms) == (90_000, 4_000, 20_000)
    assert not call.approximate


def test_the_agent_is_that_of_the_longest_answered_leg() -> None:
    call = only(agent(1, lasts=12, talk=5), agent(2, 12, 0, lasts=100, talk=90))
    assert (call.employee, call.answered_ms) == ("Agent 2", (NOON_S + 7) * 1000)


def test_a_queues_answer_without_an_agent_is_a_missed_call() -> None:
    call = only(row(1, lasts=40, talk=38, qname="suport", destination="602", ring_time="00:00:00"))
    assert (call.status, call.talk_ms, call.answered_ms, call.employee) == (Status.MISSED, 0, None, "")
    assert call.wait_ms == 40_000
    assert "no agent is named" in call.doubt
    assert call.legs[0].role == "queue"


def test_a_menus_answer_without_an_agent_is_a_missed_call() -> None:
    call = only(row(1, lasts=40, talk=38, ivr_duration="00:00:38", destination="700"))
    assert (call.status, call.approximate, call.legs[0].role) == (Status.MISSED, True, "ivr")


def test_agent_details_name_an_agent_too() -> None:
    assert only(row(1, talk=10, qname="suport", agent_details=[{"id": 7}])).status is Status.ANSWERED


def test_a_direct_answer_needs_no_agent() -> None:
    call = only(row(1, lasts=20, talk=15))
    assert (call.status, call.approximate, call.talk_ms) == (Status.ANSWERED, False, 15_000)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"call_status": "NO ANSWER"}, Status.MISSED),
        ({"call_status": "NOANSWER"}, Status.MISSED),
        ({"call_status": "BUSY"}, Status.BUSY),
        ({"call_status": "CONGESTION"}, Status.CONGESTION),
        ({"call_status": "FAILED", "call_status_info": "DS:CONGESTION|HC:1|HI:x"}, Status.CONGESTION),
        ({"call_status": "FAILED", "call_status_info": "DS:CHANUNAVAIL|HC:34|HI:x"}, Status.CONGESTION),
        ({"call_status": "FAILED", "call_status_info": "DS:CHANUNAVAIL|HC:38|HI:x"}, Status.CONGESTION),
        ({"call_status": "FAILED", "call_status_info": "DS:CHANUNAVAIL|HC:41|HI:x"}, Status.CONGESTION),
        ({"call_status": "FAILED", "call_status_info": "DS:CHANUNAVAIL|HC:42|HI:x"}, Status.CONGESTION),
        ({"call_status": "FAILED", "call_status_info": "DS:CHANUNAVAIL|HC:1|HI:x"}, Status.FAILED),
        ({"call_status": "FAILED", "call_codes": "out no answer"}, Status.FAILED),
    ],
)
def test_status(fields: dict[str, Any], status: Status) -> None:
    call = only(row(1, **fields))
    assert (call.status, call.approximate) == (status, False)


def test_a_call_that_rang_somewhere_was_missed() -> None:
    legs = [row(1, 0, 0, call_status="CONGESTION"), row(2, 0, 0), row(3, 0, 0, call_status="BUSY")]
    assert only(*legs).status is Status.MISSED
    assert only(legs[0], legs[2]).status is Status.CONGESTION


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"call_status": "PARKED"}, "the status 'PARKED' is not in the document"),
        ({"direction": "SIDEWAYS"}, "the direction 'SIDEWAYS' is not in the document"),
        ({"duration": None, "time_end": None}, "a leg has no end"),
        ({"lasts": 20, "talk": 1}, "answered for a second at most"),
        ({"time": "2024-03-14 12:00:00"}, "disagrees with its channel"),
    ],
)
def test_doubts(fields: dict[str, Any], words: str) -> None:
    call = only(row(1, **fields))
    assert call.approximate
    assert words in call.doubt


def test_an_internal_call() -> None:
    call = only(row(1, source="101", destination="102", direction="IN", caller_id='"Recepție 1" <101>', talk=5))
    assert (call.direction, call.caller_name) == (Direction.INTERNAL, "Recepție 1")


def test_what_is_missing_is_none() -> None:
    call = only(row(1, ring_time=None, duration=None, time_end=None, source=None, destination=None, caller_id=None))
    assert (call.ring_ms, call.wait_ms, call.ended_ms, call.caller, call.callee, call.caller_name) == (
        None,
        None,
        None,
        "",
        "",
        "",
    )


def test_has_recording_monitor_transcription() -> None:
    call = only(row(1, 0, 0), row(2, 0, 0, recording_url=True, monitor_urls="https://a\nhttps://b", transcription_id="7"))
    assert (call.has_recording, call.has_monitor, call.has_transcription) == (True, True, True)


NULL: dict[str, Any] = {"destination": None}


@pytest.mark.parametrize(
    ("stray", "joins"),
    [
        (row(9, 120, **NULL), True),
        (row(9, -120, **NULL), True),
        (row(9, 121, **NULL), False),
        (row(9, 30), True),
        (row(9, -30), True),
        (row(9, 31), False),
        (row(9, 20, source="+40700000123"), True),
        (row(9, 20, source="0700000124"), False),
        (row(9, 20, direction="OUT"), False),
        (row(9, 20, source="anonymous"), False),
        (row(9, 20, call_status="BUSY"), True),
        (row(9, 20, talk=10, user_fullname="Agent 9"), False),
    ],
)
def test_stray_legs_join_the_answered_call_of_their_caller(stray: dict[str, Any], joins: bool) -> None:
    answered = agent(1, 0, 0)
    calls = derived([answered, stray])
    assert len(calls) == (1 if joins else 2)
    call = calls[call_id()]
    assert call.leg_count == (2 if joins else 1)
    assert (
        call.started_ms
        == (NOON_S + (min(0, read_row(stray, ZONE, INTERNAL).started_ms // 1000 - NOON_S) if joins else 0)) * 1000
    )
    assert (call.caller, call.employee, call.talk_ms) == ("0700000123", "Agent 1", 50_000)


def test_withheld_callers_are_never_one_caller() -> None:
    hidden: dict[str, Any] = {"source": "anonymous"}
    assert len(derived([agent(1, **hidden), row(9, 5, **NULL, **hidden)])) == 2


def test_stray_legs_do_not_join_each_other_nor_an_unanswered_call() -> None:
    assert len(derived([row(1, 0), row(2, 5), row(3, 10, **NULL)])) == 3
    assert len(derived([row(1, 0, talk=30, qname="suport"), row(2, 5, **NULL)])) == 2


def test_an_outgoing_redial_is_never_merged() -> None:
    out: dict[str, Any] = {"direction": "OUT", "source": "0312000000", "destination": "0700000123"}
    assert len(derived([row(1, 0, **out), row(2, 20, talk=15, user_fullname="A", **out)])) == 2


def test_calls_between_desks_are_never_merged() -> None:
    desk: dict[str, Any] = {"source": "101", "destination": "102", "direction": "IN"}
    assert len(derived([row(1, 0, **desk), row(2, 20, talk=15, **desk)])) == 2


def test_a_stray_leg_joins_the_nearest_call_and_of_equals_the_earlier() -> None:
    calls = derived([agent(1, 0, 0), agent(2, 40, 40), row(9, 25)])
    assert (calls[call_id()].leg_count, calls[call_id(40, 40)].leg_count) == (1, 2)
    calls = derived([agent(1, 0, 0), agent(2, 40, 40), row(9, 20)])
    assert (calls[call_id()].leg_count, calls[call_id(40, 40)].leg_count) == (2, 1)


def test_a_stray_linkedid_joins_whole() -> None:
    calls = derived([agent(1, 0, 0), row(8, 25, 25), row(9, 70, 25)])
    assert calls.keys() == {call_id()}
    assert calls[call_id()].leg_count == 3


@given(
    st.lists(
        st.tuples(
            st.integers(0, 300),
            st.sampled_from(["0700000123", "+40700000124", "anonymous", "101"]),
            st.booleans(),
            st.booleans(),
            st.sampled_from(["IN", "IN", "IN", "OUT"]),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_every_leg_is_in_one_call_whatever_the_order(
    legs: list[tuple[int, str, bool, bool, str]], shuffler: random.Random
) -> None:
    rows = [
        row(
            number,
            start,
            talk=5 if answered else 0,
            source=source,
            direction=direction,
            destination=None if null else "102",
            user_fullname="A" if answered else None,
        )
        for number, (start, source, answered, null, direction) in enumerate(legs, 1)
    ]
    expected = derived(rows)
    assert sum(call.leg_count for call in expected.values()) == len(rows)
    shuffler.shuffle(rows)
    assert derived(rows) == expected
