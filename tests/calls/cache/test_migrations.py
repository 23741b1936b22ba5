"""A cache of an older schema shows the same calls after it was brought to the newest, and keeps a copy of what it was."""

from __future__ import annotations

import resource
import sqlite3
import zlib
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from calls.cache.database import BadCache, Database
from calls.cache.migrations import first, second, third
from calls.cache.reader import Reader
from calls.cache.records import GROUP, LAST_SEEN, STARTED, body_of
from calls.cache.schema import APPLICATION_ID, migrate
from calls.filters import fold, parse
from calls.keys import key_of
from calls.model import Record
from calls.times import parse_rfc3339
from tests.calls.cache.help import NORTH, FakeDeriver, a_cache, record

STARTED_MS = parse_rfc3339("2026-10-25T00:30:00Z")
CALLS = [
    ("a", 0, "in", "missed", "070-174 06 05", "+46701740605", "Åsa", "711", "711", "Växel", "", 0, 1),
    ("b", 60_000, "in", "answered", "070-174 06 05", "+46701740605", "Åsa", "102", "102", "", "Bo", 5000, 2),
    ("c", 3_600_000, "in", "busy", "", "", "", "711", "711", "Växel", "", 0, 1),
]
RECORDS = [
    ("a", "a", {"caller": "+46701740605"}),
    ("b1", "b", {"callee": "102"}),
    ("b2", "b", {"callee": "103"}),
]


