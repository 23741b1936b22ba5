"""Reading the rows of one question to the end, page by page."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from calls.text import clean
from providers.errors import BadAnswer, ProviderError, Refused, Rejected
from providers.transport import Answer, Transport, refusal
from providers.while1.request import Filter, parameters
from providers.while1.rows import row_id
from providers.while1.signature import flattened

PATH = "/api/cdr"
USUAL_PAGE_ROWS = 100
MOST_PAGES = 20_000
_CHECK_CREDENTIALS = "check token, api_key and base_url"

log = logging.getLogger(__name__)


class InvalidFilter(Rejected):
    """The provider does not know a filter, or not in this form."""


@dataclass(frozen=True, slots=True)
class Wire:
    """How parameters travel: as JSON or as a form, signed or not."""

    transport: Literal["json", "form"]
    signing_key: str | None
    action: Literal["none", "read"] = "none"


@dataclass(frozen=True, slots=True)
class _Answered:
    rows: list[Any]
    page_rows: int
    last_page: int


class RowReader:
    """Asks `POST /api/cdr`. Remembers whether the previous question was answered with an error of unknown meaning."""

    def __init__(self, transport: Transport, wire: Wire) -> None:
        self._transport = transport
        self._wire = wire
        self._failed_before = False

    async def read(self, filters: Mapping[Filter, Any]) -> AsyncIterator[list[Any]]:
        """The rows that match `filters`, page by page, each row once. What the server says about numbers of pages is only
        a hint: a page that is full may have a successor, unless its number reached the last that the newest answer names.

        Raises `InvalidFilter`, and `ProviderError`.
        """
        seen: set[int | str] = set()
        stalled = False
        for page in range(1, MOST_PAGES + 1):
            answered = await self._ask(page, filters)
            unseen = [row for row in answered.rows if _is_new(row, seen)]
            if unseen:
                yield unseen
            full = len(answered.rows) >= answered.page_rows
            said_to_go_on = page < answered.last_page
            if not answered.rows or not (said_to_go_on or (full and answered.last_page <= 0)):
                return
            if not unseen and stalled:
                raise BadAnswer(f"POST {PATH}: the same rows come again and again instead of the next page")
            stalled = not unseen
        raise BadAnswer(f"POST {PATH}: the list does not end")

    async def _ask(self, page: int, filters: Mapping[Filter, Any]) -> _Answered:
        body = parameters(page, filters, signing_key=self._wire.signing_key, action=self._wire.action)
        if self._wire.transport == "form":
            answer = await self._transport.send("POST", PATH, form=dict(flattened(body)))
        else:
            answer = await self._transport.send("POST", PATH, json_body=body)
        content = self._content(answer)
        rows = content.get("results")
        if not isinstance(rows, list):
            raise BadAnswer(f"{answer.asked}: the answer holds no list of results")
        pagination = content.get("pagination")
        pages = pagination if isinstance(pagination, dict) else {}
        return _Answered(rows, _count(pages.get("page_size")) or USUAL_PAGE_ROWS, _count(pages.get("max_page")))

    def _content(self, answer: Answer) -> dict[str, Any]:
        """The answer's object, unless it is an error, which may come with any HTTP status."""
        if answer.status == 404:
            raise Rejected(f"{answer.asked}: 404, no such address", advice="check base_url, a path prefix included")
        try:
            content = answer.json()
        except BadAnswer:
            if answer.status >= 400:
                raise refusal(answer) from None
            raise
        if not isinstance(content, dict):
            raise BadAnswer(f"{answer.asked}: the answer is no object")
        if answer.status in (401, 403):
            raise Refused(f"{answer.asked}: {answer.status}, not allowed{_said(content)}", advice=_CHECK_CREDENTIALS)
        if answer.status >= 400 or content.get("has_error"):
            raise self._error(answer, _said(content))
        self._failed_before = False
        return content

    def _error(self, answer: Answer, said: str) -> ProviderError:
        said = self._transport.redact(said)
        if "invalid filter" in said.lower():
            return InvalidFilter(f"{answer.asked}: refused{said}")
        if self._failed_before:
            return Refused(f"{answer.asked}: refused twice in a row{said}", advice=_CHECK_CREDENTIALS)
        self._failed_before = True
        return ProviderError(f"{answer.asked}: refused{said}", advice=f"if it says so again, {_CHECK_CREDENTIALS}")


def _said(content: Mapping[str, Any]) -> str:
    messages = content.get("messages")
    texts = messages if isinstance(messages, list) else [messages]
    said = clean(", ".join(str(text) for text in texts if text), 200)
    return f": {said}" if said else ""


def _count(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:9])
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _is_new(row: Any, seen: set[int | str]) -> bool:
    try:
        identity: int | str = row_id(row)
    except ValueError:
        identity = repr(row)
    if identity in seen:
        return False
    seen.add(identity)
    return True
