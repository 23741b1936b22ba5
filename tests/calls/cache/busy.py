"""A cache of some thousand random calls around the night of the 25-hour day, at two providers with calls and one of totals."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calls.cache.writer import Reading
from calls.model import Call, EmployeeBucket, Record, Window
from calls.times import parse_rfc3339
from tests.calls.cache.help import DAY_MS, DESK, HOUR_MS, NORTH, SOUTH, Cache, FakeDeriver, a_cache

NOW_MS = parse_rfc3339("2026-10-25T18:20:00Z")
SOURCES = {source.name: source for source in (NORTH, SOUTH, DESK)}
CALLERS = ["", "anonymous", "+46701740605", "070-174 06 05", "+40312285000", "0312285000", "102", "+4672222222"]
CALLEES = ["102", "103", "+46701740605", "0701740605", "+40312285000", ""]


@dataclass(frozen=True, slots=True, repr=False)
class Busy:
    """The cache, and what is in it."""

    path: Path
    calls: tuple[Call, ...]
    buckets: tuple[EmployeeBucket, ...]


def _payload(chance: random.Random) -> dict[str, Any]:
    answered = chance.random() < 0.6
    return {
        "direction": chance.choices(["in", "out", "internal"], [7, 3, 1])[0],
        "status": "answered" if answered else chance.choice(["missed", "busy", "failed", "congestion"]),
        "talk_ms": chance.randrange(1, 600_000) if answered else 0,
        "caller": chance.choice(CALLERS),
        "caller_name": chance.choice(["", "Bo Madsen"]),
        "callee": chance.choice(CALLEES),
        "queue": chance.choice(["", "711", "622"]),
        "employee": chance.choice(["", "Åsa", "Bo"]),
        "approximate": chance.random() < 0.1,
    }


def _start(chance: random.Random) -> int:
    """Mostly on the day of 25 hours, else in the weeks before."""
    days = 1 if chance.random() < 0.5 else 40
    return NOW_MS - chance.randrange(days * DAY_MS)


def _calls(name: str, count: int, chance: random.Random) -> list[Record]:
    return [Record(f"{name}{number}", f"{name}{number}", _start(chance), _payload(chance)) for number in range(count)]


def _totals(chance: random.Random) -> list[Record]:
    hours = range(NOW_MS - 3 * DAY_MS - NOW_MS % HOUR_MS, NOW_MS, HOUR_MS)
    records = []
    for start_ms in hours:
        for employee, name in (("1", "Åsa"), ("2", "Bo Madsen")):
            answered, missed = chance.randrange(4), chance.randrange(3)
            payload = {
                "employee_id": employee, "employee_name": name,
                "extension_id": f"x{employee}", "extension_number": f"10{employee}",
                "inbound_calls": answered + missed, "inbound_answered": answered, "inbound_seconds": answered * 60,
                "outbound_calls": 2, "outbound_answered": 1, "outbound_seconds": 30,
            }  # fmt: skip
            records.append(Record(f"{employee}@{start_ms}", f"{employee}@{start_ms}", start_ms, payload))
    return records


def fill(path: Path, calls: int = 3000, *, real_kinds: bool = False, one_zone: bool = False) -> Busy:
    """Makes the cache; with `real_kinds` its providers are of kinds that figures have grades for, in `one_zone` their hours
    are the same."""
    chance = random.Random(11)
    kinds = ("portsip", "while1", "telecomx") if real_kinds else tuple(source.kind for source in SOURCES.values())
    north, south, desk = (source._replace(kind=kind) for source, kind in zip(SOURCES.values(), kinds, strict=True))
    if one_zone:
        south = south._replace(timezone=north.timezone)
    found: list[Call] = []
    buckets: list[EmployeeBucket] = []
    with a_cache(path, north, south, desk) as cache:
        for source, records in (
            (north, _calls("n", calls * 2 // 3, chance)),
            (south, _calls("s", calls // 3, chance)),
            (desk, _totals(chance)),
        ):
            _store(cache, FakeDeriver(source, link_ms=0), records)
            derived = FakeDeriver(source, link_ms=0).derive(records, frozenset())
            found += derived.calls
            buckets += derived.buckets
    return Busy(path, tuple(found), tuple(buckets))


def _store(cache: Cache, deriver: FakeDeriver, records: list[Record]) -> None:
    complete_to_ms = NOW_MS - 15 * 60_000
    reading = Reading(
        tuple(records), (), NOW_MS, covered=Window(NOW_MS - 41 * DAY_MS, complete_to_ms), complete_to_ms=complete_to_ms
    )
    cache.writer.store(deriver, cache.ids[deriver.source.name], reading)
