"""Call reports of one PBX: ordered, looked at, changed, taken back; and the files they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from calls.text import clean
from providers.errors import BadAnswer, Refused, Rejected
from providers.files import save
from providers.portsip.refusals import explanation
from providers.portsip.reports.answers import (
    CompletedReport,
    Report,
    ReportLine,
    read_completed,
    read_line,
    read_report,
)
from providers.portsip.reports.orders import ReportOrder
from providers.transport import Answer, Transport, refusal

_Read = TypeVar("_Read", ReportLine, CompletedReport)
ORDERS, COMPLETED = "/call_reports", "/completed_call_reports"
PAGE_ROWS = 100
MOST_PAGES = 100
_ROLE = "the user needs the role Admin, or the right to make call reports"


class Reports:
    """The call reports behind a provider's transport, whose base address ends with `/api`.

    Every method raises `ProviderError`; what creates or changes is never sent twice.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def orders(self, search: str = "") -> list[ReportLine]:
        """Every order, in the order of the PBX."""
        return await self._all(ORDERS, search, read_line)

    async def order(self, report_id: str) -> Report:
        """One order, whole."""
        return read_report((await self._send("GET", f"{ORDERS}/{_id(report_id)}")).json())

    async def create(self, order: ReportOrder) -> str:
        """Orders a report; its id. The PBX sends mail to the order's address when it is done."""
        answer = await self._send("POST", ORDERS, order.body())
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

    async def destroy(self, report_id: str) -> None:
        """Takes an order back."""
        await self._send("POST", f"{ORDERS}/{_id(report_id)}/destroy")

    async def completed(self, search: str = "") -> list[CompletedReport]:
        """Every finished file, in the order of the PBX."""
        return await self._all(COMPLETED, search, read_completed)

    async def completed_report(self, report_id: str) -> CompletedReport:
        """One finished file."""
        return read_completed((await self._send("GET", f"{COMPLETED}/{_id(report_id)}")).json())

    async def destroy_completed(self, report_id: str) -> None:
        """Removes a finished file from the PBX."""
        await self._send("POST", f"{COMPLETED}/{_id(report_id)}/destroy")

    async def download(self, report: CompletedReport, path: Path) -> int:
        """Saves a finished file as it is, readable by its owner only; its size in bytes.

        It is asked for without credentials first, then with them, and from the PBX's own address only.
        """
        url = self._url(report)
        answer = await self._transport.send("GET", url, headers={"Accept": "*/*"}, authenticated=False)
        if answer.status in (401, 403):
            answer = await self._transport.send("GET", url, headers={"Accept": "*/*"})
        if answer.status >= 400:
            raise refusal(answer, self._transport.redact(explanation(answer)))
        if answer.media_type == "text/html" and report.format != "HTML":
            raise BadAnswer(f"{answer.asked}: a page came instead of the {report.format or 'report'} file")
        if report.file_size is not None and report.file_size != len(answer.body):
            raise BadAnswer(f"{answer.asked}: {len(answer.body)} bytes came of {report.file_size}", advice="download it again")
        return save(answer.body, path)

    def _url(self, report: CompletedReport) -> str:
        """The file's address: the PBX writes it relative to its own, with or without `/api`."""
        own = urlsplit(self._transport.base_url)
        if not report.file_url:
            raise Rejected(f"report {report.id} has no file", advice="wait until it is done, or look at its status")
        try:
            asked = urlsplit(report.file_url)
        except ValueError:
            raise Rejected(f"{report.file_url!r} cannot be read as an address", advice="download it in the browser") from None
        if asked.scheme or asked.netloc:
            if (asked.scheme, asked.netloc) != (own.scheme, own.netloc):
                where = clean(asked.netloc) or report.file_url
                raise Rejected(
                    f"the file lies at {where}, which is not the PBX", advice="download it in the browser if you trust it"
                )
            return report.file_url
        path = f"/{report.file_url.lstrip('/')}"
        if any(part == ".." for part in urlsplit(path).path.split("/")):
            raise Rejected(f"{report.file_url!r} leaves the PBX's folders", advice="download it in the browser if you trust it")
        prefix = own.path.removesuffix("/api")
        return f"{own.scheme}://{own.netloc}{prefix}{path}"

    async def _all(self, path: str, search: str, read: Callable[[Any], _Read]) -> list[_Read]:
        """Every row of a list; rows that come twice because the list moved count once."""
        found: dict[str, _Read] = {}
        for page in range(MOST_PAGES):
            query = {"skip": str(page * PAGE_ROWS), "top": str(PAGE_ROWS)} | ({"search": search} if search else {})
            body = (await self._send_query(path, query)).json()
            items = body.get("items") if isinstance(body, dict) else None
            if not isinstance(items, list):
                raise BadAnswer(f"GET {path}: the answer holds no list of reports")
            before = len(found)
            for item in items:
                one = read(item)
                found.setdefault(one.id, one)
            if len(items) < PAGE_ROWS or len(found) == before:
                return list(found.values())
        raise BadAnswer(f"GET {path}: the list does not end")

    async def _send_query(self, path: str, query: Mapping[str, str]) -> Answer:
        answer = await self._transport.send("GET", path, query=query)
        if answer.status >= 400:
            raise refusal(answer, self._transport.redact(explanation(answer)))
        return answer

    async def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        answer = await self._transport.send(method, path, json_body=body, retry=method == "GET")
        if answer.status >= 400:
            said = self._transport.redact(explanation(answer))
            if answer.status == 403:
                raise Refused(f"{answer.asked}: 403, not allowed{': ' + said if said else ''}", advice=_ROLE)
            if answer.status in (400, 404) and path.count("/") > 1:
                raise Rejected(f"{answer.asked}: {said or answer.status}", advice="look up the id in the list")
            raise refusal(answer, said)
        return answer


def _id(report_id: str) -> str:
    if not report_id.strip():
        raise Rejected("a report is named by its id", advice="look it up in the list")
    return quote(report_id.strip(), safe="")
