"""PortSIP's rows: every way to write nothing, times, ids beyond what a float holds, and what cannot be read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.model import Window
from providers.portsip.odata import compare, in_window, literal
from providers.portsip.rows import details_in, read_row, unfamiliar
from providers.transport import encode_query
from tests.providers.portsip_help import ANSWERED, BUSY, leg


def test_published_sample() -> None:
    answered, busy = read_row(ANSWERED, leg=False), read_row(BUSY, leg=False)
    assert (answered.id, answered.caller, answered.caller_name, answered.callee) == ("878156644691742720", "102", "A", "103")
    assert answered.started_ms == 1_724_133_659_457
    assert answered.rang_ms == 1_724_133_659_543
    assert answered.answered_ms == 1_724_133_661_965
    assert answered.ended_ms == 1_724_133_696_158
    assert (answered.duration_seconds, answered.status_code, answered.answered) == (35, 0, True)
    assert (busy.answered_ms, busy.status_code, busy.answered) == (None, 486, False)


@pytest.mark.parametrize("nothing", [None, "", "missing"])
def test_null_blank_and_missing_are_the_same(nothing: str | None) -> None:
    payload: dict[str, Any] = {"id": "1", "started_at": "2017-07-21T17:32:28Z"}
    names = ["rang_at", "answered_at", "ended_at", "caller", "trunk", "duration", "status_code", "service_number"]
    if nothing != "missing":
        payload |= dict.fromkeys(names, nothing)
    row = read_row(payload, leg=False)
    assert (row.rang_ms, row.answered_ms, row.ended_ms) == (None, None, None)
    assert (row.caller, row.trunk, row.service_number, row.duration_seconds, row.status_code) == ("", "", "", 0, 0)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2017-07-21T17:32:28Z", 1_500_658_348_000),
        ("2017-07-21T17:32:28.5Z", 1_500_658_348_500),
        ("2017-07-21T17:32:28.123Z", 1_500_658_348_123),
        ("2017-07-21T17:32:28.123999Z", 1_500_658_348_123),
        ("2017-07-21T19:32:28+02:00", 1_500_658_348_000),
    ],
)
def test_times_with_any_fraction(text: str, milliseconds: int) -> None:
    assert read_row({**ANSWERED, "started_at": text}, leg=False).started_ms == milliseconds


def test_an_empty_time_written_as_the_year_one_is_none() -> None:
    assert read_row({**BUSY, "answered_at": "0001-01-01T00:00:00Z"}, leg=False).answered is False


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [
        ("NzAwNTUxOTA5NzczMTQ4MTYw", "NzAwNTUxOTA5NzczMTQ4MTYw"),
        (878156644691742721, "878156644691742721"),
        ("a/b?c", "a/b?c"),
    ],
)
def test_ids_are_opaque_and_whole(given_id: object, kept: str) -> None:
    payload = json.loads(json.dumps({**ANSWERED, "id": given_id}))
    assert read_row(payload, leg=False).id == kept


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"started_at": None}, "started_at is missing"),
        ({"started_at": "20 Aug 2024"}, "started_at is no time: '20 Aug 2024'"),
        ({"started_at": "9999-12-31T23:59:59Z"}, "started_at is no likely time"),
        ({"answered_at": "soon"}, "answered_at is no time: 'soon'"),
        ({"id": ""}, "id is missing or no text"),
        ({"id": 8.781566446917427e17}, "id is missing or no text"),
        ({"duration": "long"}, "duration is no number: 'long'"),
        ({"duration": 10**30}, "duration is no likely number"),
        ({"duration": -1}, "duration is no likely number"),
    ],
)
def test_unreadable_rows_say_why(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}"):
        read_row({**ANSWERED, **change}, leg=False)


def test_a_leg_needs_its_session() -> None:
    assert read_row(leg("7", of="1", callee="102"), leg=True).session_id == "1"
    with pytest.raises(ValueError, match="session_id is missing"):
        read_row(leg("7", of="", callee="102"), leg=True)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.sampled_from([*ANSWERED, "session_id"]), json_values))
def test_any_json_is_read_or_refused_in_one_line(changes: dict[str, Any]) -> None:
    try:
        row = read_row({**ANSWERED, "session_id": "1", **changes}, leg=True)
    except ValueError as error:
        said = str(error)
    else:
        said = row.id + row.caller + row.callee_name
        assert 0 <= row.duration_seconds < 2**31
    assert said.isprintable()


def test_what_the_document_does_not_name_is_noticed() -> None:
    assert unfamiliar(ANSWERED) == frozenset()
    row = {**ANSWERED, "reroute_reason": "FORWARDING_HOLIDAY", "direction": "CONFERENCE_CALL", "emotion": 3}
    assert unfamiliar(row) == {"emotion", "reroute_reason=FORWARDING_HOLIDAY", "direction=CONFERENCE_CALL"}
    assert read_row(row, leg=False).reroute_reason == "FORWARDING_HOLIDAY"


def test_window_filter_is_quoted_and_widened_to_seconds() -> None:
    window = Window(1_640_995_200_001, 1_641_081_600_999)
    text = in_window(window)
    assert text == "started_at ge '2022-01-01T00:00:00Z' and started_at lt '2022-01-02T00:00:01Z'"


def test_query_encoding_is_the_documented_one() -> None:
    text = f"{compare('caller', 'eq', '101')} and {compare('started_at', 'ge', '2022-01-01T00:00:00Z')}"
    expected = "filter=caller%20eq%20%27101%27%20and%20started_at%20ge%20%272022-01-01T00%3A00%3A00Z%27"
    assert encode_query({"filter": text}) == expected
    assert encode_query({"f": literal("O'Brien")}) == "f=%27O%27%27Brien%27"


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=256))
def test_a_literal_cannot_be_left(text: str) -> None:
    inner = literal(text)[1:-1]
    assert inner.replace("''", "") == text.replace("'", "")
    assert inner.replace("''", "'") == text


@pytest.mark.parametrize("text", ["a\nb", "\x00", "\x7f", "x" * 257, "\ud800"])
def test_a_literal_refuses_what_no_number_or_name_holds(text: str) -> None:
    with pytest.raises(ValueError, match="filter text"):
        literal(text)


def test_details_come_in_both_shapes() -> None:
    (of_call,) = details_in({"items": [{"caller": "101", "cost": 0.1, "billed_account": "101"}]})
    (of_leg,) = details_in({"id": "1", "session_id": "2", "cost": "12.50", "billed_account": ""})
    (own_call,) = details_in({"items": {"caller": "101"}})
    assert (str(of_call.cost), of_call.billed_account) == ("0.1", "101")
    assert (str(of_leg.cost), of_leg.billed_account, of_leg.payload["session_id"]) == ("12.50", "", "2")
    assert own_call.cost is None


@pytest.mark.parametrize("body", [[], {"items": None}, {"items": [1]}, {"items": [{"cost": "much"}]}])
def test_details_of_another_shape_are_refused(body: Any) -> None:
    with pytest.raises(ValueError, match=r"answer|cost"):
        details_in(body)
