"""`calltop plan`: what each provider would be asked for a filter, without asking."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from tui.commands.opening import add_filter, read_filter, say, tasks_of
from tui.commands.tables import write_table
from tui.lines.words import counted

if TYPE_CHECKING:
    from providers.plan import Plan

MOST_SHOWN = 4
LONGEST_SENT = 60
LONGEST_REQUEST = 300


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_filter(parser)
    parser.add_argument("--provider", action="append", default=[], metavar="NAME", help="only this provider; may be repeated")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="json is one object per provider")


def run(args: argparse.Namespace) -> int:
    """Prints the plan of every provider."""
    from providers.asking import plans

    wanted = read_filter(args)
    clock, tasks = tasks_of(args, args.provider)
    found = plans([task.provider for task in tasks()], wanted, clock.now_ms())
    if args.format == "json":
        for plan in found:
            print(json.dumps(plan.json(), ensure_ascii=False))
        return 0
    rows = [
        (plan.provider, clause.clause, clause.how.value, _short(clause.sent, LONGEST_SENT) or "-", clause.why)
        for plan in found
        for clause in plan.clauses
    ]
    if rows:
        write_table(sys.stdout, ("provider", "clause", "how", "sent", "why"), rows, frozenset())
        print()
    for plan in found:
        print(f"{plan.provider}: {requests_words(plan)}")
        for request in plan.requests[:MOST_SHOWN]:
            print(f"  {_short(request.text, LONGEST_REQUEST)}")
        if len(plan.requests) > MOST_SHOWN:
            print(f"  and {len(plan.requests) - MOST_SHOWN} more like these; --format json shows all")
        if plan.requests and plan.afterwards:
            print(f"  then {plan.afterwards}")
    if not wanted.everything and all(not plan.requests for plan in found):
        say("no provider can answer this filter")
    return 0


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def requests_words(plan: Plan) -> str:
    """How many requests a plan makes, or why it makes none."""
    if plan.impossible:
        return f"not asked: {plan.impossible[0].why or plan.impossible[0].clause}"
    if not plan.requests:
        return "not asked"
    return counted(len(plan.requests), "request")
