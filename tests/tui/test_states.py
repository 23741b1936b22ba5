"""States, header and bars of the day: pure functions of a snapshot and a moment."""

from __future__ import annotations

import pytest

from calls.cache.snapshots import PollState
from calls.filters import Filter, FilterError
from calls.metrics import Tally
from calls.times import MINUTE_MS
from tests.tui.fake_feed import NOW_MS, ZONE, FakeFeed, FixedClock
from tui.lines.calls import call_header, call_spans, columns_for
from tui.lines.figures import figure_line
from tui.lines.filter_notes import FilterState, count_words, filter_note
from tui.lines.header import HeaderState, header_line, next_poll_words
from tui.lines.line import Line, Role
from tui.lines.spark import axis_line, spark_lines
from tui.lines.states import Health, health, offline_sentence, offline_words, state_words
from tui.lines.symbols import ASCII, UNICODE
from tui.lines.view import View

VIEW = View(NOW_MS, ZONE)


def ago(minutes: float) -> int:
    return NOW_MS - round(minutes * MINUTE_MS)


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        (PollState(), Health.WAITING, "waiting for the first answer"),
        (PollState(polling=True), Health.WAITING, "asking for the first time"),
        (PollState(last_good_poll_ms=ago(2.3)), Health.FRESH, "10:40"),
        (PollState(last_good_poll_ms=ago(10)), Health.FRESH, "10:32"),
        (PollState(last_good_poll_ms=ago(10.1)), Health.LATE, "late 5 min"),
        (PollState(last_good_poll_ms=ago(12)), Health.LATE, "late 7 min"),
        (PollState(last_good_poll_ms=ago(300)), Health.LATE, "late 4 h"),
        (PollState(last_good_poll_ms=ago(5000)), Health.LATE, "late 3 d"),
        (PollState(last_good_poll_ms=ago(2), failing_since_ms=ago(1)), Health.DOWN, "down since 10:41"),
        (PollState(failing_since_ms=ago(2000)), Health.DOWN, "down since Sun 01:22"),
        (PollState(last_good_poll_ms=ago(-60)), Health.FRESH, "11:42"),
    ],
)
def test_a_state_has_a_name_and_words(state: PollState, kind: Health, words: str) -> None:
    assert health(state, NOW_MS) is kind
    assert state_words(state, NOW_MS, 300, ZONE) == words


def test_lateness_counts_in_the_provider_s_own_intervals() -> None:
    state = PollState(last_good_poll_ms=ago(12))
    assert health(state, NOW_MS, 600) is Health.FRESH
    assert health(state, NOW_MS, 60) is Health.LATE


def test_an_exact_figure_is_plain_and_others_carry_their_sign() -> None:
    exact = Tally(142, 129, kinds=frozenset({"while1"}), complete_to_ms=NOW_MS)
    assert figure_line(exact, 60, VIEW).plain == "142 calls   91 % 129/142   13 missed"
    assert figure_line(exact._replace(doubtful=1), 60, VIEW).plain == "142 calls   ~91 % 129/142   ~13 missed"
    assert figure_line(exact._replace(kinds=frozenset({"telecomx"})), 60, VIEW).plain.startswith("~142 calls")
    assert figure_line(exact, 30, VIEW).plain == "142 calls   91 % 129/142"


def test_no_calls_have_no_rate_and_few_are_dim() -> None:
    kinds = frozenset({"while1"})
    assert figure_line(Tally(kinds=kinds, complete_to_ms=NOW_MS), 60, VIEW).plain == "0 calls   -"
    assert figure_line(Tally(kinds=kinds), 60, VIEW).plain == "- calls   -"
    few = figure_line(Tally(9, 8, kinds=kinds, complete_to_ms=NOW_MS), 60, VIEW)
    assert next(span for span in few.spans if "%" in span.text).role is Role.DIM
    many = figure_line(Tally(10, 8, kinds=kinds, complete_to_ms=NOW_MS), 60, VIEW)
    assert next(span for span in many.spans if "%" in span.text).role is Role.STRONG


def test_bars_leave_the_future_blank_and_tell_no_calls_from_no_knowledge() -> None:
    by_hour = ((0, 0), (4, 4), (8, 6), (2, 1), (0, 0), (0, 0))
    (line,) = spark_lines(by_hour, 3, frozenset({0}), 6, 1, UNICODE)
    assert line.plain == "╌▄█▂  "
    (line,) = spark_lines(by_hour, 4, frozenset(), 6, 1, UNICODE)
    assert line.plain == "▁▄█▂▁ "
    assert [span.role for span in line.spans if span.text.strip()] == [Role.FAINT, Role.BAR, Role.FAINT]
    (line,) = spark_lines(by_hour, 3, frozenset({0}), 6, 1, ASCII)
    assert line.plain.isascii()


def test_one_call_among_many_is_seen() -> None:
    by_hour = ((1, 1), (1000, 900), (0, 0))
    (line,) = spark_lines(by_hour, 2, frozenset(), 3, 1, UNICODE)
    assert line.plain == "▂█▁"


