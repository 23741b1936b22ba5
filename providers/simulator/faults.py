"""Faults on request: an API that refuses, answers nonsense, cuts off, repeats or shuffles.

A specification is a list of `WHERE:FAULT` or `WHERE:FAULT:COUNT` with commas between. WHERE is a provider, or a provider
and a part of its path (`portsip.calllogs`, `soluno.token`), or `all`; the fault meets the next COUNT requests that match,
or all of them. The first entry that matches and is not used up wins. The names are the keys of `FAULTS`.

The five providers share one port, so that a refused connection is one that closes before any answer.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from providers.simulator.http import Reply, Request, json_reply
from providers.simulator.world import PROVIDERS

Answer = Callable[[], Reply]
Fault = Callable[[Answer], Reply]
SLOW_SECONDS = 60.0
RETRY_SECONDS = 1
HUGE_BYTES = 50 * 1024 * 1024
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


def _refused(_: Answer) -> Reply:
    return Reply(sent_bytes=0, refused=True)


def _slow(answer: Answer) -> Reply:
    return replace(answer(), delay_seconds=SLOW_SECONDS)


def _stalled(answer: Answer) -> Reply:
    return replace(_reset(answer), delay_seconds=SLOW_SECONDS, stalls=True)


def _huge(_: Answer) -> Reply:
    return Reply(body=b"[" + b" " * HUGE_BYTES + b"]")


def _bomb(_: Answer) -> Reply:
    return Reply(body=gzip.compress(b"[" + b" " * HUGE_BYTES + b"]"), headers={"content-encoding": "gzip"})


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


def _late(rows: list[Any]) -> list[Any]:
    """The rows without the first and the last quarter, among which are the newest, however they are ordered."""
    quarter = (len(rows) + 3) // 4
    return rows[quarter : len(rows) - quarter]


def _changed(rows: list[Any]) -> list[Any]:
    return [_as_in_progress(row) if isinstance(row, dict) else row for row in rows]


def _as_in_progress(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it looked while its call went on; of an employee's totals, those without its seconds."""
    changed = {**row, **{name: value for name, value in _UNFINISHED.items() if name in row}}
    if isinstance(data := row.get("data"), dict):
        changed["data"] = {
            interval: {name: 0 if name.endswith("Seconds") else count for name, count in counters.items()}
            for interval, counters in data.items()
        }
    return changed


# Fields that are empty until a call has ended, at each of the providers.
_UNFINISHED: dict[str, Any] = {
    "calleeAnswered": None,
    "answered_at": "",
    "talk_duration": 0,
    "billsec": "0",
    "disposition": "NO ANSWER",
}


@dataclass(frozen=True, slots=True)
class KnownFault:
    """A fault and what it does, in a few words for `--help`."""

    meaning: str
    fault: Fault


_STATUSES = (400, 401, 403, 404, 409, 422, 500, 502, 503, 504)
FAULTS: dict[str, KnownFault] = {
    "refused": KnownFault("the connection is closed before any answer", _refused),
    **{str(status): KnownFault(f"answers {status} in JSON", _status(status)) for status in _STATUSES},
    "429": KnownFault("answers 429 with Retry-After in seconds", _status(429, retry_after=str(RETRY_SECONDS))),
    "429-date": KnownFault("answers 429 with Retry-After as a date", lambda _: Reply(429, retry_at_seconds=RETRY_SECONDS)),
    "429-bare": KnownFault("answers 429 without Retry-After", _status(429)),
    "html": KnownFault("answers 200 with a page of HTML", _html(200)),
    "html-502": KnownFault("answers 502 with a page of HTML", _html(502)),
    "empty": KnownFault("answers 200 without a body", _empty),
    "truncated": KnownFault("the JSON is cut in its middle", _truncated),
    "reset": KnownFault("the connection breaks in the middle of the body", _reset),
    "slow": KnownFault(f"answers after {SLOW_SECONDS:g} s: the wait for an answer times out", _slow),
    "stalled": KnownFault(f"stops for {SLOW_SECONDS:g} s in the middle of the body: receiving times out", _stalled),
    "wrong-type": KnownFault("says that its JSON is plain text", _wrong_type),
    "huge": KnownFault("answers with 50 MB", _huge),
    "bomb": KnownFault("answers with 50 MB, compressed to a few kB", _bomb),
    "duplicate": KnownFault("every row comes twice", _with_rows(lambda rows: rows + rows)),
    "shuffled": KnownFault("the rows come in another order", _with_rows(lambda rows: rows[1::2] + rows[::2])),
    "late": KnownFault("the newest and the oldest rows are not there yet", _with_rows(_late)),
    "changed": KnownFault("calls look as if they were still going on", _with_rows(_changed)),
    "redirect": KnownFault("redirects to another host", _status(302, location="https://elsewhere.example/")),
}


def fault_list() -> str:
    """Every fault with what it does, one a line."""
    width = max(map(len, FAULTS))
    return "\n".join(f"  {name:{width}}  {known.meaning}" for name, known in FAULTS.items())


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
    return _Entry(provider, part, FAULTS[name].fault, int(count) if count else None)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
