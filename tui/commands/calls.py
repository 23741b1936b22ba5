"""`calltop calls`: cached calls as a table or as data."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from calls.exports import COLUMNS, call_json, spreadsheet_cell
from calls.filters import Filter
from calls.model import Call
from tui.commands.coverage_notes import explain_coverage
from tui.commands.opening import add_filter, now_ms, read_filter, reader_of, say
from tui.commands.tables import call_table
from tui.paths import UsageError

NO_ANSWER = 1
TABLE_ROWS = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_filter(parser)
    parser.add_argument("--format", choices=("table", "json", "csv"), default="table", help="json is one object per line")
    parser.add_argument("--columns", metavar="A,B", help=f"of {', '.join(COLUMNS)}")
    parser.add_argument("--limit", type=int, metavar="N", help=f"the newest N calls (default: all; a table shows {TABLE_ROWS})")
    parser.add_argument("--mask", action="store_true", help="hide the last four digits of numbers")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write there instead of to standard output")


def run(args: argparse.Namespace) -> int:
    """Prints calls, newest first. 1 when the cache cannot know the answer."""
    written, known = show(args, read_filter(args))
    return 0 if written or known else NO_ANSWER


def show(args: argparse.Namespace, wanted: Filter, *, explains: bool = True) -> tuple[int, bool]:
    """Writes the calls under a filter as the options say; how many, and whether the cache knows any of the range, which is
    narrated too when `explains`."""
    columns = _columns(args.columns)
    limit = args.limit if args.limit is not None else TABLE_ROWS if args.format == "table" else None
    if limit is not None and limit < 0:
        raise UsageError("--limit must not be negative")
    moment = now_ms(args)
    with reader_of(args) as reader:
        calls = reader.calls(wanted, moment, limit)
        with _output(args.output) as out:
            if args.format == "json":
                written = _write_json(out, calls, columns, args.mask)
            elif args.format == "csv":
                written = _write_csv(out, calls, columns, args.mask)
            else:
                zones = {name: known.source.timezone for name, known in reader.sources().items()}
                written = call_table(out, calls, zones, mask=args.mask)
        if args.limit is None and written == limit:
            say(f"the newest {written} calls; --limit N shows more")
        return written, not explains or explain_coverage(reader, wanted, moment)


def _columns(text: str | None) -> tuple[str, ...]:
    chosen = COLUMNS if text is None else tuple(name.strip() for name in text.split(","))
    if unknown := [name for name in chosen if name not in COLUMNS]:
        raise UsageError(f"--columns: {unknown[0]!r} is no column; there are {', '.join(COLUMNS)}")
    return chosen


def _write_json(out: TextIO, calls: Iterable[Call], columns: tuple[str, ...], mask: bool) -> int:
    written = 0
    for call in calls:
        out.write(json.dumps(call_json(call, columns, mask=mask), ensure_ascii=False) + "\n")
        written += 1
    return written


def _write_csv(out: TextIO, calls: Iterable[Call], columns: tuple[str, ...], mask: bool) -> int:
    writer = csv.writer(out)
    writer.writerow(columns)
    written = 0
    for call in calls:
        row: dict[str, Any] = call_json(call, columns, mask=mask)
        writer.writerow(spreadsheet_cell(value) for value in row.values())
        written += 1
    return written


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a private file that appears whole or not at all."""
    if path is None:
        yield sys.stdout
        return
    try:
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        Path(unfinished).replace(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)
