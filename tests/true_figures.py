"""Figures worked out from the truth of the simulated providers, line by line. Shares no code with what it judges."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

ZONES = {
    "soluno": ZoneInfo("Europe/Stockholm"),
    "dstny": ZoneInfo("Europe/Stockholm"),
    "telecomx": ZoneInfo("Europe/Copenhagen"),
    "portsip": ZoneInfo("Europe/Stockholm"),
    "while1": ZoneInfo("Europe/Bucharest"),
}
COUNTRIES = {"soluno": "46", "dstny": "46", "telecomx": "45", "portsip": "46", "while1": "40"}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOUR_MS = 3_600_000
QUARTER_MS = 900_000
WEEK_MS = 168 * HOUR_MS
Parts = tuple[int, int]


def milliseconds(text: str | None) -> int | None:
    """An instant of the truth."""
    return None if text is None else round(datetime.fromisoformat(text).timestamp() * 1000)


@dataclass(frozen=True)
class Line:
    """One line of the truth with what figures need of it. A line of Telecom X is one employee's share in a call, of which only
    the hour is told."""

    kind: str
    direction: str
    status: str
    started_ms: int
    ended_ms: int
    talk_ms: int
    wait_ms: int
    ring_ms: int | None
    number: str
    caller: str
    queue: str
    employee: str

    @property
    def answered(self) -> bool:
        return self.status == "answered"

    @cached_property
    def local(self) -> datetime:
        return datetime.fromtimestamp(self.started_ms / 1000, ZONES[self.kind])

    def group(self, grouping: str) -> str:
        """The label of its group."""
        moment = self.local
        year, week, weekday = moment.isocalendar()
        return {
            "provider": self.kind,
            "hour": moment.strftime("%Y-%m-%dT%H"),
            "day": moment.strftime("%Y-%m-%d"),
            "week": f"{year}-W{week:02}",
            "month": moment.strftime("%Y-%m"),
            "weekday": WEEKDAYS[weekday - 1],
            "queue": self.queue,
            "employee": self.employee,
            "number": self.number or "withheld",
        }[grouping]


def line_of(truth: Mapping[str, Any]) -> Line:
    """A line of the truth, read."""
    kind, answered = truth["kind"], truth["status"] == "answered"
    started_ms = milliseconds(truth["started_at"]) or 0
    if kind == "telecomx":
        hour = datetime.fromtimestamp(started_ms / 1000, ZONES[kind]).replace(minute=0, second=0, microsecond=0, fold=0)
        talk_ms = truth["talk_seconds"] * 1000
        # A share between extensions counts like any other, in or out.
        direction = "out" if truth["direction"] == "out" else "in"
        start_ms = round(hour.astimezone(UTC).timestamp() * 1000)
        return Line(kind, direction, truth["status"], start_ms, 0, talk_ms, 0, None, "", "", "", truth["employee"])
    ended_ms = milliseconds(truth["ended_at"]) or 0
    until_ms = (milliseconds(truth["answered_at"]) if answered else None) or ended_ms
    ringing_ms = milliseconds(truth["ringing_at"])
    talk_ms = truth["talk_seconds"] * 1000
    ring_ms: int | None = None if ringing_ms is None else until_ms - ringing_ms
    if kind in ("soluno", "dstny"):
        talk_ms = ended_ms - until_ms if answered else 0
        ring_ms = until_ms - (started_ms if ringing_ms is None else ringing_ms)
    elif kind == "while1":
        ring_ms = truth["ring_seconds"] * 1000
    caller, callee = (comparable(truth[side] or "", COUNTRIES[kind]) for side in ("caller", "callee"))
    other = callee if truth["direction"] == "out" else caller
    return Line(
        kind, truth["direction"], truth["status"], started_ms, ended_ms, talk_ms, until_ms - started_ms, ring_ms, other,
        caller, truth["queue"] or "", truth["employee"] or "",
    )  # fmt: skip


def comparable(number: str, country: str) -> str:
    """A number as the simulated world has it in full; "" for the words that hide one."""
    figures = re.sub(r"[^0-9]", "", number)
    if len(figures) <= 5:
        return figures
    if number.strip().startswith("+"):
        return f"+{figures}"
    if figures.startswith("00"):
        return f"+{figures[2:]}"
    return f"+{country}{figures[1:]}" if figures.startswith("0") else figures


class TrueFigures:
    """Numerator and denominator of every metric of some lines, given all lines that there are."""

    def __init__(self, every: Sequence[Line], service_ms: int, short_ms: int) -> None:
        self.every = every
        self.service_ms, self.short_ms = service_ms, short_ms
        self._edges_of: dict[frozenset[str], tuple[list[int], list[int]]] = {}
        heard: dict[str, list[Line]] = defaultdict(list)
        self.spoken: dict[str, list[int]] = defaultdict(list)
        for line in every:
            if line.direction == "in" and line.caller:
                heard[line.caller].append(line)
            if line.answered and line.direction in ("in", "out") and line.number:
                self.spoken[line.number].append(line.started_ms)
        for moments in self.spoken.values():
            moments.sort()
        # Of two at the same instant one came before the other.
        in_order = (sorted(some, key=lambda line: line.started_ms) for some in heard.values())
        self.again = {
            id(line) for some in in_order for before, line in pairwise(some) if line.started_ms - before.started_ms <= WEEK_MS
        }

    def parts(self, lines: Sequence[Line], telling: Mapping[str, frozenset[str]], *, together: bool) -> dict[str, Parts]:
        """By metric. `telling` are the kinds of provider that give a metric; `together`: every call under way at once counts,
        also one of another group."""
        by_kinds = {kinds: [line for line in lines if line.kind in kinds] for kinds in set(telling.values())}
        return {name: self._of(name, by_kinds[kinds], kinds if together else None) for name, kinds in telling.items()}

    def _of(self, name: str, lines: Sequence[Line], together: frozenset[str] | None) -> Parts:
        inbound = [line for line in lines if line.direction == "in"]
        outbound = [line for line in lines if line.direction == "out"]
        if name in ("asr", "ner"):
            good = ("answered",) if name == "asr" else ("answered", "busy", "missed")
            return sum(line.status in good for line in outbound), len(outbound)
        if name == "peak_concurrent":
            return (self._peak(lines, together),) * 2
        if name == "busy_hour":
            return (self._busiest(inbound),) * 2
        if name == "traffic":
            return seconds(line.talk_ms for line in lines), 0
        if name in ("unreturned", "repeat_caller"):
            return self._contacts(name, inbound)
        if name in _WAITS:
            return self._waits(name, inbound)
        return self._counts(name, inbound)

    @staticmethod
    def _counts(name: str, inbound: Sequence[Line]) -> Parts:
        answered, offered = sum(line.answered for line in inbound), len(inbound)
        rang = [line.ring_ms for line in inbound if line.ring_ms is not None]
        return {
            "offered": (offered, offered),
            "answered": (answered, offered),
            "missed": (offered - answered, offered),
            "answer_rate": (answered, offered),
            "busy_callee": (sum(line.status == "busy" for line in inbound), offered),
            "talk_seconds": (seconds(line.talk_ms for line in inbound), answered),
            "acd": (seconds(line.talk_ms for line in inbound), answered),
            "ring_time": (seconds(rang), len(rang)),
            "asa": (seconds(line.wait_ms for line in inbound if line.answered), answered),
        }[name]

    def _waits(self, name: str, inbound: Sequence[Line]) -> Parts:
        waited = sorted(line.wait_ms for line in inbound if line.answered)
        gone = [line.wait_ms for line in inbound if line.status == "missed"]
        in_time = sum(wait <= self.service_ms for wait in waited)
        gone_in_time = sum(wait <= self.service_ms for wait in gone)
        short = sum(wait < self.short_ms for wait in gone)
        offered = len(inbound)
        if name in ("wait_median", "wait_p90"):
            rank = -(-len(waited) * (50 if name == "wait_median" else 90) // 100)
            return (-(-waited[rank - 1] // 1000) if waited else 0), len(waited)
        return {
            "service_level": (in_time, offered - gone_in_time),
            "service_level_negative": (in_time, offered),
            "service_level_positive": (in_time + gone_in_time, offered),
            "service_level_handled": (in_time, len(waited)),
            "abandoned": (len(gone) - short, offered - short),
            "abandon_rate": (len(gone) - short, offered - short),
        }[name]

    def _contacts(self, name: str, inbound: Sequence[Line]) -> Parts:
        known = [line for line in inbound if line.caller]
        if name == "repeat_caller":
            return sum(self._came_before(line) for line in known), len(known)
        missed = [line for line in known if not line.answered]
        return sum(not self._settled(line) for line in missed), len(missed)

    def _settled(self, missed: Line) -> bool:
        spoken = self.spoken[missed.caller]
        return bisect_right(spoken, missed.started_ms) < len(spoken)

    def _came_before(self, line: Line) -> bool:
        return id(line) in self.again

    def _peak(self, starting: Sequence[Line], together: frozenset[str] | None) -> int:
        starts, ends = _edges(starting) if together is None else self._all_edges(together)
        moments = [line.started_ms for line in starting if line.ended_ms > line.started_ms]
        return max((bisect_right(starts, moment) - bisect_right(ends, moment) for moment in moments), default=0)

    def _all_edges(self, kinds: frozenset[str]) -> tuple[list[int], list[int]]:
        if kinds not in self._edges_of:
            self._edges_of[kinds] = _edges([line for line in self.every if line.kind in kinds])
        return self._edges_of[kinds]

    @staticmethod
    def _busiest(inbound: Sequence[Line]) -> int:
        starts = sorted(line.started_ms for line in inbound)
        quarters = {start // QUARTER_MS * QUARTER_MS - step * QUARTER_MS for start in starts for step in range(4)}
        return max((bisect_left(starts, first + HOUR_MS) - bisect_left(starts, first) for first in quarters), default=0)


_WAITS = frozenset({
    "wait_median", "wait_p90", "service_level", "service_level_negative", "service_level_positive", "service_level_handled",
    "abandoned", "abandon_rate",
})  # fmt: skip


def _edges(lines: Iterable[Line]) -> tuple[list[int], list[int]]:
    """When calls begin and when they end, each in order."""
    lasting = [line for line in lines if line.ended_ms > line.started_ms]
    return sorted(line.started_ms for line in lasting), sorted(line.ended_ms for line in lasting)


def seconds(milliseconds_of: Iterable[int]) -> int:
    """A sum in whole seconds, rounded half up."""
    return int(timedelta(milliseconds=sum(milliseconds_of) + 500) / timedelta(seconds=1))
