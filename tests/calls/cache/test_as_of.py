"""The cache as it was: a copy that went back equals the cache that had not yet gone on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.cache.reader import Reader
from calls.cache.writer import Reading
from calls.filters import parse
from calls.metrics import METRICS
from calls.model import Record, Window
from calls.times import parse_rfc3339
from tests.calls.cache.help import DESK, HOUR_MS, MINUTE_MS, NORTH, Cache, FakeDeriver, a_cache, record

PBX = NORTH._replace(kind="portsip")
SOURCES = (PBX, DESK)
START_MS = parse_rfc3339("2026-11-23T08:00:00Z")

calls = st.builds(
    record,
    key=st.sampled_from(["r0", "r1", "r2", "r3"]),
    group=st.sampled_from(["", "g0", "g1"]),
    started_ms=st.integers(0, 6).map(lambda step: START_MS + step * 4_000),
    link=st.sampled_from(["", "L", "M"]),
    status=st.sampled_from(["answered", "missed"]),
    caller=st.sampled_from(["", "+46701740605", "102"]),
    talk_ms=st.integers(0, 5000),
    teaches=st.sampled_from(["", "", "L", "M"]),
)
# A row of totals always speaks of the same employee and hour.
totals = st.builds(
    lambda employee, hour, count: record(
        f"{employee}@{hour}", started_ms=START_MS + hour * HOUR_MS, employee_id=employee, inbound_calls=count
    ),
    st.sampled_from(["1", "2"]),
    st.integers(0, 2),
    st.integers(0, 9),
)
# Which source, what it sent, whether the reading reached its end, and whether rows may be replaced.
steps = st.tuples(
    st.just(0), st.lists(calls, max_size=4, unique_by=lambda row: row.key), st.booleans(), st.booleans()
) | st.tuples(
    st.just(1), st.lists(totals, min_size=1, max_size=2, unique_by=lambda row: row.key), st.booleans(), st.just(False)
)
histories = st.lists(steps, min_size=2, max_size=5)


def derivers() -> Mapping[str, FakeDeriver]:
    return {source.name: FakeDeriver(source) for source in SOURCES}


def reading_of(rows: Sequence[Record], read_ms: int, whole: bool, supersedes: bool) -> Reading:
    if not whole:
        return Reading(tuple(rows), (), read_ms)
    asked = Window(START_MS - HOUR_MS, read_ms)
    return Reading(tuple(rows), (), read_ms, covered=asked, complete_to_ms=read_ms - 1, asked=asked, supersedes=supersedes)


def known(reader: Reader, now_ms: int) -> dict[str, Any]:
    """Everything a person could see of it."""
    listed = list(reader.calls(parse(""), now_ms))
    sources = reader.sources()
    return {
        "calls": {(call.provider, call.id): call for call in listed},
        "complete": {name: (one.covered, one.complete_to_ms) for name, one in sources.items()},
        "figures": reader.figures(parse(""), now_ms, list(METRICS.values()), "provider"),
        "hours": reader.groups(parse(""), now_ms, "hour"),
        "call backs": reader.unreturned(parse(""), now_ms),
        "readings": reader.polls(),
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_a_copy_that_went_back_equals_the_cache_of_then(history: list[tuple[int, list[Record], bool, bool]]) -> None:
    with TemporaryDirectory() as folder, a_cache(Path(folder) / "calltop.db", *SOURCES) as cache:
        cache.database.connection.execute("PRAGMA synchronous = OFF")
        then: list[tuple[int, dict[str, Any]]] = []
        for place, (source, rows, whole, supersedes) in enumerate(history):
            read_ms = START_MS + 10 * HOUR_MS + place * MINUTE_MS
            deriver = FakeDeriver(SOURCES[source])
            cache.writer.store(deriver, cache.ids[deriver.source.name], reading_of(rows, read_ms, whole, supersedes))
            with closing(Reader(cache.path)) as reader:
                then.append((read_ms, known(reader, read_ms)))
        for number, (read_ms, expected) in enumerate(then):
            into = Path(folder) / str(number)
            into.mkdir()
            with closing(Reader(cache.path)) as reader:
                past, unknown = reader.as_of(read_ms + MINUTE_MS // 2, derivers(), into)
            with closing(past):
                assert known(past, read_ms) == expected
                assert unknown == ()


def filled(cache: Cache) -> None:
    """A call that was missed, then answered; marked as dealt with in between; and one that came later."""
    first, second = record("a", started_ms=START_MS, caller="+46701740605"), record("b", started_ms=START_MS + HOUR_MS)
    answered = record("a", started_ms=START_MS, caller="+46701740605", status="answered", talk_ms=1000)
    for step, rows in enumerate(((first,), (first, second), (answered, second))):
        reading = reading_of(rows, START_MS + (step + 2) * HOUR_MS, True, False)
        cache.writer.store(FakeDeriver(PBX), cache.ids[PBX.name], reading)
        if step == 0:
            cache.writer.mark("+46701740605", START_MS + HOUR_MS, START_MS + 2 * HOUR_MS + MINUTE_MS, "Bo")


@pytest.mark.parametrize(
    ("hours", "statuses", "marked"),
    [(1.5, {}, False), (2, {"a": "missed"}, False), (2.5, {"a": "missed"}, True), (3, {"a": "missed", "b": "missed"}, True),
     (4, {"a": "answered", "b": "missed"}, True)],
)  # fmt: skip
def test_each_instant_has_its_own_truth(tmp_path: Path, hours: float, statuses: dict[str, str], marked: bool) -> None:
    with a_cache(tmp_path / "calltop.db", *SOURCES) as cache:
        filled(cache)
        before = cache.dump()
        moment_ms = START_MS + int(hours * HOUR_MS)
        (tmp_path / "then").mkdir()
        with closing(Reader(cache.path)) as reader:
            past, _ = reader.as_of(moment_ms, derivers(), tmp_path / "then")
        with closing(past):
            assert {call.id: call.status.value for call in past.calls(parse(""), moment_ms)} == statuses
            covered = past.sources()[PBX.name].covered
            assert covered == ((Window(START_MS - HOUR_MS, START_MS + int(hours) * HOUR_MS),) if hours >= 2 else ())
            settled = [one.mark.who for one in past.settled(parse(""), moment_ms) if one.mark is not None]
            assert settled == (["Bo"] if marked and statuses["a"] == "missed" else [])
        assert cache.dump() == before, "the cache itself is not touched"
        assert (past.path.stat().st_mode & 0o777) == 0o600


def test_a_provider_without_a_deriver_is_left_out_and_named(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db", *SOURCES) as cache:
        filled(cache)
        (tmp_path / "then").mkdir()
        with closing(Reader(cache.path)) as reader:
            past, unknown = reader.as_of(START_MS + 5 * HOUR_MS, {DESK.name: FakeDeriver(DESK)}, tmp_path / "then")
        with closing(past):
            assert unknown == (PBX.name,)
            assert list(past.calls(parse(""), START_MS + 5 * HOUR_MS)) == []
            assert past.sources()[PBX.name].covered == ()


def test_the_steps_of_going_back_are_the_readings(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db", *SOURCES) as cache:
        filled(cache)
        with closing(Reader(cache.path)) as reader:
            steps = reader.polls()
            assert [(one.read_ms, one.provider, one.inserted, one.updated) for one in steps] == [
                (START_MS + 4 * HOUR_MS, PBX.name, 0, 1),
                (START_MS + 3 * HOUR_MS, PBX.name, 1, 0),
                (START_MS + 2 * HOUR_MS, PBX.name, 1, 0),
            ]
            assert reader.polls(1, steps[0].read_ms) == steps[1:2]


def test_readings_from_before_what_is_kept_become_one(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db", *SOURCES) as cache:
        filled(cache)
        cache.writer.purge(cache.ids[PBX.name], START_MS + 3 * HOUR_MS + 1)
        with closing(Reader(cache.path)) as reader:
            assert [one.read_ms - START_MS for one in reader.polls()] == [4 * HOUR_MS, 3 * HOUR_MS]
            assert reader.polls()[1].covered == Window(START_MS - HOUR_MS, START_MS + 3 * HOUR_MS)


def test_an_erased_party_does_not_come_back_from_the_past(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db", *SOURCES) as cache:
        filled(cache)
        cache.writer.erase("070-1740605", derivers(), START_MS + 5 * HOUR_MS)
        (tmp_path / "then").mkdir()
        with closing(Reader(cache.path)) as reader:
            past, _ = reader.as_of(START_MS + 2 * HOUR_MS, derivers(), tmp_path / "then")
        with closing(past):
            (call,) = past.calls(parse(""), START_MS + 2 * HOUR_MS)
            assert call.caller.startswith("erased-")
