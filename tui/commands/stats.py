"""`calltop stats`: figures from the cache, each with its denominator, its grade and how complete it is."""

from __future__ import annotations

import argparse
import json
from typing import TextIO

from calls.cache.sums import figures_hold
from calls.metrics import GROUPINGS, HEADLINE, METRICS, Figure, Metric, Thresholds
from tui.commands.coverage_notes import explain_coverage
from tui.commands.figures.looks import add_looks, look, looks_elsewhere
from tui.commands.opening import add_as_of, add_filter, now_ms, read_filter, reader_of, say
from tui.commands.output import TABLE, add_output, format_of, write_rows, write_text
from tui.commands.tables import write_table
from tui.exit_codes import NO_ANSWER
from tui.stats.rows import FIGURE_COLUMNS, figure_rows

ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_filter(parser)
    parser.add_argument("--by", choices=GROUPINGS, help="one line per group")
    parser.add_argument(
        "--metric", action="append", choices=(*METRICS, ALL), metavar="NAME", help=f"these only: {', '.join(METRICS)}"
    )
    parser.add_argument("--service-seconds", type=_seconds, default=20, metavar="T", help="in time is within T seconds (20)")
    parser.add_argument(
        "--short-abandon-seconds", type=_seconds, default=5, metavar="S", help="sooner hung up is no abandon (5)"
    )
    add_as_of(parser)
    add_looks(parser)
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    """Prints figures. 1 when no provider can answer, or the cache knows nothing of the range."""
    if looks_elsewhere(args):
        return look(args)
    wanted, moment = read_filter(args), now_ms(args)
    metrics = _metrics(args)
    thresholds = Thresholds(args.service_seconds, args.short_abandon_seconds)
    with reader_of(args) as reader:
        figures = reader.figures(wanted, moment, metrics, args.by, thresholds)
        left_out = reader.cannot_answer(wanted, args.by)
        for name, reason in left_out.items():
            say(f"{name} is left out: {reason}")
        known = explain_coverage(reader, wanted, moment, by_figures=figures_hold(wanted, args.by))
    match format_of(args):
        case "json":
            write_text(args, lambda out: _write_json(out, figures, args.by))
        case "table":
            write_text(args, lambda out: _write_table(out, figures, args.by))
        case _:
            write_rows(args, FIGURE_COLUMNS, figure_rows(figures, args.by))
    return 0 if known and (figures or args.by) else NO_ANSWER


def _metrics(args: argparse.Namespace) -> list[Metric]:
    """Those that were named; else all, but for a table by group those that fit on a line."""
    if args.metric and ALL not in args.metric:
        return [METRICS[name] for name in dict.fromkeys(args.metric)]
    return list(HEADLINE if args.by and format_of(args) == TABLE and not args.metric else METRICS.values())


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of seconds")
    return int(text)


def _write_json(out: TextIO, figures: dict[str, dict[str, Figure]], grouping: str | None) -> int:
    for label, group in figures.items():
        head = {} if grouping is None else {"group": label}
        out.write(json.dumps(head | {name: figure.json() for name, figure in group.items()}, ensure_ascii=False) + "\n")
    return len(figures)


def _write_table(out: TextIO, figures: dict[str, dict[str, Figure]], grouping: str | None) -> int:
    if grouping is None:
        return _write_all(out, next(iter(figures.values()), {}))
    names = next(iter(figures.values()), {})
    header = (grouping, *(METRICS[name].title.lower() for name in names))
    lines = [(label or "-", *(figure.text() for figure in group.values())) for label, group in figures.items()]
    return write_table(out, header, lines, frozenset(range(1, len(header))))


def _write_all(out: TextIO, figures: dict[str, Figure]) -> int:
    """One line per figure; why one is not exact stands below, once."""
    reasons: dict[str, int] = {}
    rows = []
    for name, figure in figures.items():
        notes = [reasons.setdefault(reason, len(reasons) + 1) for reason in figure.grade_reason.split("; ") if reason]
        grade = " ".join((figure.grade.word.replace("_", " "), ",".join(map(str, notes))))
        rows.append((METRICS[name].title, figure.text(), grade.rstrip()))
    written = write_table(out, ("metric", "value", "grade"), rows, frozenset({1}))
    if reasons:
        out.write("\n")
    for reason, number in reasons.items():
        out.write(f"{number}  {reason}\n")
    return written
