"""A filter as requests for statistics.

Totals of all calls are asked by the hour, a local day at a time, because the cache keeps hours. Totals that leave calls out
are stored nowhere; over whole days they are asked by the day, a calendar month at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from calls.filters import Filter, FilterContext
from calls.model import Window
from calls.times import day_hours, local_date, local_day_window, parse_rfc3339
from providers.plan import Plan, PlannedRequest, translated
from providers.telecomx.calibration import Mode
from providers.telecomx.request import Scope
from providers.telecomx.statement import Direction, Statement
from providers.telecomx.vocabulary import Vocabulary

PATH = "/pbx/cdrstats"
NOT_STORED = "these totals leave calls out, so they are shown and not stored"
_DIRECTIONS: Mapping[str, Direction] = {"IN": "IN", "OUT": "OUT", "BOTH": "BOTH"}


def plan(wanted: Filter, context: FilterContext, words: Vocabulary, scope: Scope, mode: Mode) -> Plan:
    """What is asked for a filter. `words.window` must be the filter's own window."""
    reading = translated(wanted, context, words.source, words.translate)
    window, zone = words.window, words.zone
    if not reading.parameters or window.empty:
        window = Window(window.start_ms, window.start_ms)
        return Plan(words.source.name, words.source.kind, window, reading.clauses, ())
    statements = [_statement(parameters, scope) for parameters in reading.parameters]
    by_hour = any("groupingInterval" in parameters for parameters in reading.parameters)
    requests = [
        PlannedRequest("POST", PATH, json_body=dated.body(zone))
        for statement in statements
        for dated in (_by_hour(statement, window, zone, mode) if statement.whole else _least(statement, window, zone, by_hour))
    ]
    stored = all(statement.whole for statement in statements)
    return Plan(words.source.name, words.source.kind, window, reading.clauses, tuple(requests), "" if stored else NOT_STORED)


def is_whole(request: PlannedRequest) -> bool:
    """Whether a planned request leaves no call of its employees out, so that its hours may be stored."""
    body = request.json_body or {}
    return body.get("direction") == "BOTH" and not body.get("ignoreLocal") and not body.get("ignoreBelow")


def window_of(request: PlannedRequest) -> Window:
    """The stretch that a planned request asks for."""
    body = request.json_body or {}
    return Window(parse_rfc3339(body["from"]), parse_rfc3339(body["to"]) + 1)


def _statement(parameters: Mapping[str, str], scope: Scope) -> Statement:
    employee = parameters.get("employee", "")
    named = tuple(parameters["employees"].split(",")) if "employees" in parameters else scope.employees
    below = parameters.get("ignoreBelow")
    return Statement(
        grouping="HOUR",
        customer=scope.customer,
        employee=employee,
        employees=() if employee else named,
        ignore_below_seconds=None if below is None else int(below),
        ignore_local=True if parameters.get("ignoreLocal") == "true" else None,
        direction=_DIRECTIONS[parameters.get("direction", "BOTH")],
    )


def _by_hour(statement: Statement, window: Window, zone: ZoneInfo, mode: Mode) -> Iterator[Statement]:
    day, last = local_date(window.start_ms, zone), local_date(window.end_ms - 1, zone)
    while day <= last:
        if mode == "keyed":
            yield replace(statement, window=local_day_window(day, zone))
        else:
            for hour in day_hours(day, zone):
                if hour.start_ms < window.end_ms and hour.end_ms > window.start_ms:
                    yield replace(statement, window=hour, grouping="DAY")
        day += timedelta(days=1)


def _least(statement: Statement, window: Window, zone: ZoneInfo, by_hour: bool) -> Iterator[Statement]:
    """As few requests as tell the totals apart: a month of days, or a day of hours where hours are chosen."""
    start_ms = window.start_ms
    while start_ms < window.end_ms:
        day = local_date(start_ms, zone)
        after = day + timedelta(days=1) if by_hour else (day.replace(day=1) + timedelta(days=31)).replace(day=1)
        end_ms = min(window.end_ms, local_day_window(after, zone).start_ms)
        yield replace(statement, window=Window(start_ms, end_ms), grouping="HOUR" if by_hour else "DAY")
        start_ms = end_ms
