"""Four processes that page while a fifth commits."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from itertools import cycle
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from queue import Queue

from benchmarks.engines import Calltop
from benchmarks.load import NOW_MS, SOURCES, LoadDeriver, records
from benchmarks.measure import milliseconds
from calls.cache.database import Database
from calls.cache.writer import Reading, Writer
from calls.model import Record

READERS = 4
# A person who holds a key down in each of four windows, and a collector that fills the cache.
PAGES_PER_SECOND = 30
RECORDS_PER_SECOND = 5_000
RECORDS_TOGETHER = 500
START_SECONDS = 60


def _read(path: Path, number: str, ready: Barrier, ended: Event, results: Queue[list[float]]) -> None:
    questions = Calltop(path).questions(number)
    pages = [question for name, question in questions.items() if "page" in name]
    for page in pages:
        page()
    ready.wait(START_SECONDS)
    times: list[float] = []
    due = time.perf_counter()
    for page in cycle(pages):
        times.append(milliseconds(page))
        due = max(due + 1 / PAGES_PER_SECOND, time.perf_counter())
        if ended.wait(due - time.perf_counter()):
            break
    results.put(times)


def _write(path: Path, ready: Barrier, ended: Event, results: Queue[int]) -> None:
    database = Database(path)
    writer = Writer(database)
    ids = writer.register(SOURCES)
    deriver, some, stored = LoadDeriver(SOURCES[0]), list(records(RECORDS_TOGETHER, seed=9)), 0
    ready.wait(START_SECONDS)
    due = time.perf_counter()
    while not ended.wait(due - time.perf_counter()):
        rows = tuple(
            Record(f"{stored}-{row.key}", f"{stored}-{row.group}", NOW_MS + stored + place, row.payload)
            for place, (_, row) in enumerate(some)
        )
        writer.store(deriver, ids[SOURCES[0].name], Reading(rows, (), NOW_MS))
        stored += len(rows)
        due = max(due + RECORDS_TOGETHER / RECORDS_PER_SECOND, time.perf_counter())
    database.close()
    results.put(stored)


def beside_a_writer(path: Path, number: str, seconds: float) -> tuple[float, float, float]:
    """Milliseconds of a page in the middle and at the 99th percentile, and records per second committed meanwhile.

    Raises RuntimeError when a process ended with an error.
    """
    context = multiprocessing.get_context("spawn")
    ended, times, stored = context.Event(), context.Queue(), context.Queue()
    ready = context.Barrier(READERS + 2)
    readers = [context.Process(target=_read, args=(path, number, ready, ended, times)) for _ in range(READERS)]
    some = [*readers, context.Process(target=_write, args=(path, ready, ended, stored))]
    for process in some:
        process.start()
    # A process needs longer to start than a short measurement lasts.
    ready.wait(START_SECONDS)
    time.sleep(seconds)
    ended.set()
    taken = [value for _ in readers for value in times.get(timeout=60)]
    committed = stored.get(timeout=60)
    for process in some:
        process.join()
        if process.exitcode:
            raise RuntimeError(f"a process beside the writer ended with {process.exitcode}")
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98], committed / seconds
