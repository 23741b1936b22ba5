"""PortSIP's sessions and legs as calls: who answered, when, after which wait, and how sure that is."""

from __future__ import annotations

import random
from typing import Any

import pytest

from calls.model import Call, Direction, Record, Status
from tests.providers.portsip_help import ANSWERED, BUSY, Pbx, leg, provider, session


def derived(sessions: list[dict[str, Any]], legs: list[dict[str, Any]] = [], **settings: Any) -> list[Call]:  # noqa: B006
    reader = provider(Pbx([]), **settings)
    records = [Record(f"cdr:{row['id']}", row["id"], 0, row, row["callee"]) for row in sessions]
    records += [Record(f"log:{row['id']}", row["session_id"], 0, row, row["callee"]) for row in legs]
    return list(reader.derive(records, reader.facts(records)).calls)


def only(sessions: list[dict[str, Any]], legs: list[dict[str, Any]] = [], **settings: Any) -> Call:  # noqa: B006
    (call,) = derived(sessions, legs, **settings)
    return call


def at_second(seconds: float) -> str:
    return session(0, seconds)["started_at"]  # type: ignore[no-any-return]


def test_published_sample_answered() -> None:
    call = only([ANSWERED])
    assert call.id == "878156644691742720"
    assert (call.direction, call.status) == (Direction.INTERNAL, Status.ANSWERED)
    assert (call.caller, call.caller_name, call.callee, call.callee_name) == ("102", "A", "103", "B")
    assert (call.ring_ms, call.wait_ms, call.talk_ms) == (2_422, 2_508, 35_000)
    assert call.employee == "B"
    assert call.leg_count == 1
    assert not call.approximate


def test_published_sample_busy() -> None:
    call = only([BUSY])
    assert (call.direction, call.status) == (Direction.INTERNAL, Status.BUSY)
    assert (call.ring_ms, call.wait_ms, call.talk_ms) == (1_979, 2_010, 0)
    assert call.answered_ms is None
    assert call.employee == ""


# Caller 1888722 reaches menu 5000 (0 s to 6 s), queue 8000 (6 s to 11 s), which rings 102 and 103 from 7 s on.
MENU = session(
    1,
    caller="1888722",
    callee="5000",
    service_number="8000",
    rang_at=at_second(0),
    answered_at=at_second(0),
    ended_at=at_second(19),
    status_code=0,
    duration=19,
)
MENU_LEGS = [
    leg("11", 1, "5000", 0, rang_at=at_second(0), answered_at=at_second(0), ended_at=at_second(6), status_code=0, duration=6),
    leg("12", 1, "8000", 6, rang_at=at_second(6), answered_at=at_second(6), ended_at=at_second(11), status_code=0, duration=5),
    leg("13", 1, "102", 7, rang_at=at_second(7), ended_at=at_second(11), service_number="8000"),
    leg(
        "14",
        1,
        "103",
        7,
        callee_display_name="Agent 103",
        rang_at=at_second(7),
        answered_at=at_second(11),
        ended_at=at_second(19),
        status_code=0,
        duration=8,
        service_number="8000",
    ),
]


def test_a_persons_leg_decides_through_menu_and_queue() -> None:
    call = only([MENU], MENU_LEGS, token="t1", service_numbers=["5000"])
    assert call.status is Status.ANSWERED
    assert call.answered_ms == call.started_ms + 11_000
    assert (call.wait_ms, call.talk_ms) == (11_000, 8_000)
    assert (call.callee, call.queue, call.employee) == ("5000", "8000", "Agent 103")
    assert [(one.callee, one.role, one.status) for one in call.legs] == [
        ("5000", "ivr", Status.ANSWERED),
        ("8000", "queue", Status.ANSWERED),
        ("102", "person", Status.MISSED),
        ("103", "person", Status.ANSWERED),
    ]
    assert not call.approximate


def test_a_machines_answer_alone_is_a_missed_call() -> None:
    call = only([MENU], MENU_LEGS[:3], token="t1", service_numbers=["5000"])
    assert call.status is Status.MISSED
    assert (call.answered_ms, call.talk_ms, call.employee) == (None, 0, "")
    assert call.wait_ms == 19_000
    assert not call.approximate


def test_without_call_logs_a_machines_answer_is_doubtful() -> None:
    call = only([MENU])
    assert (call.status, call.talk_ms) == (Status.ANSWERED, 19_000)
    assert call.approximate
    assert "call logs" in call.doubt


def test_a_service_number_learned_elsewhere_counts_here() -> None:
    plain = {name: value for name, value in MENU.items() if name != "service_number"}
    legs = [{**one, "service_number": ""} for one in MENU_LEGS[:3]]
    unknowing = only([plain], legs)
    other = session(2, 100, callee="5000", service_number="5000")
    another = session(3, 200, callee="8000", service_number="8000")
    knowing = next(call for call in derived([plain, other, another], legs) if call.id == "1")
    assert (unknowing.status, knowing.status) == (Status.ANSWERED, Status.MISSED)