def an_older_cache(path: Path) -> None:
    """Three calls as the third schema kept them, one of them with legs, and figures of a purged hour."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(first.SCRIPT + second.SCRIPT + third.SCRIPT)
        connection.executescript(
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 3; PRAGMA journal_mode = WAL"
        )
        connection.execute("INSERT INTO source VALUES (1, 'north', 'fake', 'Europe/Stockholm', '46')")
        connection.execute("INSERT INTO poll_state (source_id) VALUES (1)")
        for (
            name,
            offset_ms,
            direction,
            status,
            caller,
            key,
            caller_name,
            callee,
            callee_key,
            queue,
            employee,
            talk,
            legs,
        ) in CALLS:
            started_ms = STARTED_MS + offset_ms
            values = {
                "key": key_of(started_ms, "north", name), "source_id": 1, "call_id": name, "started_ms": started_ms,
                "direction": direction, "status": status, "caller": caller, "caller_key": key, "caller_name": caller_name,
                "callee": callee, "callee_key": callee_key, "callee_name": "", "queue": queue, "employee": employee,
                "project": "", "route": "", "trunk": "", "linked": "", "external": "", "talk_ms": talk, "has_recording": 0,
                "ring_ms": 700, "wait_ms": 1500 if status == "answered" else None,
                "has_transcription": 0, "has_monitor": 0, "approximate": 0, "doubt": "", "leg_count": legs,
                "local_day": 739_914, "local_hour": 2, "search": fold("\n".join((caller, key, caller_name, callee))),
            }  # fmt: skip
            marks = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO call ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
        for position in range(2):
            leg = (
                key_of(STARTED_MS + 60_000, "north", "b"),
                position,
                STARTED_MS,
                None,
                None,
                None,
                "102",
                f"10{position}",
                "Bo",
            )
            connection.execute("INSERT INTO leg VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'answered', 0, 'person')", leg)
        connection.execute("INSERT INTO hour_figure VALUES (1, 0, 1, 1, 'in', 'missed', 'Växel', 4, 0, 0)")
        for number, (key, group, body) in enumerate(RECORDS, start=1):
            packed = zlib.compress(body_of(Record(key, group, 0, body)))
            row = (number, 1, key, group, "", STARTED_MS, packed, b"old", STARTED_MS, STARTED_MS + number, STARTED_MS + 9)
            connection.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 0)", row)
        older = zlib.compress(body_of(Record("b1", "b", 0, {"callee": "before"})))
        connection.execute("INSERT INTO record_revision VALUES (1, 2, ?, 5, 6)", (older,))


def test_the_records_of_an_older_cache_are_the_same_and_known_again(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    an_older_cache(path)
    with a_cache(path, NORTH) as cache:
        rows = cache.rows(
            f"SELECT key, {GROUP}, {STARTED}, first_seen_ms, coalesce(changed_ms, first_seen_ms), {LAST_SEEN} FROM record"
        )
        assert rows == [
            (key, group, STARTED_MS, STARTED_MS, STARTED_MS + number, STARTED_MS + 9)
            for number, (key, group, _) in enumerate(RECORDS, start=1)
        ]
        assert cache.payloads("record") == [body for _, _, body in RECORDS]
        assert cache.payloads("record_revision") == [{"callee": "before"}]
        assert cache.rows("SELECT key, seen_ms, replaced_ms FROM record_revision JOIN record ON record.id = record_id") == [
            ("b1", 5, 6)
        ]
        again = [Record(key, group, STARTED_MS, body) for key, group, body in RECORDS]
        stored = cache.read(*again, read_ms=STARTED_MS + 20)
        assert (stored.inserted, stored.updated, stored.unchanged) == (0, 0, 3)
        cache.writer.erase("070-174 06 05", {"north": FakeDeriver()}, STARTED_MS)
        assert [payload.get("caller", "")[:7] for payload in cache.payloads("record")] == ["erased-", "", ""]


def test_the_calls_of_an_older_cache_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    an_older_cache(path)
    Database(path).close()
    with closing(Reader(path)) as reader:
        calls = list(reader.calls(parse(""), STARTED_MS))
        assert [(call.id, call.caller, call.caller_name, call.queue, call.employee) for call in calls] == [
            ("c", "", "", "Växel", ""),
            ("b", "070-174 06 05", "Åsa", "", "Bo"),
            ("a", "070-174 06 05", "Åsa", "Växel", ""),
        ]
        assert [leg.callee for leg in calls[1].legs] == ["100", "101"]
        found = [call.id for call in reader.calls(parse("number:0701740605 åsa queue:VÄXEL"), STARTED_MS)]
        assert found == ["a"]
        queues = reader.groups(parse(""), STARTED_MS + 86_400_000, "queue")
        # The four of the purged hour count with the two that are kept.
        assert {label: tally.offered for label, tally in queues.items()} == {"": 1, "Växel": 6}
        assert [back.caller for back in reader.unreturned(parse(""), STARTED_MS)] == []
    with closing(sqlite3.connect(path)) as connection:
        hours = connection.execute("SELECT started_ms, sum(calls) FROM hour_tally GROUP BY 1 ORDER BY 1").fetchall()
        assert hours == [(STARTED_MS - 1_800_000, 2), (STARTED_MS + 1_800_000, 1)]
        sums = connection.execute("SELECT sum(ring_ms), sum(rung), sum(wait_ms), sum(waited) FROM queue_tally").fetchone()
        assert sums == (2100, 3, 1500, 1)
        waits = connection.execute("SELECT started_ms, status, wait_ticks, calls FROM wait_tally").fetchall()
        assert waits == [(STARTED_MS - 1_800_000 - 2 * 3_600_000, "answered", 3, 1)]
        assert connection.execute("SELECT * FROM contact").fetchall() == [("+46701740605", STARTED_MS, STARTED_MS + 60_000)]


def test_sums_of_all_outcomes_and_peaks_are_what_a_reading_would_have_made_them(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    added = ("hour_total", "hour_together", "day_total", "queue_total", "employee_total", "hour_peak")
    with a_cache(path, NORTH) as cache:
        rows = [
            record(
                f"r{number}", started_ms=STARTED_MS + number * 700_000, status=("answered", "missed", "busy")[number % 3],
                direction=("in", "out")[number % 2], queue=("", "711")[number % 2], employee=("", "Bo", "Åsa")[number % 3],
                ended_ms=STARTED_MS + number * 700_000 + (number % 5) * 1_000_000, talk_ms=number, wait_ms=number * 100,
            )
            for number in range(40)
        ]  # fmt: skip
        cache.read(*rows)
        expected = cache.dump(*added)
        cache.database.connection.executescript(
            "".join(f"DROP TABLE {table};" for table in added) + "DROP INDEX call_long; PRAGMA user_version = 8"
        )
    with a_cache(path, NORTH) as cache:
        assert cache.rows("SELECT count(*) FROM hour_peak WHERE peak > 1") != [(0,)]
        assert cache.dump(*added) == expected


def test_a_new_cache_has_the_tables_of_one_that_was_converted_step_by_step(tmp_path: Path) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.executescript(first.SCRIPT)
        connection.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1")
    told = []
    for path in (old, new):
        Database(path).close()
        with closing(sqlite3.connect(path)) as connection:
            schema = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall()
            versions = [connection.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "application_id")]
            texts = connection.execute("SELECT * FROM word").fetchall() + connection.execute("SELECT * FROM party").fetchall()
        told.append((schema, versions, texts))
    assert told[0] == told[1]


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_copy_of_the_older_cache_is_private_from_the_beginning_and_whole_or_not_there(
    tmp_path: Path, *, interrupted: bool
) -> None:
    path = tmp_path / "calltop.db"
    copy = path.with_name("calltop.db.schema-3.backup")
    an_older_cache(path)
    copy.with_name(f"{copy.name}-journal").write_bytes(b"of one that was never finished")
    modes: set[int] = set()

    def look() -> bool:
        if copy.exists():
            modes.add(copy.stat().st_mode & 0o777)
        return interrupted and bool(modes)

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.set_progress_handler(look, 1)
        with pytest.raises(sqlite3.OperationalError, match="interrupted") if interrupted else nullcontext():
            migrate(connection, path)
    assert modes == {0o600}
    kept = {file.name for file in tmp_path.iterdir() if "backup" in file.name}
    assert kept == (set() if interrupted else {copy.name})


def test_a_disk_that_cannot_hold_the_copy_leaves_the_older_cache_as_it_was_and_is_no_reason_to_move_it_away(
    tmp_path: Path,
) -> None:
    path = tmp_path / "calltop.db"
    an_older_cache(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size // 2, limits[1]))
    try:
        with pytest.raises(BadCache, match="look at its disk"):
            Database(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with pytest.raises(BadCache, match=r"its schema 3 is older; run: calltop collect --once$"):
        Reader(path)
    assert not list(tmp_path.glob("*.backup*"))
    Database(path).close()
    with closing(Reader(path)) as reader:
        assert len(list(reader.calls(parse(""), STARTED_MS))) == len(CALLS)


def test_a_copy_of_the_older_cache_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "calltop.db"
    an_older_cache(path)
    Database(path).close()
    copy = path.with_name("calltop.db.schema-3.backup")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM call").fetchone() == (3,)
