"""PortSIP's REST interface as far as calls go, below `/api`; calls are read with GET only.

Collections take filter, search, orderby, skip (from 0), top (1 to 100) and count; without an order the newest row comes
first, and `count` is the number of rows that match. An Admin and a QueueManager see every call, anybody else their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from providers.simulator.clock import SimulatorClock
from providers.simulator.credentials import PORTSIP_DOMAIN, Account
from providers.simulator.http import BadRequest, Reply, Request, json_reply, method_not_allowed
from providers.simulator.odata import FOREVER_US, Expression, Fields, FilterError, parse_filter, parse_order
from providers.simulator.portsip.reports import CallReports
from providers.simulator.portsip.rows import (
    LEG_FIELDS,
    RECORDING_FIELDS,
    SEARCHED,
    SESSION_FIELDS,
    Values,
    extensions,
    is_recorded,
    leg,
    leg_id,
    recording,
    recording_detail,
    session,
    told,
)
from providers.simulator.portsip.sign_in import SignIn, error
from providers.simulator.world import PlacedCall, World

PAGE_SIZE = 100
_SEES_ALL = frozenset({"Admin", "QueueManager"})
_OPTIONS = frozenset({"filter", "search", "orderby", "skip", "top", "count"})
# How long after a call's start its last leg may begin: legs are found through their calls.
_LONGEST_US = 12 * 3600 * 1_000_000
_Rows = Iterable[tuple[Values, int]]


class PortsipApi:
    """One tenant's exchange."""

    def __init__(self, world: World, clock: SimulatorClock) -> None:
        self._world = world
        self._clock = clock
        self._sign_in = SignIn(clock)
        self._reports = CallReports(world, clock)
        self._open: dict[str, Callable[[Request], Reply]] = {
            "/login/oauth/token": self._sign_in.oauth,
            "/auth/sign_in": self._sign_in.with_password,
            "/auth/refresh_token": self._sign_in.refresh,
        }
        self._lists: dict[str, Callable[[Request, Account], Reply]] = {
            "/cdrs": self._sessions,
            "/calllogs": self._legs,
            "/user/cdrs": self._own_sessions,
            "/recordings": self._recordings,
            "/auth/user": self._user,
            "/tenant": self._tenant,
        }
        self._details: dict[str, Callable[[PlacedCall, int], Reply]] = {
            "/cdrs/": self._session_detail,
            "/calllogs/": self._leg_detail,
            "/recordings/": self._recording_detail,
        }

    def answer(self, request: Request) -> Reply:
        """The reply to one request."""
        if not request.path.startswith("/api/"):
            return error(404, "UNKNOWN", "not found")
        path = request.path[len("/api") :]
        if self._sign_in.blocked(request):
            return error(403, "DENIED", "too many wrong passwords from this address")
        if path in self._open:
            return self._open[path](request) if request.method == "POST" else method_not_allowed("POST")
        account = self._sign_in.account(request)
        if account is None:
            return error(401, "UNAUTHORIZED", "no valid access token")
        if path == "/login/oauth/revoke":
            return self._sign_in.revoke(request) if request.method == "POST" else method_not_allowed("POST")
        if self._reports.knows(path):
            if account.role not in _SEES_ALL:
                return error(403, "DENIED", "not allowed")
            return self._reports.answer(request, path)
        return self._read(request, path, account)

    def _read(self, request: Request, path: str, account: Account) -> Reply:
        detail = next((prefix for prefix in self._details if path.startswith(prefix)), None)
        if path not in self._lists and detail is None:
            return error(404, "UNKNOWN", "not found")
        if request.method != "GET":
            return method_not_allowed("GET")
        if detail is not None:
            return self._find(detail, path[len(detail) :], account)
        try:
            return self._lists[path](request, account)
        except (BadRequest, FilterError) as problem:
            return error(400, "VALIDATE_FAILED", str(problem))

    def _visible(self, account: Account, bounds: tuple[int, int]) -> Iterable[PlacedCall]:
        now_ms = self._clock.now_ms()
        start_ms, end_ms = bounds[0] // 1000, -(-bounds[1] // 1000)
        for call in self._world.started_between("portsip", start_ms, end_ms, now_ms):
            if account.role in _SEES_ALL or account.extension in extensions(call):
                yield call

    def _sessions(self, request: Request, account: Account) -> Reply:
        now_ms = self._clock.now_ms()
        options = _Options(request, SESSION_FIELDS)
        calls = self._visible(account, options.bounds)
        return options.page((session(call, now_ms), call.quirk) for call in calls)

    def _own_sessions(self, request: Request, account: Account) -> Reply:
        own = Account(account.username, account.password, "StandardUser", account.extension or "none")
        return self._sessions(request, own)

    def _legs(self, request: Request, account: Account) -> Reply:
        now_ms = self._clock.now_ms()
        options = _Options(request, LEG_FIELDS)
        low_us, high_us = options.bounds
        calls = self._visible(account, (low_us - _LONGEST_US, high_us))
        return options.page(
            (leg(call, index, now_ms), call.quirk + index) for call in calls for index in range(len(call.attempts))
        )

    def _recordings(self, request: Request, account: Account) -> Reply:
        options = _Options(request, RECORDING_FIELDS)
        low_us, high_us = options.bounds
        calls = self._visible(account, (low_us - _LONGEST_US, high_us))
        return options.page((recording(call), call.quirk) for call in calls if is_recorded(call))

    def _recording_detail(self, call: PlacedCall, _: int) -> Reply:
        return json_reply({"items": [told(recording_detail(call), call.quirk)]})

    def _find(self, prefix: str, identity: str, account: Account) -> Reply:
        for call in self._visible(account, FOREVER_US):
            if prefix == "/recordings/" and is_recorded(call) and f"r{call.identity}" == identity:
                return self._details[prefix](call, 0)
            if prefix == "/cdrs/" and call.identity == identity:
                return self._details[prefix](call, 0)
            if prefix == "/calllogs/":
                for index in range(len(call.attempts)):
                    if leg_id(call, index) == identity:
                        return self._details[prefix](call, index)
        return error(404, "UNKNOWN", "no such record")

    def _session_detail(self, call: PlacedCall, _: int) -> Reply:
        """The legs of the session, without ids, with what they cost."""
        now_ms = self._clock.now_ms()
        items = []
        for index in range(len(call.attempts)):
            values = leg(call, index, now_ms)
            del values["id"], values["session_id"]
            items.append(told({**values, **_bill(call, values)}, call.quirk))
        return json_reply({"items": items})

    def _leg_detail(self, call: PlacedCall, index: int) -> Reply:
        values = leg(call, index, self._clock.now_ms())
        return json_reply(told({**values, **_bill(call, values)}, call.quirk))

    def _user(self, _: Request, account: Account) -> Reply:
        return json_reply(
            {
                "name": account.username,
                "role": account.role,
                "extension_number": account.extension,
                "password_force_reset": False,
            }
        )

    def _tenant(self, _: Request, __: Account) -> Reply:
        return json_reply(
            {"name": "Simulated", "sip_domain": PORTSIP_DOMAIN, "timezone": "Europe/Stockholm", "currency": "SEK"}
        )