def test_facts_are_the_callees_of_records_that_they_change() -> None:
    reader = provider(Pbx([]), token="t1", service_numbers=["5000", " "])
    records = [Record("cdr:1", "1", 0, MENU, "5000"), *(Record(f"log:{x['id']}", "1", 0, x, x["callee"]) for x in MENU_LEGS)]
    assert reader.facts(records) == {"5000", "8000"}
    assert {"5000", "8000"} <= {record.link for record in records}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status_code": 486}, Status.BUSY),
        ({"status_code": 600}, Status.BUSY),
        ({"status_code": 503}, Status.CONGESTION),
        ({"status_code": 480, "reroute_reason": "CAPACITY_BLOCKED"}, Status.CONGESTION),
        ({"status_code": 0}, Status.MISSED),
        ({"status_code": 408}, Status.MISSED),
        ({"status_code": 480}, Status.MISSED),
        ({"status_code": 487}, Status.MISSED),
        ({"status_code": 603}, Status.MISSED),
        ({"status_code": 500, "end_reason": "CANCELLED"}, Status.MISSED),
        ({"status_code": 500, "reroute_reason": "QUEUE_ABANDONED"}, Status.MISSED),
        ({"status_code": 486, "end_reason": "CANCELLED"}, Status.BUSY),
        ({"status_code": 404}, Status.FAILED),
        ({"status_code": 500}, Status.FAILED),
        ({"status_code": "404"}, Status.FAILED),
        ({"status_code": None}, Status.MISSED),
        ({"status_code": 302}, Status.MISSED),
        ({"status_code": 487, "answered_at": at_second(3)}, Status.ANSWERED),
        ({"status_code": 487, "duration": 4}, Status.ANSWERED),
    ],
)
def test_status(fields: dict[str, Any], status: Status) -> None:
    assert only([session(1, **fields)]).status is status


@pytest.mark.parametrize(
    ("sent", "direction", "doubtful"),
    [
        ("INBOUND_CALL", Direction.IN, False),
        ("INBOUND_OUTBOUND_CALL", Direction.IN, False),
        ("OUTBOUND_CALL", Direction.OUT, False),
        ("EXTENSION_CALL", Direction.INTERNAL, False),
        ("INBOUND_FAX", Direction.IN, True),
        ("OUTBOUND_FAX", Direction.OUT, True),
        ("CONFERENCE", Direction.INTERNAL, True),
        ("", Direction.INTERNAL, True),
    ],
)
def test_direction(sent: str, direction: Direction, doubtful: bool) -> None:
    call = only([session(1, direction=sent)])
    assert (call.direction, call.approximate) == (direction, doubtful)


def test_an_outgoing_call_is_its_callers_work() -> None:
    fields: dict[str, Any] = {"direction": "OUTBOUND_CALL", "caller": "102", "caller_display_name": "A", "callee": "0701740630"}
    answered = session(1, **fields, answered_at=at_second(5), duration=15)
    assert only([answered]).employee == "A"
    assert only([session(1, **fields)]).employee == ""


def test_the_longest_talker_is_the_employee_and_a_transfer_keeps_the_sessions_talk() -> None:
    whole = session(1, answered_at=at_second(2), ended_at=at_second(60), duration=58)
    first = leg("11", 1, "101", 0, callee_display_name="A", answered_at=at_second(2), ended_at=at_second(12), duration=10)
    second = leg("12", 1, "102", 12, callee_display_name="B", answered_at=at_second(15), ended_at=at_second(60), duration=45)
    call = only([whole], [second, first])
    assert (call.employee, call.talk_ms, call.wait_ms) == ("B", 58_000, 2_000)
    assert call.leg_count == 2


def test_the_given_duration_is_never_computed_anew() -> None:
    assert only([{**ANSWERED, "duration": 36}]).talk_ms == 36_000


def test_an_answer_known_by_its_talk_time_alone() -> None:
    call = only([session(1, answered_at="", duration=15)])
    assert (call.answered_ms, call.wait_ms) == (call.started_ms + 5_000, 5_000)
    call = only([session(1, answered_at="", ended_at="", duration=15)])
    assert (call.answered_ms, call.wait_ms, call.status) == (None, None, Status.ANSWERED)
    assert "moment of the answer" in call.doubt


def test_a_call_without_end_says_so() -> None:
    call = only([session(1, ended_at=None)])
    assert call.ended_ms is None
    assert call.wait_ms is None
    assert "no end" in call.doubt


def test_times_that_run_backwards_are_no_durations() -> None:
    call = only([session(1, 10, rang_at=at_second(40), answered_at=at_second(5))])
    assert (call.ring_ms, call.wait_ms) == (None, None)
    assert call.approximate


def test_without_ringing_there_is_no_ring_time() -> None:
    assert only([session(1, rang_at="")]).ring_ms is None


def test_legs_without_their_session_make_no_call() -> None:
    assert derived([], MENU_LEGS) == []


def test_what_stands_for_route_trunk_and_links() -> None:
    call = only([session(1, did_cid="+46406280400", trunk="122:8836", user_data="abc")])
    assert (call.route, call.trunk, call.linked, call.external) == ("+46406280400", "122:8836", "1", "abc")


def test_the_order_of_records_does_not_matter() -> None:
    rows = [session(number, number, callee="8000", service_number="8000") for number in range(5)]
    legs = [leg(f"{number}{end}", number, end, number) for number in range(5) for end in ("8000", "101", "102")]
    expected = {call.id: call for call in derived(rows, legs)}
    for seed in range(10):
        shuffled, shuffled_legs = rows[:], legs[:]
        random.Random(seed).shuffle(shuffled)
        random.Random(seed).shuffle(shuffled_legs)
        assert {call.id: call for call in derived(shuffled, shuffled_legs)} == expected


def test_hostile_names_are_cleaned() -> None:
    call = only([{**ANSWERED, "callee_display_name": "B\u202e\x1b[31m\n", "caller": "1\x0002"}])
    assert (call.callee_name, call.employee, call.caller) == ("B [31m", "B [31m", "1 02")
    assert call._replace(callee_name="").callee == "103"
