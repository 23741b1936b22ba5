"""The formats of an export, and writing one to a file or a stream."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, NamedTuple

from calls.exports.cells import Column, Value
from calls.exports.lines import write_csv, write_json
from calls.exports.parquet import write_parquet
from calls.exports.workbook import write_workbook
from calls.files import WholeFile

Row = Sequence[Value]
# Told how many rows have been written, now and then; what it raises ends the export.
Progress = Callable[[int], None]
PROGRESS_ROWS = 500


class Format(NamedTuple):
    """A way to write rows. `binary` ones go to files and pipes only; `modules` come with the extra of the same name."""

    name: str
    suffix: str
    write: Callable[..., None]
    binary: bool = False
    modules: tuple[str, ...] = ()


FORMATS = {
    made.name: made
    for made in (
        Format("json", ".jsonl", write_json),
        Format("csv", ".csv", write_csv),
        Format("parquet", ".parquet", write_parquet, binary=True, modules=("arro3.core", "arro3.io")),
        Format("xlsx", ".xlsx", write_workbook, binary=True, modules=("xlsxwriter",)),
    )
}
_BY_SUFFIX = {made.suffix: made.name for made in FORMATS.values()} | {".json": "json", ".ndjson": "json"}


class MissingLibrary(Exception):
    """A format needs an extra that is not installed; the message says what to do."""


class UnknownFormat(Exception):
    """A file's name tells no format."""


def format_named(path: Path) -> str:
    """The format that a file's name tells. Raises `UnknownFormat`."""
    try:
        return _BY_SUFFIX[path.suffix.lower()]
    except KeyError:
        raise UnknownFormat(f"{path.name} tells no format; end it with {', '.join(_BY_SUFFIX)}") from None


def check_format(name: str) -> None:
    """Raises `MissingLibrary` when a format cannot be written here, and KeyError when there is none of that name."""
    wanted = FORMATS[name]
    if not all(_is_installed(module) for module in wanted.modules):
        raise MissingLibrary(f"{name} needs more than is installed; install it with: pip install 'calltop[{name}]'")


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def write_file(
    path: Path,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    raw: bool = False,
    progress: Progress | None = None,
) -> int:
    """Writes rows to a file that only its owner can read, and that appears whole or not at all. Returns the number of rows.

    `raw` leaves text that a spreadsheet would run as it is. May be called from any thread that may read the rows. Raises
    OSError when the file cannot be written, `MissingLibrary`, and whatever the rows or `progress` raise.
    """
    check_format(name)
    with WholeFile(path) as whole:
        written = write_stream(whole.file, name, columns, rows, raw=raw, progress=progress)
        whole.keep()
    return written


def write_stream(
    out: BinaryIO,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    raw: bool = False,
    progress: Progress | None = None,
) -> int:
    """Writes rows to a stream of bytes, text as UTF-8, and leaves it open. Returns the number of rows.

    Raises as `write_file`.
    """
    check_format(name)
    chosen, counted = FORMATS[name], _Counted(rows, progress)
    if chosen.binary:
        chosen.write(out, columns, counted, raw=raw)
        return counted.rows
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        chosen.write(text, columns, counted, raw=raw)
        text.flush()
    finally:
        text.detach()
    return counted.rows


class _Counted:
    """Rows that are counted as they are taken."""

    def __init__(self, rows: Iterable[Row], progress: Progress | None) -> None:
        self.rows = 0
        self._source = rows
        self._progress = progress

    def __iter__(self) -> Iterator[Row]:
        for row in self._source:
            yield row
            self.rows += 1
            if self._progress is not None and self.rows % PROGRESS_ROWS == 0:
                self._progress(self.rows)
        if self._progress is not None:
            self._progress(self.rows)
