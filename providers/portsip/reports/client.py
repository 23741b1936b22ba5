"""Call reports of one PBX: ordered, looked at, changed, taken back; and the files they become."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, quote, unquote, urlsplit

from calls.text import clean
from providers.errors import BadAnswer, ProviderError, Refused, Rejected
from providers.files import MAX_FILE_BYTES, PartFile, Progress
from providers.portsip.refusals import explanation
from providers.portsip.reports.answers import (
    CompletedReport,
    Report,
    ReportLine,
    read_completed,
    read_line,
    read_report,
)
from providers.portsip.reports.changes import ReportChanges
from providers.portsip.reports.orders import BadOrder, ReportOrder
from providers.transport import Answer, Transport, refusal

_Read = TypeVar("_Read", ReportLine, CompletedReport)
ORDERS, COMPLETED = "/call_reports", "/completed_call_reports"
PAGE_ROWS = 100
MOST_PAGES = 100
ORDER_FIELDS = ("id", "name", "type", "cron_expr", "status")
COMPLETED_FIELDS = ("id", "name", "type", "format", "completed_at", "file_name", "file_size")
LONGEST_CONDITION = 2_000
_FILE_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_AGAIN = "run it again later"
_MAY_BE_DONE = "it may have been done all the same: look at the list before doing it again"
_ROLE = "the user needs the role Admin, or the right to make call reports"


class Reports:
    """The call reports behind a provider's transport, whose base address ends with `/api`.

    Every method raises `ProviderError`; what creates or changes is never sent twice.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def orders(self, search: str = "", *, sort: str = "", condition: str = "") -> list[ReportLine]:
        """Every order, in the order of the PBX where no `sort` is given.

        `sort` is one of `ORDER_FIELDS`, with asc or desc behind it; `condition` is a filter in the API's own language, sent as
        it is. Raises `BadOrder` for one that cannot be sent.
        """
        query = _query(search, sort, condition, ORDER_FIELDS)
        return await self._all(ORDERS, query, read_line)

    async def order(self, report_id: str) -> Report:
        """One order, whole."""
        answer = await self._send("GET", f"{ORDERS}/{_id(report_id)}")
        with _advising(_AGAIN):
            return read_report(answer.json())

    async def create(self, order: ReportOrder) -> str:
        """Orders a report; its id. The PBX sends mail to the order's address when it is done."""
        answer = await self._send("POST", ORDERS, order.body())
        with _advising(_MAY_BE_DONE):
            found = answer.json()
        created = clean(found.get("id")) if isinstance(found, dict) else ""
        if not created:
            raise BadAnswer(f"{answer.asked}: the report was ordered, but its id was not told", advice="look at the list")
        return created

    async def update(self, report_id: str, changes: Mapping[str, Any]) -> None:
        """Changes an order; its type cannot change."""
        if "type" in changes:
            raise Rejected("the type of a report cannot be changed", advice="create another report and destroy this one")
        await self._send("POST", f"{ORDERS}/{_id(report_id)}", changes)

    async def change(self, report_id: str, changes: ReportChanges) -> None:
        """Changes what is named of an order, after a look at what it is now. Raises `BadOrder`."""
        await self.update(report_id, changes.body(await self.order(report_id)))

    async def destroy(self, report_id: str) -> None:
        """Takes an order back."""
        await self._send("POST", f"{ORDERS}/{_id(report_id)}/destroy")

    async def completed(self, search: str = "", *, sort: str = "", condition: str = "") -> list[CompletedReport]:
        """Every finished file, in the order of the PBX where no `sort` is given.

        `sort` is one of `COMPLETED_FIELDS`, with asc or desc behind it; `condition` is a filter in the API's own language,
        sent as it is. Raises `BadOrder` for one that cannot be sent.
        """
        query = _query(search, sort, condition, COMPLETED_FIELDS)
        return await self._all(COMPLETED, query, read_completed)

    async def completed_report(self, report_id: str) -> CompletedReport:
        """One finished file."""
        answer = await self._send("GET", f"{COMPLETED}/{_id(report_id)}")
        with _advising(_AGAIN):
            return read_completed(answer.json())

    async def destroy_completed(self, report_id: str) -> None:
        """Removes a finished file from the PBX."""
        await self._send("POST", f"{COMPLETED}/{_id(report_id)}/destroy")

    async def download(
        self, report: CompletedReport, path: Path, progress: Progress | None = None, *, limit_bytes: int = MAX_FILE_BYTES
    ) -> int:
        """Saves a finished file as it is, whole or not at all, readable by its owner only; its size in bytes.

        It is asked for without credentials first, then with them, and from the PBX's own address only. Raises OSError when
        nothing can be written at `path`.
        """
        url = self._url(report)
        with PartFile(path, limit_bytes=limit_bytes, progress=progress) as file, _advising(_AGAIN):
            answer = await self._transport.send("GET", url, headers=_FILE_HEADERS, authenticated=False, into=file)
            if answer.status in (401, 403):
                answer = await self._transport.send("GET", url, headers=_FILE_HEADERS, into=file)
            if answer.status == 404:
                raise Rejected(f"{answer.asked}: 404, the file is gone", advice="look at the list, or order the report again")
            if answer.status >= 400:
                raise refusal(answer, self._transport.redact(explanation(answer)))
            if answer.status != 200 or not file.size:
                what = "an empty file" if answer.status == 200 else answer.status
                raise BadAnswer(f"{answer.asked}: {what} came instead of the file", advice="download it again")
            if report.format.upper() != "HTML" and (file.is_page or answer.media_type in _PAGE_TYPES):
                what = f"a page came instead of the {report.format or 'report'} file"
                raise BadAnswer(f"{answer.asked}: {what}", advice="sign in to the PBX in a browser and see what it says")
            # The document's own example of a size is 0, so 0 says nothing.
            if report.file_size and report.file_size != file.size:
                raise BadAnswer(f"{answer.asked}: {file.size} bytes came of {report.file_size}", advice="download it again")
            return file.keep()

    def _url(self, report: CompletedReport) -> str:
        """The file's address: the PBX writes it relative to its own, with or without `/api`."""
        own = urlsplit(self._transport.base_url)
        elsewhere = "download it in the browser if you trust it"
        if not report.file_url:
            raise Rejected(f"report {report.id} has no file", advice="wait until it is done, or look at its status")
        try:
            asked = urlsplit(report.file_url)
        except ValueError:
            raise Rejected(f"{report.file_url!r} cannot be read as an address", advice="download it in the browser") from None
        if "\\" in report.file_url or ".." in unquote(asked.path).split("/"):
            raise Rejected(f"{report.file_url!r} leaves the PBX's folders", advice=elsewhere)
        if asked.scheme or asked.netloc:
            if _place(asked) != _place(own):
                where = clean(asked.netloc.rpartition("@")[2]) or report.file_url
                raise Rejected(f"the file lies at {where}, which is not the PBX", advice=elsewhere)
            return report.file_url
        path = f"/{report.file_url.lstrip('/')}"
        prefix = own.path.removesuffix("/api")
        return f"{own.scheme}://{own.netloc}{prefix}{path}"

    async def _all(self, path: str, query: Mapping[str, str], read: Callable[[Any], _Read]) -> list[_Read]:
        """Every row of a list; rows that come twice because the list moved count once."""
        found: dict[object, _Read] = {}
        skip = 0
        for _ in range(MOST_PAGES):
            answer = await self._send("GET", path, query={"skip": str(skip), "top": str(PAGE_ROWS), **query})
            with _advising(_AGAIN):
                items, counted = _page(answer)
                before = len(found)
                for item in items:
                    one = read(item)
                    found.setdefault(one.id or one, one)
            skip += len(items)
            # The count may be of everything or of what matches: it can ask for one page more, and end nothing.
            ends = len(items) < PAGE_ROWS and counted <= skip
            if ends or len(found) == before:
                return list(found.values())
        raise BadAnswer(f"GET {path}: the list does not end", advice="search for a part of the name")

    async def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, query: Mapping[str, str] | None = None
    ) -> Answer:
        # What was sent may have been done although no answer came, and nothing here is repeated by itself.
        with _advising(_AGAIN if method == "GET" else _MAY_BE_DONE):
            answer = await self._transport.send(method, path, query=query, json_body=body, retry=method == "GET")
        if answer.status >= 400:
            said = self._transport.redact(explanation(answer))
            if answer.status == 403:
                raise Refused(f"{answer.asked}: 403, not allowed{': ' + said if said else ''}", advice=_ROLE)
            if answer.status in (400, 422) and body is not None:
                raise Rejected(f"{answer.asked}: {said or answer.status}", advice="correct what it names; nothing is done")
            if answer.status in (400, 404) and path.count("/") > 1:
                raise Rejected(f"{answer.asked}: {said or answer.status}", advice="look up the id in the list")
            raise refusal(answer, said)
        return answer


