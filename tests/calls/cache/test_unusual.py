"""Unusual outbound calls, from a cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from calls.cache.reader import Reader
from calls.cache.writer import Reading
from calls.calendar import Calendar, parse_opening_hours
from calls.filters import parse
from calls.model import Call, Derived, Direction, Leg, Record, Source, Status
from calls.times import parse_rfc3339
from tests.calls.cache.help import DESK, HOUR_MS, FakeDeriver, a_cache, record

PBX = Source("pbx", "portsip", "Europe/Stockholm", "46")
NIGHT_MS = parse_rfc3339("2026-11-25T02:00:00Z")
NOW_MS = NIGHT_MS + 12 * HOUR_MS


class LegDeriver(FakeDeriver):
    """Its calls have three attempts to reach somebody outside, two of them at once with the third."""

    def derive(self, records: Any, facts: Any) -> Derived:
        return Derived(tuple(self._forked(one) for one in records))

    def _forked(self, one: Record) -> Call:
        legs = tuple(
            Leg(one.started_ms + step, None, None, one.started_ms + 30_000, "101", callee, "", Status.MISSED, 0)
            for step, callee in enumerate(one.payload["callees"])
        )
        return Call("pbx", "portsip", one.key, one.started_ms, Direction.OUT, Status.MISSED, callee="+46700000001", legs=legs)


def out(key: str, started_ms: int, callee: str, **more: Any) -> Record:
    return record(
        key, started_ms=started_ms, direction="out", caller="101", callee=callee, ended_ms=started_ms + 60_000, **more
    )


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with a_cache(tmp_path / "calltop.db", PBX, DESK) as cache:
        records = [
            out("night", NIGHT_MS, "009604211234"),
            out("day", NIGHT_MS + 9 * HOUR_MS, "009604211234"),
            *(out(f"at-once-{number}", NIGHT_MS + 10 * HOUR_MS, f"0700{number}00001") for number in range(3)),
            record("in", started_ms=NIGHT_MS, direction="in", caller="+9604211234"),
        ]
        cache.writer.store(FakeDeriver(PBX, link_ms=0), cache.ids["pbx"], Reading(tuple(records), (), NOW_MS))
        forks = (
            record("fork", started_ms=NIGHT_MS + 11 * HOUR_MS, callees=["0700000001", "0700000002", "0700000003"]),
            record("hunt", started_ms=NIGHT_MS + 11 * HOUR_MS, callees=["0700000001", "102", "103"]),
        )
        cache.writer.store(LegDeriver(PBX, link_ms=0), cache.ids["pbx"], Reading(forks, (), NOW_MS))
        with closing(Reader(cache.path, Calendar(opening=parse_opening_hours("mon-fri 08:00-17:00")))) as made:
            yield made


def test_rows_are_shown_the_newest_first_each_with_its_reasons(reader: Reader) -> None:
    found = reader.unusual(parse(""), NOW_MS)
    assert {one.call.id: one.reasons for one in found.calls} == {
        "fork": ("3 attempts at once in one call",),
        **{f"at-once-{number}": ("3 calls at once from 101",) for number in range(3)},
        "night": ("abroad outside of opening hours (Wed 03:00)",),
    }
    starts = [one.call.started_ms for one in found.calls]
    assert starts == sorted(starts, reverse=True)
    assert (found.total, found.looked_at, list(found.untold)) == (5, 7, ["desk"])
    assert all(one.call.legs for one in found.calls)


def test_the_filter_narrows_what_is_shown_and_not_what_makes_it_unusual(reader: Reader) -> None:
    found = reader.unusual(parse("callee:+46700100001"), NOW_MS)
    assert [(one.call.id, one.reasons) for one in found.calls] == [("at-once-1", ("3 calls at once from 101",))]
    assert (found.total, found.looked_at) == (1, 1)


def test_a_filter_of_times_and_a_limit(reader: Reader) -> None:
    assert [one.call.id for one in reader.unusual(parse("to:2026-11-25T04:00"), NOW_MS).calls] == ["night"]
    few = reader.unusual(parse(""), NOW_MS, limit=2)
    assert (len(few.calls), few.total) == (2, 5)
    assert reader.unusual(parse("direction:in"), NOW_MS).total == 0
