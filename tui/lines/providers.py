"""Providers in words: a line each, and everything about one of them with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from calls.cache.holdings import Holding, days_held, first_day, gap_days
from calls.cache.snapshots import PollState, ProviderStanding
from calls.metrics.silence import Silence
from calls.times import local_date, zone_named
from tui.feed import FillProgress
from tui.lines.health import ROLES, state_spans, symbol
from tui.lines.line import Line, Role, Span, left, right, wrap
from tui.lines.states import Health, health, silent_words, state_words
from tui.lines.view import View
from tui.lines.words import age_words, countdown_words, counted, day_words, grouped, time_words

LABEL_WIDTH = 11
_WHEN_WIDTH = 9
_COUNT_WIDTH = 9
_REJECTED_WIDTH = 10
_WHAT_ROWS = 4
# Below it, a clock that is off changes no figure.
_SKEW_WORTH_SAYING = 2


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """All that is known of one provider; `filling` is None where this window loads no past, `polls` False where it only
    reads."""

    standing: ProviderStanding
    holding: Holding
    filling: FillProgress | None
    polls: bool
    silence: Silence | None = None

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.standing.source.name


@dataclass(frozen=True, slots=True)
class TableColumns:
    """Cells of each column of the table; 0 leaves the column out."""

    name: int
    state: int
    when: int
    complete: int
    count: int
    past: int


def table_columns(width: int) -> TableColumns:
    """The columns that `width` cells have room for."""
    if width >= 124:
        return TableColumns(18, 28, _WHEN_WIDTH, 12, _COUNT_WIDTH, width - 117)
    if width >= 100:
        return TableColumns(16, 24, _WHEN_WIDTH, 12, _COUNT_WIDTH, 0)
    if width >= 72:
        return TableColumns(width - 64, 20, _WHEN_WIDTH, 0, _COUNT_WIDTH, 0)
    counted_too = width >= 54
    return TableColumns(14, max(8, width - (38 if counted_too else 17)), 0, 0, _COUNT_WIDTH if counted_too else 0, 0)


def table_header(columns: TableColumns) -> Line:
    """The names of the columns."""
    cells = [left("  provider", columns.name + 2), left("state", columns.state)]
    cells += [left("last", columns.when), left("next", columns.when)] if columns.when else []
    cells += [left("complete to", columns.complete)] if columns.complete else []
    cells += [right("calls", columns.count), right("unreadable", _REJECTED_WIDTH)] if columns.count else []
    cells += [left(" the past", columns.past)] if columns.past else []
    return Line((Span(" ".join(cells), Role.DIM),))


def table_spans(facts: ProviderFacts, columns: TableColumns, view: View) -> tuple[Span, ...]:
    """One provider's line."""
    state, mark = facts.standing.state, view.symbols.mark
    kind = health(state, view.now_ms, view.interval_seconds(facts.name))
    words = state_words(state, view.now_ms, view.interval_seconds(facts.name), view.zone)
    spans = [
        Span(f"{symbol(kind, view.symbols)} ", ROLES[kind]),
        Span(left(facts.name, columns.name, mark) + " ", Role.STRONG),
        Span(left(_word(kind, words), columns.state, mark), ROLES[kind]),
    ]
    if columns.when:
        spans.append(Span(" " + left(_moment(state.last_good_poll_ms, view), columns.when, mark), Role.DIM))
        spans.append(Span(" " + left(next_words(state, view), columns.when, mark), Role.DIM))
    if columns.complete:
        spans.append(Span(" " + left(_moment(state.complete_to_ms, view), columns.complete, mark), Role.DIM))
    if columns.count:
        rejected = state.rejected_records
        spans.append(Span(" " + right(grouped(facts.holding.calls), columns.count)))
        unreadable = right(grouped(rejected) if rejected else view.symbols.none, _REJECTED_WIDTH)
        spans.append(Span(" " + unreadable, Role.LATE if rejected else Role.DIM))
    if columns.past:
        spans.append(Span("  " + left(_short_past(facts.filling, view), columns.past - 1, mark), Role.DIM))
    return tuple(spans)


