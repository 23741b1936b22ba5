"""Calls as data: rounding, and cells that no spreadsheet runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from calls.exports import call_json, spreadsheet_cell
from calls.model import Call, Direction, Status

FIRST = st.sampled_from("=+-@\t\r")


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
