"""Calls as data: rounding, masking, and cells that no spreadsheet runs."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from calls.exports import ALL_COLUMNS, COLUMNS, call_json, call_rows, call_table_columns, json_value, spreadsheet_cell
from calls.model import Call, Direction, Status
from calls.times import parse_rfc3339

CALL = Call("p", "while1", "1", 0, Direction.IN, Status.MISSED)
FIRST = st.sampled_from("=+-@\t\r＝＋－＠")


@given(st.integers(0, 10**9))
def test_seconds_round_half_up(milliseconds: int) -> None:
    call = Call("p", "while1", "1", 0, Direction.IN, Status.ANSWERED, talk_ms=milliseconds)
    assert call_json(call, ("talk_seconds",))["talk_seconds"] == int(milliseconds / 1000 + 0.5)


@given(FIRST, st.text(min_size=1).filter(lambda text: not text.replace(" ", "").isdigit()))
def test_no_cell_is_a_formula(first: str, rest: str) -> None:
    assert spreadsheet_cell(first + rest) == "'" + first + rest


def test_numbers_stay_readable() -> None:
    assert spreadsheet_cell("+46 70 174 06 05") == "+46 70 174 06 05"
    assert spreadsheet_cell(-5) == -5


def test_the_first_columns_are_those_other_programs_rely_on() -> None:
    assert ALL_COLUMNS[: len(COLUMNS)] == COLUMNS
    assert (COLUMNS[0], COLUMNS[-1]) == ("provider", "legs")


def test_the_local_start_is_that_of_the_provider_also_in_the_hour_that_comes_twice() -> None:
    starts = [parse_rfc3339(f"2026-10-25T{hour:02}:30:00Z") for hour in (0, 1)]
    calls = [Call("p", "while1", "1", start, Direction.IN, Status.ANSWERED) for start in starts]
    rows = list(call_rows(calls, ("started_local",), {"p": ZoneInfo("Europe/Stockholm")}))
    (column,) = call_table_columns(("started_local",))
    assert [json_value(row[0], column.kind) for row in rows] == ["2026-10-25 02:30:00"] * 2


def test_masking_reaches_every_identifier_made_of_a_number() -> None:
    number = "+46701740605"
    call = CALL._replace(id=f"7-{number}", caller=number, linked=number, external=f"x{number}", callee="102")
    (row,) = call_rows([call], ALL_COLUMNS, {}, mask=True)
    assert "0605" not in repr(row)
    assert dict(zip(ALL_COLUMNS, row, strict=True))["callee"] == "102"
