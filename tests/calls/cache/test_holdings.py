"""What is held of each provider: counts, days whole or with gaps, and rows nobody could read."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

from calls.cache.holdings import DayState, Holding, days_held, first_day, gap_days
from calls.cache.reader import Reader
from calls.cache.state import PollLog
from calls.model import Reject, Source, Window
from calls.times import local_day_window, zone_named
from tests.calls.cache.help import DAY_MS, HOUR_MS, NOON_MS, NORTH, a_cache, record

ZONE = zone_named("Europe/Stockholm")
SOURCE = Source("north", "soluno", "Europe/Stockholm", "46")


def day_start(day: int) -> int:
    return local_day_window(date(2026, 11, day), ZONE).start_ms


def holding(*covered: tuple[int, int], complete_to_ms: int | None, floor_ms: int | None = None) -> Holding:
    return Holding(SOURCE, 0, 0, tuple(Window(*pair) for pair in covered), complete_to_ms, floor_ms)


def test_a_day_is_whole_partly_missing_not_yet_or_beyond() -> None:
    end = day_start(22) + 10 * HOUR_MS
    held = holding((day_start(17) + HOUR_MS, day_start(19)), (day_start(20), day_start(21) - HOUR_MS), (day_start(21), end),
                   complete_to_ms=end)  # fmt: skip
    states = days_held(held, date(2026, 11, 16), date(2026, 11, 23))
    assert states == (
        DayState.BEYOND,
        DayState.PARTLY,
        DayState.WHOLE,
        DayState.GAP,
        DayState.PARTLY,
        DayState.WHOLE,
        DayState.NOT_YET,
        DayState.NOT_YET,
    )
    assert gap_days(states) == 3
    assert first_day(held, NOON_MS) == date(2026, 11, 17)


def test_what_a_provider_never_had_is_beyond_and_makes_no_day_partly_missing() -> None:
    end = day_start(20)
    floor = day_start(18) + 6 * HOUR_MS
    held = holding((floor, end), complete_to_ms=end, floor_ms=floor)
    states = days_held(held, date(2026, 11, 17), date(2026, 11, 19))
    assert states == (DayState.BEYOND, DayState.WHOLE, DayState.WHOLE)


def test_of_a_provider_that_never_answered_every_day_is_not_yet() -> None:
    assert set(days_held(holding(complete_to_ms=None), date(2026, 11, 20), date(2026, 11, 22))) == {DayState.NOT_YET}
    assert first_day(holding(complete_to_ms=None), NOON_MS) == date(2026, 11, 22)


def test_the_clock_changes_lose_no_day() -> None:
    zone_days = [local_day_window(date(2026, 10, day), ZONE) for day in (24, 25, 26)]
    end = zone_days[-1].end_ms
    held = holding((zone_days[0].start_ms, end), complete_to_ms=end)
    assert set(days_held(held, date(2026, 10, 24), date(2026, 10, 26))) == {DayState.WHOLE}


def test_counts_and_unreadable_rows_are_told(tmp_path: Path) -> None:
    with a_cache(tmp_path / "calltop.db", NORTH) as cache:
        rejects = (Reject('{"a": "\x1b[31m"}', "no start time"), Reject("{}", "no start time"), Reject("x" * 9000, "no id"))
        cache.read(record("a"), record("b"), rejects=rejects)
        PollLog(cache.database, cache.ids["north"]).note_history_floor(NOON_MS - 3 * DAY_MS)
        with closing(Reader(cache.path)) as reader:
            [north] = reader.holdings()
            assert (north.source, north.calls, north.records) == (NORTH, 2, 2)
            assert north.reasons == (("no start time", 2), ("no id", 1))
            assert north.floor_ms == NOON_MS - 3 * DAY_MS
            rows = reader.rejected("north")
            assert [row.reason for row in rows] == ["no id", "no start time", "no start time"]
            assert max(len(row.payload) for row in rows) <= 2000
            assert "\x1b" not in "".join(row.payload for row in rows)
            assert reader.rejected("nobody") == ()
