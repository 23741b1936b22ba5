"""While1's rows: the printed sample, local times around the changes of the clocks, durations, causes, names."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.model import Direction
from providers.while1.rows import Row, comparable, read_row, unfamiliar
from tests.providers.while1_help import NOON_S, SAMPLE, ZONE, row

INTERNAL = re.compile(r"^\d{2,5}$")


def read(payload: Any) -> Row:
    return read_row(payload, ZONE, INTERNAL)


def test_printed_sample() -> None:
    leg = read(SAMPLE)
    assert leg.id == 29056
    assert leg.started_ms == 1_710_401_324_000  # 2024-03-14T07:28:44Z
    assert leg.ended_ms == leg.started_ms + 15_000
    assert (leg.direction, leg.status, leg.dial_status, leg.cause) == (Direction.OUT, "FAILED", "CONGESTION", 34)
    assert (leg.talk_seconds, leg.duration_seconds, leg.ring_seconds) == (0, 15, 0)
    assert (leg.source, leg.destination, leg.caller_name, leg.agent) == ("0312285000", "0700000000", "John Doe", "John Doe")
    assert (leg.project, leg.queue, leg.route) == ("My Project", "", "")
    assert leg.group == "1710401324.480"
    assert (leg.doubt, leg.has_recording, leg.has_monitor, leg.has_transcription) == ("", False, False, False)


@pytest.mark.parametrize(("epoch_s", "hour"), [(1_761_438_600, 0), (1_761_442_200, 1)])
@pytest.mark.parametrize("prefix", ["", "voce-"])
def test_the_channels_epoch_tells_the_passes_of_a_repeated_hour_apart(epoch_s: int, hour: int, prefix: str) -> None:
    leg = read({**SAMPLE, "time": "2025-10-26 03:30:00", "uniqueid": f"{prefix}{epoch_s}.7"})
    assert leg.started_ms == 1_761_436_800_000 + hour * 3_600_000 + 1_800_000
    assert leg.doubt == ""


def test_a_repeated_time_without_epoch_is_the_first_pass_and_doubtful() -> None:
    leg = read({**SAMPLE, "time": "2025-10-26 03:30:00", "uniqueid": "abc"})
    assert leg.started_ms == 1_761_438_600_000
    assert "came twice" in leg.doubt


def test_an_end_before_the_start_on_the_clock_is_known_by_the_duration() -> None:
    # Begins at 03:50 before the change, ends at 03:05 after it.
    across = {"time": "2025-10-26 03:50:00", "time_end": "2025-10-26 03:05:00", "uniqueid": "1761439800.7"}
    leg = read({**SAMPLE, **across, "duration": "00:15:00"})
    assert leg.ended_ms == leg.started_ms + 900_000
    leg = read({**SAMPLE, **across, "duration": None})
    assert leg.ended_ms == leg.started_ms + 900_000


@pytest.mark.parametrize(
    ("time_end", "seconds"),
    [("2024-03-14 09:29:00", 16), ("2024-03-14 09:28:43", None), ("", None), ("0000-00-00 00:00:00", None)],
)
def test_without_a_duration_the_clock_tells_the_end(time_end: str, seconds: int | None) -> None:
    leg = read({**SAMPLE, "duration": None, "time_end": time_end})
    assert leg.ended_ms == (None if seconds is None else leg.started_ms + seconds * 1000)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time": "2024-03-31 03:30:00", "uniqueid": "1711845000.7"}, "never existed"),
        ({"uniqueid": "1710404924.480"}, "disagrees with its channel"),
        ({"uniqueid": "1710401625.480"}, "disagrees with its channel"),
    ],
)
def test_a_suspect_zone_is_said(change: dict[str, str], words: str) -> None:
    assert words in read({**SAMPLE, **change}).doubt


def test_a_few_minutes_between_channel_and_start_are_fine() -> None:
    assert read({**SAMPLE, "uniqueid": "1710401024.480"}).doubt == ""


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("00:00:15", 15),
        ("27:46:39", 99_999),
        ("1:00:00", 3600),
        (15, 15),
        ("15", 15),
        (15.0, 15),
        (None, None),
        ("", None),
        ("00:15", None),
        ("-00:00:01", None),
        (-1, None),
        ("a:b:c", None),
        ([], None),
        (True, None),
        (float("inf"), None),
        ("9" * 40, None),
    ],
)
def test_durations(value: Any, seconds: int | None) -> None:
    assert read({**SAMPLE, "duration": value}).duration_seconds == seconds


@pytest.mark.parametrize(
    ("text", "status"),
    [("NO ANSWER", "NOANSWER"), ("NOANSWER", "NOANSWER"), ("no_answer", "NOANSWER"), ("ANSWERED", "ANSWERED")],
)
def test_status_spellings(text: str, status: str) -> None:
    assert read({**SAMPLE, "call_status": text}).status == status


@pytest.mark.parametrize(
    ("text", "dial_status", "cause"),
    [
        (None, "", None),
        ("", "", None),
        ("DS:CHANUNAVAIL|HC:20|HI:Subscriber absent", "CHANUNAVAIL", 20),
        ("HC:abc|DS:busy", "BUSY", None),
        ("HI:x|HC: 17 ", "", 17),
        ("||||", "", None),
    ],
)
def test_status_info(text: str | None, dial_status: str, cause: int | None) -> None:
    leg = read({**SAMPLE, "call_status_info": text})
    assert (leg.dial_status, leg.cause) == (dial_status, cause)


@pytest.mark.parametrize(
    ("caller_id", "name"),
    [
        ('"John Doe" <0312000000>', "John Doe"),
        ("John Doe <0312000000>", "John Doe"),
        ('"0700000123" <0700000123>', ""),
        ("<0700000123>", ""),
        ("0700000123", ""),
        (None, ""),
        ('"A\u202eB\x1b" <1>', "AB"),
    ],
)
def test_names_of_callers(caller_id: str | None, name: str) -> None:
    assert read({**SAMPLE, "caller_id": caller_id}).caller_name == name


@pytest.mark.parametrize(
    ("numbers", "same"),
    [
        (("0700000123", "+40700000123", "0040700000123", "40 700 000 123"), True),
        (("101", "101"), True),
        (("101", "0700000101"), False),
        (("anonymous", "", "Unknown"), True),
    ],
)
def test_callers_are_compared_by_nine_digits(numbers: tuple[str, ...], same: bool) -> None:
    assert (len({comparable(number) for number in numbers}) == 1) is same
    assert comparable("anonymous") == ""


def test_internal_when_both_numbers_are_short() -> None:
    assert read({**SAMPLE, "source": "101", "destination": "102", "direction": "IN"}).direction is Direction.INTERNAL
    assert read({**SAMPLE, "source": "0700000123", "destination": "102", "direction": "IN"}).direction is Direction.IN
    assert read({**SAMPLE, "direction": "SIDEWAYS"}).direction is None


def test_the_first_channel_dates_the_whole_call() -> None:
    first, later = read(row(1, 0)), read(row(2, 300, of=0))
    assert first.call_started_ms == later.call_started_ms == NOON_S * 1000
    assert read({**row(2, 300, of=0), "uniqueid": "x"}).call_started_ms == (NOON_S + 300) * 1000
    assert read({**row(2, 0), "linkedid": "946684800.1"}).call_started_ms == NOON_S * 1000


@pytest.mark.parametrize(
    ("change", "group"),
    [
        ({}, "1710401324.480"),
        ({"linkedid": None}, "1710401324.480"),
        ({"linkedid": "", "uniqueid": None}, "row 29056"),
        ({"linkedid": "voce-1710401324.480"}, "voce-1710401324.480"),
    ],
)
def test_the_call_of_a_leg(change: dict[str, Any], group: str) -> None:
    assert read({**SAMPLE, **change}).group == group


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({**SAMPLE, "id": None}, "id is no row number"),
        ({**SAMPLE, "id": "29056x"}, "id is no row number"),
        ({**SAMPLE, "id": True}, "id is no row number"),
        ({**SAMPLE, "time": None}, "time is missing"),
        ({**SAMPLE, "time": "0000-00-00 00:00:00"}, "time is no local time: '0000-00-00 00:00:00'"),
        ({**SAMPLE, "time": "9999-12-31 23:59:59", "uniqueid": "x"}, "time is no likely time"),
        ([], "the row is no object"),
    ],
)
def test_unreadable_rows_say_why(payload: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}"):
        read(payload)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(list(SAMPLE)), json_values))
def test_any_json_is_read_or_refused_in_one_line(changes: dict[str, Any]) -> None:
    try:
        leg = read({**SAMPLE, **changes})
    except ValueError as error:
        said = str(error)
    else:
        said = leg.group + leg.source + leg.agent + leg.caller_name
        assert 0 <= leg.talk_seconds < 2**31
        assert leg.ended_ms is None or leg.ended_ms >= leg.started_ms
    assert said.isprintable()


def test_what_the_document_does_not_name_is_noticed() -> None:
    assert unfamiliar(SAMPLE) == frozenset()
    assert unfamiliar({**SAMPLE, "project_alias": "x", "call_status": "PARKED", "direction": "LOCAL"}) == {
        "project_alias",
        "call_status=PARKED",
        "direction=LOCAL",
    }
