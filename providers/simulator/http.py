"""The little of HTTP that the simulated APIs need: a request that is whole, and a reply."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl

JSON = "application/json; charset=utf-8"


class BadRequest(Exception):
    """The request cannot be read at all; the text says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `path` is decoded and begins after the provider's own first part; header names are lower case."""

    method: str
    path: str
    query_text: str
    headers: dict[str, str]
    body: bytes
    client: str

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def bearer(self) -> str | None:
        """The token of an `Authorization: Bearer` header."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None

    def query(self) -> dict[str, str]:
        """The query's parameters. Raises `BadRequest` for one that comes twice or is no UTF-8."""
        return _once(self.query_text)

    def form(self) -> dict[str, str]:
        """The body as a form. Raises `BadRequest` when it is none."""
        if self.content_type != "application/x-www-form-urlencoded":
            raise BadRequest("the body must be a form")
        try:
            return _once(self.body.decode("ascii"))
        except UnicodeDecodeError:
            raise BadRequest("the form is not percent-encoded") from None

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises `BadRequest` when it is none."""
        if self.content_type != "application/json":
            raise BadRequest("the body must be JSON")
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            raise BadRequest("the body is not JSON") from None
        if not isinstance(value, dict):
            raise BadRequest("the body is no JSON object")
        return value


def _once(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError:
        raise BadRequest("the parameters are not well encoded") from None
    values = dict(pairs)
    if len(values) != len(pairs):
        raise BadRequest("a parameter comes twice")
    return values


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply. `delay_seconds` is how long it keeps the asker waiting, in the middle of the body when it `stalls`; `sent_bytes`
    cuts the body off on the wire, and `refused` closes the connection before any of it. `retry_at_seconds` is the distance
    of a Retry-After that is written as a date.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0
    sent_bytes: int | None = None
    stalls: bool = False
    refused: bool = False
    retry_at_seconds: int | None = None


def json_reply(value: object, status: int = 200, **headers: str) -> Reply:
    """A reply that holds `value` as JSON; header names are given with `_` for `-`."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, body, headers={name.replace("_", "-"): text for name, text in headers.items()})


def method_not_allowed(*allowed: str) -> Reply:
    """The reply to a method the path does not have."""
    return json_reply({"message": "method not allowed"}, 405, allow=", ".join(allowed))


class Api(Protocol):
    """One simulated API: answers whole requests, keeps what it must remember (tokens, wrong passwords)."""

    def answer(self, request: Request) -> Reply:
        """The reply; raises `BadRequest` for what cannot be read."""
        ...
