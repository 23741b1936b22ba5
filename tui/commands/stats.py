"""`calltop stats`: figures from the cache, each with its denominator, its grade and how complete it is."""

from __future__ import annotations

import argparse
import csv
import json
import sys

from calls.cache.sums import figures_hold
from calls.exports import spreadsheet_cell
from calls.metrics import GROUPINGS, METRICS, Figure, Tally
from tui.commands.coverage_notes import explain_coverage
from tui.commands.opening import add_filter, now_ms, read_filter, reader_of, say
from tui.commands.tables import write_table

NO_ANSWER = 1
ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_filter(parser)
    parser.add_argument("--by", choices=GROUPINGS, help="one line per group")
    parser.add_argument("--format", choices=("table", "json", "csv"), default="table", help="json is one object per line")


def run(args: argparse.Namespace) -> int:
    """Prints figures. 1 when no provider can answer, or the cache knows nothing of the range."""
    wanted, moment = read_filter(args), now_ms(args)
    with reader_of(args) as reader:
        if args.by is None:
            totals = reader.totals(wanted, moment)
            groups = {ALL: Tally.total(totals.values())} if totals else {}
        else:
            groups = reader.groups(wanted, moment, args.by)
        left_out = reader.cannot_answer(wanted, args.by)
        for name, reason in left_out.items():
            say(f"{name} is left out: {reason}")
        known = explain_coverage(reader, wanted, moment, by_figures=figures_hold(wanted, args.by))
    figures = {label: {name: metric.figure(tally) for name, metric in METRICS.items()} for label, tally in groups.items()}
    {"json": _print_json, "csv": _print_csv, "table": _print_table}[args.format](figures, args.by)
    return 0 if known and (figures or args.by) else NO_ANSWER


def _print_json(figures: dict[str, dict[str, Figure]], grouping: str | None) -> None:
    for label, group in figures.items():
        head = {} if grouping is None else {"group": label}
        print(json.dumps(head | {name: figure.json() for name, figure in group.items()}, ensure_ascii=False))


def _print_csv(figures: dict[str, dict[str, Figure]], grouping: str | None) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(["group", "metric", "value", "numerator", "denominator", "grade", "complete_to"])
    for label, group in figures.items():
        for name, figure in group.items():
            writer.writerow(spreadsheet_cell(value) for value in (label, name, *figure.json().values()))


def _print_table(figures: dict[str, dict[str, Figure]], grouping: str | None) -> None:
    header = (grouping or "calls", *(METRICS[name].title.lower() for name in METRICS))
    rows = [(label or "-", *(figure.text() for figure in group.values())) for label, group in figures.items()]
    write_table(sys.stdout, header, rows, frozenset(range(1, len(header))))
