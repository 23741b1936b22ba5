"""A cache of some thousand plain calls, one a minute, and more that arrive while it is looked at."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from calls.model import Record, Source
from screenshots.data import NOW_MS
from tests.calls.cache.help import MINUTE_MS, FakeDeriver, a_cache

LONG = Source("north", "soluno", "Europe/Stockholm", "46")
CALLS = 3_000


def a_record(number: int, started_ms: int, **payload: Any) -> Record:
    """A call that can be told from every other."""
    values: dict[str, Any] = {
        "caller": f"+4670{number:07}",
        "callee": "711",
        "queue": "Support",
        "employee": f"Person {number % 7}",
        "status": "answered" if number % 3 else "missed",
        "talk_ms": (number * 7919 % 600) * 1000 if number % 3 else 0,
        "wait_ms": number % 60 * 1000,
    }
    return Record(f"r{number}", f"r{number}", started_ms, values | payload)


def store(path: Path, *records: Record) -> None:
    """Records arrive in the cache at `path`."""
    with a_cache(path, LONG) as made:
        made.read(*records, read_ms=NOW_MS, deriver=FakeDeriver(LONG, link_ms=0))


@cache
def _long() -> Path:
    path = Path(mkdtemp(prefix="calltop-long-")) / "calltop.db"
    store(path, *(a_record(number, NOW_MS - (CALLS - number) * MINUTE_MS) for number in range(CALLS)))
    return path


def long_cache(folder: Path) -> Path:
    """A cache of its own for a test: calls number 0 to `CALLS` - 1, the last a minute ago."""
    copy = folder / "calltop.db"
    shutil.copyfile(_long(), copy)
    return copy
