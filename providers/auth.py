"""Authentication strategies that more than one vendor uses."""

from __future__ import annotations

import asyncio
import base64
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from providers.errors import BadAnswer, Rejected, SignInRefused
from providers.transport import Answer, Credentials, Transport, refusal

RENEW_BEFORE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Carrier:
    """Where a token travels: in the query string under `query`, else in the header `header` after `prefix`."""

    header: str = "Authorization"
    prefix: str = "Bearer "
    query: str = ""

    def credentials(self, token: SecretStr) -> Credentials:
        """What `token` adds to a request. Raises `SignInRefused` for a token that no header can carry."""
        value = token.get_secret_value()
        if self.query:
            return Credentials(query={self.query: value})
        if not (value.isascii() and value.isprintable()):
            raise SignInRefused(
                f"the token holds characters that the header {self.header} cannot carry",
                advice="copy the token again, without spaces or line ends",
            )
        return Credentials(headers={self.header: self.prefix + value})


class NoAuth:
    """Nothing is sent: the vendor knows the customer by its address."""

    async def credentials(self, transport: Transport) -> Credentials:
        return Credentials()

    async def renew(self, transport: Transport) -> bool:
        return False

    def secrets(self) -> Sequence[SecretStr]:
        return ()


class FixedToken(NoAuth):
    """A token that the vendor gave once, carried as `carrier` says."""

    def __init__(self, token: SecretStr, carrier: Carrier) -> None:
        self._token = SecretStr(token.get_secret_value().strip())
        self._carrier = carrier

    async def credentials(self, transport: Transport) -> Credentials:
        return self._carrier.credentials(self._token)

    def secrets(self) -> Sequence[SecretStr]:
        return (self._token,)


class HeaderToken(FixedToken):
    """A fixed token in a header: `Authorization: Bearer ...` unless told otherwise."""

    def __init__(self, token: SecretStr, name: str = "Authorization", prefix: str = "Bearer ") -> None:
        super().__init__(token, Carrier(header=name, prefix=prefix))


class QueryToken(FixedToken):
    """A fixed token in the query string."""

    def __init__(self, token: SecretStr, name: str = "token") -> None:
        super().__init__(token, Carrier(query=name))


class Basic(NoAuth):
    """HTTP Basic (RFC 7617), user name and password in UTF-8."""

    def __init__(self, username: str, password: SecretStr) -> None:
        self._password = password
        pair = f"{username}:{password.get_secret_value()}".encode()
        self._encoded = SecretStr(base64.b64encode(pair).decode())

    async def credentials(self, transport: Transport) -> Credentials:
        return Credentials(headers={"Authorization": "Basic " + self._encoded.get_secret_value()})

    def secrets(self) -> Sequence[SecretStr]:
        return (self._password, self._encoded)


@dataclass(frozen=True, slots=True)
class Session:
    """What a sign-in gave: a token, and for how many seconds it is good (None: until the provider refuses it)."""

    token: SecretStr
    lifetime_seconds: float | None = None


class SigningIn:
    """Signs in for a token, keeps it in memory only, and signs in again shortly before it ends or when it is refused.

    A refused sign-in raises `SignInRefused`, which nobody but the person repeats: repeating it could block this machine's
    address.
    """

    def __init__(self, password: SecretStr, carrier: Carrier | None = None, now: Callable[[], float] = time.time) -> None:
        self._password = password
        self._carrier = carrier or Carrier()
        self._now = now
        self._token: SecretStr | None = None
        self._expires_at: float | None = None
        self._one_at_a_time = asyncio.Lock()

    async def sign_in(self, transport: Transport) -> Session:
        """Asks the provider for a token. Raises `SignInRefused`, and `ProviderError` for everything else."""
        raise NotImplementedError

    async def credentials(self, transport: Transport) -> Credentials:
        async with self._one_at_a_time:
            if self._token is None or (self._expires_at is not None and self._now() >= self._expires_at):
                await self._open_session(transport)
            assert self._token is not None
            return self._carrier.credentials(self._token)

    async def renew(self, transport: Transport) -> bool:
        async with self._one_at_a_time:
            self._token = None
            await self._open_session(transport)
        return True

    def secrets(self) -> Sequence[SecretStr]:
        return (self._password, *([self._token] if self._token else []))

    async def _open_session(self, transport: Transport) -> None:
        session = await self.sign_in(transport)
        self._token = session.token
        lifetime = session.lifetime_seconds
        early = 0.0 if lifetime is None else min(RENEW_BEFORE_SECONDS, lifetime / 2)
        self._expires_at = None if lifetime is None else self._now() + lifetime - early


class PasswordGrant(SigningIn):
    """OAuth 2.0 resource owner password grant (RFC 6749, section 4.3): user name and password give a bearer token."""

    def __init__(self, token_url: str, username: str, password: SecretStr, now: Callable[[], float] = time.time) -> None:
        super().__init__(password, now=now)
        self._token_url = token_url
        self._username = username

    async def sign_in(self, transport: Transport) -> Session:
        form = {"grant_type": "password", "username": self._username, "password": self._password.get_secret_value()}
        answer = await transport.send("POST", self._token_url, form=form, authenticated=False, retry=False)
        if answer.status == 404:
            raise Rejected(f"{answer.asked}: 404, nothing to sign in to there", advice="check token_url")
        body = signed_in_body(answer, transport)
        return Session(token_in(body, "access_token", answer), positive_seconds(body.get("expires_in")))


def signed_in_body(answer: Answer, transport: Transport) -> dict[str, object]:
    """The object that a sign-in answered. Raises `SignInRefused` for 400, 401, 403 and 422, another error for the rest."""
    said = transport.said(answer)
    if answer.status in (400, 401, 403, 422):
        raise SignInRefused(f"{answer.asked}: sign-in refused ({answer.status}{', ' + said if said else ''})")
    if answer.status >= 400:
        raise refusal(answer, said)
    body = answer.json()
    if not isinstance(body, dict):
        raise BadAnswer(f"{answer.asked}: the sign-in answer is no JSON object")
    return body


def token_in(body: dict[str, object], name: str, answer: Answer) -> SecretStr:
    """The token under `name`. Raises `SignInRefused` when there is none, because some servers refuse with a 200."""
    token = body.get(name)
    if not isinstance(token, str) or not token.strip():
        raise SignInRefused(f"{answer.asked}: the sign-in answer holds no {name}")
    return SecretStr(token.strip())


def positive_seconds(value: object) -> float | None:
    """A positive number of seconds, given as a number or its text; None for everything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if seconds > 0 and math.isfinite(seconds) else None
