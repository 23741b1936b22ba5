"""One seeded list of calls, made day by day when somebody asks for it, and the order in which providers show them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from threading import Lock

from providers.simulator.world.calls import PROVIDERS, Attempt, Party, PlacedCall
from providers.simulator.world.generate import calls_of_day
from providers.simulator.world.times import ZONES, local_day, midnight_ms
from providers.simulator.world.twins import with_twins

__all__ = ["PROVIDERS", "Attempt", "Party", "PlacedCall", "World"]

FIRST_ROW_ID = 29056
_HISTORY_DAYS = {"soluno": 92, "dstny": 92}
_Days = dict[str, tuple[PlacedCall, ...]]


class World:
    """All calls from `first_day` (a Stockholm day) on. The same seed and size give the same calls, whenever asked.

    `calls_per_day` is how many there are on an ordinary working day over the five providers; with `same_calls` PortSIP tells
    the calls that Telecom X counts. Raises ValueError below 1.
    """

    def __init__(self, seed: int, first_day: date, calls_per_day: int, *, same_calls: bool = False) -> None:
        if calls_per_day < 1:
            raise ValueError(f"{calls_per_day} calls a day make no world: use 1 or more")
        self.seed = seed
        self.first_day = first_day
        self.calls_per_day = calls_per_day
        self.same_calls = same_calls
        self._days: dict[date, _Days] = {}
        self._next_day = first_day
        self._missed: list[PlacedCall] | None = None
        self._pending: list[PlacedCall] = []
        self._feed: list[PlacedCall] = []
        self._shown_ms: list[int] = []
        self._row_ids: dict[str, int] = {}
        self._next_row_id = FIRST_ROW_ID
        self._lock = Lock()

    def day(self, day: date) -> _Days:
        """The calls of a Stockholm day by provider, in the order of their start; none before the first day."""
        self._make_until(day)
        return self._days.get(day, dict.fromkeys(PROVIDERS, ()))

    def visible(self, now_ms: int, after_ms: int | None = None) -> Sequence[PlacedCall]:
        """The calls providers show at `now_ms`, in the order they became visible; those later than `after_ms` only."""
        self._make_until(local_day(now_ms))
        first = 0 if after_ms is None else bisect_right(self._shown_ms, after_ms)
        return self._feed[first : bisect_right(self._shown_ms, now_ms)]

    def next_visible_ms(self, now_ms: int) -> int:
        """When the next call becomes visible after `now_ms`."""
        day = local_day(now_ms)
        while True:
            self._make_until(day)
            index = bisect_right(self._shown_ms, now_ms)
            if index < len(self._shown_ms):
                return self._shown_ms[index]
            day += timedelta(days=1)

    def started_between(self, provider: str, start_ms: int, end_ms: int, now_ms: int) -> Iterator[PlacedCall]:
        """The provider's calls that start in [start, end) and are visible at `now_ms`, in the order of their start."""
        start_ms = max(start_ms, midnight_ms(self.first_day))
        end_ms = min(end_ms, now_ms)
        if end_ms <= start_ms:
            return
        day = local_day(start_ms)
        while midnight_ms(day) < end_ms:
            calls = self.day(day)[provider]
            first = bisect_left(calls, start_ms * 1000, key=lambda call: call.started_us)
            for call in calls[first:]:
                if call.started_us >= end_ms * 1000:
                    return
                if call.visible_ms <= now_ms:
                    yield call
            day += timedelta(days=1)

    def first_row_id(self, call: PlacedCall) -> int:
        """The number of a While1 call's first row: rows are numbered in the order they become visible.

        Raises KeyError for a call that was not visible at any moment asked about so far.
        """
        return self._row_ids[call.identity]

    def history_floor_ms(self, provider: str, now_ms: int) -> int:
        """Before which start a provider no longer serves calls; 0 where its history has no end."""
        days = _HISTORY_DAYS.get(provider)
        if days is None:
            return 0
        return midnight_ms(local_day(now_ms, ZONES[provider]) - timedelta(days=days), ZONES[provider])

    def _make_until(self, last_day: date) -> None:
        with self._lock:
            while self._next_day <= last_day:
                made, self._missed = calls_of_day(self.seed, self._next_day, self.calls_per_day, self._missed)
                made = with_twins(made) if self.same_calls else made
                self._days[self._next_day] = made
                for calls in made.values():
                    self._pending.extend(calls)
                self._next_day += timedelta(days=1)
                self._settle(midnight_ms(self._next_day))

    def _settle(self, before_ms: int) -> None:
        """Moves calls whose place in the feed is certain: a later day's calls are not visible before that day."""
        self._pending.sort(key=lambda call: (call.visible_ms, call.provider, call.started_us, call.serial))
        count = bisect_left(self._pending, before_ms, key=lambda call: call.visible_ms)
        for call in self._pending[:count]:
            if call.provider == "while1":
                self._row_ids[call.identity] = self._next_row_id
                self._next_row_id += len(call.attempts)
        # The keys come last: whoever looks from another thread finds every call that a key promises.
        self._feed.extend(self._pending[:count])
        self._shown_ms.extend(call.visible_ms for call in self._pending[:count])
        del self._pending[:count]
