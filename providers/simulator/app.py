"""The five APIs as one plain ASGI application: the first part of the path chooses the provider."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from providers.simulator.clock import SimulatorClock
from providers.simulator.faults import Faults
from providers.simulator.http import Api, BadRequest, Reply, Request, json_reply

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
LONGEST_BODY = 1024 * 1024


class App:
    """The ASGI application. `faults` may be replaced at any time; `sleep` is how a slow answer waits."""

    def __init__(
        self,
        apis: Mapping[str, Api],
        clock: SimulatorClock,
        faults: Faults,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._apis = apis
        self._clock = clock
        self._sleep = sleep
        self.faults = faults

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            body = await _body(receive)
            reply = json_reply({"message": "too large"}, 413) if body is None else self._reply(scope, body)
            if reply.refused:
                raise ConnectionRefusedError("the simulated provider takes no connection")
            if reply.delay_seconds and not reply.stalls:
                await self._sleep(reply.delay_seconds)
            await self._send(reply, send)

    def _reply(self, scope: MutableMapping[str, Any], body: bytes) -> Reply:
        _, provider, rest = f"{scope['path']}/".split("/", 2)
        api = self._apis.get(provider)
        if api is None:
            return json_reply({"message": "no such provider"}, 404)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        client = scope.get("client")
        request = Request(
            method=scope["method"],
            path=f"/{rest[:-1]}",
            query_text=scope.get("query_string", b"").decode("latin-1"),
            headers=headers,
            body=body,
            client=str(client[0]) if client else "",
        )
        return self.faults.reply(provider, request, lambda: _answer(api, request))

    async def _send(self, reply: Reply, send: Send) -> None:
        now = datetime.fromtimestamp(self._clock.now_ms() // 1000, UTC)
        headers = {
            "date": format_datetime(now, usegmt=True),
            "content-type": reply.content_type,
            "content-length": str(len(reply.body)),
            **reply.headers,
        }
        if reply.retry_at_seconds is not None:
            headers["retry-after"] = format_datetime(now + timedelta(seconds=reply.retry_at_seconds), usegmt=True)
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
        if reply.sent_bytes is None:
            await send({"type": "http.response.body", "body": reply.body})
            return
        await send({"type": "http.response.body", "body": reply.body[: reply.sent_bytes], "more_body": True})
        if reply.stalls:
            await self._sleep(reply.delay_seconds)
        raise ConnectionResetError("the simulated provider closes the connection in the middle of an answer")


def _answer(api: Api, request: Request) -> Reply:
    try:
        return api.answer(request)
    except BadRequest as problem:
        return json_reply({"message": str(problem)}, 400)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when it is longer than any client of these APIs sends."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > LONGEST_BODY:
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _lifespan(receive: Receive, send: Send) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{message['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})
