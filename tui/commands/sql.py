"""`calltop sql`: a question in SQL about the documented views of the cache, which it can only read."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from types import FrameType

from calls.cache.database import BadCache, NoCache
from calls.cache.questions import BadQuestion, Questions, TookTooLong
from calls.cache.schema import CacheTooNew
from calls.exports import Column, Value
from tui.commands.opening import cache_of, say
from tui.commands.output import TABLE, add_output, format_of, write_rows, write_text
from tui.commands.tables import value_table
from tui.exit_codes import NO_ANSWER
from tui.paths import UsageError

TABLE_ROWS = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("sql", metavar="SQL", help="a SELECT over the views of docs/cache.md; - reads it from standard input")
    add_output(parser, formats=("json", "csv"))
    parser.add_argument(
        "--timeout", type=float, default=60.0, metavar="SECONDS", help="give up after this time, 0 never (default: 60)"
    )


def run(args: argparse.Namespace) -> int:
    """Prints the answer. 1 when there is no cache, or no answer in time; 2 for what cannot be asked."""
    sql = sys.stdin.read() if args.sql == "-" else args.sql
    with _interruptible() as interrupted:
        try:
            with Questions(cache_of(args), args.timeout, lambda: bool(interrupted)) as questions:
                _write(args, *questions.ask(sql))
        except (NoCache, BadCache, CacheTooNew) as error:
            say(str(error))
            return NO_ANSWER
        except TookTooLong as error:
            say(f"{error}; ask for less, or give it longer with --timeout")
            return NO_ANSWER
        except BadQuestion as error:
            raise UsageError(f"sql: {error}") from None
    return 0


def _write(args: argparse.Namespace, names: Sequence[str], rows: Iterator[tuple[Value, ...]]) -> None:
    columns = tuple(Column(name) for name in names)
    if format_of(args) != TABLE:
        write_rows(args, columns, rows)
        return
    # A table is as wide as its widest row, so all of them are held until the last is known.
    shown = list(islice(rows, TABLE_ROWS))
    write_text(args, lambda out: value_table(out, columns, shown))
    if len(shown) == TABLE_ROWS and next(rows, None) is not None:
        say(f"the first {TABLE_ROWS} rows; --format csv or json has them all")


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """Fills the list when the person wants to stop: SQLite notices it between two steps, and no exception ends it halfway."""
    pressed: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        pressed.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt
