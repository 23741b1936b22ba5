"""The wall's pages and their time, its nights and its drift, its blindness, and what it tells aloud."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.alerts import AlertStatus, Phase, QuietHours, Sink
from calls.filters import parse
from calls.times import parse_rfc3339
from tests.tui.fake_feed import MINUTE_MS, NOW_MS, ZONE
from tests.tui.wall.snapshots import firing, snapshot, waiting
from tui.news import News
from tui.wall.eyes import LONGEST_SILENCE_SECONDS, NO_ANSWER, Eyes
from tui.wall.masks import masked
from tui.wall.pager import Pager
from tui.wall.plan import WallPlan

PLAN = WallPlan(ZONE, b"k" * 32)


def test_pages_turn_when_their_time_is_over_and_come_round() -> None:
    pager = Pager(("one", "two", "three"), 30)
    seen = []
    for _ in range(12):
        seen.append(pager.page)
        pager.pass_time(10)
    assert seen == ["one"] * 3 + ["two"] * 3 + ["three"] * 3 + ["one"] * 3


def test_a_held_page_stays_and_a_step_gives_a_page_its_whole_time() -> None:
    pager = Pager(("one", "two", "three"), 30)
    pager.hold()
    assert not any(pager.pass_time(10) for _ in range(20))
    pager.step(-1)
    assert pager.page == "three"
    pager.hold()
    assert [pager.pass_time(10) for _ in range(3)] == [False, False, True]
    pager.pass_time(20)
    pager.step(1)
    assert [pager.pass_time(10) for _ in range(3)] == [False, False, True]


def test_a_single_page_never_turns() -> None:
    assert not Pager(("one",), 5).pass_time(1000)


@given(st.integers(0, 10**7), st.integers(1, 60))
def test_the_picture_never_stands_more_than_a_cell_away_and_moves_one_step_at_a_time(minute: int, drift_minutes: int) -> None:
    plan = replace(PLAN, drift_minutes=drift_minutes)
    at, then = (plan.drift((minute + more) * MINUTE_MS) for more in (0, drift_minutes))
    assert set(at) <= {0, 1}
    assert abs(at[0] - then[0]) + abs(at[1] - then[1]) == 1


def test_a_still_picture_stands_still() -> None:
    assert {replace(PLAN, drift_minutes=0).drift(minute * MINUTE_MS) for minute in range(100)} == {(0, 0)}


def test_the_night_follows_the_clock_on_the_wall_through_both_clock_changes() -> None:
    plan = replace(PLAN, night=(QuietHours.parse("19:00-07:00"),))
    for moment, night in (
        ("2026-11-23T18:59:00+01:00", False),
        ("2026-11-23T19:00:00+01:00", True),
        ("2026-10-25T06:59:00+01:00", True),
        ("2026-10-25T07:00:00+01:00", False),
        ("2026-03-29T06:59:00+02:00", True),
        ("2026-03-29T07:00:00+02:00", False),
    ):
        assert plan.is_night(parse_rfc3339(moment)) is night


def test_only_the_saved_filters_that_have_a_page_are_asked_for() -> None:
    plan = replace(PLAN, pages=("today", "filter:vip"), saved={"vip": parse("queue:711"), "other": parse("queue:1")})
    assert plan.shown_filters() == (("vip", parse("queue:711")),)


def blind_since(eyes: Eyes) -> int | None:
    return eyes.blind_since_ms


def test_blindness_has_a_beginning_a_reason_and_an_end_that_is_told_for_an_hour() -> None:
    eyes = Eyes()
    eyes.saw(NOW_MS)
    assert blind_since(eyes) is None
    eyes.failed("the disk is gone")
    assert (blind_since(eyes), eyes.reason) == (NOW_MS, "the disk is gone")
    eyes.saw(NOW_MS + 27 * MINUTE_MS)
    assert blind_since(eyes) is None
    assert eyes.seen_again_words(NOW_MS + 30 * MINUTE_MS, ZONE) == "Was blind from 10:42 to 11:09."
    assert eyes.seen_again_words(NOW_MS + 88 * MINUTE_MS, ZONE) == ""
    assert eyes.seen_again_words(NOW_MS - MINUTE_MS, ZONE) == ""


def test_a_moment_of_blindness_is_forgotten() -> None:
    eyes = Eyes()
    eyes.saw(NOW_MS)
    eyes.failed("busy")
    eyes.saw(NOW_MS + 5_000)
    assert eyes.seen_again_words(NOW_MS + 6_000, ZONE) == ""


def test_a_cache_that_does_not_answer_is_blindness_too() -> None:
    eyes = Eyes()
    eyes.saw(NOW_MS)
    assert not eyes.pass_time(LONGEST_SILENCE_SECONDS - 1)
    assert eyes.pass_time(1)
    assert (eyes.blind_since_ms, eyes.reason) == (NOW_MS, NO_ANSWER)
    assert not eyes.pass_time(1)


def status(told: int, *, fires: bool = True) -> AlertStatus:
    return replace(firing(), told=told, phase=Phase.FIRING if fires else Phase.CALM)


def test_what_was_told_before_is_no_news_and_each_telling_rings_once() -> None:
    news = News({"rate": frozenset({Sink.BELL, Sink.DESKTOP})})
    assert news.sequence([status(3)], {}) == ""
    assert news.sequence([status(3)], {}) == ""
    told = news.sequence([status(4)], {})
    assert told.startswith("\a\x1b]9;calltop: rate fires: answer rate 70 % (31/44)")
    assert told.endswith("\x1b\\")
    assert news.sequence([status(4)], {}) == ""
    assert "is resolved" in news.sequence([status(5, fires=False)], {})


@pytest.mark.parametrize("sinks", [{}, {"rate": frozenset({Sink.SCREEN, Sink.WEBHOOK})}])
def test_who_has_not_asked_for_it_hears_nothing(sinks: dict[str, frozenset[Sink]]) -> None:
    news = News(sinks)
    news.sequence([], {})
    assert news.sequence([status(1)], {}) == ""


def test_a_notice_passes_tmux_and_holds_no_control_characters_of_others() -> None:
    news = News({"rate": frozenset({Sink.DESKTOP})})
    news.sequence([], {})
    hostile = replace(status(1), sentence="\x1b]52;c;eA==\x07" + "x" * 999)
    told = news.sequence([hostile], {"TMUX": "1"})
    assert told.startswith("\x1bPtmux;\x1b\x1b]9;")
    assert told.count("\x1b") == 6
    assert "\x07" not in told
    assert len(told) < 300


def test_numbers_are_hidden_again_without_asking_the_cache() -> None:
    shown = snapshot(call_backs=tuple(replace(one, number="+46701234567") for one in waiting(2)), revealed=True)
    hidden = masked(shown)
    assert {one.number for one in hidden.call_backs} == {"+4670123••••"}
    assert not hidden.revealed
    assert masked(hidden) is hidden


def test_the_zone_of_the_drift_and_the_night_is_the_walls_own() -> None:
    plan = replace(PLAN, zone=ZoneInfo("Europe/Bucharest"), night=(QuietHours.parse("19:00-07:00"),))
    assert plan.is_night(parse_rfc3339("2026-11-23T18:30:00+01:00"))
