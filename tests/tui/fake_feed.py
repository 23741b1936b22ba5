"""A feed in memory: five providers in five states, a working day of calls; the same at every run."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from calls.cache import coverage
from calls.cache.reader import Reader
from calls.cache.snapshots import CallBack, EmployeeRow, LiveSnapshot, PaneSnapshot, PollState
from calls.filters import Filter, FilterContext
from calls.metrics import Tally
from calls.model import Call, Direction, Source, Status, Window
from calls.times import day_hours, local_date, local_day_window
from tui.feed import AskProgress, FeedInterrupted, FillProgress, NothingCached, PlanSummary, T

ZONE = ZoneInfo("Europe/Stockholm")
# A Monday, 10:42:20 in Stockholm.
NOW_MS = int(datetime(2026, 11, 23, 9, 42, 20, tzinfo=UTC).timestamp() * 1000)
MINUTE_MS = 60_000
DAY_MS = 86_400_000
NEWEST = 60

SOURCES = (
    Source("soluno", "soluno", "Europe/Stockholm", "46"),
    Source("dstny", "dstny", "Europe/Stockholm", "46"),
    Source("telecomx", "telecomx", "Europe/Copenhagen", "45"),
    Source("portsip", "portsip", "Europe/Stockholm", "46"),
    Source("while1", "while1", "Europe/Bucharest", "40"),
)
UNAUTHORIZED = "401, check the token"
HOSTILE = ("[/]", "[b", "[@click=app.exit]x", "\x1b]52;c;eA==\x07", "\u202egnirts\u200b", "名前の長い会社", "x" * 300)

_NAMES = ("Bo Madsen", "Åsa Lindqvist", "", "", "", "", "Kommunen", "", "Ion Popescu", "", "", "Håkan Öberg")
_QUEUES = (("711", "Support"), ("712", "Sales"), ("620", "Switchboard"))
_PEOPLE = (("102", "Eva"), ("103", "Nils"), ("105", "Maja"), ("108", "Omar"), ("111", "Birgit"))
_PER_HOUR = (0, 0, 0, 0, 0, 0, 1, 9, 30, 44, 38, 24, 18, 30, 34, 28, 15, 5, 1, 0, 0, 0, 0, 0)


class FixedClock:
    """A clock that moves when told to."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def forward(self, minutes: float) -> None:
        self._now_ms += round(minutes * MINUTE_MS)


class MovingClock(FixedClock):
    """A clock that starts at the fixed moment and moves on by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._started = time.monotonic()

    def now_ms(self) -> int:
        return super().now_ms() + round((time.monotonic() - self._started) * 1000)


class FakePoller:
    """Writes down what it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.begun = self.stopped = False
        self.renewed = 0
        self.trouble = ""
        self.waits = self.resting = False
        self.wanted: list[Filter] = []
        self.progress: tuple[AskProgress, ...] = ()
        self.past: tuple[FillProgress, ...] = ()
        self.steered: list[str] = []

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        self.resting = True
        yield
        self.resting = False

    def begin(self) -> None:
        self.begun = True

    def poll_now(self) -> str:
        self.asked += 1
        return "polling portsip, while1; soluno not before 10:45"

    def pause(self, paused: bool) -> None:
        raise NotImplementedError

    def renew(self) -> None:
        self.renewed += 1

    def plan(self, wanted: Filter) -> tuple[PlanSummary, ...]:
        fields = tuple(clause.text.partition(":")[0] for clause in wanted.clauses)
        return (
            PlanSummary("soluno", local=fields, requests=2),
            PlanSummary("portsip", sent=fields, requests=1),
            PlanSummary("telecomx", impossible="Telecom X knows employees, not numbers"),
        )

    def ask(self, wanted: Filter) -> str:
        self.wanted.append(wanted)
        self.progress = (AskProgress("soluno"), AskProgress("portsip", 1, 12))
        return "asking soluno, portsip"

    def asking(self) -> tuple[AskProgress, ...]:
        return self.progress

    def stop_asking(self) -> None:
        self.progress = tuple(each._replace(finished=True) for each in self.progress)

    def fillings(self) -> tuple[FillProgress, ...]:
        return self.past

    def load_past(self, provider: str, days: int) -> str:
        self.steered.append(f"load {provider} {days}")
        return f"loading {days} days of {provider}"

    def hold_past(self, provider: str, held: bool) -> None:
        self.steered.append(f"{'hold' if held else 'go on'} {provider}")

    def cancel_past(self, provider: str) -> None:
        self.steered.append(f"cancel {provider}")

    def stop(self, timeout_seconds: float) -> None:
        self.stopped = True


