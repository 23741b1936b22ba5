"""`calltop missed`: who must be called back."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from calls.cache.snapshots import CallBack, Mark, Settled
from calls.exports import Value, json_value
from calls.model import Direction
from calls.text import mask_number, normalise_number
from tui.commands.coverage_notes import explain_coverage
from tui.commands.opening import add_as_of, add_filter, cache_of, now_ms, read_filter, reader_of, say, writable
from tui.commands.output import add_output, format_of, write_rows, write_text
from tui.commands.tables import local_time_text, write_table
from tui.exit_codes import NO_ANSWER
from tui.lines.words import counted
from tui.missed_rows import SETTLED_COLUMNS, WAITING_COLUMNS, Hide, settled_values, waiting_values
from tui.paths import UsageError

WAITING_HEADER = ("first missed", "caller", "name", "tries", "provider", "note")
SETTLED_HEADER = ("first missed", "caller", "name", "tries", "provider", "settled")
_KINDS = {column.name: column.kind for column in SETTLED_COLUMNS}


@dataclass(frozen=True, slots=True)
class _Line:
    """One caller: the values by column, and the cells of the table."""

    values: dict[str, Value]
    providers: tuple[str, ...]
    cells: tuple[str, ...]

    def json(self) -> dict[str, object]:
        """The values as an object, the providers as a list."""
        shown: dict[str, object] = {name: json_value(value, _KINDS[name]) for name, value in self.values.items()}
        return shown | {"providers": list(self.providers)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_filter(parser)
    add_output(parser)
    noted = parser.add_mutually_exclusive_group()
    noted.add_argument("--settled", action="store_true", help="instead: whose missed calls are settled, and by what")
    noted.add_argument("--done", metavar="NUMBER", help="note that this caller was dealt with: off the list, for every window")
    parser.add_argument("--note", metavar="TEXT", default="", help="what to remember with --done")
    noted.add_argument("--not-done", metavar="NUMBER", help="take that back")
    add_as_of(parser)
    parser.add_argument("--mask", action="store_true", help="hide the last four digits of numbers")


def run(args: argparse.Namespace) -> int:
    """Prints callers who rang in vain and have not been reached since, oldest first; or notes that one was dealt with."""
    if args.note and args.done is None:
        raise UsageError("--note belongs to --done NUMBER")
    if args.done is not None or args.not_done is not None:
        if args.filter:
            raise UsageError("marking takes no filter: all missed calls of the number are meant")
        if args.as_of is not None:
            raise UsageError("nothing can be marked in the past: leave out --as-of")
        return _mark(args)
    wanted, moment = read_filter(args), now_ms(args)
    hide = mask_number if args.mask else str
    with reader_of(args) as reader:
        zones = {name: ZoneInfo(known.source.timezone) for name, known in reader.sources().items()}
        if args.settled:
            lines = [_settled_line(one, zones, hide) for one in reader.settled(wanted, moment)]
        else:
            lines = [_waiting_line(one, zones, hide) for one in reader.unreturned(wanted, moment)]
            hidden = reader.withheld(wanted, moment)
            if hidden.calls:
                say(f"{counted(hidden.calls, 'missed call')} came from hidden numbers, which nobody can call back")
        known = explain_coverage(reader, wanted, moment)
    _write(args, lines)
    return 0 if lines or known else NO_ANSWER


def _write(args: argparse.Namespace, lines: Sequence[_Line]) -> None:
    columns = SETTLED_COLUMNS if args.settled else WAITING_COLUMNS
    header = SETTLED_HEADER if args.settled else WAITING_HEADER
    match format_of(args):
        case "json":
            write_text(args, lambda out: sum(out.write(json.dumps(line.json(), ensure_ascii=False) + "\n") for line in lines))
        case "table":
            write_text(args, lambda out: write_table(out, header, [line.cells for line in lines], frozenset({3})))
        case _:
            write_rows(args, columns, (tuple(line.values.get(column.name) for column in columns) for line in lines))


def _waiting_line(who: CallBack, zones: Mapping[str, ZoneInfo], hide: Hide) -> _Line:
    first = local_time_text(who.first_missed_ms, zones[who.providers[0]])
    cells = (first, hide(who.caller), who.caller_name or "-", str(who.tries), ", ".join(who.providers), who.check_first)
    return _Line(waiting_values(who, hide), who.providers, cells)


def _settled_line(one: Settled, zones: Mapping[str, ZoneInfo], hide: Hide) -> _Line:
    who = one.missed
    first = local_time_text(who.first_missed_ms, zones[who.providers[0]])
    if one.by is not None:
        moment = local_time_text(one.by.started_ms, zones[one.by.provider])
        told = f"{moment} {'called back' if one.by.direction is Direction.OUT else 'got through'} ({one.by.provider})"
    else:
        mark = one.mark or Mark(0, "", "")
        told = f"{local_time_text(mark.marked_ms, zones[who.providers[0]])} dealt with by {mark.who}: {mark.note}".rstrip(": ")
    cells = (first, hide(who.caller), who.caller_name or "-", str(who.tries), ", ".join(who.providers), told)
    return _Line(settled_values(one, hide), who.providers, cells)


def _mark(args: argparse.Namespace) -> int:
    """Marks the missed calls of a caller, however the number is spelt. 1 when there were none."""
    from calls.cache.writer import Writer
    from tui.marking import marking_person

    number, moment = args.done or args.not_done, now_ms(args)
    with reader_of(args) as reader:
        countries = {known.source.country_code for known in reader.sources().values()}
    with closing(writable(cache_of(args))) as database:
        writer, calls = Writer(database), 0
        for key in {normalise_number(number, country) for country in countries}:
            if args.done is not None:
                calls += writer.mark(key, moment, moment, marking_person(), args.note)
            else:
                calls += writer.unmark(key, moment)
    what = "marked as dealt with" if args.done is not None else "on the list again"
    say(f"{counted(calls, 'missed call')} of {number} {'is' if calls == 1 else 'are'} {what}")
    return 0 if calls else NO_ANSWER
