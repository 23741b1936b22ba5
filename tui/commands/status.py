"""`calltop status`: the live screen as plain text."""

from __future__ import annotations

import argparse
import json
import sys

from calls.cache.snapshots import CallBack, PaneSnapshot
from calls.metrics import Tally
from calls.metrics.silence import Silence
from calls.text import clean, mask_number
from calls.times import format_rfc3339
from tui.commands.coverage_notes import explain_coverage
from tui.commands.opening import add_filter, now_ms, read_filter, reader_of
from tui.exit_codes import NO_ANSWER
from tui.lines.plain import TODAY_METRICS, PlainStatus, status_lines
from tui.lines.states import health, offline_sentence, state_words
from tui.lines.view import View
from tui.settings.early import display_zone, poll_seconds
from tui.settings.reading import early_settings_of, layers_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_filter(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table", help="sentences, or one object")
    parser.add_argument("--mask", action="store_true", help="hide the last four digits of numbers")


def run(args: argparse.Namespace) -> int:
    """Prints how the providers stand, today's figures, and who must be called back. 1 when no provider was ever read."""
    wanted, moment = read_filter(args), now_ms(args)
    layers = layers_of(args)
    view = View(moment, display_zone(early_settings_of(layers), layers), intervals=poll_seconds(layers))
    with reader_of(args) as reader:
        snapshot, lines = reader.live(wanted, moment), reader.silence(moment)
        known = any(pane.covered for pane in snapshot.panes)
        if not wanted.everything:
            explain_coverage(reader, wanted, moment)
    status = PlainStatus(snapshot, lines, view, mask_number if args.mask else str)
    if args.format == "json":
        print(json.dumps(_object(status), ensure_ascii=False))
    else:
        for line in status_lines(status):
            # Leading spaces say what belongs to what.
            indent = line[: len(line) - len(line.lstrip())]
            sys.stdout.write(f"{indent}{clean(line, limit=1000)}\n")
    return 0 if known else NO_ANSWER


def _object(status: PlainStatus) -> dict[str, object]:
    snapshot, view = status.snapshot, status.view
    lines = {line.provider: line for line in status.lines}
    return {
        "taken_at": format_rfc3339(snapshot.taken_ms),
        "offline": offline_sentence(snapshot.standing, view) or None,
        "alarms": [
            {"alert": alarm.name, "since": format_rfc3339(alarm.since_ms), "words": alarm.sentence} for alarm in snapshot.alarms
        ],
        "cached_days": snapshot.cached_days,
        "today": _today(snapshot.today),
        "providers": [_provider(pane, lines.get(pane.source.name), view) for pane in snapshot.panes],
        "call_back_count": snapshot.call_back_count,
        "call_back": [_caller(who, status) for who in snapshot.call_backs],
    }


def _today(today: Tally) -> dict[str, object]:
    return {metric.name: metric.figure(today).json() for metric in TODAY_METRICS}


def _provider(pane: PaneSnapshot, line: Silence | None, view: View) -> dict[str, object]:
    state, interval = pane.state, view.interval_seconds(pane.source.name)
    return {
        "provider": pane.source.name,
        "kind": pane.source.kind,
        "state": health(state, view.now_ms, interval).value,
        "words": state_words(state, view.now_ms, interval, view.zone),
        "last_good_poll_at": _instant(state.last_good_poll_ms),
        "complete_to": _instant(state.complete_to_ms),
        "failing_since": _instant(state.failing_since_ms),
        "error": state.error or None,
        "rejected": state.rejected_records,
        "impossible": pane.impossible or None,
        "line": None if line is None else line.state.value,
        "silence_probability": None if line is None else line.probability,
        "today": _today(pane.today),
    }


def _caller(who: CallBack, status: PlainStatus) -> dict[str, object]:
    return {
        "caller": status.hide(who.caller),
        "caller_name": who.caller_name or None,
        "first_missed_at": format_rfc3339(who.first_missed_ms),
        "last_missed_at": format_rfc3339(who.last_missed_ms),
        "tries": who.tries,
        "providers": list(who.providers),
        "check_first": who.check_first or None,
    }


def _instant(instant_ms: int | None) -> str | None:
    return None if instant_ms is None else format_rfc3339(instant_ms)