def _short_past(filling: FillProgress | None, view: View) -> str:
    if filling is None:
        return view.symbols.none
    if filling.state == "done":
        return "complete"
    words = {"paused": "held back", "ended": "cancelled", "failed": "failed"}.get(filling.state, "loading")
    return f"{words}, {grouped(filling.done)} of {grouped(filling.done + filling.left)}"


def _word(kind: Health, words: str) -> str:
    return f"fresh {words}" if kind is Health.FRESH else words


def _moment(instant_ms: int | None, view: View) -> str:
    return view.symbols.none if instant_ms is None else time_words(instant_ms, view.now_ms, view.zone)


def next_words(state: PollState, view: View) -> str:
    """When it is asked next: "in 3 min", "now", "on r" when polling waits for the person."""
    if state.polling:
        return "now"
    if state.next_due_ms is None:
        return "on r" if state.poller else "nobody"
    remaining_ms = state.next_due_ms - view.now_ms
    return f"in {countdown_words(remaining_ms)}" if remaining_ms > 0 else "due"


def past_words(filling: FillProgress | None, view: View) -> str:
    """How far loading the past is: "loading Sun 12 Oct, 61 done, 31 left, 8 min or more"."""
    if filling is None:
        return view.symbols.none
    count = f"{grouped(filling.done)} done, {grouped(filling.left)} left"
    left_ms = int(filling.left_seconds * 1000)
    more = f", {age_words(left_ms)} or more" if left_ms >= 60_000 else ""
    match filling.state:
        case "done":
            return "complete"
        case "loading" if filling.reading is not None:
            return f"loading {day_words(filling.reading.start_ms, view.zone)}, {count}{more}"
        case "paused" | "ended":
            return f"{'held back' if filling.state == 'paused' else 'cancelled'}, {count}"
        case "failed":
            return f"failed, {count}: {filling.error}"
    wait_ms = max(0, (filling.next_ms or view.now_ms) - view.now_ms)
    return f"next in {countdown_words(wait_ms)}, {count}{more}"


def past_bar(filling: FillProgress, width: int, view: View) -> str:
    """The part that is done, as a bar."""
    full = view.symbols.levels[-1]
    share = filling.done / max(1, filling.done + filling.left)
    filled = min(width, int(share * width))
    return full * filled + view.symbols.no_calls * (width - filled)


def what_to_do(facts: ProviderFacts, view: View) -> str:
    """What is wrong with the provider and what helps, in sentences; "" when all is well."""
    state = facts.standing.state
    kind = health(state, view.now_ms, view.interval_seconds(facts.name))
    said = [state.error] if kind is Health.DOWN and state.error else []
    if state.next_due_ms is None and state.poller and state.failing_since_ms is not None:
        said.append("It is asked again when you press r.")
    elif not state.poller:
        reads = "run calltop collect, or open calltop with a configuration" if not facts.polls else "wait, or press r"
        said.append(f"Nobody polls it now: {reads}.")
    if state.skew_seconds is not None and abs(state.skew_seconds) >= _SKEW_WORTH_SAYING * 30:
        said.append(f"The clocks differ by {counted(abs(state.skew_seconds), 'second')}: set this machine's clock.")
    if facts.silence is not None and facts.silence.alarm:
        said.append(f"Silent line: {facts.silence.reason}.")
    return " ".join(said)


