"""PortSIP's call reports: orders are checked as the document says, and one without a schedule is finished at once.

A finished report is a file below `/api/blobs/`, which asks for the token like everything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from providers.simulator.clock import SimulatorClock
from providers.simulator.http import BadRequest, Reply, Request, json_reply, method_not_allowed
from providers.simulator.odata import Expression, Fields, FilterError, instant_us, parse_filter, parse_order
from providers.simulator.portsip.reports_content import content
from providers.simulator.portsip.sign_in import error
from providers.simulator.world import World

PAGE_SIZE = 100
_RANGES = ("TODAY", "YESTERDAY", "LAST_WEEK", "LAST_SEVEN_DAYS", "LAST_MONTH", "LAST_THIRTY_DAYS", "CUSTOM")
_PARTIES = {"ANY", "INTERNAL_EXTENSIONS", "EXTERNAL_NUMBERS"}
_VALUED_PARTIES = {"EXTENSION_OR_EXTENSION_RANGE", "NUMBER", "NUMBERS_START_WITH", "NUMBERS_CONTAIN"}
_DROPPED = "enable_exclude_calls_dropped_before_seconds"
_QUEUE_MEMBERS = {_DROPPED, "exclude_calls_dropped_before_seconds", "call_queues"}
_FILTERS: Mapping[str, set[str]] = {
    "NORMAL": {"from", "from_value", "to", "to_value", "answer_state", "duration", "duration_from", "duration_to"},
    "EXTENSION_GROUP_CALL_COST": {"type", "groups"},
    **dict.fromkeys(
        (
            "QUEUE_PERFORMANCE",
            "QUEUE_DETAILED_STATISTICS",
            "QUEUE_ABANDONED_CALLS",
            "QUEUE_SLA_STATISTICS",
            "QUEUE_BREACHES_SLA_STATISTICS",
            "QUEUE_CALLBACKS",
            "TEAM_QUEUE_GENERAL_STATISTICS",
        ),
        _QUEUE_MEMBERS,
    ),
    "QUEUE_FAILED_CALLBACKS": {"call_queues"},
    "RING_GROUP_STATISTICS": {"ring_groups"},
}
_CHOICES = {
    "answer_state": {"ANY", "ANSWERED", "NOT_ANSWERED"},
    "duration": {"ANY", "RING_DURATION", "TALK_DURATION"},
    "type": {"ANY", "LOCAL", "NATIONAL", "INTERNATIONAL", "MOBILE"},
}
_MEMBERS = {"name", "type", "email", "format", "range", "started_at", "ended_at", "cron_expr", "filter"}
_REQUIRED = ("name", "type", "email", "format", "range", "filter")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_EDGES = ("started_at", "ended_at")
_NUMBER = re.compile(r"[0-9]{3,64}")
_LINE = ("id", "name", "type", "cron_expr", "status")
_FIELDS = {
    "call_reports": Fields(frozenset(_LINE), frozenset(), frozenset()),
    "completed_call_reports": Fields(
        frozenset(("id", "name", "type", "format", "file_name")), frozenset(("completed_at",)), frozenset(("file_size",))
    ),
}


class CallReports:
    """The reports of one tenant."""

    def __init__(self, world: World, clock: SimulatorClock) -> None:
        self._world = world
        self._clock = clock
        self._orders: dict[str, dict[str, Any]] = {}
        self._completed: dict[str, dict[str, Any]] = {}
        self._files: dict[str, bytes] = {}
        self._last = 0

    def knows(self, path: str) -> bool:
        """Whether a path below `/api` is about reports."""
        return path.split("/")[1] in ("call_reports", "completed_call_reports", "blobs")

    def answer(self, request: Request, path: str) -> Reply:
        """The reply to somebody who is signed in."""
        _, kind, *rest = path.split("/")
        try:
            if kind == "blobs":
                return self._file(request, "/".join(rest))
            held = self._orders if kind == "call_reports" else self._completed
            if not rest:
                return self._collection(request, kind, held)
            return self._one(request, kind, held, rest)
        except (BadRequest, FilterError) as problem:
            return error(400, "VALIDATE_FAILED", str(problem))

    def _collection(self, request: Request, kind: str, held: Mapping[str, dict[str, Any]]) -> Reply:
        if request.method == "GET":
            return _page(request, held.values(), kind)
        if request.method == "POST" and kind == "call_reports":
            return self._create(request.json())
        return method_not_allowed("GET", *(["POST"] if kind == "call_reports" else []))

    def _one(self, request: Request, kind: str, held: dict[str, dict[str, Any]], rest: list[str]) -> Reply:
        identity, *action = rest
        if action not in ([], ["destroy"]):
            return error(404, "UNKNOWN", "not found")
        if identity not in held:
            return error(400 if action else 404, "NOT_FOUND", "invalid entry ID")
        if action:
            if request.method != "POST":
                return method_not_allowed("POST")
            del held[identity]
            return Reply(204)
        if request.method == "GET":
            return json_reply(held[identity])
        if request.method == "POST" and kind == "call_reports":
            return self._update(identity, request.json())
        return method_not_allowed("GET", *(["POST"] if kind == "call_reports" else []))

    def _create(self, body: dict[str, Any]) -> Reply:
        for name in _REQUIRED:
            if name not in body:
                raise BadRequest(f"{name} is required")
        _check(body)
        self._last += 1
        identity = str(900_000_000_000 + self._last)
        status = "SCHEDULED" if body.get("cron_expr") else "RUNNING"
        self._orders[identity] = {"id": identity, **body, "status": status}
        if status == "RUNNING":
            self._complete(body)
        return json_reply({"id": identity}, 201)

    def _update(self, identity: str, body: dict[str, Any]) -> Reply:
        if "type" in body:
            raise BadRequest("type cannot be changed")
        changed = {**self._orders[identity], **body}
        if body.get("range", "CUSTOM") != "CUSTOM":
            # The edges of a range that is given up go with it, unless the request holds edges itself.
            changed = {name: value for name, value in changed.items() if name not in _EDGES or name in body}
        _check({name: value for name, value in changed.items() if name in _MEMBERS})
        if unknown := set(body) - _MEMBERS:
            raise BadRequest(f"unknown member {min(unknown)}")
        self._orders[identity] = changed
        return Reply(200)

    def _complete(self, order: dict[str, Any]) -> None:
        now_ms = self._clock.now_ms()
        body = content(order, self._world, now_ms)
        identity = str(910_000_000_000 + self._last)
        name = f"{order['name']}.{order['format'].lower()}"
        place = f"reports/{identity}.{order['format'].lower()}"
        self._files[place] = body
        self._completed[identity] = {
            "id": identity,
            "name": order["name"],
            "type": order["type"],
            "format": order["format"],
            "completed_at": _instant(now_ms),
            "file_name": name,
            "file_size": len(body),
            "file_url": f"/api/blobs/{place}",
        }

    def _file(self, request: Request, place: str) -> Reply:
        if request.method != "GET":
            return method_not_allowed("GET")
        if place not in self._files:
            return error(404, "UNKNOWN", "not found")
        return Reply(200, self._files[place], "text/html" if place.endswith("html") else "text/csv")


def _instant(now_ms: int) -> str:
    return f"{datetime.fromtimestamp(now_ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _page(request: Request, rows: Iterable[Mapping[str, Any]], kind: str) -> Reply:
    query = request.query()
    if unknown := set(query) - {"filter", "search", "orderby", "skip", "top"}:
        raise BadRequest(f"unknown parameter {min(unknown)}")
    fields, searched = _FIELDS[kind], query.get("search", "").casefold()
    expression = parse_filter(query["filter"], fields) if "filter" in query else Expression(lambda _: True)
    found = [row for row in rows if expression.test(_values(row, fields)) and searched in str(row["name"]).casefold()]
    for name, downwards in reversed(parse_order(query["orderby"], fields) if "orderby" in query else []):
        found.sort(key=partial(_rank, name=name, fields=fields), reverse=downwards)
    skip, top = _whole(query, "skip", 0, 0, 2**31 - 1), _whole(query, "top", PAGE_SIZE, 1, PAGE_SIZE)
    page = found[skip : skip + top]
    items = [{name: row.get(name, "") for name in _LINE} for row in page] if kind == "call_reports" else page
    return json_reply({"count": len(found), "items": items})


def _rank(row: Mapping[str, Any], name: str, fields: Fields) -> Any:
    return _values(row, fields).get(name, "")


def _values(row: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """The row as a filter compares it: times as microseconds."""
    return {name: instant_us(value) if name in fields.times else value for name, value in row.items()}


def _whole(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 10 or not least <= int(text) <= most:
        raise BadRequest(f"{name} is a whole number from {least} to {most}")
    return int(text)


def _check(body: Mapping[str, Any]) -> None:
    """Raises `BadRequest` for an order that the document does not allow."""
    if unknown := set(body) - _MEMBERS:
        raise BadRequest(f"unknown member {min(unknown)}")
    checks: dict[str, Callable[[Any], bool]] = {
        "name": lambda value: isinstance(value, str) and bool(value.strip()),
        "type": lambda value: value in [*_FILTERS],
        "email": lambda value: isinstance(value, str) and "@" in value and len(value) <= 128,
        "format": lambda value: value in ("CSV", "HTML"),
        "range": lambda value: value in _RANGES,
        "filter": lambda value: isinstance(value, dict),
        "cron_expr": lambda value: isinstance(value, str) and len(value.split()) >= 5,
    }
    for name, is_good in checks.items():
        if name in body and not is_good(body[name]):
            raise BadRequest(f"{name} is invalid")
    edges = [body[name] for name in _EDGES if name in body]
    if body["range"] == "CUSTOM" and len(edges) < 2:
        raise BadRequest("started_at and ended_at are required for CUSTOM")
    if body["range"] != "CUSTOM" and edges:
        raise BadRequest("started_at and ended_at are only valid for CUSTOM")
    if not all(isinstance(edge, str) and _TIME.fullmatch(edge) for edge in edges):
        raise BadRequest("started_at and ended_at are RFC 3339 times")
    if edges and instant_us(edges[0]) >= instant_us(edges[1]):
        raise BadRequest("ended_at must be later than started_at")
    _check_filter(body["type"], body["filter"])


def _check_filter(kind: str, chosen: Mapping[str, Any]) -> None:
    if unknown := set(chosen) - _FILTERS[kind]:
        raise BadRequest(f"filter.{min(unknown)} does not belong to {kind}")
    for name, allowed in _CHOICES.items():
        if name in chosen and chosen[name] not in [*allowed]:
            raise BadRequest(f"filter.{name} is invalid")
    for party in ("from", "to"):
        kind_of_party = chosen.get(party, "ANY")
        if kind_of_party not in [*_PARTIES, *_VALUED_PARTIES]:
            raise BadRequest(f"filter.{party} is invalid")
        value = chosen.get(f"{party}_value", "")
        if not isinstance(value, str) or (kind_of_party in _VALUED_PARTIES and not value):
            raise BadRequest(f"filter.{party}_value is required")
    for name in ("duration_from", "duration_to", "exclude_calls_dropped_before_seconds"):
        value = chosen.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
            raise BadRequest(f"filter.{name} is a number of seconds")
    dropped = chosen.get(_DROPPED, False)
    if not isinstance(dropped, bool) or (dropped and "exclude_calls_dropped_before_seconds" not in chosen):
        raise BadRequest(f"filter.{_DROPPED} is true or false, and true with a number of seconds")
    for name in ("call_queues", "ring_groups"):
        if name in _FILTERS[kind]:
            numbers = chosen.get(name)
            if not isinstance(numbers, list) or not numbers or not all(map(_is_number, numbers)):
                raise BadRequest(f"filter.{name} is a list of extension numbers")
    if "groups" in _FILTERS[kind]:
        names = chosen.get("groups")
        if not isinstance(names, list) or not names or not all(isinstance(name, str) and 0 < len(name) <= 64 for name in names):
            raise BadRequest("filter.groups is a list of names")


def _is_number(value: object) -> bool:
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None
