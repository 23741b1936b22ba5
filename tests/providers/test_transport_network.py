"""The transport over real sockets of this machine: what a broken network looks like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from providers.errors import Unreachable
from providers.transport import Transport

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def served(*parts: bytes, keep_open: bool = False) -> AsyncIterator[str]:
    """The address of a server that reads a request, writes `parts` and closes the connection."""
    finished = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
        if keep_open:
            await finished.wait()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        finished.set()
        server.close()
        await server.wait_closed()


async def failure_at(address: str, timeout_seconds: float = 30.0) -> str:
    client = Transport(address, timeout_seconds=timeout_seconds)
    try:
        with pytest.raises(Unreachable) as caught:
            await client.send("GET", "/cdr", retry=False)
    finally:
        await client.close()
    return str(caught.value)


async def test_a_whole_answer() -> None:
    async with served(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: application/json\r\n\r\n[", b"1]") as address:
        client = Transport(address)
        answer = await client.send("GET", "/cdr")
        await client.close()
    assert (answer.json(), answer.media_type) == ([1], "application/json")
    assert client.history[-1].received_bytes == 3


async def test_nobody_listens() -> None:
    async with served() as address:
        pass
    assert "GET /cdr: no connection to 127.0.0.1:" in await failure_at(address)


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n", b'[{"callerNo":'),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\n[1,2,\r\n"),
        (b"SSH-2.0-OpenSSH_9.6\r\n",),
    ],
)
async def test_the_connection_ends_in_mid_answer(parts: tuple[bytes, ...]) -> None:
    async with served(*parts) as address:
        assert "GET /cdr: no connection to 127.0.0.1:" in await failure_at(address)


async def test_the_answer_does_not_come() -> None:
    async with served(keep_open=True) as address:
        assert "did not answer in time (read)" in await failure_at(address, timeout_seconds=0.02)
