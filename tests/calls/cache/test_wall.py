"""The snapshot behind the wall: the figures of `calltop stats`, the last hour by five minutes, and nobody's name or number."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calls.cache.reader import Reader
from calls.cache.wall import OF_TODAY
from calls.cache.wall_snapshot import WallQuestion, WallSnapshot
from calls.cache.writer import Reading
from calls.filters import parse
from calls.model import Source, Window
from calls.tags import two_words
from calls.times import day_hours, local_date, parse_rfc3339
from tests.calls.cache.help import DAY_MS, HOUR_MS, MINUTE_MS, Cache, FakeDeriver, a_cache, record

ZONE = ZoneInfo("Europe/Stockholm")
NORTH = Source("north", "soluno", "Europe/Stockholm", "46")
SOUTH = Source("south", "while1", "Europe/Bucharest", "40")
# In the evening of the day of 25 hours.
NOW_MS = parse_rfc3339("2026-10-25T18:22:30Z")
KEY = b"k" * 32
QUESTION = WallQuestion(ZONE, KEY, (("support", parse("queue:711")), ("yesterday", parse("on:yesterday"))))
CALLERS = ("070-174 06 05", "+40312285000", "0312285000", "102", "bo.madsen@pbx.example", "+4672222222")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(5)
    made = tmp_path_factory.mktemp("wall") / "calltop.db"
    with a_cache(made, NORTH, SOUTH) as cache:
        for source in (NORTH, SOUTH):
            rows = [
                record(
                    f"{source.name}{number}",
                    started_ms=NOW_MS - chance.randrange(1, 30 * HOUR_MS // (1 + number % 12)),
                    direction=chance.choice(["in", "in", "in", "out"]),
                    status=chance.choice(["answered", "answered", "missed", "busy"]),
                    caller=chance.choice(CALLERS[3:]),
                    caller_name="Bo Madsen",
                    queue=chance.choice(["711", "622"]),
                    talk_ms=30_000,
                    wait_ms=chance.randrange(60_000),
                )
                for number in range(400)
            ]
            store(cache, source, rows)
        missed = {"direction": "in", "status": "missed", "caller_name": "Bo Madsen"}
        rows = [record(f"w{number}", started_ms=NOW_MS - HOUR_MS + number, caller=caller, **missed)
                for number, caller in enumerate(CALLERS[:3])]  # fmt: skip
        store(cache, NORTH, rows)
    return made


def store(cache: Cache, source: Source, rows: list[Any]) -> None:
    complete_to_ms = NOW_MS - 15 * MINUTE_MS
    covered = Window(NOW_MS - 3 * DAY_MS, complete_to_ms)
    reading = Reading(tuple(rows), (), NOW_MS, covered=covered, complete_to_ms=complete_to_ms)
    cache.writer.store(FakeDeriver(source, link_ms=0), cache.ids[source.name], reading)


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    with closing(Reader(path)) as made:
        yield made


def test_todays_figures_are_those_of_stats(reader: Reader) -> None:
    shown = reader.wall(QUESTION, NOW_MS)
    assert shown.figures == reader.figures(parse("on:today"), NOW_MS, OF_TODAY)[""]
    assert shown.figures["offered"].numerator > 100
    support, yesterday = shown.saved
    stats = reader.figures(parse("queue:711 on:today"), NOW_MS, OF_TODAY)[""]
    assert support.figures["answer_rate"] == stats["answer_rate"]
    assert (support.names_time, yesterday.names_time) == (False, True)
    assert yesterday.figures["offered"] == reader.figures(parse("on:yesterday"), NOW_MS, OF_TODAY)[""]["offered"]


@pytest.mark.parametrize("minutes", [0, 2.5, 37.5, 60, 6 * 60, 17 * 60])
def test_the_last_hour_is_twelve_times_five_minutes(reader: Reader, minutes: float) -> None:
    now_ms = NOW_MS - round(minutes * MINUTE_MS)
    slices = reader.wall(QUESTION, now_ms).last_hour
    assert [one.ended_ms - one.started_ms for one in slices] == [5 * MINUTE_MS] * 12
    assert all(one.ended_ms == other.started_ms for one, other in itertools.pairwise(slices))
    assert slices[-1].started_ms <= now_ms < slices[-1].ended_ms
    calls = list(reader.calls(parse("direction:in"), now_ms))
    for one in slices:
        inside = [call for call in calls if one.started_ms <= call.started_ms < one.ended_ms]
        assert (one.offered, one.answered) == (len(inside), sum(call.status == "answered" for call in inside))


def test_the_newest_quarter_of_an_hour_is_provisional(reader: Reader) -> None:
    slices = reader.wall(QUESTION, NOW_MS).last_hour
    assert [one.provisional for one in slices] == [one.ended_ms > NOW_MS - 15 * MINUTE_MS for one in slices]
    assert sum(one.provisional for one in slices) == 4
    # Nothing was read since: what came later may be missing.
    later = reader.wall(QUESTION, NOW_MS + 20 * MINUTE_MS).last_hour
    assert sum(one.provisional for one in later) == 8


def test_the_hours_are_those_of_the_walls_day(reader: Reader) -> None:
    shown = reader.wall(QUESTION, NOW_MS).hours
    hours = day_hours(local_date(NOW_MS, ZONE), ZONE)
    assert len(shown) == len(hours) == 25
    calls = [call.started_ms for call in reader.calls(parse("direction:in"), NOW_MS)]
    assert [one.offered for one in shown] == [sum(at_ms in hour for at_ms in calls) for hour in hours]


def test_numbers_are_masked_and_names_are_nowhere(reader: Reader) -> None:
    shown = reader.wall(QUESTION, NOW_MS)
    numbers = {one.number for one in shown.call_backs}
    assert "070-174 •• ••" in numbers
    assert all("•" in number or len(number) <= 5 for number in numbers)
    assert "Madsen" not in repr(shown)
    assert "bo.madsen" not in repr(shown)
    assert "174 06 05" not in repr(shown)
    assert "40312285000" not in repr(shown)


def test_numbers_are_whole_only_when_they_are_revealed(reader: Reader) -> None:
    shown = reader.wall(replace(QUESTION, reveal=True), NOW_MS)
    assert "070-174 06 05" in {one.number for one in shown.call_backs}
    assert shown.revealed
    assert "Madsen" not in repr(shown).replace("bo.madsen@pbx.example", "")


def test_a_caller_has_two_words_for_the_day(reader: Reader) -> None:
    def tags(now_ms: int, key: bytes = KEY) -> set[str]:
        return {one.tag for one in reader.wall(replace(QUESTION, tag_key=key), now_ms).call_backs}

    assert two_words("+46701740605", local_date(NOW_MS, ZONE), KEY) in tags(NOW_MS)
    assert tags(NOW_MS) == tags(NOW_MS + 3 * HOUR_MS)
    assert not tags(NOW_MS) & tags(NOW_MS + DAY_MS)
    assert not tags(NOW_MS) & tags(NOW_MS, b"x" * 32)


def test_the_oldest_comes_first_and_all_are_counted(reader: Reader) -> None:
    shown = reader.wall(QUESTION, NOW_MS)
    waiting = reader.unreturned(parse("since:-6d"), NOW_MS)
    assert shown.call_back_count == len(waiting)
    assert shown.oldest_missed_ms == waiting[0].first_missed_ms
    assert [one.first_missed_ms for one in shown.call_backs] == [one.first_missed_ms for one in waiting]


def test_an_empty_cache_has_an_empty_wall(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db", NORTH), closing(Reader(tmp_path / "calltop.db")) as reader:
        shown: WallSnapshot = reader.wall(QUESTION, NOW_MS)
    assert shown.call_backs == ()
    assert shown.oldest_missed_ms is None
    assert shown.figures["answer_rate"].value is None
    assert [one.state.last_good_poll_ms for one in shown.providers] == [None]
