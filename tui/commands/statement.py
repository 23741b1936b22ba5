"""`calltop statement`: Telecom X's statistics with every parameter of its document, shown or saved as a file."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from calls.model import COUNTERS, EmployeeBucket, Window
from calls.times import format_rfc3339, local_date, local_day_window
from tui.commands.opening import say, tasks_of
from tui.commands.tables import local_time_text, write_table
from tui.exit_codes import PROVIDER_FAILED
from tui.paths import UsageError

if TYPE_CHECKING:
    from providers.telecomx import TelecomXProvider
    from providers.telecomx.statement import Statement


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options, one for each parameter of the document."""
    parser.add_argument("--provider", metavar="NAME", help="which Telecom X, where several are configured")
    parser.add_argument("--since", metavar="DAY", help="first local day, such as 2026-11-01 (default: yesterday)")
    parser.add_argument("--until", metavar="DAY", help="last local day (default: the first)")
    parser.add_argument("--grouping", choices=("MONTH", "WEEK", "DAY", "HOUR"), default="DAY", help="the length of a period")
    parser.add_argument("--direction", choices=("IN", "OUT", "BOTH"), default="BOTH", help="which calls count")
    parser.add_argument("--ignore-below", type=int, metavar="SECONDS", help="leave shorter calls out")
    parser.add_argument("--ignore-local", action="store_true", help="leave internal calls out")
    parser.add_argument("--customer", default="", metavar="ID", help="another organisation, for resellers")
    parser.add_argument("--employee", default="", metavar="ID", help="one employee")
    parser.add_argument("--employees", default="", metavar="ID,ID", help="several employees")
    parser.add_argument("--fields", metavar="A,B", help="only these of the vendor's fields")
    parser.add_argument("--sort", choices=("", "employeeName", "extensionNumber"), default="", help="the vendor's order")
    parser.add_argument("--format", choices=("table", "json", "csv", "excel"), default="table", help="csv and excel are files")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where a file is saved, as received")


def run(args: argparse.Namespace) -> int:
    """Asks, and shows or saves the answer. 3 when Telecom X refused or could not be reached."""
    from providers.errors import ProviderError
    from providers.telecomx import TelecomXProvider

    if (args.format in ("csv", "excel")) is not (args.output is not None):
        raise UsageError("--format csv and excel are saved: name the file with -o; table and json are printed")
    clock, tasks = tasks_of(args, [args.provider] if args.provider else [])

    async def work() -> int:
        made = [task.provider for task in tasks()]
        known = [provider for provider in made if isinstance(provider, TelecomXProvider)]
        try:
            if len(known) != 1:
                names = ", ".join(provider.source.name for provider in known)
                what = f"say which with --provider: {names}" if names else "no provider of kind telecomx is configured"
                raise UsageError(f"statements are Telecom X's; {what}")
            return await _answer(args, known[0], clock.now_ms())
        finally:
            await asyncio.gather(*(provider.close() for provider in made), return_exceptions=True)

    try:
        return asyncio.run(work())
    except ProviderError as error:
        say(str(error))
        return PROVIDER_FAILED


async def _answer(args: argparse.Namespace, provider: TelecomXProvider, now_ms: int) -> int:
    statement = _statement(args, ZoneInfo(provider.source.timezone), now_ms)
    try:
        if args.output is not None:
            size, cells = await provider.download(statement, args.output)
            say(f"{size} bytes with {len(cells)} periods in {args.output}")
            return 0
        buckets = await provider.ask_statement(statement)
    except ValueError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{args.output} cannot be written: {error.strerror}") from None
    write_buckets(sys.stdout, buckets, ZoneInfo(provider.source.timezone), as_json=args.format == "json")
    return 0


def _statement(args: argparse.Namespace, zone: ZoneInfo, now_ms: int) -> Statement:
    """The request that the options describe. Raises `UsageError`."""
    from providers.telecomx.statement import ALL_FIELDS, Statement

    first = _day(args.since) or local_date(now_ms, zone) - timedelta(days=1)
    last = _day(args.until) or first
    fields = tuple(name.strip() for name in args.fields.split(",")) if args.fields else ALL_FIELDS
    if unknown := [name for name in fields if name not in ALL_FIELDS]:
        raise UsageError(f"--fields: {unknown[0]!r} is no field; there are {', '.join(ALL_FIELDS)}")
    if last < first:
        raise UsageError("--until must not be before --since")
    return Statement(
        window=Window(local_day_window(first, zone).start_ms, local_day_window(last, zone).end_ms),
        grouping=args.grouping,
        customer=args.customer,
        employee=args.employee,
        employees=tuple(part.strip() for part in args.employees.split(",") if part.strip()),
        ignore_below_seconds=args.ignore_below,
        ignore_local=args.ignore_local or None,
        direction=args.direction,
        fields=fields,
        sort=args.sort,
        format="CSV" if args.format == "csv" else "EXCEL" if args.format == "excel" else "JSON",
    )


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day; write it like 2026-11-01") from None


def write_buckets(out: TextIO, buckets: Iterable[EmployeeBucket], zone: ZoneInfo, *, as_json: bool) -> None:
    """Employees' totals as one JSON object a line, or as a table with periods in the provider's zone."""
    if as_json:
        for bucket in buckets:
            row = bucket._asdict()
            times = {"started_at": format_rfc3339(row.pop("started_ms")), "ended_at": format_rfc3339(row.pop("ended_ms"))}
            out.write(json.dumps(times | row, ensure_ascii=False) + "\n")
        return
    shown = ("inbound_calls", "inbound_answered", "inbound_seconds", "outbound_calls", "outbound_answered", "outbound_seconds")
    assert set(shown) <= set(COUNTERS)
    rows = [
        (
            local_time_text(bucket.started_ms, zone)[:16],
            bucket.extension_number or "-",
            bucket.employee_name or bucket.employee_id,
            *("-" if (count := getattr(bucket, name)) is None else str(count) for name in shown),
        )
        for bucket in buckets
    ]
    header = ("from", "extension", "employee", "in", "answered", "in s", "out", "answered", "out s")
    write_table(out, header, rows, frozenset(range(3, 9)))
