"""Faults on request: an API that refuses, answers nonsense, cuts off, repeats or shuffles.

A specification is a list of `WHERE:FAULT` or `WHERE:FAULT:COUNT` with commas between. WHERE is a provider, or a provider
and a part of its path (`portsip.calllogs`, `soluno.token`), or `all`; the fault meets the next COUNT requests that match,
or all of them. The first entry that matches and is not used up wins. The names are the keys of `FAULTS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from providers.simulator.http import Reply, Request, json_reply
from providers.simulator.world import PROVIDERS

Answer = Callable[[], Reply]
Fault = Callable[[Answer], Reply]
SLOW_SECONDS = 60.0
_HTML = b"<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>It works</h1></body></html>"


def _status(status: int, **headers: str) -> Fault:
    return lambda _: json_reply({"message": f"simulated {status}"}, status, **headers)


def _html(status: int) -> Fault:
    return lambda _: Reply(status, _HTML, "text/html; charset=utf-8")


def _truncated(answer: Answer) -> Reply:
    reply = answer()
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _reset(answer: Answer) -> Reply:
    reply = answer()
    return replace(reply, sent_bytes=len(reply.body) // 2)


def _empty(_: Answer) -> Reply:
    return Reply()


def _slow(answer: Answer) -> Reply:
    return replace(answer(), delay_seconds=SLOW_SECONDS)


def _wrong_type(answer: Answer) -> Reply:
    return replace(answer(), content_type="text/plain")


def _with_rows(change: Callable[[list[Any]], list[Any]]) -> Fault:
    """Changes the list of rows within an answer, wherever the API keeps it."""

    def fault(answer: Answer) -> Reply:
        reply = answer()
        try:
            value = json.loads(reply.body)
        except ValueError:
            return reply
        if isinstance(value, list):
            return json_reply(change(value), reply.status)
        for name in ("items", "results"):
            if isinstance(value, dict) and isinstance(value.get(name), list):
                return json_reply({**value, name: change(value[name])}, reply.status)
        return reply

    return fault


FAULTS: dict[str, Fault] = {
    "refused": _status(503),
    **{str(status): _status(status) for status in (400, 401, 403, 404, 409, 422, 500, 502, 503, 504)},
    "429": _status(429, retry_after="1"),
    "429-bare": _status(429),
    "html": _html(200),
    "html-502": _html(502),
    "empty": _empty,
    "truncated": _truncated,
    "reset": _reset,
    "slow": _slow,
    "wrong-type": _wrong_type,
    "duplicate": _with_rows(lambda rows: rows + rows),
    "shuffled": _with_rows(lambda rows: rows[1::2] + rows[::2]),
    "redirect": _status(302, location="https://elsewhere.example/"),
}


@dataclass(slots=True)
class _Entry:
    provider: str
    part: str
    fault: Fault
    left: int | None

    def meets(self, provider: str, path: str) -> bool:
        """Whether this entry is for such a request and has not been used up."""
        if self.left == 0 or self.provider not in ("all", provider):
            return False
        return not self.part or self.part in path.split("/")


class Faults:
    """The faults in force. Raises ValueError, in one line, for a specification that cannot be read."""

    def __init__(self, specification: str = "") -> None:
        self._entries = [_entry(text.strip()) for text in specification.split(",") if text.strip()]

    def reply(self, provider: str, request: Request, answer: Answer) -> Reply:
        """The answer, or what a fault makes of it."""
        for entry in self._entries:
            if entry.meets(provider, request.path):
                if entry.left is not None:
                    entry.left -= 1
                return entry.fault(answer)
        return answer()


def _entry(text: str) -> _Entry:
    where, _, rest = text.partition(":")
    name, _, count = rest.partition(":")
    provider, _, part = where.partition(".")
    if provider not in (*PROVIDERS, "all"):
        raise ValueError(f"fault {text!r}: {provider!r} is no provider; use {_listed(PROVIDERS)} or all")
    if name not in FAULTS:
        raise ValueError(f"fault {text!r}: {name!r} is no fault; use {_listed(FAULTS)}")
    if count and not (count.isascii() and count.isdigit()):
        raise ValueError(f"fault {text!r}: {count!r} is no count")
    return _Entry(provider, part, FAULTS[name], int(count) if count else None)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
