"""A missed call that a person dealt with is off the list for every window, until the caller misses again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from calls.cache.reader import Reader
from calls.cache.snapshots import CallBack, Mark, Settled, WithheldMisses
from calls.filters import parse
from calls.metrics import METRICS
from calls.model import Record, Source
from calls.text import normalise_number
from tests.calls.cache.help import DAY_MS, HOUR_MS, NOON_MS, NORTH, SOUTH, Cache, FakeDeriver, a_cache, record

CALLER = "070-100 00 01"
KEY = normalise_number(CALLER, NORTH.country_code)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with a_cache(tmp_path / "calltop.db", NORTH, SOUTH) as made:
        yield made


@pytest.fixture
def reader(cache: Cache) -> Iterator[Reader]:
    with closing(Reader(cache.path)) as made:
        yield made


def at(minutes: int) -> int:
    return NOON_MS - DAY_MS + minutes * 60_000


def missed(key: str, minutes: int, caller: str = CALLER, **payload: Any) -> Record:
    return record(key, started_ms=at(minutes), direction="in", status="missed", caller=caller, **payload)


def waiting(reader: Reader, text: str = "") -> list[tuple[str, int]]:
    return [(one.number_key, one.tries) for one in reader.unreturned(parse(text), NOON_MS)]


def settled(reader: Reader, text: str = "") -> list[Settled]:
    return list(reader.settled(parse(text), NOON_MS))


def test_a_marked_caller_is_off_the_list_at_every_provider_and_comes_back_with_the_next_missed_call(
    cache: Cache, reader: Reader
) -> None:
    cache.read(missed("a", 0), missed("b", 5))
    cache.read(missed("c", 7, "0046701000001"), deriver=FakeDeriver(SOUTH))
    assert waiting(reader) == [(KEY, 3)]
    assert cache.writer.mark(KEY, at(7), at(9), "anna", "rang her mobile") == 3
    assert waiting(reader) == []
    assert [(one.missed.tries, one.mark) for one in settled(reader)] == [(3, Mark(at(9), "anna", "rang her mobile"))]
    cache.read(missed("d", 20))
    assert waiting(reader) == [(KEY, 1)]


def test_only_what_was_missed_by_then_is_marked(cache: Cache, reader: Reader) -> None:
    cache.read(missed("a", 0), missed("b", 5))
    assert cache.writer.mark(KEY, at(4), at(9), "anna") == 1
    assert waiting(reader) == [(KEY, 1)]


def test_a_mark_is_taken_back(cache: Cache, reader: Reader) -> None:
    cache.read(missed("a", 0), missed("b", 5))
    cache.writer.mark(KEY, at(5), at(9), "anna")
    assert cache.writer.unmark(KEY, at(9)) == 2
    assert cache.writer.unmark(KEY, at(9)) == 0
    assert waiting(reader) == [(KEY, 2)]
    assert settled(reader) == []


@pytest.mark.parametrize("number_key", ["", "+46999", "'; DROP TABLE mark; --"])
def test_a_number_that_never_rang_marks_nothing(cache: Cache, reader: Reader, number_key: str) -> None:
    cache.read(missed("a", 0), missed("hidden", 1, "anonymous"))
    assert cache.writer.mark(number_key, at(9), at(9), "anna") == 0
    assert waiting(reader) == [(KEY, 1)]
    assert reader.withheld(parse(""), NOON_MS) == WithheldMisses(1, at(1), at(1))
    assert reader.withheld(parse("since:-1h"), NOON_MS) == WithheldMisses(0, 0, 0)


def test_a_mark_outlives_a_changed_record_and_a_rebuilding(cache: Cache, reader: Reader) -> None:
    cache.read(missed("a", 0))
    cache.writer.mark(KEY, at(5), at(9), "anna")
    cache.read(missed("a", 0, queue="711"))
    cache.writer.rebuild(FakeDeriver(), cache.ids["north"])
    assert waiting(reader) == []


def test_what_is_noted_is_cleaned_and_short(cache: Cache, reader: Reader) -> None:
    cache.read(missed("a", 0))
    cache.writer.mark(KEY, at(5), at(9), "an\x1b[31mna\ud800", "\u202eevil\n" + "x" * 10_000)
    (one,) = settled(reader)
    assert one.mark is not None
    assert one.mark.note.startswith("evil x")
    assert len(one.mark.note) == 500
    assert "\x1b" not in one.mark.who


def test_erasing_the_caller_or_a_number_in_a_note_erases_the_note(cache: Cache) -> None:
    cache.read(missed("a", 0), missed("b", 1, "0702000002"))
    cache.writer.mark(KEY, at(5), at(9), "anna", "asked for Bo")
    cache.writer.mark(normalise_number("0702000002", "46"), at(5), at(9), "anna", "rings from 0701000001 too")
    cache.writer.erase(CALLER, {"north": FakeDeriver()}, NOON_MS)
    assert cache.rows("SELECT * FROM mark") == []


def test_erasing_erases_the_note_of_a_call_that_other_records_belong_to(cache: Cache) -> None:
    joined = [missed("a", 0, "0702000002", link="x"), missed("b", 0, link="x")]
    cache.read(*joined)
    assert list(cache.calls()) == ["a"]
    (shown,) = cache.rows("SELECT caller_comparable FROM calls")
    cache.writer.mark(shown[0], at(5), at(9), "anna", "wants a quote")
    cache.writer.erase("0702000002" if shown[0] == KEY else CALLER, {"north": FakeDeriver()}, NOON_MS)
    assert cache.rows("SELECT * FROM mark") == []


def test_a_marked_call_is_no_unreturned_one_in_the_figures(tmp_path: Path) -> None:
    source = Source("office", "portsip", "Europe/Stockholm", "46")
    with a_cache(tmp_path / "office.db", source) as cache, closing(Reader(cache.path)) as reader:
        cache.read(missed("a", 0), missed("b", 5), missed("c", 6, "0702000002"), deriver=FakeDeriver(source))
        assert unreturned(reader) == (3, 3)
        cache.writer.mark(KEY, at(5), at(9), "anna")
        assert unreturned(reader) == (1, 3)


def unreturned(reader: Reader) -> tuple[int, int]:
    figure = reader.figures(parse(""), NOON_MS, [METRICS["unreturned"]])[""]["unreturned"]
    return figure.numerator, figure.denominator


def test_what_settled_a_missed_call_is_told(cache: Cache, reader: Reader) -> None:
    cache.read(
        missed("a", 0), missed("b", 2),
        record("late", started_ms=at(9), direction="in", status="answered", caller=CALLER),
        record("first", started_ms=at(4), direction="out", status="answered", callee="+46701000001"),
        record("failed", started_ms=at(3), direction="out", status="missed", callee="+46701000001"),
    )  # fmt: skip
    (one,) = settled(reader)
    assert (one.missed.tries, one.missed.last_missed_ms) == (2, at(2))
    assert one.by is not None
    assert (one.by.id, one.settled_ms, one.mark) == ("first", at(4), None)


def test_the_filter_and_the_limit_hold_for_what_is_settled(cache: Cache, reader: Reader) -> None:
    for number in range(4):
        caller = f"07020000{number:02}"
        cache.read(
            missed(f"m{number}", number, caller, queue="711" if number else "622"),
            record(f"c{number}", started_ms=at(10 + number), direction="in", status="answered", caller=caller),
        )
    assert [one.settled_ms for one in settled(reader)] == [at(13), at(12), at(11), at(10)]
    assert [one.settled_ms for one in settled(reader, "queue:622")] == [at(10)]
    assert [one.settled_ms for one in reader.settled(parse(""), NOON_MS, limit=2)] == [at(13), at(12)]


@pytest.mark.parametrize(
    ("calls", "checked"),
    [
        ([missed("a", 0, "+37061000000", ring_ms=3_000)], True),
        ([missed("a", 0, "+37061000000", wait_ms=4_000)], True),
        ([missed("a", 0, "+37061000000", ring_ms=9_000, wait_ms=9_000)], False),
        ([missed("a", 0, "+37061000000")], False),
        ([missed("a", 0, "0701000001", ring_ms=3_000)], False),
        ([missed("a", 0, "102", ring_ms=3_000)], False),
        ([missed("a", 0, "+37061000000", ring_ms=3_000), missed("b", 1, "+37061000000", ring_ms=3_000)], False),
    ],
)
def test_one_short_ring_from_abroad_asks_to_check_first(
    cache: Cache, reader: Reader, calls: list[Record], checked: bool
) -> None:
    cache.read(*calls)
    (one,) = reader.unreturned(parse(""), NOON_MS)
    assert isinstance(one, CallBack)
    assert bool(one.check_first) is checked


def test_the_view_for_others_shows_the_mark(cache: Cache) -> None:
    cache.read(missed("a", 0))
    cache.writer.mark(KEY, at(5), at(9), "anna", "done")
    assert cache.rows("SELECT id, marked_ms, marked_by, mark_note FROM calls") == [("a", at(9), "anna", "done")]


def test_figures_by_the_hour_leave_no_mark_behind(cache: Cache) -> None:
    cache.read(missed("a", 0))
    cache.writer.mark(KEY, at(5), at(9), "anna", "done")
    cache.writer.purge(cache.ids["north"], NOON_MS + HOUR_MS)
    assert cache.rows("SELECT * FROM mark") == []