def fact_lines(facts: ProviderFacts, width: int, view: View) -> list[Line]:
    """Everything about one provider, label by label, the most pressing first."""
    state, holding, zone = facts.standing.state, facts.holding, view.zone
    kind = health(state, view.now_ms, view.interval_seconds(facts.name))
    lines = [_row("state", state_spans(state, view.now_ms, view.interval_seconds(facts.name), zone, view.symbols))]
    role = Role.BAD if kind is Health.DOWN else Role.LATE
    for row in wrap(what_to_do(facts, view), max(10, width - LABEL_WIDTH), _WHAT_ROWS, view.symbols.mark):
        lines.append(_row("", (Span(row, role),)))
    lines.append(_plain("last poll", f"{_last_words(state, view)}; next {next_words(state, view)}"))
    lines.append(_plain("complete", f"to {_moment(state.complete_to_ms, view)}; later calls may still come in"))
    kinds = "hours of employees" if holding.source.kind == "telecomx" else "calls"
    held = f"{grouped(holding.calls)} {kinds} from {counted(holding.records, 'record')}"
    lines.append(_plain("cached", f"{cached_words(holding, view)}: {held}"))
    if holding.reasons:
        told = ", ".join(f"{grouped(count)} {reason}" for reason, count in holding.reasons[:3])
        lines.append(_row("unreadable", (Span(told, Role.LATE),)))
    lines.append(_line_row(facts, view))
    lines.append(_plain("polled by", f"{poller_words(state.poller)}; {skew_words(state.skew_seconds)}"))
    lines.append(_plain("the past", past_words(facts.filling, view)))
    if facts.filling is not None and facts.filling.left:
        cells = min(40, width - LABEL_WIDTH)
        lines.append(_row("", (Span(past_bar(facts.filling, cells, view), Role.BAR),)))
    return lines


def _line_row(facts: ProviderFacts, view: View) -> Line:
    if silent := silent_words(facts.silence, view):
        return _row("line", (Span(f"{view.symbols.late} {silent}", Role.BAD),))
    silence = facts.silence
    if silence is None or silence.since_ms is None:
        return _plain("line", "no call was heard yet")
    return _plain("line", f"last call {time_words(silence.since_ms, view.now_ms, view.zone)}")


def _row(label: str, spans: tuple[Span, ...]) -> Line:
    return Line((Span(left(label, LABEL_WIDTH), Role.DIM), *spans))


def _plain(label: str, words: str) -> Line:
    return _row(label, (Span(words),))


def _last_words(state: PollState, view: View) -> str:
    if state.last_good_poll_ms is None:
        return "none was answered yet"
    words = (
        f"{time_words(state.last_good_poll_ms, view.now_ms, view.zone)}, {age_words(view.now_ms - state.last_good_poll_ms)} ago"
    )
    if state.last_try_ms is not None and state.last_try_ms > state.last_good_poll_ms:
        words += f"; tried in vain {time_words(state.last_try_ms, view.now_ms, view.zone)}"
    return words


def cached_words(holding: Holding, view: View) -> str:
    """From when to when, and how many days of it are not whole."""
    if not holding.covered:
        return "nothing yet"
    zone = zone_named(holding.source.timezone)
    first, last = first_day(holding, view.now_ms), local_date(holding.covered[-1].end_ms - 1, zone)
    missing = gap_days(days_held(holding, first, last))
    gaps = f"{counted(missing, 'day')} with gaps" if missing else "no gaps"
    days = (last - first).days + 1
    start = _date_words(holding.covered[0].start_ms, view.now_ms, zone)
    return f"from {start}, {counted(days, 'day')}, {gaps}"


def _date_words(instant_ms: int, now_ms: int, zone: tzinfo) -> str:
    return day_words(instant_ms, zone) if now_ms - instant_ms < 300 * 86_400_000 else time_words(instant_ms, now_ms, zone)


def skew_words(skew_seconds: int | None) -> str:
    """How the provider's clock stands to this machine's."""
    if skew_seconds is None:
        return "the clocks were not compared"
    if abs(skew_seconds) < _SKEW_WORTH_SAYING:
        return "the clocks are in step"
    return f"the provider's clock is {counted(abs(skew_seconds), 'second')} {'ahead' if skew_seconds > 0 else 'behind'}"


def poller_words(poller: str) -> str:
    """Who holds the lease: "host, process 1234"."""
    if not poller:
        return "nobody"
    host, _, rest = poller.partition("/")
    process = rest.partition("/")[0]
    return f"{host}, process {process}" if process else host
