"""`calltop missed`: who must be called back."""

from __future__ import annotations

import argparse
import json
import sys
from zoneinfo import ZoneInfo

from calls.text import mask_number
from calls.times import format_rfc3339
from tui.commands.coverage_notes import explain_coverage
from tui.commands.opening import add_filter, now_ms, read_filter, reader_of
from tui.commands.tables import local_time_text, write_table

NO_ANSWER = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_filter(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table", help="json is one object per line")
    parser.add_argument("--mask", action="store_true", help="hide the last four digits of numbers")


def run(args: argparse.Namespace) -> int:
    """Prints callers who rang in vain and have not been reached since, oldest first."""
    wanted, moment = read_filter(args), now_ms(args)
    hide = mask_number if args.mask else str
    with reader_of(args) as reader:
        waiting = reader.unreturned(wanted, moment)
        zones = {name: ZoneInfo(known.source.timezone) for name, known in reader.sources().items()}
        known = explain_coverage(reader, wanted, moment)
    if args.format == "json":
        for who in waiting:
            row = {
                "caller": hide(who.caller),
                "caller_name": who.caller_name or None,
                "first_missed_at": format_rfc3339(who.first_missed_ms),
                "last_missed_at": format_rfc3339(who.last_missed_ms),
                "tries": who.tries,
                "providers": list(who.providers),
            }
            print(json.dumps(row, ensure_ascii=False))
    else:
        rows = [
            (
                local_time_text(who.first_missed_ms, zones[who.providers[0]]),
                hide(who.caller),
                who.caller_name or "-",
                str(who.tries),
                ", ".join(who.providers),
            )
            for who in waiting
        ]
        write_table(sys.stdout, ("first missed", "caller", "name", "tries", "provider"), rows, frozenset({3}))
    return 0 if waiting or known else NO_ANSWER
