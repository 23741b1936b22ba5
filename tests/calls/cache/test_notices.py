"""Notices: each state of affairs once, with when it was first and last seen."""

from __future__ import annotations

from pathlib import Path

from calls.cache.database import Database
from calls.cache.notices import MOST_NOTICES
from calls.cache.reader import Reader
from calls.cache.writer import Reading, Writer
from tests.calls.cache.help import HOUR_MS, NOON_MS, NORTH, FakeDeriver


def test_a_notice_is_kept_once_and_with_both_times(tmp_path: Path) -> None:
    database = Database(tmp_path / "calltop.db")
    writer = Writer(database)
    source_id = writer.register([NORTH])["north"]
    for hours, texts in ((0, ("new field: mood",)), (1, ("new field: mood", "the rows \ud800 do not add up"))):
        writer.store(FakeDeriver(), source_id, Reading((), (), NOON_MS + hours * HOUR_MS, notices=texts))
    reader = Reader(tmp_path / "calltop.db")
    newest, oldest = reader.notices()
    assert (oldest.provider, oldest.text) == ("north", "new field: mood")
    assert (oldest.first_seen_ms, oldest.last_seen_ms) == (NOON_MS, NOON_MS + HOUR_MS)
    assert newest.text == "the rows ? do not add up"
    reader.close()
    database.close()


def test_a_provider_that_never_stops_telling_is_heard_to_a_limit(tmp_path: Path) -> None:
    database = Database(tmp_path / "calltop.db")
    writer = Writer(database)
    source_id = writer.register([NORTH])["north"]
    texts = tuple(f"new field: {number}" for number in range(MOST_NOTICES + 50))
    writer.store(FakeDeriver(), source_id, Reading((), (), NOON_MS, notices=texts))
    reader = Reader(tmp_path / "calltop.db")
    assert len(reader.notices()) == MOST_NOTICES
    reader.close()
    database.close()
