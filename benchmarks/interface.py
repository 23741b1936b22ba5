"""What the interface costs in a real terminal: its start beside the smallest app, a key, a minute of rest, a poll, memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.bare import READY
from benchmarks.budgets import FILTER_KEY, IDLE_BYTES, IDLE_CPU, MEMORY, PAGE_DOWN, POLL_BYTES, START, Budget
from benchmarks.load import NOW_MS, SOURCES, LoadDeriver
from benchmarks.measure import Spread
from benchmarks.terminal import Terminal, running
from calls.cache.database import Database
from calls.cache.reader import Reader
from calls.cache.writer import Reading, Writer
from calls.filters import Filter
from calls.model import Record, Source
from tui.lines.words import grouped

PAGE_DOWN_KEY = b"\x1b[6~"
NEW_CALLS = 20
# The cache is looked at once a second; by then the screen has settled.
PAUSE_SECONDS = 3.0
KEYS_A_ROUND = 2


def measure_interface(
    cache: Path, newest: Sequence[tuple[Source, Record]], rounds: int, seconds: float
) -> list[tuple[Budget, Spread]]:
    """Each row, measured over a filled cache; `newest` are records to make new ones of, `seconds` how long to look at rest."""
    pause = min(PAUSE_SECONDS, seconds)
    environment = {
        "CALLTOP_CACHE": str(cache),
        "CALLTOP_CONFIG": str(cache.with_name("none.toml")),
        # The made-up calls' present, so that today has calls.
        "CALLTOP_CLOCK_OFFSET_SECONDS": str(NOW_MS / 1000 - time.time()),
        "HOME": str(cache.parent),
    }
    reader = Reader(cache)
    ready = f"{grouped(reader.live(Filter(), NOW_MS).total)} calls"
    reader.close()
    found = [(START, _start(environment, ready, rounds))]
    with running(["-m", "tui"], environment) as terminal:
        terminal.milliseconds_until(ready, time.perf_counter())
        terminal.drain()
        # What only the start needed is given back within its first seconds.
        terminal.bytes_within(pause)
        found += _at_rest(terminal, seconds)
        terminal.drain()
        found.append((POLL_BYTES, _constant(_poll(cache, newest, terminal, pause) / 1000)))
        found.append((MEMORY, _constant(terminal.anonymous_megabytes())))
        found.append((FILTER_KEY, _filter_key(terminal, rounds * KEYS_A_ROUND)))
    with running(["-m", "tui"], environment) as terminal:
        terminal.milliseconds_until(" calls", time.perf_counter())
        terminal.drain()
        found.append((PAGE_DOWN, _page_down(terminal, pause, rounds * KEYS_A_ROUND)))
    return found


def _start(environment: Mapping[str, str], ready: str, rounds: int) -> Spread:
    """The start until the first frame with rows, as a multiple of the smallest app's; both in turn."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(rounds + 1):
        for times, arguments, text in ((bare, ["-m", "benchmarks.bare"], READY), (ours, ["-m", "tui"], ready)):
            started = time.perf_counter()
            with running(arguments, environment) as terminal:
                times.append(terminal.milliseconds_until(text, started))
    floor = statistics.median(bare[1:])
    return Spread.of([value / floor for value in ours[1:]])


def _at_rest(terminal: Terminal, seconds: float) -> list[tuple[Budget, Spread]]:
    before = terminal.cpu_seconds()
    written = terminal.bytes_within(seconds)
    share = (terminal.cpu_seconds() - before) / seconds * 100
    return [(IDLE_CPU, _constant(share)), (IDLE_BYTES, _constant(written * 60 / seconds / 1000))]


def _poll(cache: Path, newest: Sequence[tuple[Source, Record]], terminal: Terminal, pause: float) -> int:
    """Bytes written after twenty new calls were stored."""
    database = Database(cache)
    writer = Writer(database)
    ids = writer.register(SOURCES)
    by_source: dict[str, list[Record]] = {}
    for number, (source, record) in enumerate(newest[:NEW_CALLS]):
        fresh = record._replace(key=f"new-{number}", group=f"new-{number}", started_ms=NOW_MS - number * 1000)
        by_source.setdefault(source.name, []).append(fresh)
    known = {source.name: source for source in SOURCES}
    for name, records in by_source.items():
        reading = Reading(tuple(records), (), NOW_MS, complete_to_ms=NOW_MS)
        writer.store(LoadDeriver(known[name]), ids[name], reading)
    database.close()
    return terminal.bytes_within(pause)


def _filter_key(terminal: Terminal, keys: int) -> Spread:
    """From a key in the filter bar to the list that follows it."""
    terminal.milliseconds_after(b"/")
    times: list[float] = []
    for _ in range(keys):
        times.append(terminal.milliseconds_after(b"7"))
        terminal.milliseconds_after(b"\x7f")
    return Spread.of(times)


def _page_down(terminal: Terminal, pause: float, keys: int) -> Spread:
    """From page down in the list of calls to the last byte of the frame."""
    terminal.milliseconds_after(b"2")
    terminal.bytes_within(pause)
    return Spread.of([terminal.milliseconds_after(PAGE_DOWN_KEY) for _ in range(keys)])


def _constant(value: float) -> Spread:
    return Spread(value, value, value)
