"""The sums that are kept beside the calls equal a count of the calls, whatever happened to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.metrics import COUNTS
from calls.model import Record, Source
from calls.times import hour_start_ms, local_date, local_day_window, parse_rfc3339
from tests.calls.cache.help import HOUR_MS, NORTH, SOUTH, Cache, FakeDeriver, a_cache, record

# Half an hour beside the hours of the others.
NEPAL = Source("hills", "soluno", "Asia/Kathmandu", "977")
SOURCES = [NORTH, SOUTH, NEPAL]
START_MS = parse_rfc3339("2026-10-24T22:30:00Z")
NUMBERS = ["", "anonymous", "+46701740605", "070-174 06 05", "102"]

rows = st.builds(
    record,
    key=st.sampled_from([f"r{number}" for number in range(4)]),
    started_ms=st.integers(0, 12).map(lambda step: START_MS + step * HOUR_MS // 2),
    direction=st.sampled_from(["in", "out", "internal"]),
    status=st.sampled_from(["answered", "missed", "busy"]),
    caller=st.sampled_from(NUMBERS),
    callee=st.sampled_from(NUMBERS),
    queue=st.sampled_from(["", "711", "622"]),
    employee=st.sampled_from(["", "Åsa", "Bo"]),
    talk_ms=st.integers(0, 5000),
    ring_ms=st.one_of(st.none(), st.integers(0, 5000)),
    wait_ms=st.one_of(st.none(), st.sampled_from([0, 1, 999, 1000, 1001, 20_000])),
    approximate=st.booleans(),
)
readings = st.tuples(
    st.just("read"), st.sampled_from(SOURCES), st.lists(rows, min_size=2, max_size=4, unique_by=lambda row: row.key)
)
others = st.one_of(
    st.tuples(st.just("purge"), st.sampled_from(SOURCES), st.integers(0, 4)),
    st.tuples(st.just("erase"), st.just(NORTH), st.just("+46701740605")),
    st.tuples(st.just("move"), st.sampled_from([NORTH, NEPAL]), st.sampled_from(["Asia/Kathmandu", "Europe/Bucharest"])),
    st.tuples(st.just("rebuild"), st.sampled_from(SOURCES), st.just(0)),
)
# Each change to what several readings brought, and a reading after it.
histories = st.tuples(st.lists(readings, min_size=2, max_size=4), others, readings).map(lambda parts: [*parts[0], *parts[1:]])


def recounted(cache: Cache, word: str) -> Mapping[tuple[object, ...], Counter[str]]:
    """Calls by source, local hour (or, with a word, local day) and kind, counted one by one."""
    found: dict[tuple[object, ...], Counter[str]] = {}
    zones = {name: ZoneInfo(zone) for name, zone in cache.rows("SELECT name, timezone FROM source")}
    for provider, started_ms, direction, status, text, talk_ms, approximate, ring_ms, wait_ms in cache.rows(
        f"SELECT provider, started_ms, direction, status, {word or 'NULL'}, talk_ms, approximate, ring_ms, wait_ms FROM calls"
    ):
        zone = zones[provider]
        start_ms = hour_start_ms(started_ms, zone)
        if word:
            start_ms = local_day_window(local_date(started_ms, zone), zone).start_ms
        key = (provider, start_ms, direction, status, text)
        found.setdefault(key, Counter()).update(
            calls=1, talk_ms=talk_ms, approximate=approximate, ring_ms=ring_ms or 0, rung=ring_ms is not None,
            wait_ms=wait_ms or 0, waited=wait_ms is not None,
        )  # fmt: skip
    return found


def recounted_waits(cache: Cache) -> Mapping[tuple[object, ...], int]:
    """Calls by source, local day, kind and whole seconds of waiting, those with a fraction apart."""
    found: Counter[tuple[object, ...]] = Counter()
    zones = {name: ZoneInfo(zone) for name, zone in cache.rows("SELECT name, timezone FROM source")}
    for provider, started_ms, direction, status, wait_ms in cache.rows(
        "SELECT provider, started_ms, direction, status, wait_ms FROM calls WHERE wait_ms IS NOT NULL"
    ):
        day = local_day_window(local_date(started_ms, zones[provider]), zones[provider])
        found[provider, day.start_ms, direction, status, wait_ms // 1000 * 2 + bool(wait_ms % 1000)] += 1
    return found


def kept(cache: Cache, table: str, word: str) -> Mapping[tuple[object, ...], Counter[str]]:
    text = f"(SELECT text FROM word WHERE id = t.{word}_word)" if word else "NULL"
    rows = cache.rows(
        f"SELECT s.name, t.started_ms, t.direction, t.status, {text}, t.calls, t.talk_ms, t.approximate,"
        f" t.ring_ms, t.rung, t.wait_ms, t.waited FROM {table} AS t"
        " JOIN source AS s ON s.id = t.source_id"
    )
    names = ("calls", "talk_ms", "approximate", "ring_ms", "rung", "wait_ms", "waited")
    return {row[:5]: Counter(dict(zip(names, row[5:], strict=True))) for row in rows}


def kept_waits(cache: Cache) -> Mapping[tuple[object, ...], int]:
    rows = cache.rows(
        "SELECT s.name, t.started_ms, t.direction, t.status, t.wait_ticks, t.calls FROM wait_tally AS t"
        " JOIN source AS s ON s.id = t.source_id"
    )
    return {row[:5]: row[5] for row in rows}


def of_all_outcomes(
    counted: Mapping[tuple[object, ...], Counter[str]], *, worded: bool
) -> Mapping[tuple[object, ...], Counter[str]]:
    """The same counts without their outcome, by source, start, kind and perhaps word, under the names that a tally has."""
    found: dict[tuple[object, ...], Counter[str]] = {}
    for (provider, start_ms, direction, status, text), sums in counted.items():
        total = found.setdefault((provider, start_ms, direction, text if worded else None), Counter())
        answered = status == "answered"
        total.update(
            offered=sums["calls"], answered=sums["calls"] * answered, talk_ms=sums["talk_ms"], doubtful=sums["approximate"],
            ring_ms=sums["ring_ms"], rung=sums["rung"], wait_ms=sums["wait_ms"] * answered, waited=sums["waited"] * answered,
            **{name: sums["calls"] * (status == name) for name in ("busy", "failed", "congestion")},
        )  # fmt: skip
    return found


def totals(cache: Cache, table: str, word: str = "") -> Mapping[tuple[object, ...], Counter[str]]:
    text = f"(SELECT text FROM word WHERE id = t.{word}_word)" if word else "NULL"
    rows = cache.rows(
        f"SELECT s.name, t.started_ms, t.direction, {text}, {', '.join(COUNTS)} FROM {table} AS t"
        " JOIN source AS s ON s.id = t.source_id"
    )
    return {row[:4]: Counter(dict(zip(COUNTS, row[4:], strict=True))) for row in rows}


def together(hours: Mapping[tuple[object, ...], Counter[str]]) -> Mapping[tuple[object, ...], tuple[set[object], Counter[str]]]:
    """Totals by hour, of all providers: by start, direction and local hour, who takes part and the sums."""
    found: dict[tuple[object, ...], tuple[set[object], Counter[str]]] = {}
    for (provider, *hour), sums in hours.items():
        providers, total = found.setdefault(tuple(hour), (set(), Counter()))
        providers.add(provider)
        total.update(sums)
    return found


def kept_together(cache: Cache) -> Mapping[tuple[object, ...], tuple[set[object], Counter[str]]]:
    names: dict[str, object] = {str(source_id): name for name, source_id in cache.ids.items()}
    rows = cache.rows(
        f"SELECT started_ms, direction, local_day, local_hour, source_ids, {', '.join(COUNTS)} FROM hour_together"
    )
    return {
        row[:4]: ({names[one] for one in row[4].split(",")}, Counter(dict(zip(COUNTS, row[5:], strict=True)))) for row in rows
    }


def hours_of_providers(cache: Cache) -> Mapping[tuple[object, ...], Counter[str]]:
    rows = cache.rows(
        f"SELECT s.name, t.started_ms, t.direction, t.local_day, t.local_hour, {', '.join(COUNTS)} FROM hour_total AS t"
        " JOIN source AS s ON s.id = t.source_id"
    )
    return {row[:5]: Counter(dict(zip(COUNTS, row[5:], strict=True))) for row in rows}


def contacts(cache: Cache) -> Mapping[str, tuple[int, int | None]]:
    """When each number was last missed and last spoken to, call by call."""
    missed: dict[str, int] = {}
    spoken: dict[str, int] = {}
    for started_ms, direction, status, caller, callee in cache.rows(
        "SELECT started_ms, direction, status, caller_comparable, callee_comparable FROM calls"
    ):
        if direction == "in" and status != "answered" and caller:
            missed[caller] = max(missed.get(caller, started_ms), started_ms)
        if status == "answered" and direction in ("in", "out"):
            party = caller if direction == "in" else callee
            spoken[party] = max(spoken.get(party, started_ms), started_ms)
    return {number: (at_ms, spoken.get(number)) for number, at_ms in missed.items()}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_sums_equal_a_count_of_the_calls(history: list[tuple[str, Source, object]]) -> None:
    sources = {source.name: source for source in SOURCES}
    with TemporaryDirectory() as folder, a_cache(Path(folder) / "calltop.db", *sources.values()) as cache:
        cache.database.connection.execute("PRAGMA synchronous = OFF")
        for place, (what, source, value) in enumerate(history):
            deriver = FakeDeriver(sources[source.name], link_ms=0)
            source_id = cache.ids[source.name]
            if what == "read":
                assert isinstance(value, list)
                cache.read(*value, read_ms=START_MS + place, deriver=deriver)
            elif what == "purge":
                assert isinstance(value, int)
                cache.writer.purge(source_id, START_MS + value * HOUR_MS // 2)
            elif what == "erase":
                derivers = {name: FakeDeriver(one, link_ms=0) for name, one in sources.items()}
                cache.writer.erase(str(value), derivers, START_MS)
            elif what == "move":
                sources[source.name] = Source(source.name, source.kind, str(value), source.country_code)
                cache.writer.rebuild(FakeDeriver(sources[source.name], link_ms=0), source_id)
            else:
                cache.writer.rebuild(deriver, source_id)
            hours, queues, employees = (recounted(cache, word) for word in ("", "queue", "employee"))
            assert kept(cache, "hour_tally", "") == hours
            assert kept(cache, "queue_tally", "queue") == queues
            assert kept_waits(cache) == recounted_waits(cache)
            assert kept(cache, "employee_tally", "employee") == employees
            assert totals(cache, "hour_total") == of_all_outcomes(hours, worded=False)
            assert kept_together(cache) == together(hours_of_providers(cache))
            assert totals(cache, "day_total") == of_all_outcomes(queues, worded=False)
            assert totals(cache, "queue_total", "queue") == of_all_outcomes(queues, worded=True)
            assert totals(cache, "employee_total", "employee") == of_all_outcomes(employees, worded=True)
            assert {row[0]: row[1:] for row in cache.rows("SELECT * FROM contact")} == contacts(cache)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "calltop.db")


def a_row(**changes: object) -> Record:
    return record("a", caller="+46701740605", queue="711", **changes)  # type: ignore[arg-type]


def test_the_same_reading_again_counts_nothing(cache: Cache) -> None:
    cache.read(a_row())
    before = cache.database.connection.total_changes
    cache.read(a_row())
    assert cache.database.connection.total_changes == before
    cache.database.close()


def test_texts_that_no_call_has_are_forgotten_with_the_party(cache: Cache) -> None:
    cache.read(a_row(caller_name="Bo Madsen"))
    cache.writer.erase("070-1740605", {NORTH.name: FakeDeriver()}, START_MS)
    assert "+46701740605" not in [number for (number,) in cache.rows("SELECT number FROM party")]
    assert [name for (name,) in cache.rows("SELECT name FROM party") if name] == []
    cache.database.close()


def test_calls_at_the_edge_of_their_hour_and_in_absurd_years_are_counted_in_theirs_when_all_are_counted_again(
    cache: Cache,
) -> None:
    edge_ms = START_MS + HOUR_MS // 2 - 1
    # So many in one millisecond that their keys reach into the next hour; others lie where no key can.
    starts = [edge_ms] * 200 + [parse_rfc3339(f"{year}-06-01T12:00:00Z") for year in ("0001", "1601", "2300", "9999")]
    cache.read(*(record(f"r{number}", started_ms=start_ms) for number, start_ms in enumerate(starts)))
    sums = ("hour_tally", "queue_tally", "employee_tally", "hour_total", "hour_together", "day_total", "hour_peak")
    before = cache.dump(*sums)
    cache.writer.rebuild(FakeDeriver(), cache.ids[NORTH.name])
    assert cache.dump(*sums) == before
    assert cache.rows("SELECT sum(calls) FROM hour_tally") == [(len(starts),)]
    cache.writer.purge(cache.ids[NORTH.name], START_MS)
    assert cache.rows("SELECT sum(calls) FROM hour_tally") == [(len(starts) - 2,)]
    cache.database.close()
