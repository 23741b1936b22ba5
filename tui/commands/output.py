"""Where a command's rows go: a table on the screen, or data in a file or a pipe."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TextIO

from calls.exports import (
    FORMATS,
    Column,
    MissingLibrary,
    UnknownFormat,
    Value,
    check_format,
    format_named,
    write_file,
    write_stream,
)
from calls.files import WholeFile
from tui.lines.words import grouped
from tui.paths import UsageError, placed

TABLE = "table"
BAR_CELLS = 24
REDRAW_SECONDS = 0.1


def add_output(parser: argparse.ArgumentParser, formats: Sequence[str] = tuple(FORMATS)) -> None:
    """Declares format and place of what is written."""
    files = "".join(f"; {name} is a file" for name in formats if FORMATS[name].binary)
    parser.add_argument(
        "--format",
        choices=(TABLE, *formats),
        help=f"json is one object per line{files} (default: what the end of FILE says, else table)",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write there instead of to standard output")
    parser.add_argument("--raw", action="store_true", help="for programs: leave text that a spreadsheet would run as it is")
    parser.set_defaults(formats=(TABLE, *formats))


def format_of(args: argparse.Namespace) -> str:
    """The format that was named, or that the file's name tells, one that can be written here. Raises `UsageError`."""
    name = args.format or _told_by(args.output)
    if name not in args.formats:
        raise UsageError(f"{args.output}: {name} is not written here; there are {', '.join(args.formats)}")
    if name != TABLE:
        try:
            check_format(name)
        except MissingLibrary as error:
            raise UsageError(str(error)) from None
    return name


def _told_by(path: Path | None) -> str:
    try:
        return TABLE if path is None else format_named(path)
    except UnknownFormat:
        return TABLE


def write_rows(
    args: argparse.Namespace, columns: Sequence[Column], rows: Iterable[Sequence[Value]], count: Callable[[], int] | None = None
) -> int:
    """Writes rows as the options say and returns how many. `count` tells beforehand how many they will be, for the bar.

    Raises `UsageError`.
    """
    name, bar = format_of(args), None
    try:
        if args.output is not None:
            bar = progress_bar(count, sys.stderr)
            return write_file(placed(args.output), name, columns, rows, raw=args.raw, progress=bar)
        if FORMATS[name].binary and sys.stdout.isatty():
            raise UsageError(f"{name} is not for a screen; name a file with -o FILE")
        bar = None if sys.stdout.isatty() else progress_bar(count, sys.stderr)
        sys.stdout.flush()
        return write_stream(sys.stdout.buffer, name, columns, rows, raw=args.raw, progress=bar)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{args.output or 'standard output'} cannot be written: {error.strerror or error}") from None
    finally:
        if bar is not None:
            bar.clear()


def write_text(args: argparse.Namespace, write: Callable[[TextIO], int]) -> int:
    """Lets `write` write text to standard output, or to a private file that appears whole or not at all; returns what it
    returns. Raises `UsageError`."""
    if args.output is None:
        return write(sys.stdout)
    path = placed(args.output)
    try:
        with WholeFile(path) as whole:
            with open(whole.file.fileno(), "w", encoding="utf-8", newline="", closefd=False) as text:
                written = write(text)
            whole.keep()
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    return written


class ProgressBar:
    """How many of `total` rows are written, on one line of a terminal that is drawn again; it never appears when that takes no
    time, and is gone at the end."""

    def __init__(self, total: int, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._out = out
        self._clock = clock
        self._last = clock()
        self._drawn = False

    def __call__(self, rows: int) -> None:
        """So many rows are written."""
        if rows >= self._total:
            self.clear()
        elif self._clock() - self._last >= REDRAW_SECONDS:
            self._last, self._drawn = self._clock(), True
            filled = BAR_CELLS * rows // self._total
            bar = f"[{'#' * filled}{'.' * (BAR_CELLS - filled)}]"
            self._out.write(f"\r{bar} {grouped(rows)} of {grouped(self._total)}")
            self._out.flush()

    def clear(self) -> None:
        """Leaves the line empty, also where the export was given up."""
        if self._drawn:
            self._out.write("\r\033[K")
            self._out.flush()
            self._drawn = False


def progress_bar(count: Callable[[], int] | None, out: TextIO) -> ProgressBar | None:
    """The bar for as many rows as `count` tells; None where nobody looks."""
    return None if count is None or not out.isatty() else ProgressBar(count(), out)
