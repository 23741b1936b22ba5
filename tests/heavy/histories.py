"""What the processes of the heavy tests do: numbered batches of calls, written, read and counted."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from queue import Queue

from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.writer import Reading, Writer
from calls.filters import parse
from calls.model import Record, Window
from tests.calls.cache.help import HOUR_MS, NOON_MS, NORTH, FakeDeriver

BATCH = 100
LATER_MS = NOON_MS + 40 * HOUR_MS
START_SECONDS = 60


def batch(number: int) -> Reading:
    """Two legs for each of fifty calls; every call of a batch has the batch's number as its queue."""
    start_ms = NOON_MS + number * 60_000
    rows = tuple(
        Record(
            f"{number}-{place}",
            f"{number}-{place // 2}",
            start_ms + place // 2,
            {
                "direction": "in",
                "status": "answered" if place % 4 < 2 else "missed",
                "caller": f"+4670{place // 2:07}",
                "queue": f"queue {number}",
                "talk_ms": 1000,
            },
        )
        for place in range(BATCH)
    )
    end_ms = start_ms + 60_000
    return Reading(rows, (), end_ms, covered=Window(start_ms, end_ms), complete_to_ms=end_ms)


def write(path: Path, batches: Sequence[int]) -> None:
    """Stores batches and says each on standard output once it is committed."""
    with closing(Database(path)) as database:
        writer = Writer(database)
        source_id = writer.register([NORTH])[NORTH.name]
        for number in batches:
            writer.store(FakeDeriver(NORTH, link_ms=0), source_id, batch(number))
            print(number, flush=True)


def keep_writing(path: Path, ready: Barrier, ended: Event, results: Queue[tuple[str, object]]) -> None:
    """Stores batch after batch from when all are ready until told to end; reports how many."""
    number = 0
    try:
        with closing(Database(path)) as database:
            writer = Writer(database)
            source_id = writer.register([NORTH])[NORTH.name]
            ready.wait(START_SECONDS)
            while not ended.is_set():
                writer.store(FakeDeriver(NORTH, link_ms=0), source_id, batch(number))
                number += 1
        results.put(("written", number))
    except (sqlite3.Error, OSError) as error:
        results.put(("trouble", repr(error)))


def keep_reading(path: Path, ready: Barrier, ended: Event, results: Queue[tuple[str, object]]) -> None:
    """Asks everything a screen asks until told to end; reports how often, or the first answer that was not of one moment."""
    asked, before = 0, 0
    ready.wait(START_SECONDS)
    try:
        while not ended.is_set():
            with closing(Reader(path)) as reader:
                for _ in range(20):
                    live = reader.live(parse(""), LATER_MS)
                    totals = sum(tally.offered for tally in reader.totals(parse(""), LATER_MS).values())
                    by_hour = sum(tally.offered for tally in reader.groups(parse(""), LATER_MS, "hour").values())
                    found = len(list(reader.calls(parse("status:missed number:*00001*"), LATER_MS, 50)))
                    calls = BATCH // 2
                    whole = live.total % calls == 0 and totals % calls == 0 and by_hour % calls == 0
                    if not whole or not before <= live.total <= totals <= by_hour or found > 50:
                        results.put(("trouble", (before, live.total, totals, by_hour, found)))
                        return
                    before, asked = live.total, asked + 1
        results.put(("asked", asked))
    except (sqlite3.Error, OSError) as error:
        results.put(("trouble", repr(error)))


if __name__ == "__main__":
    write(Path(sys.argv[1]), range(int(sys.argv[2]), int(sys.argv[3])))
