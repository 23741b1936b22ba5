"""PortSIP's ways to sign in: the OAuth password grant, `/auth/sign_in`, and the refreshing of tokens.

An access token lives 30 minutes. A wrong password is answered with 400 and UNAUTHORIZED; after the fifth from one address
that address is blocked for a quarter of an hour: 403 and DENIED, whatever it sends.
"""

from __future__ import annotations

from providers.simulator.clock import SimulatorClock
from providers.simulator.credentials import PORTSIP_ACCOUNTS, PORTSIP_CLIENT_ID, PORTSIP_DOMAIN, Account, Tokens
from providers.simulator.http import BadRequest, Reply, Request, json_reply

TOKEN_SECONDS = 1800
WRONG_PASSWORDS_ALLOWED = 4
BLOCKED_MS = 15 * 60_000


def error(status: int, code: str, message: str) -> Reply:
    """An error in PortSIP's shape."""
    return json_reply({"errors": [{"code": code, "message": message}]}, status)


class SignIn:
    """Who is signed in, and which addresses are blocked."""

    def __init__(self, clock: SimulatorClock) -> None:
        self._clock = clock
        self._access = Tokens("portsip access")
        self._refresh = Tokens("portsip refresh")
        self._wrong: dict[str, int] = {}
        self._blocked_until_ms: dict[str, int] = {}

    def account(self, request: Request) -> Account | None:
        """Whose request this is by its access token."""
        return self._access.owner(request.bearer, self._clock.now_ms())

    def blocked(self, request: Request) -> bool:
        """Whether the asker's address is blocked."""
        return self._clock.now_ms() < self._blocked_until_ms.get(request.client, 0)

    def oauth(self, request: Request) -> Reply:
        """`POST /login/oauth/token`: password or refresh_token."""
        try:
            form = request.form()
        except BadRequest as problem:
            return error(400, "UNKNOWN", str(problem))
        if form.get("client_id") != PORTSIP_CLIENT_ID:
            return error(400, "UNKNOWN", "unknown client_id")
        if form.get("grant_type") == "refresh_token":
            return self._renew(form.get("refresh_token"))
        if form.get("grant_type") != "password" or form.get("scope") != "all":
            return error(400, "UNKNOWN", "grant_type must be password or refresh_token, scope must be all")
        account = self._check(request, form.get("username"), form.get("password"), form.get("domain"))
        if isinstance(account, Reply):
            return account
        if account.second_factor:
            return error(400, "UNAUTHORIZED", "the account wants a second factor")
        return self._tokens_for(account)

    def with_password(self, request: Request) -> Reply:
        """`POST /auth/sign_in`: tokens, or the demand for a second factor."""
        try:
            body = request.json()
        except BadRequest as problem:
            return error(400, "VALIDATE_FAILED", str(problem))
        account = self._check(request, body.get("username"), body.get("password"), body.get("domain"))
        if isinstance(account, Reply):
            return account
        if account.second_factor:
            return json_reply({"two_factor_enabled": True, "token": Tokens("second factor").issue(account, None)})
        return self._tokens_for(account)

    def refresh(self, request: Request) -> Reply:
        """`POST /auth/refresh_token`: a new pair; the refresh token given is good no more."""
        try:
            body = request.json()
        except BadRequest as problem:
            return error(400, "VALIDATE_FAILED", str(problem))
        token = body.get("refresh_token")
        return self._renew(token if isinstance(token, str) else None)

    def revoke(self, request: Request) -> Reply:
        """`POST /login/oauth/revoke`: the access token is good no more."""
        self._access.revoke(request.bearer)
        return Reply()

    def _check(self, request: Request, username: object, password: object, domain: object) -> Account | Reply:
        if not isinstance(username, str) or not isinstance(password, str) or not username:
            return error(400, "VALIDATE_FAILED", "username and password are required")
        if isinstance(domain, str) and domain != PORTSIP_DOMAIN:
            return error(404, "UNKNOWN", "no such tenant")
        found = next((one for one in PORTSIP_ACCOUNTS if (one.username, one.password) == (username, password)), None)
        if found is not None and domain == PORTSIP_DOMAIN:
            self._wrong.pop(request.client, None)
            return found
        self._wrong[request.client] = self._wrong.get(request.client, 0) + 1
        if self._wrong[request.client] > WRONG_PASSWORDS_ALLOWED:
            self._wrong.pop(request.client)
            self._blocked_until_ms[request.client] = self._clock.now_ms() + BLOCKED_MS
        return error(400, "UNAUTHORIZED", "wrong user name or password")

    def _renew(self, token: str | None) -> Reply:
        account = self._refresh.owner(token, self._clock.now_ms())
        if account is None:
            return error(400, "UNKNOWN", "unknown refresh token")
        self._refresh.revoke(token)
        return self._tokens_for(account)

    def _tokens_for(self, account: Account) -> Reply:
        until_ms = self._clock.now_ms() + TOKEN_SECONDS * 1000
        return json_reply(
            {
                "access_token": self._access.issue(account, until_ms),
                "expires_in": TOKEN_SECONDS,
                "refresh_token": self._refresh.issue(account, None),
                "token_type": "Bearer",
            }
        )
