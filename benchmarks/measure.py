"""Measuring: engines in turn, so that what slows the machine slows all of them."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.load import DAY_MS, NOW_MS, READING_RECORDS, SOURCES, LoadDeriver
from calls.cache.database import Database
from calls.cache.writer import Reading, Writer
from calls.model import Record, Source, Window


@dataclass(frozen=True, slots=True)
class Spread:
    """What several measurements of the same gave."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))


def milliseconds(work: Callable[[], object]) -> float:
    """How long one run takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def in_turn(works: Sequence[Callable[[], object]], rounds: int) -> list[Spread]:
    """Each work's times, one round after another; the first round only warms up."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(rounds + 1):
        for place, work in enumerate(works):
            taken = milliseconds(work)
            if number:
                times[place].append(taken)
    return [Spread.of(some) for some in times]


def fill(path: Path, rows: Iterable[tuple[Source, Record]]) -> float:
    """Stores the rows in readings as a collector does; returns records per second, without the time in which they are made."""
    database = Database(path)
    writer = Writer(database)
    ids = writer.register(SOURCES)
    derivers = {source.name: LoadDeriver(source) for source in SOURCES}
    left, stored, taken = iter(rows), 0, 0.0
    while some := list(islice(left, READING_RECORDS)):
        by_source: dict[str, list[Record]] = {}
        for source, record in some:
            by_source.setdefault(source.name, []).append(record)
        started = time.perf_counter()
        for name, records in by_source.items():
            covered = Window(NOW_MS - 93 * DAY_MS, NOW_MS)
            reading = Reading(tuple(records), (), NOW_MS, covered=covered, complete_to_ms=NOW_MS)
            writer.store(derivers[name], ids[name], reading)
        taken += time.perf_counter() - started
        stored += len(some)
    database.close()
    return stored / taken


def processes(cache: Path, rounds: int) -> list[Spread]:
    """Milliseconds of an empty Python, of `--version`, and of fifty calls from the cache."""

    def run(*arguments: str) -> Callable[[], object]:
        command = [sys.executable, *arguments]
        return lambda: subprocess.run(command, check=True, capture_output=True)  # noqa: S603

    version = run("-m", "tui", "--version")
    fifty = run("-m", "tui", "calls", "--limit", "50", "--cache", str(cache))
    return in_turn([run("-c", "pass"), version, fifty], rounds)
