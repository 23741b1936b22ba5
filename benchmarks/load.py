"""Calls made up for measuring: many numbers, a few queues and employees, office hours, four providers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from calls.model import Call, Derived, Direction, Leg, Record, Source, Status

NOW_MS = 1_790_000_000_000
DAYS = 92
DAY_MS = 86_400_000
NUMBERS = 20_000
SOURCES = tuple(Source(name, "portsip", "UTC", "46") for name in ("north", "south", "east", "west"))
READING_RECORDS = 5_000
_HOURS = (1, 1, 1, 1, 1, 1, 2, 6, 20, 30, 32, 30, 22, 28, 30, 28, 22, 12, 6, 4, 3, 2, 1, 1)


def records(calls: int, seed: int = 5) -> Iterator[tuple[Source, Record]]:
    """The records of so many calls, oldest first; those of the last provider have three legs each."""
    chance = random.Random(seed)
    numbers = [f"+467{chance.randrange(10**8):08}" for _ in range(NUMBERS)]
    hours = chance.choices(range(24), _HOURS, k=calls)
    starts = sorted(
        NOW_MS - chance.randrange(DAYS) * DAY_MS - DAY_MS + hour * 3_600_000 + chance.randrange(3_600_000) for hour in hours
    )
    for number, started_ms in enumerate(starts):
        source = chance.choices(SOURCES, (5, 3, 1, 1))[0]
        payload = _payload(chance, numbers, number)
        if source is not SOURCES[-1]:
            yield source, Record(f"{number:012x}", f"{number:012x}", started_ms, payload)
            continue
        for leg in range(3):
            yield source, Record(f"{number:012x}-{leg}", f"{number:012x}", started_ms + leg * 1000, {**payload, "leg": leg})


def _payload(chance: random.Random, numbers: Sequence[str], number: int) -> dict[str, object]:
    outbound = chance.random() < 0.3
    answered = chance.random() < 0.75
    outside, desk = chance.choice(numbers), str(100 + chance.randrange(60))
    return {
        "session_id": f"{number:024x}",
        "direction": "out" if outbound else "in",
        "status": "answered" if answered else "missed",
        "caller": desk if outbound else outside,
        "callee": outside if outbound else desk,
        "queue": "" if outbound else f"queue {chance.randrange(12)}",
        "employee": f"Person {desk}" if answered else "",
        "talk_ms": chance.randrange(5_000, 600_000) if answered else 0,
        "ring_ms": chance.randrange(30_000),
        "wait_ms": chance.randrange(90_000),
        "reason": "normal clearing",
    }


@dataclass(slots=True)
class LoadDeriver:
    """One call per group, each of its records a leg when there are several."""

    source: Source
    link_ms: int = 0

    def facts(self, records: Sequence[Record]) -> frozenset[str]:
        return frozenset()

    def derive(self, records: Sequence[Record], facts: frozenset[str]) -> Derived:
        groups: dict[str, list[Record]] = {}
        for record in records:
            groups.setdefault(record.group, []).append(record)
        return Derived(tuple(self._call(some) for some in groups.values()))

    def _call(self, records: Sequence[Record]) -> Call:
        first = records[0]
        value = first.payload
        status = Status(value["status"])
        wait_ms, talk_ms = value["wait_ms"], value["talk_ms"]
        answered_ms = first.started_ms + wait_ms if status is Status.ANSWERED else None
        several = records if len(records) > 1 else ()
        legs = tuple(
            Leg(one.started_ms, None, None, None, value["caller"], value["callee"], value["employee"], status, talk_ms)
            for one in several
        )
        return Call(
            self.source.name, self.source.kind, first.group, first.started_ms, Direction(value["direction"]), status,
            answered_ms=answered_ms, ended_ms=first.started_ms + wait_ms + talk_ms, caller=value["caller"],
            callee=value["callee"], queue=value["queue"], employee=value["employee"], talk_ms=talk_ms,
            ring_ms=value["ring_ms"], wait_ms=wait_ms, legs=legs,
        )  # fmt: skip
