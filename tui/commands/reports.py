"""`calltop reports`: PortSIP's call reports, ordered, looked at, changed, taken back; and their files."""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from calls.times import format_rfc3339, parse_rfc3339
from tui.commands.opening import say, tasks_of
from tui.commands.tables import write_table
from tui.exit_codes import NO_ANSWER, PROVIDER_FAILED
from tui.paths import UsageError

if TYPE_CHECKING:
    from providers.files import Progress
    from providers.portsip.reports import CompletedReport, Report, ReportChanges, ReportOrder, Reports


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the actions and their options."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--provider", metavar="NAME", default=None, help="which PBX, where several are configured")
    shared.add_argument("--format", choices=("table", "json"), default="table", help="json is one object per line")
    kept = argparse.ArgumentParser(add_help=False)
    kept.add_argument("-o", "--output", type=Path, metavar="FILE", help="write there instead of to standard output")
    sure = argparse.ArgumentParser(add_help=False)
    sure.add_argument("--yes", action="store_true", help="do not ask first")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=text, description=text, parents=[shared, *parents])

    for name, text in (("list", "the reports that are ordered"), ("completed", "the files that are done")):
        listed = action(name, text, kept)
        listed.add_argument("--search", default="", metavar="TEXT", help="only those whose name holds it")
        listed.add_argument("--sort", default="", metavar="FIELD", help="such as name, or 'name desc'")
        listed.add_argument(
            "--where", default="", metavar="FILTER", help="in PortSIP's own words, such as \"type eq 'NORMAL'\""
        )
    show = action("show", "one order, whole", kept)
    show.add_argument("id", metavar="ID")
    show.add_argument("--completed", action="store_true", help="ID is that of a file")
    for name, text in (("create", "order a report; the PBX mails a link to it"), ("update", "change an order")):
        _add_order(action(name, text, sure), new=name == "create")
    destroy = action("destroy", "take an order back, or remove a file", sure)
    destroy.add_argument("id", metavar="ID")
    destroy.add_argument("--completed", action="store_true", help="ID is that of a file")
    download = action("download", "save a file that is done")
    download.add_argument("id", metavar="ID")
    download.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to (default: the file's own name, here)")


def _add_order(parser: argparse.ArgumentParser, *, new: bool) -> None:
    if not new:
        parser.add_argument("id", metavar="ID")
    else:
        parser.add_argument("--type", required=True, metavar="TYPE", help="such as NORMAL or QUEUE_PERFORMANCE")
    parser.add_argument("--name", required=new, help="the report's name, which its file bears too")
    parser.add_argument("--email", required=new, help="where the PBX sends the link")
    # The name `format` is taken by how calltop prints.
    parser.add_argument("--file-format", choices=("CSV", "HTML"), default="CSV" if new else None, help="of the report's file")
    parser.add_argument("--range", default="YESTERDAY" if new else None, help="TODAY, YESTERDAY, LAST_WEEK, ... or CUSTOM")
    parser.add_argument("--from", dest="start", metavar="TIME", help="with CUSTOM, such as 2026-11-01T00:00:00Z")
    parser.add_argument("--to", dest="end", metavar="TIME", help="with CUSTOM")
    parser.add_argument("--cron", metavar="TIME", default=None, help="when to make it again and again, such as '0 6 * * 1'")
    parser.add_argument(
        "--filter", action="append", default=[], metavar="NAME=VALUE", help="a member of the type's filter; may be repeated"
    )


def run(args: argparse.Namespace) -> int:
    """Does one action. 3 when the PBX refused or could not be reached."""
    from providers.errors import ProviderError
    from providers.portsip import PortsipProvider
    from providers.portsip.reports import BadOrder, Reports

    _, tasks = tasks_of(args)
    name = _chosen(args)
    output = getattr(args, "output", None)
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageError(f"{output} cannot be written: there is no folder {output.absolute().parent}")

    async def work() -> int:
        provider = next(task.provider for task in tasks() if task.provider.source.name == name)
        assert isinstance(provider, PortsipProvider)
        try:
            return await _ACTIONS[args.action](args, Reports(provider.transport))
        finally:
            await provider.close()

    try:
        return asyncio.run(work())
    except BadOrder as error:
        raise UsageError(str(error)) from None
    except ProviderError as error:
        say(f"{name}: {error}")
        return PROVIDER_FAILED


def _chosen(args: argparse.Namespace) -> str:
    """The PBX that is meant. Raises `UsageError`."""
    from tui.config import load
    from tui.paths import config_path

    providers = load(config_path(args.config)).providers
    names = [name for name, settings in providers.items() if settings.kind == "portsip"]
    if args.provider is not None:
        if args.provider not in names:
            raise UsageError(f"{args.provider} is no PortSIP provider here; there are {', '.join(names) or 'none'}")
        return str(args.provider)
    if len(names) != 1:
        what = f"say which with --provider: {', '.join(names)}" if names else "no provider of kind portsip is configured"
        raise UsageError(f"call reports are PortSIP's; {what}")
    return names[0]


async def _list(args: argparse.Namespace, reports: Reports) -> int:
    orders = await reports.orders(args.search, sort=args.sort, condition=args.where)
    _print(args, [asdict(order) for order in orders], ("id", "name", "type", "cron_expr", "status"))
    return 0


async def _show(args: argparse.Namespace, reports: Reports) -> int:
    shown = _file_line(await reports.completed_report(args.id)) if args.completed else _shown(await reports.order(args.id))
    if args.format == "json":
        _print(args, [shown], tuple(shown))
        return 0
    rows = [(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) for name, value in shown.items()]
    with _opened(args.output) as out:
        write_table(out, ("field", "value"), rows, frozenset())
    return 0


async def _create(args: argparse.Namespace, reports: Reports) -> int:
    order = _order(args)
    if not _is_sure(args, f"the PBX will make the report {order.name!r} and mail it to {order.email}"):
        return NO_ANSWER
    created = await reports.create(order)
    print(json.dumps({"id": created}) if args.format == "json" else created)
    return 0


async def _update(args: argparse.Namespace, reports: Reports) -> int:
    before = await reports.order(args.id)
    body = _changes(args, before).body(before)
    if not _is_sure(args, f"of the order {args.id} will be changed: {', '.join(body)}"):
        return NO_ANSWER
    await reports.update(args.id, body)
    say(f"{args.id} is changed")
    return 0


async def _destroy(args: argparse.Namespace, reports: Reports) -> int:
    what = "the file" if args.completed else "the order"
    if not _is_sure(args, f"{what} {args.id} will be gone for everybody"):
        return NO_ANSWER
    await (reports.destroy_completed(args.id) if args.completed else reports.destroy(args.id))
    say(f"{what} {args.id} is gone")
    return 0


async def _completed(args: argparse.Namespace, reports: Reports) -> int:
    rows = [_file_line(report) for report in await reports.completed(args.search, sort=args.sort, condition=args.where)]
    _print(args, rows, ("id", "name", "type", "format", "completed_at", "file_name", "file_size"))
    return 0


async def _download(args: argparse.Namespace, reports: Reports) -> int:
    from calls.files import safe_name

    report = await reports.completed_report(args.id)
    path = args.output or _free(safe_name(report.file_name, f"report-{safe_name(report.id, 'file')}"))
    try:
        size = await reports.download(report, path, _progress(path.name) if sys.stderr.isatty() else None)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
    say(f"{size} bytes in {path}")
    return 0


_ACTIONS: dict[str, Callable[[argparse.Namespace, Any], Awaitable[int]]] = {
    "list": _list,
    "show": _show,
    "create": _create,
    "update": _update,
    "destroy": _destroy,
    "completed": _completed,
    "download": _download,
}


def _order(args: argparse.Namespace) -> ReportOrder:
    from providers.portsip.reports import ReportOrder, read_filter_values

    return ReportOrder(
        name=args.name,
        type=args.type.upper(),
        email=args.email,
        format=args.file_format,
        range=args.range.upper(),
        started_ms=_instant(args.start),
        ended_ms=_instant(args.end),
        cron_expr=args.cron or "",
        filter=read_filter_values(args.type.upper(), _pairs(args.filter)),
    )


def _changes(args: argparse.Namespace, before: Report) -> ReportChanges:
    """What the person named, and nothing else."""
    from providers.portsip.reports import REPORT_TYPES, ReportChanges, read_filter_values

    kind, pairs = before.line.type, _pairs(args.filter)
    return ReportChanges(
        name=args.name,
        email=args.email,
        format=args.file_format,
        range=args.range.upper() if args.range else None,
        started_ms=_instant(args.start),
        ended_ms=_instant(args.end),
        cron_expr=args.cron,
        # A filter of a type that is not known is refused in words of its own.
        filter=(read_filter_values(kind, pairs) if kind in REPORT_TYPES else pairs) if pairs else None,
    )


def _progress(name: str) -> Progress:
    """Draws on standard error how much of the file has come, each time another percent or megabyte has."""
    last = -1

    def draw(received: int, expected: int | None) -> None:
        nonlocal last
        done = received * 100 // expected if expected else received // 2**20
        if done != last:
            last = done
            sys.stderr.write(f"\r{name}: {done} {'%' if expected else 'MB'}\x1b[K")
            sys.stderr.flush()

    return draw


def _free(name: str) -> Path:
    """The file of that name here, which must not be there yet: the provider chose the name."""
    path = Path(name)
    if path.exists():
        raise UsageError(f"{path} is there already; name another file with -o")
    return path


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise UsageError(f"--filter {text!r}: write NAME=VALUE, such as call_queues=8000,8100")
        pairs[name.strip()] = value.strip()
    return pairs


def _instant(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise UsageError(f"{text!r} is no time; write it like 2026-11-01T00:00:00Z") from None


def _is_sure(args: argparse.Namespace, what: str) -> bool:
    if args.yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"{what}; say so with --yes")
    sys.stderr.write(f"calltop: {what}. Go on? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _shown(report: Report) -> dict[str, Any]:
    started, ended = report.started_ms, report.ended_ms
    return {
        **asdict(report.line),
        "email": report.email,
        "format": report.format,
        "range": report.range,
        "started_at": None if started is None else format_rfc3339(started),
        "ended_at": None if ended is None else format_rfc3339(ended),
        "filter": dict(report.filter),
    }


def _file_line(report: CompletedReport) -> dict[str, Any]:
    line = asdict(report)
    done = line.pop("completed_ms")
    del line["file_url"]
    return {**line, "completed_at": None if done is None else format_rfc3339(done)}


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that only its owner can read and that appears whole or not at all."""
    from providers.files import save

    if path is None:
        yield sys.stdout
        return
    text = io.StringIO()
    yield text
    try:
        save(text.getvalue().encode(), path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def _print(args: argparse.Namespace, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    with _opened(args.output) as out:
        if args.format == "json":
            for row in rows:
                out.write(json.dumps({name: row[name] for name in columns}, ensure_ascii=False) + "\n")
            return
        shown = [tuple("-" if row[name] in (None, "") else str(row[name]) for name in columns) for row in rows]
        right = frozenset({columns.index("file_size")} if "file_size" in columns else ())
        write_table(out, tuple(columns), shown, right)
