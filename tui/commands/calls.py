"""`calltop calls`: cached calls as a table or as data."""

from __future__ import annotations

import argparse
from zoneinfo import ZoneInfo

from calls.exports import ALL_COLUMNS, COLUMNS, call_rows, call_table_columns
from calls.filters import Filter
from tui.commands.coverage_notes import explain_coverage
from tui.commands.opening import add_as_of, add_filter, now_ms, read_filter, reader_of, say
from tui.commands.output import TABLE, add_output, format_of, write_rows, write_text
from tui.commands.tables import call_table, value_table
from tui.exit_codes import NO_ANSWER
from tui.paths import UsageError

TABLE_ROWS = 50
ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_filter(parser)
    add_output(parser)
    parser.add_argument("--columns", metavar="A,B", help=f"of {', '.join(ALL_COLUMNS)}; or all (default: up to legs)")
    parser.add_argument("--limit", type=int, metavar="N", help=f"the newest N calls (default: all; a table shows {TABLE_ROWS})")
    add_as_of(parser)
    parser.add_argument("--mask", action="store_true", help="hide the last four digits of numbers")


def run(args: argparse.Namespace) -> int:
    """Prints calls, newest first. 1 when the cache cannot know the answer."""
    written, known = show(args, read_filter(args))
    return 0 if written or known else NO_ANSWER


def show(args: argparse.Namespace, wanted: Filter, *, explains: bool = True) -> tuple[int, bool]:
    """Writes the calls under a filter as the options say; how many, and whether the cache knows any of the range, which is
    narrated too when `explains`."""
    columns, as_table = _columns(args.columns), format_of(args) == TABLE
    limit = args.limit if args.limit is not None else TABLE_ROWS if as_table else None
    if limit is not None and limit < 0:
        raise UsageError("--limit must not be negative")
    moment = now_ms(args)
    with reader_of(args) as reader:
        calls = reader.calls(wanted, moment, limit)
        zones = {name: ZoneInfo(known.source.timezone) for name, known in reader.sources().items()}

        def count() -> int:
            found = reader.count(wanted, moment)
            return found if limit is None else min(found, limit)

        rows = call_rows(calls, columns, zones, mask=args.mask)
        if not as_table:
            written = write_rows(args, call_table_columns(columns), rows, count)
        elif args.columns is None:
            written = write_text(args, lambda out: call_table(out, calls, zones, mask=args.mask))
        else:
            written = write_text(args, lambda out: value_table(out, call_table_columns(columns), rows))
        if args.limit is None and written == limit:
            say(f"the newest {written} calls; --limit N shows more")
        return written, not explains or explain_coverage(reader, wanted, moment)


def _columns(text: str | None) -> tuple[str, ...]:
    if text is None:
        return COLUMNS
    if text.strip() == ALL:
        return ALL_COLUMNS
    chosen = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if unknown := [name for name in chosen if name not in ALL_COLUMNS]:
        raise UsageError(f"--columns: {unknown[0]!r} is no column; there are {', '.join(ALL_COLUMNS)}")
    return chosen
