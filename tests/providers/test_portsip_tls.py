"""TLS to a PBX with a self-signed certificate, over real sockets: refused, trusted by file, pinned, or not looked at."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from providers.errors import Refused, Unreachable
from providers.portsip import PortsipProvider, Settings, make
from tests.providers.portsip_help import fetched

pytestmark = pytest.mark.anyio

CERTIFICATE = Path(__file__).with_name("self_signed.pem")
BODY = b'{"count":0,"items":[]}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
)


def fingerprint() -> str:
    text = CERTIFICATE.read_text()
    der = ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :])
    return hashlib.sha256(der).hexdigest()


@asynccontextmanager
async def pbx() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server with the self-signed certificate: its address, and what it was sent."""
    received: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            received.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(ANSWER)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}", received


def provider(address: str, **settings: Any) -> PortsipProvider:
    return make("pbx", Settings.model_validate({"kind": "portsip", "base_url": address, "token": "t1", **settings}))


async def test_an_unknown_certificate_is_not_trusted() -> None:
    async with pbx() as (address, received):
        reader = provider(address)
        with pytest.raises(Unreachable, match="certificate"):
            await fetched(reader)
        await reader.close()
        assert received == []


@pytest.mark.parametrize(
    "settings",
    [
        {"tls_ca_file": CERTIFICATE},
        {"tls_fingerprint_sha256": fingerprint()},
        {"tls_fingerprint_sha256": fingerprint(), "tls_ca_file": CERTIFICATE},
        {"tls_insecure_accept_any_certificate": True},
    ],
)
async def test_a_self_signed_certificate_is_taken_when_told_so(settings: dict[str, Any]) -> None:
    async with pbx() as (address, received):
        reader = provider(address, **settings)
        assert await fetched(reader) == []
        await reader.close()
        assert b"Authorization: Bearer t1" in received[0]


async def test_another_certificate_than_the_pinned_one_gets_nothing() -> None:
    async with pbx() as (address, received):
        reader = provider(address, tls_fingerprint_sha256="ab" * 32)
        with pytest.raises(Refused, match=f"fingerprint is {fingerprint()}, which is not the one in tls_fingerprint_sha256"):
            await fetched(reader)
        await reader.close()
        assert received == []
