"""Signing in to a PortSIP PBX: OAuth password grant, or `/auth/sign_in`, both with refresh tokens.

Source: the vendor's knowledge base, "Authentication". A wrong password answers 400 with the code UNAUTHORIZED, and too many of
them block the caller's address, so a refused sign-in is never repeated.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from calls.times import parse_rfc3339
from providers.auth import Carrier, positive_seconds, token_in
from providers.errors import BadAnswer, ProviderError, SignInRefused
from providers.portsip.refusals import error_codes, explanation
from providers.transport import Answer, Credentials, Transport, refusal

CLIENT_ID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"
RENEW_AT_SHARE = 0.8
SIGN_OFF_SECONDS = 3.0
_BEARER = Carrier()

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """Who signs in. `domain` is the tenant's SIP domain, "" for a system administrator."""

    username: str
    password: SecretStr
    domain: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in or a refresh gave. `renew_at` is in epoch seconds, None when the provider named no end."""

    access: SecretStr
    refresh: SecretStr | None
    renew_at: float | None
    by_sign_in: bool


class TokenAuth:
    """Keeps an access token in memory: signs in for it, renews it at 80 % of its life, and once more when it is refused.

    How the provider is asked is the subclass's.
    """

    def __init__(self, account: Account, now: Callable[[], float] = time.time) -> None:
        self._account = account
        self._now = now
        self._tokens: Tokens | None = None
        self._uses = 0
        self._started_over = False
        self._one_at_a_time = asyncio.Lock()

    async def _ask_sign_in(self, transport: Transport) -> Answer:
        raise NotImplementedError

    async def _ask_refresh(self, transport: Transport, refresh: SecretStr) -> Answer:
        raise NotImplementedError

    async def credentials(self, transport: Transport) -> Credentials:
        async with self._one_at_a_time:
            tokens = self._tokens
            if tokens is None or (tokens.renew_at is not None and self._now() >= tokens.renew_at):
                tokens = await self._renewed(transport)
            self._uses += 1
            return _BEARER.credentials(tokens.access)

    async def renew(self, transport: Transport) -> bool:
        async with self._one_at_a_time:
            started_over, self._started_over = self._started_over, False
            if started_over and self._uses <= 1:
                # Refreshing and signing in both work, and what they give is refused: more of it would change nothing.
                return False
            await self._renewed(transport)
        return True

    def start_over(self) -> bool:
        """Forgets a refreshed token that was refused, so that the next request signs in; False when there is none."""
        if self._tokens is None or self._tokens.by_sign_in:
            return False
        self._tokens = None
        self._started_over = True
        return True

    def secrets(self) -> Sequence[SecretStr]:
        tokens = (self._tokens.access, self._tokens.refresh) if self._tokens else ()
        return (self._account.password, *(token for token in tokens if token is not None))

    async def sign_off(self, transport: Transport) -> None:
        """Gives the session back. A provider that cannot be reached then ends it by itself."""
        tokens, self._tokens = self._tokens, None
        if tokens is None:
            return
        headers = _BEARER.credentials(tokens.access).headers
        try:
            async with asyncio.timeout(SIGN_OFF_SECONDS):
                await transport.send("POST", "/login/oauth/revoke", headers=headers, authenticated=False, retry=False)
        except (ProviderError, TimeoutError) as error:
            log.info("signing off was not possible: %s", type(error).__name__)

    async def _renewed(self, transport: Transport) -> Tokens:
        """A refreshed session, or a new one where there is nothing to refresh or the provider refuses to."""
        refresh = self._tokens.refresh if self._tokens else None
        if refresh is not None:
            answer = await self._ask_refresh(transport, refresh)
            if answer.status < 400:
                body = _object_in(answer)
                self._tokens = self._read(body, answer, refresh=refresh)
                return self._tokens
            self._tokens = None
        answer = await self._ask_sign_in(transport)
        if answer.status >= 400:
            raise _sign_in_error(answer, transport.redact(explanation(answer)))
        body = _object_in(answer)
        if body.get("two_factor_enabled"):
            raise SignInRefused(
                f"{answer.asked}: this account has two-factor sign-in, which needs a person each time",
                advice="use a service account without it",
            )
        self._tokens = self._read(body, answer, refresh=None)
        return self._tokens

    def _read(self, body: dict[str, object], answer: Answer, *, refresh: SecretStr | None) -> Tokens:
        self._uses = 0
        by_sign_in = refresh is None
        newer = body.get("refresh_token")
        if isinstance(newer, str) and newer.strip():
            refresh = SecretStr(newer.strip())
        lifetime = positive_seconds(body.get("expires_in"))
        if lifetime is None:
            lifetime = _seconds_until(body.get("expires_at"), self._now())
        renew_at = None if lifetime is None else self._now() + RENEW_AT_SHARE * lifetime
        return Tokens(token_in(body, "access_token", answer), refresh, renew_at, by_sign_in)


class OAuthPassword(TokenAuth):
    """`POST /login/oauth/token` with the password grant; refreshed at the same address."""

    def __init__(self, account: Account, client_id: str = CLIENT_ID, now: Callable[[], float] = time.time) -> None:
        super().__init__(account, now)
        self._client_id = client_id

    async def _ask_sign_in(self, transport: Transport) -> Answer:
        form = {
            "grant_type": "password",
            "username": self._account.username,
            "password": self._account.password.get_secret_value(),
            "scope": "all",
            "client_id": self._client_id,
        }
        if self._account.domain:
            form["domain"] = self._account.domain
        return await self._post(transport, form)

    async def _ask_refresh(self, transport: Transport, refresh: SecretStr) -> Answer:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh.get_secret_value(),
            "client_id": self._client_id,
        }
        return await self._post(transport, form)

    async def _post(self, transport: Transport, form: Mapping[str, str]) -> Answer:
        return await transport.send("POST", "/login/oauth/token", form=form, authenticated=False, retry=False)


class SignIn(TokenAuth):
    """`POST /auth/sign_in` (22.2.11 and later); refreshed with `/auth/refresh_token`."""

    async def _ask_sign_in(self, transport: Transport) -> Answer:
        body = {"username": self._account.username, "password": self._account.password.get_secret_value()}
        if self._account.domain:
            body["domain"] = self._account.domain
        return await self._post(transport, "/auth/sign_in", body)

    async def _ask_refresh(self, transport: Transport, refresh: SecretStr) -> Answer:
        return await self._post(transport, "/auth/refresh_token", {"refresh_token": refresh.get_secret_value()})

    async def _post(self, transport: Transport, path: str, body: Mapping[str, str]) -> Answer:
        return await transport.send("POST", path, json_body=body, authenticated=False, retry=False)


def _sign_in_error(answer: Answer, said: str) -> ProviderError:
    colon = f": {said}" if said else ""
    if "DENIED" in error_codes(answer):
        return SignInRefused(
            f"{answer.asked}: the provider has blocked this machine's address after too many wrong passwords{colon}",
            advice="correct the password, wait until the block ends or have it lifted, then press r",
        )
    if answer.status == 404:
        return SignInRefused(f"{answer.asked}: 404, no such tenant domain{colon}", advice="check domain and base_url")
    if answer.status in (400, 401, 403):
        return SignInRefused(f"{answer.asked}: sign-in refused ({answer.status}){colon}")
    return refusal(answer, said)


def _object_in(answer: Answer) -> dict[str, object]:
    body = answer.json()
    if not isinstance(body, dict):
        raise BadAnswer(f"{answer.asked}: the sign-in answer is no JSON object")
    return body


def _seconds_until(value: object, now: float) -> float | None:
    """The time left until `expires_at`, given as RFC 3339 text or epoch seconds; None when it is neither or past."""
    moment = positive_seconds(value)
    if moment is None and isinstance(value, str):
        try:
            moment = parse_rfc3339(value.strip()) / 1000
        except ValueError:
            return None
    return None if moment is None or moment <= now else moment - now
