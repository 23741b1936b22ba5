"""A webhook: one POST of JSON to an address of the person's own, which is a secret as a whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

import httpx
from pydantic import SecretStr

from providers.errors import ProviderError
from providers.transport import Credentials, Transport

# Chat services and receivers of one's own answer within a second or two; nobody waits for them, but nothing waits for ever.
TIMEOUT_SECONDS = 10.0
# A shorter piece of an address guards nothing, and taking it out would tear other words.
SHORTEST_PIECE = 3


class _SecretAddress:
    """No credentials but the address itself, so that no part of it but the host gets into a message."""

    def __init__(self, url: SecretStr) -> None:
        self._url = url

    async def credentials(self, transport: Transport) -> Credentials:
        """Nothing is added."""
        return Credentials()

    async def renew(self, transport: Transport) -> bool:
        """There is nothing to renew."""
        return False

    def secrets(self) -> Sequence[SecretStr]:
        """The address, and what stands behind its host as a whole and in parts."""
        url = self._url.get_secret_value()
        parts = urlsplit(url)
        behind = url.partition(parts.netloc)[2]
        pieces = [*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
        told = [SecretStr(piece) for piece in pieces if len(piece) > SHORTEST_PIECE]
        return [SecretStr(text) for text in (url, behind, parts.path, parts.query) if len(text) > 1] + told


class Webhook:
    """Posts to `url`. Certificates are verified, redirects refused, and a failure is tried again twice at most.

    `http` replaces the network in tests.
    """

    def __init__(
        self, url: SecretStr, *, http: httpx.AsyncBaseTransport | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self._url = url
        self._transport = Transport(
            url.get_secret_value(), auth=_SecretAddress(url), http=http, timeout_seconds=TIMEOUT_SECONDS, now=now
        )

    async def post(self, body: Mapping[str, object]) -> str:
        """Sends one object. Returns "" when it was taken, else one sentence that holds no secret."""
        # The address as it was written: a slash at its end may belong to it.
        url = self._url.get_secret_value()
        try:
            answer = await self._transport.send("POST", url, json_body=dict(body), authenticated=False)
        except ProviderError as error:
            return self._transport.redact(error.what)
        if answer.status >= 300:
            host = urlsplit(url).hostname
            return f"{host} answered {answer.status}: {self._transport.said(answer) or 'no reason given'}"
        return ""

    async def close(self) -> None:
        """Closes the connection."""
        await self._transport.close()
