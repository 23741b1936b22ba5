"""A filter as requests to one PBX, and the other legs of the calls that they find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from calls.filters import Filter, FilterContext, Reach
from calls.model import Direction, Source, Window
from calls.times import SECOND_MS
from providers.plan import Plan, PlannedRequest, asked_window, translated
from providers.while1.paging import PATH, Wire
from providers.while1.request import date_between, parameters
from providers.while1.rows import COMPARED_DIGITS, Row, comparable
from providers.while1.signature import SIGNATURE, flattened
from providers.while1.vocabulary import Ids, Vocabulary, chosen_filters

# No leg of a call begins later than this after the call.
LONGEST_CALL_MS = 24 * 3600 * SECOND_MS
MASK = "***"
_DATES = "date_between"
_WHOLE = "the rest of calls that go on beyond the range is asked for too"
_OTHERS = "the other legs of every call found: by linkedid and by caller for a few, else by reading its time whole"


def plan(wanted: Filter, context: FilterContext, source: Source, history_days: int, ids: Ids, wire: Wire) -> Plan:
    """What the PBX would be asked for a filter."""
    zone = ZoneInfo(source.timezone)
    window = asked_window(wanted, context, source, history_days)
    chosen = frozenset() if window.empty else chosen_filters(wanted, source, ids)
    reach = wanted.reach(context, source.name)
    asked = Window(window.start_ms, min(window.end_ms + LONGEST_CALL_MS, context.now_ms + 1)) if chosen else window
    dates = date_between(asked, zone)
    words = Vocabulary(source, context.now_ms, ids, chosen, "..".join(dates), _exact(reach, window, zone))
    # Every time clause of a filter is in the one range that is asked for.
    reading = translated(wanted, context, source, words.translate)
    sets = () if window.empty else reading.parameters
    requests = tuple(_request({_DATES: dates, **_values(filters)}, wire) for filters in sets)
    if not requests:
        window = Window(window.start_ms, window.start_ms)
    afterwards = "" if not requests else _OTHERS if chosen else _WHOLE
    return Plan(source.name, source.kind, window, reading.clauses, requests, afterwards)


def filters_of(request: PlannedRequest) -> Mapping[Any, Any]:
    """The filters of a planned request."""
    filters = (request.json_body or {})["filters"]
    assert isinstance(filters, dict)
    return filters


def _values(filters: Mapping[str, str]) -> dict[Any, Any]:
    """The values as the document prints them: a list for a stretch of hours and for ids; the range of time apart."""
    values: dict[Any, Any] = {name: value for name, value in filters.items() if name != _DATES}
    if "hour_between" in values:
        values["hour_between"] = values["hour_between"].split(",")
    if "inbound_route_id" in values:
        values["inbound_route_id"] = [values["inbound_route_id"]]
    return values


def _request(filters: Mapping[Any, Any], wire: Wire) -> PlannedRequest:
    body = parameters(1, filters, action=wire.action)
    if wire.signing_key is not None:
        body[SIGNATURE] = MASK
    return PlannedRequest("POST", PATH, json_body=body, form=dict(flattened(body)) if wire.transport == "form" else None)


def _exact(reach: Reach, window: Window, zone: ZoneInfo) -> bool:
    """Whether the API's inclusive local seconds are just the stretch that the clauses mean."""
    if any(edge_ms is not None and edge_ms % SECOND_MS for edge_ms in (reach.start_ms, reach.end_ms)):
        return False
    first, last = date_between(window, zone)
    # An edge within an hour that came twice is widened, and so is not the edge that was asked for.
    whole_ms = window.start_ms // SECOND_MS * SECOND_MS, -(-window.end_ms // SECOND_MS) * SECOND_MS - SECOND_MS
    return [first, last] == [_local(edge_ms, zone) for edge_ms in whole_ms]


def _local(instant_ms: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def questions_about(
    legs: Iterable[Row], asked: set[tuple[str, str]], near_ms: int, zone: ZoneInfo
) -> Iterator[Mapping[Any, Any]]:
    """The filters that find the other legs of these legs' calls, each asked once: the legs of the same `linkedid`, and those
    of the same caller nearby, which may belong to the call under another id."""
    for leg in legs:
        ids = {"linkedid": leg.linkedid} if leg.linkedid else {"uniqueid": leg.uniqueid} if leg.uniqueid else {}
        questions: list[tuple[str, str, Mapping[Any, Any]]] = [(name, value, {name: value}) for name, value in ids.items()]
        caller = comparable(leg.source)
        if leg.direction is Direction.IN and caller:
            window = Window(leg.started_ms - near_ms, leg.started_ms + near_ms + SECOND_MS)
            dates = date_between(window, zone)
            questions.append((caller, dates[0], {_DATES: dates, "source": leg.source[-COMPARED_DIGITS:]}))
        for one, other, filters in questions:
            if (one, other) not in asked:
                asked.add((one, other))
                yield filters
