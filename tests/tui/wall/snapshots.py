"""Snapshots of the wall for tests: a working morning in several states."""

from __future__ import annotations

from dataclasses import replace

from calls.alerts import AlertStatus, Phase
from calls.cache.snapshots import PollState
from calls.cache.wall_snapshot import SavedPage, Slice, WallCallBack, WallProvider, WallSnapshot
from calls.metrics import ANSWER_RATE, ANSWERED, MISSED, OFFERED, Figure, Grade, Tally, Unit
from calls.metrics.silence import LineState, Silence
from calls.model import Source
from calls.times import day_hours, local_date
from tests.tui.fake_feed import MINUTE_MS, NOW_MS, ZONE
from tui.lines.symbols import symbols
from tui.lines.view import View
from tui.lines.wall.view import Targets, WallView

SOURCES = (
    Source("soluno", "soluno", "Europe/Stockholm", "46"),
    Source("telecomx", "telecomx", "Europe/Copenhagen", "45"),
    Source("while1", "while1", "Europe/Bucharest", "40"),
)
SLICE_MS = 5 * MINUTE_MS


def wall_view(now_ms: int = NOW_MS, *, ascii_only: bool = False, targets: Targets | None = None, **more: object) -> WallView:
    view = WallView(View(now_ms, ZONE, symbols(ascii_only)), targets or Targets())
    return replace(view, **more)  # type: ignore[arg-type]


def provider(source: Source, polled_minutes_ago: float = 2, **state: object) -> WallProvider:
    polled_ms = NOW_MS - round(polled_minutes_ago * MINUTE_MS)
    poll = PollState(last_good_poll_ms=polled_ms, complete_to_ms=polled_ms)._replace(**state)  # type: ignore[arg-type]
    tally = Tally(40, 30, kinds=frozenset({source.kind}), complete_to_ms=polled_ms)
    return WallProvider(source, poll, tally, Silence(source.name, LineState.HEARD))


def silent(one: WallProvider, minutes: int) -> WallProvider:
    since_ms = NOW_MS - minutes * MINUTE_MS
    return replace(one, silence=Silence(one.source.name, LineState.SILENT, since_ms, NOW_MS, 9, 0.0001, 9, "no call for long"))


def figures(answered: int = 270, offered: int = 334, wait_seconds: int | None = 14) -> dict[str, Figure]:
    tally = Tally(offered, answered, kinds=frozenset({"soluno"}), complete_to_ms=NOW_MS)
    found = {metric.name: metric.figure(tally) for metric in (OFFERED, ANSWERED, MISSED, ANSWER_RATE)}
    for name, factor in (("wait_median", 1), ("wait_p90", 3)):
        value = None if wait_seconds is None else wait_seconds * factor
        found[name] = Figure(value, answered, answered, Unit.WAIT_SECONDS, Grade.EXACT, "", NOW_MS)
    return found


def waiting(count: int = 9, oldest_minutes: int = 40) -> tuple[WallCallBack, ...]:
    return tuple(
        WallCallBack(
            f"+467012{number:02}••••",
            "golden heron",
            NOW_MS - (oldest_minutes - number) * MINUTE_MS,
            NOW_MS - (oldest_minutes - number) * MINUTE_MS,
            1 + number % 3,
            ("soluno",),
        )
        for number in range(count)
    )


def snapshot(**changes: object) -> WallSnapshot:
    end_ms = (NOW_MS // SLICE_MS + 1) * SLICE_MS
    last_hour = tuple(
        Slice(end_ms - (12 - number) * SLICE_MS, end_ms - (11 - number) * SLICE_MS, 4 + number, 3 + number, number >= 9)
        for number in range(12)
    )
    hours = tuple(
        Slice(hour.start_ms, hour.end_ms, 20 if hour.start_ms <= NOW_MS else 0, 15 if hour.start_ms <= NOW_MS else 0)
        for hour in day_hours(local_date(NOW_MS, ZONE), ZONE)
    )
    made = WallSnapshot(
        taken_ms=NOW_MS,
        providers=tuple(provider(source) for source in SOURCES),
        figures=figures(),
        last_hour=last_hour,
        hours=hours,
        call_backs=waiting(),
        call_back_count=9,
        saved=(SavedPage("support", figures(20, 22)),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def firing(minutes: int = 12) -> AlertStatus:
    since_ms = NOW_MS - minutes * MINUTE_MS
    return AlertStatus("rate", Phase.FIRING, since_ms, NOW_MS, "answer rate 70 % (31/44), should not be below 80 %", 1)
