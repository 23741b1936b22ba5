"""Telecom X: `POST /pbx/cdrstats`, totals per employee, extension and interval; and the sign-in the vendor's wiki describes.

The token comes with the query (`?token=`). Intervals are cut by Danish wall time and their keys carry no year: the hour
that comes twice in autumn is one bucket. A call counts in the interval it starts in. `inboundAnswered` is always 0, as in
the vendor's own example.
"""

from __future__ import annotations

from typing import Any

from providers.simulator import credentials
from providers.simulator.clock import SimulatorClock
from providers.simulator.credentials import Account
from providers.simulator.http import BadRequest, Reply, Request, json_reply, method_not_allowed
from providers.simulator.sheets import csv_reply, xlsx_reply
from providers.simulator.statistics import COUNTERS, NAMES, Statement, StatementError, read_statement
from providers.simulator.world import World
from providers.simulator.world.people import OFFICES
from providers.simulator.world.shares import Share, shares
from providers.simulator.world.times import COPENHAGEN, local

LOGIN_MINUTES = 15
_EMPLOYEES = {
    account.username: employee
    for account, employee in zip(
        (credentials.TELECOMX, credentials.TELECOMX_PERSONAL), OFFICES["telecomx"].employees, strict=False
    )
}
_READERS = frozenset({"VIEWER", "MANAGER", "OWNER"})


def _refusal(status: int, message: str, description: str = "") -> Reply:
    return json_reply({"success": False, "message": message, "description": description or message}, status)


class TelecomxApi:
    """The statistics of one customer."""

    def __init__(self, world: World, clock: SimulatorClock) -> None:
        self._world = world
        self._clock = clock
        self._tokens = credentials.Tokens("telecomx")
        self._tokens.add(credentials.TELECOMX_TOKEN, credentials.TELECOMX)
        self._tokens.add(credentials.TELECOMX_PERSONAL_TOKEN, credentials.TELECOMX_PERSONAL)

    def answer(self, request: Request) -> Reply:
        """The reply to one request."""
        if request.path == "/auth/login":
            return self._login(request) if request.method == "POST" else method_not_allowed("POST")
        if request.path == "/auth/validateToken":
            return self._validate(request) if request.method == "GET" else method_not_allowed("GET")
        if request.path != "/pbx/cdrstats":
            return _refusal(404, "not_found")
        if request.method != "POST":
            return method_not_allowed("POST")
        query = request.query()
        account = self._tokens.owner(query.pop("token", None), self._clock.now_ms())
        if account is None:
            return _refusal(401, "unauthorized", "No valid access token")
        if account.role not in _READERS:
            return _refusal(403, "access_denied", "Insufficient access level")
        if query:
            return _refusal(400, "bad_request", f"unknown parameter {min(query)}")
        return self._statistics(request)

    def _login(self, request: Request) -> Reply:
        body = request.json()
        if not set(body) <= {"username", "password", "cookie", "persist"}:
            return _refusal(400, "bad_request")
        for account in (credentials.TELECOMX, credentials.TELECOMX_PERSONAL):
            if (body.get("username"), body.get("password")) == (account.username, account.password):
                minutes = -1 if body.get("persist") is True else LOGIN_MINUTES
                until_ms = None if minutes < 0 else self._clock.now_ms() + minutes * 60_000
                token = self._tokens.issue(account, until_ms)
                return json_reply({"token": token, "expiresInMinutes": minutes, **_identity(account)})
        return _refusal(403, "access_denied", "Wrong username or password")

    def _validate(self, request: Request) -> Reply:
        query = request.query()
        account = self._tokens.owner(query.get("token"), self._clock.now_ms())
        if account is None:
            return _refusal(403, "access_denied")
        if query.get("simple") == "true":
            return Reply(content_type="text/plain")
        return json_reply(_identity(account))

    def _statistics(self, request: Request) -> Reply:
        try:
            statement = read_statement(request.json(), self._clock.now_ms())
        except StatementError as error:
            return _refusal(error.status, error.message, error.description)
        except BadRequest as error:
            return _refusal(400, "bad_request", str(error))
        rows = [_told(statement, row) for row in self._count(statement)]
        if statement.sort:
            rows.sort(key=lambda row: str(row[statement.sort]))
        if statement.format == "CSV":
            return csv_reply(_flat(statement, rows))
        if statement.format == "EXCEL":
            return xlsx_reply(_flat(statement, rows))
        return json_reply(rows)

    def _count(self, statement: Statement) -> list[dict[str, Any]]:
        """One object per employee and extension, in the order of the extensions, with all counters."""
        found: dict[str, dict[str, Any]] = {}
        for employee in OFFICES["telecomx"].employees:
            for extension in employee.extensions:
                found[extension.id] = {
                    "employeeId": employee.id,
                    "employeeName": employee.name,
                    "extensionId": extension.id,
                    "extensionNumber": extension.number,
                    "data": {},
                }
        calls = self._world.started_between("telecomx", statement.start_ms, statement.last_ms + 1, self._clock.now_ms())
        for call in calls:
            key = _interval(statement.grouping, call.started_us // 1000)
            for share in shares(call):
                if _counts(statement, share):
                    _add(found[share.extension.id]["data"].setdefault(key, dict.fromkeys(COUNTERS, 0)), share)
        rows = sorted(found.values(), key=lambda row: str(row["extensionNumber"]))
        return [row for row in rows if not statement.employees or row["employeeId"] in statement.employees]


def _identity(account: Account) -> dict[str, Any]:
    return {
        "success": True,
        "employee": _EMPLOYEES[account.username].id,
        "customer": credentials.TELECOMX_CUSTOMER,
        "accessLevel": account.role,
    }


def _interval(grouping: str, ms: int) -> int:
    moment = local(ms, COPENHAGEN)
    if grouping == "HOUR":
        return moment.hour
    if grouping == "DAY":
        return moment.day
    return moment.isocalendar().week if grouping == "WEEK" else moment.month


def _counts(statement: Statement, share: Share) -> bool:
    if statement.ignore_local and share.local:
        return False
    if statement.direction not in ("BOTH", share.direction.upper()):
        return False
    return share.seconds >= statement.ignore_below


def _add(bucket: dict[str, int], share: Share) -> None:
    way = "outbound" if share.direction == "out" else "inbound"
    bucket[f"{way}Calls"] += 1
    bucket[f"{way}Seconds"] += share.seconds
    if share.outcome == "answered":
        bucket["outboundAnswered"] += way == "outbound"
        return
    bucket[f"{way}Unanswered"] += 1
    if way == "outbound":
        bucket["outboundFailed"] += share.outcome == "failed"
    else:
        bucket["inboundBusy"] += share.outcome == "busy"


def _told(statement: Statement, row: dict[str, Any]) -> dict[str, Any]:
    """The row with the fields asked for. Intervals come as JavaScript orders them: the numbers rising."""
    told = {name: row[name] for name in NAMES if name in statement.fields}
    counters = [name for name in COUNTERS if name in statement.fields]
    data = row["data"]
    told["data"] = {str(key): {name: data[key][name] for name in counters} for key in sorted(data)}
    return told


def _flat(statement: Statement, rows: list[dict[str, Any]]) -> list[list[str | int]]:
    """The answer as a table: one line per row and interval, with a heading."""
    names = [name for name in NAMES if name in statement.fields]
    counters = [name for name in COUNTERS if name in statement.fields]
    table: list[list[str | int]] = [[*names, "interval", *counters]]
    for row in rows:
        for key, bucket in row["data"].items():
            table.append([*(str(row[name]) for name in names), key, *(bucket[name] for name in counters)])
    return table