def _bill(call: PlacedCall, values: Values) -> Values:
    outbound = call.direction == "out"
    return {
        "cost": round(int(values["duration"]) * 0.0125, 4) if outbound else 0.0,
        "billed_account": call.caller.number if outbound else None,
    }


class _Options:
    """The query options of a collection. Raises `BadRequest` or `FilterError` for what the document does not allow."""

    def __init__(self, request: Request, fields: Fields) -> None:
        query = request.query()
        if unknown := set(query) - _OPTIONS:
            raise BadRequest(f"unknown parameter {min(unknown)}")
        self._expression = parse_filter(query["filter"], fields) if "filter" in query else Expression(lambda _: True)
        self._order = parse_order(query.get("orderby", "started_at desc"), fields)
        self._search = query.get("search", "").casefold()
        self._skip = _whole(query, "skip", 0, 0, 2**31 - 1)
        self._top = _whole(query, "top", PAGE_SIZE, 1, PAGE_SIZE)
        if query.get("count", "true") not in ("true", "false"):
            raise BadRequest("count is true or false")

    @property
    def bounds(self) -> tuple[int, int]:
        """The range of start times that can match."""
        return self._expression.bounds

    def page(self, rows: _Rows) -> Reply:
        """The page asked for, of the rows that match."""
        found = [(values, quirk) for values, quirk in rows if self._expression.test(values) and self._finds(values)]
        for name, downwards in reversed(self._order):
            found.sort(key=lambda row: _rank(row[0].get(name)), reverse=downwards)
        items = [told(values, quirk) for values, quirk in found[self._skip : self._skip + self._top]]
        return json_reply({"count": len(found), "items": items})

    def _finds(self, values: Values) -> bool:
        return not self._search or any(self._search in (values.get(name) or "").casefold() for name in SEARCHED)


def _rank(value: Any) -> tuple[bool, Any]:
    return value is not None, value if value is not None else 0


def _whole(query: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 10 or not least <= int(text) <= most:
        raise BadRequest(f"{name} is a whole number from {least} to {most}")
    return int(text)
