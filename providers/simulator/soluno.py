"""The call history of Soluno and Dstny: one API under two names, `GET /cdr/historik` with `from` and `to`.

Both edges are inclusive and are compared with the rows' Swedish wall time, so the hour that comes twice in autumn matches
with both its passes. An edge in minutes is that minute's first instant. Both edges are asked for; nothing else is known.
Soluno gives tokens for a password at `POST /token`; Dstny's token is given by hand.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from providers.simulator import credentials
from providers.simulator.clock import SimulatorClock
from providers.simulator.http import BadRequest, Reply, Request, json_reply, method_not_allowed
from providers.simulator.world import PlacedCall, World
from providers.simulator.world.times import DAY_MS, STOCKHOLM, midnight_ms, offset_text, wall_text

TOKEN_SECONDS = 1800
_EDGE = re.compile(r"(\d{4}-\d{2}-\d{2})( \d{2}:\d{2})?")


class _BadEdge(Exception):
    """An edge of the window is not written as the document shows."""


def row(call: PlacedCall) -> dict[str, Any]:
    """The call as one object of the answer. What is empty is null, an empty text, or left out, by the call's chance."""
    queue = next((leg for leg in call.attempts if leg.role == "queue"), None)
    person = next((leg for leg in call.attempts if leg.role == "person"), None)
    found: dict[str, Any] = {
        "callerNo": call.caller.number or _nothing(call.quirk, ""),
        "start": _instant(call.started_us),
        "receivingNo": call.group or _nothing(call.quirk >> 1, ""),
        "received": _instant(queue.answered_us) if queue and queue.answered_us is not None else None,
        "calleeNo": person.party.number if person else _nothing(call.quirk >> 2, ""),
        "calleeAnswered": _instant(person.answered_us) if person and person.answered_us is not None else None,
        "stop": _instant(call.ended_us),
    }
    if not call.group and call.quirk % 3 == 0:
        del found["receivingNo"]
    if found["received"] is None and call.quirk % 41 == 0:
        found["received"] = "null"
    if found["calleeAnswered"] is None and call.quirk % 37 == 0:
        found["calleeAnswered"] = "null"
    return found


def _nothing(quirk: int, text: str) -> str | None:
    return text if quirk % 2 else None


def _instant(us: int) -> str:
    return offset_text(us // 1000, STOCKHOLM)


def _edge(text: str | None, last: bool) -> str:
    """An edge as wall time with milliseconds, ready to compare."""
    match = _EDGE.fullmatch(text or "")
    if match is None:
        raise _BadEdge
    day, minute = match.groups()
    try:
        datetime.fromisoformat(day + (minute or ""))
    except ValueError:
        raise _BadEdge from None
    if minute:
        return f"{day}{minute}:00.000"
    return f"{day} 23:59:59.999" if last else f"{day} 00:00:00.000"


class SolunoApi:
    """The call history of one provider. With `account` it gives tokens for a password; `token` is good for ever."""

    def __init__(
        self,
        provider: str,
        world: World,
        clock: SimulatorClock,
        account: credentials.Account | None = None,
        token: str | None = None,
    ) -> None:
        self._provider = provider
        self._world = world
        self._clock = clock
        self._account = account
        self._tokens = credentials.Tokens(provider)
        if token is not None:
            self._tokens.add(token, credentials.Account(provider, "", "organisation"))

    def answer(self, request: Request) -> Reply:
        """The reply to one request."""
        if request.path == "/token" and self._account is not None:
            return self._token(request, self._account) if request.method == "POST" else method_not_allowed("POST")
        if request.path != "/cdr/historik":
            return json_reply({"Message": "No HTTP resource was found that matches the request."}, 404)
        if request.method != "GET":
            return method_not_allowed("GET")
        if self._tokens.owner(request.bearer, self._clock.now_ms()) is None:
            denied = {"Message": "Authorization has been denied for this request."}
            return json_reply(denied, 401, WWW_Authenticate="Bearer")
        return self._history(request)

    def _token(self, request: Request, account: credentials.Account) -> Reply:
        try:
            form = request.form()
        except BadRequest:
            return json_reply({"error": "invalid_request"}, 400)
        if form.get("grant_type") != "password":
            return json_reply({"error": "unsupported_grant_type"}, 400)
        if (form.get("username"), form.get("password")) != (account.username, account.password):
            return json_reply({"error": "invalid_grant"}, 400)
        token = self._tokens.issue(account, self._clock.now_ms() + TOKEN_SECONDS * 1000)
        return json_reply({"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS})

    def _history(self, request: Request) -> Reply:
        query = request.query()
        try:
            lower, upper = _edge(query.pop("from", None), last=False), _edge(query.pop("to", None), last=True)
        except _BadEdge:
            return json_reply({"Message": "from and to are dates: YYYY-MM-DD or YYYY-MM-DD HH:MM"}, 400)
        if query:
            return json_reply({"Message": f"unknown parameter {min(query)}"}, 400)
        if lower > upper:
            return json_reply({"Message": "from lies after to"}, 400)
        found = [call for call in self._candidates(lower, upper) if lower <= _wall(call) <= upper]
        found.sort(key=lambda call: (call.visible_ms, call.serial), reverse=True)
        return json_reply([row(call) for call in found])

    def _candidates(self, lower: str, upper: str) -> list[PlacedCall]:
        """The calls of the days the window touches, as far back as the provider keeps them."""
        now_ms = self._clock.now_ms()
        first, last = date.fromisoformat(lower[:10]), date.fromisoformat(upper[:10])
        start_ms = max(midnight_ms(first), self._world.history_floor_ms(self._provider, now_ms))
        end_ms = midnight_ms(last) + 2 * DAY_MS if last.year < 9000 else now_ms
        return list(self._world.started_between(self._provider, start_ms, end_ms, now_ms))


def _wall(call: PlacedCall) -> str:
    ms = call.started_us // 1000
    return f"{wall_text(ms, STOCKHOLM)}.{ms % 1000:03}"
