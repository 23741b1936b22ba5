"""Who must be called back, held against going through all calls by hand."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.filters import parse
from calls.model import Call, Direction, Record, Source, Status
from calls.text import normalise_number
from tests.calls.cache.help import DAY_MS, HOUR_MS, NOON_MS, NORTH, SOUTH, Cache, FakeDeriver, a_cache, record

SOURCES = {source.name: source for source in (NORTH, SOUTH)}
# The same subscriber as it is written at home and abroad.
SUBSCRIBERS = [(f"+4670174{number:04}", f"070174{number:04}", f"0046 70 174 {number:04}") for number in range(40)]


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with a_cache(tmp_path / "calltop.db", NORTH, SOUTH) as made:
        yield made


def number_of(chance: random.Random, source: Source) -> str:
    forms = chance.choice(SUBSCRIBERS)
    return (
        chance.choice(["", "anonymous"]) if chance.random() < 0.1 else chance.choice(forms if source is NORTH else forms[::2])
    )


def random_calls(chance: random.Random, source: Source, count: int) -> list[Record]:
    """Calls within two days, few of them answered, several at the same instant."""
    records = []
    for number in range(count):
        status = "answered" if chance.random() < 0.25 else chance.choice(["missed", "busy", "failed"])
        direction = chance.choices(["in", "out", "internal"], [6, 3, 1])[0]
        start_ms = NOON_MS - chance.randrange(2 * DAY_MS) // 60_000 * 60_000
        key = f"{source.name}{number}"
        records.append(
            record(
                key, started_ms=start_ms, status=status, direction=direction,
                caller=number_of(chance, source), callee=number_of(chance, source),
            )
        )  # fmt: skip
    return records


def by_hand(calls: list[Call], since_ms: int) -> list[tuple[int, int, int, tuple[str, ...]]]:
    """First and last missed call, tries and providers of each caller whom nothing later has settled."""
    settled: dict[str, int] = defaultdict(int)
    tries: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.status is Status.ANSWERED and call.direction is not Direction.INTERNAL:
            other = call.caller if call.direction is Direction.IN else call.callee
            number = normalise_number(other, SOURCES[call.provider].country_code)
            settled[number] = max(settled[number], call.started_ms)
    for call in calls:
        number = normalise_number(call.caller, SOURCES[call.provider].country_code)
        missed = call.direction is Direction.IN and call.status is not Status.ANSWERED and call.started_ms >= since_ms
        if number and missed and call.started_ms >= settled[number]:
            tries[number].append(call)
    return sorted(
        (
            min(call.started_ms for call in some),
            max(call.started_ms for call in some),
            len(some),
            tuple(sorted({call.provider for call in some})),
        )
        for some in tries.values()
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("text", "since_ms"), [("", 0), ("since:-6h", NOON_MS - 6 * HOUR_MS)])
def test_the_list_is_what_one_finds_by_hand(cache: Cache, seed: int, text: str, since_ms: int) -> None:
    chance = random.Random(seed)
    calls: list[Call] = []
    for source in (NORTH, SOUTH):
        deriver = FakeDeriver(source, link_ms=0)
        records = random_calls(chance, source, 150)
        cache.read(*records, deriver=deriver)
        calls += deriver.derive(records, frozenset()).calls
    with closing(Reader(cache.path)) as reader:
        found = reader.unreturned(parse(text), NOON_MS)
    expected = by_hand(calls, since_ms)
    assert (
        sorted((one.first_missed_ms, one.last_missed_ms, one.tries, tuple(sorted(one.providers))) for one in found) == expected
    )
    assert [one.first_missed_ms for one in found] == [first_ms for first_ms, *_ in expected]
    assert 3 < len(expected) < len(SUBSCRIBERS) + 1


def unreturned(cache: Cache, text: str = "") -> list[tuple[str, int]]:
    with closing(Reader(cache.path)) as reader:
        return [(one.caller, one.tries) for one in reader.unreturned(parse(text), NOON_MS)]


def call(key: str, minutes: int, direction: str, status: str, caller: str, callee: str = "") -> Record:
    start_ms = NOON_MS - DAY_MS + minutes * 60_000
    return record(key, started_ms=start_ms, direction=direction, status=status, caller=caller, callee=callee)


def test_only_what_came_later_settles(cache: Cache) -> None:
    cache.read(
        call("a", 0, "in", "answered", "0701"), call("b", 1, "in", "missed", "0701000001"),
        call("c", 1, "in", "answered", "0701000001"), call("d", 0, "out", "answered", "102", "0701000001"),
        call("e", 2, "out", "missed", "102", "0701000001"), call("f", 3, "internal", "answered", "0701000001"),
        call("g", 4, "out", "answered", "0701000001", "102"),
    )  # fmt: skip
    assert unreturned(cache) == [("0701000001", 1)]
    cache.read(call("h", 5, "out", "answered", "102", "+46701000001"))
    assert unreturned(cache) == []
    cache.read(call("i", 6, "in", "busy", "0046701000001"), call("j", 7, "in", "failed", "0701000001"))
    assert unreturned(cache) == [("0701000001", 2)]


def test_an_answer_at_another_provider_settles_and_a_filter_does_not_hide_it(cache: Cache) -> None:
    cache.read(call("a", 0, "in", "missed", "0701000001"))
    assert unreturned(cache, "provider:north status:missed") == [("0701000001", 1)]
    cache.read(call("b", 9, "in", "answered", "+46701000001"), deriver=FakeDeriver(SOUTH))
    assert unreturned(cache, "provider:north status:missed") == []


def test_the_newest_writing_and_the_newest_name_are_shown(cache: Cache) -> None:
    named = record("b", started_ms=NOON_MS - 2, status="missed", caller="0046701000001", caller_name="Bo Madsen")
    cache.read(
        record("a", started_ms=NOON_MS - 3, status="missed", caller="0701000001", caller_name="B"),
        named,
        record("c", started_ms=NOON_MS - 1, status="missed", caller="+46701000001"),
    )
    with closing(Reader(cache.path)) as reader:
        [one] = reader.unreturned(parse(""), NOON_MS)
    assert (one.caller, one.caller_name, one.tries) == ("+46701000001", "Bo Madsen", 3)
    assert (one.first_missed_ms, one.last_missed_ms) == (NOON_MS - 3, NOON_MS - 1)


def test_a_cache_that_knows_no_provider_yet_lists_nobody(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    Database(path).close()
    with closing(Reader(path)) as reader:
        wanted = parse("since:-6d")
        assert reader.unreturned(wanted, NOON_MS) == ()
        assert reader.settled(wanted, NOON_MS) == ()
        assert reader.withheld(wanted, NOON_MS).calls == 0
        assert reader.live(wanted, NOON_MS).panes == ()


def test_a_filter_that_no_provider_can_meet_finds_nobody(cache: Cache) -> None:
    cache.read(record("a", caller=SUBSCRIBERS[0][0]))
    with closing(Reader(cache.path)) as reader:
        for text in ("provider:nobody", "-provider:*"):
            wanted = parse(text)
            assert reader.unreturned(wanted, NOON_MS + 1) == ()
            assert reader.settled(wanted, NOON_MS + 1) == ()
            assert reader.withheld(wanted, NOON_MS + 1).calls == 0
            assert reader.live(wanted, NOON_MS + 1).merged == ()