def make_call(source: Source, started_ms: int, chance: random.Random, number: int) -> Call:
    """A call such as the provider's kind could have."""
    direction = chance.choices((Direction.IN, Direction.OUT, Direction.INTERNAL), (7, 2, 1))[0]
    status = chance.choices(tuple(Status), (80, 12, 5, 2, 1))[0]
    outside = f"+{source.country_code}{chance.randrange(700_000_000, 799_999_999)}"
    queue, queue_name = chance.choice(_QUEUES)
    extension, employee = chance.choice(_PEOPLE)
    answered = status is Status.ANSWERED
    wait_ms = chance.randrange(3, 90) * 1000
    talk_ms = chance.randrange(12, 620) * 1000 if answered else 0
    name = chance.choice(_NAMES)
    inbound, outbound = direction is Direction.IN, direction is Direction.OUT
    return Call(
        provider=source.name,
        kind=source.kind,
        id=f"{source.name}-{number}",
        started_ms=started_ms,
        direction=direction,
        status=status,
        answered_ms=started_ms + wait_ms if answered else None,
        ended_ms=started_ms + wait_ms + talk_ms,
        caller=outside if inbound else extension,
        caller_name=name if inbound else employee,
        callee=queue if inbound else outside if outbound else "103",
        callee_name=queue_name if inbound else "",
        queue=queue_name if inbound else "",
        employee=employee if answered else "",
        talk_ms=talk_ms,
        wait_ms=wait_ms,
    )


