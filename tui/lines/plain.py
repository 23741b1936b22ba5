"""The live screen in sentences, a line each: for screen readers, mail and terminals without a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from calls.cache.snapshots import CallBack, LiveSnapshot, PaneSnapshot
from calls.metrics import ANSWER_RATE, MISSED, OFFERED, Figure, Grade, Tally
from calls.metrics.silence import LineState, Silence
from calls.times import local_date
from tui.lines.coverage import missing_days
from tui.lines.states import Health, health, kinds_of, offline_sentence, state_words
from tui.lines.view import View
from tui.lines.words import age_words, clock_words, counted, day_words, grouped, number_words, time_words, zone_words

TODAY_METRICS = (OFFERED, ANSWER_RATE, MISSED)
UNKNOWN_DAY = "Today: nothing is known yet."
_GRADE_WORDS = {Grade.APPROXIMATE: "about ", Grade.LOWER_BOUND: "at least "}


@dataclass(frozen=True, slots=True)
class PlainStatus:
    """What is told: the live snapshot and how each line stands. `hide` masks a number."""

    snapshot: LiveSnapshot
    lines: Sequence[Silence]
    view: View
    hide: Callable[[str], str] = str


def status_lines(status: PlainStatus) -> Iterator[str]:
    """The whole text, line by line."""
    snapshot, view = status.snapshot, status.view
    now = view.now_ms
    yield f"calltop, {day_words(now, view.zone)} {clock_words(now, view.zone)} {zone_words(now, view.zone)}"
    if not snapshot.panes:
        yield "No provider has been polled yet."
        return
    kinds = Counter(kinds_of(snapshot.standing, view))
    told = ", ".join(f"{kinds[kind]} {kind.value}" for kind in Health if kinds[kind])
    yield f"{counted(len(snapshot.panes), 'provider')}: {told}. The cache reaches back {counted(snapshot.cached_days, 'day')}."
    if offline := offline_sentence(snapshot.standing, view):
        yield offline
    for alarm in snapshot.alarms:
        yield f"Alarm since {time_words(alarm.since_ms, now, view.zone)}: {alarm.name}, {alarm.sentence}."
    yield f"Today: {today_words(snapshot.today)}." if any(_knows_today(pane, now) for pane in snapshot.panes) else UNKNOWN_DAY
    lines = {line.provider: line for line in status.lines}
    for pane in snapshot.panes:
        yield ""
        yield from _provider_lines(pane, lines.get(pane.source.name), view)
    yield ""
    yield from _call_back_lines(status)


def _knows_today(pane: PaneSnapshot, now_ms: int) -> bool:
    """Whether any part of the provider's own day has been read."""
    zone, known_ms = ZoneInfo(pane.source.timezone), pane.state.complete_to_ms
    return known_ms is not None and local_date(known_ms, zone) >= local_date(now_ms, zone)


def today_words(today: Tally) -> str:
    """The figures of a day: "410 calls, answered 88 % 361/410, 49 missed"; "-" stands where there is nothing to tell."""
    offered, rate, missed = (metric.figure(today) for metric in TODAY_METRICS)
    noun = "call" if offered.value == 1 else "calls"
    return f"{_figure_words(offered)} {noun}, answered {_figure_words(rate)}, {_figure_words(missed, of=False)} missed"


def _figure_words(figure: Figure, *, of: bool = True) -> str:
    if figure.value is None:
        return figure.text()
    text = figure.text() if of else grouped(figure.numerator)
    return f"{_GRADE_WORDS.get(figure.grade, '') if figure.value else ''}{text}"


def _provider_lines(pane: PaneSnapshot, line: Silence | None, view: View) -> Iterator[str]:
    state, interval = pane.state, view.interval_seconds(pane.source.name)
    kind = health(state, view.now_ms, interval)
    words = state_words(state, view.now_ms, interval, view.zone)
    told = f"fresh, answered at {words}" if kind is Health.FRESH else words
    yield f"{pane.source.name} ({pane.source.kind}): {told}."
    if state.error and kind is Health.DOWN:
        yield f"  {state.error}"
    if state.complete_to_ms is not None:
        yield f"  Known up to {time_words(state.complete_to_ms, view.now_ms, view.zone)}."
    if pane.missing:
        yield f"  Not cached: {missing_days(pane)}; load it with calltop backfill."
    if pane.impossible:
        yield f"  {pane.impossible}"
    else:
        yield f"  Today: {today_words(pane.today)}." if _knows_today(pane, view.now_ms) else f"  {UNKNOWN_DAY}"
    if line is not None and line.state is LineState.SILENT:
        yield f"  Silent line: {line.reason}."
    if state.rejected_records:
        yield f"  {counted(state.rejected_records, 'record')} could not be read."


def _call_back_lines(status: PlainStatus) -> Iterator[str]:
    count = status.snapshot.call_back_count
    if not count:
        yield "Call back now: nobody."
        return
    shown = status.snapshot.call_backs
    beyond = f", the oldest {len(shown)} of them" if len(shown) < count else ""
    yield f"Call back now: {counted(count, 'caller')}{beyond}."
    for who in shown:
        yield f"  {call_back_words(who, status)}"


def call_back_words(who: CallBack, status: PlainStatus) -> str:
    """One caller: number and name, since when, how often, where."""
    view = status.view
    caller = " ".join(part for part in (status.hide(number_words(who.caller)), who.caller_name) if part)
    since = f"since {time_words(who.first_missed_ms, view.now_ms, view.zone)}"
    waits = age_words(view.now_ms - who.first_missed_ms)
    tries = counted(who.tries, "try", "tries")
    return ", ".join(part for part in (caller, since, waits, tries, " and ".join(who.providers), who.check_first) if part)