def test_taller_bars_stand_on_each_other_and_wide_ones_have_an_axis() -> None:
    by_hour = ((0, 0), (8, 8), (16, 9))
    top, low = spark_lines(by_hour, 2, frozenset(), 6, 2, UNICODE)
    assert (top.plain, low.plain) == ("    ██", "▁▁████")
    assert axis_line(24, 48, 2).plain == "00          06          12          18"
    assert axis_line(25, 50, 2).plain == ""
    assert spark_lines(by_hour, 2, frozenset(), 2, 1, UNICODE) == ()


def test_the_header_loses_the_least_first_and_never_the_words() -> None:
    feed = FakeFeed(FixedClock(), "offline")
    snapshot = feed.live(Filter(), NOW_MS)
    paused = HeaderState("demo", paused=True)
    wide = header_line(snapshot.standing, paused, VIEW, 140).plain
    for words in ("calltop", "demo", "Mon 23 Nov", "10:42", "CET", "PAUSED", "OFFLINE", "5 down", "cache 92 d"):
        assert words in wide
    narrow = header_line(snapshot.standing, paused, VIEW, 40).plain
    assert all(words in narrow for words in ("calltop", "PAUSED", "OFFLINE"))
    for width in range(40, 141):
        assert header_line(snapshot.standing, paused, VIEW, width).width == width


def test_offline_means_that_nothing_new_can_come() -> None:
    mixed = FakeFeed(FixedClock(), "mixed").live(Filter(), NOW_MS)
    assert offline_words(mixed.standing, VIEW) == ""
    assert offline_sentence(mixed.standing, VIEW) == ""
    down = FakeFeed(FixedClock(), "offline").live(Filter(), NOW_MS)
    assert offline_words(down.standing, VIEW) == "no provider answers"
    calm = FakeFeed(FixedClock(), "calm").live(Filter(), NOW_MS)
    alone = calm._replace(panes=tuple(pane._replace(state=pane.state._replace(poller="")) for pane in calm.panes))
    assert offline_words(alone.standing, VIEW) == ""
    assert offline_words(alone.standing, View(NOW_MS + 30 * MINUTE_MS, ZONE)) == "nobody polls"


def test_the_next_poll_is_the_nearest_one() -> None:
    calm = FakeFeed(FixedClock(), "calm").live(Filter(), NOW_MS)
    assert next_poll_words(calm.standing, VIEW, HeaderState()) == "next poll 3 min"
    polling = calm.panes[0]._replace(state=calm.panes[0].state._replace(polling=True))
    assert next_poll_words(calm._replace(panes=(polling, *calm.panes[1:])).standing, VIEW, HeaderState()) == "polling now"
    waiting = tuple(pane._replace(state=pane.state._replace(next_due_ms=None)) for pane in calm.panes)
    assert next_poll_words(calm._replace(panes=waiting).standing, VIEW, HeaderState()) == "no poll planned"


def test_a_mistake_is_pointed_at_from_below_and_fits_any_width() -> None:
    state = FilterState("status:mised", error=FilterError("'mised' is not a value", 8, "missed"))
    line = filter_note(state, 3, 100, UNICODE).plain
    assert line.index("▴") == 10
    assert "column 8" in line
    assert "missed" in line
    assert filter_note(state, 3, 40, UNICODE).width <= 40
    assert filter_note(state, 3, 100, ASCII).plain.isascii()


def test_the_count_says_of_how_many_only_where_something_is_left_out() -> None:
    assert count_words(FilterState(), 1204, 1204) == "1 204 calls"
    assert count_words(FilterState("status:missed", narrowed=True), 31, 1204) == "31 of 1 204 calls"
    assert count_words(FilterState(), None, None) == ""


def test_a_number_loses_its_spaces_before_its_digits() -> None:
    call = (
        FakeFeed(FixedClock(), "calm")
        .calls["soluno"][0]
        ._replace(caller_name="", caller="+46701740638", callee="", callee_name="")
    )
    for width, words in ((60, "+46 70 174 06 38"), (40, "+46701740638")):
        columns = columns_for((call,), width, VIEW)
        line = Line(call_spans(call, columns, VIEW))
        assert words in line.plain
        assert line.width == width


def test_a_hidden_caller_is_withheld_and_a_missing_callee_unknown() -> None:
    call = (
        FakeFeed(FixedClock(), "calm")
        .calls["soluno"][0]
        ._replace(caller_name="", caller="anonymous", callee="", callee_name="")
    )
    text = Line(call_spans(call, columns_for((call,), 60, VIEW), VIEW)).plain
    assert "withheld" in text
    assert "unknown" in text


@pytest.mark.parametrize("width", range(40, 200, 7))
@pytest.mark.parametrize("provider", [0, 8])
def test_a_call_fills_its_width_exactly_at_any_width(width: int, provider: int) -> None:
    for call in FakeFeed(FixedClock(), "calm", hostile=True).calls["soluno"][:7]:
        columns = columns_for((call,), width, VIEW, provider)
        spans = call_spans(call, columns, VIEW)
        assert call_header(columns).width == width
        assert sum(span.width for span in spans) == width
