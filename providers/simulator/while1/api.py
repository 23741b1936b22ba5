"""While1's `/api/cdr`: a bearer token, a hash over what was sent, filters, pages of a hundred rows, newest first.

JSON must be nested; keys like "filters[date_between][0]" are hashed but name no filter. A form is read as PHP reads it, a
body of any other type is not read at all. Refusals about the request's content come with HTTP 200 and `has_error`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from providers.simulator import php
from providers.simulator.clock import SimulatorClock
from providers.simulator.credentials import WHILE1_API_KEY, WHILE1_TOKEN
from providers.simulator.http import Reply, Request, json_reply, method_not_allowed
from providers.simulator.while1.filters import FILTERS, InvalidFilter, date_between, from_id, given
from providers.simulator.while1.rows import Row, rows
from providers.simulator.world import PlacedCall, World
from providers.simulator.world.times import BUCHAREST, DAY_MS, midnight_ms

PAGE_SIZE = 100
_JSON_TYPES = ("application/json", "text/json")
_FORM_TYPE = "application/x-www-form-urlencoded"
# A call's rows begin at most this long after the call, and a joined leg a little before it.
_LONGEST_MS = 12 * 3_600_000


class _Refused(Exception):
    """The request's content is refused; the text is the API's message."""


def _refusal(message: str, status: int = 200) -> Reply:
    return json_reply({"has_error": True, "messages": [message], "pagination": [], "results": []}, status)


class While1Api:
    """One customer's exchange."""

    def __init__(self, world: World, clock: SimulatorClock) -> None:
        self._world = world
        self._clock = clock

    def answer(self, request: Request) -> Reply:
        """The reply to one request."""
        if request.path != "/api/cdr":
            return _refusal("Not found", 404)
        if request.method not in ("GET", "POST"):
            return method_not_allowed("GET", "POST")
        if request.bearer != WHILE1_TOKEN:
            return _refusal("Invalid token", 401)
        try:
            parameters = _parameters(request)
            _check(parameters)
            return self._page(given(parameters.get("filters")), _page_number(parameters.get("page", 1)))
        except (_Refused, InvalidFilter) as refusal:
            return _refusal(str(refusal))

    def _page(self, filters: dict[str, Any], page: int) -> Reply:
        tests = [FILTERS[name](name, value) for name, value in filters.items()]
        found = [row for row in self._rows(filters) if all(test(row) for test in tests)]
        found.reverse()
        last_page = -(-len(found) // PAGE_SIZE)
        results = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        pagination = {
            "row_count": len(found),
            "page_size": PAGE_SIZE,
            "current_page": page if found else 0,
            "max_page": last_page,
        }
        return json_reply({"has_error": False, "messages": [], "pagination": pagination, "results": results})

    def _rows(self, filters: dict[str, Any]) -> Iterator[Row]:
        """The rows that can match, in the order of their number."""
        now_ms = self._clock.now_ms()
        least = from_id("from_id", filters["from_id"]) if "from_id" in filters else 0
        numbered = [(self._world.first_row_id(call), call) for call in self._calls(filters, now_ms)]
        numbered.sort(key=lambda pair: pair[0])
        for first_id, call in numbered:
            if first_id + len(call.attempts) > least:
                yield from rows(call, first_id, now_ms)

    def _calls(self, filters: dict[str, Any], now_ms: int) -> Iterator[PlacedCall]:
        # Makes sure that every call visible by now has its number.
        self._world.visible(now_ms, now_ms)
        start_ms, end_ms = 0, now_ms
        if "date_between" in filters:
            first, last = date_between("date_between", filters["date_between"])
            start_ms = midnight_ms(date.fromisoformat(first[:10]), BUCHAREST) - _LONGEST_MS
            last_day = date.fromisoformat(last[:10])
            if last_day.year < 9000:
                end_ms = midnight_ms(last_day, BUCHAREST) + 2 * DAY_MS
        return self._world.started_between("while1", start_ms, end_ms, now_ms)


def _parameters(request: Request) -> dict[str, Any]:
    """What the server reads from the request: nothing when the body's type is neither JSON nor a form."""
    text = request.body
    if request.method == "GET":
        return _form(request.query_text)
    if request.content_type == _FORM_TYPE:
        try:
            return _form(text.decode("ascii"))
        except UnicodeDecodeError:
            raise _Refused("Invalid request") from None
    if request.content_type not in _JSON_TYPES:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _Refused("Invalid JSON") from None
    if not isinstance(found, dict):
        raise _Refused("Invalid JSON")
    return found


def _form(text: str) -> dict[str, Any]:
    try:
        return php.parse_form(text)
    except ValueError:
        raise _Refused("Invalid request") from None


def _check(parameters: dict[str, Any]) -> None:
    """Refuses a wrong hash, and everything that would write."""
    try:
        expected = php.api_hash(parameters, WHILE1_API_KEY)
    except RecursionError:
        raise _Refused("Invalid request") from None
    if parameters.get("api_hash") != expected:
        raise _Refused("Invalid api_hash")
    if parameters.get("action", "read") != "read" or "data" in parameters:
        raise _Refused("This simulator refuses to write: action=save and data are not for a reader")


def _page_number(value: object) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < 1:
        raise _Refused("Invalid page")
    return int(text)
