"""Signing in at Telecom X with an employee's user name and password (wiki page api:auth:login)."""

from __future__ import annotations

import time
from collections.abc import Callable

from pydantic import SecretStr

from providers.auth import Carrier, Session, SigningIn, positive_seconds, signed_in_body, token_in
from providers.errors import SignInRefused
from providers.transport import Transport

_SECOND_FACTORS = ("smskey", "authenticatortoken")


class Login(SigningIn):
    """`POST /auth/login` gives a token that lasts some minutes."""

    def __init__(
        self, username: str, password: SecretStr, carrier: Carrier | None = None, now: Callable[[], float] = time.time
    ) -> None:
        super().__init__(password, carrier, now)
        self._username = username

    async def sign_in(self, transport: Transport) -> Session:
        body = {"username": self._username, "password": self._password.get_secret_value(), "cookie": False}
        answer = await transport.send("POST", "/auth/login", json_body=body, authenticated=False, retry=False)
        said = transport.said(answer)
        try:
            session = signed_in_body(answer, transport)
            token = token_in(session, "token", answer)
        except SignInRefused as error:
            if any(factor in answer.body.decode("utf-8", "replace").lower() for factor in _SECOND_FACTORS):
                what = f"{answer.asked}: the account asks for a second factor, which calltop cannot give"
                raise SignInRefused(what, advice="use an employee's token for machines instead") from None
            if answer.status < 400 and said:
                error.what += f": {said}"
            raise
        minutes = positive_seconds(session.get("expiresInMinutes"))
        return Session(token, None if minutes is None else minutes * 60)
