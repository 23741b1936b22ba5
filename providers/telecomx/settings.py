"""The settings of a Telecom X provider, and the authentication they ask for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, model_validator

from providers.auth import Carrier, FixedToken
from providers.defaults import DEFAULT_ZONES
from providers.settings import ProviderSettings
from providers.telecomx.login import Login

ASKED: Mapping[str, str] = {
    "token": "Telecom X makes one for an employee with access level VIEWER or higher; then leave the next two out",
    "username": "the e-mail address that the employee signs in with",
    "password": "the one the employee signs in with",
    "base_url": "leave it, unless Telecom X gave you another",
    "customer": "only where the token may read several customers",
    "timezone": "leave it for Denmark",
}
"""What a person is asked for, and where Telecom X shows it."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,64}$")]
InboundAnswered = Literal["auto", "field", "derived"]


class Settings(ProviderSettings):
    """Settings of `kind = "telecomx"`."""

    kind: Literal["telecomx"]
    """telecomx."""
    base_url: str = "https://api.telecomx.dk"
    """The provider's address; a path prefix is allowed."""
    timezone: str = DEFAULT_ZONES["telecomx"]
    """The zone in which this provider's days and hours are cut, an IANA name."""
    country_code: str = Field(default="45", pattern=r"^\d{0,3}$")
    """The digits that stand for the leading 0 of a national number."""
    customer: Identifier | None = None
    """The customer's id; the default is the customer to whom the token belongs."""
    employees: tuple[Identifier, ...] = ()
    """The ids of the employees to read; the default is all."""
    auth: Literal["m2m_token", "login"] | None = None
    """How to sign in. The default is m2m_token with a token, login with a user name."""
    token: SecretStr | None = None
    """An employee's token for machines, made once at Telecom X (m2m_token)."""
    username: str = ""
    """An employee's e-mail address (login)."""
    password: SecretStr | None = None
    """The employee's password (login)."""
    token_in: Literal["query", "bearer", "header", "cookie"] = "query"  # noqa: S105 - a place, no secret
    """Where the token travels: in the query as token=, as a bearer token, in a header of another name, or in a cookie."""
    header_name: str = Field(default="", pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]*$")
    """The header that carries the token (token_in = "header")."""
    header_prefix: str = Field(default="", pattern=r"^[ -~]*$")
    """What stands before the token in that header, with its space."""
    cookie_name: str = Field(default="", pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]*$")
    """The cookie that carries the token (token_in = "cookie")."""
    hour_mode: Literal["auto", "keyed", "windowed"] = "auto"
    """How hours are read: keyed asks a day at once and trusts its keys 0 to 23, windowed asks hour by hour, auto checks
    against the day's total whether the keys can be trusted."""
    inbound_answered: InboundAnswered = "auto"
    """Answered inbound calls: the provider's field, derived as calls minus unanswered, or auto: derived where the field says
    0 although there was talk."""

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        needed = ("token",) if self.strategy == "m2m_token" else ("username", "password")
        carrier = {"header": ("header_name",), "cookie": ("cookie_name",)}.get(self.token_in, ())
        missing = [name for name in (*needed, *carrier) if not getattr(self, name)]
        if missing:
            raise ValueError(f"auth {self.strategy} with token_in {self.token_in} needs {' and '.join(missing)}")
        return self

    @property
    def strategy(self) -> Literal["m2m_token", "login"]:
        """The authentication in use. Raises ValueError when the settings name none."""
        if self.auth is not None:
            return self.auth
        if self.token is not None:
            return "m2m_token"
        if self.username:
            return "login"
        raise ValueError("set token, or username and password")

    @property
    def carrier(self) -> Carrier:
        """Where the token travels."""
        match self.token_in:
            case "query":
                return Carrier(query="token")
            case "bearer":
                return Carrier()
            case "header":
                return Carrier(header=self.header_name, prefix=self.header_prefix)
            case "cookie":
                return Carrier(header="Cookie", prefix=f"{self.cookie_name}=")

    def make_auth(self, now: Callable[[], float] = time.time) -> FixedToken | Login:
        """The authentication strategy that these settings ask for."""
        if self.strategy == "m2m_token":
            return FixedToken(self.token or SecretStr(""), self.carrier)
        return Login(self.username, self.password or SecretStr(""), self.carrier, now)
