"""The calls of a list as an export: exactly those that the filter shows, in the order of the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from calls.cache.listing import Listing
from calls.cache.opened import PAGE_ROWS
from calls.cache.reader import Reader
from calls.exports import ALL_COLUMNS, COLUMNS, call_rows, call_table_columns, write_file
from calls.model import Call
from tui.calls_feed import CallsQuestion
from tui.exporting import Exportable, Progress, Target


def calls_export(question: CallsQuestion, now_ms: int, names: Sequence[str] = COLUMNS) -> Exportable:
    """The calls that a question asks for, as of a moment, with these columns of `calls.exports` unless every one is wanted."""
    what = "all calls" if question.wanted.everything else "the calls under the filter"
    return Exportable(what, "call", "calls", partial(_write, question, now_ms, tuple(names)), has_columns=True)


def _write(
    question: CallsQuestion, now_ms: int, names: Sequence[str], reader: Reader, target: Target, progress: Progress
) -> int:
    names = ALL_COLUMNS if target.every_column else names
    progress(0)
    listed = reader.listing(question.wanted, now_ms, question.order, descending=question.descending)
    zones = {name: ZoneInfo(known.source.timezone) for name, known in reader.sources().items()}
    rows = call_rows(_calls(reader, listed), names, zones)
    return write_file(target.path, target.format, call_table_columns(names), rows, progress=progress)


def _calls(reader: Reader, listed: Listing) -> Iterator[Call]:
    for start in range(0, len(listed), PAGE_ROWS):
        yield from (call for call in reader.calls_at(listed, start, PAGE_ROWS) if call is not None)
