"""Retention: old calls become hourly figures, every figure they can give stays the same, and they do not come back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.sums import FIGURE_GROUPINGS, figures_hold
from calls.cache.writer import Reading, Writer
from calls.filters import parse
from calls.metrics import Tally
from calls.model import Record, Source, Window
from tests.calls.cache.help import DAY_MS, DESK, HOUR_MS, NOON_MS, NORTH, FakeDeriver, record
from tests.calls.cache.test_erasure import Site as SimulatedSite

EDGE_MS = NOON_MS - NOON_MS % DAY_MS - 2 * DAY_MS - HOUR_MS  # a midnight in Stockholm
# Its days and hours begin on no hour of UTC.
HILLS = Source("hills", "fake", "Asia/Kathmandu", "977")
SPAN = Window(EDGE_MS - 3 * DAY_MS, NOON_MS)
FILTERS = [
    "",
    "direction:out",
    "status:missed",
    "queue:Sales",
    "on:2026-11-18",
    "since:2026-11-18T02:00",
    "weekday:tue,wed hour:8..12",
    "local:no",
    "-queue:Sales",
]


near_midnight = st.integers(0, 20).map(lambda step: EDGE_MS - 2 * DAY_MS - 6 * HOUR_MS + step * HOUR_MS // 2)


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    found: list[Record] = []
    for number in range(draw(st.integers(1, 25))):
        answered = draw(st.booleans())
        found.append(
            record(
                f"r{number}",
                # Many about the hours between which a day begins somewhere.
                started_ms=draw(st.one_of(st.integers(SPAN.start_ms, SPAN.end_ms - 1), near_midnight)),
                direction=draw(st.sampled_from(["in", "out", "internal"])),
                status="answered" if answered else draw(st.sampled_from(["missed", "busy"])),
                talk_ms=draw(st.integers(1, 900)) * 1000 if answered else 0,
                queue=draw(st.sampled_from(["", "Sales", "Växel"])),
                caller=draw(st.sampled_from(["+46701740605", "", "102"])),
            )
        )
    return found


class Cache:
    """A cache in a file, and its figures."""

    def __init__(self, path: Path, source: Source = NORTH) -> None:
        self.path = path
        self.database = Database(path)
        self.writer = Writer(self.database)
        self.deriver = FakeDeriver(source, link_ms=0)
        self.source_id = self.writer.register([source])[source.name]

    def store(self, rows: list[Record], read_ms: int = NOON_MS) -> None:
        reading = Reading(tuple(rows), (), read_ms, asked=SPAN, covered=SPAN, complete_to_ms=SPAN.end_ms)
        self.writer.store(self.deriver, self.source_id, reading)

    def figures(self) -> dict[tuple[str, str | None], dict[str, tuple[int, int, int]]]:
        with closing(Reader(self.path)) as reader:
            found = {}
            for text in FILTERS:
                for grouping in FIGURE_GROUPINGS:
                    wanted = parse(text)
                    tallies = reader.totals(wanted, NOON_MS) if grouping is None else reader.groups(wanted, NOON_MS, grouping)
                    found[text, grouping] = {label: _told(tally) for label, tally in tallies.items()}
            return found

    def close(self) -> None:
        self.database.close()


def _told(tally: Tally) -> tuple[int, int, int]:
    return tally.offered, tally.answered, tally.talk_ms


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("retention")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records(), st.sampled_from([NORTH, HILLS]), st.integers(0, 10**9))
def test_figures_are_the_same_before_and_after_and_a_second_reading_brings_nothing_back(
    folder: Path, rows: list[Record], source: Source, name: int
) -> None:
    path = folder / f"{name}-{len(list(folder.iterdir()))}.db"
    cache = Cache(path, source)
    cache.store(rows)
    before = cache.figures()
    old = [row for row in rows if row.started_ms < EDGE_MS]
    assert cache.writer.purge(cache.source_id, EDGE_MS) == len(old)
    assert cache.figures() == before
    cache.store(rows, NOON_MS + 1000)
    cache.writer.rebuild(cache.deriver, cache.source_id)
    assert cache.figures() == before
    with closing(sqlite3.connect(path)) as connection:
        for table in ("call", "record"):
            assert connection.execute(f"SELECT count(*) FROM {table} WHERE started_ms < ?", (EDGE_MS,)).fetchone() == (0,)
        assert "+46701740605" not in str(connection.execute("SELECT * FROM hour_figure").fetchall())
    cache.close()


@pytest.fixture
def purged(folder: Path) -> Iterator[Reader]:
    cache = Cache(folder / "one.db")
    cache.store([record("old", started_ms=EDGE_MS - DAY_MS, employee="Bo"), record("new", started_ms=NOON_MS - DAY_MS)])
    cache.writer.purge(cache.source_id, EDGE_MS)
    with closing(Reader(cache.path)) as reader:
        yield reader
    cache.close()


def test_what_hourly_figures_cannot_tell_is_a_gap(purged: Reader) -> None:
    tally = purged.totals(parse("employee:Bo"), NOON_MS)["north"]
    assert (tally.offered, tally.gaps) == (0, (Window(SPAN.start_ms, EDGE_MS),))
    assert purged.totals(parse(""), NOON_MS)["north"].gaps == ()
    assert not figures_hold(parse("number:070*"))
    assert not figures_hold(parse(""), "employee")


def test_lists_say_that_older_calls_are_not_kept(purged: Reader) -> None:
    known = purged.sources()["north"]
    assert known.purged_before_ms == EDGE_MS
    assert known.calls_covered == (Window(EDGE_MS, SPAN.end_ms),)
    assert [call.id for call in purged.calls(parse(""), NOON_MS)] == ["new"]


def test_totals_of_employees_become_hours_without_names(folder: Path) -> None:
    database = Database(folder / "desk.db")
    writer = Writer(database)
    source_id = writer.register([DESK])["desk"]
    counts: dict[str, Any] = {
        "inbound_calls": 5,
        "inbound_answered": 4,
        "inbound_seconds": 90,
        "outbound_calls": 2,
        "outbound_answered": 2,
    }
    row = record("b", started_ms=EDGE_MS - DAY_MS, employee_id="e1", employee_name="Bo", outbound_seconds=30, **counts)
    deriver = FakeDeriver(DESK, link_ms=0)
    writer.store(deriver, source_id, Reading((row,), (), NOON_MS, covered=SPAN, complete_to_ms=SPAN.end_ms))

    def figures() -> list[tuple[int, int, int]]:
        with closing(Reader(folder / "desk.db")) as reader:
            return [
                _told(tally) for text in ("", "direction:out") for tally in reader.groups(parse(text), NOON_MS, "day").values()
            ]

    before = figures()
    assert before == [(5, 4, 90_000), (2, 2, 30_000)]
    writer.purge(source_id, EDGE_MS)
    assert figures() == before
    with closing(sqlite3.connect(folder / "desk.db")) as connection:
        assert "Bo" not in "\n".join(connection.iterdump())
    database.close()


@pytest.mark.acceptance(12)
def test_days_of_a_simulated_provider_stay_purged_after_they_are_read_again(tmp_path: Path) -> None:
    site = SimulatedSite(tmp_path, "while1")
    site.poll()
    before = {name: group for name, group in site.figures().items() if name in FIGURE_GROUPINGS}
    edge_ms = site.now_ms - site.now_ms % DAY_MS - DAY_MS
    assert site.writer.purge(site.source_id, edge_ms) > 5
    for _ in range(2):
        assert {name: group for name, group in site.figures().items() if name in FIGURE_GROUPINGS} == before
        site.poll()
    with closing(Reader(site.path)) as reader:
        assert all(call.started_ms >= edge_ms for call in reader.calls(parse(""), site.now_ms))
    site.close()
