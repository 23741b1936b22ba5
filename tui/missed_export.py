"""The lists of missed calls as an export: exactly what the screen lists, to the last row."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from calls.cache.reader import Reader
from calls.exports import Value, write_file
from tui.calls_export import calls_export
from tui.calls_feed import CallsQuestion
from tui.exporting import Exportable, Progress, Target
from tui.missed_question import WITHHELD, MissedList, MissedQuestion, range_of
from tui.missed_rows import SETTLED_COLUMNS, WAITING_COLUMNS, settled_values, waiting_values

_EVERY_ROW = 10_000_000


_WHAT = {
    MissedList.WAITING: ("who waits to be called back", "caller"),
    MissedList.SETTLED: ("what settled missed calls", "caller"),
    MissedList.WITHHELD: ("missed calls from hidden numbers", "call"),
}


def missed_export(question: MissedQuestion, now_ms: int) -> Exportable:
    """The list that a question shows, as of a moment."""
    what, noun = _WHAT[question.shown]
    return Exportable(what, noun, f"missed-{question.shown.value}", partial(_write, question, now_ms))


def _write(question: MissedQuestion, now_ms: int, reader: Reader, target: Target, progress: Progress) -> int:
    wanted, _ = range_of(question, reader.context(now_ms))
    if question.shown is MissedList.WITHHELD:
        return calls_export(CallsQuestion(wanted.narrowed(WITHHELD)), now_ms).write(reader, target, progress)
    rows: list[Mapping[str, Value]]
    if question.shown is MissedList.SETTLED:
        columns = SETTLED_COLUMNS
        rows = [settled_values(one, str) for one in reader.settled(wanted, now_ms, _EVERY_ROW)]
    else:
        columns = WAITING_COLUMNS
        rows = [waiting_values(row, str) for row in reader.unreturned(wanted, now_ms)]
    cells = (tuple(row.get(column.name) for column in columns) for row in rows)
    return write_file(target.path, target.format, columns, cells, progress=progress)