def make_calls(source: Source, now_ms: int, seed: int, days: int = 2) -> list[Call]:
    """The calls of the last days, newest first."""
    chance = random.Random(seed)
    zone = ZoneInfo(source.timezone)
    today = local_date(now_ms, zone)
    calls: list[Call] = []
    for back in range(days):
        for hour, window in enumerate(day_hours(today - timedelta(days=back), zone)):
            for _ in range(_PER_HOUR[hour % 24] * (seed % 3 + 2) // 4):
                started_ms = chance.randrange(window.start_ms, window.end_ms) // 1000 * 1000
                if started_ms < now_ms:
                    calls.append(make_call(source, started_ms, chance, len(calls)))
    return sorted(calls, key=lambda call: -call.started_ms)


class FakeFeed:
    """Snapshots of calls in memory. `hold` makes the next read block until it is released or interrupted."""

    def __init__(self, clock: FixedClock, mood: str = "mixed", hostile: bool = False) -> None:
        self._clock = clock
        self._version = 1
        self._lock = threading.Lock()
        self.mood = mood
        self.error: Exception | None = None
        self.held = threading.Event()
        self.released = threading.Event()
        self.released.set()
        self.deaf = False
        self.interrupted = threading.Event()
        self.closed = False
        self.reads = 0
        self.calls = {
            source.name: make_calls(source, clock.now_ms() - 2 * MINUTE_MS, seed)
            for seed, source in enumerate(SOURCES, start=5)
            if source.kind != "telecomx"
        }
        for source in SOURCES:
            known_to_ms = poll_state(source, clock.now_ms(), mood).last_good_poll_ms or 0
            self.calls[source.name] = [call for call in self.calls.get(source.name, []) if call.started_ms < known_to_ms]
        if hostile:
            for name, calls in self.calls.items():
                self.calls[name] = [_made_hostile(call, index) for index, call in enumerate(calls)]
        self.hostile = hostile

    def publish(self, *calls: Call) -> None:
        """New calls arrive in the cache."""
        with self._lock:
            for call in calls:
                self.calls.setdefault(call.provider, []).insert(0, call)
            self._version += 1

    def touch(self) -> None:
        """The cache changed."""
        with self._lock:
            self._version += 1

    def version(self) -> int:
        return self._version

    def live(self, filter: Filter, now_ms: int) -> LiveSnapshot:  # noqa: A002
        self.reads += 1
        if not self.released.is_set():
            self.held.set()
            while not self.released.wait(0.01):
                if self.interrupted.is_set() and not self.deaf:
                    self.interrupted.clear()
                    raise FeedInterrupted
        if self.error is not None:
            raise self.error
        with self._lock:
            return self._snapshot(filter, now_ms)

    def read_ahead(self, seconds: float) -> LiveSnapshot | None:
        return None

    def values(self, field: str, typed: str) -> tuple[tuple[str, int], ...]:
        if field not in ("queue", "employee", "status", "direction", "provider"):
            return ()
        found = Counter(str(getattr(call, field)) for calls in self.calls.values() for call in calls)
        return tuple((value, count) for value, count in found.most_common() if typed.lower() in value.lower() and value)

    def read(self, question: Callable[[Reader], T]) -> T:
        raise NothingCached

    def read_as_of(self, moment_ms: int, question: Callable[[Reader], T]) -> T:
        raise NothingCached

    @property
    def unknown_then(self) -> tuple[str, ...]:
        return ()

    def another(self) -> FakeFeed:
        return self

    def interrupt(self) -> None:
        self.interrupted.set()

    def close(self) -> None:
        self.closed = True

    def _snapshot(self, wanted: Filter, now_ms: int) -> LiveSnapshot:
        known = {source.name: source for source in SOURCES}
        holds = wanted.predicate(FilterContext(now_ms, known))
        narrowed = {name: [call for call in calls if holds(call)] for name, calls in self.calls.items()}
        panes = tuple(self._pane(source, wanted, narrowed.get(source.name, []), now_ms) for source in SOURCES)
        merged = sorted((call for calls in narrowed.values() for call in calls), key=lambda call: -call.started_ms)
        backs = call_backs(merged)
        return LiveSnapshot(
            taken_ms=now_ms,
            version=self._version,
            panes=panes,
            today=Tally.total(pane.today for pane in panes if pane.source.kind != "telecomx"),
            merged=tuple(merged[:NEWEST]),
            call_backs=backs[:40],
            call_back_count=len(backs),
            matching=len(merged),
            total=sum(len(calls) for calls in self.calls.values()),
            cached_days=92,
        )

    def _pane(self, source: Source, wanted: Filter, calls: list[Call], now_ms: int) -> PaneSnapshot:
        zone = ZoneInfo(source.timezone)
        day = local_date(now_ms, zone)
        window = local_day_window(day, zone)
        state = poll_state(source, now_ms, self.mood)
        today = [call for call in calls if call.started_ms in window and call.direction is Direction.IN]
        hours = day_hours(day, zone)
        answered = [call for call in today if call.status is Status.ANSWERED]
        kinds = frozenset({source.kind})
        talk_ms = sum(call.talk_ms for call in answered)
        tally = Tally(len(today), len(answered), talk_ms, kinds=kinds, complete_to_ms=state.complete_to_ms)
        by_hour = tuple(
            (sum(call.started_ms in hour for call in today), sum(call.started_ms in hour for call in answered))
            for hour in hours
        )
        pane = PaneSnapshot(
            source=source,
            state=state,
            today=tally,
            by_hour=by_hour,
            current_hour=next(index for index, hour in enumerate(hours) if now_ms in hour),
            newest=tuple(calls[:NEWEST]),
            employees=(),
            matching=len(calls),
            total=len(self.calls.get(source.name, [])),
            covered=(Window(window.start_ms - 92 * DAY_MS, state.complete_to_ms),) if state.complete_to_ms else (),
        )
        context = FilterContext(now_ms, {source.name: source})
        missing = coverage.missing(wanted, context, source.name, pane.covered, state.complete_to_ms)
        pane = pane._replace(missing=missing)
        if source.kind == "telecomx":
            pane = self._employees(pane, wanted, kinds)
        return pane

    def _employees(self, pane: PaneSnapshot, wanted: Filter, kinds: frozenset[str]) -> PaneSnapshot:
        if wanted != Filter():
            return pane._replace(impossible="Telecom X sends totals, not calls: it cannot be filtered like this.")
        names = [HOSTILE[index % len(HOSTILE)] if self.hostile else name for index, (_, name) in enumerate(_PEOPLE)]
        rows = tuple(
            EmployeeRow(name, extension, 31 - 5 * index, 28 - 5 * index, 12 + index, 5400 - 911 * index)
            for index, ((extension, _), name) in enumerate(zip(_PEOPLE, names, strict=True))
        )
        hours = tuple((count // 3, count // 4) if hour <= pane.current_hour else (0, 0) for hour, count in enumerate(_PER_HOUR))
        offered, answered = sum(row.inbound_calls for row in rows), sum(row.inbound_answered for row in rows)
        today = Tally(offered, answered, kinds=kinds, complete_to_ms=pane.state.complete_to_ms)
        return pane._replace(employees=rows, today=today, by_hour=hours)


def _made_hostile(call: Call, index: int) -> Call:
    text = HOSTILE[index % len(HOSTILE)]
    return call._replace(caller=text, caller_name=text, callee=text, callee_name=text, queue=text, employee=text, doubt=text)


def call_backs(merged: list[Call]) -> tuple[CallBack, ...]:
    """Who rang in, reached nobody, and has not been seen since; the oldest first."""
    missed: dict[str, list[Call]] = {}
    for call in reversed(merged):
        if call.direction is Direction.IN and call.status is Status.MISSED and NOW_MS - call.started_ms < DAY_MS // 8:
            missed.setdefault(call.caller, []).append(call)
    rows = [
        CallBack(
            caller,
            calls[0].caller_name,
            calls[0].started_ms,
            calls[-1].started_ms,
            len(calls) + index % 3,
            tuple(sorted({call.provider for call in calls})),
        )
        for index, (caller, calls) in enumerate(missed.items())
    ]
    return tuple(sorted(rows, key=lambda row: row.first_missed_ms))


def poll_state(source: Source, now_ms: int, mood: str) -> PollState:
    """Where polling stands: all well, one provider in each state, or nobody answering."""
    fresh_ms = NOW_MS - 2 * MINUTE_MS - 12_000
    good = PollState(fresh_ms, fresh_ms, NOW_MS + 3 * MINUTE_MS - 40_000, fresh_ms - 15 * MINUTE_MS, poller="host:1")
    if mood == "offline":
        since_ms = NOW_MS - 95 * MINUTE_MS
        down = good._replace(last_good_poll_ms=since_ms, complete_to_ms=since_ms, failing_since_ms=since_ms, poller="")
        return down._replace(error="no route to host", next_due_ms=NOW_MS + 9 * MINUTE_MS)
    if mood == "calm":
        return good
    if source.name == "dstny":
        return good._replace(last_good_poll_ms=NOW_MS - 12 * MINUTE_MS)
    if source.name == "portsip":
        since_ms = NOW_MS - 160 * MINUTE_MS
        down = good._replace(last_good_poll_ms=since_ms, complete_to_ms=since_ms, failing_since_ms=since_ms)
        return down._replace(next_due_ms=None, error=UNAUTHORIZED)
    if source.name == "while1":
        return PollState(next_due_ms=NOW_MS + MINUTE_MS, poller="host:1")
    return good
