"""The questions that `calltop stats` answers with something else than figures."""

from __future__ import annotations

import argparse
from typing import TextIO

from calls.cache.reader import Reader
from calls.cache.staffing import Staff, on_working_days
from calls.cache.sums import figures_hold
from calls.filters import Filter, parse
from calls.filters.started import TIME_FIELDS
from calls.metrics import METRICS, Thresholds
from tui.commands.coverage_notes import explain_coverage
from tui.commands.figures.lens import write_lens
from tui.commands.figures.silence import write_silence
from tui.commands.figures.staffing import write_patience, write_staffing
from tui.commands.figures.typical import write_typical
from tui.commands.figures.unusual import write_unusual
from tui.commands.opening import now_ms, read_filter, reader_of, say, zones_of
from tui.commands.output import TABLE, format_of, write_text
from tui.exit_codes import NO_ANSWER
from tui.paths import UsageError
from tui.settings.days import configured_agents
from tui.settings.reading import layers_of

TODAY = parse("on:today")
WEEK = parse("since:-7d")
LOOKS = {
    "typical": "today against the same hours of the same weekday before",
    "unusual": "outbound calls to look at: abroad outside opening hours, many to one range, several at once; of 7 days",
    "patience": "how long callers wait before they hang up",
    "staffing": "how many people the calls of each hour need, by Erlang C; of the working days of 4 weeks",
    "silence": "whether the lines are up: the time without a call against what is usual; takes no filter",
}


def add_looks(parser: argparse.ArgumentParser) -> None:
    """Declares an option for each question."""
    looks = parser.add_argument_group("instead of figures").add_mutually_exclusive_group()
    looks.add_argument(
        "--explain",
        choices=tuple(METRICS),
        metavar="METRIC",
        help="what a figure is made of: formula with its numbers, rows, grades, coverage, variants; without a filter, of today",
    )
    for name, summary in LOOKS.items():
        looks.add_argument(f"--{name}", action="store_true", help=summary)
    parser.add_argument("--agents", type=_count, metavar="N", help="with --staffing: so many take calls (setting agents)")
    parser.add_argument("--target", type=_percent, default=80, metavar="P", help="with --staffing: answer P %% in time (80)")
    parser.add_argument(
        "--wrap-up-seconds", type=_count, default=0, metavar="S", help="with --staffing: busy for S seconds after a call (0)"
    )
    parser.add_argument("--mask", action="store_true", help="hide the last four digits of the numbers in rows")


def looks_elsewhere(args: argparse.Namespace) -> bool:
    """Whether one of these questions was asked."""
    return args.explain is not None or any(getattr(args, name) for name in LOOKS)


def look(args: argparse.Namespace) -> int:
    """Writes the answer. 1 when there is nothing to tell. Raises `UsageError`."""
    form = format_of(args)
    if args.by or args.metric or form not in ("json", TABLE):
        raise UsageError("this question is answered as a whole, as table or json: leave out --by, --metric and other formats")
    wanted, moment = read_filter(args), now_ms(args)
    if args.silence and not wanted.everything:
        raise UsageError("--silence takes no filter: a line is silent or it is not")
    with reader_of(args) as reader:
        told = write_text(args, lambda out: _write(args, reader, wanted, moment, out, form))
    return 0 if told else NO_ANSWER


def _explain(args: argparse.Namespace, reader: Reader, wanted: Filter, moment: int, out: TextIO, form: str) -> int:
    if wanted.everything:
        say("of today; a filter asks about other calls")
        wanted = TODAY
    thresholds = Thresholds(args.service_seconds, args.short_abandon_seconds)
    lens = reader.lens(wanted, moment, METRICS[args.explain], thresholds)
    if lens is None:
        for name, reason in reader.cannot_answer(wanted).items():
            say(f"{name}: {reason}")
        return 0
    known = explain_coverage(reader, wanted, moment, by_figures=figures_hold(wanted))
    return write_lens(out, lens, zones_of(reader), form, mask=args.mask) if known else 0


def _patience(args: argparse.Namespace, reader: Reader, wanted: Filter, moment: int, out: TextIO, form: str) -> int:
    thresholds = Thresholds(args.service_seconds, args.short_abandon_seconds)
    found = reader.patience(wanted, moment, thresholds)
    known = explain_coverage(reader, wanted, moment)
    return write_patience(out, found, form) if known and found is not None else 0


def _staffing(args: argparse.Namespace, reader: Reader, wanted: Filter, moment: int, out: TextIO, form: str) -> int:
    agents = args.agents or configured_agents(layers_of(args))
    staff = Staff(agents, args.target / 100, args.service_seconds, args.wrap_up_seconds)
    return write_staffing(out, reader.staffing(on_working_days(wanted), moment, staff), form)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number up to 9999")
    return int(text)


def _percent(text: str) -> int:
    if not 1 <= (number := _count(text)) <= 99:
        raise argparse.ArgumentTypeError(f"{text!r} is no per cent from 1 to 99")
    return number


def _write(args: argparse.Namespace, reader: Reader, wanted: Filter, moment: int, out: TextIO, form: str) -> int:
    zones = zones_of(reader)
    if args.explain is not None:
        return _explain(args, reader, wanted, moment, out, form)
    if args.patience:
        return _patience(args, reader, wanted, moment, out, form)
    if args.staffing:
        return _staffing(args, reader, wanted, moment, out, form)
    if args.unusual:
        asked = wanted.narrowed(WEEK) if not any(map(wanted.names, TIME_FIELDS)) else wanted
        known = explain_coverage(reader, asked, moment)
        return write_unusual(out, reader.unusual(asked, moment), zones, form, mask=args.mask) if known else 0
    if args.silence:
        return write_silence(out, reader.silence(moment), zones, form)
    return write_typical(out, reader.typical(wanted, moment), zones, form)