@contextmanager
def _advising(advice: str) -> Iterator[None]:
    """Says `advice` with an error whose own is that calltop tries again by itself: a person does, here."""
    try:
        yield
    except ProviderError as error:
        if error.retryable and "advice" not in vars(error):
            error.advice = advice
        raise


def _page(answer: Answer) -> tuple[list[Any], int]:
    """The rows of a page, and how many there are in all, 0 where that is not told."""
    body = answer.json()
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise BadAnswer(f"{answer.asked}: the answer holds no list of reports")
    count = body.get("count")
    return items, count if isinstance(count, int) else 0


def _query(search: str, sort: str, condition: str, names: tuple[str, ...]) -> dict[str, str]:
    """The query options that are given. Raises `BadOrder`."""
    name, _, way = sort.strip().partition(" ")
    if sort and (name not in names or way not in ("", "asc", "desc")):
        raise BadOrder(f"sort: {sort!r}: write one of {', '.join(names)}, and asc or desc behind it")
    if len(condition) > LONGEST_CONDITION or not condition.isprintable():
        raise BadOrder("condition: it is one line of at most 2000 characters")
    options = {"search": search, "orderby": sort.strip(), "filter": condition}
    return {option: value for option, value in options.items() if value}


def _place(parts: SplitResult) -> tuple[str, str]:
    """Scheme, and host with port where it is not the usual one; a user name in it stays, and so is never equal."""
    usual = {"https": ":443", "http": ":80"}.get(parts.scheme, ":")
    return parts.scheme, parts.netloc.lower().removesuffix(usual)


def _id(report_id: str) -> str:
    if not report_id.strip():
        raise Rejected("a report is named by its id", advice="look it up in the list")
    return quote(report_id.strip(), safe="")
