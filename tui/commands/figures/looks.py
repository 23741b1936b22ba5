"""The questions that `calltop stats` answers with something else than figures."""

from __future__ import annotations

import argparse
from typing import TextIO

from calls.cache.reader import Reader
from calls.filters import Filter
from tui.commands.figures.silence import write_silence
from tui.commands.figures.typical import write_typical
from tui.commands.opening import now_ms, read_filter, reader_of, zones_of
from tui.commands.output import TABLE, format_of, write_text
from tui.paths import UsageError

NO_ANSWER = 1
LOOKS = {
    "typical": "today against the same hours of the same weekday before",
    "silence": "whether the lines are up: the time without a call against what is usual; takes no filter",
}


def add_looks(parser: argparse.ArgumentParser) -> None:
    """Declares an option for each question."""
    looks = parser.add_argument_group("instead of figures").add_mutually_exclusive_group()
    for name, summary in LOOKS.items():
        looks.add_argument(f"--{name}", action="store_true", help=summary)


def looks_elsewhere(args: argparse.Namespace) -> bool:
    """Whether one of these questions was asked."""
    return any(getattr(args, name) for name in LOOKS)


def look(args: argparse.Namespace) -> int:
    """Writes the answer. 1 when there is nothing to tell. Raises `UsageError`."""
    form = format_of(args)
    if args.by or args.metric or form not in ("json", TABLE):
        raise UsageError("this question is answered as a whole, as table or json: leave out --by, --metric and other formats")
    wanted, moment = read_filter(args), now_ms(args)
    if args.silence and not wanted.everything:
        raise UsageError("--silence takes no filter: a line is silent or it is not")
    with reader_of(args) as reader:
        told = write_text(args, lambda out: _write(args, reader, wanted, moment, out, form))
    return 0 if told else NO_ANSWER


def _write(args: argparse.Namespace, reader: Reader, wanted: Filter, moment: int, out: TextIO, form: str) -> int:
    zones = zones_of(reader)
    if args.silence:
        return write_silence(out, reader.silence(moment), zones, form)
    return write_typical(out, reader.typical(wanted, moment), zones, form)
