"""Requests to one PBX: the transport, a second sign-in where a refreshed token is refused, and refusals in words."""

from __future__ import annotations

from collections.abc import Mapping

from providers.errors import ProviderError, Refused, Unreachable
from providers.portsip.auth import TokenAuth
from providers.portsip.refusals import error_codes, explanation
from providers.portsip.tls import PinnedCertificate
from providers.transport import Answer, Auth, Transport, refusal


class PortsipSession:
    """Authenticated GET requests below `/api`."""

    def __init__(self, transport: Transport, auth: Auth, pin: PinnedCertificate | None = None) -> None:
        self.transport = transport
        self._auth = auth
        self._pin = pin

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """The answer, 2xx or 4xx. Raises what `Transport.send` raises, and `Refused` where the pinned certificate changed."""
        try:
            answer = await self.transport.send("GET", path, query=query)
            if answer.status == 401 and isinstance(self._auth, TokenAuth) and self._auth.start_over():
                answer = await self.transport.send("GET", path, query=query)
        except Unreachable as error:
            if self._pin is not None and self._pin.met_another:
                raise Refused(
                    f"{error.what}, which is not the one in tls_fingerprint_sha256",
                    advice="find out why the certificate changed; only then put the new fingerprint into the configuration",
                ) from None
            raise
        return answer

    def refused(self, answer: Answer) -> ProviderError:
        """The error that a 4xx answer on data means."""
        said = self.transport.redact(explanation(answer))
        if answer.status == 403 or "DENIED" in error_codes(answer):
            colon = f": {said}" if said else ""
            return Refused(
                f"{answer.asked}: {answer.status}, not allowed{colon}",
                advice="the user needs the role Admin or QueueManager (or the right to view Analytics); the PBX may also have"
                " blocked this machine's address",
            )
        return refusal(answer, said)

    async def close(self) -> None:
        """Signs off, best effort, and closes the connections."""
        try:
            if isinstance(self._auth, TokenAuth):
                await self._auth.sign_off(self.transport)
        finally:
            await self.transport.close()
