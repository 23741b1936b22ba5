"""The table of calls without a terminal: which columns fit, how wide; what the person changes is kept and comes back."""

from __future__ import annotations

import json
import stat
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.cache.listing import ORDERS, Listing
from calls.exports import ALL_COLUMNS
from calls.filters import Filter
from calls.model import Call, Direction, Status
from calls.times import DAY_MS, HOUR_MS
from tests.tui.fake_feed import HOSTILE, NOW_MS, ZONE
from tui.call_store import CallStore
from tui.lines.call_columns import BY_NAME, COLUMNS, when_words
from tui.lines.call_table import header_line, layout, row_spans, waiting_spans
from tui.lines.line import cells
from tui.lines.symbols import ASCII, UNICODE
from tui.lines.view import View
from tui.remembered import FILE_NAME, Remembered
from tui.table_look import TableLook

VIEW = View(NOW_MS, ZONE)
NAMES = st.sampled_from([column.name for column in COLUMNS])
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["toggled", "moved", "widened", "with_usual_width", "sorted_on", "with_usual_columns"]),
        NAMES,
        st.integers(-80, 80),
    ),
    max_size=6,
)
LOOKS = CHANGES.map(lambda changes: _changed(TableLook(), changes))
TEXTS = st.one_of(st.text(max_size=30), st.sampled_from(HOSTILE))
CALLS = st.builds(
    Call,
    provider=TEXTS, kind=st.just("soluno"), id=TEXTS,
    started_ms=st.integers(-(10**13), 10**13), direction=st.sampled_from(Direction), status=st.sampled_from(Status),
    caller=TEXTS, caller_name=TEXTS, callee=TEXTS, callee_name=TEXTS, queue=TEXTS, employee=TEXTS, doubt=TEXTS,
    talk_ms=st.integers(-5, 10**12), wait_ms=st.none() | st.integers(-5, 10**12),
)  # fmt: skip


def _changed(look: TableLook, changes: list[tuple[str, str, int]]) -> TableLook:
    for change, name, cells_or_places in changes:
        if change in ("moved", "widened"):
            look = getattr(look, change)(name, cells_or_places)
        else:
            look = getattr(look, change)(*([] if change == "with_usual_columns" else [name]))
    return look


@given(LOOKS)
def test_a_look_has_every_column_once_and_comes_back_as_it_was_kept(look: TableLook) -> None:
    assert sorted(column.name for column in look.columns) == sorted(BY_NAME)
    assert look.shown
    assert BY_NAME[look.sorted_by].order
    assert TableLook.read(json.loads(json.dumps(look.kept()))) == look


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | NAMES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["columns", "name", "shown", "width", "sorted_by", "descending"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JUNK)
def test_whatever_is_kept_gives_a_look(junk: object) -> None:
    look = TableLook.read(junk)
    assert sorted(column.name for column in look.columns) == sorted(BY_NAME)
    assert look.shown
    layout(look, 80)


@given(LOOKS, st.integers(1, 200), CALLS, st.sampled_from([UNICODE, ASCII]))
def test_the_columns_and_a_call_in_them_fit_the_width(look: TableLook, width: int, call: Call, symbols: object) -> None:
    view = View(NOW_MS, ZONE, symbols)  # type: ignore[arg-type]
    placed = layout(look, width)
    end = placed[-1].x + placed[-1].width
    assert 0 < end <= width
    assert [one.column.name for one in placed] == [
        one.name for one in look.shown if one.name in {p.column.name for p in placed}
    ]
    assert sum(cells(span.text) for span in row_spans(call, placed, view)) == end
    assert sum(cells(span.text) for span in waiting_spans(call.started_ms, placed, view)) == end
    assert header_line(placed, look, look.sorted_by, view.symbols).width == end


def test_the_narrower_the_terminal_the_fewer_columns_and_the_least_telling_go_first() -> None:
    def names(width: int) -> list[str]:
        return [one.column.name for one in layout(TableLook(), width)]

    assert names(156) == ["time", "outcome", "direction", "provider", "caller", "callee", "queue", "employee", "wait", "talk"]
    assert names(76) == ["time", "outcome", "provider", "caller", "callee", "wait", "talk"]
    assert names(56) == ["time", "outcome", "caller", "callee", "talk"]
    assert names(12) == ["time"]


def test_a_width_that_the_person_chose_is_kept_to() -> None:
    look = TableLook().widened("queue", 9)
    assert next(one.width for one in layout(look, 156) if one.column.name == "queue") == BY_NAME["queue"].width + 9
    assert look.with_usual_width("queue") == TableLook()


def test_the_last_column_cannot_be_hidden() -> None:
    look = TableLook()
    for column in COLUMNS:
        if column.name != "talk" and column.name in {one.name for one in look.shown}:
            look = look.toggled(column.name)
    assert [one.name for one in look.shown] == ["talk"]
    assert look.toggled("talk") == look


def test_columns_name_orders_and_export_columns_that_there_are() -> None:
    assert {column.order for column in COLUMNS if column.order} == set(ORDERS)
    assert {field for column in COLUMNS for field in column.fields} <= set(ALL_COLUMNS)
    assert all(column.fields for column in COLUMNS)


def test_times_of_today_have_no_day_and_older_ones_do() -> None:
    assert when_words(NOW_MS - HOUR_MS, 12, VIEW) == ("       ", "09:42")
    assert "".join(when_words(NOW_MS - DAY_MS, 12, VIEW)) == "22 Nov 10:42"
    assert "".join(when_words(NOW_MS - DAY_MS, 15, VIEW)) == "22 Nov 10:42:20"
    assert "".join(when_words(NOW_MS - DAY_MS, 19, VIEW)) == "Sun 22 Nov 10:42:20"
    assert "".join(when_words(NOW_MS - 400 * DAY_MS, 12, VIEW)) == " 19 Oct 2025"


def test_a_store_keeps_the_calls_last_used() -> None:
    store = CallStore(most=3)
    store.put(1, {1: None, 2: None, 3: None})
    assert store.get(1) is not None
    store.put(1, {4: None})
    assert store.get(2) is None
    assert store.get(1) is not None


@given(st.integers(1, 200), st.integers(0, 220), st.integers(1, 30))
def test_what_is_in_sight_and_beside_it_is_wanted_once(length: int, first: int, height: int) -> None:
    listing = Listing(Filter(), version=7, keys=array("q", range(length, 0, -1)))
    first = min(first, max(0, length - height))
    shown = range(first, min(length, first + height))
    store = CallStore()
    wanted = store.wanted(listing, shown)
    assert set(shown) <= set(wanted) <= set(range(length))
    store.put(7, {listing.keys[position]: None for position in wanted})
    assert not store.wanted(listing, shown)
    store.put(6, {listing.keys[shown.start]: None})
    assert shown.start in store.wanted(listing, shown)


def test_what_is_remembered_is_private_and_what_others_put_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "state" / FILE_NAME
    mine, other = Remembered(path), Remembered(path)
    mine.put("calls", {"a": 1})
    other.put("stats", [2])
    mine.put("calls", {"a": 3})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    again = Remembered(path)
    assert (again.get("calls"), again.get("stats"), again.get("nothing")) == ({"a": 3}, [2], None)
    assert again.trouble == ""


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_broken_file_is_told_and_written_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    found = Remembered(path)
    assert found.get("calls") is None
    assert str(path) in found.trouble
    found.put("calls", 1)
    assert Remembered(path).get("calls") == 1


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = Remembered(tmp_path / "file" / FILE_NAME)
    found.put("calls", 1)
    assert "cannot be written" in found.trouble
    assert found.get("calls") == 1
